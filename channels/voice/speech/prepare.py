"""Written words made ready for the ear: numbers, dates, times, money, telephone numbers and codes become words.

A speaker reads 1403/05/12 as a fraction and 09121234567 as nine billion; this says what a person would say. Everything
that is not a number stays as it was written, without what cannot be spoken.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from unicodedata import category

from persiantools.jdatetime import JalaliDate

from channels.voice.script import Locale
from channels.voice.speech.numerals import cardinal, decimal, digits, ordinal

LONGEST = 2_000
"""So many characters are prepared; the rest is not spoken."""

_JALALI = (*("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),)
_JALALI_EN = (
    *("Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar", "Mehr", "Aban", "Azar", "Dey", "Bahman"),
    "Esfand",
)
_GREGORIAN = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    "December",
)
_GREGORIAN_FA = (
    *("ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"),
)
_MONEY: Mapping[str, Mapping[Locale, str]] = {
    "rial": {"fa": "ریال", "en": "rials"},
    "toman": {"fa": "تومان", "en": "tomans"},
    "dollar": {"fa": "دلار", "en": "dollars"},
    "euro": {"fa": "یورو", "en": "euros"},
}
_SIGNS = {"﷼": "rial", "irr": "rial", "ریال": "rial", "rial": "rial", "rials": "rial", "irt": "toman"} | {
    "تومان": "toman",
    "تومن": "toman",
    "toman": "toman",
    "tomans": "toman",
    "usd": "dollar",
    "$": "dollar",
    "دلار": "dollar",
    "€": "euro",
    "eur": "euro",
    "یورو": "euro",
}
_LETTERS = str.maketrans({"ي": "ی", "ك": "ک", "٬": ",", "٫": ".", "٪": "%", "−": "-", "\u200f": None, "\u200e": None})
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
_UNIT = "|".join(sorted(map(re.escape, _SIGNS), key=len, reverse=True))
_LONG = 10
"""An unbroken row of so many digits is no quantity: a card, an account, an identity number."""

Rule = tuple[re.Pattern[str], Callable[[re.Match[str], Locale], str]]


def spoken(text: str, locale: Locale) -> str:
    """The text as it is to be spoken: no digits are left in it."""
    said = "".join(str(int(one)) if one.isdecimal() else one for one in text[:LONGEST].translate(_LETTERS))
    for pattern, words in _RULES:
        said = pattern.sub(lambda found, words=words: f" {words(found, locale)} ", said)  # type: ignore[misc]
    said = "".join(one if _speakable(one) else " " for one in said)
    return re.sub(r"\s+([.,;،؛:!?؟])", r"\1", " ".join(said.split()))


def _date(found: re.Match[str], locale: Locale) -> str:
    year, month, day = (int(found[name]) for name in ("y", "m", "d"))
    jalali = year < 1700
    if not (JalaliDate.check_date(year, month, day) if jalali else _exists(year, month, day)):
        return digits(found[0], locale)
    if locale == "fa":
        months = _JALALI if jalali else _GREGORIAN_FA
        return f"{ordinal(day, 'fa')} {months[month - 1]} {cardinal(year, 'fa')}"
    if jalali:
        return f"the {ordinal(day, 'en')} of {_JALALI_EN[month - 1]} {cardinal(year, 'en')}"
    return f"{_GREGORIAN[month - 1]} {ordinal(day, 'en')}, {cardinal(year, 'en')}"


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def _time(found: re.Match[str], locale: Locale) -> str:
    hour, minute = int(found["h"]), int(found["m"])
    if locale == "fa":
        return cardinal(hour, "fa") + (f" و {cardinal(minute, 'fa')} دقیقه" if minute else "")
    if not minute:
        return f"{cardinal(hour, 'en')} o'clock"
    return f"{cardinal(hour, 'en')} {'oh ' if minute < 10 else ''}{cardinal(minute, 'en')}"


def _spelled(found: re.Match[str], locale: Locale) -> str:
    """Letters and digits one by one; a `+` is said as people dial it."""
    comma = "، " if locale == "fa" else ", "
    plus = ("صفر، صفر" if locale == "fa" else "plus",) if found[0].startswith("+") else ()
    return comma.join((*plus, *(digits(one, locale) if one.isdecimal() else one for one in found[0] if one.isalnum())))


def _code(found: re.Match[str], locale: Locale) -> str:
    return f"{found['word']} {digits(found['code'], locale)}"


def _money(found: re.Match[str], locale: Locale) -> str:
    unit = _SIGNS[found["unit"].lower()]
    return f"{_quantity(found, locale)} {_MONEY[unit][locale]}"


def _percent(found: re.Match[str], locale: Locale) -> str:
    return f"{_quantity(found, locale)} {'درصد' if locale == 'fa' else 'percent'}"


def _nth(found: re.Match[str], locale: Locale) -> str:
    said = ordinal(int(found["n"]), locale)
    return f"{said}ین" if locale == "fa" and found[0].endswith("ین") else said


def _range(found: re.Match[str], locale: Locale) -> str:
    between = "تا" if locale == "fa" else "to"
    return f"{cardinal(int(found['a']), locale)} {between} {cardinal(int(found['b']), locale)}"


def _quantity(found: re.Match[str], locale: Locale) -> str:
    whole, after = found["n"].replace(",", ""), found["after"]
    row = len(whole) >= _LONG and "," not in found["n"] and "unit" not in found.re.groupindex
    if not after and (row or whole[0] == "0"):
        return digits(whole, locale)
    said = decimal(whole, after, locale) if after else cardinal(int(whole), locale)
    minus = "منفی" if locale == "fa" else "minus"
    return f"{minus} {said}" if "minus" in found.re.groupindex and found["minus"] else said


def _speakable(one: str) -> bool:
    """No pictures, no markup, nothing that a speaker would call by its name."""
    return one in "\u200c\u200d" or (category(one)[0] in "LMNZ") or one in ".,;،؛:!?؟'’()-«»\"%"


def _rule(pattern: str, words: Callable[[re.Match[str], Locale], str]) -> Rule:
    return re.compile(pattern, re.IGNORECASE), words


_AMOUNT = rf"(?P<n>{_NUMBER})(?:\.(?P<after>\d{{1,9}}))?"
_RULES: tuple[Rule, ...] = (
    _rule(r"https?://\S+", lambda _, locale: "لینک" if locale == "fa" else "link"),
    _rule(r"(?<![\d/-])(?P<y>1[34]\d\d|19\d\d|20\d\d)([/-])(?P<m>\d\d?)\2(?P<d>\d\d?)(?![\d/-])", _date),
    _rule(r"(?<![\d:])(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?::[0-5]\d)?(?![\d:])", _time),
    _rule(r"(?<![\w+.,])(?:\+\d[\d ()-]{6,18}\d|0\d{9,13}|0\d{2,3}[ -]\d{3,4}[ -]?\d{3,5})(?!\w)", _spelled),
    _rule(rf"{_AMOUNT}\s?(?P<unit>{_UNIT})(?!\w)", _money),
    _rule(rf"(?P<unit>[$€﷼])\s?{_AMOUNT}", _money),
    _rule(rf"{_AMOUNT}\s?%", _percent),
    _rule(r"(?<![\w.,])(?P<n>\d{1,6})(?:st|nd|rd|th|[\u200c-]?(?:ام|م)(?:ین)?)(?!\w)", _nth),
    _rule(
        r"(?P<word>#|\b(?:کد|شماره|پیگیری|سفارش|order|code|number|ticket)\b)[\s:#«\"]{0,4}"
        r"(?P<code>\d{3,32})(?![\w.,:/-]*\d)",
        _code,
    ),
    _rule(r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*\d)[A-Z\d]+(?:-[A-Z\d]+)*(?![\w-])", _spelled),
    _rule(r"(?<![\w.,-])(?P<a>\d{1,5})\s?[-–]\s?(?P<b>\d{1,5})(?![\w-])", _range),
    _rule(rf"(?:(?<![\w.)])(?P<minus>-))?{_AMOUNT}", _quantity),
)
