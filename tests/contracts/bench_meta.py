"""The benches of WhatsApp, Messenger and Instagram: one fake Graph server behind three adapters."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, ClassVar, Self

from channels.messenger.adapter import Messenger, instagram
from channels.meta_channel import MetaChannel
from channels.whatsapp.adapter import WhatsApp
from tests.channels.meta_lab import Lab, configure, laboratory
from tests.contracts.bench import REFUSAL, WAIT_SECONDS, WORDS, Bench, Mood, Outcome, Promise, outcome_of
from tests.fakes.graph import APP_SECRET, TOKEN, FakeGraph, Refuse, signature

ACCOUNT = "1122334455667"


class MetaBench(Bench):
    """One of the three."""

    exempt: ClassVar[Mapping[Promise, str]] = {}
    address = "989121234567"

    def __init__(self, lab: Lab, graph: FakeGraph) -> None:
        self.lab, self.graph = lab, graph
        self.channel, self.inlet = lab.channel, lab.inlet
        self.secrets = (TOKEN, APP_SECRET)

    @classmethod
    def make(cls) -> MetaChannel:
        """The adapter."""
        raise NotImplementedError

    @classmethod
    @asynccontextmanager
    async def _open(cls) -> AsyncIterator[Self]:
        async with FakeGraph() as graph, laboratory(cls.make(), ACCOUNT, graph.url) as lab:
            graph.accounts[ACCOUNT] = {"name": "Cafe"}
            lab.inbox = configure(lab.inlet, lab.channel, ACCOUNT, graph.url, inbox="box")
            yield cls(lab, graph)

    @classmethod
    def open(cls) -> AbstractAsyncContextManager[Self]:
        return cls._open()

    def body(self, id_: str) -> dict[str, Any]:
        """A text message of the customer."""
        raise NotImplementedError

    async def deliver(self, id_: str) -> Outcome:
        raw = json.dumps(self.body(id_)).encode()
        return await self._tell(raw, signature(raw))

    async def forge(self) -> list[Outcome]:
        raw = json.dumps(self.body("m-9")).encode()
        ways: tuple[dict[str, str], ...] = (
            {},
            signature(raw, "another secret"),
            signature(raw + b" "),
            {"X-Hub-Signature-256": "sha256="},
        )
        return [await self._tell(raw, headers) for headers in ways]

    async def garble(self) -> list[Outcome]:
        whole = self.body("m-9")
        odd = [b"", b"\xff", b"null", b"[" * 100_000, b'{"entry": [1, null, {"changes": 3, "messaging": {}}]}']
        odd.append(json.dumps({**whole, "entry": [{"id": ACCOUNT, "changes": [None], "messaging": [7]}]}).encode())
        return [await self._tell(raw, signature(raw)) for raw in odd]

    def set_mood(self, mood: Mood) -> None:
        self.graph.script.clear()
        match mood:
            case Mood.TAKES:
                pass
            case Mood.REFUSES:
                self.graph.script.append(Refuse(131026, message=REFUSAL))
            case Mood.LIMITS:
                wait = (("Retry-After", str(WAIT_SECONDS)),)
                self.graph.script.append(Refuse(130429, status=429, headers=wait))
            case Mood.HANGS:
                self.graph.script.append("hang")

    async def _tell(self, raw: bytes, headers: Mapping[str, str]) -> Outcome:
        async with self.lab.session.post(self.lab.hook, data=raw, headers=headers) as response:
            return outcome_of(response.status, response.headers)


class WhatsAppBench(MetaBench):
    """A number of WhatsApp's Cloud API."""

    name = package = "whatsapp"

    @classmethod
    def make(cls) -> MetaChannel:
        return WhatsApp(patience=2)

    def body(self, id_: str) -> dict[str, Any]:
        message = {"from": self.address, "id": id_, "timestamp": "1790000000", "type": "text", "text": {"body": WORDS}}
        value = {"metadata": {"phone_number_id": ACCOUNT}, "messages": [message]}
        change = {"field": "messages", "value": value}
        return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}

    def taken(self) -> list[str]:
        return [one["text"]["body"] for one in self.graph.sent]


class MessengerBench(MetaBench):
    """A page's Messenger."""

    name = package = "messenger"
    object = "page"

    @classmethod
    def make(cls) -> MetaChannel:
        return Messenger(patience=2)

    def body(self, id_: str) -> dict[str, Any]:
        event = {"sender": {"id": self.address}, "recipient": {"id": ACCOUNT}, "timestamp": 1_790_000_000_000}
        messaging = [{**event, "message": {"mid": id_, "text": WORDS}}]
        return {"object": self.object, "entry": [{"id": ACCOUNT, "messaging": messaging}]}

    def taken(self) -> list[str]:
        return [one["message"]["text"] for one in self.graph.sent]


class InstagramBench(MessengerBench):
    """An account's direct messages."""

    name = "instagram"
    object = "instagram"

    @classmethod
    def make(cls) -> MetaChannel:
        return instagram(patience=2)
