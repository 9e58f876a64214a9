"""Refusals of the studio, with the place at fault. Pure."""

from __future__ import annotations

from collections.abc import Collection

from bot.training.data import DataRefused, marks_problem, name_problem, text_problem
from hub.errors import BadInput
from hub.model.studio import Intent
from hub.training.knowledge import marks_of

MOST_SENTENCES = 5_000


def check_intent(intent: Intent) -> None:
    """Raise BadInput that names the sentence at fault."""
    problems = [name_problem(intent.name, "name")]
    refuse_too_many(intent.sentences)
    for number, one in enumerate(intent.sentences):
        place = f"sentences.{number}"
        problems += [text_problem(one.text, place), marks_problem(one.text, marks_of(one), place)]
    found = [one for one in problems if one is not None]
    if found:
        raise bad_data(DataRefused(found))


def refuse_too_many(sentences: Collection[object]) -> None:
    """Raise BadInput (`too_many_rows`) for more than an intent may have."""
    if len(sentences) > MOST_SENTENCES:
        raise BadInput(f"An intent may have {MOST_SENTENCES} sentences.", code="too_many_rows", field="sentences")


def bad_data(error: DataRefused) -> BadInput:
    """The refusal as the API says it: the first problem's code and place, all of them in the text."""
    first = error.problems[0]
    return BadInput(str(error), code=first.code, field=first.place)
