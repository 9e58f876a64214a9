"""One step back: what a bulk act or a removal changed is as before, unless somebody has changed it since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from hub.errors import Conflict
from hub.model.studio import Intent, Term
from hub.store.acts import Act, Acts
from hub.store.review import Review
from hub.store.studio import Change
from hub.training.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """How many sentences and values (or removed things) were taken back, and how many stay as somebody changed them."""

    gone: int
    kept: int


@dataclass(frozen=True, slots=True)
class Undoing:
    """Takes the last act back."""

    acts: Acts
    studio: Studio
    review: Review

    async def undo(self, id_: str, by: str, now: int) -> Undone:
        """Take the last act back, if it is this one, in one transaction.

        Raises:
            Conflict: `undo_gone`: it is not the last one, or not any more. `undo_changed`: somebody changed what a
                project brought. `exists`: what was removed is there again, made anew. Nothing is changed then.
        """
        act = await self.acts.last()
        if act is None or act.id != id_:
            raise Conflict("Something else was done since.", code="undo_gone")
        match act.kind:
            case "remove":
                return await self._put_back(act)
            case "project":
                was = await self.acts.parts(act.id, "before")
                await self.studio.store.replace_all({one: was.get(one, ()) for one in act.shelves}, undoes=act)
                return Undone(gone=act.things, kept=0)
            case "import" | "label":
                return await self._take_out(act, by, now)

    async def _put_back(self, act: Act) -> Undone:
        was = await self.acts.parts(act.id, "before")
        await self.studio.store.change(Change(restored=was, undoes=act.id))
        return Undone(gone=sum(map(len, was.values())), kept=0)

    async def _take_out(self, act: Act, by: str, now: int) -> Undone:
        """Remove what is still as it was added; an intent or a list that has nothing else goes with it."""
        added = await self.acts.parts(act.id, "added")
        intents = cast("Sequence[Intent]", added.get("bot_intents", ()))
        terms = cast("Sequence[Term]", added.get("bot_terms", ()))
        size = sum(len(one.sentences) for one in intents) + sum(len(one.values) for one in terms)
        while True:
            less = [await self._without_sentences(one) for one in intents]
            fewer = [await self._without_values(one) for one in terms]
            gone = sum(one.gone for one in (*less, *fewer))
            try:
                await self.studio.store.change(
                    Change(
                        writes={"bot_intents": _kept(less), "bot_terms": _kept(fewer)},
                        removed={"bot_intents": _emptied(less), "bot_terms": _emptied(fewer)},
                        undoes=act.id,
                    )
                )
            except Conflict as error:
                if error.code == "undo_gone":
                    raise
                continue
            break
        rows = [one.id for one in await self.review.some(act.rows) if one.state == "done" and one.label == act.what]
        if rows:
            await self.review.decide(rows, "open", by=by, now=now)
        return Undone(gone=gone, kept=size - gone)

    async def _without_sentences(self, added: Intent) -> _Rest:
        intent = await self.studio.store.intent(added.name)
        if intent is None:
            return _Rest()
        kept = tuple(one for one in intent.sentences if one not in added.sentences)
        needed = bool(kept or intent.faq or await self.studio.uses_of(intent.name))
        return _Rest(thing=replace(intent, sentences=kept), gone=len(intent.sentences) - len(kept), needed=needed)

    async def _without_values(self, added: Term) -> _Rest:
        term = await self.studio.store.term(added.name)
        if term is None:
            return _Rest()
        kept = tuple(one for one in term.values if one not in added.values)
        return _Rest(thing=replace(term, values=kept), gone=len(term.values) - len(kept), needed=bool(kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    """What is left of a thing; `needed`: although it may be empty."""

    thing: Intent | Term | None = None
    gone: int = 0
    needed: bool = True


def _kept(rests: Sequence[_Rest]) -> list[Intent | Term]:
    return [one.thing for one in rests if one.thing and one.needed and one.gone]


def _emptied(rests: Sequence[_Rest]) -> list[Intent | Term]:
    return [one.thing for one in rests if one.thing and not one.needed]
