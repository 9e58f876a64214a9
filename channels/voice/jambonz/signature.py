"""Whether jambonz sent a webhook: `Jambonz-Signature: t=<unix seconds>,v1=<hex>` over the raw bytes of the body.

`v1` is HMAC-SHA256 of `<t>.<body>` with the account's webhook secret (jambonz/node-sdk, `verifySignature`). There may
be several `v1`, and two secrets are good while one is replaced.
"""

import hashlib
import hmac
from collections.abc import Sequence

from channels.signatures import same

WINDOW_SECONDS = 300
"""What was signed longer ago, or as far ahead, is refused: somebody plays it again."""
_MOST = 8


class Unsigned(ValueError):
    """`code`: missing, malformed, expired or wrong; for the log, never for the other side."""

    def __init__(self, code: str) -> None:
        """Say which it is."""
        super().__init__(f"The signature is {code}.")
        self.code = code


def sign(body: bytes, secret: str, *, now: int) -> str:
    """The header for a body; `now` in ms since the epoch. The gateway signs what it sends to the hub with it."""
    at = now // 1000
    return f"t={at},v1={_made(body, secret, at)}"


def verify(body: bytes, header: str | None, secrets: Sequence[str], *, now: int) -> None:
    """Return if one of the secrets made one of the signatures not long ago; `now` in ms since the epoch.

    Raises:
        Unsigned: it was none of them.
    """
    if not header:
        raise Unsigned("missing")
    at, given = _read(header)
    if abs(now // 1000 - at) > WINDOW_SECONDS:
        raise Unsigned("expired")
    made = [_made(body, one, at) for one in secrets if one]
    if not sum(same(left, right) for left in made for right in given):  # all are compared: time tells nothing
        raise Unsigned("wrong")


def _read(header: str) -> tuple[int, list[str]]:
    pairs = [one.strip().partition("=") for one in header[:2_000].split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    given = [value for name, _, value in pairs if name == "v1" and value.isascii()]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdecimal() and len(times[0]) <= 12):
        raise Unsigned("malformed")
    if not 1 <= len(given) <= _MOST:
        raise Unsigned("malformed")
    return int(times[0]), given


def _made(body: bytes, secret: str, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
