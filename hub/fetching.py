"""Attachments come after the acknowledgement: a message names them, this fetches them from their provider.

The fetch is stored before the message, so that a crash between the two leaves a fetch without a message, never a
message whose attachment nobody fetches. Each attachment ends as a file or as `lost`, and its message says which.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

import structlog

from channels.contract import Channel, ChannelError, Configured, Inbound
from hub.bus import Bus
from hub.clock import Clock
from hub.errors import Conflict, HubError, Unavailable
from hub.model.entry import Entry, File, FileState, Part
from hub.model.ids import ConversationId, FileId
from hub.store.entries import Entries
from hub.store.fetches import Fetch, Fetches

log = structlog.get_logger(__name__)

PAUSES = (2, 15, 60, 300, 1_800, 7_200)
"""Seconds after each failed try; then the attachment is lost."""
CLAIM_MS = 300_000
LOOK_SECONDS = 2.0
AT_ONCE = 4


class Keeper(Protocol):
    """Stores what was fetched."""

    async def keep(self, chunks: AsyncIterator[bytes], fetch: Fetch) -> File:
        """Store a fetched file under its reserved id, bound to its conversation. Raises `HubError`."""


@dataclass(frozen=True, slots=True)
class FileCame:
    """An attachment of this entry has come, is lost, or is asked for once more."""

    entry: Entry


@dataclass(slots=True)
class Fetching:
    """Fetches attachments; `configured(inbox)` gives the channel's name and the inbox's settings."""

    channels: Mapping[str, Channel]
    fetches: Fetches
    entries: Entries
    keeper: Keeper
    configured: Callable[[str], tuple[str, Configured] | None]
    bus: Bus
    clock: Clock
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def reserve(self, message: Inbound, parts: tuple[Part, ...], conversation: ConversationId) -> None:
        """Keep what has to be fetched for a message, before it is stored."""
        for sent, part in zip(message.parts, parts, strict=True):
            if sent.source and part.file is not None:
                fetch = Fetch(
                    file=part.file.id,
                    inbox=message.inbox,
                    source=sent.source,
                    conversation=conversation,
                    uploader=f"{message.inbox}:{message.sender.address}",
                    name=part.file.name,
                )
                await self.expect(fetch)

    async def expect(self, fetch: Fetch) -> None:
        """Keep what has to be fetched for an entry that is about to be stored."""
        await self.fetches.add(fetch, self.clock.now() + CLAIM_MS)

    async def begin(self, parts: tuple[Part, ...]) -> None:
        """The message is stored: fetch now."""
        for part in parts:
            if part.file is not None and part.file.state == "coming":
                with suppress(Unavailable):  # it is due by itself a little later
                    await self.fetches.put_off(part.file.id, self.clock.now())
                self._wake.set()

    async def again(self, conversation: ConversationId, file: FileId) -> None:
        """Somebody asks once more for an attachment that was lost.

        Raises:
            Conflict: it is on its way or here, or was never to be fetched (`too_late`).
        """
        # Due only in a while, so that nothing arrives before its message says that it is coming.
        name = await self.fetches.again(file, conversation, self.clock.now() + CLAIM_MS)
        if name is None:
            raise Conflict("This file is on its way or here.")
        self._tell(await self.entries.set_file(conversation, _placeholder(file, name, "coming")))
        await self.fetches.put_off(file, self.clock.now())
        self._wake.set()

    async def run(self) -> None:
        """Fetch for ever, one after the other; `AT_ONCE` of these run side by side."""
        while True:
            now = self.clock.now()
            fetch = await self.fetches.claim(now, now + CLAIM_MS)
            if fetch is not None:
                await self._fetch(fetch)
                continue
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()

    async def _fetch(self, fetch: Fetch) -> None:
        try:
            await self._arrived(fetch, await self._have(fetch))
        except (ChannelError, HubError) as error:
            log.info("not_fetched", inbox=fetch.inbox, file=fetch.file, code=error.code, tries=fetch.tries)
            again = error.retryable or error.code == "timeout"  # who was slow once may be faster the next time
            if again and fetch.tries < len(PAUSES):
                await self.fetches.put_off(fetch.file, self.clock.now() + PAUSES[fetch.tries] * 1000)
            else:
                await self._lost(fetch)
        except Exception:  # one file's trouble is not that of those behind it
            log.exception("fetch_failed", inbox=fetch.inbox, file=fetch.file)
            if fetch.tries >= len(PAUSES):
                await self._lost(fetch)

    async def _have(self, fetch: Fetch) -> File:
        found = self.configured(fetch.inbox)
        adapter = self.channels.get(found[0]) if found else None
        if found is None or adapter is None:
            raise ChannelError("not_found", "There is no such inbox any more.", status=404)
        async with aclosing(_generator(adapter.fetch(found[1], fetch.source))) as chunks:
            return await self.keeper.keep(chunks, fetch)

    async def _arrived(self, fetch: Fetch, file: File) -> None:
        entry = await self.entries.set_file(fetch.conversation, file)
        await self.fetches.done(fetch.file)
        self._tell(entry)

    async def _lost(self, fetch: Fetch) -> None:
        entry = await self.entries.set_file(fetch.conversation, _placeholder(fetch.file, fetch.name, "lost"))
        await self.fetches.rest(fetch.file)  # before anybody hears of it, who may ask again at once
        self._tell(entry)

    def _tell(self, entry: Entry | None) -> None:
        if entry is not None:
            self.bus.tell(FileCame(entry))


def reserved_id(dedupe: str, number: int) -> FileId:
    """The id under which a message's attachment will be kept: the same at each try."""
    return FileId(sha256(f"{dedupe}\x1f{number}".encode()).hexdigest()[:20])


def _placeholder(file: FileId, name: str, state: FileState) -> File:
    """A file that is not here."""
    return File(id=file, name=name, content_type="application/octet-stream", size=0, state=state)


async def _generator(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    async for chunk in chunks:
        yield chunk
