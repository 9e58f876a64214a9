"""Bot admins and entities: kinds with their counts, synonyms, patterns and lists that help to find them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

from hub.errors import BadInput
from hub.model.studio import Term
from hub.training.terms import SHOWN_MARKS, entity_places, marked_counts
from hub.web.admin_config import found
from hub.web.bot_shapes import MarkRecord, Seen, Text
from hub.web.http import Call

TermKind = Literal["entity", "synonym", "regex", "lookup"]
KINDS: tuple[TermKind, ...] = get_args(TermKind)
Values = Annotated[list[Annotated[str, Meta(max_length=1_000)]], Meta(max_length=20_000)]


class TermSummary(Struct, frozen=True):
    """One in the list. `fa`, `en`: how often an entity is marked; `regex`, `lookup`: what has its name."""

    kind: TermKind
    name: str
    version: int
    values: int
    fa: int
    en: int
    regex: int
    lookup: int


class TermList(Struct, frozen=True):
    """All of them, by kind and name."""

    terms: list[TermSummary]


class MarkedSentence(Struct, frozen=True):
    """A sentence that marks an entity, with its intent."""

    intent: str
    text: str
    marks: list[MarkRecord]


class TermRecord(Struct, frozen=True):
    """One with its values; of an entity also sentences that mark it (the first fifty) and `used`, where it is named."""

    kind: TermKind
    name: str
    version: int
    values: list[str]
    sentences: list[MarkedSentence]
    used: list[str]


class NewTerm(Struct, frozen=True, forbid_unknown_fields=True):
    """A new entity (without values), synonym, pattern or list."""

    kind: TermKind
    name: Text
    values: Values = []


class TermChange(Struct, frozen=True, forbid_unknown_fields=True):
    """New values; `version` is the one that was seen."""

    version: int
    values: Values


async def listed(call: Call) -> TermList:
    """All of them, by kind and name."""
    known = await call.web.studio.known()
    counts = marked_counts(known.intents)
    sizes = {one.name: len(one.values) for one in known.terms}
    return TermList([_summary(one, counts.get(one.title, Counter()), sizes) for one in known.terms])


def _summary(term: Term, marks: Counter[str], sizes: Mapping[str, int]) -> TermSummary:
    entity = term.kind == "entity"
    return TermSummary(
        kind=_kind(term.kind),
        name=term.title,
        version=term.version,
        values=len(term.values),
        fa=marks["fa"] if entity else 0,
        en=marks["en"] if entity else 0,
        regex=sizes.get(f"regex:{term.title}", 0) if entity else 0,
        lookup=sizes.get(f"lookup:{term.title}", 0) if entity else 0,
    )


async def read(call: Call) -> TermRecord:
    """One of them."""
    await call.web.studio.fill()
    return await _record(call, found(await call.web.studio.store.term(_name(call))))


async def make(call: Call) -> TermRecord:
    """Make one."""
    wanted = call.body_as(NewTerm)
    if wanted.kind == "entity" and wanted.values:
        raise BadInput("Values belong to a pattern or a list of the entity's name.", code="bad_field", field="values")
    made = await call.web.studio.write_term(
        Term(name=f"{wanted.kind}:{wanted.name.strip()}", values=tuple(wanted.values))
    )
    await call.record("bot.term.create", f"term:{made.name}", {"values": [None, len(made.values)]})
    return await _record(call, made)


async def change(call: Call) -> TermRecord:
    """Put new values in place of those that were seen."""
    wanted = call.body_as(TermChange)
    before = found(await call.web.studio.store.term(_name(call)))
    if before.kind == "entity":
        raise BadInput("Values belong to a pattern or a list of the entity's name.", code="bad_field", field="values")
    after = await call.web.studio.write_term(
        Term(name=before.name, values=tuple(wanted.values), version=wanted.version)
    )
    await call.record("bot.term.change", f"term:{after.name}", {"values": [len(before.values), len(after.values)]})
    return await _record(call, after)


async def remove(call: Call) -> None:
    """Remove one; an entity only once nothing names it."""
    before = found(await call.web.studio.store.term(_name(call)))
    await call.web.studio.remove_term(before.name, call.body_as(Seen).version, call.me.agent.id)
    await call.record("bot.term.delete", f"term:{before.name}", {"values": [len(before.values), None]})


def _name(call: Call) -> str:
    return f"{_kind(call.path('kind'))}:{call.path('name')}"


def _kind(kind: str) -> TermKind:
    known = next((one for one in KINDS if one == kind), None)
    if known is not None:
        return known
    raise BadInput("The kind is entity, synonym, regex or lookup.", code="bad_choice", field="kind")


async def _record(call: Call, term: Term) -> TermRecord:
    sentences, used = [], []
    if term.kind == "entity":
        known = await call.web.studio.known()
        used = entity_places(term.title, known)
        sentences = [
            MarkedSentence(intent=intent.name, text=one.text, marks=[MarkRecord(*mark) for mark in one.marks])
            for intent in known.intents
            for one in intent.sentences
            if any(mark.entity == term.title for mark in one.marks)
        ][:SHOWN_MARKS]
    return TermRecord(
        kind=_kind(term.kind),
        name=term.title,
        version=term.version,
        values=list(term.values),
        sentences=sentences,
        used=used,
    )
