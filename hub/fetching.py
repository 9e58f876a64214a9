"""Attachments come after the acknowledgement: a message names them, this fetches them from their provider.

The fetch is stored before the message, so that a crash between the two leaves a fetch without a message, never a
message whose attachment nobody fetches. Each attachment ends as a file or as `lost`, and its message says which.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from channels.contract import Channel, ChannelError, Configured, Inbound
from hub.bus import Bus
from hub.errors import Conflict, Unavailable
from hub.jobs import JobLoop
from hub.model.entry import Entry, File, FileState, Part
from hub.model.ids import ConversationId, FileId
from hub.store.entries import Entries
from hub.store.jobs import Job

EXPECTED_MS = 300_000
"""An attachment is fetched after so long by itself, if nobody said that its message is stored."""
AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch(Job):
    """One attachment to fetch. `source` is the adapter's own. It rests when it is lost.

    `most`: it may have so many bytes; 0: as many as any.
    """

    inbox: str
    source: Mapping[str, str]
    uploader: str
    name: str
    most: int = 0


class Keeper(Protocol):
    """Stores what was fetched."""

    async def keep(self, chunks: AsyncIterator[bytes], fetch: Fetch) -> File:
        """Store a fetched file under its reserved id, bound to its conversation. Raises `HubError`."""


@dataclass(frozen=True, slots=True)
class FileCame:
    """An attachment of this entry has come, is lost, or is asked for once more."""

    entry: Entry


@dataclass(slots=True, kw_only=True)
class Fetching(JobLoop[Fetch]):
    """Fetches attachments; `configured(inbox)` gives the channel's name and the inbox's settings."""

    pauses = (2, 15, 60, 300, 1_800, 7_200)
    look_seconds = 2.0

    channels: Mapping[str, Channel]
    entries: Entries
    keeper: Keeper
    configured: Callable[[str], tuple[str, Configured] | None]
    bus: Bus

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
        await self.jobs.add(fetch, self.clock.now() + EXPECTED_MS)

    async def begin(self, parts: tuple[Part, ...]) -> None:
        """The message is stored: fetch now."""
        for part in parts:
            if part.file is not None and part.file.state == "coming":
                with suppress(Unavailable):  # it is due by itself a little later
                    await self.now(part.file.id)

    async def again(self, conversation: ConversationId, file: FileId) -> None:
        """Somebody asks once more for an attachment that was lost.

        Raises:
            Conflict: it is on its way or here, or was never to be fetched (`too_late`).
        """
        # Due only in a while, so that nothing arrives before its message says that it is coming.
        fetch = await self.jobs.again(file, conversation, self.clock.now() + EXPECTED_MS)
        if fetch is None:
            raise Conflict("This file is on its way or here.")
        self._tell(await self.entries.set_file(conversation, _placeholder(fetch, "coming")))
        await self.now(file)

    async def do(self, job: Fetch) -> None:
        """Fetch one."""
        self._tell(await self.entries.set_file(job.conversation, await self._have(job)))

    async def give_up(self, job: Fetch) -> None:
        """It is lost."""
        entry = await self.entries.set_file(job.conversation, _placeholder(job, "lost"))
        await self.jobs.rest(job.file)  # before anybody hears of it, who may ask again at once
        self._tell(entry)

    async def _have(self, fetch: Fetch) -> File:
        found = self.configured(fetch.inbox)
        adapter = self.channels.get(found[0]) if found else None
        if found is None or adapter is None:
            raise ChannelError("not_found", "There is no such inbox any more.", status=404)
        async with aclosing(_generator(adapter.fetch(found[1], fetch.source))) as chunks:
            return await self.keeper.keep(chunks, fetch)

    def _tell(self, entry: Entry | None) -> None:
        if entry is not None:
            self.bus.tell(FileCame(entry))


def reserved_id(dedupe: str, number: int) -> FileId:
    """The id under which a message's attachment will be kept: the same at each try."""
    return FileId(sha256(f"{dedupe}\x1f{number}".encode()).hexdigest()[:20])


def _placeholder(fetch: Fetch, state: FileState) -> File:
    """A file that is not here."""
    return File(id=fetch.file, name=fetch.name, content_type="application/octet-stream", size=0, state=state)


async def _generator(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    async for chunk in chunks:
        yield chunk
