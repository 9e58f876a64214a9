"""Settings of an inbox as an admin fills them in, checked against what the channel asks for. No channel is named here.

What is refused names its field as `settings.<name>`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence

from channels.setup import MULTILINE, SettingField
from hub.channel_config import asked, missing
from hub.errors import BadInput
from hub.web.names import line, paragraph

Value = str | int | bool | list[str] | None
"""One setting in JSON; None takes it away."""

MOST_LINES = 200
_PEM = "-----BEGIN "
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def checked(fields: Sequence[SettingField], given: Mapping[str, Value]) -> dict[str, Value]:
    """What was filled in, in the form in which it is kept; None for what was emptied.

    Raises:
        BadInput: `unknown_field`, `not_settable` (the hub makes it itself), or what is wrong with a value.
    """
    known = {field.name: field for field in fields}
    found: dict[str, Value] = {}
    for name, value in given.items():
        field = known.get(name)
        if field is None:
            raise BadInput("There is no such setting.", code="unknown_field", field=_at(name[:60]))
        if field.kind == "generated":
            raise BadInput("The hub makes this one itself.", code="not_settable", field=_at(name))
        found[name] = _value(field, value)
    return found


def refuse_gaps(fields: Sequence[SettingField], values: Mapping[str, object]) -> None:
    """Raise BadInput (`missing_field`) for the first field that has to be filled in and is not."""
    for name in missing(fields, values):
        raise BadInput(f"The setting {name} is missing.", code="missing_field", field=_at(name))


def to_generate(fields: Sequence[SettingField], values: Mapping[str, object]) -> list[SettingField]:
    """The secrets that the hub has to make: they are asked, and not there yet."""
    kept = {keeper.name for field in fields if (keeper := keeper_of_previous(fields, field.name)) is not None}
    wanted = [field for field in asked(fields, values) if field.kind == "generated" and field.name not in values]
    return [field for field in wanted if field.name not in kept]


def generate(field: SettingField) -> str:
    """A fresh secret of up to 43 characters `[A-Za-z0-9_-]` (256 bits)."""
    return secrets.token_urlsafe(32)[: field.longest]


def keeper_of_previous(fields: Sequence[SettingField], name: str) -> SettingField | None:
    """The field that keeps a secret after it was replaced, so that both are good for a while."""
    wanted = {f"previous_{name}", f"{name}_previous"}
    return next((field for field in fields if field.name in wanted), None)


def _value(field: SettingField, value: Value) -> Value:  # noqa: PLR0911 - one way out for each kind
    if value is None or value in ("", []):
        return None
    match field.kind, value:
        case "switch", bool():
            return value
        case "number", int() if not isinstance(value, bool):
            if not field.least <= value <= field.most:
                raise _bad(field, "bad_number", f"A whole number from {field.least} to {field.most}.")
            return value
        case "flow", str():
            return line(value, _at(field.name), longest=field.longest)
        case "choice", str():
            if value not in field.choices:
                raise _bad(field, "bad_choice", f"One of: {', '.join(field.choices)}.")
            return value
        case "list", list():
            return _lines(field, value)
        case "text", str():
            return _text(field, value)
        case "secret" | "generated", str():
            return _secret(field, value)
        case _:
            pass
    raise _bad(field, "bad_field", f"This is not a {field.kind}.")


def _lines(field: SettingField, values: list[str]) -> list[str] | None:
    if len(values) > MOST_LINES:
        raise _bad(field, "bad_length", f"At most {MOST_LINES} lines.")
    found = dict.fromkeys(_text(field, value) for value in values if value.strip())
    return [one for one in found if one] or None


def _text(field: SettingField, value: str) -> str | None:
    if not value.strip():
        return None
    clean = paragraph if field.longest > MULTILINE else line
    return _fitting(field, clean(value, _at(field.name), longest=field.longest))


def _secret(field: SettingField, value: str) -> str | None:
    # Trimmed, because it is pasted; otherwise as it came: it need not be words.
    secret = value.strip()
    if not secret:
        return None
    several = field.longest > MULTILINE and secret.startswith(_PEM)
    if _CONTROL.search(re.sub(r"[\r\n]", "", secret) if several else secret):
        raise _bad(field, "bad_text", "This has characters that cannot be used here.")
    if len(secret) > field.longest:
        raise _bad(field, "bad_length", f"At most {field.longest} characters.")
    return _fitting(field, secret)


def _fitting(field: SettingField, value: str) -> str:
    if field.pattern is not None and not re.fullmatch(field.pattern, value):
        raise _bad(field, "bad_format", "This does not look like what is asked for here.")
    return value


def _bad(field: SettingField, code: str, text: str) -> BadInput:
    return BadInput(text, code=code, field=_at(field.name))


def _at(name: str) -> str:
    return f"settings.{name}"
