"""Who gets what: pure functions over the line and the agents."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from hub.model.config import Agent, Workplace, cost_of, maximum_of
from hub.model.conversation import Conversation
from hub.model.ids import ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An agent for an item, and why, in a code: `reserved` or `longest_idle`."""

    agent: Agent
    reason: str


def in_order(line: Iterable[Conversation]) -> list[Conversation]:
    """The line: front first, then priority, then the oldest place."""
    return sorted(line, key=lambda item: item.line_key)


def has_room(item: Conversation, agent: Agent, rules: Workplace) -> bool:
    """Whether an agent is there and has room for the item."""
    channel = item.header.channel
    maximum = maximum_of(channel, agent, rules)
    below = maximum is None or sum(one.channel == channel for one in agent.load) < maximum
    return agent.available and below and agent.used + cost_of(channel, rules) <= agent.capacity


def serves(agent: Agent, queue: str | None) -> bool:
    """Whether an agent serves a queue; who is limited to none serves all."""
    return not agent.queues or queue in agent.queues


def fits(item: Conversation, agent: Agent, rules: Workplace) -> bool:
    """Whether an agent serves the item's queue and has room for it."""
    return serves(agent, item.queue) and has_room(item, agent, rules)


def choose(item: Conversation, agents: Collection[Agent], rules: Workplace, now: int) -> Choice | None:
    """The best agent for an item now; None when nobody fits.

    Who declined or missed it is not asked again for the cooling time. A transfer asks its addressee first and alone
    while they can take it, whichever queues they serve. Otherwise: who speaks the customer's language, then who has
    least to do, then who is idle longest.
    """
    cooled = [agent for agent in agents if _cooled(item, agent, rules, now)]
    if item.reserved_for is not None:
        wanted = next(
            (agent for agent in cooled if agent.id == item.reserved_for and has_room(item, agent, rules)), None
        )
        if wanted is not None:
            return Choice(agent=wanted, reason="reserved")
    able = [agent for agent in cooled if fits(item, agent, rules)]
    if not able:
        return None
    best = min(able, key=lambda agent: _rank(item, agent))
    return Choice(agent=best, reason="longest_idle")


def _cooled(item: Conversation, agent: Agent, rules: Workplace, now: int) -> bool:
    passed = item.passed.get(agent.id)
    return passed is None or not 0 <= now - passed < rules.cooling_seconds * 1000  # a clock set back bars nobody


def _rank(item: Conversation, agent: Agent) -> tuple[bool, int, int, str]:
    speaks = item.locale in agent.languages
    return (not speaks, agent.used, agent.idle_since, agent.id)


def places(line: Iterable[Conversation]) -> dict[ConversationId, int]:
    """Everybody's place in their queue, from 1, among those that wait or are being offered."""
    counts: dict[str | None, int] = defaultdict(int)
    found: dict[ConversationId, int] = {}
    for item in in_order(line):
        counts[item.queue] += 1
        found[item.id] = counts[item.queue]
    return found


def expected_wait(place_in_line: int, serving: int, handle_ms: float) -> int | None:
    """The honest expected wait in minutes, rounded up to a band; None when nothing honest can be said.

    `EWT = handle time * place / serving` (each of `serving` slots frees up once per handle time), as in the classic
    estimates of the field, rounded up to 1, 2, 3, 5, 10, 15, 20, 30, then None ("a long time").
    """
    if serving <= 0:
        return None
    minutes = handle_ms * place_in_line / serving / 60_000
    return next((band for band in (1, 2, 3, 5, 10, 15, 20, 30) if minutes <= band), None)
