"""A call script as TwiML (twilio.com/docs/voice/twiml).

What it cannot say: a recording that stops or pauses, a warm transfer (both are the provider's REST there). A line has
no priorities and no way to take one given call out of it, so every call has a line of its own (the hub keeps the real
one), and whoever takes a caller goes into a room of that call's, where the caller is sent by REST. A `Tag` says nothing
here; the hub knows the call by its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import assert_never
from xml.etree.ElementTree import Element, SubElement, tostring

from channels.voice.hooks import Hooks
from channels.voice.script import (
    Answer,
    Collect,
    Connect,
    Enqueue,
    Hangup,
    HookKind,
    Leave,
    Locale,
    Meet,
    NotRenderable,
    Pause,
    Play,
    Prompt,
    Record,
    Redirect,
    Reject,
    Say,
    Script,
    Step,
    Tag,
    Take,
    Target,
    Transcribe,
    Transfer,
    Voicemail,
)
from channels.voice.wire import printable

LANGUAGES: Mapping[Locale, str] = {"fa": "fa-IR", "en": "en-US"}
_WAIT_STEPS = (Say, Play, Pause, Leave, Collect, Hangup, Redirect, Tag)
_NOUNS = {"phone": "Number", "sip": "Sip", "user": "Client"}
_LONGEST_TEXT = 4_000
NOTHING = b'<?xml version="1.0" encoding="utf-8"?><Response />'
"""The answer where nothing is to be done."""
_Ringing = Connect | Take | Meet | Transfer
_Written = Record | Voicemail | Transcribe
_Plain = Answer | Tag | Pause | Redirect | Hangup | Reject | Leave | Enqueue


def render(script: Script, hooks: Hooks) -> bytes:
    """The document of a script. Raises `NotRenderable` for an empty script: it would hang up."""
    if not script:
        raise NotRenderable("An empty document ends the call.")
    response = Element("Response")
    one = _Renderer(hooks)
    for step in script:
        one.add(response, step)
    document: bytes = tostring(response, encoding="utf-8", xml_declaration=True)
    return document


def render_wait(script: Script, hooks: Hooks) -> bytes:
    """The document for a caller in line. Raises `NotRenderable`."""
    if wrong := next((one for one in script if not isinstance(one, _WAIT_STEPS)), None):
        raise NotRenderable(f"{type(wrong).__name__} cannot be done while a caller waits in line.")
    return render(script or (Pause(seconds=1),), hooks)


@dataclass(frozen=True, slots=True)
class _Renderer:
    hooks: Hooks

    def add(self, parent: Element, step: Step) -> None:
        match step:
            case Say() | Play():
                _prompt(parent, step)
            case Collect():
                self._collect(parent, step)
            case Connect() | Take() | Meet() | Transfer():
                self._ring(parent, step)
            case Record() | Voicemail() | Transcribe():
                self._written(parent, step)
            case Answer() | Tag() | Pause() | Redirect() | Hangup() | Reject() | Leave() | Enqueue():
                self._plain(parent, step)
            case _:
                assert_never(step)

    def _plain(self, parent: Element, step: _Plain) -> None:
        match step:
            case Answer() | Tag():
                pass
            case Pause():
                _node(parent, "Pause", length=max(1, ceil(step.seconds)))
            case Redirect():
                _node(parent, "Redirect", method="POST").text = self.hooks.url("continue", step.token)
            case Hangup() | Leave():
                _node(parent, type(step).__name__)
            case Reject():
                _node(parent, "Reject", reason=step.reason)
            case Enqueue():
                wait = self.hooks.url("wait", step.token)
                hooks = {"action": self.hooks.url("queue", step.token), "waitUrl": wait, "waitUrlMethod": "POST"}
                _node(parent, "Enqueue", method="POST", **hooks).text = printable(step.name, 64)
            case _:
                assert_never(step)

    def _collect(self, parent: Element, step: Collect) -> None:
        kinds = [kind for kind, on in (("dtmf", step.digits), ("speech", step.speech)) if on]
        node = _node(
            parent,
            "Gather",
            input=" ".join(kinds),
            action=self.hooks.url("collect", step.token),
            method="POST",
            timeout=max(1, ceil(step.timeout)),
            actionOnEmptyResult="true",
        )
        if step.digits:
            node.set("numDigits", str(step.max_digits))
            node.set("finishOnKey", step.finish_key)
        if step.speech:
            node.set("language", LANGUAGES[step.locale])
            node.set("speechTimeout", "auto")
            if step.hints:
                node.set("hints", ", ".join(printable(one, 100).replace(",", " ") for one in step.hints[:500]))
        for one in step.prompt:
            _prompt(node, one)

    def _ring(self, parent: Element, step: _Ringing) -> None:
        match step:
            case Connect():
                if not step.targets:
                    raise NotRenderable("There is nobody to connect with.")
                dial = self._dial(parent, "connect", step.token, timeout=step.timeout, caller_id=step.caller_id)
                dial.set("answerOnBridge", "true")
                if step.record:
                    dial.set("record", "record-from-answer-dual")
                    dial.set("recordingStatusCallback", self.hooks.url("recording", step.token))
                for one in step.targets:
                    node = self._target(dial, one)
                    if step.confirm:
                        node.set("url", self.hooks.url("confirm", step.token))
                        node.set("method", "POST")
            case Take():
                self._meet(parent, Meet(token=step.token, room=step.call))
            case Meet():
                self._meet(parent, step)
            case Transfer(mode="warm"):
                raise NotRenderable("TwiML knows no warm transfer.")
            case Transfer():
                dial = self._dial(parent, "transfer", step.token, timeout=step.timeout, caller_id=step.caller_id)
                self._target(dial, step.target)
            case _:
                assert_never(step)

    def _meet(self, parent: Element, step: Meet) -> None:
        """A room; `waitUrl`: what whoever is first in it hears meanwhile."""
        dial = self._dial(parent, "take", step.token)
        waits = {"waitUrl": self.hooks.ring, "waitMethod": "GET"} if step.rings else {"waitUrl": ""}
        room = _node(dial, "Conference", beep="false", endConferenceOnExit=str(step.ends).lower(), **waits)
        room.text = printable(step.room, 64)
        if step.watch:
            room.set("startConferenceOnEnter", "false")
        if step.watch == "listen":
            room.set("muted", "true")
        if step.watch == "whisper":
            if not step.beside:
                raise NotRenderable("TwiML whispers to one leg, and none is named.")
            room.set("coach", printable(step.beside))

    def _dial(self, parent: Element, kind: HookKind, token: str, *, timeout: float = 0, caller_id: str = "") -> Element:
        dial = _node(parent, "Dial", action=self.hooks.url(kind, token), method="POST")
        if timeout:
            dial.set("timeout", str(max(5, ceil(timeout))))  # the least that providers take
        if caller_id:
            dial.set("callerId", printable(caller_id))
        return dial

    def _target(self, dial: Element, target: Target) -> Element:
        """One who is rung, and whose leg is told of as a child of the one that rings."""
        hook, told = self.hooks.url("status"), "ringing answered completed"
        node = _node(dial, _NOUNS[target.kind], statusCallback=hook, statusCallbackEvent=told)
        node.text = printable(target.to)
        return node

    def _written(self, parent: Element, step: _Written) -> None:
        match step:
            case Record(action="start"):
                start = _node(parent, "Start")
                _node(
                    start, "Recording", recordingStatusCallback=self.hooks.url("recording", step.token), channels="dual"
                )
            case Record():
                raise NotRenderable("TwiML starts recordings; it cannot stop or pause them.")
            case Voicemail():
                _node(
                    parent,
                    "Record",
                    action=self.hooks.url("voicemail", step.token),
                    method="POST",
                    timeout=step.silence,
                    maxLength=step.longest,
                    finishOnKey=step.finish_key,
                    playBeep=str(step.beep).lower(),
                )
            case Transcribe(on=True):
                hook, language = self.hooks.url("transcript"), LANGUAGES[step.locale]
                _node(
                    _node(parent, "Start"), "Transcription", name="peyk", statusCallbackUrl=hook, languageCode=language
                )
            case Transcribe():
                _node(_node(parent, "Stop"), "Transcription", name="peyk")
            case _:
                assert_never(step)


def _node(parent: Element, tag: str, **attributes: str | int) -> Element:
    return SubElement(parent, tag, {name: str(value) for name, value in attributes.items()})


def _prompt(parent: Element, step: Prompt) -> None:
    if isinstance(step, Play):
        _node(parent, "Play", loop=step.loop).text = printable(step.url, 2_000)
        return
    voice = {"voice": printable(step.voice)} if step.voice else {}
    _node(parent, "Say", language=LANGUAGES[step.locale], **voice).text = printable(step.text, _LONGEST_TEXT)
