"""Bot admins take the last bulk act back: an import, a label for many sentences at once, a removal, a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from msgspec import Struct

from hub.model.studio import Intent, Sentence
from hub.store.acts import Acts
from hub.training.undoing import Undoing
from hub.web.access import Permission
from hub.web.bot_shapes import Text
from hub.web.http import Call, Route

PATH = "/api/admin/bot/undo"


class ActView(Struct, frozen=True):
    """What can be taken back, `at` in ms.

    `what` is of `kind` import the file; label, the intent that sentences were taught as; remove, the name of what is
    gone; project, the folder that was put in place of everything.
    """

    id: str
    kind: str
    what: str
    by_name: str
    at: int
    sentences: int


class UndoView(Struct, frozen=True):
    """The last bulk act; None when there is none, or it was taken back."""

    act: ActView | None


class UndoChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """Take this act back."""

    id: Text


class UndoneView(Struct, frozen=True):
    """How many sentences, values or things were taken back, and how many stay because somebody changed them since."""

    gone: int
    kept: int


async def last(call: Call) -> UndoView:
    """What can be taken back."""
    act = await Acts(call.web.studio.store.database).last()
    if act is None:
        return UndoView(None)
    names: dict[str, str] = {agent.id: agent.name for agent in await call.web.accounts.all()}
    return UndoView(ActView(act.id, act.kind, act.what, names.get(act.by, ""), act.at, act.sentences))


async def undo(call: Call) -> UndoneView:
    """Take the last bulk act back."""
    wanted, studio = call.body_as(UndoChoice), call.web.studio
    undoing = Undoing(Acts(studio.store.database), studio, call.web.review)
    done = await undoing.undo(wanted.id, call.me.agent.id, call.web.clock.now())
    await call.record("bot.undo", "bot:studio", {"sentences": [done.gone + done.kept, done.kept]})
    return UndoneView(done.gone, done.kept)


async def remember_label(call: Call, intent: str, added: Sequence[Sentence], rows: Sequence[str]) -> None:
    """Keep what a label for many sentences changed."""
    act = replace(call.web.studio.act("label", intent, call.me.agent.id), sentences=len(added), rows=tuple(rows))
    fresh = {"bot_intents": [Intent(name=intent, sentences=tuple(added))]} if added else {}
    await Acts(call.web.studio.store.database).add(act, added=fresh)  # type: ignore[arg-type]


BOT_UNDO = (
    Route(
        method="GET",
        path=PATH,
        handler=last,
        needs=Permission.TEACH_BOT,
        answer=UndoView,
        summary="The bulk act that can be taken back",
    ),
    Route(
        method="POST",
        path=PATH,
        handler=undo,
        needs=Permission.TEACH_BOT,
        body=UndoChoice,
        answer=UndoneView,
        summary="Take the last bulk act back; what somebody changed since stays",
        errors=("undo_gone", "undo_changed", "exists"),
    ),
)
