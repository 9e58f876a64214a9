"""Pinned conversations: made from real ones, edited, removed; each version is tried with them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from bot.training.data import text_problem
from bot.training.pinned import MOST_STORIES, MOST_TURNS
from bot.training.stories import Expected, Story
from hub.errors import BadInput, Conflict, NotFound
from hub.model.ids import ConversationId, new_id
from hub.store.conversations import Conversations
from hub.store.entries import Entries
from hub.training.masking import masked
from hub.training.pinning import actions_of, turns_of
from hub.web.access import Permission
from hub.web.bot_shapes import Seen, Text
from hub.web.http import Call, Route

BASE = "/api/admin/bot/stories"
ERRORS = ("empty_text", "long_text", "html", "entity_markup", "yaml_markup", "variable", "bad_choice")


class ExpectedRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A turn: what the customer says (or the button that is pressed), and what is expected; empty is not looked at."""

    text: Annotated[str, Meta(min_length=1, max_length=1_000)]
    lang: Literal["fa", "en"]
    intent: Text = ""
    action: Text = ""
    payload: Annotated[str, Meta(pattern=r"^(/[^\W\d_][\w.?!-]{0,63})?$")] = ""


Turns = Annotated[list[ExpectedRecord], Meta(min_length=1, max_length=MOST_TURNS)]
Name = Annotated[str, Meta(max_length=100, pattern=r"\S")]


class StoryRecord(Struct, frozen=True):
    """A pinned conversation. `conversation`: the one that it was made from; `at` in ms."""

    id: str
    name: str
    turns: list[ExpectedRecord]
    conversation: str
    by_name: str
    at: int
    version: int


class StoryList(Struct, frozen=True):
    """All of them, the oldest first, and what may be expected of a turn."""

    stories: list[StoryRecord]
    intents: list[str]
    actions: list[str]


class StoryDraft(Struct, frozen=True):
    """A real conversation as it would be pinned: masked, with what the bot understood and answered then."""

    conversation: str
    number: int
    turns: list[ExpectedRecord]


class NewStory(Struct, frozen=True, forbid_unknown_fields=True):
    """A story to keep."""

    name: Name
    turns: Turns
    conversation: Text = ""


class StoryChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The new state of a story; `version` is the one that was seen."""

    version: int
    name: Name
    turns: Turns


async def stories(call: Call) -> StoryList:
    """All stories, and what may be expected."""
    known = await call.web.studio.known()
    names = await _names(call)
    return StoryList(
        stories=[_record(one, names) for one in await call.web.studio.stories.all()],
        intents=[one.name for one in known.intents],
        actions=actions_of(known),
    )


async def draft(call: Call) -> StoryDraft:
    """A conversation as it would be pinned (`?conversation=`)."""
    id_ = ConversationId(call.request.query.get("conversation", ""))
    row = await Conversations(call.web.database).get(id_)
    if row is None:
        raise NotFound("There is no such conversation.")
    known = await call.web.studio.known()
    timeline = await Entries(call.web.database).after(id_, 0)
    turns = turns_of(timeline, known.responses, row.state.locale)
    return StoryDraft(conversation=id_, number=row.state.header.number, turns=[_turn(one) for one in turns])


async def pin(call: Call) -> StoryRecord:
    """Keep a story; every version from now on is tried with it."""
    wanted = call.body_as(NewStory)
    if await call.web.studio.stories.count() >= MOST_STORIES:
        raise Conflict(f"There may be {MOST_STORIES} pinned conversations.", code="too_many_rows")
    turns = await _checked(call, wanted.turns)
    story = Story(
        id=new_id(),
        name=wanted.name.strip(),
        turns=turns,
        conversation=wanted.conversation,
        by=call.me.agent.id,
        at=call.web.clock.now(),
    )
    made = await call.web.studio.stories.add(story)
    await call.record("bot.story.create", f"story:{made.id}", {"name": [None, made.name]})
    return _record(made, await _names(call))


async def change(call: Call) -> StoryRecord:
    """Put a new state of a story in place of the one that was seen."""
    wanted, before = call.body_as(StoryChange), await call.web.studio.stories.get(call.path("id"))
    turns = await _checked(call, wanted.turns)
    made = await call.web.studio.stories.write(
        Story(
            id=before.id,
            name=wanted.name.strip(),
            turns=turns,
            conversation=before.conversation,
            by=before.by,
            at=before.at,
            version=wanted.version,
        )
    )
    what = {"name": [before.name, made.name], "turns": [len(before.turns), len(made.turns)]}
    await call.record("bot.story.change", f"story:{made.id}", what)  # type: ignore[arg-type]
    return _record(made, await _names(call))


async def remove(call: Call) -> None:
    """Take a story away; versions keep how it went with them."""
    before = await call.web.studio.stories.get(call.path("id"))
    await call.web.studio.stories.remove(before.id, call.body_as(Seen).version)
    await call.record("bot.story.delete", f"story:{before.id}", {"name": [before.name, None]})


async def _checked(call: Call, turns: list[ExpectedRecord]) -> tuple[Expected, ...]:
    """Masked once more, whoever wrote them; raises BadInput with the turn at fault."""
    known = await call.web.studio.known()
    intents = {"", "nlu_fallback", *(one.name for one in known.intents)}
    actions = {"", *actions_of(known)}
    found = []
    for number, one in enumerate(turns):
        place, text = f"turns.{number}", masked(one.text).lstrip("/").strip()
        if (problem := text_problem(text, place)) is not None:
            raise BadInput(problem.text, code=problem.code, field=f"{place}.text")
        if one.intent not in intents or one.action not in actions:
            field = "intent" if one.intent not in intents else "action"
            raise BadInput("The bot does not know this.", code="bad_choice", field=f"{place}.{field}")
        found.append(Expected(text=text, lang=one.lang, intent=one.intent, action=one.action, payload=one.payload))
    return tuple(found)


async def _names(call: Call) -> dict[str, str]:
    return {agent.id: agent.name for agent in await call.web.accounts.all()}


def _record(story: Story, names: dict[str, str]) -> StoryRecord:
    return StoryRecord(
        id=story.id,
        name=story.name,
        turns=[_turn(one) for one in story.turns],
        conversation=story.conversation,
        by_name=names.get(story.by, ""),
        at=story.at,
        version=story.version,
    )


def _turn(one: Expected) -> ExpectedRecord:
    return ExpectedRecord(text=one.text, lang=one.lang, intent=one.intent, action=one.action, payload=one.payload)


TEACH = Permission.TEACH_BOT
BOT_STORIES = (
    Route(
        method="GET",
        path=BASE,
        handler=stories,
        needs=TEACH,
        answer=StoryList,
        summary="Pinned conversations, and what may be expected of a turn",
    ),
    Route(
        method="GET",
        path="/api/admin/bot/story",
        handler=draft,
        needs=TEACH,
        answer=StoryDraft,
        summary="A real conversation as it would be pinned, masked (`?conversation=`)",
        errors=("not_found",),
    ),
    Route(
        method="POST",
        path=BASE,
        handler=pin,
        needs=TEACH,
        body=NewStory,
        answer=StoryRecord,
        status=201,
        summary="Pin a conversation: every version from now on is tried with it",
        errors=("too_many_rows", *ERRORS),
    ),
    Route(
        method="PATCH",
        path=BASE + "/{id}",
        handler=change,
        needs=TEACH,
        body=StoryChange,
        answer=StoryRecord,
        summary="Put a new state of a pinned conversation in place of the one that was seen",
        errors=("not_found", "changed_meanwhile", *ERRORS),
    ),
    Route(
        method="DELETE",
        path=BASE + "/{id}",
        handler=remove,
        needs=TEACH,
        body=Seen,
        status=204,
        summary="Take a pinned conversation away",
        errors=("not_found", "changed_meanwhile"),
    ),
)
