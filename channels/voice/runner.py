"""One call's walk through a flow, as a pure function: where it is and what came give where it goes and what it hears.

The hub stores `State` and nothing else. What a call hears is made from its state alone (`hearing.script_of`), so
whoever asks twice is told the same twice; an answer to a question that is no longer asked changes nothing.
"""

from collections.abc import Mapping
from dataclasses import replace

from channels.voice.flow import (
    BLANK,
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
from channels.voice.flow_state import (
    Around,
    AskBot,
    BotSaid,
    Event,
    HandOn,
    KeepPlace,
    Keyed,
    Left,
    Polled,
    Silent,
    Spoken,
    State,
    TakeMessage,
    ToQueue,
    Turn,
)
from channels.voice.numbers import dialable, keys_said
from channels.voice.phrases import phrase

FOR_A_PERSON = "0"
"""The key that leads from the bot to people."""
MOST_MOVES = 200
MOST_TURNS = 500
"""So many nodes a call may come through, and so many questions it may be asked; who goes on for longer is no person."""


def begin(flow: Flow, called: str, around: Around) -> Turn:
    """A call came in for this number."""
    number = dialable(called)
    entry = next((one for given, one in flow.entries.items() if number and dialable(given) == number), flow.entry)
    state = State(flow=flow.name, version=flow.version, locale=entry.locale)
    return _enter(flow, replace(state, turn=1), entry.node, around)


def advance(flow: Flow, state: State, event: Event, around: Around) -> Turn:
    """What becomes of a call with what came; an answer to another question than the present one changes nothing."""
    node = flow.nodes.get(state.node)
    if event.token != state.token or node is None or not _awaited(state, event):
        return Turn(state=state)
    state = replace(state, turn=state.turn + 1, extra=(), passed=())
    if state.turn > MOST_TURNS:
        return _cut_short(state)
    return _answered(flow, state, node, event, around)


def _awaited(state: State, event: Event) -> bool:
    match state.phase:
        case "asks":
            return not isinstance(event, Polled)
        case "bot_thinks":
            return isinstance(event, BotSaid | Polled)
        case "over":
            return False


def _answered(flow: Flow, state: State, node: Node, event: Event, around: Around) -> Turn:
    event = _keys_for_words(node, event)
    match node, event:
        case Bot(), Polled():
            return Turn(state=replace(state, wrong=state.wrong + 1))
        case Bot(), BotSaid():
            return _bot_said(flow, state, node, event, around)
        case ((Queue() | Transfer() | Voicemail()), Left()):
            return _left(flow, state, node, event, around)
        case ((Menu() | Language() | Collect() | Callback()), Keyed()):
            return _keyed(flow, state, node, event.digits, around)
        case Bot(), (Keyed() | Spoken()):
            said = event.digits if isinstance(event, Keyed) else event.text
            return _enter(flow, state, node.handoff, around) if said == FOR_A_PERSON else _to_bot(state, said)
        case _:
            return _not_understood(flow, state, node, around, heard=not isinstance(event, Silent))


def _keys_for_words(node: Node, event: Event) -> Event:
    """What was said where keys are asked for, as the keys that were meant."""
    if isinstance(node, Bot) or not isinstance(event, Spoken):
        return event
    keys = keys_said(event.text)
    return Keyed(token=event.token, digits=keys) if keys else event


def _keyed(flow: Flow, state: State, node: Menu | Language | Collect | Callback, digits: str, around: Around) -> Turn:
    match node:
        case Menu() if digits in node.choices:
            return _enter(flow, state, node.choices[digits], around)
        case Language() if digits in node.choices:
            return _enter(flow, replace(state, locale=node.choices[digits]), node.then, around)
        case Collect() if node.least <= len(digits) <= node.most and digits.isdecimal():
            kept = state if node.secret else replace(state, values={**state.values, node.name: digits})
            return _enter(flow, kept, node.then, around)
        case Callback() if digits == node.key:
            return Turn(state=replace(state, phase="over"), ask=KeepPlace(queue=node.queue))
        case _:
            return _not_understood(flow, state, node, around, heard=True)


def _not_understood(flow: Flow, state: State, node: Node, around: Around, *, heard: bool) -> Turn:
    """Once more, or what the node says for who does not answer."""
    match node:
        case Menu() | Collect() | Bot() if state.wrong < node.retries:
            custom = node.invalid if isinstance(node, Menu) and heard else None
            said = custom.of(state.locale) if custom else phrase("invalid" if heard else "silent", state.locale)
            return Turn(state=replace(state, wrong=state.wrong + 1, extra=(said,)))
        case Menu() | Collect() | Bot():
            return _enter(flow, state, node.otherwise, around)
        case Language():
            return _enter(flow, state, node.then, around)
        case Callback():
            return _enter(flow, state, node.declined, around)
        case _:
            return Turn(state=state)  # it comes of nothing that was asked here: the same is asked again


def _bot_said(flow: Flow, state: State, node: Bot, event: BotSaid, around: Around) -> Turn:
    state = replace(state, extra=event.texts)
    match event.wants:
        case "more":
            return Turn(state=replace(state, phase="asks", wrong=0))
        case "nothing":
            return _enter(flow, state, node.then, around)
        case "person":
            return _enter(flow, state, node.handoff, around)
        case "failed":
            return _enter(flow, state, node.otherwise, around)


def _left(flow: Flow, state: State, node: Queue | Transfer | Voicemail, event: Left, around: Around) -> Turn:
    match node:
        case Queue(then=str(then)):
            return _enter(flow, state, then, around)
        case Transfer() if not event.ok:
            return _enter(flow, state, node.failed, around)
        case _:
            thanks = (phrase("thanks", state.locale),) if isinstance(node, Voicemail) else ()
            return Turn(state=replace(state, phase="over", extra=thanks))


def _to_bot(state: State, text: str) -> Turn:
    return Turn(state=replace(state, phase="bot_thinks", wrong=0), ask=AskBot(text=text))


def _filled(words: str, values: Mapping[str, str]) -> str:
    """The words with what was collected; what was not is left out."""
    return BLANK.sub(lambda match: values.get(match.group(1), ""), words)


def _enter(flow: Flow, state: State, name: NodeId, around: Around) -> Turn:
    """Go to a node, and through those that do not wait."""
    state = replace(state, phase="asks", wrong=0)
    path: list[NodeId] = []
    while True:
        node = flow.nodes.get(name)
        path.append(name)
        state = replace(state, node=name, moves=state.moves + 1)
        if node is None or state.moves > MOST_MOVES:
            return replace(_cut_short(state), path=tuple(path[:-1]))
        match node:
            case Say():
                state, name = replace(state, passed=(*state.passed, name)), node.then
            case Hours():
                name = node.open if node.calendar in around.open_calendars else node.closed
            case Callback() if not around.known_number:
                name = node.declined
            case _:
                return replace(_arrived(state, node), path=tuple(path))


def _cut_short(state: State) -> Turn:
    sorry = (phrase("sorry", state.locale),)
    return Turn(state=replace(state, node="", phase="over", passed=(), extra=sorry))


def _arrived(state: State, node: Node) -> Turn:
    match node:
        case Bot(ask=Words() as ask):
            return _to_bot(state, _filled(ask.of(state.locale), state.values))
        case Queue():
            return Turn(state=state, ask=ToQueue(queue=node.queue, priority=node.priority, patience=node.patience))
        case Voicemail():
            return Turn(state=state, ask=TakeMessage(queue=node.queue))
        case Transfer():
            return Turn(state=state, ask=HandOn(number=node.number))
        case Hangup():
            return Turn(state=replace(state, phase="over"))
        case _:
            return Turn(state=state)
