"""How much a routing decision costs, and how soon an agent who becomes free has an offer on the screen."""

import asyncio
import json
import random
import tempfile
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from aiohttp import ClientWebSocketResponse

from channels.contract import Inbound, Part, Sender
from channels.tasks import end
from hub.desk.session import SILENCE_SECONDS
from hub.errors import Conflict
from hub.model.config import Agent, Inbox, Load, Workplace
from hub.model.conversation import Conversation, Header, Owner
from hub.model.entry import Author, EventType
from hub.model.ids import AgentId, ContactId, ConversationId, InboxId, QueueId, new_id
from hub.model.queues import Need, Queue, Ring
from hub.routing.choose import Plan, stage
from hub.routing.line import Line
from hub.serving import stand_down_the_collector
from hub.store.database import connect
from hub.store.embedded import Mongod, MongodOptions
from tests.bench.figures import in_ms, percentile
from tests.hub_server import LiveHub, live_hub

TOOLS = Path(__file__).parents[2] / "var" / "tools"
QUEUES, AGENTS, SKILLS = 50, 500, ("billing", "technical", "sales", "claims")
NOW = 1_800_000_000_000
SCREENS = 20
Offers = asyncio.Queue[str]
"""Ids of the offers that came to a desk."""
PASSWORD = "correct-horse-battery-4711"


async def routing(what: str, waiting: int, rounds: int) -> dict[str, object]:
    """One of the two benches."""
    return decisions((100, 1_000, 10_000, 100_000), rounds) if what == "decisions" else await offers(waiting, rounds)


def decisions(sizes: Sequence[int], rounds: int = 400) -> dict[str, object]:
    """Microseconds by length of the line, and how much the longest line costs more than the shortest.

    `decision`: one agent becomes free, who is next; `decision_all_free`: everybody has room, the first is matched;
    `decision_none_fits`: everybody has some room, and nobody enough. `enter`, `leave`, `place`: of one item. `advance`:
    of one item that comes to its next ring. `bytes`: what the index keeps for one item, beside the item itself.
    """
    curve = {size: _measured(size, rounds, random.Random(7)) for size in sizes}
    first, last = curve[sizes[0]], curve[sizes[-1]]
    return {
        "bench": "routing decisions",
        "queues": QUEUES,
        "agents": AGENTS,
        "us_by_waiting": {str(size): found for size, found in curve.items()},
        "ratio_longest_to_shortest": round(last["decision_p50"] / first["decision_p50"], 2),
        "ratios": {name: round(last[name] / first[name], 2) for name in first if first[name]},
    }


def _measured(size: int, rounds: int, dice: random.Random) -> dict[str, float]:
    plan = Plan(queues=_queues(), rules=Workplace(skills=SKILLS), agents=_agents(dice))
    line, items, agents = Line(plan), _items(size, dice), list(plan.agents.values())
    entering = [_timed(partial(line.put, item, NOW)) for item in items]
    line.next_match(agents, NOW)  # who may take what is reckoned once
    all_free = [_timed(partial(line.next_match, agents, NOW)) for _ in range(rounds // 4)]
    deciding, leaving = [], []
    for _ in range(rounds):
        agent = dice.choice(agents)
        began = time.perf_counter()
        found = line.next_match([agent], NOW)
        deciding.append(time.perf_counter() - began)
        if found is not None:
            leaving.append(_timed(partial(line.remove, found[0].id)))
            line.put(found[0], NOW)
    placing = [_timed(partial(line.place, dice.choice(items).id, NOW)) for _ in range(rounds)]
    return {
        "decision_p50": _us(deciding, 0.5),
        "decision_p99": _us(deciding, 0.99),
        "decision_all_free_p50": _us(all_free, 0.5),
        "decision_none_fits_p50": _us(_none_fits(items, plan, rounds // 4), 0.5),
        "enter_p50": _us(entering, 0.5),
        "enter_p99": _us(entering, 0.99),
        "leave_p50": _us(leaving, 0.5),
        "place_p50": _us(placing, 0.5),
        "advance_mean": _advancing(line, items),
        "bytes": _weight(items, plan),
    }


def _none_fits(items: Sequence[Conversation], plan: Plan, rounds: int) -> list[float]:
    """Everybody has a chat, everybody who waits calls."""
    load = (Load(conversation="chat", cost=25, channel="webchat"),)
    agents = {id_: replace(agent, load=load) for id_, agent in plan.agents.items()}
    line = Line(replace(plan, agents=agents))
    for item in items:
        line.put(replace(item, header=replace(item.header, channel="voice")), NOW)
    line.next_match(list(agents.values()), NOW)
    return [_timed(partial(line.next_match, list(agents.values()), NOW)) for _ in range(rounds)]


def _advancing(line: Line, items: Sequence[Conversation]) -> float:
    """Half a minute passes at once."""
    later = NOW + 30_000
    moved = sum(stage(item, line.plan, NOW).index != stage(item, line.plan, later).index for item in items)
    return round(1e6 * _timed(partial(line.advance, later)) / max(moved, 1), 1)


def _weight(items: Sequence[Conversation], plan: Plan) -> float:
    line = Line(plan)
    tracemalloc.start()
    for item in items:
        line.put(item, NOW)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round(kept / len(items))


async def offers(waiting: int, rounds: int) -> dict[str, object]:
    """Ms from the moment at which an agent's work is done to the next offer on that agent's socket."""
    with tempfile.TemporaryDirectory(prefix="peyk-bench-") as folder:
        directory = Path(folder)
        options = MongodOptions(directory=directory / "db", tools=TOOLS, log=directory / "log", cache_gb=0.5)
        async with (
            Mongod(options) as server,
            connect(server.uri, "routing") as database,
            live_hub(database, directory / "var") as live,
        ):
            return await _offers(live, waiting, rounds)


async def _offers(live: LiveHub, waiting: int, rounds: int) -> dict[str, object]:
    hub = live.hub
    agents = await _staffed(live)
    await _filled(live, waiting + len(agents))
    async with AsyncExitStack() as stack:
        desks = {agent.id: await stack.enter_async_context(_desk(live, agent)) for agent in agents[:SCREENS]}
        for agent in agents[SCREENS:]:
            await hub.staff.arrived(agent.id)
            await hub.staff.choose(agent.id, "online")
        for agent in agents[:SCREENS]:
            await hub.staff.choose(agent.id, "online")
        await _everybody_busy(live, agents[:SCREENS])
        stand_down_the_collector()  # as a hub that starts with this line
        took = []
        for number in range(-SCREENS, rounds):  # first, each reads what came before
            agent = agents[number % SCREENS]
            if waiting < 10 * rounds:  # it would become much shorter
                await _writes(live, "q0")
            took.append(await _one_round(live, agent, desks[agent.id]))
        left = len(hub.router.places.line)
    return {
        "bench": "routing offers",
        "waiting": left,
        "agents": len(agents),
        "queues": QUEUES,
        **in_ms(took[SCREENS:]),
    }


async def _one_round(live: LiveHub, agent: Agent, desk: Offers) -> float:
    """The agent closes what they have, and is offered the next; accepted, so that it can begin again."""
    held = next(row for row in await live.hub.conversations.held_by(agent.id))
    state = await live.hub.lanes.state(held.state.id)
    me = Author(kind="agent", id=agent.id)
    began = time.perf_counter()
    await live.hub.acts.resolve(state, me, disposition="answered", reason="agent")
    offer = await _next_offer(live, desk)
    took = time.perf_counter() - began
    await live.hub.acts.answer_offer(offer, me, EventType.ACCEPTED)
    return took


async def _next_offer(live: LiveHub, desk: Offers) -> str:
    """The next offer that stands; those of the preparations have been answered."""
    while True:
        offer = await desk.get()
        if any(state.owner.offer == offer for state in live.hub.router.offered()):
            return offer


async def _ping(desk: ClientWebSocketResponse) -> None:
    while True:
        await asyncio.sleep(SILENCE_SECONDS / 3)
        await desk.send_json({"type": "ping"})


async def _everybody_busy(live: LiveHub, agents: Sequence[Agent]) -> None:
    """Everybody accepts what they are offered, until none of these has room."""
    hub = live.hub
    while (idle := [agent for agent in agents if not hub.staff.roster[agent.id].used]) or hub.router.offered():
        if not hub.router.offered():
            await asyncio.gather(*(_writes(live, "q0") for _ in idle))
        for state in hub.router.offered():
            me = Author(kind="agent", id=state.owner.agent)
            with suppress(Conflict):  # it was withdrawn, or went to somebody else
                await hub.acts.answer_offer(state.owner.offer or "", me, EventType.ACCEPTED)
        await asyncio.sleep(0.05)


@asynccontextmanager
async def _desk(live: LiveHub, agent: Agent) -> AsyncIterator[Offers]:
    """A desk that reads and pings, also while the others are got ready: one that is silent is hung up on."""
    offers: Offers = asyncio.Queue()
    async with live.browser() as browser:
        await browser.sign_in(agent.login, PASSWORD)
        async with browser.desk() as desk:
            alive = [asyncio.create_task(_read(desk, offers)), asyncio.create_task(_ping(desk))]
            yield offers
            await end(alive)


async def _read(desk: ClientWebSocketResponse, offers: Offers) -> None:
    async for message in desk:
        if message.data.startswith('{"type":"offer",'):
            offers.put_nowait(json.loads(message.data)["offer"]["id"])


async def _staffed(live: LiveHub) -> list[Agent]:
    hub, dice = live.hub, random.Random(3)
    for queue in _queues().values():
        soon = tuple(replace(ring, until_seconds=place) for place, ring in enumerate(queue.rings, 1))
        await hub.config.create(replace(queue, rings=soon))
        await hub.config.create(
            Inbox(id=InboxId(queue.id), name=queue.id, channel="webchat", queue=queue.id, bot_enabled=False)
        )
    secret = await hub.web.passwords.hash(PASSWORD)
    agents = [
        Agent(id=one.id, login=one.login, name=one.name, skills=one.skills, capacity=25)
        for one in _agents(dice).values()
    ]
    for agent in agents:
        await hub.web.accounts.create(agent, secret)
        await hub.staff.refresh(agent.id)
    return agents


async def _filled(live: LiveHub, count: int) -> None:
    """So many customers write, each to one of the lines."""

    async def write(number: int) -> None:
        async with gate:
            await _writes(live, f"q{number % QUEUES}")

    gate = asyncio.Semaphore(64)
    await asyncio.gather(*(write(number) for number in range(count)))


async def _writes(live: LiveHub, inbox: str) -> None:
    """A new customer writes."""
    who = new_id()
    parts = (Part(type="text", text="hello"),)
    await live.hub.inlet.receive(Inbound(inbox=inbox, external_id=who, sender=Sender(address=who), parts=parts))


def _queues() -> dict[str, Queue]:
    return {
        f"q{number}": Queue(
            id=QueueId(f"q{number}"),
            name=f"q{number}",
            max_wait_seconds=86_400,
            offer_seconds=600,
            preferred_seconds=10,
            rings=(
                Ring(until_seconds=30, needs=(Need(skill=SKILLS[number % 4], level=4),)),
                Ring(until_seconds=90, needs=(Need(skill=SKILLS[number % 4]),)),
                Ring(until_seconds=600),
            ),
        )
        for number in range(QUEUES)
    }


def _agents(dice: random.Random) -> dict[AgentId, Agent]:
    made = {}
    for number in range(AGENTS):
        id_ = AgentId(f"agent-{number:03}")
        serves = tuple(QueueId(f"q{one}") for one in sorted(dice.sample(range(QUEUES), 10)))
        skills = {skill: dice.randint(1, 5) for skill in SKILLS if dice.random() < 0.7}
        made[id_] = Agent(
            id=id_, login=id_, name=id_, queues=serves, skills=skills, status="online", connected=True, phone="1"
        )
    return made


def _items(count: int, dice: random.Random) -> list[Conversation]:
    """Who waits: some were served before, some were given to a colleague, declined a moment ago, or need more."""
    return [_item(number, dice) for number in range(count)]


def _item(number: int, dice: random.Random) -> Conversation:
    since = NOW - dice.randint(0, 600_000)
    header = Header(
        id=ConversationId(f"c{number}"),
        number=number,
        inbox=InboxId("i"),
        channel=dice.choice(("webchat", "voice", "email")),
        contact=ContactId("p"),
        address=str(number),
        created_at=since,
    )
    return Conversation(
        header=header,
        owner=Owner(kind="queue"),
        queue=QueueId(f"q{number % QUEUES}"),
        queued_at=since,
        entered_at=since,
        contact_seq=1,
        last_agent=_one_in(5, dice),
        reserved_for=_one_in(50, dice),
        passed={agent: NOW - 1_000} if (agent := _one_in(100, dice)) else {},
        needs=(Need(skill=dice.choice(SKILLS), level=3),) if dice.random() < 0.02 else (),
    )


def _one_in(so_many: int, dice: random.Random) -> AgentId | None:
    return AgentId(f"agent-{dice.randrange(AGENTS):03}") if dice.randrange(so_many) == 0 else None


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _us(seconds: Sequence[float], part: float) -> float:
    return round(1e6 * percentile(seconds, part), 1)
