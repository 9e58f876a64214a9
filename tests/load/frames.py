"""What the load generator reads of the two socket protocols: only what it needs, as any client knows them."""

from typing import Any

from msgspec import Struct, field
from msgspec.json import Decoder, Encoder


class Shown(Struct):
    """An entry on somebody's screen."""

    seq: int
    at: int
    author: str
    client_id: str | None = None
    kind: str = "message"
    parts: list[dict[str, Any]] = field(default_factory=list)
    event: dict[str, Any] | None = None


class Event(Struct):
    """Any frame of either server; what a type does not have stays empty. `entry`, `data` and the like are per type."""

    type: str
    id: int = 0
    code: str = ""
    text: str = ""
    retry: bool = False
    reason: str = ""
    retry_after_ms: int | None = None
    conversation: str | dict[str, Any] = ""
    entry: Shown | None = None
    entries: list[Shown] = field(default_factory=list)
    more: bool = False
    start_over: bool = False
    state: dict[str, Any] | str | None = None
    data: dict[str, Any] | None = None
    offer: str | dict[str, Any] | None = None
    offers: list[dict[str, Any]] = field(default_factory=list)
    mine: list[dict[str, Any]] = field(default_factory=list)
    me: dict[str, Any] | None = None


decode = Decoder(Event).decode
encode = Encoder().encode
