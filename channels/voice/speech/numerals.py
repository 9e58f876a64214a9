"""Numbers as words, in Persian and English."""

from channels.voice.script import Locale

LARGEST = 10**15 - 1
"""Larger numbers have no words here; they are read digit by digit."""

_FA_UNITS = (
    *("صفر", "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده", "یازده", "دوازده", "سیزده", "چهارده"),
    *("پانزده", "شانزده", "هفده", "هجده", "نوزده"),
)
_FA_TENS = ("", "", "بیست", "سی", "چهل", "پنجاه", "شصت", "هفتاد", "هشتاد", "نود")
_FA_HUNDREDS = ("", "صد", "دویست", "سیصد", "چهارصد", "پانصد", "ششصد", "هفتصد", "هشتصد", "نهصد")
_FA_GROUPS = ("", "هزار", "میلیون", "میلیارد", "تریلیون")
_EN_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_GROUPS = ("", "thousand", "million", "billion", "trillion")
_EN_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def cardinal(number: int, locale: Locale) -> str:
    """125 -> "صد و بیست و پنج", "one hundred and twenty-five"."""
    if number < 0:
        return ("منفی " if locale == "fa" else "minus ") + cardinal(-number, locale)
    if number > LARGEST:
        return digits(str(number), locale)
    return _fa(number) if locale == "fa" else _en(number)


def ordinal(number: int, locale: Locale) -> str:
    """3 -> "سوم", "third"."""
    words = cardinal(number, locale)
    return _fa_ordinal(words) if locale == "fa" else _en_ordinal(words)


def decimal(whole: str, fraction: str, locale: Locale) -> str:
    """The digits before and after the point: 3, 05 -> "سه ممیز صفر پنج", "three point zero five"."""
    point = "ممیز" if locale == "fa" else "point"
    return f"{cardinal(int(whole), locale)} {point} {' '.join(_units(locale)[int(one)] for one in fraction)}"


def digits(text: str, locale: Locale) -> str:
    """One after the other, with a short rest between them."""
    units = _units(locale)
    comma = "، " if locale == "fa" else ", "
    return comma.join(units[int(one)] for one in text if one.isdecimal())


def _units(locale: Locale) -> tuple[str, ...]:
    return _FA_UNITS if locale == "fa" else _EN_UNITS


def _groups(number: int) -> list[tuple[int, int]]:
    """The groups of three digits that are not 0, the highest first, with their place."""
    found = []
    place = 0
    while number:
        number, group = divmod(number, 1000)
        if group:
            found.append((group, place))
        place += 1
    return found[::-1]


def _fa(number: int) -> str:
    if number == 0:
        return _FA_UNITS[0]
    parts = []
    for group, place in _groups(number):
        words = "" if (group, place) == (1, 1) else _fa_group(group)
        parts.append(f"{words} {_FA_GROUPS[place]}".strip())
    return " و ".join(parts)


def _fa_group(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    tens, units = divmod(rest, 10)
    parts = [_FA_HUNDREDS[hundreds]]
    parts += [_FA_UNITS[rest]] if 0 < rest < 20 else [_FA_TENS[tens], _FA_UNITS[units] if units else ""]
    return " و ".join(one for one in parts if one)


def _fa_ordinal(words: str) -> str:
    if words.endswith("سه"):
        return f"{words[:-2]}سوم"
    return f"{words}\u200cام" if words.endswith("ی") else f"{words}م"


def _en(number: int) -> str:
    if number == 0:
        return _EN_UNITS[0]
    groups = _groups(number)
    parts = [f"{_en_group(group)} {_EN_GROUPS[place]}".strip() for group, place in groups]
    last, place = groups[-1]
    if len(groups) > 1 and place == 0 and last < 100:
        return f"{' '.join(parts[:-1])} and {parts[-1]}"
    return " ".join(parts)


def _en_group(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    tens, units = divmod(rest, 10)
    small = _EN_UNITS[rest] if rest < 20 else _EN_TENS[tens] + (f"-{_EN_UNITS[units]}" if units else "")
    if not hundreds:
        return small
    return f"{_EN_UNITS[hundreds]} hundred" + (f" and {small}" if rest else "")


def _en_ordinal(words: str) -> str:
    cut = max(words.rfind(" "), words.rfind("-")) + 1
    head, last = words[:cut], words[cut:]
    if last in _EN_ORDINALS:
        return head + _EN_ORDINALS[last]
    return head + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
