"""The Bot API's own description as a judge of calls: method names, parameters, types, what is required."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "../shared/acceptance/telegram/bot-api-10.1.min.json"


@cache
def description() -> dict[str, Any] | None:
    """The description, None where it is not."""
    return json.loads(FILE.read_text()) if FILE.exists() else None


def faults(method: str, form: Mapping[str, str], files: Mapping[str, bytes]) -> list[str]:
    """What is wrong with a call, as it came in a form; everything in it is text."""
    known = description()
    if known is None:
        return []
    if method not in known["methods"]:
        return [f"there is no method {method}"]
    fields = {one["name"]: one for one in known["methods"][method].get("fields", [])}
    given = {**form, **files}
    found = [f"{method}: {name} is required" for name, one in fields.items() if one["required"] and name not in given]
    for name, value in given.items():
        if name not in fields:
            found.append(f"{method}: there is no parameter {name}")
        elif not any(_fits(value, kind, from_form=True) for kind in fields[name]["types"]):
            found.append(f"{method}: {name} is none of {fields[name]['types']}: {value!r:.200}")
    return found


def _fits(value: object, kind: str, *, from_form: bool = False) -> bool:
    if isinstance(value, bytes):
        return kind == "InputFile"
    if from_form and isinstance(value, str) and kind != "String":
        try:
            value = json.loads(value)
        except ValueError:
            return False
    match kind:
        case "String":
            return isinstance(value, str)
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "Boolean":
            return isinstance(value, bool)
        case "InputFile":
            return False
        case _ if kind.startswith("Array of "):
            return isinstance(value, list) and all(_fits(one, kind.removeprefix("Array of ")) for one in value)
        case _:
            return isinstance(value, dict) and _is_a(value, kind)


def _is_a(value: Mapping[str, object], kind: str) -> bool:
    known = description()
    assert known is not None
    described = known["types"][kind]
    if described.get("subtypes"):
        return any(_is_a(value, one) for one in described["subtypes"])
    fields = {one["name"]: one for one in described.get("fields", [])}
    whole = all(name in value for name, one in fields.items() if one["required"])
    return whole and all(
        name in fields and any(_fits(one, type_) for type_ in fields[name]["types"]) for name, one in value.items()
    )
