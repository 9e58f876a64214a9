"""The bot's figures against a walk by hand over random timelines, live, over a crash, and at the API."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.contract import BotStatus, Handoff, HandoffReason, Reply, Say, Turn
from bot.contract import Understood as Read
from hub.clock import HeldClock
from hub.model.bot_figures import BotFigures, Counted, figures_of
from hub.model.bot_stays import NOT_UNDERSTOOD, BotStay, news_of
from hub.model.conversation import Conversation, Header
from hub.model.entry import BOT, SYSTEM, Author, Entry, Event, EventType, Understood, text_part
from hub.model.ids import AgentId, ContactId, ConversationId, InboxId, QueueId
from hub.store.bot_stays import BotStays, Wanted
from hub.store.database import Database
from tests.hub.house import House
from tests.hub_server import AbsentBot, live_hub

HOUR = 3_600_000
ZONE = "Asia/Tehran"
ALI = Author(kind="agent", id="ali")
CUSTOMER = Author(kind="contact", id="p")
INTENTS = ("price", "order", NOT_UNDERSTOOD)


@dataclass
class Tale:
    """A random timeline, and beside it, by hand, every stay with the bot: (began, fate, reason, intents)."""

    dice: random.Random
    name: str
    now: int
    lang: str
    entries: list[Entry] = field(default_factory=list)
    stays: list[list[Any]] = field(default_factory=list)
    owner: str = ""
    spoken: bool = False
    came: int = 0

    def write(self, author: Author, event: Event | None = None, **more: Any) -> None:
        self.now += self.dice.randrange(1, 9 * HOUR)
        seq = len(self.entries) + 1
        entry = Entry(
            conversation=ConversationId(self.name),
            seq=seq,
            at=self.now,
            author=author,
            kind="event" if event else "message",
            dedupe=f"{self.name}:{seq}",
            parts=() if event else text_part("x"),
            event=event,
            **more,
        )
        self.entries.append(entry)

    def run(self) -> None:
        with_bot = self.dice.random() < 0.8
        self.write(SYSTEM, Event(type=EventType.OPENED, queue=None if with_bot else QueueId("q")))
        self.owner, self.came = ("bot" if with_bot else "people"), self.now
        for _ in range(self.dice.randrange(1, 14)):
            deeds = {
                "bot": [self.says, self.says, self.answered, self.answered, self.hands_over, self.leaves, self.taken],
                "people": [self.says, self.to_bot],
                "": [self.reopened],
            }
            self.dice.choice(deeds[self.owner])()

    def says(self) -> None:
        self.write(CUSTOMER)
        if self.owner == "bot" and not self.spoken:
            self.spoken = True
            self.stays.append([self.came, "running", "", []])

    def answered(self) -> None:
        if self.spoken:
            intent = self.dice.choice(INTENTS)
            self.write(BOT, understood=Understood(intent=intent, confidence=0.9))  # a first part doesn't end the turn
            self.write(BOT, understood=Understood(intent=intent, confidence=0.9), up_to=1)
            self.stays[-1][3].append(intent)

    def hands_over(self) -> None:
        reason, intent = self.dice.choice(["low_confidence", "requested"]), self.dice.choice([*INTENTS, None])
        read = Understood(intent=intent, confidence=0.4) if intent and self.spoken else None
        if read is not None and intent is not None:
            self.stays[-1][3].append(intent)
        self.write(BOT, Event(type=EventType.HANDOFF, reason=reason, queue=QueueId("q"), up_to=1), understood=read)
        self.over("handed_off", reason, "people")

    def leaves(self) -> None:
        author = self.dice.choice([CUSTOMER, SYSTEM, ALI])
        self.write(author, Event(type=EventType.RESOLVED, reason="idle"))
        intents = self.stays[-1][3] if self.spoken else []
        served = bool(intents) and intents[-1] != NOT_UNDERSTOOD
        by_agent = author is ALI
        fate = "taken" if by_agent else "contained" if served else "lost"
        self.over(fate, "resolved" if by_agent else "idle", "")

    def taken(self) -> None:
        self.write(ALI, Event(type=EventType.TAKEN, agent=AgentId("ali")))
        self.over("taken", "taken", "people")

    def to_bot(self) -> None:
        self.write(ALI, Event(type=EventType.TO_BOT, agent=AgentId("ali")))
        self.owner, self.came = "bot", self.now

    def reopened(self) -> None:
        self.write(CUSTOMER, Event(type=EventType.REOPENED, queue=QueueId("q")))
        self.owner = "people"

    def over(self, fate: str, reason: str, owner: str) -> None:
        if self.spoken:
            self.stays[-1][1:3] = [fate, reason]
        self.owner, self.spoken = owner, False

    def news(self) -> list[BotStay]:
        header = Header(
            id=ConversationId(self.name),
            number=1,
            inbox=InboxId("shop"),
            channel="webchat",
            contact=ContactId("p"),
            address="v",
            created_at=0,
        )
        return list(news_of(Conversation(header=header, locale=self.lang), self.entries))


def by_hand(tales: list[Tale], since: int, until: int) -> BotFigures:
    """Every figure, from nothing but the stays that were kept by hand."""
    total, days, langs = Counted(), dict[str, Counted](), dict[str, Counted]()
    reasons, intents = Counter[str](), dict[str, Counted]()
    for tale in tales:
        for began, fate, reason, read in tale.stays:
            if not since <= began < until:
                continue
            one = Counted(**{fate: 1}, turns=len(read), not_understood=read.count(NOT_UNDERSTOOD))
            day = str(datetime.fromtimestamp(began / 1000, UTC).astimezone(ZoneInfo(ZONE)).date())
            total += one
            days[day] = days.get(day, Counted()) + one
            langs[tale.lang] = langs.get(tale.lang, Counted()) + one
            reasons[reason] += fate == "handed_off"
            for intent in set(read):
                counted = Counted(**{fate: 1}, turns=read.count(intent))
                intents[intent] = intents.get(intent, Counted()) + counted
    return BotFigures(total=total, days=days, langs=langs, reasons=dict(+reasons), intents=intents)


async def test_figures_are_what_a_walk_by_hand_over_random_timelines_counts(database: Database) -> None:
    dice, store = random.Random(7), BotStays(database)
    await store.index()
    start = 1_800_000_000_000
    tales = [Tale(dice, f"c{n}", start + dice.randrange(200 * HOUR), dice.choice(["fa", "en"])) for n in range(150)]
    for tale in tales:
        tale.run()
    news = [one for tale in tales for one in tale.news()]
    for part in (news[:300], news[200:], news):  # pieces twice: a crash, another process
        await store.record(part)
    since, until = start + 20 * HOUR, start + 150 * HOUR
    found = figures_of(*await store.cells(Wanted(since=since, until=until), ZONE))
    assert found == by_hand(tales, since, until)
    assert min(getattr(found.total, fate) for fate in ("contained", "lost", "handed_off", "taken", "running")) > 1
    for fate in ("lost", "handed_off"):
        behind = await store.page(Wanted(since=since, until=until, fate=fate), limit=1_000)
        assert len(behind) == getattr(found.total, fate)
    behind = await store.page(Wanted(since=since, until=until, intent="price"), limit=1_000)
    assert len(behind) == found.intents["price"].stays


class ScriptedBot(AbsentBot):
    """Knows prices; "person" is handed over; says nothing sensible to the rest."""

    async def turn(self, turn: Turn) -> Reply:
        known = next((one for one in ("price", "person") if one in turn.texts[-1]), NOT_UNDERSTOOD)
        read = Read(intent=known, confidence=0.9)
        if known == "person":
            return Reply(handoff=Handoff(reason=HandoffReason.REQUESTED), understood=read)
        return Reply(says=(Say(text="Well."),), understood=read)

    async def ready(self) -> BotStatus:
        return BotStatus(available=True, detail="ok", model_id="m")


async def test_figures_are_live_lead_to_conversations_and_outlive_a_crash(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock, bot=ScriptedBot()) as live:
        house = House(live, clock)
        served = await house.writes("v1", "what is the price")
        missed = await house.writes("v2", "blah")
        asked = await house.writes("v3", "a person please")
        for receipt in (served, missed):
            await house.until(receipt, lambda state: state.bot_seq >= state.contact_seq > 0)
        await house.until(asked, lambda state: state.owner.kind == "queue")
        for receipt in (served, missed):
            await house.leaves(receipt)
        await house.hub.stay_log.backlog.flush()
        async with live.browser() as admin:
            await admin.sign_in("admin")
            found = (await admin.call("GET", "/api/admin/bot/figures?days=7")).json
            total = found["total"]
            assert [total[one] for one in ("contained", "lost", "handed_off", "running", "turns")] == [1, 1, 1, 0, 3]
            assert total["containment"] == total["fallback_rate"] == 1 / 3
            assert (len(found["days"]), found["days"][-1]["counted"]["stays"]) == (7, 3)
            assert found["reasons"] == [{"reason": "requested", "stays": 1}]
            page = (await admin.call("GET", "/api/admin/bot/stays?fate=lost")).json
            assert [one["conversation"] for one in page["stays"]] == [missed.conversation]
            assert (await admin.call("GET", "/api/admin/bot/stays?before=x")).status == 400
            assert (await admin.call("GET", "/api/admin/bot/figures?days=0")).status == 400
    rows = database.collection("bot_stays")
    before = await rows.find({"fate": {"$exists": True}}).sort("_id", 1).to_list()
    await rows.delete_one({"conversation": served.conversation})
    await rows.update_one(
        {"conversation": missed.conversation}, {"$set": {"fate": "running", "turns": []}, "$unset": {"ended": ""}}
    )
    async with live_hub(database, tmp_path / "var", clock=clock) as live:
        async with asyncio.timeout(10):
            while await rows.find({"fate": {"$exists": True}}).sort("_id", 1).to_list() != before:
                await asyncio.sleep(0.01)
