"""What is wrong with a flow, before a caller finds out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from channels.voice.flow import (
    BLANK,
    ENDINGS,
    Bot,
    Callback,
    Collect,
    EdgeKind,
    Flow,
    Hours,
    Language,
    Menu,
    Node,
    NodeId,
    Queue,
    Transfer,
    Voicemail,
    Words,
    edges,
    texts,
)
from channels.voice.numbers import dialable
from channels.voice.script import Locale

LONGEST_TEXT = 2_000
MOST_NODES = 500
MOST_CHOICES = 50
SHORTEST_PATIENCE = 10
LONGEST_MESSAGE = 600
LOWEST_PRIORITY = 999
_KEYS = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a flow may name."""

    queues: frozenset[str]
    calendars: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong. `code` is one of `PROBLEMS`, `node` where, `detail` the name or key that it is about."""

    code: str
    node: NodeId = ""
    detail: str = ""

    def text(self, locale: str) -> str:
        """The same for a person."""
        said, language = PROBLEMS[self.code], LANGUAGES.get(self.detail)
        detail = self.detail if language is None or self.code != "missing_language" else language.of(_locale(locale))
        return said.of(_locale(locale)).format(node=self.node, detail=detail)


def _locale(locale: str) -> Locale:
    return "fa" if locale == "fa" else "en"


LANGUAGES: Mapping[str, Words] = {"fa": Words(fa="فارسی", en="Persian"), "en": Words(fa="انگلیسی", en="English")}
PROBLEMS: Mapping[str, Words] = {
    "unknown_node": Words(
        fa="«{node}» به «{detail}» می‌رود که وجود ندارد.", en="“{node}” leads to “{detail}”, which does not exist."
    ),
    "unreachable": Words(fa="هیچ راهی به «{node}» نمی‌رسد.", en="Nothing leads to “{node}”."),
    "no_end": Words(fa="از «{node}» راهی به پایان نیست.", en="No way leads from “{node}” to an end."),
    "loop": Words(
        fa="تماس‌گیرنده‌ای که چیزی نگوید در «{node}» ({detail}) دور خود می‌چرخد.",
        en="A caller who says nothing goes round for ever in “{node}” ({detail}).",
    ),
    "no_choice": Words(fa="«{node}» هیچ گزینه‌ای ندارد.", en="“{node}” has no choices."),
    "bad_key": Words(
        fa="«{detail}» در «{node}» کلید تلفن نیست.", en="“{detail}” in “{node}” is no key of a telephone."
    ),
    "key_conflict": Words(
        fa="کلیدهای {detail} در «{node}» با هم تداخل دارند.",
        en="The keys {detail} in “{node}” get in each other's way.",
    ),
    "unknown_queue": Words(
        fa="صف «{detail}» در «{node}» وجود ندارد.", en="“{node}” names a queue “{detail}” that does not exist."
    ),
    "unknown_calendar": Words(
        fa="تقویم «{detail}» در «{node}» وجود ندارد.", en="“{node}” names a calendar “{detail}” that does not exist."
    ),
    "missing_language": Words(fa="متن «{node}» به {detail} نوشته نشده است.", en="“{node}” says nothing in {detail}."),
    "too_long": Words(fa="متن «{node}» بیش از اندازه بلند است.", en="What “{node}” says is too long."),
    "too_many": Words(fa="یک جریان حداکثر {detail} گام دارد.", en="A flow may have {detail} nodes."),
    "bad_number": Words(
        fa="«{detail}» در «{node}» شماره‌ای نیست که بتوان گرفت.", en="“{detail}” in “{node}” is no number to call."
    ),
    "bad_entry": Words(fa="«{detail}» شماره‌ای نیست که بتوان گرفت.", en="“{detail}” is no number that can be dialled."),
    "entry_twice": Words(fa="شمارهٔ «{detail}» دو بار آمده است.", en="The number “{detail}” stands there twice."),
    "unknown_value": Words(
        fa="«{node}» از «{detail}» می‌گوید که هیچ گامی آن را نمی‌گیرد یا محرمانه است.",
        en="“{node}” speaks of “{detail}”, which no step collects, or which is secret.",
    ),
    "no_language": Words(fa="جریان هیچ زبانی ندارد.", en="The flow has no language."),
    "bad_limits": Words(fa="حدهای «{node}» با هم نمی‌خوانند.", en="The limits of “{node}” contradict each other."),
    "no_then": Words(fa="«{node}» برای پس از شکیبایی جایی ندارد.", en="“{node}” has nowhere to go after the patience."),
}


def problems(flow: Flow, known: Known) -> tuple[Problem, ...]:
    """All that is wrong with a flow, in the order of its nodes; empty when it may serve callers."""
    if len(flow.nodes) > MOST_NODES:
        return (Problem(code="too_many", detail=str(MOST_NODES)),)
    broken = tuple(_references(flow))
    ways = () if broken else (*_unreachable(flow), *_endless(flow), *_loops(flow))
    nodes = (found for name, node in flow.nodes.items() for found in _node(flow, name, node, known))
    return (*_entries(flow), *broken, *ways, *nodes)


def _entries(flow: Flow) -> Iterator[Problem]:
    if not flow.locales:
        yield Problem(code="no_language")
    known: set[str] = set()
    for number, entry in (("", flow.entry), *flow.entries.items()):
        called = dialable(number)
        if number and called is None:
            yield Problem(code="bad_entry", detail=number)
        if called in known:
            yield Problem(code="entry_twice", detail=number)
        known |= {called} if called else set()
        if entry.node not in flow.nodes:
            yield Problem(code="unknown_node", node=number, detail=entry.node)
        if entry.locale not in flow.locales:
            yield Problem(code="missing_language", node=entry.node, detail=entry.locale)


def _references(flow: Flow) -> Iterator[Problem]:
    for name, node in flow.nodes.items():
        for target in dict.fromkeys(target for _, target in edges(node)):
            if target not in flow.nodes:
                yield Problem(code="unknown_node", node=name, detail=target)


def _unreachable(flow: Flow) -> Iterator[Problem]:
    starts = [one.node for one in (flow.entry, *flow.entries.values()) if one.node in flow.nodes]
    reached = _spread(starts, lambda name: (target for _, target in edges(flow.nodes[name])))
    yield from (Problem(code="unreachable", node=name) for name in flow.nodes if name not in reached)


def _endless(flow: Flow) -> Iterator[Problem]:
    """Nodes from which no end can be reached."""
    back: dict[NodeId, list[NodeId]] = {name: [] for name in flow.nodes}
    for name, node in flow.nodes.items():
        for _, target in edges(node):
            back[target].append(name)
    good = _spread([name for name, node in flow.nodes.items() if isinstance(node, ENDINGS)], back.__getitem__)
    yield from (Problem(code="no_end", node=name) for name in flow.nodes if name not in good)


def _loops(flow: Flow) -> Iterator[Problem]:
    """Rounds that a caller who says nothing would go for ever: each is told once, at its first node."""
    silent: tuple[EdgeKind, ...] = ("pass", "otherwise")
    left = {name: {target for kind, target in edges(node) if kind in silent} for name, node in flow.nodes.items()}
    while finished := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in finished:
            del left[name]
    for name in list(left):
        if name in left and name in (ring := _spread(left[name] & left.keys(), lambda one: left[one] & left.keys())):
            yield Problem(code="loop", node=name, detail=", ".join(one for one in flow.nodes if one in ring))
            for one in ring:
                left.pop(one, None)


def _spread(starts: Iterable[NodeId], onward: Callable[[NodeId], Iterable[NodeId]]) -> set[NodeId]:
    reached: set[NodeId] = set()
    ahead = list(starts)
    while ahead:
        if (name := ahead.pop()) not in reached:
            reached.add(name)
            ahead.extend(onward(name))
    return reached


def _node(flow: Flow, name: NodeId, node: Node, known: Known) -> Iterator[Problem]:
    yield from _texts(flow, name, node)
    match node:
        case Menu() | Language():
            yield from _keys(name, tuple(node.choices))
        case Callback():
            yield from _keys(name, (node.key,))
        case Hours() if node.calendar not in known.calendars:
            yield Problem(code="unknown_calendar", node=name, detail=node.calendar)
        case Transfer() if dialable(node.number) is None:
            yield Problem(code="bad_number", node=name, detail=node.number)
        case Queue() if (node.patience is None) != (node.then is None):
            yield Problem(code="no_then", node=name)
        case Bot(ask=Words() as ask):
            yield from (Problem(code="unknown_value", node=name, detail=one) for one in _unknown(flow, ask))
        case _:
            pass
    if isinstance(node, Language):
        foreign = sorted(set(node.choices.values()) - set(flow.locales))
        yield from (Problem(code="missing_language", node=name, detail=one) for one in foreign)
    if isinstance(node, Queue | Callback | Voicemail) and node.queue not in known.queues:
        yield Problem(code="unknown_queue", node=name, detail=node.queue)
    if not _within_limits(node):
        yield Problem(code="bad_limits", node=name)


def _within_limits(node: Node) -> bool:
    if getattr(node, "retries", 0) not in range(10) or not 1 <= getattr(node, "seconds", 1) <= 60:
        return False
    match node:
        case Collect():
            return 1 <= node.least <= node.most <= 32
        case Queue():
            patient = node.patience is None or node.patience >= SHORTEST_PATIENCE
            return patient and 0 <= node.priority <= LOWEST_PRIORITY
        case Voicemail():
            return 1 <= node.longest <= LONGEST_MESSAGE
        case _:
            return True


def _unknown(flow: Flow, words: Words) -> list[str]:
    """What is to be said with what was collected, and is not."""
    kept = {one.name for one in flow.nodes.values() if isinstance(one, Collect) and not one.secret}
    said = (blank for locale in flow.locales for blank in BLANK.findall(words.of(locale)))
    return [one for one in dict.fromkeys(said) if one not in kept]


def _texts(flow: Flow, name: NodeId, node: Node) -> Iterator[Problem]:
    for said in texts(node):
        for locale in flow.locales:
            if not said.of(locale).strip():
                yield Problem(code="missing_language", node=name, detail=locale)
            if len(said.of(locale)) > LONGEST_TEXT:
                yield Problem(code="too_long", node=name)


def _keys(name: NodeId, keys: tuple[str, ...]) -> Iterator[Problem]:
    """A key that begins another is never known to be over; the same digit in two scripts is one key."""
    if len(keys) > MOST_CHOICES:
        yield Problem(code="bad_limits", node=name)
        return
    if not keys:
        yield Problem(code="no_choice", node=name)
    for one in keys:
        if not (1 <= len(one) <= 4 and set(one) <= _KEYS):
            yield Problem(code="bad_key", node=name, detail=one)
    for one in keys:
        for other in keys:
            if one != other and other.startswith(one):
                yield Problem(code="key_conflict", node=name, detail=f"{one}, {other}")
