"""What is simulated: lines, agents, and how customers and agents behave. All randomness comes from one seed."""

import random
from dataclasses import dataclass, field
from typing import Literal

from hub.model.config import OTHERS, Agent, Inbox, Workplace
from hub.model.ids import AgentId, InboxId, QueueId
from hub.model.queues import Condition, Need, Queue, Ring, Rule, Rules

ProfileName = Literal["mixed", "mmc", "mmca"]
SKILLS = ("fa", "billing", "technical", "sales")
CHANNELS = ("webchat", "voice", "email")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Means in seconds, shares from 0 to 1. `patience` is per channel (None: for ever).

    `rate`: arrivals a second, which rises and falls by `swing` of it in each `tide_s`. Of what agents have handled,
    `wraps_up` is ended by the customer and written up later, `snoozes` put aside, `passes_on` given to others; who
    `forgets` to answer loses it in the end.
    """

    handle: dict[str, float]
    patience: dict[str, float | None]
    shares: dict[str, float]
    rate: float
    swing: float = 0.0
    tide_s: float = 7_200.0
    think_s: float = 3.0
    forgets: float = 0.02
    declines: float = 0.04
    misses: float = 0.03
    returns: float = 0.0
    leaves_message: float = 0.5
    urgent: float = 0.0
    wraps_up: float = 0.1
    snoozes: float = 0.1
    passes_on: float = 0.05
    pick_every_s: float = 3_600.0
    break_every_s: float = 5_400.0
    break_s: float = 600.0
    crash_every_s: float = 21_600.0
    crash_s: float = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything a run begins with. `exact`: agents answer at once, never rest, and serve one at a time (M/M/c)."""

    name: ProfileName
    queues: tuple[Queue, ...]
    inbox: Inbox
    agents: tuple[Agent, ...]
    workplace: Workplace
    behaviour: Behaviour
    rules: Rules = field(default_factory=Rules)
    within_s: int = 20
    exact: bool = False
    patience_s: float | None = None


def world(name: ProfileName, *, agents: int, queues: int, seed: int) -> World:
    """A profile: `mixed` is a working day of a contact centre; the others are what queueing theory has formulas for."""
    dice = random.Random(seed)  # noqa: S311 - nothing here is secret
    return _mixed(agents, queues, dice) if name == "mixed" else _markov(name, agents)


def _mixed(count: int, lines: int, dice: random.Random) -> World:
    names = [f"line-{number}" for number in range(lines)]
    queues = tuple(_line(name, names, number) for number, name in enumerate(names))
    agents = tuple(_agent(number, names, dice) for number in range(count))
    mean_cost_s = 0.25 * 100 * 240 + 0.6 * 25 * 300 + 0.15 * 5 * 400
    special = Need(skill=SKILLS[2], level=2)
    return World(
        name="mixed",
        queues=queues,
        inbox=_inbox(names[0]),
        agents=agents,
        workplace=Workplace(skills=SKILLS, maxima={"voice": 1, "webchat": 4}, cooling_seconds=30),
        behaviour=Behaviour(
            handle={"webchat": 300.0, "voice": 240.0, "email": 400.0},
            patience={"webchat": 400.0, "voice": 180.0, "email": None},
            shares={"webchat": 0.6, "voice": 0.25, "email": 0.15},
            rate=count * 100 * 0.75 / mean_cost_s,
            swing=0.5,
            returns=0.15,
            urgent=0.04,
        ),
        rules=Rules(
            rules=(
                Rule(name="letters", when=Condition(channels=("email",)), needs=(special,)),
                Rule(
                    name="foreign callers",
                    when=Condition(channels=("voice",), locales=("en",)),
                    queue=queues[0].id,
                    priority=1,
                ),
            )
        ),
    )


def _line(name: str, names: list[str], number: int) -> Queue:
    skill = SKILLS[1 + number % (len(SKILLS) - 1)]
    last = number == len(names) - 1
    return Queue(
        id=QueueId(name),
        name=name,
        priority=number % 2,
        offer_seconds=15,
        max_wait_seconds=90 if last else 60,
        preferred_seconds=10 if number % 2 else 0,
        strategy=("longest_idle", "least_loaded", "most_proficient", "round_robin", "broadcast")[number % 5],
        rings=(
            Ring(until_seconds=15, needs=(Need(skill=skill, level=3),), speaks=True),
            Ring(until_seconds=40, needs=(Need(skill=skill),)),
            Ring(until_seconds=240),
        ),
        exit="form" if last else "queue",
        exit_queue=None if last else QueueId(names[-1]),
        auto_accept=("webchat",) if number % 5 == 3 else (),
    )


def _agent(number: int, names: list[str], dice: random.Random) -> Agent:
    # Every line has somebody who may take anything in its last ring, whatever it needs.
    anything = number % 5 == 0
    serves = tuple(QueueId(name) for name in names if dice.random() < 0.6) or (QueueId(names[number % len(names)]),)
    skills = {skill: dice.randint(1, 5) for skill in SKILLS if dice.random() < 0.6}
    return Agent(
        id=AgentId(f"agent-{number:03}"),
        login=f"agent-{number:03}",
        name=f"agent {number}",
        languages=("fa", "en") if dice.random() < 0.5 else ("fa",),
        queues=() if anything else serves,
        skills=dict.fromkeys(SKILLS, 3) if anything else skills,
        phone=f"{100 + number}",
    )


def _markov(name: ProfileName, count: int) -> World:
    """14 agents for 100 calls of three minutes in half an hour, or as many more of both."""
    patience = 300.0 if name == "mmca" else None
    queue = Queue(id=QueueId("line"), name="line", offer_seconds=600, max_wait_seconds=86_400)
    agents = tuple(
        Agent(id=AgentId(f"agent-{number:03}"), login=f"agent-{number:03}", name=f"agent {number}")
        for number in range(count)
    )
    return World(
        name=name,
        queues=(queue,),
        inbox=_inbox("line"),
        agents=agents,
        workplace=Workplace(costs={OTHERS: 100}, starving_seconds=86_400, silent_seconds=86_400),
        behaviour=Behaviour(
            handle={"webchat": 180.0},
            patience={"webchat": patience},
            shares={"webchat": 1.0},
            rate=count / 14 * 100 / 1_800,
        ),
        exact=True,
        patience_s=patience,
    )


def _inbox(queue: str) -> Inbox:
    return Inbox(id=InboxId("house"), name="house", channel="webchat", queue=QueueId(queue), bot_enabled=False)
