"""Who gets what: pure functions over the line and the agents. Each yes and each no has its reason, as a code."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from channels.calls import BROWSER
from hub.model.config import PATIENCE_PER_CHANNEL, Agent, Workplace, cost_of, maximum_of
from hub.model.conversation import Conversation
from hub.model.due import next_due
from hub.model.ids import AgentId, ConversationId
from hub.model.queues import ANYBODY, Need, Queue, Ring

LineKey = tuple[bool, bool, int, int, int, ConversationId]

BANDS = (1, 2, 3, 5, 10, 15, 20, 30)
"""Minutes in which a wait is told, rounded up; more than the last is "a long time"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where an item stands in its line: which `ring` asks whom, and when that changes (`until`, ms; None: never).

    `preferred`: for now only this agent is asked. `starving`: it has waited so long that it goes before every priority.
    """

    index: int
    ring: Ring
    preferred: AgentId | None
    starving: bool
    until: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an agent may get an item now, and why.

    Yes: reserved, preferred, broadcast, or the queue's strategy. No: inactive, not_connected, offline, break,
    finishing, not_responding, no_phone, phone_not_ready, other_queue, wrong_team, speaks_not, lacks_skill, too_small,
    no_room, at_maximum, cooling, awaiting_preferred, awaiting_addressee. `detail` names the skill and level that is
    lacking, what one costs, or who is awaited.
    """

    agent: Agent
    fits: bool
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who is offered an item (several when it is broadcast), and why, in a code of `Verdict`."""

    agents: tuple[Agent, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an admin decided and who works: all that a decision needs beside the item."""

    queues: Mapping[str, Queue]
    rules: Workplace
    agents: Mapping[AgentId, Agent]

    def queue_of(self, item: Conversation) -> Queue:
        """The line an item stands in. Raises KeyError when there is none of that name."""
        return self.queues[item.queue or ""]


def line_key(item: Conversation, plan: Plan, now: int) -> LineKey:
    """Order in line: front first, then who starves, then priority, then the oldest place, then who began first.

    The place is the virtual start: an overflow, and an offer that came to nothing, keep it. No priority counts among
    those who starve: whoever waits longest is next, or the urgent could starve the others for ever.
    """
    starving = starves_at(item, plan) <= now
    urgency = 0 if starving else plan.queue_of(item).priority + item.priority
    return (not item.front, not starving, -urgency, _queued(item), item.header.number, item.id)


def starves_at(item: Conversation, plan: Plan) -> int:
    """When an item has waited too long for any priority to count (ms); a letter is more patient than a chat."""
    patience = PATIENCE_PER_CHANNEL.get(item.header.channel, 1)
    return _queued(item) + plan.rules.starving_seconds * patience * 1000


def in_order(items: Iterable[Conversation], plan: Plan, now: int) -> list[Conversation]:
    """The line over all queues, first who is next."""
    return sorted(items, key=lambda item: line_key(item, plan, now))


def stage(item: Conversation, plan: Plan, now: int) -> Stage:
    """Which ring of its line an item has come to. The last one stays."""
    queue = plan.queue_of(item)
    entered = _entered(item)
    ends = [entered + ring.until_seconds * 1000 for ring in queue.rings]
    index = next((place for place, end in enumerate(ends[:-1]) if now < end), max(len(ends) - 1, 0))
    hungry, alone = starves_at(item, plan), alone_until(item, plan)
    preferred = item.last_agent if now < alone and _may_wait_for(item, plan) else None
    changes = [end for end in (*ends[:-1], hungry, alone) if end > now]
    return Stage(
        index=index,
        ring=queue.rings[index] if queue.rings else ANYBODY,
        preferred=preferred,
        starving=hungry <= now,
        until=min(changes, default=None),
    )


def alone_until(item: Conversation, plan: Plan) -> int:
    """Until when only the agent who served the customer last is asked, if there is one to wait for (ms)."""
    return _entered(item) + plan.queue_of(item).preferred_seconds * 1000


def next_timer(item: Conversation, plan: Plan, now: int) -> int:
    """When something becomes of who waits by itself (ms): others are asked, or a deadline comes, which may be overdue.

    Raises:
        ValueError: nobody waits here.
    """
    due = next_due(item, plan.rules, plan.queue_of(item))
    if due is None or item.owner.kind != "queue":
        raise ValueError(f"{item.id} does not stand in a line")
    wider = stage(item, plan, now).until
    return min(due.at, wider) if wider is not None else due.at


def candidates(item: Conversation, plan: Plan, now: int, among: Collection[Agent] | None = None) -> list[Verdict]:
    """Every agent (or those `among`) with a yes or a no: who would get the item first, then who else, then who not."""
    at = stage(item, plan, now)
    queue = plan.queue_of(item)
    verdicts = [_verdict(item, agent, at, plan, now) for agent in (plan.agents.values() if among is None else among)]
    addressee = next((one for one in verdicts if one.reason == "reserved"), None)
    if addressee is not None:
        verdicts = [_awaiting(one, addressee) for one in verdicts]
    fitting = sorted((one for one in verdicts if one.fits), key=lambda one: rank(item, one.agent, at.ring, queue))
    return [*fitting, *(one for one in verdicts if not one.fits)]


def choose(item: Conversation, plan: Plan, now: int, among: Collection[Agent] | None = None) -> Choice | None:
    """Who gets an item now; None when nobody may.

    Who declined or missed it is not asked again for the cooling time. A transfer asks its addressee first and alone
    while they can take it; a returning customer's item waits a while for who served them last.
    """
    fitting = [one for one in candidates(item, plan, now, among) if one.fits]
    if not fitting:
        return None
    chosen = fitting if fitting[0].reason == "broadcast" else fitting[:1]
    return Choice(agents=tuple(one.agent for one in chosen), reason=fitting[0].reason)


def rank(item: Conversation, agent: Agent, ring: Ring, queue: Queue) -> tuple[object, ...]:
    """An agent's place among those who fit: who speaks the customer's language, then as the queue's strategy says."""
    foreign = item.locale not in agent.languages
    match queue.strategy:
        case "most_proficient":
            skill = -sum(agent.skills.get(need.skill, 0) for need in (*ring.needs, *item.needs))
            return (foreign, skill, agent.used, agent.idle_since, agent.id)
        case "round_robin":
            return (foreign, agent.offered_at, agent.idle_since, agent.id)
        case "longest_idle":
            return (foreign, bool(agent.used), agent.idle_since, agent.id)
        case "least_loaded" | "broadcast":
            return (foreign, agent.used, agent.idle_since, agent.id)


def serves(agent: Agent, queue: str | None) -> bool:
    """Whether an agent serves a queue; who is limited to none serves all."""
    return not agent.queues or queue in agent.queues


def in_ring(agent: Agent, needs: Iterable[Need], ring: Ring, locale: str) -> str | None:
    """Why an agent is not in a ring: wrong_team, speaks_not, lacks_skill:<skill>:<level>; None when they are."""
    if ring.teams and not set(ring.teams) & set(agent.teams):
        return "wrong_team"
    if ring.speaks and locale not in agent.languages:
        return "speaks_not"
    for need in (*ring.needs, *needs):
        if agent.skills.get(need.skill, 0) < need.level:
            return f"lacks_skill:{need.skill}:{need.level}"
    return None


def absence(agent: Agent) -> str | None:
    """Why an agent takes no new work at all; None when they do."""
    if not agent.active:
        return "inactive"
    if agent.status != "online":
        return agent.status.partition(":")[0]
    return None if agent.connected else "not_connected"


def crowded(channel: str, agent: Agent, rules: Workplace) -> str | None:
    """Why an agent cannot have an item of a channel; None: they can.

    no_phone, phone_not_ready, too_small:<cost> (never, with nothing else at hand either), no_room, at_maximum.
    """
    if channel == "voice" and not agent.phone:
        return "no_phone"
    if channel == "voice" and agent.phone == BROWSER and not agent.phone_ready:
        return "phone_not_ready"
    if (cost := cost_of(channel, rules)) > agent.capacity:
        return f"too_small:{cost}"
    if agent.used + cost > agent.capacity:
        return "no_room"
    maximum = maximum_of(channel, agent, rules)
    if maximum is not None and agent.carries(channel) >= maximum:
        return "at_maximum"
    return None


def cooling(item: Conversation, agent: AgentId, rules: Workplace, now: int) -> bool:
    """Whether an agent declined or missed the item a moment ago. A clock that was set back bars nobody."""
    passed = item.passed.get(agent)
    return passed is not None and 0 <= now - passed < rules.cooling_seconds * 1000


def expected_wait(place_in_line: int, serving: int, handle_ms: float) -> int | None:
    """The honest expected wait in minutes, rounded up to a band; None when nothing honest can be said.

    `EWT = handle time * place / serving` (each of `serving` slots frees up once per handle time), as in the classic
    estimates of the field.
    """
    if serving <= 0:
        return None
    minutes = handle_ms * place_in_line / serving / 60_000
    return next((band for band in BANDS if minutes <= band), None)


def _verdict(item: Conversation, agent: Agent, at: Stage, plan: Plan, now: int) -> Verdict:
    addressed = item.reserved_for == agent.id
    no = absence(agent) or ("cooling" if cooling(item, agent.id, plan.rules, now) else None)
    if no is None and not addressed:  # whoever a colleague gives it to need not serve the queue
        no = _stranger(item, agent, at)
    no = no or crowded(item.header.channel, agent, plan.rules)
    if no is None:
        strategy = plan.queue_of(item).strategy
        yes = "reserved" if addressed else "preferred" if at.preferred == agent.id else strategy
        return Verdict(agent=agent, fits=True, reason=yes)
    reason, _, detail = no.partition(":")
    return Verdict(agent=agent, fits=False, reason=reason, detail=detail)


def _stranger(item: Conversation, agent: Agent, at: Stage) -> str | None:
    if not serves(agent, item.queue):
        return "other_queue"
    if at.preferred is not None:
        return None if at.preferred == agent.id else f"awaiting_preferred:{at.preferred}"
    return in_ring(agent, item.needs, at.ring, item.locale)


def _awaiting(one: Verdict, addressee: Verdict) -> Verdict:
    if one is addressee or not one.fits:
        return one
    return Verdict(agent=one.agent, fits=False, reason="awaiting_addressee", detail=addressee.agent.id)


def _entered(item: Conversation) -> int:
    return item.entered_at or _queued(item)


def _queued(item: Conversation) -> int:
    return item.queued_at or item.fence_at


def _may_wait_for(item: Conversation, plan: Plan) -> bool:
    """Whether it makes sense to wait for who served the customer last: they are at work and serve the line."""
    known = plan.agents.get(item.last_agent) if item.last_agent is not None else None
    return (
        known is not None
        and absence(known) is None
        and serves(known, item.queue)
        and known.id not in item.passed  # in this stay they let it go already
        and crowded(item.header.channel, replace(known, load=()), plan.rules) is None
    )
