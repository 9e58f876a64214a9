"""The bot's port on one page: what the hub asks a bot, and what a bot may answer.

The hub knows nothing else about bots. `bot.rasa` speaks this contract over HTTP, `bot.guarded` wraps any bot of this
shape so that the caller never waits long and never sees an exception.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol

Locale = Literal["fa", "en"]

MAX_TURN_CHARS = 4_000
"""Characters of one turn that a bot reads; what is longer is cut before it is sent (a long text blocks the server)."""


class HandoffReason(enum.StrEnum):
    """Why a person is needed. The values are stored and shown, so they never change their meaning."""

    REQUESTED = "requested"
    COMPLAINT = "complaint"
    ORDER_PROBLEM = "order_problem"
    LOW_CONFIDENCE = "low_confidence"
    BOT_UNAVAILABLE = "bot_unavailable"
    BOT_SILENT = "bot_silent"
    BOT_SLOW = "bot_slow"
    BOT_LOOPING = "bot_looping"
    BOT_ERROR = "bot_error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What the customer said since the bot last answered.

    Attributes:
        conversation: The sender id for the bot, `[A-Za-z0-9_-]{1,128}`; a new one for each conversation.
        texts: One burst of messages in the order they were written; may be empty when `payload` is set.
        locale: The conversation's language; a bot may answer in the other one when the customer plainly writes it.
        payload: The payload of a button *the hub itself offered* and the customer pressed. Never free text.
        began_at: When the conversation came to the bot (ms); decides which version of the bot it keeps.
    """

    conversation: str
    texts: tuple[str, ...]
    locale: Locale
    payload: str | None = None
    began_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A choice offered to the customer: `title` is shown, `payload` comes back as `Turn.payload`."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One message of the bot, plain data. At least one of text and image is set; `image` is an https URL."""

    text: str | None = None
    buttons: tuple[Button, ...] = ()
    image: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """An intent the bot considered, with its confidence in 0..1."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something the bot picked out of the text: kind (for example `order_number`) and normalised value."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What the bot made of the turn; shown to agents and collected for training.

    Attributes:
        intent: The intent the bot acted on, for example `order_status`, or `nlu_fallback` when it was unsure.
        confidence: 0..1.
        runner_up: The next best intent, when there was one.
        others: The intents after that, best first.
        entities: What was picked out of the text.
        slots: What the bot remembers of the conversation, as short texts.
    """

    intent: str
    confidence: float
    runner_up: Guess | None = None
    others: tuple[Guess, ...] = ()
    entities: tuple[Entity, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """A person must take over: why, to which queue (None = the inbox's own), and a line for the agent."""

    reason: HandoffReason
    queue: str | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The bot's answer to one turn. `says` come first, then the handoff if there is one; `locale` is what it spoke."""

    says: tuple[Say, ...] = ()
    handoff: Handoff | None = None
    understood: Understood | None = None
    locale: Locale | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BotStatus:
    """Whether the bot can serve now. `detail` is a code: ok, training, no_model, unreachable, resting, refused, ..."""

    available: bool
    detail: str
    model_id: str | None = None


class Bot(Protocol):
    """A bot. One conversation's turns are asked one after another; different conversations at the same time."""

    async def turn(self, turn: Turn) -> Reply:
        """Answer one turn.

        Raises:
            BotError: The bot could not answer. (`bot.guarded.GuardedBot` never raises it: it answers with a handoff.)
        """

    async def forget(self, conversation: str) -> None:
        """Drop what the bot remembers of a conversation. Forgetting an unknown one is fine.

        Raises:
            BotError: The bot could not be told.
        """

    async def ready(self) -> BotStatus:
        """Say whether the bot can serve. Never raises for bot trouble."""


class BotError(Exception):
    """A bot failed. `code` is stable, `reason` is what the handoff will say."""

    code: ClassVar[str] = "bot_error"
    reason: ClassVar[HandoffReason] = HandoffReason.BOT_ERROR


class BotUnavailableError(BotError):
    """Nothing answers at the bot's address, it has no model yet, or it is resting after failures."""

    code = "bot_unavailable"
    reason = HandoffReason.BOT_UNAVAILABLE


class BotSlowError(BotError):
    """The bot did not answer in time. The turn may have run, so it is never asked again."""

    code = "bot_slow"
    reason = HandoffReason.BOT_SLOW


class BotRefusedError(BotError):
    """The bot refuses us (wrong token, bad request): our own configuration is wrong."""

    code = "bot_refused"


class BotGarbageError(BotError):
    """The bot's answer is not what this contract allows: not JSON, wrong shape, too large."""

    code = "bot_garbage"
