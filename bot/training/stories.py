"""Pinned conversations as tests: what a customer said, and what the bot must understand and do each time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.contract import Locale, Turn
from bot.rasa_wire import request


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A turn of a story. `payload`: the button that was pressed instead of `text`, else empty.

    `intent` and `action` (a response, a form or an action that must run) are not looked at where they are empty.
    """

    text: str
    lang: Locale
    intent: str = ""
    action: str = ""
    payload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A pinned conversation. `conversation`: the one that it was made from, empty for one that was written.

    `version` grows with each change; who changes it names the one that they saw.
    """

    id: str
    name: str
    turns: tuple[Expected, ...]
    conversation: str = ""
    by: str = ""
    at: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a model made of a turn: the intent with its confidence, and the actions that it ran."""

    intent: str
    confidence: float
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTurn:
    """A turn of a story that was run; `passed`: understood and answered as expected."""

    expected: Expected
    told: Told
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRun:
    """A story that a version was tried with. `error`: why it could not be told to its end, else empty."""

    id: str
    name: str
    passed: bool
    turns: tuple[StoryTurn, ...]
    error: str = ""


def bodies(story: Story) -> list[dict[str, object]]:
    """The turns as a bot's server takes them, in one conversation."""
    return [
        request(
            Turn(
                conversation=f"story-{story.id}",
                texts=() if one.payload else (one.text,),
                locale=one.lang,
                payload=one.payload or None,
            )
        )
        for one in story.turns
    ]


def run_of(story: Story, told: Sequence[Told], error: str = "") -> StoryRun:
    """Compare; turns that were not told any more failed."""
    turns = tuple(
        StoryTurn(expected=one, told=mine, passed=_fits(one, mine))
        for one, mine in zip(story.turns, told, strict=False)
    )
    whole = not error and len(turns) == len(story.turns) and all(one.passed for one in turns)
    return StoryRun(id=story.id, name=story.name, passed=whole, turns=turns, error=error)


def _fits(expected: Expected, told: Told) -> bool:
    intent = not expected.intent or expected.intent == told.intent
    return intent and (not expected.action or expected.action in told.actions)
