"""Numbers of cards taken out of what somebody said, be they digits or words."""

import re
from collections.abc import Iterator, Mapping

from channels.voice.script import Locale
from channels.voice.speech.numerals import cardinal

SHORTEST = 13
"""So many digits has a card at least (ISO/IEC 7812-1); telephone numbers in Iran have twelve with their country."""
MASK = "••••"
_WORD = re.compile(r"[^\W\d_]+|\d+")
_JOINTS = frozenset({"and", "و"})
_STRETCHED = {"oh": 1, "o": 1, "double": 1, "hundred": 0, "thousand": 3, "هزار": 3}


def _digits_of_words() -> Mapping[str, int]:
    numbers = (*range(20), *range(20, 100, 10), *range(100, 1000, 100))
    locales: tuple[Locale, ...] = ("fa", "en")
    words = {cardinal(one, locale): len(str(one)) for locale in locales for one in numbers}
    return {word: digits for word, digits in words.items() if " " not in word} | _STRETCHED


_DIGITS = _digits_of_words()


def without_cards(text: str) -> str:
    """The text, with each number of `SHORTEST` digits or more said in one go replaced by dots."""
    out, at = [], 0
    for start, end in _long_numbers(text):
        out += [text[at:start], MASK]
        at = end
    return "".join([*out, text[at:]])


def _long_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where long numbers begin and end."""
    start = end = digits = 0
    joined = tens = False
    for found in _WORD.finditer(text):
        word = found[0].casefold()
        worth = len(word) if word.isdecimal() else _DIGITS.get(word)
        if worth is None and not (digits and word in _JOINTS):
            if digits >= SHORTEST:
                yield start, end
            digits, joined, tens = 0, False, False
            continue
        if worth is None:
            joined = True
            continue
        start = start if digits else found.start()
        end = found.end()
        part_of_last = joined or (tens and worth == 1)  # thirty seven, سی و هفت
        digits += 0 if part_of_last and not word.isdecimal() else worth
        joined, tens = False, word.endswith("ty") and not word.isdecimal()
    if digits >= SHORTEST:
        yield start, end
