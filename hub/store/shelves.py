"""Where the studio keeps what: the collection of each kind of thing, and things as documents.

`_id` is the name (of a story its id); every document has the version that a writer must have seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from bot.training.stories import Story
from hub.model.studio import Form, Intent, Kept, Term

Shelf = Literal["bot_intents", "bot_responses", "bot_files", "bot_terms", "bot_forms", "bot_stories"]
Thing = Intent | Kept | Term | Form | Story
Shelves = Mapping[Shelf, Sequence[Thing]]
KINDS: dict[Shelf, type[Thing]] = {
    "bot_intents": Intent,
    "bot_responses": Kept,
    "bot_files": Kept,
    "bot_terms": Term,
    "bot_forms": Form,
    "bot_stories": Story,
}


def key_of(thing: Thing) -> str:
    """Its `_id`."""
    return thing.id if isinstance(thing, Story) else thing.name


def document(thing: Thing) -> dict[str, Any]:
    """A thing as it is kept."""
    fields: dict[str, Any] = msgspec.to_builtins(thing)
    fields["_id"] = fields.pop("id" if isinstance(thing, Story) else "name")
    return fields


def thing_of(row: dict[str, Any], shelf: Shelf) -> Thing:
    """The reverse."""
    row["id" if shelf == "bot_stories" else "name"] = row.pop("_id")
    return msgspec.convert(row, KINDS[shelf])
