"""The pictures of an album are one message.

Telegram sends each picture as an update of its own, and of one chat the next only after it has been told that the last
is stored (tdlib/telegram-bot-api keeps a queue per chat). So a picture is noted durably and acknowledged at once; when
no other has come for a moment, the album becomes one message.

A shelf (a note of the inbox; a chat's albums lie on one of them) holds what waits. An album is first sealed, then
stored, then taken off: whoever finds a sealed one after a crash stores it again under the same id, and pictures that
come after the seal are a message of their own. Nothing is stored twice: the shelf remembers the newest pictures.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias
from zlib import crc32

import structlog
from msgspec import Struct, convert, field, to_builtins

from channels.contract import ChannelError, Configured, Inlet
from channels.telegram.raw import Json, decode

log = structlog.get_logger(__name__)

GATHER_SECONDS = 1.2
SWEEP_SECONDS = 60.0
"""How soon what another process left behind is found."""
AGAIN_SECONDS = 3.0
SETTLE_SECONDS = 3.0
SHELVES = 4
MOST_PICTURES = 10
_REMEMBERED = 400

Store: TypeAlias = Callable[[Inlet, Configured, Sequence[Json]], Awaitable[None]]
_Row: TypeAlias = tuple[str, str, str]


class Shelf(Struct):
    """What waits: `waiting` rows are (album, external id, update as JSON), `sealed` ones (seal, external id, update).

    `done` are the external ids that were stored, newest last.
    """

    waiting: list[_Row] = field(default_factory=list)
    sealed: list[_Row] = field(default_factory=list)
    done: list[str] = field(default_factory=list)


class Albums:
    """Gathers albums of all inboxes; `store` makes one message of several updates, and returning means durable."""

    def __init__(self, store: Store, *, gather_seconds: float = GATHER_SECONDS) -> None:
        """Wait `gather_seconds` after each picture for the next."""
        self._store = store
        self._gather = gather_seconds
        self._due: dict[tuple[str, int, str], float] = {}
        self._locks: dict[tuple[str, int], asyncio.Lock] = {}
        self._wake = asyncio.Event()

    async def add(self, inlet: Inlet, inbox: Configured, album: str, external_id: str, update: Json) -> None:
        """Keep one picture; returning means durable."""
        number = _shelf_of(album)
        async with self._alone(inlet, inbox.id, number):
            shelf = await _read(inlet, inbox.id, number)
            known = {row[1] for row in (*shelf.waiting, *shelf.sealed)} | set(shelf.done)
            if external_id not in known:
                shelf.waiting.append((album, external_id, json.dumps(update)))
                await _write(inlet, inbox.id, number, shelf)
            complete = sum(row[0] == album for row in shelf.waiting) >= MOST_PICTURES
        self._schedule((inbox.id, number, album), 0.0 if complete else self._gather)

    async def settle(self, inlet: Inlet, inbox: Configured, chat: str) -> None:
        """Store the chat's albums now, because a later message of the chat is about to be stored.

        Where a shelf is still in the hands of a process that crashed, the order gives way: nobody waits for it.
        """
        for key, due in list(self._due.items()):
            if key[0] == inbox.id and key[2].startswith(f"{chat}:"):
                with suppress(TimeoutError):
                    async with asyncio.timeout(SETTLE_SECONDS):
                        await self._flush(inlet, inbox, key[1], key[2])
                    self._forget(key, due)

    async def run(self, inlet: Inlet) -> None:
        """Store albums when they are whole, for ever."""
        swept = float("-inf")
        while True:
            if time.monotonic() >= swept + SWEEP_SECONDS:
                await self._sweep(inlet)
                swept = time.monotonic()
            for key in [key for key, at in self._due.items() if at <= time.monotonic()]:
                await self._flush_due(inlet, key)
            next_ = min([*self._due.values(), swept + SWEEP_SECONDS])
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, next_ - time.monotonic())):
                    await self._wake.wait()
            self._wake.clear()

    async def _sweep(self, inlet: Inlet) -> None:
        """Find what waits since before this process, or since another one ended."""
        for inbox in inlet.inboxes("telegram"):
            for number in range(SHELVES):
                try:
                    shelf = await _read(inlet, inbox.id, number)
                except ChannelError as error:
                    log.warning("albums_not_read", inbox=inbox.id, code=error.code)
                    return
                for album in {row[0] for row in shelf.waiting} | ({""} if shelf.sealed else set()):
                    if (inbox.id, number, album) not in self._due:
                        self._schedule((inbox.id, number, album), self._gather)

    async def _flush_due(self, inlet: Inlet, key: tuple[str, int, str]) -> None:
        inbox = next((one for one in inlet.inboxes("telegram") if one.id == key[0]), None)
        if inbox is None:
            self._due.pop(key, None)
            return
        due = self._due[key]
        try:
            await self._flush(inlet, inbox, key[1], key[2])
        except Exception as error:  # the shelf still holds it
            log.exception("album_waits", inbox=inbox.id, error=type(error).__name__)
            self._schedule(key, AGAIN_SECONDS)
            return
        self._forget(key, due)

    async def _flush(self, inlet: Inlet, inbox: Configured, number: int, album: str) -> None:
        async with self._alone(inlet, inbox.id, number):
            shelf = await _read(inlet, inbox.id, number)
            mine = [row for row in shelf.waiting if row[0] == album]
            if mine:
                shelf.waiting = [row for row in shelf.waiting if row[0] != album]
                shelf.sealed += [(mine[0][1], row[1], row[2]) for row in mine]
                await _write(inlet, inbox.id, number, shelf)
            for seal in dict.fromkeys(row[0] for row in shelf.sealed):
                rows = [row for row in shelf.sealed if row[0] == seal]
                await self._store(inlet, inbox, [decode(row[2].encode()) or {} for row in rows])
                shelf.sealed = [row for row in shelf.sealed if row[0] != seal]
                shelf.done = [*shelf.done, *(row[1] for row in rows)][-_REMEMBERED:]
                await _write(inlet, inbox.id, number, shelf)

    def _schedule(self, key: tuple[str, int, str], seconds: float) -> None:
        self._due[key] = time.monotonic() + seconds
        self._wake.set()

    def _forget(self, key: tuple[str, int, str], due: float) -> None:
        if self._due.get(key) == due:  # else another picture has come meanwhile
            del self._due[key]

    @asynccontextmanager
    async def _alone(self, inlet: Inlet, inbox: str, number: int) -> AsyncIterator[None]:
        """One of this process at a time, then one of all: the lease asks only now and then."""
        lock = self._locks.setdefault((inbox, number), asyncio.Lock())
        async with lock, inlet.alone(f"{_name(number)}.{inbox}"):
            yield


def _shelf_of(album: str) -> int:
    return crc32(album.partition(":")[0].encode()) % SHELVES


def _name(number: int) -> str:
    return f"telegram.albums.{number}"


async def _read(inlet: Inlet, inbox: str, number: int) -> Shelf:
    return convert(dict(await inlet.recall(inbox, _name(number)) or {}), Shelf)


async def _write(inlet: Inlet, inbox: str, number: int, shelf: Shelf) -> None:
    await inlet.note(inbox, _name(number), to_builtins(shelf))
