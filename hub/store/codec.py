"""Dataclasses to documents and back; None and empty values are left out of documents."""

from typing import Any, TypeVar

import msgspec

from hub.model.conversation import Conversation
from hub.model.entry import Entry

T = TypeVar("T")


def document(value: object) -> dict[str, Any]:
    """The document of a dataclass, without what is None or empty."""
    return _lean(msgspec.to_builtins(value))


_VERBATIM = frozenset({"passed", "values", "entities", "slots", "attributes", "settings", "week", "reply"})
"""Fields whose keys are data: nothing in them is left out."""


def _lean(fields: dict[str, Any]) -> dict[str, Any]:
    lean: dict[str, Any] = {}
    for name, value in fields.items():
        if value is None:
            continue
        if isinstance(value, (dict, list)):
            value = _leaner(name, value)  # noqa: PLW2901 - every message goes through here
            if not value:
                continue
        lean[name] = value
    return lean


def _leaner(name: str, value: dict[str, Any] | list[Any]) -> dict[str, Any] | list[Any]:
    if isinstance(value, list):
        return [_lean(item) if isinstance(item, dict) else item for item in value]
    return value if name in _VERBATIM else _lean(value)


def decoded(fields: dict[str, Any], kind: type[T]) -> T:
    """The dataclass of a document; raises `msgspec.ValidationError` naming the field at fault."""
    return msgspec.convert(fields, kind, strict=False)


def entry_document(entry: Entry) -> dict[str, Any]:
    """`_id` is the dedupe key, unique for ever; (conversation, seq) has the other unique index."""
    fields = document(entry)
    fields["_id"] = fields.pop("dedupe")
    return fields


def entry_of(fields: dict[str, Any]) -> Entry:
    """The entry of a document."""
    fields["dedupe"] = fields.pop("_id")
    return decoded(fields, Entry)


def conversation_fields(state: Conversation) -> dict[str, Any]:
    """What the projection stores besides header and deadline; every field, so that a rebuild resets all of them."""
    fields = msgspec.to_builtins(state)
    del fields["header"]
    return {"state": fields}
