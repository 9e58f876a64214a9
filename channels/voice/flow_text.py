"""A flow as indented text, for whoever has to say whether it is right; in Persian or English."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from channels.flows import House
from channels.voice.flow import (
    Bot,
    Callback,
    Collect,
    Flow,
    Hangup,
    Hours,
    Language,
    Menu,
    Node,
    NodeId,
    Queue,
    Say,
    Transfer,
    Voicemail,
    Words,
)
from channels.voice.flow_rules import LANGUAGES
from channels.voice.script import Locale

_INDENT = "  "
_LONGEST = 90
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_COUNTS = frozenset({"key", "collect", "patience"})

LABELS: Mapping[str, Words] = {
    "flow": Words(fa="جریان «{0}»، نسخهٔ {1}", en="Flow “{0}”, version {1}"),
    "said": Words(fa="«{0}»", en="“{0}”"),
    "draft": Words(fa="پیش‌نویس «{0}»", en="Draft of “{0}”"),
    "everybody": Words(fa="همهٔ شماره‌ها ({0})", en="All numbers ({0})"),
    "number": Words(fa="شمارهٔ {0} ({1})", en="Number {0} ({1})"),
    "say": Words(fa="می‌گوید", en="Say"),
    "menu": Words(fa="می‌پرسد", en="Menu"),
    "language": Words(fa="زبان را می‌پرسد", en="Language"),
    "hours": Words(fa="ساعت کار «{0}»", en="Hours of “{0}”"),
    "collect": Words(fa="شماره می‌گیرد ({0}، {1} تا {2} رقم)", en="Collect {0} ({1} to {2} digits)"),
    "bot": Words(fa="ربات", en="Bot"),
    "bot_ask": Words(fa="از ربات می‌پرسد: {0}", en="Ask the bot: {0}"),
    "queue": Words(fa="صف «{0}»", en="Queue “{0}”"),
    "callback": Words(fa="پیشنهاد تماس از سوی ما (صف «{0}»)", en="Offer to call back (queue “{0}”)"),
    "voicemail": Words(fa="پیام صوتی برای صف «{0}»", en="Voicemail for queue “{0}”"),
    "transfer": Words(fa="انتقال به {0}", en="Transfer to {0}"),
    "hangup": Words(fa="پایان تماس", en="Hang up"),
    "own_queue": Words(fa="خود شماره", en="the number's own"),
    "own_hours": Words(fa="خود شماره", en="the number's own"),
    "key": Words(fa="کلید {0}", en="Key {0}"),
    "open": Words(fa="در ساعت کار", en="Open"),
    "closed": Words(fa="بیرون از ساعت کار", en="Closed"),
    "otherwise": Words(fa="وگرنه", en="Otherwise"),
    "answered": Words(fa="پس از پاسخ", en="Once answered"),
    "handoff": Words(fa="اگر یک نفر لازم باشد، یا کلید ۰", en="If a person is wanted, or key 0"),
    "patience": Words(fa="پس از {0} ثانیه", en="After {0} seconds"),
    "declined": Words(fa="اگر نخواهد", en="If declined"),
    "failed": Words(fa="اگر کسی پاسخ ندهد", en="If nobody is there"),
    "above": Words(fa="← {0} (بالاتر آمده است)", en="→ {0} (see above)"),
    "missing": Words(fa="← {0} (وجود ندارد)", en="→ {0} (does not exist)"),
}


def preview(flow: Flow, locale: Locale, house: House | None = None) -> str:
    """The flow from each of its entries on; what was shown before is only named.

    `house`: what people call the lines and hours.
    """
    flow = flow if house is None else _with_names(flow, house, locale)
    entries = [_label("everybody", locale, LANGUAGES[flow.entry.locale].of(locale))], flow.entry.node
    others = (
        (_label("number", locale, one, LANGUAGES[e.locale].of(locale)), e.node) for one, e in flow.entries.items()
    )
    starts = [entries, *(([head], node) for head, node in others)]
    shown: set[NodeId] = set()
    lines = [_label("flow" if flow.version else "draft", locale, flow.name, flow.version)]
    for heads, node in starts:
        lines += heads
        lines += _tree(flow, node, locale, shown)
    return "\n".join(lines) + "\n"


def _with_names(flow: Flow, house: House, locale: Locale) -> Flow:
    queues = {**house.queue_names, "": LABELS["own_queue"].of(locale)}
    calendars = {**house.calendar_names, "inbox": LABELS["own_hours"].of(locale)}

    def named(node: Node) -> Node:
        match node:
            case Hours():
                return replace(node, calendar=calendars.get(node.calendar, node.calendar))
            case Queue() | Callback() | Voicemail():
                return replace(node, queue=queues.get(node.queue, node.queue))
            case _:
                return node

    return replace(flow, nodes={name: named(node) for name, node in flow.nodes.items()})


def _tree(flow: Flow, start: NodeId, locale: Locale, shown: set[NodeId]) -> Iterator[str]:
    """Depth first, without recursion: a flow may be as deep as it has nodes."""
    ahead: list[tuple[int, str, NodeId]] = [(1, "", start)]
    while ahead:
        depth, why, name = ahead.pop()
        head = _INDENT * depth + (f"{why}: " if why else "")
        node = flow.nodes.get(name)
        if node is None or name in shown:
            yield head + _label("missing" if node is None else "above", locale, name)
            continue
        shown.add(name)
        yield f"{head}[{name}] {_title(node, locale)}"
        if isinstance(words := getattr(node, "text", None), Words) and (said := words.of(locale).strip()):
            quoted = said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
            yield _INDENT * (depth + 1) + _label("said", locale, " ".join(quoted.split()))
        deeper = 0 if isinstance(node, Say) else 1
        ahead += [(depth + deeper, label, target) for label, target in reversed(list(_ways(node, locale)))]


def _title(node: Node, locale: Locale) -> str:
    match node:
        case Hours():
            return _label("hours", locale, node.calendar)
        case Collect():
            return _label("collect", locale, node.name, node.least, node.most)
        case Bot(ask=Words() as ask):
            return _label("bot_ask", locale, ask.of(locale))
        case Queue() | Callback() | Voicemail():
            return _label(type(node).__name__.lower(), locale, node.queue)
        case Transfer():
            return _label("transfer", locale, node.number)
        case Say() | Menu() | Language() | Bot() | Hangup():
            return _label(type(node).__name__.lower(), locale)


def _ways(node: Node, locale: Locale) -> Iterator[tuple[str, NodeId]]:
    match node:
        case Say():
            yield "", node.then
        case Language():
            keys = (f"{_label('key', locale, key)} {LANGUAGES[one].of(locale)}" for key, one in node.choices.items())
            yield ("، " if locale == "fa" else ", ").join(keys), node.then
        case Menu():
            yield from ((_label("key", locale, key), target) for key, target in node.choices.items())
            yield _label("otherwise", locale), node.otherwise
        case Hours():
            yield _label("open", locale), node.open
            yield _label("closed", locale), node.closed
        case Collect():
            yield "", node.then
            yield _label("otherwise", locale), node.otherwise
        case Bot():
            yield _label("answered", locale), node.then
            yield _label("handoff", locale), node.handoff
            yield _label("otherwise", locale), node.otherwise
        case Callback():
            yield _label("declined", locale), node.declined
        case Transfer():
            yield _label("failed", locale), node.failed
        case Queue(then=str(then)):
            yield _label("patience", locale, node.patience or 0), then
        case Queue() | Voicemail() | Hangup():
            pass


def _label(name: str, locale: Locale, *values: object) -> str:
    said = LABELS[name].of(locale).format(*values)
    return said.translate(_PERSIAN) if locale == "fa" and name in _COUNTS else said
