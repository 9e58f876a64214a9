"""A messenger of our own making: an adapter whose provider is a list, so that tests of the hub can be its customers.

It keeps the whole contract and can be told to refuse, to be in doubt, or to lose its connection.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from channels.contract import (
    Capabilities,
    Channel,
    ChannelError,
    Configured,
    Feature,
    Inbound,
    Inlet,
    Outbound,
    Part,
    Sender,
    Sent,
    Signal,
)

TALK = Capabilities(
    features=frozenset({Feature.BUTTONS, Feature.ATTACHMENTS, Feature.RECEIPTS}),
    max_text=200,
    max_attachment=1_000_000,
    max_buttons=3,
)
LETTERS = Capabilities(
    features=frozenset({Feature.ATTACHMENTS}), max_text=100_000, max_attachment=10_000_000, live=False, resend=True
)


@dataclass(slots=True)
class Post(Channel):
    """A channel named `post`; `answers` says what becomes of the next sends: an exception, or an id."""

    name: str = "post"
    capabilities: Capabilities = TALK
    sent: list[Outbound] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    answers: deque[Exception | str | None] = field(default_factory=deque)
    files: dict[str, bytes | ChannelError] = field(default_factory=dict)
    hold: asyncio.Event | None = None
    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self, message: Outbound, inlet: Inlet) -> Sent:
        """Take it, or do what the next answer says."""
        if self.hold is not None:
            await self.hold.wait()
        answer = self.answers.popleft() if self.answers else None
        if isinstance(answer, Exception):
            async with self._heard:
                self._heard.notify_all()
            raise answer
        async with self._heard:
            self.sent.append(message)
            self._heard.notify_all()
        return Sent(external_id=answer or f"{self.name}-{message.key}")

    async def signal(self, address: str, inbox: str, signal: Signal) -> None:
        """Remember it."""
        self.signals.append(signal)

    async def fetch(self, inbox: Configured, source: Mapping[str, str]) -> AsyncIterator[bytes]:
        """A file by its key."""
        found = self.files[source["key"]]
        if isinstance(found, ChannelError):
            raise found
        yield found

    async def took(self, count: int, seconds: float = 15) -> list[Outbound]:
        """Wait until so many messages are with the provider."""
        async with asyncio.timeout(seconds), self._heard:
            await self._heard.wait_for(lambda: len(self.sent) >= count)
        return self.sent

    async def said(self, words: str, seconds: float = 15) -> None:
        """Wait until the provider has something with these words."""
        async with asyncio.timeout(seconds), self._heard:
            await self._heard.wait_for(lambda: any(words in one for one in self.words))

    @property
    def words(self) -> list[str]:
        """What has been said to customers."""
        return ["\n".join(part.text for part in message.parts if part.text) for message in self.sent]


def letter(inbox: str, address: str, external_id: str, text: str = "سلام", **more: Any) -> Inbound:
    """A message from a customer."""
    sender = more.pop("sender", None) or Sender(address=address)
    parts = more.pop("parts", None) or (Part(type="text", text=text),)
    return Inbound(inbox=inbox, external_id=external_id, sender=sender, parts=parts, **more)
