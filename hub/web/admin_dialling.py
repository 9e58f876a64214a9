"""Admins and the telephone numbers that people may have dialled."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Annotated, get_args

from msgspec import Meta, Struct

from hub.errors import BadInput
from hub.model.dialling import Dialling, DialRule, is_numbers
from hub.web.admin_agents import Role
from hub.web.diff import changes
from hub.web.http import Call
from hub.web.names import line

MOST_NUMBERS = 200


class DiallingRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """The rules in order: the first that holds decides; `otherwise`: whether what none names may be dialled."""

    rules: Annotated[list[DialRule], Meta(max_length=100)]
    otherwise: bool = False


async def read_dialling(call: Call) -> DiallingRecord:
    """The rules."""
    return _record(call.web.config.dialling)


async def change_dialling(call: Call) -> DiallingRecord:
    """Replace the rules."""
    wanted = call.body_as(DiallingRecord)
    after = _checked(call, wanted.rules, otherwise=wanted.otherwise)
    difference = changes(_record(call.web.config.dialling), _record(after))
    if not difference:
        raise BadInput("Nothing to change.", code="nothing_to_change")
    await call.web.config.save(after)
    await call.record("dialling.change", "dialling", difference)
    return _record(after)


def _checked(call: Call, rules: list[DialRule], *, otherwise: bool) -> Dialling:
    """Rules with tidy names and numbers in ASCII digits. Raises BadInput that names the place."""
    found = tuple(_rule(call, rule, f"rules.{place}") for place, rule in enumerate(rules))
    return Dialling(rules=found, otherwise=otherwise)


def _rule(call: Call, rule: DialRule, place: str) -> DialRule:
    name = line(rule.name, f"{place}.name", longest=80)
    numbers = tuple(dict.fromkeys(_plain(one) for one in rule.numbers))
    wrong = next((one for one in numbers if not is_numbers(one)), None)
    if wrong is not None or len(numbers) > MOST_NUMBERS:
        raise BadInput("Write numbers like +98, 110, 1* or *.", code="bad_number", field=f"{place}.numbers")
    if not set(rule.roles) <= set(get_args(Role)):
        raise BadInput("There is no such role.", code="bad_role", field=f"{place}.roles")
    if rule.calendar and call.web.config.calendar(rule.calendar) is None:
        raise BadInput("There are no such hours.", code="no_such_calendar", field=f"{place}.calendar")
    return replace(rule, name=name, numbers=numbers)


def _plain(text: str) -> str:
    """As admins write it: digits of any script, blanks between them, 00 for +."""
    digits = (str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text if one.isprintable())
    tight = "".join(one for one in digits if not one.isspace() and one not in "-()")
    return f"+{tight[2:]}" if tight.startswith("00") and len(tight) > 2 else tight


def _record(dialling: Dialling) -> DiallingRecord:
    return DiallingRecord(rules=list(dialling.rules), otherwise=dialling.otherwise)
