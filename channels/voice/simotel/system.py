"""A Simotel does not let itself be told what to do with a call that is there; it hands out recordings by its API."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from aiohttp import encode_basic_auth
from msgspec.json import encode

from channels.contract import ChannelError
from channels.outgoing import Outgoing
from channels.voice.system import SOUND_SECONDS, TelephoneSystem


@dataclass(frozen=True)
class SimotelSystem(TelephoneSystem):
    """One Simotel (API v4, wiki.simotel.com). `base` is an admin's, so it may be in the own network; "" for none."""

    base: str
    user: str = ""
    password: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    outgoing: Outgoing = field(default_factory=lambda: Outgoing(private=True))

    refusal: ClassVar[str] = "Simotel joins and ends calls by itself."

    async def reach(self) -> None:
        """Ask whether it lets us in, where we ask it for anything."""
        if self.base:
            async for _ in self._asked("setting/ping/act", {}, most=1 << 20, seconds=10.0):
                pass

    async def sound(self, source: Mapping[str, str], *, most: int) -> AsyncIterator[bytes]:
        """A recording by its name. It is there a while after the call: an answer in JSON says that it is not, yet."""
        first = True
        asked = self._asked(
            "reports/audio/download", {"file": source.get("file", "")}, most=most, seconds=SOUND_SECONDS
        )
        async for piece in asked:
            if first and piece.lstrip()[:1] == b"{":
                raise ChannelError("unavailable", "Simotel has no such recording yet.", status=503, retryable=True)
            first = False
            yield piece

    def _asked(self, path: str, body: Mapping[str, str], *, most: int, seconds: float) -> AsyncIterator[bytes]:
        headers = {"Content-Type": "application/json"}
        if self.user:
            headers["Authorization"] = encode_basic_auth(self.user, self.password, "utf-8")
        if self.key:
            headers["X-APIKEY"] = self.key
        url = f"{self.base.rstrip('/')}/api/v4/{path}"
        return self.outgoing.stream(url, most=most, seconds=seconds, headers=headers, body=encode(body))
