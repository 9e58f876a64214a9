"""What a call in a flow hears now, made from its state alone."""

from dataclasses import replace

from channels.voice import script as steps
from channels.voice.flow import (
    Bot,
    Callback,
    Collect,
    Flow,
    Hangup,
    Language,
    Menu,
    Node,
    Queue,
    Say,
    Transfer,
    Voicemail,
    Words,
)
from channels.voice.flow_state import State
from channels.voice.numbers import dialable, extension
from channels.voice.phrases import phrase
from channels.voice.script import Script, Step, Target

_LONGEST_ANSWER = 16
_POLLS = 8
"""Every so many seconds a caller hears that the bot still thinks."""


def script_of(flow: Flow, state: State) -> Script:
    """The script of a call in this state; it ends with a step that waits, or with the end of the call."""
    node = flow.nodes.get(state.node)
    passed = [flow.nodes[one] for one in state.passed if one in flow.nodes]
    before = _says([*state.extra, *(one.text.of(state.locale) for one in passed if isinstance(one, Say))], state)
    if state.phase == "over":
        return (*before, *_last_words(node, state), steps.Hangup())
    if state.phase == "bot_thinks":
        patience = [phrase("one_moment", state.locale)] if not before and state.wrong % _POLLS == 0 else []
        return (*before, *_says(patience, state), steps.Pause(), steps.Redirect(token=state.token))
    return _with_question(before, _asked(node, state)) if node is not None else (*before, steps.Hangup())


def _with_question(before: tuple[steps.Say, ...], asked: Script) -> Script:
    """What comes before a question is part of it, so that it may be answered early."""
    match asked:
        case (steps.Collect() as question,):
            return (replace(question, prompt=(*before, *question.prompt)),)
        case _:
            return (*before, *asked)


def _says(texts: list[str], state: State) -> tuple[steps.Say, ...]:
    return tuple(steps.Say(text=one, locale=state.locale) for one in texts if one.strip())


def _words(words: Words | None, state: State) -> tuple[steps.Say, ...]:
    return _says([words.of(state.locale)] if words else [], state)


def _last_words(node: Node | None, state: State) -> tuple[steps.Say, ...]:
    match node:
        case Hangup():
            return _words(node.text, state)
        case Callback():
            return _words(node.confirmed, state) or _says([phrase("callback", state.locale)], state)
        case _:
            return ()


def _asked(node: Node, state: State) -> Script:
    match node:
        case Menu():
            return (
                _question(
                    node.text,
                    state,
                    node.seconds,
                    most=max(map(len, node.choices), default=1),
                    keys="".join(node.choices),
                ),
            )
        case Callback():
            return (_question(node.text, state, node.seconds, keys=node.key),)
        case Language():
            return (_languages(node, state),)
        case Collect():
            asked = _question(node.text, state, node.seconds, most=node.most, secret=node.secret)
            return (replace(asked, min_digits=node.least),)
        case Bot():
            return (_conversation(node, state),)
        case _:
            return (*_words(getattr(node, "text", None), state), _leaving(node, state))


def _question(
    words: Words, state: State, seconds: float, *, most: int = 1, keys: str = "", secret: bool = False
) -> steps.Collect:
    """Digits, pressed or said; secret ones are not said. Where `#` is a key of its own, it ends nothing."""
    finish = "#" if "#" not in keys else ""
    prompt = _words(words, state)
    return steps.Collect(
        token=state.token,
        prompt=prompt,
        speech=not secret,
        max_digits=most,
        finish_key=finish,
        timeout=seconds,
        locale=state.locale,
        secret=secret,
    )


def _languages(node: Language, state: State) -> steps.Collect:
    """Each text in its own language, that of the call first."""
    asked = _question(node.text, state, node.seconds, keys="".join(node.choices))
    spoken = sorted(set(node.choices.values()) | {state.locale}, key=lambda one: (one != state.locale, one))
    prompt = tuple(steps.Say(text=node.text.of(one), locale=one) for one in spoken if node.text.of(one).strip())
    return replace(asked, prompt=prompt)


def _conversation(node: Bot, state: State) -> steps.Collect:
    """Speech or digits, 0 alone for a person; the opening is said only when there is nothing else to say."""
    opening = _words(node.text, state) or _says([phrase("listening", state.locale)], state)
    opening += _says([phrase("person", state.locale)], state)
    return steps.Collect(
        token=state.token,
        prompt=() if state.extra else opening,
        speech=True,
        max_digits=_LONGEST_ANSWER,
        timeout=node.seconds,
        locale=state.locale,
    )


def _leaving(node: Node, state: State) -> Step:
    match node:
        case Queue():
            return steps.Enqueue(token=state.token, name=node.queue, priority=node.priority)
        case Voicemail():
            return steps.Voicemail(token=state.token, longest=node.longest)
        case Transfer():
            number = dialable(node.number) or node.number
            target = Target(kind="user" if extension(number) else "phone", to=number)
            return steps.Transfer(token=state.token, mode="blind", target=target, timeout=node.seconds)
        case _:
            return steps.Hangup()
