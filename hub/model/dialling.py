"""Which telephone numbers a person may have dialled: rules in order, the first that holds decides. Pure.

A number is E.164 (+989121234567), or a short one that is known inside a telephone system or a town only (103).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

_NUMBERS = re.compile(r"\+\d{1,15}|\d{2,8}|\d{0,7}\*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialRule:
    """Allows numbers to people, or refuses them.

    `roles` it is for (empty: all). `numbers`: "+98" is how numbers begin, "110" a short one, "1*" how short ones begin,
    "*" every short one (empty: all numbers). `calendar` names hours: it holds while they are `open`, or are not.
    """

    name: str
    roles: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    calendar: str = ""
    open: bool = True
    allow: bool = True

    def is_for(self, role: str, number: str) -> bool:
        """Whether it says anything of a number and a role, whatever the hour."""
        return (not self.roles or role in self.roles) and (
            not self.numbers or any(_begins(number, one) for one in self.numbers)
        )


COSTLY = DialRule(
    name="شماره‌های گران، ماهواره‌ای و اضطراری",
    numbers=("+98909", "+979", "+1900", "+87", "+881", "+882", "+883", "110", "112", "115", "125"),
    allow=False,
)
"""What calls are stolen for (Iran's 0909, the world's premium rate 979, satellites), and whom nobody calls for fun."""
AT_HOME = DialRule(name="ایران و شماره‌های کوتاه", numbers=("+98", "*"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialling:
    """The rules; `otherwise`: whether what none of them names may be dialled."""

    rules: tuple[DialRule, ...] = (COSTLY, AT_HOME)
    otherwise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DialVerdict:
    """Whether a number may be dialled, by which rule ("": by none), and why not: ever, or at this hour."""

    allowed: bool
    rule: str = ""
    why: Literal["", "dial_refused", "dial_not_now"] = ""


def judge(dialling: Dialling, number: str, role: str, open_now: Collection[str]) -> DialVerdict:
    """Whether who has a role may have a number dialled while these calendars are open."""
    missed = False
    for rule in dialling.rules:
        if not rule.is_for(role, number):
            continue
        if not rule.calendar or rule.open == (rule.calendar in open_now):
            return _verdict(allowed=rule.allow, rule=rule.name, hour=missed or bool(rule.calendar))
        missed = missed or rule.allow
    return _verdict(allowed=dialling.otherwise, rule="", hour=missed)


def is_numbers(text: str) -> bool:
    """Whether this can be one of a rule's `numbers`."""
    return _NUMBERS.fullmatch(text) is not None


def _verdict(*, allowed: bool, rule: str, hour: bool) -> DialVerdict:
    if allowed:
        return DialVerdict(allowed=True, rule=rule)
    return DialVerdict(allowed=False, rule=rule, why="dial_not_now" if hour else "dial_refused")


def _begins(number: str, wanted: str) -> bool:
    if wanted.startswith("+"):
        return number.startswith(wanted)
    if wanted.endswith("*"):
        return not number.startswith("+") and number.startswith(wanted[:-1])
    return number == wanted
