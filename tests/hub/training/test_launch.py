"""A third version waits for the conversations of the one in its slot, over REST and with real conversations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.contract import BotStatus, Handoff, HandoffReason, Reply, Say, Turn
from channels.contract import Receipt
from hub.clock import HeldClock
from hub.model.config import Workplace
from hub.model.rollout import SETTLED_MS, SLOTS, Slot
from hub.store.database import Database
from hub.training.serving import EVERYBODY_KNOWS_MS
from hub.training.slots import Slotted
from hub.training.studio import Studio
from tests.hub.house import House
from tests.hub.training.lab import project
from tests.hub.training.test_studio_store import finished
from tests.hub_server import AbsentBot, Browser, live_hub

BASE = "/api/admin/bot"
WHY = "prices changed this very morning"


class Talker(AbsentBot):
    """Answers everything, until a person is asked for."""

    async def turn(self, turn: Turn) -> Reply:
        if "person" in turn.texts[-1]:
            return Reply(handoff=Handoff(reason=HandoffReason.REQUESTED))
        return Reply(says=(Say(text="Ten each."),))

    async def ready(self) -> BotStatus:
        return BotStatus(available=True, detail="ok")


class Loaded(Talker):
    """A server that has loaded what the hub names for its slot."""

    def __init__(self, studio: Studio, slot: Slot) -> None:
        self.studio, self.slot = studio, slot

    async def ready(self) -> BotStatus:
        number = (await self.studio.rollouts.get()).slots.get(self.slot, 0)
        made = (await self.studio.versions.get(number)).made if number else None
        return BotStatus(available=True, detail="ok", model_id=made.id if made else "built-in")


class Shop(House):
    """The hub with two versions in its slots, and a third that is ready; time stands where a test holds it."""

    admin: Browser
    slots: Slotted

    async def talk(self, customer: str) -> Receipt:
        """Begin a conversation with the bot and hear its answer."""
        receipt = await self.writes(customer, "what does it cost")
        await self.until(receipt, lambda state: state.bot_seq >= state.contact_seq > 0)
        await self.hub.lanes.roll_up()
        return receipt

    async def version_of(self, receipt: Receipt) -> int:
        """The version that a conversation has."""
        state, rollout = await self.state(receipt), await self.slots.rollouts.get()
        return rollout.slots[rollout.slot_of(state.id, state.fence_at)]

    async def later(self, seconds: float = SETTLED_MS / 1000) -> None:
        """Time goes by, and the hub looks at the slots."""
        await self.passes(seconds)
        await self.hub.lanes.roll_up()
        await self.slots.look()

    async def active(self, number: int, **body: object) -> dict[str, object]:
        """Activate over REST; the rollout."""
        answer = await self.admin.call("POST", f"{BASE}/versions/{number}/activate", body)
        assert answer.status == 200, answer.body
        await self.slots.look()
        return dict(answer.json)

    async def rollout(self) -> dict[str, object]:
        return dict((await self.admin.call("GET", f"{BASE}/rollout")).json)

    async def model(self, slot: Slot) -> int:
        """The answer to a slot's server that asks for its model."""
        token = self.hub.settings.rasa_token.get_secret_value()
        asked = await self.admin.request("GET", f"/bot/models/{slot}", headers={"Authorization": f"Bearer {token}"})
        return asked.status

    async def events(self, number: int) -> list[tuple[str, str]]:
        """What happened to a version, and who did it."""
        view = (await self.admin.call("GET", f"{BASE}/versions/{number}")).json["version"]
        return [(one["kind"], one["by_name"]) for one in view["history"]]


@pytest_asyncio.fixture
async def shop(no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock) -> AsyncIterator[Shop]:
    async with live_hub(database, tmp_path / "var", clock=clock, bot=Talker()) as live, live.browser() as admin:
        studio = live.hub.web.studio
        await studio.replace_project(project())
        await admin.sign_in("admin")
        shop = Shop(live, clock)
        shop.admin = admin
        bots = {slot: Loaded(studio, slot) for slot in SLOTS}
        shop.slots = Slotted(bots, studio.rollouts, studio.versions, clock)
        for _ in range(3):
            await finished(studio.versions)
        yield shop


async def test_a_third_version_waits_for_those_who_still_speak_with_the_first(shop: Shop) -> None:
    await shop.hub.config.save(Workplace(bot_idle_seconds=300))
    first = [await shop.talk(f"first-{n}") for n in range(3)]
    clock = shop.clock
    clock.advance(10)
    await shop.active(1)
    clock.advance(10)
    second = await shop.talk("second")
    assert [await shop.version_of(one) for one in (*first, second)] == [0, 0, 0, 1]
    await shop.later()
    waiting = await shop.active(2)
    assert (waiting["loading"], waiting["waits_for"], waiting["talks"], waiting["back_to"]) == (2, 0, 3, 0)
    await shop.later()
    assert [await shop.version_of(one) for one in (*first, second)] == [0, 0, 0, 1], "everybody keeps their own"
    await shop.ends(first[0], "ali")
    await shop.writes("first-1", "a person, please")
    await shop.until(first[1], lambda state: state.owner.kind != "bot")
    await shop.later(1)
    assert (await shop.rollout())["talks"] == 1
    with_bot = await shop.talk("third")
    assert await shop.version_of(with_bot) == 1, "meanwhile new ones get the live version"
    await shop.later(301)  # nobody says anything for so long that it is over
    await shop.later()
    assert (await shop.rollout())["slots"] == {"a": 2, "b": 1}
    await shop.slots.look()
    done = await shop.rollout()
    assert (done["active"], done["loading"], done["back_to"]) == (2, None, 1)
    assert await shop.events(2) == [("activated", "مدیر سامانه"), ("live", "")]


async def test_one_goes_back_at_once_while_the_third_waits_and_cancels_without_a_loss(shop: Shop) -> None:
    await shop.talk("first")
    shop.clock.advance(10)
    await shop.active(1)
    await shop.later()
    await shop.active(2)
    cancelled = (await shop.admin.call("POST", f"{BASE}/rollout/cancel")).json
    assert (cancelled["loading"], cancelled["active"], cancelled["back_to"]) == (None, 1, 0)
    assert (await shop.admin.call("POST", f"{BASE}/rollout/cancel")).code == "too_late"
    await shop.active(2)
    back = (await shop.admin.call("POST", f"{BASE}/rollout/back")).json
    assert (back["active"], back["loading"], back["slots"]) == (0, None, {"a": 0, "b": 1})
    assert (await shop.admin.call("POST", f"{BASE}/rollout/back")).code == "nothing_before"
    assert [kind for kind, _ in await shop.events(1)] == ["activated", "live", "rolled_back"]
    assert [kind for kind, _ in await shop.events(2)] == ["activated", "cancelled", "activated"]


async def test_who_writes_down_why_need_not_wait(shop: Shop) -> None:
    first = await shop.talk("first")
    shop.clock.advance(10)
    await shop.active(1)
    await shop.later()
    refused = await shop.admin.call("POST", f"{BASE}/versions/2/activate", {"at_once": True, "reason": "hurry"})
    assert refused.code == "gates"
    await shop.active(2)
    hurried = await shop.admin.call("POST", f"{BASE}/versions/2/activate", {"at_once": True, "reason": WHY})
    assert (hurried.status, hurried.json["waits_for"]) == (200, None)
    assert await shop.version_of(first) == 1, "moved to the version that answers"
    assert await shop.model("a") == 404, "until every hub knows that nobody is to be answered there"
    shop.clock.advance(EVERYBODY_KNOWS_MS)
    assert await shop.model("a") == 200
    await shop.slots.look()
    view = (await shop.admin.call("GET", f"{BASE}/versions/2")).json["version"]["history"]
    told = [(one["kind"], one["reason"], one["moved"]) for one in view]
    assert told == [("activated", "", 0), ("activated", WHY, 1), ("live", "", 0)]
    deed = next(one.deed for one in await shop.hub.web.audit.page() if one.deed.action == "bot.activate")
    assert list(deed.changes["reason"]) == [None, WHY]
    assert list(deed.changes["at_once"]) == [None, True]


@pytest.mark.parametrize("again", ["back", "cancel"])
async def test_a_version_whose_place_was_taken_comes_back(shop: Shop, again: str) -> None:
    await shop.active(1)
    await shop.later()
    await shop.admin.call("POST", f"{BASE}/versions/2/activate", {})
    assert (await shop.rollout())["slots"] == {"a": 2, "b": 1}
    view = (await shop.admin.call("POST", f"{BASE}/rollout/{again}")).json
    assert (view["slots"], view["returns"]) == ({"a": 0, "b": 1}, True)
    await shop.slots.look()
    done = await shop.rollout()
    assert (done["active"], done["loading"]) == ((0 if again == "back" else 1), None)
    assert done["back_to"] == (None if again == "back" else 0)
