"""Signed tokens and constant-time checks, for every channel alike."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping


class BadToken(ValueError):
    """The token is forged, damaged or expired; the text says which, and nothing else."""


def same(left: str | bytes, right: str | bytes) -> bool:
    """Compare two secrets in constant time."""
    as_bytes = [one.encode() if isinstance(one, str) else one for one in (left, right)]
    return hmac.compare_digest(*as_bytes)


def sign(key: bytes, purpose: str, claims: Mapping[str, str | int], *, expires_at: int) -> str:
    """A token `payload.signature` (URL-safe) that holds `claims` until `expires_at` (ms since the epoch).

    `purpose` is part of what is signed, so that a token made for one thing opens no other.
    """
    payload = _encode(json.dumps({**claims, "exp": expires_at}, separators=(",", ":"), sort_keys=True).encode())
    return f"{payload}.{_encode(_mac(key, purpose, payload))}"


def verify(key: bytes, purpose: str, token: str, *, now: int) -> dict[str, str | int]:
    """The claims of a token.

    Raises:
        BadToken: it was not signed by us for this purpose, or its time is over.
    """
    payload, _, signature = token.partition(".")
    if len(token) > 2_000 or not token.isascii() or not same(_encode(_mac(key, purpose, payload)), signature):
        raise BadToken("This token was not made here.")
    claims: dict[str, str | int] = json.loads(_decode(payload))
    if int(claims["exp"]) <= now:
        raise BadToken("This token has expired.")
    return claims


def _mac(key: bytes, purpose: str, payload: str) -> bytes:
    return hmac.new(key, f"{purpose}.{payload}".encode(), hashlib.sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
