"""Notices when the bot may have been wrong, and puts the customer's words, masked, before the admins.

A doubt that is lost in a crash is no loss to a customer: the next one of its kind comes by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile

import structlog

from bot.training.data import language_of, text_problem
from hub.errors import NotFound
from hub.lanes import Appended
from hub.model.entry import Entry, EventType, Understood
from hub.model.ids import ConversationId
from hub.store.entries import Entries
from hub.store.review import Doubt, Guess, Review
from hub.training.masking import masked
from hub.training.rephrased import rephrased
from hub.workers import Pool

log = structlog.get_logger(__name__)

FALLBACK = "nlu_fallback"
SURE = 0.7
MARGIN = 0.1
"""Below this confidence, or this near to the runner-up, a turn is worth a look though the bot answered."""
BAD_RATING = 2
LOOK_BACK = 20
SHOWN = 3
"""So many guesses stand beside a sentence."""
SOON_MS = 600_000
"""Who says the same again later than this asks anew."""
MISSED = frozenset({"low_confidence", "bot_looping", "bot_silent"})


@dataclass(slots=True)
class Doubts:
    """Hears every entry."""

    review: Review
    entries: Entries
    pool: Pool = field(default_factory=lambda: Pool("doubts"))

    def on_appended(self, event: Appended) -> None:
        """Note a turn that the bot was unsure of, that led to a person, or whose conversation was rated badly."""
        entry = event.entry
        if reason := reason_of(entry):
            up_to = entry.up_to or (entry.event.up_to if entry.event else None)
            if up_to is not None:
                self.pool.start(self._turn(entry, event.before.bot_seq, up_to, reason), entry.conversation)
        elif entry.event and entry.event.type is EventType.RATED and (event.after.rating or 5) <= BAD_RATING:
            self.pool.start(self._rated(entry), entry.conversation)
        elif entry.kind == "message" and entry.author.kind == "contact" and _after_an_answer(event):
            self.pool.start(self._said_again(entry, event.after.fence), entry.conversation)

    async def mark(self, conversation: ConversationId, seq: int) -> bool:
        """An agent marks a customer's message; False when it is taught already. Raises NotFound."""
        found = [one for one in await self.entries.after(conversation, seq - 1, limit=3) if one.seq >= seq]
        if not found or found[0].seq != seq or found[0].author.kind != "contact" or not found[0].text.strip():
            raise NotFound("There is no such message of a customer.")
        return await self._note([found[0]], found[0].at, "marked", None)

    async def _turn(self, entry: Entry, after: int, up_to: int, reason: str) -> None:
        said = await self.entries.after(entry.conversation, after)
        await self._note([one for one in said if one.seq <= up_to], entry.at, reason, entry.understood)

    async def _rated(self, entry: Entry) -> None:
        """The last turn of the bot that it answered in this conversation."""
        page, _ = await self.entries.before(entry.conversation, entry.seq, limit=50, messages_only=True)
        at = next((n for n in range(len(page) - 1, -1, -1) if page[n].understood is not None), None)
        if at is not None:
            said = [one for one in page[:at] if one.author.kind == "contact"][-1:]
            await self._note(said, entry.at, "rated_badly", page[at].understood)

    async def _said_again(self, entry: Entry, since: int) -> None:
        """What the bot answered, and the customer now says nearly the same again."""
        page, _ = await self.entries.before(entry.conversation, entry.seq, limit=LOOK_BACK, messages_only=True)
        page = [one for one in page if one.seq > since and entry.at - one.at <= SOON_MS]
        answers = list(takewhile(lambda one: one.author.kind == "bot", reversed(page)))
        asked = list(takewhile(lambda one: one.author.kind == "contact", reversed(page[: len(page) - len(answers)])))
        if answers and asked and rephrased(" ".join(one.text for one in reversed(asked)), entry.text):
            await self._note(asked[::-1], entry.at, "rephrased", answers[0].understood)

    async def _note(self, said: list[Entry], at: int, reason: str, understood: Understood | None) -> bool:
        words = [one for one in said if one.kind == "message" and one.author.kind == "contact" and one.text.strip()]
        # A pressed button is no sentence; nor is what could never be an example.
        words = [one for one in words if not any(part.type in ("button", "form_reply") for part in one.parts)]
        text = masked(" ".join(one.text for one in words)).lstrip("/").strip()
        if not words or text_problem(text, "") is not None:
            return False
        guesses = _guesses(understood)
        doubt = Doubt(
            text=text,
            lang=language_of(text, None),
            reason=reason,
            place=f"{words[-1].conversation}:{words[-1].seq}",
            at=at,
            guesses=guesses,
        )
        return await self.review.add(doubt)


def _after_an_answer(event: Appended) -> bool:
    before = event.before
    return before.owner.kind == event.after.owner.kind == "bot" and before.bot_seq >= before.contact_seq > before.fence


def reason_of(entry: Entry) -> str:
    """Why a turn's answer or handoff is a doubt; empty when it is none."""
    event, understood = entry.event, entry.understood
    if event is not None and event.type is EventType.HANDOFF and event.reason in MISSED:
        return "handed_off"
    if understood is None or (entry.author.kind != "bot" and event is None):
        return ""
    if understood.intent == FALLBACK:
        return "fallback"
    near = understood.runner_up is not None and understood.confidence - (understood.runner_up_confidence or 0) < MARGIN
    return "unsure" if understood.confidence < SURE or near else ""


def _guesses(understood: Understood | None) -> tuple[Guess, ...]:
    """The best guesses, the surest first; a fallback is none."""
    if understood is None:
        return ()
    read = {understood.intent: understood.confidence}
    if understood.runner_up:
        read[understood.runner_up] = understood.runner_up_confidence or 0.0
    read |= understood.others
    return tuple(Guess(intent=name, confidence=sure) for name, sure in read.items() if name != FALLBACK)[:SHOWN]
