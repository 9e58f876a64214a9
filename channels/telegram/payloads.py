"""A button's payload in the 64 bytes that the messenger gives it. Pure.

A payload that does not fit travels as its digest; the whole one is noted under that digest before the button is sent,
so it comes back whole after any restart.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256

_MARK = "#"


def carried(payload: str, longest: int) -> str:
    """What the button carries: the payload itself, or its digest."""
    if payload and not payload.startswith(_MARK) and len(payload.encode()) <= longest:
        return payload
    return _MARK + urlsafe_b64encode(sha256(payload.encode()).digest()).decode().rstrip("=")


def note_name(data: str) -> str | None:
    """Where the whole payload is noted, None when the button carried it itself."""
    return f"payload.{data[1:65]}" if data.startswith(_MARK) else None
