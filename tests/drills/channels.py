"""The channels drill: the hub is killed while another system's webhooks come twice, shuffled and late, and its receiver
refuses, hangs, and cuts the line after it has read. Then what each side knows is compared with the store.
"""

import asyncio
import random
import time

from hub.store.database import connect
from tests.drills.kill import Say, tell
from tests.drills.outbox import OutVerdict, check_outbox
from tests.drills.system import System, api_inbox, copies, moody
from tests.drills.traffic import Traffic
from tests.fakes.callback import Callback
from tests.load.checker import Verdict, check
from tests.load.crowd import Crowd, crowd, eventually
from tests.load.lab import HubProcess, Lab, Plan, answers, lab

MOST_UP_SECONDS = 5.0
MOST_SENT = 40
FAILING = 0.15
SETTLE_SECONDS = 120.0


async def channels(
    seconds: float, *, seed: int, customers: int = 24, agents: int = 3, say: Say = tell
) -> dict[str, object]:
    """The whole drill. `good` in the answer: nothing lost, doubled or reordered, on the way in and on the way out."""
    chance = random.Random(seed)
    async with Callback() as other:
        plan = Plan(agents=tuple(f"agent-{n}" for n in range(agents)), inboxes=(api_inbox(other.url),))
        async with lab(plan) as running, crowd(running, 0) as desks:
            system = System(running, desks.journal, customers, seed)
            await system.greet()
            await eventually(lambda: _served(system, desks), 60, "not every conversation reached an agent")
            say(f"{customers} customers write through the API, {agents} agents answer; seed {seed}")
            other.mood = lambda: moody(chance, FAILING)
            async with Traffic(desks, seed).running(), system.writing():
                await _kills(running.hub, seconds, chance, say)
            other.mood = None
            say("calm; what is queued goes out, and everything is read back")
            await nothing_queued(running)
            verdict = await _judge(system, desks)
            out = await outbox(running, other)
        verdict.doubled += system.differing
        verdict.reordered += system.overtaken() + out.overtaken
        return {
            "drill": "channels",
            "seconds": seconds,
            "seed": seed,
            **verdict.as_dict(),
            **out.as_dict(),
            "posted": system.posted,
            "callbacks": len(other.taken),
            "restarts": running.hub.starts - 1,
            "good": verdict.good and out.good and running.hub.starts > 1,
        }


async def _kills(hub: HubProcess, seconds: float, chance: random.Random, say: Say) -> None:
    """Kill -9 at a random instant, or between the receiver's answer and our record of it; start again; and so on."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await _until_dead(hub, chance.uniform(0, MOST_UP_SECONDS), started=chance.random() < 0.8)
        by = "the failpoint" if not hub.alive() else "kill -9"
        hub.kill()
        say(f"end number {hub.starts}, by {by}")
        hub.extra["PEYK_FAILPOINT"] = f"after_send:{chance.randint(1, MOST_SENT)}" if chance.random() < 0.5 else ""
        hub.spawn()
    hub.kill()
    hub.extra.pop("PEYK_FAILPOINT", None)
    await hub.start()


async def _until_dead(hub: HubProcess, seconds: float, *, started: bool) -> None:
    """Wait so long, from when it answers if it is to be `started`, or until it has died by itself."""
    while started and hub.alive() and not await answers(f"{hub.url}/readyz"):
        await asyncio.sleep(0.02)
    until = time.monotonic() + seconds
    while hub.alive() and time.monotonic() < until:
        await asyncio.sleep(0.02)


def _served(system: System, desks: Crowd) -> bool:
    return all(any(client.conversation in agent.opened for agent in desks.agents) for client in system.clients)


async def nothing_queued(running: Lab) -> None:
    """Wait until nothing is queued any more (or give up: the verdict says what is missing)."""
    async with connect(running.uri, running.hub.settings.database) as database:
        rows, until = database.collection("entries"), time.monotonic() + SETTLE_SECONDS
        while await rows.find_one({"delivery": "queued"}) is not None and time.monotonic() < until:
            await asyncio.sleep(0.1)


async def _judge(system: System, desks: Crowd) -> Verdict:
    """Agents have seen everything of what is theirs, customers find everything in their timelines."""
    screens = {one: [agent.name] for agent in desks.agents for one in agent.mine}
    await desks.settled(audience=screens)
    await system.read_back()
    readers = {one.conversation: [one.name, *screens.get(one.conversation, ())] for one in system.clients}
    return check(desks.journal, await desks.lab.kept(), readers)


async def outbox(running: Lab, other: Callback) -> OutVerdict:
    """What we sent, by the store, against what the receiver took."""
    async with connect(running.uri, running.hub.settings.database) as database:
        rows = database.collection("entries").find({"delivery": {"$exists": True}})
        stored = [((row["conversation"], row["seq"]), row["delivery"]) async for row in rows]
    return check_outbox(stored, copies(other))
