"""What a Simotel asks while a call stands still, and what it is answered (wiki.simotel.com, dial plan API components).

It waits for one second, so the answer is made in `ANSWER_SECONDS` or it is a safe one that was ready before.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field

import structlog

from channels.tasks import end
from channels.voice.events import BadCall
from channels.voice.script import (
    Answer,
    Collect,
    Connect,
    Enqueue,
    Hangup,
    NotRenderable,
    Pause,
    Play,
    Prompt,
    Reject,
    Say,
    Script,
    Step,
    Tag,
    Transfer,
)
from channels.voice.simotel.parse import fields
from channels.voice.wire import keys, text

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 0.7
EXTENSION = "ext "
"""With this before it, a way out is a number: that of an extension or of a queue of Simotel's."""
Reply = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A call that stands at a component of the dial plan; `data` are the digits that it has keyed."""

    call: str
    source: str
    destination: str
    app: str
    data: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exits:
    """Which way out of the component leads where, as the admin has drawn it in Simotel; `error` is Simotel's own.

    `queues`: ways by lines, "" for the usual one.
    """

    extension: str = "1"
    end: str = "9"
    queues: Mapping[str, str] = field(default_factory=dict)
    error: str = "e"


def question(body: bytes, *, content_type: str = "", query: str = "") -> Question:
    """What is asked. Raises `BadCall`."""
    payload = fields(body, content_type=content_type, query=query)
    call = text(payload, "unique_id", longest=128)
    if not call:
        raise BadCall("not_a_call", "There is no unique_id.")
    return Question(
        call=call,
        source=text(payload, "src", longest=64),
        destination=text(payload, "dst", longest=64),
        app=text(payload, "app_name"),
        data=keys(payload, "data"),
    )


def to_commands(script: Script, exits: Exits, announcement: Callable[[Prompt], str | None]) -> Reply:
    """Smart API: do this. `announcement` names what was uploaded for a prompt.

    Raises:
        NotRenderable: a prompt that was not uploaded, or a step that Simotel does not know.
    """
    commands: list[str] = []
    for step in script:
        commands += _commands(step, exits, announcement)
        if isinstance(step, Collect | Connect | Transfer | Enqueue | Hangup | Reject):
            break  # the call is asked about again, or has left
    if not commands:
        raise NotRenderable("There is nothing in it that Simotel can do.")
    return {"ok": "1", "commands": " ".join(commands)}


def _commands(step: Step, exits: Exits, announcement: Callable[[Prompt], str | None]) -> list[str]:
    match step:
        case Answer() | Tag():
            return []
        case Say() | Play():
            return [f"PlayAnnouncement('{_named(step, announcement)}');"]
        case Pause():
            return [f"MusicOnHold('default',{max(1, round(step.seconds))});"]
        case Collect():
            return _collect(step, announcement)
        case _:
            return _way_out(step, exits)


def _way_out(step: Step, exits: Exits) -> list[str]:
    match step:
        case Connect(targets=(target, *_)) | Transfer(mode="blind", target=target):
            return _to(f"{EXTENSION}{target.to}", exits)
        case Enqueue() if step.name in exits.queues:
            return _to(exits.queues[step.name], exits)
        case Hangup() | Reject():
            return [f"Exit('{_quotable(exits.end)}');"]
        case _:
            raise NotRenderable(f"Simotel cannot do {type(step).__name__}.")


def _to(way: str, exits: Exits) -> list[str]:
    if way.startswith(EXTENSION):
        number = _dialled(way.removeprefix(EXTENSION))
        return [f"SetExten('{number}');", f"Exit('{_quotable(exits.extension)}');"]
    return [f"Exit('{_quotable(way)}');"]


def _collect(step: Collect, announcement: Callable[[Prompt], str | None]) -> list[str]:
    """`GetData` plays one announcement: those before the last are played first."""
    if not step.prompt or not step.digits:
        raise NotRenderable("Simotel asks for digits with an announcement.")
    *before, last = [_named(one, announcement) for one in step.prompt]
    asked = f"GetData('{last}',{max(1, round(step.timeout))},{step.max_digits});"
    return [*(f"PlayAnnouncement('{one}');" for one in before), asked]


def _named(prompt: Prompt, announcement: Callable[[Prompt], str | None]) -> str:
    if (name := announcement(prompt)) is None:
        raise NotRenderable("This was not uploaded to Simotel.")
    return _quotable(name)


def _quotable(name: str) -> str:
    """A name that ends no quote of a command."""
    if not (0 < len(name) <= 100 and name.isprintable() and not set(name) & set("'\"\\;()")):
        raise NotRenderable("Simotel cannot be told this name.")
    return name


def _dialled(number: str) -> str:
    """Simotel dials as people at a desk do."""
    local = "0" + number[3:] if number.startswith("+98") else number.replace("+", "00", 1)
    if not (local.isascii() and local.isdecimal() and len(local) <= 20):
        raise NotRenderable("Simotel dials digits only.")
    return local


@dataclass(slots=True)
class InTime:
    """Answers that are there when they have to be.

    What is late is told to stop, and not waited for: a bot that hangs, or will not stop, holds up nobody.
    """

    seconds: float = ANSWER_SECONDS
    _making: set[asyncio.Task[Reply]] = field(default_factory=set)

    async def answer(
        self, make: Callable[[], Coroutine[None, None, Reply]], otherwise: Reply, *, since: float | None = None
    ) -> Reply:
        """What comes of `make`, or `otherwise` when it fails or is late.

        `since` is when the question came (the loop's time), where some of the time is already gone.
        """
        loop = asyncio.get_running_loop()
        left = self.seconds - (0.0 if since is None else loop.time() - since)
        task = loop.create_task(make(), name="simotel-answer")
        self._making.add(task)
        task.add_done_callback(self._made)
        try:
            await asyncio.wait({task}, timeout=max(left, 0.0))
        finally:
            task.cancel()
        if not task.done():
            log.warning("simotel_answer_late", seconds=self.seconds)
            return otherwise
        return otherwise if task.cancelled() or task.exception() else task.result()

    async def close(self) -> None:
        """End what was told to stop, for sure."""
        await end(self._making)

    def _made(self, task: asyncio.Task[Reply]) -> None:
        self._making.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("simotel_answer_failed", error=type(error).__name__)
