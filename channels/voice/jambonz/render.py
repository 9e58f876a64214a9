"""A call script as jambonz verbs (docs.jambonz.org; schemas: npm `@jambonz/schema`).

Two things differ by version: `transfer`, with which a warm transfer is said, came with jambonz 10.3; a blind one is a
`dial`, which all know. There is no verb that records into a file: voicemail is a `listen` to the hub's own websocket.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from channels.voice.hooks import Hooks
from channels.voice.script import (
    AGENT,
    Answer,
    Collect,
    Connect,
    Enqueue,
    Hangup,
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
    together,
)
from channels.voice.wire import printable

Verb = dict[str, object]

LANGUAGES: Mapping[Locale, str] = {"fa": "fa-IR", "en": "en-US"}
_Line = Enqueue | Take | Meet | Leave
_Written = Record | Voicemail | Transcribe
_Plain = Answer | Tag | Pause | Redirect | Hangup | Reject
_WAIT_STEPS = (Say, Play, Pause, Leave, Tag)
LONGEST_TEXT = 4_000
_TARGET_FIELDS = {"phone": "number", "sip": "sipUri", "user": "name"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Who speaks and who listens, as the account's own names of vendors; "" leaves it to the jambonz application.

    `login`: the user and password with which messages are streamed to us.
    """

    tts_vendor: str = ""
    stt_vendor: str = ""
    voices: Mapping[str, str] | None = None
    login: tuple[str, str] | None = None


def render(script: Script, hooks: Hooks, voices: Voices | None = None) -> list[Verb]:
    """The verbs of a script, at least one. Raises `NotRenderable` for an empty script."""
    if not script:
        raise NotRenderable("jambonz drops a call that is answered with no verb at all.")
    one = _Renderer(hooks, voices or Voices())
    return [verb for step in script for verb in one.verbs(step)]


def render_wait(script: Script, hooks: Hooks, voices: Voices | None = None) -> list[Verb]:
    """The verbs for a caller in line; nothing but sound, `Leave` and `Tag` is allowed there.

    They are asked for again as soon as they are over; an empty answer would stop that for ever, so it is a second of
    silence. Raises `NotRenderable`.
    """
    if wrong := next((one for one in script if not isinstance(one, _WAIT_STEPS)), None):
        raise NotRenderable(f"{type(wrong).__name__} cannot be done while a caller waits in line.")
    return render(script or (Pause(seconds=1),), hooks, voices)


_Single = Prompt | Connect | Transfer | _Line | _Written | _Plain


@dataclass(frozen=True, slots=True)
class _Renderer:
    hooks: Hooks
    voices: Voices

    def verbs(self, step: Step) -> Sequence[Verb]:
        return self._collect(step) if isinstance(step, Collect) else [self._verb(step)]

    def _verb(self, step: _Single) -> Verb:
        match step:
            case Say() | Play():
                return self._prompt(step)
            case Connect():
                return self._connect(step)
            case Transfer():
                return self._transfer(step)
            case Enqueue() | Take() | Meet() | Leave():
                return self._line(step)
            case Record() | Voicemail() | Transcribe():
                return self._written(step)
            case Answer() | Tag() | Pause() | Redirect() | Hangup() | Reject():
                return self._plain(step)
            case _:
                assert_never(step)

    def _plain(self, step: _Plain) -> Verb:
        match step:
            case Answer():
                return {"verb": "answer"}
            case Tag():
                return {"verb": "tag", "data": dict(step.data)}
            case Pause():
                return {"verb": "pause", "length": step.seconds}
            case Redirect():
                return {"verb": "redirect", "actionHook": self.hooks.url("continue", step.token)}
            case Hangup():
                return {"verb": "hangup"}
            case Reject():
                status, words = (486, "Busy Here") if step.reason == "busy" else (603, "Decline")
                return {"verb": "sip:decline", "status": status, "reason": words}
            case _:
                assert_never(step)

    def _prompt(self, step: Prompt) -> Verb:
        if isinstance(step, Play):
            return {"verb": "play", "url": step.url, "loop": step.loop}
        verb: Verb = {"verb": "say", "text": printable(step.text, LONGEST_TEXT)}
        if self.voices.tts_vendor:
            voice = step.voice or (self.voices.voices or {}).get(step.locale, "")
            verb["synthesizer"] = {
                "vendor": self.voices.tts_vendor,
                "language": LANGUAGES[step.locale],
                **({"voice": voice} if voice else {}),
            }
        return verb

    def _collect(self, step: Collect) -> list[Verb]:
        """A `gather` holds one prompt: what one voice says is one, and what comes before the last is said first."""
        prompts = [self._prompt(one) for one in together(step.prompt)]
        gather: Verb = {
            "verb": "gather",
            "actionHook": self.hooks.url("collect", step.token),
            "input": [kind for kind, on in (("digits", step.digits), ("speech", step.speech)) if on],
            "timeout": step.timeout,
        }
        if step.digits:
            gather |= {
                "minDigits": step.min_digits,
                "maxDigits": step.max_digits,
                "interDigitTimeout": step.digit_timeout,
                "dtmfBargein": True,
                **({"finishOnKey": step.finish_key} if step.finish_key else {}),
            }
        if step.speech:
            gather |= {"recognizer": self._recognizer(step)} | ({"bargein": True} if self.voices.stt_vendor else {})
        if prompts:
            last = prompts.pop()
            gather[str(last["verb"])] = {name: value for name, value in last.items() if name != "verb"}
        return [*prompts, gather]

    def _recognizer(self, step: Collect) -> Verb:
        hints = {"hints": list(step.hints)} if step.hints else {}
        return {"vendor": self.voices.stt_vendor or "default", "language": LANGUAGES[step.locale], **hints}

    def _connect(self, step: Connect) -> Verb:
        if not step.targets:
            raise NotRenderable("There is nobody to connect with.")
        return {
            "verb": "dial",
            "target": [_target(one) for one in step.targets],
            "actionHook": self.hooks.url("connect", step.token),
            "timeout": step.timeout,
            "answerOnBridge": True,
            **({"callerId": step.caller_id} if step.caller_id else {}),
            **({"confirmHook": self.hooks.url("confirm", step.token)} if step.confirm else {}),
        }

    def _transfer(self, step: Transfer) -> Verb:
        common: Verb = {
            "target": [_target(step.target)],
            "actionHook": self.hooks.url("transfer", step.token),
            "timeout": step.timeout,
            **({"callerId": step.caller_id} if step.caller_id else {}),
        }
        if step.mode == "blind":
            return {"verb": "dial", **common}
        words = " ".join(printable(one.text) for one in step.introduction if isinstance(one, Say))
        return {"verb": "transfer", "mode": "warm", **common, **({"brief": {"text": words}} if words else {})}

    def _line(self, step: _Line) -> Verb:
        match step:
            case Enqueue():
                return {
                    "verb": "enqueue",
                    "name": step.name,
                    "actionHook": self.hooks.url("queue", step.token),
                    "waitHook": self.hooks.url("wait", step.token),
                    "priority": step.priority,
                }
            case Take():
                hook = self.hooks.url("take", step.token)
                return {"verb": "dequeue", "name": step.queue, "callSid": step.call, "actionHook": hook, "timeout": 5}
            case Meet():
                return self._meet(step)
            case Leave():
                return {"verb": "leave"}
            case _:
                assert_never(step)

    def _meet(self, step: Meet) -> Verb:
        verb: Verb = {"verb": "conference", "name": step.room, "actionHook": self.hooks.url("take", step.token)}
        match step.watch:
            case "":
                return {**verb, "memberTag": AGENT, **({"endConferenceOnExit": True} if step.ends else {})}
            case "listen":
                return {**verb, "startConferenceOnEnter": False, "joinMuted": True}
            case "whisper":
                return {**verb, "startConferenceOnEnter": False, "speakOnlyTo": AGENT}
            case "barge":
                return {**verb, "startConferenceOnEnter": False}
            case _:
                assert_never(step.watch)

    def _written(self, step: _Written) -> Verb:
        match step:
            case Record():
                return {"verb": "config", "record": {"action": f"{step.action}CallRecording"}}
            case Voicemail():
                login = self.voices.login
                return {
                    "verb": "listen",
                    "url": self.hooks.stream("voicemail", step.token),
                    "actionHook": self.hooks.url("voicemail", step.token),
                    "mixType": "mono",
                    "sampleRate": 8_000,
                    "maxLength": step.longest,
                    "timeout": step.silence,
                    "playBeep": step.beep,
                    "metadata": {"kind": "voicemail", "token": step.token},
                    **({"finishOnKey": step.finish_key} if step.finish_key else {}),
                    **({"wsAuth": {"username": login[0], "password": login[1]}} if login else {}),
                }
            case Transcribe(on=False):
                return {"verb": "transcribe", "enable": False}
            case Transcribe():
                vendor = self.voices.stt_vendor
                recognizer = {"vendor": vendor, "language": LANGUAGES[step.locale]} if vendor else None
                return {
                    "verb": "transcribe",
                    "transcriptionHook": self.hooks.url("transcript"),
                    **({"recognizer": recognizer} if recognizer else {}),
                }
            case _:
                assert_never(step)


def _target(target: Target) -> Verb:
    return {"type": target.kind, _TARGET_FIELDS[target.kind]: target.to}
