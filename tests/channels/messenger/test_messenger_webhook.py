"""What Messenger and Instagram tell, over real HTTP; each body of ours is named by its trap."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import structlog
from msgspec import ValidationError

from channels.contract import Part
from channels.messenger.adapter import Messenger, instagram
from channels.messenger.dialect import INSTAGRAM, MESSENGER
from channels.messenger.parse import events, items
from channels.meta_events import Passed, Reported, Said, Until
from tests.channels.meta_lab import OLD_SECRET, PAYLOADS, VERIFY, Lab, damaged, laboratory, recorded
from tests.fakes.inlet import Report

PAGE, ACCOUNT = "900100", "178400"
BODIES = sorted(path.stem for path in (PAYLOADS / "messenger").glob("*.json"))


@pytest_asyncio.fixture
async def page(no_task_left_behind: None) -> AsyncIterator[Lab]:
    async with laboratory(Messenger(), PAGE) as made:
        yield made


@pytest_asyncio.fixture
async def account(no_task_left_behind: None) -> AsyncIterator[Lab]:
    async with laboratory(instagram(), ACCOUNT) as made:
        yield made


async def parts(lab: Lab, name: str) -> tuple[Part, ...]:
    assert await lab.tell(recorded("messenger", name)) == 200
    [message] = lab.inlet.received
    return message.parts


async def counted(lab: Lab, name: str) -> list[str]:
    with structlog.testing.capture_logs() as logs:
        assert await lab.tell(recorded("messenger", name)) == 200
    return [str(one["kind"]) for one in logs]


async def test_who_wrote_what_and_when(page: Lab) -> None:
    assert [one.text for one in await parts(page, "text")] == ["سلام، سفارش من کجاست؟"]
    [message] = page.inlet.received
    assert (message.external_id, message.sender.address, message.sent_at) == ("m_text", "6001", 1_790_000_000_123)
    assert not message.sender.everywhere


@pytest.mark.parametrize("name", BODIES)
async def test_every_body_twice_is_200_and_stored_once(page: Lab, account: Lab, name: str) -> None:
    lab = account if name.startswith("instagram") else page
    assert await lab.tell(recorded("messenger", name)) == 200
    before = [one.external_id for one in lab.inlet.received]
    aside = len(lab.inlet.aside)
    assert await lab.tell(recorded("messenger", name)) == 200
    assert [one.external_id for one in lab.inlet.received] == before
    assert len(lab.inlet.aside) == aside
    other = page if lab is account else account
    assert await other.tell(recorded("messenger", name)) == 200
    assert not other.inlet.received, "a body for the other of the two"


async def test_signature_challenge_and_store_away(page: Lab) -> None:
    body = recorded("messenger", "text")
    assert await page.tell(body, "wrong") == 401
    page.inlet.down = True
    assert await page.tell(body) == 503
    page.inlet.down = False
    assert await page.tell(body, OLD_SECRET) == 200
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "77"}
    async with page.session.get(page.hook, params=asked) as response:
        assert await response.text() == "77"


async def test_all_of_a_batch_is_stored(page: Lab) -> None:
    assert await page.tell(recorded("messenger", "several-entries-and-people")) == 200
    assert {(one.sender.address, one.external_id) for one in page.inlet.received} == {
        ("6001", "m_a1"),
        ("6001", "m_a2"),
        ("6002", "m_b1"),
    }


async def test_one_bad_event_costs_nobody_else(page: Lab) -> None:
    assert await page.tell(recorded("messenger", "one-bad-of-three")) == 200
    assert {one.external_id for one in page.inlet.received} == {"m_good1", "m_good2"}
    assert [reason for reason, _ in page.inlet.aside.values()] == ["unreadable"]


async def test_what_is_no_event_is_set_aside(page: Lab) -> None:
    assert [one.text for one in await parts(page, "not-an-event")] == ["still here"]
    assert len(page.inlet.aside) == 3
    assert await page.tell(recorded("messenger", "nobody-wrote-it")) == 200
    assert len(page.inlet.aside) == 4


async def test_what_is_for_another_page_is_set_aside(page: Lab) -> None:
    assert await page.tell(recorded("messenger", "other-page")) == 200
    assert [reason for reason, _ in page.inlet.aside.values()] == ["no_inbox"]
    assert not page.inlet.received


@pytest.mark.parametrize(
    ("name", "text", "payload"),
    [
        ("quick-reply", "Yes", "/affirm"),
        ("postback-with-referral", "Get started", "START"),
        ("postback-without-mid", "Menu", "MENU"),
    ],
)
async def test_presses(page: Lab, name: str, text: str, payload: str) -> None:
    [part] = await parts(page, name)
    assert (part.type, part.text, part.payload) == ("button", text, payload)


async def test_where_a_customer_came_from_is_told(page: Lab) -> None:
    await parts(page, "postback-with-referral")
    assert page.inlet.received[0].context == {"referrer": "spring"}


async def test_files_are_fetched_later(page: Lab) -> None:
    words, picture, file = await parts(page, "attachments-two-and-text")
    assert words.text == "see"
    assert picture.source == {"url": "https://scontent.xx.fbcdn.net/a.jpg"}
    assert file.file is not None
    assert (file.file.id, file.file.name) == ("", "file")


@pytest.mark.parametrize(
    ("name", "type_", "text"),
    [
        ("null-fields", "text", "hi"),
        ("location", "location", "Ali's location"),
        ("thumb-sticker", "text", "👍"),
        ("shared-link-fallback", "text", "https://shop.example/x"),
        ("unknown-attachment", "text", "[پیامی از نوعی که اینجا نشان داده نمی‌شود]"),
        ("odd-time", "text", "when?"),
    ],
)
async def test_what_becomes_of_each_kind(page: Lab, name: str, type_: str, text: str) -> None:
    first = (await parts(page, name))[0]
    assert (first.type, first.text) == (type_, text)


@pytest.mark.parametrize(
    ("name", "type_", "text"),
    [
        ("instagram-text", "text", "hi"),
        ("instagram-story-reply", "text", "wow"),
        ("instagram-story-mention", "attachment", None),
        ("instagram-reel", "text", "A reel\nhttps://www.instagram.com/reel/1"),
        ("instagram-like", "text", "❤️"),
        ("instagram-unsupported", "text", "[پیامی از نوعی که اینجا نشان داده نمی‌شود]"),
        ("instagram-as-change", "text", "from the test button"),
    ],
)
async def test_what_becomes_of_instagrams_own(account: Lab, name: str, type_: str, text: str | None) -> None:
    [part] = await parts(account, name)
    assert (part.type, part.text) == (type_, text)


async def test_a_story_that_is_answered_and_a_time_in_seconds(account: Lab) -> None:
    await account.tell(recorded("messenger", "instagram-story-reply"))
    await account.tell(recorded("messenger", "instagram-as-change"))
    story, test = account.inlet.received
    assert story.context["page"].startswith("https://lookaside.fbsbx.com/")
    assert test.sent_at == 1_790_000_000_000


async def test_an_answer_names_what_it_answers_and_an_edit_what_it_replaces(page: Lab) -> None:
    await page.tell(recorded("messenger", "reply-to-message"))
    await page.tell(recorded("messenger", "edited"))
    answer, edit = page.inlet.received
    assert answer.clues[0].external_id == "m_ours"
    assert (edit.external_id, edit.edits) == ("m_text:edit:1", "m_text")


async def test_echoes_are_matched_or_counted_and_never_a_customers_words(page: Lab, account: Lab) -> None:
    assert await counted(page, "echo-of-another-tool") == ["echo_of_others"]
    assert await counted(page, "echo-of-ours") == []
    assert page.inlet.reports == [Report("in1", "m_ours", "sent")]
    assert await counted(account, "instagram-echo-without-mark") == []
    assert account.inlet.reports == [Report("in1", "aWd_ours", "sent")]
    assert not page.inlet.received
    assert not account.inlet.received


async def test_marks_of_delivery_and_reading(page: Lab, account: Lab) -> None:
    for name in ("delivery-with-mids", "delivery-watermark-only", "read-watermark"):
        assert await page.tell(recorded("messenger", name)) == 200
    assert {(one.external_id, one.state) for one in page.inlet.reports} == {
        ("m_ours", "delivered"),
        ("m_ours2", "delivered"),
    }
    assert page.inlet.until == [
        ("in1", "6001", 1_790_000_000_100, "delivered"),
        ("in1", "6001", 1_790_000_000_100, "delivered"),
        ("in1", "6001", 1_790_000_000_200, "read"),
    ]
    assert await account.tell(recorded("messenger", "instagram-seen")) == 200
    assert account.inlet.reports == [Report("in1", "aWd_ours", "read")]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("reaction", ["reaction"]),
        ("optin-and-referral", ["optin", "referral"]),
        ("optin-without-sender", ["optin"]),
        ("standby-only", ["standby"]),
        ("feed-change", ["feed"]),
        ("unsent", ["deleted"]),
        ("instagram-text", ["other_object"]),
    ],
)
async def test_what_is_of_no_use_is_counted(page: Lab, name: str, kinds: list[str]) -> None:
    assert await counted(page, name) == kinds
    assert not page.inlet.received
    assert not page.inlet.aside


def test_no_damage_to_a_body_is_an_exception(page: Lab) -> None:
    dice = random.Random(7)
    seen = set()
    for name in BODIES * 40:
        broken = damaged(recorded("messenger", name), dice)
        dialect = INSTAGRAM if name.startswith("instagram") else MESSENGER
        for item in items(broken if isinstance(broken, dict) else {}, dialect):
            try:
                seen |= {type(one) for one in events(item, page.inbox, dialect)}
            except (ValidationError, ValueError):
                seen.add(ValueError)
    assert seen == {Said, Reported, Until, Passed, ValueError}
