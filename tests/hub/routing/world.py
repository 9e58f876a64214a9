"""Random lines, agents and plans, as hypothesis draws them."""

from dataclasses import replace

from hypothesis import strategies as st

from hub.model.config import Agent, Load, Workplace
from hub.model.conversation import Conversation, Header, Owner
from hub.model.ids import AgentId, ContactId, ConversationId, InboxId, QueueId
from hub.model.queues import Need, Queue, Ring
from hub.routing.choose import Choice, Plan, choose, in_order

SKILLS = ("billing", "sales")
CHANNELS = ("webchat", "voice", "email")
TEAMS = ("night", "gold")
AGENTS = tuple(AgentId(f"a{number}") for number in range(6))
QUEUES = tuple(QueueId(f"q{number}") for number in range(3))
NOW = 1_000_000_000

needs = st.builds(Need, skill=st.sampled_from(SKILLS), level=st.integers(1, 5))


@st.composite
def queues(draw: st.DrawFn, id_: QueueId) -> Queue:
    ends = sorted(draw(st.sets(st.integers(1, 200), max_size=3)))
    rings = tuple(
        Ring(
            until_seconds=end,
            needs=tuple(draw(st.lists(needs, max_size=2))),
            teams=tuple(draw(st.sets(st.sampled_from(TEAMS), max_size=1))),
            speaks=draw(st.booleans()),
        )
        for end in ends
    )
    return Queue(
        id=id_,
        name=id_,
        priority=draw(st.integers(-2, 2)),
        rings=rings,
        max_wait_seconds=draw(st.sampled_from((90, 900))),
        exit=draw(st.sampled_from(("form", "callback"))),
        strategy=draw(st.sampled_from(("longest_idle", "least_loaded", "most_proficient", "round_robin", "broadcast"))),
        preferred_seconds=draw(st.sampled_from((0, 0, 40))),
    )


@st.composite
def agents(draw: st.DrawFn, id_: AgentId) -> Agent:
    return Agent(
        id=id_,
        login=id_,
        name=id_,
        languages=tuple(draw(st.sets(st.sampled_from(("fa", "en")), min_size=1))),
        queues=tuple(sorted(draw(st.sets(st.sampled_from(QUEUES), max_size=2)))),
        skills=draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5))),
        teams=tuple(draw(st.sets(st.sampled_from(TEAMS)))),
        maxima=draw(st.dictionaries(st.sampled_from(CHANNELS), st.integers(0, 2), max_size=1)),
        phone=draw(st.sampled_from(("", "101"))),
        status=draw(st.sampled_from(("online", "online", "online", "finishing", "break:lunch", "offline"))),
        connected=draw(st.integers(0, 5)) > 0,
        idle_since=draw(st.integers(0, 50)),
        offered_at=draw(st.integers(0, 50)),
        active=draw(st.integers(0, 9)) > 0,
        load=tuple(
            Load(conversation=f"old-{id_}-{number}", cost=25, channel="webchat")
            for number in range(draw(st.integers(0, 4)))
        ),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    rules = Workplace(
        starving_seconds=draw(st.sampled_from((60, 1800))),
        cooling_seconds=draw(st.sampled_from((0, 30))),
        maxima=draw(st.dictionaries(st.sampled_from(CHANNELS), st.integers(1, 2), max_size=1)),
    )
    return Plan(
        queues={one: draw(queues(one)) for one in QUEUES},
        rules=rules,
        agents={one: draw(agents(one)) for one in AGENTS},
    )


@st.composite
def items(draw: st.DrawFn, number: int = 0) -> Conversation:
    number = number or draw(st.integers(1, 10_000))
    age = draw(st.integers(0, 200)) * 1000
    made = waiting(
        number,
        since=NOW - age - draw(st.sampled_from((0, 100_000))),
        channel=draw(st.sampled_from(CHANNELS)),
        queue=draw(st.sampled_from(QUEUES)),
    )
    return replace(
        made,
        locale=draw(st.sampled_from(("fa", "en"))),
        entered_at=NOW - age,
        priority=draw(st.integers(-1, 1)),
        front=draw(st.integers(0, 9)) == 0,
        needs=tuple(draw(st.lists(needs, max_size=1))) if draw(st.integers(0, 4)) == 0 else (),
        last_agent=draw(st.sampled_from((None, None, *AGENTS))),
        reserved_for=draw(st.sampled_from((None, None, None, *AGENTS[:2]))),
        passed=draw(st.dictionaries(st.sampled_from(AGENTS), st.integers(NOW - 60_000, NOW), max_size=2)),
    )


def waiting(number: int, *, since: int, channel: str, queue: QueueId) -> Conversation:
    """Somebody who waits since then (ms)."""
    header = Header(
        id=ConversationId(f"c{number}"),
        number=number,
        inbox=InboxId("inbox"),
        channel=channel,
        contact=ContactId("p"),
        address="p",
        created_at=since,
    )
    owner = Owner(kind="queue")
    return Conversation(
        header=header, owner=owner, queue=queue, queued_at=since, entered_at=since, last_at=since, contact_seq=1
    )


def later(item: Conversation, number: int) -> Conversation:
    """The same wishes under another number."""
    return replace(item, header=replace(item.header, id=ConversationId(f"c{number}"), number=number))


def free(plan: Plan) -> list[Agent]:
    """Who may have room for something."""
    return [agent for agent in plan.agents.values() if agent.available and agent.used < agent.capacity]


def whole(line: list[Conversation], plan: Plan, now: int) -> tuple[ConversationId, Choice] | None:
    """The first in order whom anybody may take: a look at everybody."""
    for item in in_order(line, plan, now):
        choice = choose(item, plan, now, among=free(plan))
        if choice is not None:
            return item.id, choice
    return None
