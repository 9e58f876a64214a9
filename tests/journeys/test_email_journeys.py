"""Customers write mail: the bot answers, an agent takes over, and every further mail finds its conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio

from bot.contract import BotStatus, Button, Handoff, HandoffReason, Reply, Say, Turn
from hub.clock import HeldClock
from hub.model.config import Inbox
from hub.model.entry import Entry
from hub.model.ids import ConversationId, InboxId
from hub.seed import QUEUE
from hub.store.database import Database
from tests.attacks.visitor import answer_to, until
from tests.channels.email.lab import SARA, SECRET, deliver, letter, open_port
from tests.dovecot import PASSWORD, Dovecot, dovecot_folder
from tests.fakes.smtp import FakeSmtp, Taken
from tests.hub_server import AbsentBot, Browser, LiveHub, live_hub
from tests.ports import free_port

HELP, SALES = "help@shop.example", "sales@shop.example"


class Helper(AbsentBot):
    """A bot that offers two choices, and hands over who asks for a person."""

    async def turn(self, turn: Turn) -> Reply:
        if any("همکار" in text for text in turn.texts):
            return Reply(handoff=Handoff(reason=HandoffReason.REQUESTED, summary="asks for a person"))
        buttons = (Button(title="پیگیری سفارش", payload="/track"), Button(title="ساعت کار", payload="/hours"))
        text = "شمارهٔ سفارش را بنویسید." if turn.payload == "/track" else "چه کمکی از من برمی‌آید؟"
        return Reply(says=(Say(text=text, buttons=() if turn.payload else buttons),))

    async def ready(self) -> BotStatus:
        return BotStatus(available=True, detail="ok")


@dataclass(slots=True)
class Shop:
    """A hub with two mailboxes; its mail goes to `post`, and a mail server delivers to it."""

    live: LiveHub
    post: FakeSmtp
    lmtp_port: int
    clock: HeldClock
    desk_ids: int = 0
    _read: int = field(default=0)

    async def open(self, inbox: str, **settings: Any) -> None:
        usual: dict[str, Any] = {
            "address": f"{inbox}@shop.example",
            "display_name": "فروشگاه",
            "inbound": "lmtp",
            "lmtp_port": self.lmtp_port,
            "smtp_host": "127.0.0.1",
            "smtp_port": self.post.port,
            "smtp_tls": "none",
            "reply_token_secret": SECRET + inbox,
        }
        made = Inbox(id=InboxId(inbox), name=inbox, channel="email", queue=QUEUE, settings={**usual, **settings})
        await self.live.hub.config.create(made)

    async def deliver(self, raw: bytes, *recipients: str) -> list[int]:
        """A mail server brings a mail; its codes."""
        await open_port(self.lmtp_port)
        answers = await asyncio.to_thread(deliver, self.lmtp_port, raw, recipients or (HELP,))
        return [code for code, _ in answers.values()]

    async def next_mail(self) -> Taken:
        """The next mail that we sent."""
        self._read += 1
        return (await self.post.took(self._read))[self._read - 1]

    async def conversations(self) -> list[str]:
        rows = self.live.hub.database.collection("conversations").find({}, {"_id": 1}).sort("_id", 1)
        return [row["_id"] async for row in rows]

    async def entries(self, conversation: str) -> list[Entry]:
        return await self.live.hub.entries.after(ConversationId(conversation), 0)

    async def entry(self, text: str) -> Entry:
        """Wait for a customer's message with these words, wherever it is."""
        async with asyncio.timeout(20):
            while True:
                for one in await self.conversations():
                    for entry in await self.entries(one):
                        words = [part.text for part in entry.parts if part.type == "text"]
                        if entry.author.kind == "contact" and text in words:
                            return entry
                await asyncio.sleep(0.01)

    async def command(self, desk: aiohttp.ClientWebSocketResponse, kind: str, **fields: Any) -> dict[str, Any]:
        self.desk_ids += 1
        await desk.send_json({"type": kind, "id": self.desk_ids, **fields})
        answer = await answer_to(desk, self.desk_ids)
        assert answer["type"] == "result", answer
        return answer


@pytest_asyncio.fixture
async def shop(no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock) -> AsyncIterator[Shop]:
    """A shop with a bot, and a mail server that takes its mail."""
    async with FakeSmtp() as post, live_hub(database, tmp_path / "var", bot=Helper(), clock=clock) as live:
        yield Shop(live, post, free_port(), clock)


def answering(taken: Taken, text: str, id_: str, **more: Any) -> bytes:
    """What a mail program sends when somebody presses "reply"."""
    mail = taken.mail
    chain = f"{mail['References'] or ''} {mail['Message-ID']}".strip()
    usual = {"to": str(mail["Reply-To"]), "subject": f"پاسخ: {mail['Subject']}", "in_reply_to": str(mail["Message-ID"])}
    return letter(text, id_=id_, references=chain, **{**usual, **more})


async def at_work(shop: Shop, desk: aiohttp.ClientWebSocketResponse) -> None:
    await until(desk, "ready")
    await shop.command(desk, "status.set", status="online")


async def test_from_a_mail_to_the_bot_to_an_agent_and_back(shop: Shop) -> None:
    with dovecot_folder() as folder:
        server = Dovecot(folder, free_port())
        await server.start()
        imap = {"imap_host": "127.0.0.1", "imap_port": server.port, "imap_user": "help", "imap_password": PASSWORD}
        await shop.open("help", inbound="imap", imap_tls="none", signature="فروشگاه نمونه", **imap)
        try:
            async with shop.live.browser() as ali:
                await ali.sign_in("ali")
                async with ali.desk() as desk:
                    await at_work(shop, desk)
                    await _the_journey(shop, server, ali, desk)
        finally:
            await server.stop()


async def _the_journey(shop: Shop, server: Dovecot, ali: Browser, desk: aiohttp.ClientWebSocketResponse) -> None:
    # A mail comes in, and the bot answers by mail.
    receipt = ("receipt.pdf", "application/pdf", b"%PDF-1.4 receipt")
    server.deliver(
        "help", letter("سلام، سفارش من کجاست؟", files=[receipt], html="<p>سلام</p><img src='https://t.example/1'>")
    )
    first = await shop.entry("سلام، سفارش من کجاست؟")
    assert [part.type for part in first.parts] == ["text", "attachment", "mail"]
    bots = await shop.next_mail()
    assert bots.recipients == (SARA,)
    assert bots.mail["In-Reply-To"] == "<1@customer.example>"
    assert bots.mail["Auto-Submitted"] == "auto-replied"
    assert "۱. پیگیری سفارش\n۲. ساعت کار" in bots.text

    # The customer chooses by number, as people do in mail; a person is asked for.
    server.deliver("help", answering(bots, "۱", "2@customer.example"))
    asked = await shop.next_mail()
    assert "شمارهٔ سفارش را بنویسید." in asked.text
    server.deliver("help", answering(asked, "می‌خواهم با یک همکار حرف بزنم", "3@customer.example"))
    offer = (await until(desk, "offer"))["offer"]
    courtesy = await shop.next_mail()  # one of us will answer
    assert courtesy.mail["Auto-Submitted"] == "auto-replied"
    await shop.command(desk, "offer.accept", offer=offer["id"])
    conversation = first.conversation

    # The agent sees the whole mail, and answers with a file.
    mail_file = first.parts[-1].file
    assert mail_file is not None
    page = await ali.request("GET", f"/api/conversations/{conversation}/mail/{mail_file.id}")
    assert page.status == 200
    assert "<p>سلام</p>" in page.body.decode()
    assert b'data-blocked-pictures="1"' in page.body
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert "img-src data:;" in page.headers["Content-Security-Policy"]
    shown = await ali.request("GET", f"/api/conversations/{conversation}/mail/{mail_file.id}?pictures=1")
    assert b"https://t.example/1" in shown.body
    elsewhere = await ali.request("GET", f"/api/conversations/another/mail/{mail_file.id}")
    assert elsewhere.status == 404
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", b"%PDF-1.4 invoice", filename="فاکتور.pdf", content_type="application/pdf")
    headers = {"Origin": ali.url, "X-CSRF-Token": ali.csrf}
    upload = await ali.request("POST", "/api/files", data=form, headers=headers)
    assert upload.status == 200, upload.body
    words = {"conversation": conversation, "client_id": "reply-0001", "text": "امروز می‌رسد."}
    await shop.command(desk, "reply", **words, files=[upload.json["id"]])
    answer = await shop.next_mail()
    assert answer.text.startswith("امروز می‌رسد.\n")
    assert "-- \nفروشگاه نمونه" in answer.text
    assert answer.mail["Auto-Submitted"] is None
    assert str(answer.mail["References"]).split()[0] == "<1@customer.example>"
    (attachment,) = answer.mail.iter_attachments()
    assert isinstance(attachment, EmailMessage)
    assert (attachment.get_filename(), attachment.get_content()) == ("فاکتور.pdf", b"%PDF-1.4 invoice")

    # The customer writes again: by the ids in the header, then by the address alone.
    server.deliver("help", answering(answer, "ممنون", "4@customer.example", to=HELP))
    thanks = await shop.entry("ممنون")
    assert (thanks.conversation, thanks.matched) == (conversation, "in_reply_to")
    by_token = letter("و یک چیز دیگر", id_="5@customer.example", to=str(answer.mail["Reply-To"]), subject="سؤال")
    server.deliver("help", by_token)
    token = await shop.entry("و یک چیز دیگر")
    assert (token.conversation, token.matched) == (conversation, "token")

    # A stranger who has got hold of the mail answers it: never in this conversation.
    eve = "eve@stranger.example"
    server.deliver("help", answering(answer, "من هم هستم", "6@stranger.example", sender=eve))
    stranger = await shop.entry("من هم هستم")
    assert stranger.conversation != conversation
    assert stranger.matched == "stranger"
    hers = await shop.next_mail()
    assert hers.recipients == (eve,)
    assert len(await shop.conversations()) == 2


async def test_one_mail_to_two_of_our_mailboxes_is_one_conversation(shop: Shop) -> None:
    for inbox in ("help", "sales"):
        await shop.open(inbox)
    raw = letter("به هر دو", to=f"{HELP}, {SALES}")
    assert await shop.deliver(raw, HELP, SALES) == [250, 250]
    one, two = await asyncio.gather(shop.deliver(raw, HELP), shop.deliver(raw, SALES))
    assert one == two == [250]
    (conversation,) = await shop.conversations()
    assert sum(entry.author.kind == "contact" for entry in await shop.entries(conversation)) == 1
    bots = await shop.next_mail()
    assert await shop.deliver(answering(bots, "جواب", "2@customer.example"), SALES) == [250]
    assert (await shop.entry("جواب")).conversation == conversation


async def test_a_mail_that_comes_back_is_marked_and_nobody_answers_a_machine(shop: Shop) -> None:
    await shop.open("help")
    await shop.deliver(letter("سلام"))
    bots = await shop.next_mail()
    conversation = (await shop.entry("سلام")).conversation
    id_ = str(bots.mail["Message-ID"])
    delayed, failed = (_report(id_, action, status) for action, status in (("delayed", "4.4.1"), ("failed", "5.1.1")))
    assert await shop.deliver(delayed) == [250]
    assert (await _said(shop, conversation)).delivery == "sent"
    away = answering(bots, "I am on holiday", "ooo@customer.example", auto_submitted="auto-replied")
    assert await shop.deliver(away) == [250]
    noted = [one.event for one in await shop.entries(conversation) if one.event is not None]
    assert any(one.type == "automatic" and one.reason == "auto_reply" for one in noted)
    assert await shop.deliver(failed) == [250]
    bot_message = await _said(shop, conversation)
    assert (bot_message.delivery, bot_message.delivery_code) == ("failed", "bad_address")
    assert bot_message.delivery_reason is not None
    assert bot_message.delivery_reason.startswith("5.1.1")
    assert await shop.deliver(letter("News", id_="n@x.example", sender="news@x.example", list_id="<n.x>")) == [250]
    assert await shop.deliver(letter("me", id_="own@x.example", sender=SALES.replace("sales", "help"))) == [250]
    aside = await shop.live.hub.database.collection("aside").distinct("reason")
    assert sorted(aside) == ["automatic", "loop"]
    assert len(await shop.conversations()) == 1
    assert len(shop.post.taken) == 1


async def _said(shop: Shop, conversation: str) -> Entry:
    """The bot's message, once it is with the mail server."""
    async with asyncio.timeout(15):
        while True:
            entry = next(one for one in await shop.entries(conversation) if one.author.kind == "bot")
            if entry.delivery not in {None, "queued"}:
                return entry
            await asyncio.sleep(0.01)


def _report(id_: str, action: str, status: str) -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {HELP}\r\nSubject: Undelivered Mail\r\n"
        f"Message-ID: <{status}@mx.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {SARA}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id_}\r\n\r\n--b--\r\n"
    ).encode()


async def test_a_mail_server_that_says_later_gets_the_same_mail_again(shop: Shop) -> None:
    await shop.open("help")
    shop.post.mood = "drops"
    await shop.deliver(letter("سلام"))
    first = await shop.next_mail()
    conversation = (await shop.entry("سلام")).conversation
    shop.post.mood = "takes"
    async with asyncio.timeout(15):
        while not any(one.delivery_due for one in await shop.entries(conversation)):
            await asyncio.sleep(0.01)
    shop.clock.advance(60_000)
    second = await shop.next_mail()
    assert second.mail["Message-ID"] == first.mail["Message-ID"]
    async with asyncio.timeout(15):
        while (await _said(shop, conversation)).delivery != "sent":
            await asyncio.sleep(0.01)


async def test_large_and_crowded_mails_come_through_whole(shop: Shop) -> None:
    await shop.open("help")
    film = bytes(range(256)) * 86_000  # 22 MB, 30 MB on the way
    raw = letter("فیلم", files=[("../../film.mp4", "video/mp4", film)])
    assert len(raw) > 29_000_000
    assert await shop.deliver(raw) == [250]
    entry = await shop.entry("فیلم")
    _, attachment, mail = entry.parts
    assert attachment.file is not None
    assert mail.file is not None
    assert attachment.file.size == len(film)
    assert ".." not in attachment.file.name
    kept = b"".join([piece async for piece in shop.live.hub.web.files.read(mail.file.id)])
    assert kept.replace(b"\r\n", b"\n") == raw.replace(b"\r\n", b"\n")
    parts = "".join(f"--b\r\nContent-Type: text/csv; name=f{n}.csv\r\n\r\n{n},{n}\r\n" for n in range(500))
    head = letter("x", id_="2@x.example").split(b"\n\n")[0].replace(b"text/plain", b'multipart/mixed; boundary="b"')
    assert await shop.deliver(head + b"\n\n" + parts.encode()) == [250]
    bomb = b"X-A: 1\r\n" * 50_000 + letter("bomb", id_="3@x.example")
    assert await shop.deliver(bomb) == [250]
    assert len(await shop.conversations()) == 2
    aside = await shop.live.hub.database.collection("aside").distinct("reason")
    assert aside == ["unreadable"]  # its author stands behind the 1,000th header


async def test_an_admin_opens_a_mailbox_tries_it_and_runs_again_what_was_set_aside(shop: Shop) -> None:
    with dovecot_folder() as folder:
        server = Dovecot(folder, free_port())
        await server.start()
        try:
            async with shop.live.browser() as admin:
                await admin.sign_in("admin")
                await _opened_by(admin, shop, server)
        finally:
            await server.stop()


async def _opened_by(admin: Browser, shop: Shop, server: Dovecot) -> None:
    settings = {
        "address": HELP,
        "imap_host": "127.0.0.1",
        "imap_port": server.port,
        "imap_tls": "none",
        "imap_user": "help",
        "imap_password": "wrong",
        "smtp_host": "127.0.0.1",
        "smtp_port": shop.post.port,
        "smtp_tls": "none",
        "signature": "Shop\nTehran",
    }
    body = {"channel": "email", "name": "Help", "queue": "support", "settings": settings}
    made = await admin.call("POST", "/api/admin/inboxes", body)
    assert made.status == 201, made.body
    path = f"/api/admin/inboxes/{made.json['inbox']['id']}"
    tried = (await admin.call("POST", f"{path}/check", {})).json
    found = [(one["code"], one["field"]) for one in tried["findings"]]
    assert found == [("bad_login", "imap_password"), ("sends_ok", "smtp_host")]
    changed = await admin.call("PATCH", path, {"settings": {"imap_password": PASSWORD}})
    assert changed.status == 200, changed.body
    assert PASSWORD.encode() not in changed.body
    tried = (await admin.call("POST", f"{path}/check", {})).json
    assert [one["code"] for one in tried["findings"]] == ["reads_ok", "sends_ok"]
    server.deliver("help", letter("News for you", list_id="<n.example>", sender="news@x.example", id_="n@x.example"))
    async with asyncio.timeout(20):
        while not (items := (await admin.call("GET", "/api/admin/aside")).json.get("items")):
            await asyncio.sleep(1)  # as a person looks again: the API slows down who asks without a pause
    assert [(one["reason"], one["summary"]) for one in items] == [("automatic", "news@x.example · سفارش")]
    assert (await admin.call("POST", f"/api/admin/aside/{items[0]['id']}/rerun")).status == 204
    assert (await shop.entry("News for you")).author.kind == "contact"
    assert (await admin.call("GET", "/api/admin/aside")).json["items"] == []
