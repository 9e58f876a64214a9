"""Signatures of requests in both directions, as Standard Webhooks 1.0 has them (standardwebhooks.com). Pure.

`webhook-signature: v1,<base64 of HMAC-SHA256(secret, "<webhook-id>.<webhook-timestamp>.<body>")>`, several of them
divided by spaces while secrets are changed. The key is the secret's UTF-8 bytes.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

from multidict import MultiMapping

from channels.contract import ChannelError
from channels.signatures import same

WINDOW_SECONDS = 300
_ID = re.compile(r"[!-\-/-~]{1,200}")
"""Printable, without the dot that divides what is signed."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_MOST_SIGNATURES = 10


class UnsignedError(ChannelError):
    """The request is not known to come from who has the secret."""

    def __init__(self, code: str, text: str) -> None:
        """Say what is wrong with the signature."""
        super().__init__(code, text, status=401)


def signature(secret: str, id_: str, timestamp: int | str, body: bytes) -> str:
    """One signature, `v1,...`."""
    mac = hmac.new(secret.encode(), f"{id_}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(mac.digest()).decode()}"


def signed_headers(secrets: Sequence[str], id_: str, body: bytes, *, now: int) -> dict[str, str]:
    """The headers of a request of ours; `now` in ms since the epoch."""
    timestamp = now // 1000
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, id_, timestamp, body) for secret in secrets),
    }


def verified_id(headers: MultiMapping[str], secrets: Sequence[str], body: bytes, *, now: int) -> str:
    """The `webhook-id` of a request that was signed with one of the secrets in the last five minutes.

    Raises:
        UnsignedError: `unsigned` (a header is missing, doubled or odd), `stale` (too old, or from the future),
        `bad_signature`.
    """
    id_, timestamp, given = (
        _single(headers, name) for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    )
    if not _ID.fullmatch(id_) or not _TIMESTAMP.fullmatch(timestamp):
        raise UnsignedError("unsigned", "webhook-id or webhook-timestamp is not of the right form.")
    if abs(now // 1000 - int(timestamp)) > WINDOW_SECONDS:
        raise UnsignedError("stale", f"webhook-timestamp is more than {WINDOW_SECONDS} s away from our clock.")
    wanted = [signature(secret, id_, timestamp, body) for secret in secrets]
    offered = given.split(" ", _MOST_SIGNATURES)[:_MOST_SIGNATURES]
    matches = [same(one, other) for one in wanted for other in offered]  # all of them: how long it takes tells nothing
    if not any(matches):
        raise UnsignedError("bad_signature", "webhook-signature does not fit the secret and this body.")
    return id_


def _single(headers: MultiMapping[str], name: str) -> str:
    found = headers.getall(name, [])
    if len(found) != 1:
        raise UnsignedError("unsigned", f"The header {name} must be there once.")
    return found[0]
