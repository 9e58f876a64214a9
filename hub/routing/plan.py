"""Whether what an admin wants of the routing can work: every problem at once, each with its place and a code. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hub.model.config import Agent, Workplace, cost_of
from hub.model.ids import QueueId
from hub.model.queues import ANYBODY, Need, Queue, Ring, Rule
from hub.routing.choose import in_ring, serves

CHANNELS = ("webchat", "api", "email", "telegram", "bale", "whatsapp", "messenger", "instagram", "voice")
LOCALES = ("fa", "en")
MOST_RINGS = 10
MOST_NAME = 60
MOST_URGENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What cannot work. `place` is like "rings.2.needs", `detail` the name of what is wrong."""

    code: str
    place: str
    detail: str = ""


def queue_problems(
    queue: Queue, queues: Mapping[str, Queue], agents: Iterable[Agent], rules: Workplace, calendars: Iterable[str]
) -> list[Problem]:
    """Problems of a line as it would be, beside the others; as long as nobody has an account, nobody is missed."""
    staff = [agent for agent in agents if agent.active]
    return [
        *_unknown("channels", queue.channels, CHANNELS, "unknown_channel"),
        *_unknown("languages", queue.languages, LOCALES, "unknown_language"),
        *_unknown("auto_accept", queue.auto_accept, CHANNELS, "unknown_channel"),
        *_target(queue),
        *_wrap_up(queue),
        *_unknown("calendar", (queue.calendar,) if queue.calendar else (), calendars, "no_such_calendar"),
        *_rings(queue, staff, rules),
        *_exit(queue, {**queues, queue.id: queue}),
        *_burden(queue, staff, rules),
    ]


def rule_problems(
    rules: Iterable[Rule],
    queues: Mapping[str, Queue],
    calendars: Iterable[str],
    agents: Iterable[Agent],
    workplace: Workplace,
) -> list[Problem]:
    """Problems of the rules: what is gone, skills that nobody has, lines that take nothing of what is sent there."""
    known = set(calendars)
    staff = [agent for agent in agents if agent.active]
    found: list[Problem] = []
    for place, rule in enumerate(rules):
        found += _unknown(f"{place}.channels", rule.when.channels, CHANNELS, "unknown_channel")
        found += _unknown(f"{place}.locales", rule.when.locales, LOCALES, "unknown_language")
        if rule.when.calendar and rule.when.calendar not in known:
            found.append(Problem(code="no_such_calendar", place=f"{place}.calendar", detail=rule.when.calendar))
        if not 1 <= len(rule.name.strip()) <= MOST_NAME:
            found.append(Problem(code="bad_name", place=f"{place}.name"))
        if rule.priority is not None and not -MOST_URGENT <= rule.priority <= MOST_URGENT:
            found.append(Problem(code="bad_priority", place=f"{place}.priority"))
        found += _needs(f"{place}.needs", rule.needs, workplace)
        able = [agent for agent in staff if in_ring(agent, rule.needs, ANYBODY, "") is None]
        if rule.needs and staff and not any(rule.queue is None or serves(agent, rule.queue) for agent in able):
            found.append(Problem(code="nobody_has_skill", place=f"{place}.needs"))
        if rule.queue is None:
            continue
        queue = queues.get(rule.queue)
        if queue is None:
            found.append(Problem(code="no_such_queue", place=f"{place}.queue", detail=rule.queue))
        elif not _meets(rule.when.channels, queue.channels) or not _meets(rule.when.locales, queue.languages):
            found.append(Problem(code="queue_takes_none", place=f"{place}.queue", detail=rule.queue))
    return found


def workplace_problems(rules: Workplace, agents: Iterable[Agent]) -> list[Problem]:
    """Costs and maxima under which nobody could ever take anything."""
    staff = [agent for agent in agents if agent.active]
    largest = max((agent.capacity for agent in staff), default=None)
    costs = (("costs", rules.costs), ("parked_costs", rules.parked_costs))
    found = [
        Problem(code="cost_out_of_range", place=f"{name}.{channel}")
        for name, values in costs
        for channel, cost in values.items()
        if not 0 <= cost <= 1_000
    ]
    if largest is not None:
        found += [
            Problem(code="nobody_has_room", place=f"costs.{channel}")
            for channel, cost in rules.costs.items()
            if cost > largest
        ]
    return found + [
        Problem(code="maximum_out_of_range", place=f"maxima.{channel}")
        for channel, most in rules.maxima.items()
        if not 1 <= most <= 1_000
    ]


def _target(queue: Queue) -> Iterator[Problem]:
    target = queue.target
    if not (1 <= target.percent <= 100 and 1 <= target.seconds <= 86_400 and 0 <= target.short_abandon_seconds <= 60):
        yield Problem(code="target_out_of_range", place="target")


def _wrap_up(queue: Queue) -> Iterator[Problem]:
    if not 5 <= queue.wrap_up.seconds <= 3_600:
        yield Problem(code="wrap_up_out_of_range", place="wrap_up.seconds")


def _rings(queue: Queue, staff: list[Agent], rules: Workplace) -> Iterator[Problem]:
    if len(queue.rings) > MOST_RINGS:
        yield Problem(code="too_many_rings", place="rings")
    last = 0
    for place, ring in enumerate(queue.rings):
        if not last < ring.until_seconds <= 86_400:
            yield Problem(code="rings_not_ascending", place=f"rings.{place}.until_seconds")
        last = ring.until_seconds
        yield from _needs(f"rings.{place}.needs", ring.needs, rules)
        yield from _unknown(f"rings.{place}.teams", ring.teams, rules.teams, "unknown_team")
        if staff and not any(_in(agent, ring, queue) for agent in staff):
            yield Problem(code="nobody_in_ring", place=f"rings.{place}")


def _in(agent: Agent, ring: Ring, queue: Queue) -> bool:
    locales = queue.languages or LOCALES
    return serves(agent, queue.id) and any(in_ring(agent, (), ring, locale) is None for locale in locales)


def _needs(place: str, needs: Iterable[Need], rules: Workplace) -> Iterator[Problem]:
    for need in needs:
        if need.skill not in rules.skills:
            yield Problem(code="unknown_skill", place=place, detail=need.skill)
        if not 1 <= need.level <= 5:
            yield Problem(code="level_out_of_range", place=place, detail=need.skill)


def _exit(queue: Queue, queues: Mapping[str, Queue]) -> Iterator[Problem]:
    if queue.exit != "queue":
        return
    following = queues.get(queue.exit_queue or "")
    if following is None:
        yield Problem(code="no_such_queue", place="exit_queue", detail=queue.exit_queue or "")
    elif not _meets(queue.channels, following.channels) or not _meets(queue.languages, following.languages):
        yield Problem(code="queue_takes_none", place="exit_queue", detail=following.id)
    elif (circle := _circle(queue.id, queues)) is not None:
        yield Problem(code="overflow_in_a_circle", place="exit_queue", detail=" > ".join(circle))


def _circle(start: QueueId, queues: Mapping[str, Queue]) -> list[str] | None:
    """The lines that lead back to the first one."""
    path: list[str] = [start]
    queue = queues.get(start)
    while queue is not None and queue.exit == "queue" and queue.exit_queue is not None:
        path.append(queue.exit_queue)
        if queue.exit_queue in path[:-1]:
            return path
        queue = queues.get(queue.exit_queue)
    return None


def _burden(queue: Queue, staff: list[Agent], rules: Workplace) -> Iterator[Problem]:
    serving = [agent for agent in staff if serves(agent, queue.id)]
    most = max((agent.capacity for agent in serving), default=None)
    if most is None:
        return
    for channel in queue.channels:
        if most < cost_of(channel, rules):
            yield Problem(code="nobody_has_room", place="channels", detail=channel)
    if not queue.channels and most < min(max(1, cost_of(channel, rules)) for channel in CHANNELS):
        yield Problem(code="nobody_has_room", place="channels")


def _unknown(place: str, values: Iterable[str], known: Iterable[str], code: str) -> list[Problem]:
    allowed = set(known)
    return [Problem(code=code, place=place, detail=one) for one in values if one not in allowed]


def _meets(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two lists have anything in common, of which an empty one means all."""
    return not some or not others or not set(some).isdisjoint(others)
