"""Flows as admins see them: reviewed, and tried with the very functions that walk a call through one."""

from collections.abc import Iterator, Mapping
from typing import Literal

from channels.contract import ChannelError
from channels.flows import Awaits, Came, Content, FlowProblem, FlowReview, Heard, House, Stage, Trial
from channels.voice import script as steps
from channels.voice.default_flow import default_flow
from channels.voice.flow import LOCALES, BadFlow, Bot, Flow, Hours, plain, queues_of, read
from channels.voice.flow_rules import Known, problems
from channels.voice.flow_state import (
    Around,
    AskBot,
    BotSaid,
    Event,
    HandOn,
    KeepPlace,
    Keyed,
    Left,
    Silent,
    Spoken,
    State,
    TakeMessage,
    ToQueue,
    Turn,
)
from channels.voice.flow_text import preview
from channels.voice.hearing import script_of
from channels.voice.runner import advance, begin
from channels.voice.script import Locale


class VoiceFlows:
    """`channels.flows.Flows` over the flows of this channel."""

    def start(self, locale: str) -> Content:
        """The flow of a number that has no other."""
        language: Locale = "en" if locale == "en" else "fa"
        return _plain(default_flow(locale=language, names=language))

    def review(self, content: Content, house: House) -> FlowReview:
        """What is wrong with it in this house, and how it reads."""
        flow = _read(content)
        known = Known(queues=house.queues | {""}, calendars=house.calendars)
        return FlowReview(
            content=_plain(flow),
            problems=tuple(
                FlowProblem(
                    code=one.code,
                    step=one.node if one.node in flow.nodes else "",
                    detail=one.detail,
                    texts={locale: one.text(locale) for locale in LOCALES},
                )
                for one in problems(flow, known)
            ),
            previews={locale: preview(flow, locale, house) for locale in LOCALES},
            queues=frozenset(queue for node in flow.nodes.values() for queue in queues_of(node) if queue),
            calendars=frozenset(node.calendar for node in flow.nodes.values() if isinstance(node, Hours)),
        )

    def walk(self, content: Content, house: House, trial: Trial) -> tuple[Stage, ...]:
        """What a caller meets: at the beginning, and after each thing that came."""
        flow = _read(content)
        around = Around(open_calendars=house.open, known_number=trial.known_number)
        return tuple(_stages(flow, around, trial))


def _stages(flow: Flow, around: Around, trial: Trial) -> Iterator[Stage]:
    turn = begin(flow, trial.called, around)
    yield _stage(flow, turn)
    for came in trial.came:
        turn = advance(flow, turn.state, _event(came, turn.state), around)
        yield _stage(flow, turn)


_BOT_WANTS: Mapping[str, Literal["nothing", "person", "failed"]] = {
    "bot_done": "nothing",
    "bot_person": "person",
    "bot_away": "failed",
}


def _event(came: Came, state: State) -> Event:
    token = state.token
    match came.kind:
        case "keys":
            return Keyed(token=token, digits=came.text)
        case "words":
            return Spoken(token=token, text=came.text)
        case "silence":
            return Silent(token=token)
        case "waited" | "failed":
            return Left(token=token)
        case "bot_done" | "bot_person" | "bot_away":
            return BotSaid(token=token, wants=_BOT_WANTS[came.kind])


def _stage(flow: Flow, turn: Turn) -> Stage:
    state = turn.state
    script = script_of(flow, state)
    awaits, to = _awaits(flow, turn, script)
    return Stage(
        step=state.node,
        path=turn.path,
        heard=tuple(_heard(script)),
        awaits=awaits,
        to=to,
        keys=_keys(flow, state) if awaits == "keys" else (),
        values=state.values,
    )


def _heard(script: steps.Script) -> Iterator[Heard]:
    for one in script:
        said = one.prompt if isinstance(one, steps.Collect) else (one,)
        yield from (Heard(text=it.text, locale=it.locale) for it in said if isinstance(it, steps.Say))


def _awaits(flow: Flow, turn: Turn, script: steps.Script) -> tuple[Awaits, str]:
    match turn.ask:
        case AskBot(text=text):
            return "bot", text
        case HandOn(number=number):
            return "number", number
        case ToQueue() | TakeMessage() | KeepPlace() as ask:
            kinds: Mapping[type, Awaits] = {ToQueue: "line", TakeMessage: "message", KeepPlace: "callback"}
            return kinds[type(ask)], ask.queue
        case None:
            last = script[-1] if script else None
            if isinstance(last, steps.Collect):
                return "words" if isinstance(flow.nodes.get(turn.state.node), Bot) else "keys", ""
            return "nothing", ""


def _keys(flow: Flow, state: State) -> tuple[str, ...]:
    node = flow.nodes.get(state.node)
    choices = getattr(node, "choices", None)
    return tuple(choices) if choices else tuple(filter(None, (getattr(node, "key", None),)))


def _plain(flow: Flow) -> Content:
    content: Content = plain(flow)  # type: ignore[assignment]
    return content


def _read(content: Content) -> Flow:
    try:
        return read(content)
    except BadFlow as error:
        raise ChannelError("bad_flow", str(error)[:300]) from error
