"""The trainer with real Rasa: from the queue to a model on a server that answers; killed, cancelled, out of disk."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot import environment
from bot.contract import Reply, Turn
from bot.rasa import RasaBot
from bot.rasa_wire import WireAnswer, decode, request
from bot.training.runs import STANDARD, Limits
from bot.training.stories import Expected, Story
from hub.clock import HeldClock, SystemClock
from hub.model.studio import Kept
from hub.processes import command_line, is_alive
from hub.settings import Settings, child_environment
from hub.store.database import Database
from hub.store.embedded import Mongod
from hub.store.pin_runs import PinRuns
from hub.store.trials import Heard, Trials
from hub.store.versions import Version, Versions
from hub.training.slots import Slotted
from hub.training.studio import Studio
from hub.training.trainer import LEASE_MS, RUNS, Trainer
from hub.training.trying import IDLE_MS, Trying
from tests.bot.assistant_lab import _process, var_dir
from tests.hub.training.lab import project, studio_over, with_booking, with_callback
from tests.hub_server import LiveHub
from tests.ports import free_port

pytestmark = [pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(240)]


STORIES = {
    "asks for an order": (
        Expected(text="where is my parcel", lang="en", intent="order", action="order_form"),
        Expected(text="the number is 12345", lang="en", action="utter_order"),
        Expected(text="قیمت این چند است", lang="fa", intent="price", action="utter_price"),
    ),
    "forgot what it could": (
        Expected(text="ارزان", lang="fa", payload="/price", intent="price", action="utter_price"),
        Expected(text="what does it cost", lang="en", intent="price", action="utter_order"),
    ),
}


class LaterClock(SystemClock):
    """The clock of somebody who looks when every lease has run out."""

    def now(self) -> int:
        return super().now() + LEASE_MS + 1


@pytest.fixture
def home() -> Path:
    if not (var_dir() / "bot/install.stamp").exists():
        pytest.fail("the bot's environment is missing: `python -m bot.environment install`")
    return var_dir().resolve() / "bot"


async def until(versions: Versions, number: int, true: Callable[[Version], bool]) -> Version:
    while not true(version := await versions.get(number)):
        await asyncio.sleep(0.05)
    return version


async def test_a_killed_trainer_takes_its_rasa_along_and_another_one_finishes(
    database: Database, mongod_server: Mongod, home: Path, tmp_path: Path
) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    for name, turns in STORIES.items():
        await studio.stories.add(Story(id=name.split()[0], name=name, turns=turns))
    version = await studio.train("admin", "first")
    settings = Settings(
        mongodb_uri=mongod_server.uri,
        database=database.name.lower(),
        var_dir=home.parent,
        rasa_token="tests-rasa-token-0123456789-abcdefghij",
        signing_key="tests-signing-key-0123456789-abcdefghi",
        secrets_key="tests-secrets-key-0123456789-abcdefghi",
    )
    command = [sys.executable, "-m", "hub.cli", "trainer"]
    with (tmp_path / "trainer.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env=child_environment(settings), stdout=log, stderr=log
        )
    await until(studio.versions, version.number, lambda one: one.stage == "train")
    children = [pid for pid in _pids() if f"{RUNS}/{process.pid}-" in " ".join(command_line(pid))]
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert children
    while any(is_alive(pid) for pid in children):
        await asyncio.sleep(0.05)
    assert not await Trainer(studio.versions, home, SystemClock()).once(), "its lease still runs"
    again = Trainer(studio.versions, home, LaterClock())
    await asyncio.to_thread(again.sweep)
    assert not list((home / RUNS).glob(f"{process.pid}-*"))
    assert await again.once()
    done = await studio.versions.get(version.number)
    assert (done.state, done.tries, done.failure) == ("ready", 2, "")
    assert done.report is not None
    assert done.report.n_test == 6
    assert done.report.accuracy == 1.0
    asked, forgot = done.stories
    assert [(one.told.intent, one.told.actions) for one in asked.turns if not one.passed] == []
    assert asked.passed
    assert (forgot.passed, forgot.error) == (False, "")
    assert [one.passed for one in forgot.turns] == [True, False]
    assert [one.name for one in await studio.launch.gates(done) if not one.passed] == ["stories"]
    assert done.made is not None
    assert len(await studio.versions.model(done)) == done.made.size
    late = Story(id="late", name="pinned since", turns=STORIES["asks for an order"][:1])
    await studio.stories.add(late)
    await studio.stories.remove("forgot", 1)
    assert [one.name for one in await studio.launch.gates(done) if not one.passed] == ["untold"]
    await PinRuns(database).want(done.number)
    assert await again.once()
    told = await studio.versions.get(done.number)
    assert [(one.id, one.passed, one.error) for one in told.stories] == [("asks", True, ""), ("late", True, "")]
    assert not [one.name for one in await studio.launch.gates(told) if not one.passed]
    assert not list((home / RUNS).glob("*-pins-*"))


async def test_a_version_is_tried_before_any_customer_has_it(database: Database, home: Path, clock: HeldClock) -> None:
    studio, trials = studio_over(database), Trials(database)
    await studio.replace_project(project())
    version = await studio.train("admin", "first")
    assert await Trainer(studio.versions, home, SystemClock()).once()
    trying = Trying(studio.versions, home, home / RUNS, clock, STANDARD)

    async def say(text: str, number: int = version.number, **more: object) -> Heard:
        turn = request(Turn(conversation="try-a-1", texts=(text,), locale="en"))
        trial = await trials.ask(number, {**turn, **more}, clock.now())
        assert await trying.once()
        heard = await trials.take(trial)
        assert heard is not None
        return heard

    try:
        asked = decode((await say("where is my parcel", fresh=True)).answer, WireAnswer)
        assert [one.text for one in asked.messages] == ["Which number?"]
        assert decode((await say("the number is 12345")).answer, WireAnswer).actions[-1:] == ["utter_order"]
        assert (await say("where is my parcel", sender="?")).failure == "refused"
        loaded = [pid for pid in _pids() if f"{os.getpid()}-try/job.json" in " ".join(command_line(pid))]
        assert loaded
        assert decode((await say("what does it cost")).answer, WireAnswer).intent.name == "price"
        clock.advance(IDLE_MS + 1)
        assert not await trying.once()
        assert not any(is_alive(pid) for pid in loaded)
        assert not list((home / RUNS).glob("*-try"))
        assert (await say("anything", number=99)).failure == "not_found"
    finally:
        await trying.end()


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


async def test_a_cancelled_training_ends_and_one_that_is_too_large_says_so(database: Database, home: Path) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    version = await studio.train("admin", "")
    working = asyncio.create_task(Trainer(studio.versions, home, SystemClock()).once())
    await until(studio.versions, version.number, lambda one: one.stage == "start")
    await studio.versions.stop(version.number, 1)
    assert await working
    assert (await studio.versions.get(version.number)).state == "cancelled"
    for limits, code in ((Limits(memory_mb=50), "memory"), (Limits(disk_mb=10**9), "disk")):
        version = await studio.train("admin", "")
        assert await Trainer(studio.versions, home, SystemClock(), limits).once()
        failed = await studio.versions.get(version.number)
        assert (failed.state, failed.failure) == ("failed", code)
        assert failed.failure_text
    before, models = resource.getrlimit(resource.RLIMIT_FSIZE), database.bucket("bot_models")
    version = await studio.train("admin", "")
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, before[1]))
    try:
        assert await Trainer(studio.versions, home, SystemClock()).once()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    full = await studio.versions.get(version.number)
    assert (full.state, full.failure, full.made) == ("failed", "disk", None)
    assert [one async for one in models.find({"filename": {"$regex": "model$"}})] == [], "nothing half-kept"
    assert not [one for one in (home / RUNS).glob("*") if one.name.endswith(f"-{version.number}")]
    version = await studio.train("admin", "")
    ending = asyncio.create_task(Trainer(studio.versions, home, SystemClock()).run())
    await until(studio.versions, version.number, lambda one: one.stage == "start")
    ending.cancel()
    await asyncio.gather(ending, return_exceptions=True)
    assert (await studio.versions.get(version.number)).state == "queued"


@asynccontextmanager
async def rasa_server(
    live: LiveHub, slot: str, log: Path
) -> AsyncIterator[tuple[RasaBot, Callable[[], Awaitable[None]]]]:
    """A real Rasa server that has its models from the hub, and what kills it and starts another one in its place."""
    token = live.hub.settings.rasa_token.get_secret_value()
    port = free_port()
    models = f"{live.url}/bot/models/{slot}"
    command, env, cwd = environment.serve(var_dir(), port, None, "", token, live.url + "/bot/actions", models)
    async with AsyncExitStack() as stack, RasaBot(f"http://127.0.0.1:{port}", token, timeout=20) as bot:
        process = await stack.enter_async_context(_process(command, env, cwd, log))

        async def kill() -> None:
            process.kill()
            await process.wait()
            await stack.enter_async_context(_process(command, env, cwd, log))

        yield bot, kill


async def test_a_new_version_reaches_a_running_server_and_live_conversations_keep_theirs(
    live: LiveHub, home: Path, tmp_path: Path
) -> None:
    product = await asyncio.to_thread(environment.train, home.parent, lambda line: None)
    own = environment.model_path(live.hub.settings.var_dir)
    own.symlink_to(product)
    studio = studio_over(live.hub.database)
    await studio.replace_project(project())
    first = await trained(studio, home)
    response = await studio.store.response("utter_price")
    assert response is not None
    await studio.store.write_response(Kept(name="utter_price", variants=({"text": "Eleven each."},), version=1))
    await with_callback(studio)
    await with_booking(studio)
    second = await trained(studio, home)
    async with (
        rasa_server(live, "a", tmp_path / "a.log") as (one, kill_one),
        rasa_server(live, "b", tmp_path / "b.log") as (two, _),
    ):
        clock = SystemClock()
        slots = Slotted({"a": one, "b": two}, studio.rollouts, studio.versions, clock)
        while not ((await one.ready()).available and (await two.ready()).available):
            await asyncio.sleep(0.2)

        async def said(text: str, conversation: str, began: int) -> str:
            turn = Turn(conversation=conversation, texts=(text,), locale="en", began_at=began)
            return " ".join(say.text or "" for say in (await slots.turn(turn)).says)

        async def active(number: int) -> None:
            await studio.launch.activate(number, 100, "a small test set")
            while (await studio.rollouts.get()).pending is not None:
                await slots.look()
                await asyncio.sleep(0.1)

        async def cancelled_when_loaded(version: Version) -> None:
            """The version is on its server when somebody thinks better of it: what was there returns, and its talks."""
            await studio.launch.activate(version.number, 100, "a small test set")
            while slots.rollout.loading is None:
                await slots.look()
            while (await one.ready()).model_id != (version.made.id if version.made else ""):
                await asyncio.sleep(0.1)
            await studio.launch.cancel()
            while slots.rollout.loading is not None:
                await slots.look()
                await asyncio.sleep(0.1)
            assert slots.rollout.way_back == (first.number, 0)
            assert await said("hello", "built-in", 1) == greeting

        async def active_though_killed(number: int) -> None:
            """Its server dies while it loads the version; everybody else is answered by theirs meanwhile."""
            await studio.launch.activate(number, 100, "a small test set")
            while slots.rollout.loading is None:
                await slots.look()
            await kill_one()
            while slots.rollout.loading is not None:
                assert await said("what does it cost 6", "c1", old) == "Ten each."
                await slots.look()
                await asyncio.sleep(0.1)

        greeting = await said("hello", "built-in", 1)
        assert greeting, "the model that came with the product"
        await active(first.number)
        old = clock.now()
        forms = [f"in-a-form-{number}" for number in range(50)]
        for form in forms:
            assert "Which number" in await said("where is my parcel 3", form, old)
        assert await said("what does it cost 3", "c1", old) == "Ten each."
        await asyncio.sleep(0.002)
        await cancelled_when_loaded(second)
        await active_though_killed(second.number)
        new = clock.now()
        assert await said("what does it cost 4", "c2", new) == "Eleven each."
        assert await said("what does it cost 5", "c3", old) == "Ten each."
        for words, answer in (
            ("ring me in Tabriz 3", "Your name?"),
            ("x", "A longer name. Your name?"),
            ("Sara Ahmadi", "How many?"),
            ("what about 12", "One to nine. How many?"),
            ("we are 4", "When?"),
            ("in the evening", "We ring Sara Ahmadi in Tabriz."),
            ("please ring me back 2", "Which city?"),
        ):
            assert answer in await said(words, "c4", new), words

        async def turn(text: str = "", payload: str | None = None) -> Reply:
            texts = (text,) if text else ()
            return await slots.turn(Turn(conversation="c5", texts=texts, payload=payload, locale="en", began_at=new))

        (asked,) = (await turn("I want to book a table 3")).says
        assert [(one.title, one.payload) for one in asked.buttons] == [
            ("Small", "/studio_pick_1"),
            ("Large", "/studio_pick_2"),
        ]
        assert [one.text for one in (await turn(payload="/studio_pick_2")).says] == ["How many?"]
        assert [one.text for one in (await turn("twelve or 12")).says] == ["One to nine.", "How many?"]
        assert [one.text for one in (await turn("4 of us")).says] == ["Which dish?"]
        ended = await turn("please cook lasagna for us")
        assert [one.text for one in ended.says] == ["A colleague goes on."]
        assert ended.understood is not None
        assert [(one.kind, one.value) for one in ended.understood.entities] == [("dish", "lasagna")]
        assert ended.handoff is not None
        assert ended.handoff.queue == "kitchen"
        assert "size: large; seats: 4; dish: lasagna" in ended.handoff.summary
        pressed = Turn(conversation="c4", texts=(), payload="/order", locale="en", began_at=new)
        assert (await slots.turn(pressed)).says, "another button leads out of it"
        for form in forms:
            assert await said("the number is 12345", form, old) == "It is on its way.", "its form goes on"
        began = asyncio.get_running_loop().time()
        await studio.launch.roll_back()
        await slots.look()
        assert asyncio.get_running_loop().time() - began < 10
        assert await said("what does it cost 6", "c2", new) == "Ten each."
        assert (await slots.ready()).model_id == (first.made.id if first.made else "")


async def trained(studio: Studio, home: Path) -> Version:
    version = await studio.train("admin", "")
    assert await Trainer(studio.versions, home, SystemClock()).once()
    done = await studio.versions.get(version.number)
    assert done.state == "ready", done.failure_text
    return done
