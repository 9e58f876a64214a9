"""The routing drill: four processes route at once over one database, and are killed at random.

Nobody is offered to two agents, nobody is burdened beyond their limit, nobody is left waiting beside a free agent, and
when it is over everybody has been served.
"""

import asyncio
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from channels.tasks import end
from hub.clock import SystemClock
from hub.errors import Conflict, HubError
from hub.model.config import cost_of
from hub.model.conversation import Conversation, check
from hub.model.entry import Author, EventType
from hub.model.fold import fold
from hub.model.ids import AgentId, ConversationId
from hub.processes import die_with_parent
from hub.routing.choose import Plan, choose
from hub.simulation.house import House, parts, store_plan
from hub.simulation.plan import World, world
from hub.store.database import Database, connect
from hub.store.embedded import Mongod, MongodOptions
from tests.drills.routing_process import LOOKS

TOOLS = Path(__file__).parents[2] / "var" / "tools"
ROOT = Path(__file__).parents[2]
PROCESSES = 4
AGENTS = 12
RATE = 9.0
OVERLOOKED = 2
"""An item that still waits beside somebody free after one process has looked at everybody more often than this."""
CALM_SECONDS = 60.0


@dataclass(slots=True)
class Processes:
    """The routing processes, some of which die."""

    uri: str
    name: str
    log: Path
    kills: int = 0
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_all(self) -> None:
        """Start them."""
        self._running = [self._spawn() for _ in range(PROCESSES)]

    def kill_two(self, dice: random.Random) -> None:
        """kill -9 for two of them, and two new ones."""
        for place in dice.sample(range(PROCESSES), 2):
            self._running[place].send_signal(signal.SIGKILL)
            self._running[place].wait()
            self._running[place] = self._spawn()
            self.kills += 1

    def end(self) -> None:
        """End all."""
        for one in self._running:
            one.kill()
            one.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.drills.routing_process", self.uri, self.name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - one system call, harmless beside threads
            )


@dataclass(slots=True)
class Floor:
    """Customers and agents, played over the same database by a process that does not route."""

    house: House
    plan: World
    dice: random.Random
    came: int = 0
    found: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)
    _busy: set[ConversationId] = field(default_factory=set)
    _beside: dict[ConversationId, dict[int, int]] = field(default_factory=dict)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def arrivals(self, seconds: float) -> None:
        """Customers come for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.came += 1
            channel = self.dice.choice(("webchat", "webchat", "email", "voice"))
            state = await self.house.enters(self.came, f"p-{self.came}", channel, self.dice.choice(("fa", "en")))
            await self.house.acts.open(state, queue=self.dice.choice(self.plan.queues).id, reason="bot_off")
            await self.house.says(state, "hello")
            await asyncio.sleep(self.dice.expovariate(RATE))

    async def agents(self) -> None:
        """Agents answer what they are offered, finish what they have, and come back when they were parked."""
        while True:
            for kind in ("offer", "agent"):
                for row in await self.house.conversations.unresolved(kind=kind):
                    if row.state.id not in self._busy:
                        self._busy.add(row.state.id)
                        self._start(self._act(row.state))
            for agent in await self.house.staff.store.all():
                if agent.status == "not_responding":
                    await self.house.staff.refresh(agent.id)
                    await self.house.staff.choose(agent.id, "online")
            await asyncio.sleep(0.05)

    async def watch(self, database: Database) -> None:
        """Look at everybody again and again: who carries too much, who waits beside somebody free."""
        while True:
            agents = {agent.id: agent for agent in await self.house.staff.store.all()}
            for agent in agents.values():
                if agent.used > agent.capacity:
                    self._note("over_capacity", f"{agent.id} carries {agent.used}")
                if len({one.conversation for one in agent.load}) != len(agent.load):
                    self._note("violations", f"{agent.id} carries something twice")
            plan = Plan(queues=self.house.config.queues, rules=self.house.config.workplace, agents=agents)
            rows = await self.house.conversations.unresolved(kind="queue")
            waiting = [row.state for row in rows if row.state.owner.kind == "queue" and row.state.contact_seq]
            looks = {row["_id"]: row["done"] for row in await database.collection(LOOKS).find({}).to_list()}
            self._overlooked(plan, waiting, looks)
            await asyncio.sleep(0.2)

    def _overlooked(self, plan: Plan, waiting: list[Conversation], looks: dict[int, int]) -> None:
        """By the work that the processes did, not by the clock: a slow machine overlooks nobody."""
        still = {}
        for item in waiting:
            choice = choose(item, plan, self.house.clock.now())
            if choice is None:
                continue
            still[item.id] = self._beside.get(item.id, looks)
            if any(done - still[item.id].get(process, 0) > OVERLOOKED for process, done in looks.items()):
                self._note("violations", f"{item.id} waits beside {choice.agents[0].id}")
                still[item.id] = looks
        self._beside = still

    async def judge(self, database: Database) -> None:
        """Read every timeline back: each event was allowed where it stands, and agents had room for it."""
        burdens: defaultdict[AgentId, list[tuple[int, int]]] = defaultdict(list)
        for number in range(1, self.came + 1):
            id_ = ConversationId(f"c-{number:06}")
            row = await self.house.conversations.get(id_)
            if row is None:
                self._note("violations", f"{id_} is lost")
                continue
            state = Conversation(header=row.state.header)
            for entry in await self.house.entries.after(id_, 0):
                try:
                    if entry.event is not None:
                        check(state, entry.event)
                except HubError:
                    offered = entry.event is not None and entry.event.type is EventType.OFFERED
                    self._note("double_offers" if offered else "violations", f"{id_} {entry.event}")
                before, state = state, fold(state, entry)
                cost = cost_of(state.header.channel, self.house.config.workplace)
                for agent in set(state.owner.asked) - set(before.owner.asked):
                    burdens[agent].append((entry.at, cost))
                for agent in set(before.owner.asked) - set(state.owner.asked):
                    burdens[agent].append((entry.at, -cost))
            if state.open:
                self._note("stranded", f"{id_} is with {state.owner.kind}")
        self._weigh(burdens)
        for agent in await self.house.staff.store.all():
            if agent.load:
                self._note("violations", f"{agent.id} carries {len(agent.load)} after the end")

    def _weigh(self, burdens: Mapping[AgentId, list[tuple[int, int]]]) -> None:
        """Whatever the loads said: what each agent was asked for and held at once, by the timelines."""
        for agent in self.plan.agents:
            carried = 0
            for at, cost in sorted(burdens.get(agent.id, ())):  # of one moment what is let go first
                carried += cost
                if cost > 0 and carried > agent.capacity:
                    self._note("over_capacity", f"{agent.id} carried {carried} at {at}")

    async def served(self, seconds: float) -> None:
        """Until nobody is left, for so long at most."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and await self._anything_left():
            await asyncio.sleep(0.2)

    async def _anything_left(self) -> bool:
        agents = await self.house.staff.store.all()
        return any(agent.load for agent in agents) or bool(await self.house.conversations.unresolved())

    async def _act(self, seen: Conversation) -> None:
        try:
            with suppress(Conflict):
                if seen.owner.kind == "offer":
                    await self._answer(seen)
                else:
                    await self._finish(seen)
        finally:
            self._busy.discard(seen.id)

    async def _answer(self, seen: Conversation) -> None:
        await asyncio.sleep(self.dice.uniform(0.02, 0.3))
        fate = self.dice.random()
        if fate < 0.03:
            await asyncio.sleep(6.0)  # does not answer
            return
        self.house.lanes.forget(seen.id)
        agent = Author(kind="agent", id=self.dice.choice(seen.owner.asked))
        kind = EventType.DECLINED if fate < 0.08 else EventType.ACCEPTED
        await self.house.acts.answer_offer(seen.owner.offer or "", agent, kind)

    async def _finish(self, seen: Conversation) -> None:
        await asyncio.sleep(self.dice.uniform(0.2, 1.2))
        self.house.lanes.forget(seen.id)
        state = await self.house.lanes.state(seen.id)
        if state.owner.kind == "agent":
            agent = Author(kind="agent", id=state.owner.agent)
            await self.house.acts.resolve(state, agent, disposition="answered", reason="agent")

    def _start(self, work: "asyncio.Future[None] | object") -> None:
        task = asyncio.ensure_future(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _note(self, kind: str, words: str) -> None:
        self.found[kind] += 1
        if len(self.words) < 20:
            self.words.append(f"{kind}: {words}")


async def routing(seconds: float, *, seed: int, say: Callable[[str], None]) -> dict[str, object]:
    """The whole drill."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="peyk-drill-") as folder:
        directory = Path(folder)
        options = MongodOptions(directory=directory / "db", tools=TOOLS, log=directory / "mongod.log", cache_gb=0.5)
        async with Mongod(options) as server, connect(server.uri, "routing") as database:
            plan = _plan(seed)
            house = parts(database, SystemClock(), desks_here=False)
            await store_plan(database, house, plan)
            processes = Processes(server.uri, "routing", directory / "processes.log")
            floor = Floor(house, plan, dice)
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(house.lanes.running())
                await house.staff.load()
                for agent in plan.agents:
                    await house.staff.store.set_presence(
                        agent, replace(agent, status="online", connected=True, idle_since=house.clock.now())
                    )
                    await house.staff.refresh(agent.id)
                processes.start_all()
                stack.callback(processes.end)
                say(f"{PROCESSES} processes route for {AGENTS} agents; seed {seed}")
                people = [asyncio.create_task(floor.agents()), asyncio.create_task(floor.watch(database))]
                kills = asyncio.create_task(_kills(processes, dice, say))
                await floor.arrivals(seconds)
                await end([kills])
                say("nobody comes any more")
                await floor.served(CALM_SECONDS)
                await end(people)
                for one in people:
                    if not one.cancelled():
                        await one  # it should have gone on: show why it did not
                await floor.judge(database)
    names = ("double_offers", "over_capacity", "stranded", "violations")
    return {
        "drill": "routing",
        "seconds": seconds,
        "seed": seed,
        "processes": PROCESSES,
        "kills": processes.kills,
        "arrivals": floor.came,
        **{name: floor.found[name] for name in names},
        "first": floor.words,
        "good": not any(floor.found.values()) and processes.kills > 0,
    }


async def _kills(processes: Processes, dice: random.Random, say: Callable[[str], None]) -> None:
    while True:
        await asyncio.sleep(dice.uniform(3.0, 6.0))
        processes.kill_two(dice)
        say(f"kill -9 number {processes.kills}")


def _plan(seed: int) -> World:
    made = world("mixed", agents=AGENTS, queues=3, seed=seed)
    return replace(
        made,
        queues=tuple(
            replace(
                queue,
                offer_seconds=5,
                strategy="longest_idle" if number else "broadcast",
                rings=tuple(replace(ring, until_seconds=2 * place) for place, ring in enumerate(queue.rings, 1)),
                max_wait_seconds=3_600,
            )
            for number, queue in enumerate(made.queues)
        ),
        workplace=replace(made.workplace, cooling_seconds=2),
    )
