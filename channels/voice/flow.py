"""What an auto attendant does, as data: nodes that lead to one another, described by an admin, kept in versions.

A node either waits for the caller (menu, language, collect, callback, bot), passes on at once (say, hours), or takes
the caller out of the flow (queue, voicemail, transfer, hangup). `flow_rules` says what is wrong with a flow,
`flow_text` shows it to people, `runner` walks it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec
from msgspec import Struct

from channels.voice.script import Locale

BLANK = re.compile(r"\{(\w+)\}")
"""Stands for what was collected under this name."""
LOCALES: tuple[Locale, ...] = ("fa", "en")
NodeId = str


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is said, in each language."""

    fa: str = ""
    en: str = ""

    def of(self, locale: Locale) -> str:
        """What is said in a language."""
        return self.fa if locale == "fa" else self.en


class Say(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="say"):
    """Speak, and go on."""

    text: Words
    then: NodeId


class Menu(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="menu"):
    """Keys (one to four digits each) that lead on. Asked again `retries` times, then `otherwise`."""

    text: Words
    choices: Mapping[str, NodeId]
    otherwise: NodeId
    retries: int = 2
    seconds: float = 6
    invalid: Words | None = None


class Language(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="language"):
    """The caller chooses a language; each text is said in its own. Who does not choose keeps the one there is."""

    text: Words
    choices: Mapping[str, Locale]
    then: NodeId
    seconds: float = 6


class Hours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="hours"):
    """Whether a calendar says that somebody is there."""

    calendar: str
    open: NodeId
    closed: NodeId


class Collect(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="collect"):
    """Digits that the caller keys (an order number), kept under `name`. `secret`: they are kept nowhere."""

    text: Words
    name: str
    then: NodeId
    otherwise: NodeId
    least: int = 1
    most: int = 12
    retries: int = 2
    seconds: float = 8
    secret: bool = False


class Bot(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="bot"):
    """The bot speaks with the caller: it is asked `ask` at once, where `{name}` is what was collected; else it listens.

    `then`: it has answered and wants nothing more. `handoff`: it wants a person, or the caller does and presses 0.
    `otherwise`: it is away, or the caller says nothing.
    """

    then: NodeId
    handoff: NodeId
    otherwise: NodeId
    ask: Words | None = None
    text: Words | None = None
    retries: int = 1
    seconds: float = 8


class Queue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="queue"):
    """Wait for a person. After `patience` seconds the caller goes on with `then` (the offer to be called back)."""

    queue: str
    text: Words | None = None
    priority: int = 500
    patience: int | None = None
    then: NodeId | None = None


class Callback(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="callback"):
    """Offer to call back, at the place that the caller has. Who has no number to call, or declines, goes on."""

    text: Words
    queue: str
    declined: NodeId
    key: str = "1"
    confirmed: Words | None = None
    seconds: float = 6


class Voicemail(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="voicemail"):
    """Record a message; it becomes a task of a queue."""

    text: Words
    queue: str
    longest: int = 120


class Transfer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="transfer"):
    """Hand the call on to a number; `failed` when nobody is there."""

    number: str
    failed: NodeId
    text: Words | None = None
    seconds: float = 25


class Hangup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="hangup"):
    """Say goodbye."""

    text: Words | None = None


Node = Say | Menu | Language | Hours | Collect | Bot | Queue | Callback | Voicemail | Transfer | Hangup
Ending = Queue | Callback | Voicemail | Transfer | Hangup
ENDINGS = (Queue, Callback, Voicemail, Transfer, Hangup)


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the callers of one number come in, and which language they are greeted in."""

    node: NodeId
    locale: Locale = "fa"


class Flow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of an auto attendant. `entries` by number dialled (E.164); `entry` is everybody else's."""

    name: str
    version: int
    entry: Entry
    nodes: Mapping[NodeId, Node]
    entries: Mapping[str, Entry] = {}
    locales: tuple[Locale, ...] = LOCALES


EdgeKind = Literal["pass", "choice", "otherwise", "after"]
"""pass: at once. choice: the caller wants it. otherwise: what comes of saying nothing. after: of waiting in line."""


class BadFlow(ValueError):
    """It is no flow; the text says where and why."""


def read(raw: object) -> Flow:
    """A flow from plain data (JSON). Raises `BadFlow`."""
    try:
        return msgspec.convert(raw, Flow)
    except msgspec.ValidationError as error:
        raise BadFlow(str(error)) from error


def plain(flow: Flow) -> object:
    """The plain data of a flow."""
    return msgspec.to_builtins(flow)


def edges(node: Node) -> Iterator[tuple[EdgeKind, NodeId]]:
    """Where a node can lead."""
    match node:
        case Say():
            yield "pass", node.then
        case Hours():
            yield "pass", node.open
            yield "pass", node.closed
        case Menu():
            yield from (("choice", one) for one in node.choices.values())
            yield "otherwise", node.otherwise
        case Language():
            yield "otherwise", node.then
        case Collect():
            yield "choice", node.then
            yield "otherwise", node.otherwise
        case Bot():
            yield "pass" if node.ask else "choice", node.then
            yield "pass" if node.ask else "choice", node.handoff
            yield "otherwise", node.otherwise
        case Callback():
            yield "otherwise", node.declined
        case Transfer():
            yield "otherwise", node.failed
        case Queue(then=str(then)):
            yield "after", then
        case Queue() | Voicemail() | Hangup():
            pass


def texts(node: Node) -> Iterator[Words]:
    """Everything that a node says, to the caller or to the bot."""
    for name in ("text", "invalid", "confirmed", "ask"):
        said = getattr(node, name, None)
        if isinstance(said, Words):
            yield said


def queues_of(node: Node) -> Iterator[str]:
    """The lines that a node names; "" is the inbox's own."""
    if isinstance(node, Queue | Callback | Voicemail):
        yield node.queue
