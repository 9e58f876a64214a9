"""Another system behind the API channel: its customers write, its webhooks come twice and late, its receiver fails."""

import asyncio
import itertools
import json
import random
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise

import aiohttp
from msgspec import convert

from hub.model.config import Inbox
from hub.model.ids import InboxId
from tests.channels.api.lab import SECRET, signed_by
from tests.drills.outbox import Copy
from tests.fakes.callback import Callback
from tests.load.journal import Ack, Journal, Sight
from tests.load.lab import QUEUE, Lab

INBOX = "app"
PER_SECOND = 1.0
LATEST_COPY_SECONDS = 3.0
TAKEN = frozenset({200, -1})
"""Answers after which the receiver has a message; after the latter the hub cannot know."""
_MOODS = ((500, {}), (429, {"Retry-After": "1"}), (-1, {}), (-1, {}), (0, {}))


def api_inbox(callback: str) -> Inbox:
    """An inbox of the API channel, without the bot."""
    settings = {"callback_url": callback, "secret": SECRET, "allow_private": True}
    return Inbox(
        id=InboxId(INBOX), name="App", channel="api", queue=QUEUE, locale="en", bot_enabled=False, settings=settings
    )


def moody(chance: random.Random, share: float) -> tuple[int, dict[str, str]]:
    """What a receiver answers that fails `share` of the time: 500, 429, cuts the line after reading, or hangs."""
    return (200, {}) if chance.random() >= share else chance.choice(_MOODS)


def copies(other: Callback) -> list[Copy]:
    """What the receiver has taken, signatures checked."""
    found = []
    for one in other.taken:
        if one.status in TAKEN and one.signed_with(SECRET):
            place = (one.json["conversation"], one.json["seq"])
            found.append(Copy(one.headers["webhook-id"], place, json.dumps(one.json["parts"]).encode()))
    return found


@dataclass(slots=True)
class Client:
    """One customer of the other system. `bursts`: ids that were sent side by side, after all earlier ones."""

    name: str
    conversation: str = ""
    bursts: list[list[str]] = field(default_factory=list)


class System:
    """Posts messages, each one to three times, shuffled, and each time until it is acknowledged."""

    def __init__(self, lab: Lab, journal: Journal, clients: int, seed: int) -> None:
        self.journal = journal
        self.clients = [Client(f"client-{n}") for n in range(clients)]
        self.posted = 0
        self.differing = 0
        """Copies that were acknowledged as something else than the first one."""
        self._lab = lab
        self._random = random.Random(seed)
        self._over = asyncio.Event()
        self._numbers = itertools.count()
        self._run = secrets.token_hex(4)

    async def greet(self) -> None:
        """Everybody says hello, once."""
        await asyncio.gather(*(self._burst(client, late=0) for client in self.clients))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Everybody writes for the length of the block; then every copy gets its acknowledgement."""
        writers = [asyncio.create_task(self._write(client), name=client.name) for client in self.clients]
        try:
            yield
            self._over.set()
            await asyncio.gather(*writers)
        finally:
            for task in writers:
                task.cancel()
            await asyncio.gather(*writers, return_exceptions=True)

    async def read_back(self) -> None:
        """Every timeline as the API gives it, page by page: what the customers see."""
        for client in self.clients:
            asked: dict[str, object] = {"sender": client.name}
            entries: list[dict[str, object]] = []
            more = True
            while more:
                page = await self._call("conversations", f"read-{next(self._numbers)}", asked)
                entries[:0] = convert(page["entries"], list[dict[str, object]])
                more = bool(page.get("more"))
                asked["before"] = entries[0]["seq"]
            sights = (convert({**one, "client_id": one.get("id")}, Sight) for one in entries)
            self.journal.view(client.name, client.conversation).start_over(sights)

    def overtaken(self) -> int:
        """Messages with a lower number than one that was acknowledged before they were sent."""
        found = 0
        for client in self.clients:
            acked = [[self.journal.acked[id_].seq for id_ in burst] for burst in client.bursts]
            found += sum(min(after) < max(before) for before, after in pairwise(acked))
        return found

    async def _write(self, client: Client) -> None:
        late: list[asyncio.Task[None]] = []
        try:
            while not await self._pause(self._random.expovariate(PER_SECOND)):
                late += await self._burst(client, late=2)
            await asyncio.gather(*late)
        finally:
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _burst(self, client: Client, *, late: int) -> list[asyncio.Task[None]]:
        """A few messages side by side, acknowledged when this returns, and up to `late` more copies of each."""
        burst = [f"{self._run}-{next(self._numbers)}" for _ in range(self._random.randint(1, 3))]
        client.bursts.append(burst)
        for id_ in burst:
            self.journal.sent.setdefault(id_, time.perf_counter())
        extra = [id_ for id_ in burst for _ in range(self._random.randint(0, late))]
        self._random.shuffle(extra)
        tasks = [asyncio.create_task(self._copy(client, id_), name=f"copy-{id_}") for id_ in extra]
        await asyncio.gather(*(self._deliver(client, id_) for id_ in burst))
        return tasks

    async def _copy(self, client: Client, id_: str) -> None:
        await self._pause(self._random.uniform(0, LATEST_COPY_SECONDS))
        await self._deliver(client, id_)

    async def _deliver(self, client: Client, id_: str) -> None:
        stored = await self._call("messages", id_, {"sender": {"id": client.name}, "text": f"Where is {id_}?"})
        self.posted += 1
        ack = convert({**stored, "author": "contact"}, Ack)
        client.conversation = ack.conversation
        self.differing += self.journal.acked.setdefault(id_, ack) != ack
        self.journal.acked_at.setdefault(id_, time.perf_counter())

    async def _call(self, what: str, id_: str, body: object) -> dict[str, object]:
        """A signed request, again until it is answered: what a webhook's sender does."""
        raw = json.dumps(body).encode()
        url = f"{self._lab.target.url}/channels/api/{INBOX}/{what}"
        while True:
            headers = signed_by(SECRET, id_, time.time_ns() // 1_000_000, raw)
            try:
                async with self._lab.target.http.post(url, data=raw, headers=headers) as answer:
                    if answer.status == 200:
                        return convert(await answer.json(), dict[str, object])
                    if answer.status not in {429, 503}:
                        raise RuntimeError(f"refused with {answer.status}: {await answer.text()}")
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass  # nobody is there, or it was killed before it answered
            await asyncio.sleep(self._random.uniform(0.05, 0.3))

    async def _pause(self, seconds: float) -> bool:
        """Wait, but not longer than people write; whether that is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._over.wait()
        except TimeoutError:
            return False
        return True
