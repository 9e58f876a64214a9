"""Any bot, made safe to wait for: a turn ends within the deadline, with an answer or with a handoff, and never raises.

- A deadline for the whole turn, waiting included: nobody is stranded behind a bot that hangs.
- A circuit breaker: after some failures in a row the bot rests and customers go straight to people; then one tries.
- One turn at a time per conversation, and a bounded number at once over all of them.
- An empty answer, the second miss in a row and the third equal answer in a row are handoffs too.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

import structlog

from bot.contract import (
    Bot,
    BotError,
    BotStatus,
    BotUnavailableError,
    Handoff,
    HandoffReason,
    Reply,
    Say,
    Turn,
    Understood,
)
from bot.wording import handoff_summary

log = structlog.get_logger()

FALLBACK = "nlu_fallback"
NOT_COUNTED = "out_of_scope"
MAX_MISSES = 2
MAX_EQUAL_ANSWERS = 3
REMEMBERED = 20_000


class Breaker(enum.StrEnum):
    """closed: turns go through; open: the bot rests; half_open: one turn is trying it."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(slots=True)
class GuardCounters:
    """What happened since the start. Read it, or give `GuardedBot` an `observe` hook.

    Attributes:
        turns: Turns asked for.
        handoffs: Handoffs by reason.
        failures: Failed calls of the bot by error code.
        opened: How often the breaker opened.
    """

    turns: int = 0
    handoffs: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    opened: int = 0


@dataclass(slots=True)
class _Memory:
    """What the guard remembers of a conversation."""

    misses: int = 0
    said: tuple[Say, ...] = ()
    equal: int = 0


@dataclass(slots=True)
class _Line:
    """A conversation's lock and how many hold or want it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


def _ignore(outcome: str, seconds: float) -> None:
    """The hook that nobody set."""


class GuardedBot:
    """A `Bot` that never raises for bot trouble. Safe to call from many tasks of one event loop."""

    def __init__(
        self,
        bot: Bot,
        *,
        deadline: float = 4.0,
        failures_to_open: int = 5,
        rest: float = 30.0,
        at_once: int = 32,
        now: Callable[[], float] = time.monotonic,
        observe: Callable[[str, float], None] = _ignore,
    ) -> None:
        """Wrap a bot.

        Args:
            bot: The bot.
            deadline: Seconds for a whole turn.
            failures_to_open: Failures in a row after which the bot rests.
            rest: Seconds of rest before one turn tries again.
            at_once: Turns that are asked at the same time.
            now: A monotonic clock in seconds (the rest and the measured times).
            observe: Called after each turn with `say` or the handoff's reason, and its seconds.
        """
        self.counters = GuardCounters()
        self._bot = bot
        self._deadline = deadline
        self._failures_to_open = failures_to_open
        self._rest = rest
        self._room = asyncio.Semaphore(at_once)
        self._now = now
        self._observe = observe
        self._failures = 0
        self._rests_until: float | None = None
        self._probing = False
        self._lines: dict[str, _Line] = {}
        self._memories: OrderedDict[str, _Memory] = OrderedDict()
        self._running: set[asyncio.Task[Reply]] = set()

    @property
    def breaker(self) -> Breaker:
        """The circuit breaker's state."""
        if self._rests_until is None:
            return Breaker.CLOSED
        return Breaker.HALF_OPEN if self._probing or self._now() >= self._rests_until else Breaker.OPEN

    async def turn(self, turn: Turn) -> Reply:
        """Answer within the deadline: what the bot says, or a handoff with the reason. Never raises `BotError`."""
        started = self._now()
        self.counters.turns += 1
        reply = self._judged(turn, await self._answer(turn))
        outcome = reply.handoff.reason.value if reply.handoff else "say"
        if reply.handoff:
            self.counters.handoffs[outcome] += 1
        self._observe(outcome, self._now() - started)
        return reply

    async def forget(self, conversation: str) -> None:
        """Forget a conversation here and, as far as it can be reached in time, at the bot. Never raises `BotError`."""
        self._memories.pop(conversation, None)
        if self.breaker is Breaker.OPEN:
            return
        try:
            async with asyncio.timeout(self._deadline):
                await self._bot.forget(conversation)
        except Exception as error:  # noqa: BLE001 - forgetting is a courtesy; a conversation's id is never used twice
            log.info("bot.forget.failed", conversation=conversation, error=type(error).__name__)

    async def ready(self) -> BotStatus:
        """The bot's own answer, or `resting` while the breaker is open, or `slow`."""
        if self.breaker is Breaker.OPEN:
            return BotStatus(available=False, detail="resting")
        try:
            async with asyncio.timeout(self._deadline):
                return await self._bot.ready()
        except TimeoutError:
            return BotStatus(available=False, detail="slow")
        except Exception as error:  # noqa: BLE001 - a bot that fails to say how it is, is not available
            return BotStatus(available=False, detail=getattr(error, "code", BotError.code))

    async def aclose(self) -> None:
        """Cancel calls that went on after their deadline, and wait until they are gone."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    # ---- one turn --------------------------------------------------------------------------------------------------

    async def _answer(self, turn: Turn) -> Reply:
        """The bot's reply, or a handoff that says what failed."""
        called = probe = False
        try:
            if self.breaker is Breaker.OPEN:
                raise BotUnavailableError("resting")
            async with asyncio.timeout(self._deadline), self._place_in_line(turn.conversation), self._room:
                probe = self._admit()
                called = True
                reply = await self._call(turn)
        except TimeoutError:
            if called:
                self._failed("bot_slow", turn)
            return _trouble(HandoffReason.BOT_SLOW, turn)
        except BotError as error:
            if called:
                self._failed(error.code, turn)
            return _trouble(error.reason, turn)
        except asyncio.CancelledError:
            if probe:
                self._probing = False
            raise
        except Exception as error:
            log.exception("bot.turn.crashed", conversation=turn.conversation)
            self._failed(type(error).__name__, turn)
            return _trouble(HandoffReason.BOT_ERROR, turn)
        if not reply.says and reply.handoff is None:
            self._failed("bot_silent", turn)
            return replace(_trouble(HandoffReason.BOT_SILENT, turn, reply.understood), locale=reply.locale)
        self._succeeded()
        return reply

    async def _call(self, turn: Turn) -> Reply:
        """Ask the bot in a task of its own, so that one that ignores its cancellation can't hold the deadline up."""
        task = asyncio.create_task(self._bot.turn(turn), name=f"bot-turn-{turn.conversation}")
        self._running.add(task)
        task.add_done_callback(self._done)
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
        if task.cancelled():
            raise BotError("the bot cancelled its own turn")
        return task.result()

    def _done(self, task: asyncio.Task[Reply]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that a late failure isn't reported as forgotten

    @contextlib.asynccontextmanager
    async def _place_in_line(self, conversation: str) -> AsyncIterator[None]:
        line = self._lines.setdefault(conversation, _Line())
        line.users += 1
        try:
            async with line.lock:
                yield
        finally:
            line.users -= 1
            if line.users == 0:
                del self._lines[conversation]

    # ---- circuit breaker -------------------------------------------------------------------------------------------

    def _admit(self) -> bool:
        """Let a turn through, or raise; true when it is the one that tries a resting bot."""
        match self.breaker:
            case Breaker.CLOSED:
                return False
            case Breaker.HALF_OPEN if not self._probing:
                self._probing = True
                return True
            case _:
                raise BotUnavailableError("resting")

    def _succeeded(self) -> None:
        if self._rests_until is not None:
            log.info("bot.breaker.closed")
        self._failures, self._rests_until, self._probing = 0, None, False

    def _failed(self, code: str, turn: Turn) -> None:
        self.counters.failures[code] += 1
        self._failures += 1
        log.warning("bot.turn.failed", conversation=turn.conversation, code=code, in_a_row=self._failures)
        if self.breaker is not Breaker.OPEN and (self._probing or self._failures >= self._failures_to_open):
            self._probing = False
            self._rests_until = self._now() + self._rest
            self.counters.opened += 1
            log.warning("bot.breaker.opened", seconds=self._rest)

    # ---- misses and loops ------------------------------------------------------------------------------------------

    def _judged(self, turn: Turn, reply: Reply) -> Reply:
        """Turn a second miss or a third equal answer into a handoff, and remember the rest."""
        if reply.handoff is not None:
            self._memories.pop(turn.conversation, None)
            return reply
        memory = self._memory(turn.conversation)
        intent = reply.understood.intent if reply.understood else None
        if intent == FALLBACK:
            memory.misses += 1
        elif intent != NOT_COUNTED:
            memory.misses = 0
        memory.equal = memory.equal + 1 if reply.says == memory.said else 1
        memory.said = reply.says
        if memory.misses >= MAX_MISSES:
            return self._given_up(HandoffReason.LOW_CONFIDENCE, turn, reply)
        if memory.equal >= MAX_EQUAL_ANSWERS:
            return self._given_up(HandoffReason.BOT_LOOPING, turn, reply)
        return reply

    def _given_up(self, reason: HandoffReason, turn: Turn, reply: Reply) -> Reply:
        self._memories.pop(turn.conversation, None)
        locale = reply.locale or turn.locale
        summary = handoff_summary(reason, locale, reply.understood)
        return replace(reply, says=(), handoff=Handoff(reason=reason, summary=summary), locale=locale)

    def _memory(self, conversation: str) -> _Memory:
        memory = self._memories.setdefault(conversation, _Memory())
        self._memories.move_to_end(conversation)
        if len(self._memories) > REMEMBERED:
            self._memories.popitem(last=False)
        return memory


def _trouble(reason: HandoffReason, turn: Turn, understood: Understood | None = None) -> Reply:
    summary = handoff_summary(reason, turn.locale, understood)
    return Reply(handoff=Handoff(reason=reason, summary=summary), understood=understood, locale=turn.locale)
