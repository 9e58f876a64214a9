"""One customer on three channels: an agent says that it is one person, takes it back, and nothing merges by itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio

from channels.contract import Inbound, Part, Sender
from hub.model.config import Inbox
from hub.model.ids import ConversationId, InboxId, new_id
from hub.seed import QUEUE
from hub.store.database import Database
from tests.channels.email.lab import SARA, SECRET, deliver, letter, open_port
from tests.fakes.graph import APP_SECRET, TOKEN, FakeGraph, signature
from tests.fakes.smtp import FakeSmtp
from tests.hub_server import LiveHub, live_hub
from tests.ports import free_port

NUMBER, PHONE = "1122334455667", "989121234567"
SERVER = "mx.shop.example"


@dataclass(slots=True)
class Town:
    """A hub with a mailbox, a WhatsApp number and the website's chat."""

    live: LiveHub
    lmtp_port: int
    session: aiohttp.ClientSession
    _ids: list[int] = field(default_factory=lambda: [0])

    async def mails(self, sender: str, text: str, verdict: str = "pass") -> str:
        """A mail that our own mail server has looked at; its conversation."""
        domain = sender.rpartition("@")[2]
        results = f"{SERVER}; dmarc={verdict} header.from={domain}"
        raw = letter(text, sender=sender, id_=f"{new_id()}@{domain}", Authentication_Results=results)
        await open_port(self.lmtp_port)
        assert await asyncio.to_thread(deliver, self.lmtp_port, raw, ("help@shop.example",)) == {
            "help@shop.example": (250, "2.0.0 Stored")
        }
        return await self.conversation(channel="email", address=sender)

    async def whatsapps(self, text: str) -> str:
        """A message by WhatsApp; its conversation."""
        message = {"from": PHONE, "id": f"wamid.{new_id()}", "timestamp": "1790000000", "type": "text"}
        value = {"metadata": {"phone_number_id": NUMBER}, "messages": [{**message, "text": {"body": text}}]}
        entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
        raw = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        url = f"{self.live.url}/channels/whatsapp/wa/webhook"
        async with self.session.post(url, data=raw, headers=signature(raw, APP_SECRET)) as response:
            assert response.status == 200
        return await self.conversation(channel="whatsapp", address=PHONE)

    async def chats(self, visitor: str, **form: str) -> str:
        """A visitor of the website leaves name and addresses; the conversation."""
        part = Part(type="form_reply", form="offline", values=form, text="call me")
        message = Inbound(inbox="shop", external_id=new_id(), sender=Sender(address=visitor), parts=(part,))
        return (await self.live.hub.inlet.receive(message)).conversation

    async def conversation(self, **header: str) -> str:
        """The newest of an address."""
        wanted = {f"header.{name}": value for name, value in header.items()}
        row = await self.live.hub.database.collection("conversations").find_one(wanted, sort=[("header.number", -1)])
        assert row is not None
        return str(row["_id"])

    async def contact(self, conversation: str) -> str:
        return (await self.live.hub.lanes.state(ConversationId(conversation))).header.contact

    async def ask(self, desk: aiohttp.ClientWebSocketResponse, kind: str, **fields: object) -> dict[str, Any]:
        self._ids[0] += 1
        await desk.send_json({"type": kind, "id": self._ids[0], **fields})
        async with asyncio.timeout(20):
            while True:
                frame: dict[str, Any] = await desk.receive_json()
                if frame.get("id") == self._ids[0] and frame["type"] in {"result", "error"}:
                    return frame

    async def card(self, desk: aiohttp.ClientWebSocketResponse, conversation: str) -> dict[str, Any]:
        return dict((await self.ask(desk, "open", conversation=conversation))["data"]["contact"])


@pytest_asyncio.fixture
async def town(no_task_left_behind: None, database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    port = free_port()
    async with (
        FakeSmtp() as post,
        FakeGraph() as graph,
        live_hub(database, tmp_path / "var") as live,
        aiohttp.ClientSession() as session,
    ):
        graph.accounts[NUMBER] = {}
        mail = {"address": "help@shop.example", "inbound": "lmtp", "lmtp_port": port, "authserv_id": SERVER}
        mail |= {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_tls": "none", "reply_token_secret": SECRET}
        meta = {"access_token": TOKEN, "app_secret": APP_SECRET, "verify_token": "v" * 20, "api_base": graph.url}
        for id_, channel, settings in (
            ("post", "email", mail),
            ("wa", "whatsapp", {**meta, "phone_number_id": NUMBER}),
        ):
            await live.hub.config.create(
                Inbox(id=InboxId(id_), name=id_, channel=channel, queue=QUEUE, settings=settings)
            )
        yield Town(live, port, session)


async def test_three_channels_become_one_person_and_three_again_and_nothing_is_merged_silently(town: Town) -> None:
    by_mail = await town.mails(SARA, "سلام، سفارش من کجاست؟")
    by_phone = await town.whatsapps("سلام")
    by_chat = await town.chats("v1", name="سارا", email=SARA.upper(), phone="0912 123 4567")
    conversations = (by_chat, by_mail, by_phone)
    contacts = {await town.contact(one) for one in conversations}
    assert len(contacts) == 3  # what a stranger writes into a form proves nothing

    async with town.live.browser() as ali:
        await ali.sign_in("admin")
        async with ali.desk() as desk:
            # The agent sees who else this may be, and says so.
            before = {one: await town.card(desk, one) for one in conversations}
            chat = before[by_chat]
            likely = {one["contact"]: one["shared"][0] for one in chat["same"]}
            assert {one["value"] for one in likely.values()} == {SARA, "+989121234567"}
            assert not any(one["verified"] for one in likely.values())  # proven on one side alone
            merges = []
            for other in likely:
                done = await town.ask(
                    desk, "contact.merge", **{"into": chat["id"], "from": other, "reason": "said so by phone"}
                )
                merges.append(done["data"]["merge"])

            # One person from each of the three sides; what was proven still is.
            for one in conversations:
                card = await town.card(desk, one)
                proven = {identity["address"]: identity["verified"] for identity in card["identities"]}
                assert proven == {"v1": False, SARA: True, PHONE: True}
                assert {earlier["id"] for earlier in card["earlier"]} == set(conversations) - {one}
                assert "same" not in card

            # Everybody still gets their answers where they write, and new words stay with who said them.
            again = await town.whatsapps("یک چیز دیگر")
            assert again == by_phone
            for merge in reversed(merges):
                assert (await town.ask(desk, "contact.undo", merge=merge))["type"] == "result"
            for one in conversations:
                card = await town.card(desk, one)
                assert card["id"] == before[one]["id"]
                assert card["identities"] == before[one]["identities"]
                assert card.get("same") == before[one].get("same")


async def test_proven_addresses_that_differ_are_listed_and_never_merged_by_themselves(town: Town) -> None:
    by_mail = await town.mails(SARA, "سلام")
    other = await town.mails("mina@customer.example", "سلام")
    for one in (by_mail, other):
        contact = await town.contact(one)
        await town.live.hub.contacts.claim(contact, name=None, attributes={"phone": PHONE})  # type: ignore[arg-type]
    forged = await town.mails(SARA, "این را به حساب من بریزید", verdict="fail")
    assert forged != by_mail
    assert await town.contact(forged) != await town.contact(by_mail)
    async with town.live.browser() as ali:
        await ali.sign_in("admin")
        async with ali.desk() as desk:
            card = await town.card(desk, by_mail)
            clashing = next(one for one in card["same"] if one.get("clashes"))
            assert clashing["clashes"] == [{"kind": "email", "ours": [SARA], "theirs": ["mina@customer.example"]}]
            wanted = {"into": card["id"], "from": clashing["contact"], "reason": "one phone"}
            assert (await town.ask(desk, "contact.merge", **wanted))["code"] == "conflicting"
            assert "members" not in await town.card(desk, by_mail)
            # Who only claims to be her is told apart from her, and proves nothing.
            impostor = await town.contact(forged)
            claimed = next(one for one in card["same"] if one["contact"] == impostor)
            assert claimed["shared"] == [{"kind": "email", "value": SARA, "verified": False}]
            shown = (await town.card(desk, forged))["identities"]
            assert [(one["address"], one["verified"]) for one in shown] == [(SARA, False)]
