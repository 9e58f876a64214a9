"""Whether what an admin wants of the routing can work: every problem at once, each with its place and a code. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hub.model.config import OTHERS, Agent, Workplace, cost_of
from hub.model.ids import QueueId
from hub.model.queues import ANYBODY, Need, Queue, Ring, Rule
from hub.routing.choose import in_ring, serves

CHANNELS = ("webchat", "api", "email", "telegram", "bale", "whatsapp", "messenger", "instagram", "voice")
LOCALES = ("fa", "en")
MOST_RINGS = 10
MOST_PRIORITY = 10


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
    rules: Iterable[Rule], queues: Mapping[str, Queue], calendars: Iterable[str], inboxes: Iterable[str]
) -> list[Problem]:
    """Problems of the rules: what they name and is gone, lines that take nothing of what a rule sends there."""
    hours, boxes = set(calendars), set(inboxes)
    found: list[Problem] = []
    for number, rule in enumerate(rules):
        place, when = f"rules.{number}", rule.when
        if not rule.name.strip():
            found.append(Problem(code="no_name", place=f"{place}.name"))
        found += _unknown(f"{place}.inboxes", when.inboxes, boxes, "no_such_inbox")
        found += _unknown(f"{place}.channels", when.channels, CHANNELS, "unknown_channel")
        found += _unknown(f"{place}.locales", when.locales, LOCALES, "unknown_language")
        found += _unknown(f"{place}.calendar", (when.calendar,) if when.calendar else (), hours, "no_such_calendar")
        if any(not name.strip() or not values for name, values in when.attributes.items()):
            found.append(Problem(code="attribute_without_value", place=f"{place}.attributes"))
        if abs(rule.priority) > MOST_PRIORITY:
            found.append(Problem(code="priority_out_of_range", place=f"{place}.priority"))
        if rule.queue is not None:
            found += _leads(f"{place}.queue", rule, queues.get(rule.queue))
    return found


def need_problems(rules: Iterable[Rule], agents: Iterable[Agent], house: Workplace) -> list[Problem]:
    """Skills that rules ask for and nobody has who serves the line; while nobody has an account, nobody is missed."""
    staff = [agent for agent in agents if agent.active]
    found: list[Problem] = []
    for number, rule in enumerate(rules):
        place = f"rules.{number}.needs"
        if unknown := [*_needs(place, rule.needs, house)]:
            found += unknown
        elif rule.needs and staff and not any(_able(agent, rule) for agent in staff):
            names = ", ".join(f"{need.skill} {need.level}" for need in rule.needs)
            found.append(Problem(code="nobody_has_skill", place=place, detail=names))
    return found


def _able(agent: Agent, rule: Rule) -> bool:
    here = rule.queue is None or serves(agent, rule.queue)
    return here and in_ring(agent, rule.needs, ANYBODY, "") is None


def cut_off(queue: Queue, before: Queue, queues: Mapping[str, Queue], rules: Iterable[Rule]) -> list[Problem]:
    """Lines and rules that lead to a line which, as it would be from now on, takes none of their customers."""
    if (queue.channels, queue.languages) == (before.channels, before.languages):
        return []
    others = [one for one in queues.values() if one.id != queue.id and one.exit == "queue"]
    found = [
        Problem(code="cuts_off_overflow", place="channels", detail=one.name)
        for one in others
        if one.exit_queue == queue.id and not _accepts(queue, one.channels, one.languages)
    ]
    return found + [
        Problem(code="cuts_off_rule", place="channels", detail=rule.name)
        for rule in rules
        if rule.queue == queue.id and not _accepts(queue, rule.when.channels, rule.when.locales)
    ]


def workplace_problems(rules: Workplace, before: Workplace, agents: Iterable[Agent]) -> list[Problem]:
    """Costs and maxima under which nobody could ever take anything; costs that stay as they were `before` pass."""
    staff = [agent for agent in agents if agent.active]
    largest = max((agent.capacity for agent in staff), default=None)
    costs = (("costs", rules.costs), ("parked_costs", rules.parked_costs))
    found = [
        problem
        for name, values in (*costs, ("maxima", rules.maxima))
        for problem in _unknown(name, values, (*CHANNELS, OTHERS), "unknown_channel")
    ]
    found += [
        Problem(code="cost_out_of_range", place=f"{name}.{channel}")
        for name, values in costs
        for channel, cost in values.items()
        if not (0 if values is rules.parked_costs else 1) <= cost <= 1_000
    ]
    if largest is not None:
        found += [
            Problem(code="nobody_has_room", place=f"costs.{channel}")
            for channel, cost in rules.costs.items()
            if cost > largest and cost != before.costs.get(channel)
        ]
    return found + [
        Problem(code="maximum_out_of_range", place=f"maxima.{channel}")
        for channel, most in rules.maxima.items()
        if not 1 <= most <= 1_000
    ]


def _leads(place: str, rule: Rule, queue: Queue | None) -> Iterator[Problem]:
    if queue is None:
        yield Problem(code="no_such_queue", place=place, detail=rule.queue or "")
    elif not _accepts(queue, rule.when.channels, rule.when.locales):
        yield Problem(code="queue_takes_none", place=place, detail=queue.id)


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
        elif last >= queue.max_wait_seconds:
            yield Problem(code="ring_never_begins", place=f"rings.{place}.until_seconds")
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
    if queue.exit == "voicemail" and not _meets(queue.channels, ("voice",)):
        yield Problem(code="voicemail_without_calls", place="exit")
    if queue.exit != "queue":
        return
    following = queues.get(queue.exit_queue or "")
    if following is None:
        yield Problem(code="no_such_queue", place="exit_queue", detail=queue.exit_queue or "")
    elif not _accepts(following, queue.channels, queue.languages):
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


def _accepts(queue: Queue, channels: tuple[str, ...], languages: tuple[str, ...]) -> bool:
    """Whether a line takes any of those who come by these channels and speak these languages."""
    return _meets(channels, queue.channels) and _meets(languages, queue.languages)


def _meets(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two lists have anything in common, of which an empty one means all."""
    return not some or not others or not set(some).isdisjoint(others)
