"""Pinned conversations as a file of the project that Rasa does not read: they come back from an export. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import msgspec
import yaml

from bot.rasa_wire import PAYLOAD
from bot.training.data import DataRefused, Problem, refused, text_problem
from bot.training.safe_yaml import compose, plain
from bot.training.stories import Expected, Story

STORIES = "studio/stories.yml"
HEAD = "# Pinned conversations of the studio: every version is tried with them.\n"
MOST_STORIES = 200
MOST_TURNS = 30
MAX_NAME = 100
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


def stories_file(stories: Iterable[Story]) -> str:
    """All of them as they are kept in an export."""
    rows = [{key: one for key, one in msgspec.to_builtins(story).items() if key != "version"} for story in stories]
    return HEAD + yaml.safe_dump({"stories": rows}, allow_unicode=True, sort_keys=False)


def stories_in(text: str) -> list[Story]:
    """The reverse. Raises DataRefused, with the story and the turn at fault."""
    found = plain(compose(STORIES, text))
    try:
        stories = msgspec.convert(found.get("stories") if isinstance(found, dict) else None, list[Story])
    except msgspec.ValidationError as error:
        raise refused(f"{STORIES}:1", "bad_stories", f"These are no pinned conversations: {error}.") from None
    if len(stories) > MOST_STORIES or len({one.id for one in stories}) < len(stories):
        raise refused(
            f"{STORIES}:1", "bad_stories", f"There may be {MOST_STORIES} pinned conversations, each with its own id."
        )
    if problems := [one for story in stories for one in _problems(story)]:
        raise DataRefused(problems)
    return [replace(one, version=0) for one in stories]


def _problems(story: Story) -> list[Problem]:
    place = f"{STORIES} {story.name[:MAX_NAME]}"
    if not (_ID.fullmatch(story.id) and story.name.strip() and len(story.name) <= MAX_NAME):
        return [Problem(place=place, code="bad_stories", text="A pinned conversation needs an id and a name.")]
    if not 0 < len(story.turns) <= MOST_TURNS:
        return [Problem(place=place, code="bad_stories", text=f"There must be 1 to {MOST_TURNS} turns.")]
    found = [_turn_problem(turn, f"{place} turns.{number}") for number, turn in enumerate(story.turns)]
    return [one for one in found if one is not None]


def _turn_problem(turn: Expected, place: str) -> Problem | None:
    if turn.payload and not PAYLOAD.fullmatch(turn.payload):
        return Problem(place=place, code="bad_stories", text="This is no payload of a button.")
    return text_problem(turn.text, place)
