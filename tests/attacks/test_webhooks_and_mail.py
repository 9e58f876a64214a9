"""Attack cases C: providers' webhooks and mail, against a whole hub. What one adapter alone can show is beside it."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from hub.model.config import Inbox
from hub.model.entry import Entry, File
from hub.model.ids import ConversationId, InboxId
from hub.seed import QUEUE
from hub.store.database import Database
from tests.channels.email.lab import SARA, SECRET, deliver, letter, open_port
from tests.fakes.graph import APP_SECRET, FakeGraph, signature
from tests.fakes.graph import TOKEN as META_TOKEN
from tests.fakes.smtp import FakeSmtp
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.hub_server import LiveHub, live_hub
from tests.ports import free_port

HELP, SALES = "help@shop.example", "sales@shop.example"
EVE = "eve@stranger.example"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass(slots=True)
class Gate:
    """A hub with a bot, two WhatsApp numbers and two mailboxes, and a stranger before it."""

    live: LiveHub
    bot: FakeTelegram
    graph: FakeGraph
    post: FakeSmtp
    lmtp_port: int
    stranger: aiohttp.ClientSession

    async def posts(self, path: str, body: object, headers: list[tuple[str, str]]) -> int:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.stranger.post(f"{self.live.url}/channels/{path}", data=raw, headers=headers) as response:
            return response.status

    async def mails(self, raw: bytes, *recipients: str) -> list[int]:
        await open_port(self.lmtp_port)
        answers = await asyncio.to_thread(deliver, self.lmtp_port, raw, recipients or (HELP,))
        return [code for code, _ in answers.values()]

    async def conversations(self) -> list[str]:
        rows = self.live.hub.database.collection("conversations").find({}, {"_id": 1}).sort("header.number", 1)
        return [row["_id"] async for row in rows]

    async def messages(self, conversation: str) -> list[Entry]:
        """What customers wrote into it."""
        entries = await self.live.hub.entries.after(ConversationId(conversation), 0)
        return [one for one in entries if one.author.kind == "contact" and one.kind == "message"]

    async def here(self, conversation: str) -> list[File]:
        """Wait until the files that customers sent have come."""
        async with asyncio.timeout(20):
            while True:
                parts = [
                    part for one in await self.messages(conversation) for part in one.parts if part.type == "attachment"
                ]
                files = [part.file for part in parts if part.file is not None]
                if files and all(one.state == "here" for one in files):
                    return files
                await asyncio.sleep(0.01)

    async def aside(self) -> list[str]:
        return sorted(await self.live.hub.database.collection("aside").distinct("reason"))


@pytest_asyncio.fixture
async def gate(no_task_left_behind: None, database: Database, tmp_path: Path) -> AsyncIterator[Gate]:
    port = free_port()
    async with (
        FakeTelegram() as bot,
        FakeGraph() as graph,
        FakeSmtp() as post,
        live_hub(database, tmp_path / "var") as live,
        aiohttp.ClientSession() as stranger,
    ):
        mail: dict[str, Any] = {"inbound": "lmtp", "lmtp_port": port, "authserv_id": "mx.shop.example"}
        mail |= {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_tls": "none"}
        meta = {"access_token": META_TOKEN, "verify_token": "v" * 20, "api_base": graph.url}
        rows: list[tuple[str, str, dict[str, Any]]] = [
            ("tg", "telegram", {"token": TOKEN, "mode": "webhook", "secret": "s" * 32, "api_base": bot.url}),
            ("wa1", "whatsapp", {**meta, "app_secret": APP_SECRET, "phone_number_id": "11111111"}),
            ("wa2", "whatsapp", {**meta, "app_secret": "another-app-secret", "phone_number_id": "22222222"}),
            ("help", "email", {**mail, "address": HELP, "reply_token_secret": SECRET + "1"}),
            ("sales", "email", {**mail, "address": SALES, "reply_token_secret": SECRET + "2"}),
        ]
        for id_, channel, settings in rows:
            inbox = Inbox(id=InboxId(id_), name=id_, channel=channel, queue=QUEUE, settings=settings)
            await live.hub.config.create(inbox)
        await bot.called("setWebhook")
        yield Gate(live, bot, graph, post, port, stranger)


def whatsapp(number: str, id_: str, text: str) -> dict[str, Any]:
    message = {"from": "989121234567", "id": id_, "timestamp": "1790000000", "type": "text", "text": {"body": text}}
    value = {"metadata": {"phone_number_id": number}, "messages": [message]}
    changes = [{"field": "messages", "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}


async def test_c01_a_webhook_without_its_secret_once_is_401_and_stores_nothing(gate: Gate) -> None:
    secret = gate.bot.hook["secret_token"]
    update = gate.bot.message(text="x")
    for headers in ([], [(HEADER, "")], [(HEADER, "wrong")], [(HEADER, secret), (HEADER, "x")], [(HEADER, secret)] * 2):
        assert await gate.posts("telegram/tg/hook", update, headers) == 401, headers
    raw = json.dumps(whatsapp("11111111", "wamid.1", "x")).encode()
    (good,) = signature(raw, APP_SECRET).items()
    for headers in ([], [(good[0], "")], [(good[0], "sha256=" + "0" * 64)], [good, good], [good, (good[0], "x")]):
        assert await gate.posts("whatsapp/wa1/webhook", raw, headers) == 401, headers
    assert await gate.conversations() == []
    assert await gate.posts("telegram/tg/hook", update, [(HEADER, secret)]) == 200
    assert await gate.posts("whatsapp/wa1/webhook", raw, [good]) == 200
    assert len(await gate.conversations()) == 2


async def test_c01_one_inboxs_webhook_brings_nothing_into_another(gate: Gate) -> None:
    body = json.dumps(whatsapp("22222222", "wamid.1", "for the other number")).encode()
    by_first = list(signature(body, APP_SECRET).items())
    assert await gate.posts("whatsapp/wa2/webhook", body, by_first) == 401
    assert await gate.posts("whatsapp/wa1/webhook", body, by_first) == 200  # kept for an admin of that inbox
    assert await gate.conversations() == []
    assert len(await gate.aside()) == 1
    assert await gate.posts("telegram/wa1/hook", body, by_first) == 404
    assert await gate.posts("messenger/wa1/webhook", body, by_first) == 404
    assert await gate.posts("api/wa1/messages", body, by_first) == 404


async def test_c02_secrets_are_compared_in_constant_time(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []
    compare = hmac.compare_digest

    def watched(left: bytes, right: bytes) -> bool:
        compared.append(left)
        return compare(left, right)

    monkeypatch.setattr("channels.signatures.hmac.compare_digest", watched)
    guess = "guess" * 12 + "abcd"
    assert await gate.posts("telegram/tg/hook", {}, [(HEADER, guess)]) == 401
    assert guess.encode() in compared
    assert await gate.posts("whatsapp/wa1/webhook", b"{}", [("X-Hub-Signature-256", f"sha256={guess}")]) == 401
    assert compared.count(guess.encode()) == 2
    query = f"?hub.mode=subscribe&hub.verify_token={guess}&hub.challenge=1"
    async with gate.stranger.get(f"{gate.live.url}/channels/whatsapp/wa1/webhook{query}") as response:
        assert response.status == 403
    assert compared.count(guess.encode()) == 3


async def test_c05_a_forged_author_gains_nothing(gate: Gate) -> None:
    staff = next(agent for agent in gate.live.hub.staff.agents if agent.role == "admin")
    forged = letter("make me an admin", sender=f"{staff.name} <{staff.login}@peyk.example>", id_="1@x.example")
    assert await gate.mails(forged) == [250]
    (conversation,) = await gate.conversations()
    (said,) = await gate.messages(conversation)
    assert said.author.kind == "contact"
    await gate.mails(letter("true", id_="2@x.example"))
    disowned = "mx.shop.example; dmarc=fail header.from=customer.example"
    await gate.mails(
        letter("send it elsewhere", id_="3@x.example", in_reply_to="<2@x.example>", Authentication_Results=disowned)
    )
    _, hers, his = await gate.conversations()
    states = [await gate.live.hub.lanes.state(ConversationId(one)) for one in (hers, his)]
    assert [one.header.address for one in states] == [SARA, SARA]
    assert states[0].header.contact != states[1].header.contact


async def test_c06_another_customers_thread_is_not_entered_by_its_names(gate: Gate) -> None:
    await gate.mails(letter("hers", id_="1@customer.example"))
    (hers,) = await gate.conversations()
    number = (await gate.live.hub.lanes.state(ConversationId(hers))).header.number
    tricks: list[dict[str, Any]] = [
        {"in_reply_to": "<1@customer.example>"},
        {"references": "<1@customer.example>", "subject": "Re: سفارش"},
        {"subject": f"[#{number}] سفارش"},
        {"subject": f"Re: [#{number}]", "in_reply_to": "<1@customer.example>", "references": "<1@customer.example>"},
    ]
    for n, trick in enumerate(tricks):
        await gate.mails(letter("mine", sender=EVE, id_=f"{n}@stranger.example", **trick))
    await gate.mails(letter("mine", sender=EVE, id_="1@customer.example"))  # her very Message-ID
    assert len(await gate.messages(hers)) == 1
    await gate.mails(letter("hers again", id_="2@customer.example", in_reply_to="<1@customer.example>"))
    everything = [await gate.messages(one) for one in await gate.conversations()]
    assert sum(len(one) for one in everything) == len(tricks) + 3
    assert all(len({entry.author.id for entry in one}) == 1 for one in everything)


async def test_c09_an_odd_from_names_its_author_or_nobody(gate: Gate) -> None:
    plain = letter("x", id_="0@x.example").partition(b"\n\n")
    for n, line in enumerate(
        [
            "From: true@evil.example",  # the same set-up proves who is one
            "From: a@good.example\nFrom: b@evil.example",
            "From: a@good.example, b@evil.example",
            "From: alice@example.org)bob@example.com",
            'From: "a@good.example" <b@evil.example>',
            "From: =?utf-8?q?a=40good=2Eexample?= <b@evil.example>",
            "From: (a@good.example) b@evil.example",
            "From: <a@good.example>(<b@evil.example>",
            "From: a@good.example\x00@evil.example",
            "From: =?utf-8?q?a=40good=2Eexample=3Cb?=@evil.example",
        ]
    ):
        results = "Authentication-Results: mx.shop.example; dmarc=pass header.from=evil.example"
        rest = [one for one in plain[0].decode().split("\n") if not one.startswith(("From:", "Message-ID:", " "))]
        raw = "\n".join([line, results, f"Message-ID: <{n}@x.example>", *rest]).encode() + b"\n\nx"
        assert await gate.mails(raw) == [250], line
    contacts = await gate.live.hub.database.collection("contacts").find({"identities.channel": "email"}).to_list()
    proven = {one["address"] for row in contacts for one in row["identities"] if one.get("verified")}
    # The stranger's own domain vouches for their own addresses, and for nobody who is beside, around or within.
    assert "true@evil.example" in proven
    assert all(address.endswith("@evil.example") for address in proven), proven


async def test_c11_the_same_id_with_other_words_changes_nothing_and_is_kept_apart(gate: Gate) -> None:
    secret = gate.bot.hook["secret_token"]
    first = gate.bot.message(text="first")
    other = {**first, "message": {**first["message"], "text": "second"}}
    for update in (first, other, first):
        assert await gate.posts("telegram/tg/hook", update, [(HEADER, secret)]) == 200
    for text in ("first", "second", "first"):
        raw = json.dumps(whatsapp("11111111", "wamid.1", text)).encode()
        assert await gate.posts("whatsapp/wa1/webhook", raw, list(signature(raw, APP_SECRET).items())) == 200
    for conversation in await gate.conversations():
        assert [entry.parts[0].text for entry in await gate.messages(conversation)] == ["first"]
    assert await gate.aside() == ["refused"]
    assert await gate.live.hub.database.collection("aside").count_documents({}) == 2


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
PAGE = b"<!doctype html><script>alert(1)</script>"


async def test_u01_u02_what_customers_send_by_any_channel_is_a_harmless_download(gate: Gate) -> None:
    """Names that climb and turn around, pictures and pages that are code, under types that lie."""
    gate.graph.media["555"] = ("image/png", SVG)
    document = {"id": "555", "mime_type": "image/png", "filename": "../../\u202egnp.exe\u202c/logo.svg"}
    body = whatsapp("11111111", "wamid.1", "x")
    message = body["entry"][0]["changes"][0]["value"]["messages"][0]
    message |= {"type": "document", "document": document}
    raw = json.dumps(body).encode()
    assert await gate.posts("whatsapp/wa1/webhook", raw, list(signature(raw, APP_SECRET).items())) == 200

    gate.bot.files["d1"] = PAGE
    file = {"file_id": "d1", "file_name": "..\\..\\\u202elmth.html", "mime_type": "text/plain", "file_size": len(PAGE)}
    update = gate.bot.message(document=file)
    assert await gate.posts("telegram/tg/hook", update, [(HEADER, gate.bot.hook["secret_token"])]) == 200

    mail = letter("x", files=[("../../a\u202egpj.svg", "image/svg+xml", SVG), ("page.html", "text/html", PAGE)])
    assert await gate.mails(mail) == [250]

    async with gate.live.browser() as ali:
        await ali.sign_in("ali")
        for conversation in await gate.conversations():
            for shown in await gate.here(conversation):
                assert not {"/", "\\", "\u202e", "\u202c"} & set(shown.name), shown.name
                assert not shown.name.startswith(".")
                answer = await ali.download(f"/files/{shown.id}")
                assert answer.body in {SVG, PAGE}
                assert answer.headers["Content-Type"] == "application/octet-stream"
                assert answer.headers["Content-Disposition"].startswith("attachment")
                assert answer.headers["Content-Security-Policy"].endswith("sandbox")
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
