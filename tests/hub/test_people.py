"""One customer on several channels: agents say who is one person, and can take it back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.contract import Inbound, Part, Receipt, Sender
from hub.errors import Conflict
from hub.model.contact import Contact, Merge
from hub.model.conversation import Conversation
from hub.model.ids import AgentId, ContactId, ConversationId, InboxId, QueueId, new_id
from hub.model.queues import Queue
from hub.store.contacts import Contacts
from hub.store.database import Database
from tests.desk_socket import DeskSocket
from tests.hub_server import Browser, LiveHub

ADDRESSES = ("ali@example.com", "Ali@Example.com", "sara@example.com")


class Street:
    """Customers who write from several channels."""

    def __init__(self, live: LiveHub) -> None:
        self.hub = live.hub

    async def open(self) -> Street:
        shop = self.hub.config.inbox("shop")
        assert shop is not None
        await self.hub.config.create(replace(shop, id=InboxId("post"), name="Post", channel="email"))
        return self

    async def writes(
        self, inbox: str, address: str, *, name: str = "", verified: bool = False, says: Part | None = None
    ) -> Receipt:
        return await self.hub.inlet.receive(
            Inbound(
                inbox=inbox,
                external_id=new_id(),
                sender=Sender(address=address, name=name, verified=verified),
                parts=(says or Part(type="text", text="سلام"),),
            )
        )

    async def state(self, receipt: Receipt) -> Conversation:
        return await self.hub.lanes.state(ConversationId(receipt.conversation))


class Line(DeskSocket):
    """A desk's socket that looks at cards."""

    async def card(self, receipt: Receipt) -> dict[str, Any]:
        answer = await self.ask("open", conversation=receipt.conversation)
        return dict(answer["data"]["contact"])


def offers_form(email: str) -> Part:
    return Part(type="form_reply", form="offline", values={"name": "Ali", "email": email}, text="call me")


async def signed_in(browser: Browser, login: str = "admin") -> None:
    await browser.sign_in(login)


async def test_a_customer_of_two_channels_becomes_one_and_two_again(live: LiveHub) -> None:
    street = await Street(live).open()
    mail = await street.writes("post", "Ali@Example.com", name="Ali Rezaei", verified=True)
    chat = await street.writes("shop", "v1", says=offers_form("ali@example.com"))
    async with live.browser() as browser:
        await signed_in(browser)
        async with browser.desk() as ws:
            line = Line(ws)
            before = await line.card(chat)
            (same,) = before["same"]
            assert same["shared"] == [{"kind": "email", "value": "ali@example.com", "verified": False}]
            assert (same["name"], before.get("earlier", [])) == ("Ali Rezaei", [])
            merged = await line.ask(
                "contact.merge", **{"into": before["id"], "from": same["contact"], "reason": "same e-mail"}
            )
            assert "contact" in {frame["type"] for frame in line.heard}
            after = await line.card(chat)
            assert {one["address"] for one in after["identities"]} == {"v1", "Ali@Example.com"}
            assert [one["id"] for one in after["earlier"]] == [mail.conversation]
            (member,) = after["members"]
            assert (member["reason"], member["merge"]) == ("same e-mail", merged["data"]["merge"])
            assert "same" not in after
            # What comes meanwhile stays with whom it was said to.
            later = await street.writes("post", "Ali@Example.com", verified=True)
            await line.ask("contact.undo", merge=member["merge"])
            assert (await line.ask("contact.undo", merge=member["merge"]))["type"] == "result"
            assert await line.card(chat) == before
            assert (await line.card(later))["id"] == same["contact"]
    actions = [record.deed.action for record in await live.hub.web.audit.page()]
    assert actions[:2] == ["contact.undo_merge", "contact.merge"]


async def test_verified_addresses_that_differ_are_merged_only_on_purpose(live: LiveHub) -> None:
    street = await Street(live).open()
    one = await street.writes("post", "ali@example.com", verified=True)
    other = await street.writes("post", "sara@example.com", verified=True)
    for receipt in (one, other):
        contact = (await street.state(receipt)).header.contact
        await live.hub.contacts.claim(contact, name=None, attributes={"phone": "۰۹۱۲۳۴۵۶۷۸۹"})
    async with live.browser() as browser:
        await signed_in(browser)
        async with browser.desk() as ws:
            line = Line(ws)
            card = await line.card(one)
            (same,) = card["same"]
            assert same["shared"][0]["value"] == "+989123456789"
            assert same["clashes"] == [{"kind": "email", "ours": ["ali@example.com"], "theirs": ["sara@example.com"]}]
            wanted = {"into": card["id"], "from": same["contact"], "reason": "a couple with one phone"}
            assert (await line.ask("contact.merge", **wanted))["code"] == "conflicting"
            assert "members" not in await line.card(one)
            assert (await line.ask("contact.merge", **{**wanted, "reason": " "}))["code"] == "bad_text"
            assert (await line.ask("contact.merge", **wanted, despite_conflict=True))["type"] == "result"
            assert (await line.ask("contact.merge", **wanted, despite_conflict=True))["code"] == "already_merged"
    newest = (await live.hub.web.audit.page())[0].deed
    assert newest.changes["despite_conflict"] == [None, True]


async def test_an_agent_neither_sees_nor_merges_customers_of_other_queues(live: LiveHub) -> None:
    street = await Street(live).open()
    post = live.hub.config.inbox("post")
    assert post is not None
    await live.hub.config.create(Queue(id=QueueId("other"), name="Other"))
    await live.hub.config.save(replace(post, queue=QueueId("other")))
    mail = await street.writes("post", "ali@example.com", name="Hidden", verified=True)
    chat = await street.writes("shop", "v1", says=offers_form("ali@example.com"))
    hidden = (await street.state(mail)).header.contact
    shop = live.hub.config.inbox("shop")
    assert shop is not None
    agent = next(agent for agent in live.hub.staff.agents if agent.role == "agent")
    async with live.browser() as admin, live.browser() as browser:
        await admin.sign_in("admin")
        answer = await admin.call("PATCH", f"/api/admin/agents/{agent.id}", {"queues": [shop.queue]})
        assert answer.status == 200, answer.body
        await signed_in(browser, agent.login)
        async with browser.desk() as ws:
            line = Line(ws)
            card = await line.card(chat)
            assert "same" not in card
            answer_ = await line.ask("contact.merge", **{"into": card["id"], "from": hidden, "reason": "I guess"})
            assert answer_["code"] == "not_found"


async def test_who_is_forgotten_leaves_no_words_in_a_merge(live: LiveHub) -> None:
    street = await Street(live).open()
    mail = await street.writes("post", "ali@example.com", verified=True)
    chat = await street.writes("shop", "v1")
    source, into = [(await street.state(one)).header.contact for one in (mail, chat)]
    merge = Merge(id=new_id(), source=source, into=into, by=AgentId("a"), at=1, reason="Ali Rezaei says so")
    await live.hub.contacts.merge(merge)
    await live.hub.inlet.forget("shop", "v1")
    kept = await live.hub.contacts.merge_of(merge.id)
    assert kept == replace(merge, reason="")


async def make(contacts: Contacts, count: int) -> list[Contact]:
    return [
        await contacts.find_or_create(
            channel="webchat", inbox="shop", address=new_id(), name=f"n{n}", locale="fa", verified=False, now=n + 1
        )
        for n in range(count)
    ]


def word(source: ContactId, into: ContactId) -> Merge:
    return Merge(id=new_id(), source=source, into=into, by=AgentId("a"), at=1, reason="r")


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.integers(0, 4), st.integers(0, 4)),
        st.tuples(st.just("undo"), st.integers(0, 9), st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_merges_undone_in_any_order_leave_everything_as_it_was(
    database: Database, steps: list[tuple[str, int, int]]
) -> None:
    contacts = Contacts(database)
    began = await make(contacts, 5)
    counting: list[Merge] = []
    for what, first, second in steps:
        if what == "merge":
            source = (await contacts.person(began[first].id)).head.id
            into = (await contacts.person(began[second].id)).head.id
            if source != into:
                counting.append(word(source, into))
                await contacts.merge(counting[-1])
        elif counting:
            gone = counting.pop(first % len(counting))
            assert await contacts.undo(gone.id, by=AgentId("b"), now=2)
            assert not await contacts.undo(gone.id, by=AgentId("b"), now=3)
        for one in began:
            assert set((await contacts.person(one.id)).ids) == joined(one.id, counting)
    for merge in counting:
        await contacts.undo(merge.id, by=AgentId("b"), now=2)
    assert [replace(found, merges=()) for one in began if (found := await contacts.get(one.id))] == began


def joined(one: ContactId, counting: list[Merge]) -> set[ContactId]:
    """Who is one person with a contact: everybody whom merges that count connect with it."""
    group = {one}
    while more := {
        other
        for merge in counting
        for here, other in ((merge.source, merge.into), (merge.into, merge.source))
        if here in group and other not in group
    }:
        group |= more
    return group


async def test_two_agents_who_merge_both_ways_at_once_make_no_ring(database: Database) -> None:
    contacts = Contacts(database)
    for _ in range(5):
        ali, sara = [one.id for one in await make(contacts, 2)]
        done = await asyncio.gather(
            contacts.merge(word(ali, sara)), contacts.merge(word(sara, ali)), return_exceptions=True
        )
        assert all(one is None or isinstance(one, Conflict) for one in done)
        heads = {(await contacts.person(one)).head.id for one in (ali, sara)}
        pointing = [one for one in (await contacts.get(ali), await contacts.get(sara)) if one and one.merged_into]
        assert len(pointing) == done.count(None) <= 1
        assert len(heads) == 2 - len(pointing)


async def test_contacts_from_before_find_their_like(database: Database) -> None:
    rows = database.collection("contacts")
    fields = {"name": "", "locale": "fa", "created_at": 1, "attributes": {"email": "Ali@example.com"}}
    await rows.insert_many([{"_id": "old", "identities": [], **fields}, {"_id": "older", "identities": [], **fields}])
    contacts = Contacts(database)
    await contacts.index()
    person = await contacts.person(ContactId("old"))
    assert [one.id for one in await contacts.alike(person)] == ["older"]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_one_who_is_alone_is_one_person(database: Database, address: str) -> None:
    contacts = Contacts(database)
    found = await contacts.find_or_create(
        channel="email", inbox="post", address=address, name="", locale="fa", verified=True, now=1
    )
    assert (await contacts.person(found.id)).members == (found,)
