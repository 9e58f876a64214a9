"""Reading what a telephone system sends: to a limit, without trusting a word of it, and never with a surprise."""

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import parse_qsl

import msgspec

from channels.voice.events import BadCall

MAX_BODY = 262_144
"""So many bytes of a webhook's body are looked at; a longer one is refused."""
MOST_FIELDS = 200
MAX_DIGITS = 64
"""Keys beyond this are a flood: they are dropped, and what is left fits no question."""
LONGEST = 256
_JOINERS = "\u200c\u200d"
_KEYS = frozenset("0123456789*#")

Payload = Mapping[str, object]
Fields = Sequence[tuple[str, str]]


def json_object(body: bytes) -> dict[str, object]:
    """A JSON body that is an object. Raises `BadCall` (`too_large`, `unreadable`)."""
    if len(body) > MAX_BODY:
        raise BadCall("too_large", f"A body may have {MAX_BODY} bytes.")
    try:
        read: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise BadCall("unreadable", "The body is no JSON.") from error
    if not isinstance(read, dict):
        raise BadCall("unreadable", "The body is no JSON object.")
    return cast("dict[str, object]", read)


def form(body: bytes) -> Fields:
    """The fields of a form, as they came, repeated ones too.

    Raises:
        BadCall: `too_large`, or `unreadable`.
    """
    if len(body) > MAX_BODY:
        raise BadCall("too_large", f"A body may have {MAX_BODY} bytes.")
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadCall("unreadable", "The body is no form.") from error


def text(payload: Payload, *names: str, longest: int = LONGEST) -> str:
    """The first of these fields that is there, as one printable line; "" when there is none."""
    for name in names:
        value = payload.get(name)
        if isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
            return printable(str(value), longest)
    return ""


def printable(raw: str, longest: int = LONGEST) -> str:
    """One line without control characters, NULs and broken surrogates, cut to a length; Persian joiners stay."""
    return (
        "".join(one if one.isprintable() or one in _JOINERS else " " for one in raw[: longest * 4])
        .strip()[:longest]
        .strip()
    )


def whole(payload: Payload, *names: str) -> int | None:
    """The first of these fields that is a whole number, also where it is written as a string or a float."""
    number = decimal(payload, *names)
    return None if number is None else int(number)


def decimal(payload: Payload, *names: str) -> float | None:
    """The first of these fields that is a number that can be counted with."""
    for name in names:
        value = payload.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            continue
        try:
            number = float(value[:32] if isinstance(value, str) else value)
        except (ValueError, OverflowError):
            continue
        if -1e15 < number < 1e15:
            return number
    return None


def keys(payload: Payload, *names: str) -> str:
    """What was keyed: digits, stars and hashes, at most `MAX_DIGITS`; digits of any script become ASCII."""
    for name in names:
        value = payload.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str):
            plain = (str(int(one)) if one.isdecimal() else one for one in value[: MAX_DIGITS * 4])
            return "".join(one for one in plain if one in _KEYS)[:MAX_DIGITS]
    return ""


def part(payload: Payload, name: str) -> Payload:
    """An object within; empty when it is none."""
    value = payload.get(name)
    return cast("Payload", value) if isinstance(value, dict) else {}


def call_id(payload: Payload, *names: str) -> str:
    """The id of a call. Raises `BadCall` (`not_a_call`) when there is none."""
    found = text(payload, *names, longest=128)
    if not found:
        raise BadCall("not_a_call", f"There is no {names[0]}.")
    return found


def share(payload: Payload, name: str) -> float:
    """A confidence, from 0 to 1; 0 where there is none."""
    return min(max(decimal(payload, name) or 0.0, 0.0), 1.0)


def short_texts(payload: Payload, most: int = 32) -> dict[str, str]:
    """The first fields of an object that are short texts or numbers."""
    names = [one for one in list(payload)[:most] if isinstance(one, str)]
    return {printable(name, 64): text(payload, name) for name in names}
