"""What goes out to Messenger and Instagram, over real HTTP to a server that looks hard at it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from channels.contract import Button, ChannelError, DeliveryError, Part, Signal
from channels.degrade import degrade
from channels.messenger.adapter import Messenger, instagram
from channels.messenger.dialect import INSTAGRAM, MESSENGER
from tests.channels.meta_lab import Lab, laboratory, outbound, stored
from tests.fakes.graph import FakeGraph, Refuse

PAGE, ACCOUNT = "900100", "178400"


@pytest_asyncio.fixture
async def graph(no_task_left_behind: None) -> AsyncIterator[FakeGraph]:
    async with FakeGraph() as fake:
        fake.accounts |= {PAGE: {"name": "Cafe"}, ACCOUNT: {"username": "cafe"}}
        yield fake
        assert not fake.faults


@pytest_asyncio.fixture
async def page(graph: FakeGraph) -> AsyncIterator[Lab]:
    async with laboratory(Messenger(patience=2), PAGE, graph.url) as made:
        yield made


@pytest_asyncio.fixture
async def account(graph: FakeGraph) -> AsyncIterator[Lab]:
    async with laboratory(instagram(), ACCOUNT, graph.url) as made:
        yield made


def text(words: str) -> Part:
    return Part(type="text", text=words)


def choices(count: int, payload: str = "/p") -> Part:
    return Part(
        type="buttons", buttons=tuple(Button(title=f"Choice {n}", payload=f"{payload}{n}") for n in range(count))
    )


async def test_our_words_carry_our_mark(page: Lab, account: Lab, graph: FakeGraph) -> None:
    sent = await page.channel.send(outbound(text("سلام"), to="6001"), page.inlet)
    await account.channel.send(outbound(text("سلام"), to="6001"), account.inlet)
    assert sent.external_id == "m_1"
    assert graph.sent == [
        {
            "recipient": {"id": "6001"},
            "messaging_type": "RESPONSE",
            "message": {"text": "سلام", "metadata": "peyk:k1"},
        },
        {"recipient": {"id": "6001"}, "message": {"text": "سلام"}},
    ]


@pytest.mark.parametrize("dialect", [MESSENGER, INSTAGRAM], ids=["messenger", "instagram"])
async def test_long_words_are_cut_within_the_limit(page: Lab, account: Lab, graph: FakeGraph, dialect: object) -> None:
    lab = page if dialect is MESSENGER else account
    words = "این یک جملهٔ فارسی است. " * 120
    for piece in degrade(outbound(text(words), to="6001"), lab.channel.capabilities):
        await lab.channel.send(piece, lab.inlet)
    said = " ".join(one["message"]["text"] for one in graph.sent)
    assert said.split() == words.split()
    assert len(graph.sent) == (2 if dialect is MESSENGER else 6)


async def test_quick_replies_up_to_thirteen(page: Lab, account: Lab, graph: FakeGraph) -> None:
    for lab in (page, account):
        for count in (13, 14):
            for piece in degrade(outbound(text("Which?"), choices(count), to="6001"), lab.channel.capabilities):
                await lab.channel.send(piece, lab.inlet)
    replies = [len(one["message"].get("quick_replies", [])) for one in graph.sent]
    assert replies == [13, 0, 13, 0]
    assert "Choice 13" in graph.sent[1]["message"]["text"]


@pytest.mark.parametrize("parts", [(choices(2),), (text("Which?"), choices(2, "x" * 1_000))])
async def test_what_cannot_be_a_quick_reply_is_a_line(page: Lab, graph: FakeGraph, parts: tuple[Part, ...]) -> None:
    await page.channel.send(outbound(*parts, to="6001"), page.inlet)
    [body] = graph.sent
    assert "quick_replies" not in body["message"]
    assert "Choice 1" in body["message"]["text"]


async def test_files_are_uploaded_then_sent(page: Lab, account: Lab, graph: FakeGraph) -> None:
    picture = await stored(page.inlet, "عکس.jpg", "image/jpeg", b"xyz")
    await page.channel.send(outbound(Part(type="attachment", file=picture), to="6001"), page.inlet)
    paper = await stored(account.inlet, "a.pdf", "application/pdf", b"pdf")
    await account.channel.send(outbound(Part(type="attachment", file=paper), to="6001"), account.inlet)
    (first, name, type_, data), (second, _, _, _) = graph.uploads
    assert (name, type_, data) == ("file.jpg", "image/jpeg", b"xyz")
    assert json.loads(first["message"])["attachment"]["type"] == "image"
    assert second["platform"] == "instagram"
    assert graph.sent[0]["message"]["attachment"]["payload"]["attachment_id"].isdigit()
    assert graph.sent[1]["message"]["attachment"]["type"] == "MEDIA_SHARE"


@pytest.mark.parametrize(
    ("name", "type_", "size", "code"),
    [
        ("a.docx", "application/vnd.openxmlformats", 10, "not_allowed"),
        ("a.svg", "image/svg+xml", 10, "not_allowed"),
        ("a.png", "image/png", 8 * 1024 * 1024 + 1, "too_large"),
    ],
)
async def test_a_file_that_instagram_does_not_take_is_told_before_it_is_sent(
    account: Lab, graph: FakeGraph, name: str, type_: str, size: int, code: str
) -> None:
    file = await stored(account.inlet, name, type_, b"x" * size)
    with pytest.raises(DeliveryError) as caught:
        await account.channel.send(outbound(Part(type="attachment", file=file), to="6001"), account.inlet)
    assert (caught.value.code, caught.value.retryable) == (code, False)
    assert not graph.uploads


@pytest.mark.parametrize(
    ("refusal", "code", "retryable"),
    [
        (Refuse(10, 2018278, 403), "window_closed", False),
        (Refuse(10, 2534022, 403), "window_closed", False),
        (Refuse(100, 2018001), "bad_address", False),
        (Refuse(551, 1545041), "blocked", False),
        (Refuse(190, 460, 401), "misconfigured", False),
        (Refuse(200, status=403), "misconfigured", False),
        (Refuse(613), "rate_limited", True),
        (Refuse(80006), "rate_limited", True),
        (Refuse(2, status=500), "unreachable", True),
        (Refuse(100), "rejected", False),
    ],
)
async def test_what_a_refusal_means(page: Lab, graph: FakeGraph, refusal: Refuse, code: str, retryable: bool) -> None:
    graph.script.append(refusal)
    with pytest.raises(DeliveryError) as caught:
        await page.channel.send(outbound(text("x"), to="6001"), page.inlet)
    assert (caught.value.code, caught.value.retryable, caught.value.uncertain) == (code, retryable, False)


async def test_a_broken_connection_is_uncertain(page: Lab, graph: FakeGraph) -> None:
    graph.script.append("cut")
    with pytest.raises(DeliveryError) as caught:
        await page.channel.send(outbound(text("x"), to="6001"), page.inlet)
    assert (caught.value.uncertain, caught.value.retryable) == (True, False)


async def test_typing_is_shown_once_until_something_is_sent(page: Lab, graph: FakeGraph) -> None:
    typing = Signal(type="typing", conversation="c1", who="bot", on=True)
    for _ in range(3):
        await page.channel.signal("6001", "in1", typing)
    await page.channel.send(outbound(text("x"), to="6001"), page.inlet)
    await page.channel.signal("6001", "in1", typing)
    await page.channel.signal("6001", "in1", Signal(type="read", conversation="c1", who="agent", seq=3))
    assert [one["sender_action"] for one in graph.marks] == ["typing_on", "typing_on", "mark_seen"]


async def test_a_customers_file_is_read_without_the_token_and_only_from_where_it_may(
    page: Lab, graph: FakeGraph
) -> None:
    graph.media["a"] = ("image/jpeg", b"picture")
    chunks = page.channel.fetch(page.inbox, {"url": f"{graph.url}/files/a"})
    assert b"".join([one async for one in chunks]) == b"picture"
    assert graph.asked == [("/files/a", False)]
    for url, code in (("https://169.254.169.254/", "bad_url"), ("http://x.fbcdn.net/a", "bad_url"), ("", "not_found")):
        with pytest.raises(ChannelError) as caught:
            async for _ in page.channel.fetch(page.inbox, {"url": url}):
                pass
        assert (caught.value.code, caught.value.retryable) == (code, False)


async def test_test_connection_says_what_is_wrong(page: Lab, account: Lab, graph: FakeGraph) -> None:
    [good] = await page.channel.check(page.inbox, page.inlet)
    assert (good.ok, good.code, good.detail) == (True, "ok", "Cafe")
    [good] = await account.channel.check(account.inbox, account.inlet)
    assert (good.ok, good.detail) == (True, "cafe")
    wrong = page.inlet.configure("messenger", "in1", **{**page.inbox.settings, "page_id": "404404"})
    [bad] = await page.channel.check(wrong, page.inlet)
    assert (bad.ok, bad.code, bad.field) == (False, "not_found", "page_id")
    wrong = page.inlet.configure("messenger", "in1", **{**page.inbox.settings, "access_token": "x"})
    [bad] = await page.channel.check(wrong, page.inlet)
    assert (bad.ok, bad.code) == (False, "bad_token")


def test_the_declared_limits_are_the_providers() -> None:
    one, other = Messenger().capabilities, instagram().capabilities
    assert (one.max_text, one.text_unit, one.max_buttons, one.window_seconds) == (2_000, "characters", 13, 86_400)
    assert (other.max_text, other.text_unit, other.max_buttons) == (1_000, "utf8", 13)
