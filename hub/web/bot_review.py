"""Bot admins and what the bot may have got wrong: siblings together, labelled at once, taught; and agents who mark."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal, cast

from msgspec import Meta, Struct

from bot.contract import Locale
from bot.persian import normalise
from bot.training.data import Example, Mark
from hub.errors import BadInput, NotFound
from hub.model.ids import ConversationId
from hub.store.review import ReviewRow, ReviewState
from hub.store.studio import changed_meanwhile
from hub.training.masking import masked_all
from hub.training.similar import groups
from hub.web.bot_shapes import MarkRecord, Text
from hub.web.bot_undo import remember_label
from hub.web.http import Call

PAGE = 300
Ids = Annotated[list[Text], Meta(min_length=1, max_length=300)]


class GuessRecord(Struct, frozen=True):
    """What a sentence may mean, `confidence` 0-1."""

    intent: str
    confidence: float


class ReviewRecord(Struct, frozen=True):
    """A sentence to look at. Times in ms.

    `guesses`: the surest first. `places`: the messages ("<conversation>:<seq>"), the last ones.
    """

    id: str
    text: str
    lang: str
    reasons: list[str]
    times: int
    guesses: list[GuessRecord]
    places: list[str]
    last_at: int
    label: str


class ReviewGroup(Struct, frozen=True):
    """Sentences that mean much the same; the first one is the newest."""

    rows: list[ReviewRecord]


class ReviewPage(Struct, frozen=True):
    """The newest doubts in groups, and how many are open altogether."""

    groups: list[ReviewGroup]
    waiting: int


class Label(Struct, frozen=True, forbid_unknown_fields=True):
    """These sentences are of this intent. `text`, `lang`, `marks` correct a single one; `split` test keeps it aside."""

    ids: Ids
    intent: Text
    text: Annotated[str, Meta(max_length=1_000)] = ""
    lang: Literal["", "fa", "en"] = ""
    marks: Annotated[list[MarkRecord], Meta(max_length=50)] = []
    split: Literal["train", "test"] = "train"


class Chosen(Struct, frozen=True, forbid_unknown_fields=True):
    """These sentences."""

    ids: Ids


class Decided(Struct, frozen=True):
    """How many were decided, and how many are open now; `masked`: how many had personal data, which is not taught."""

    decided: int
    waiting: int
    masked: int = 0


class MarkedMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """A customer's message that the bot should have understood."""

    conversation: Text
    seq: Annotated[int, Meta(ge=1)]


async def page(call: Call) -> ReviewPage:
    """The newest doubts, siblings together (`?state=&reason=&lang=&intent=`)."""
    asked = call.request.query
    state = asked.get("state", "open")
    if state not in ("open", "done", "ignored"):
        raise BadInput("The state is open, done or ignored.", code="bad_choice", field="state")
    rows = await call.web.review.page(
        state=cast("ReviewState", state),
        reason=asked.get("reason", ""),
        lang=asked.get("lang", ""),
        intent=asked.get("intent", ""),
        limit=PAGE,
    )
    together = await asyncio.to_thread(groups, [one.text for one in rows])
    shown = [ReviewGroup(rows=[_record(rows[number]) for number in group]) for group in together]
    return ReviewPage(groups=shown, waiting=await call.web.review.waiting())


async def label(call: Call) -> Decided:
    """Teach the sentences as examples of an intent."""
    wanted = call.body_as(Label)
    rows = await _rows(call, wanted.ids)
    if len(rows) > 1 and (wanted.text or wanted.lang or wanted.marks):
        raise BadInput("Only a single sentence can be corrected.", code="bad_field", field="text")
    marks = tuple(
        Mark(
            start=one.start,
            end=one.end,
            entity=one.entity,
            value=one.value or None,
            role=one.role or None,
            group=one.group or None,
        )
        for one in wanted.marks
    )
    examples = [
        Example(
            text=normalise(wanted.text) or row.text,
            intent=wanted.intent,
            lang=cast("Locale", wanted.lang or row.lang),
            split=wanted.split,
            marks=marks,
        )
        for row in rows
    ]
    kept = masked_all(examples)
    masked = sum(one is not was for one, was in zip(kept, examples, strict=True))
    if any(row.state != "open" for row in rows):
        raise changed_meanwhile()  # else the sentence would stand under two intents
    added = await call.web.studio.add_examples(kept)
    taught = kept[0].text if len(kept) == 1 else ""
    decided = await _decided(call, wanted.ids, "done", wanted.intent, taught, masked)
    if decided.decided:
        await remember_label(call, wanted.intent, added[wanted.intent], wanted.ids)
    if decided.decided < len(rows):
        await _give_way(call, wanted, taught, {one.text for one in added[wanted.intent]})
    return decided


async def _give_way(call: Call, wanted: Label, corrected: str, taught: set[str]) -> None:
    """Somebody labelled sentences in this very moment: those stand under their intent alone. Raises Conflict."""
    theirs = [one.text for one in await call.web.review.some(wanted.ids) if one.label != wanted.intent]
    for text in theirs:
        if (mine := corrected or text) in taught:
            await call.web.studio.take_back(wanted.intent, mine)
    if theirs:
        raise changed_meanwhile()


async def ignore(call: Call) -> Decided:
    """Nothing is to be learnt from these."""
    ids = call.body_as(Chosen).ids
    await _rows(call, ids)
    return await _decided(call, ids, "ignored")


async def reopen(call: Call) -> Decided:
    """Undo: the sentences are to be looked at again, and are no examples any more."""
    ids = call.body_as(Chosen).ids
    for row in await _rows(call, ids):
        if row.state == "done":
            await call.web.studio.take_back(row.label, row.taught or row.text)
    return await _decided(call, ids, "open")


async def mark(call: Call) -> None:
    """An agent: the bot should have understood this message."""
    wanted = call.body_as(MarkedMessage)
    await call.web.mark(ConversationId(wanted.conversation), wanted.seq)
    await call.record("bot.review.mark", f"conversation:{wanted.conversation}")


async def _rows(call: Call, ids: list[str]) -> list[ReviewRow]:
    rows = await call.web.review.some(ids)
    if len(rows) != len(set(ids)):
        raise NotFound("There is no such sentence.")
    return rows


async def _decided(
    call: Call, ids: list[str], state: ReviewState, intent: str = "", taught: str = "", masked: int = 0
) -> Decided:
    by, now = call.me.agent.id, call.web.clock.now()
    done = await call.web.review.decide(ids, state, label=intent, taught=taught, by=by, now=now)
    target = f"intent:{intent}" if intent else "bot:review"
    hidden = {"masked": [None, masked]} if masked else {}
    await call.record(f"bot.review.{state}", target, {"sentences": [None, done], **hidden})
    return Decided(decided=done, waiting=await call.web.review.waiting(), masked=masked)


def _record(row: ReviewRow) -> ReviewRecord:
    return ReviewRecord(
        id=row.id,
        text=row.text,
        lang=row.lang,
        reasons=list(row.reasons),
        times=row.times,
        guesses=[GuessRecord(one.intent, one.confidence) for one in row.guesses],
        places=list(row.places),
        last_at=row.last_at,
        label=row.label,
    )
