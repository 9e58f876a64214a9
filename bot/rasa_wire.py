"""What goes to the Rasa channel and what comes back, as data: pure functions, every limit in one place.

Everything that comes back is untrusted: shape, lengths, payloads and links are checked here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TypeVar

import msgspec
import structlog

from bot import wording
from bot.contract import (
    MAX_TURN_CHARS,
    BotGarbageError,
    BotRefusedError,
    Button,
    Entity,
    Guess,
    Handoff,
    HandoffReason,
    Locale,
    Reply,
    Say,
    Turn,
    Understood,
)
from bot.persian import normalise, script_locale

log = structlog.get_logger()

MAX_TEXTS = 20
MAX_SAYS = 10
MAX_SAY_CHARS = 4_000
MAX_BUTTONS = 10
MAX_ANSWERS = 20
MAX_TITLE_CHARS = 80
FALLBACK = "nlu_fallback"

CONVERSATION = re.compile(r"[A-Za-z0-9_-]{1,128}")
PAYLOAD = re.compile(r"/(?!(?i:restart|back|session_start|nlu_fallback)\Z)[^\W\d_][\w.?!-]{0,63}")
"""An intent, however admins may name one (`bot.training.data.name_problem`), and no command of Rasa's."""
_QUEUE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_IMAGE = re.compile(r"https://[^\s\"'<>\\]{1,2000}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]")
_ADMITS_NOT_UNDERSTANDING = frozenset({"utter_default", "action_default_fallback", "utter_order_number_unclear"})


class WireButton(msgspec.Struct):
    """A button of a message."""

    title: str
    payload: str


class WireMessage(msgspec.Struct):
    """One message of the bot: text with buttons, an image, or a custom payload."""

    text: str | None = None
    buttons: list[WireButton] = []
    image: str | None = None
    custom: dict[str, object] | None = None


class WireIntent(msgspec.Struct):
    """An intent with its confidence; no name when nothing was classified."""

    name: str | None = None
    confidence: float = 0.0


class WireEntity(msgspec.Struct):
    """An entity found in the text."""

    entity: str
    value: str | int | float


class WireAnswer(msgspec.Struct):
    """The answer of `POST /turn`: what is said, what was understood, which actions ran, the language spoken."""

    messages: list[WireMessage]
    intent: WireIntent
    intent_ranking: list[WireIntent] = []
    entities: list[WireEntity] = []
    slots: dict[str, str] = {}
    actions: list[str] = []
    lang: str | None = None


class WireReady(msgspec.Struct):
    """The answer of `GET /`."""

    model_id: str


T = TypeVar("T", WireAnswer, WireReady)


def decode(body: bytes, kind: type[T]) -> T:
    """Decode a body of the channel.

    Raises:
        BotGarbageError: It is none.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BotGarbageError("not an answer of our channel") from error


# ---- what is sent --------------------------------------------------------------------------------------------------


def request(turn: Turn) -> dict[str, object]:
    """The body of `POST /turn` for a turn.

    Raises:
        BotRefusedError: The conversation's id or the payload is none.
    """
    check_conversation(turn.conversation)
    if turn.payload is not None and not PAYLOAD.fullmatch(turn.payload):
        raise BotRefusedError("not a payload of a button")
    texts = clean_texts(turn.texts)
    if not texts and turn.payload is None:
        # Only signs that mean nothing (a lone slash, invisible marks): the bot shall say that it didn't understand.
        texts = ["?"]
    return {
        "sender": turn.conversation,
        "texts": texts,
        "payload": turn.payload,
        "locale": turn.locale,
        "lang": script_locale(" ".join(texts)),
    }


def clean_texts(texts: Sequence[str]) -> list[str]:
    """What the bot reads of a burst: normalised, without the leading slash that would make it a command, bounded.

    At most `MAX_TEXTS` texts and `MAX_TURN_CHARS` characters; when there is more, the latest are kept.
    """
    kept: list[str] = []
    room = MAX_TURN_CHARS
    for text in reversed(texts[-MAX_TEXTS:]):
        clean = normalise(text[:MAX_TURN_CHARS]).lstrip("/ ")[:room]
        if clean:
            kept.append(clean)
            room -= len(clean)
        if room <= 0:
            break
    return kept[::-1]


def check_conversation(conversation: str) -> None:
    """Raise `BotRefusedError` unless it can be a sender id; others would end up in a wrong conversation."""
    if not CONVERSATION.fullmatch(conversation):
        raise BotRefusedError("not a conversation id")


# ---- what comes back -----------------------------------------------------------------------------------------------


def reply(answer: WireAnswer, asked: Locale) -> Reply:
    """The contract's reply for a decoded answer; `asked` is the locale when the answer names none."""
    locale: Locale = "fa" if answer.lang == "fa" else "en" if answer.lang == "en" else asked
    understood = _understood(answer)
    says = tuple(say for message in answer.messages[:MAX_SAYS] if (say := _say(message)) is not None)
    customs = [message.custom for message in answer.messages if message.custom is not None]
    handoff = next((found for custom in customs if (found := _handoff(custom, locale, understood))), None)
    return Reply(says=says, handoff=handoff, understood=understood, locale=locale)


def _say(message: WireMessage) -> Say | None:
    text = _UNSEEN.sub("", message.text or "").strip()[:MAX_SAY_CHARS] or None
    image = message.image if message.image and _IMAGE.fullmatch(message.image) else None
    if text is None and image is None:
        return None
    buttons = (
        Button(title=title, payload=button.payload)
        for button in message.buttons[:MAX_BUTTONS]
        if PAYLOAD.fullmatch(button.payload) and (title := _UNSEEN.sub("", button.title).strip()[:MAX_TITLE_CHARS])
    )
    return Say(text=text, buttons=tuple(buttons), image=image)


def _handoff(custom: dict[str, object], locale: Locale, understood: Understood) -> Handoff | None:
    if custom.get("type") != "handoff":
        log.info("bot.custom.ignored")
        return None
    reason, queue = custom.get("reason"), custom.get("queue")
    known = (
        HandoffReason(reason) if isinstance(reason, str) and reason in set(HandoffReason) else HandoffReason.REQUESTED
    )
    return Handoff(
        reason=known,
        queue=queue if isinstance(queue, str) and _QUEUE.fullmatch(queue) else None,
        summary=wording.handoff_summary(known, locale, understood, _answers(custom.get("answers"))),
    )


def _answers(said: object) -> dict[str, str]:
    """What a form was told, by the names of its slots."""
    if not isinstance(said, dict):
        return {}
    return {
        str(name)[:64]: value[:200]
        for name, one in list(said.items())[:MAX_ANSWERS]
        if isinstance(one, str | int | float) and (value := " ".join(_UNSEEN.sub("", str(one)).split()))
    }


def _understood(answer: WireAnswer) -> Understood:
    intent = (answer.intent.name or FALLBACK)[:64]
    if intent == FALLBACK and answer.actions and not _ADMITS_NOT_UNDERSTANDING.intersection(answer.actions):
        # The sentence fits no intent, but it answered what the bot had asked (a complaint in the customer's own words).
        intent = "inform"
    guesses = [
        Guess(intent=guess.name[:64], confidence=_share(guess.confidence))
        for guess in answer.intent_ranking
        if guess.name and guess.name not in (answer.intent.name, FALLBACK)
    ]
    return Understood(
        intent=intent,
        confidence=_share(answer.intent.confidence),
        runner_up=guesses[0] if guesses else None,
        others=tuple(guesses[1:]),
        entities=tuple(Entity(kind=e.entity[:64], value=str(e.value)[:200]) for e in answer.entities[:20]),
        slots={name[:64]: value[:200] for name, value in list(answer.slots.items())[:20]},
    )


def _share(confidence: float) -> float:
    return 0.0 if math.isnan(confidence) else min(1.0, max(0.0, confidence))
