"""Personal data out of a sentence, shape kept: what is left still looks like a message, and like an order number.

Two strengths. Anywhere: mail addresses, links, names of accounts, long numbers, numbers in words. Inside an entity's
mark only what belongs to a person whatever it is called (`_PERSONAL`): an order number there is what is to be learnt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bot.persian import normalise
from bot.training.data import Example, Mark
from bot.training.stories import Story
from hub.model.studio import Intent
from hub.training.knowledge import examples_in, sentence_of

_WORD = r"[^\s@<>()\[\]]+"
_LOCAL = r"[\w.+-]{1,64}"
_SERVICES = "gmail|yahoo|hotmail|outlook|icloud|proton(?:mail)?|chmail|جی ?میل|یاهو|هات ?میل"
_DOT = r"\s?[\[({]?\s?(?:dot|دات|نقطه)\s?[\])}]?\s?"
_ENDINGS = "com|net|org|ir|co|io|info|me|de|uk|کام|نت|آی\u200c? ?آر"
_MAIL = re.compile(rf"(?<![^\s@<>()\[\]]){_WORD}(?:\s?@\s|@|\s@(?=\S+\.(?:com|ir|net|org)\b)){_WORD}\.{_WORD}")
_SPELLED_MAIL = re.compile(
    rf"(?<![\w.+-])(?:{_LOCAL}(?:\sdot\s|\sدات\s|\sنقطه\s)){{0,3}}{_LOCAL}"
    rf"(?:\s?[\[({{]\s?(?:at|ات)\s?[\])}}]\s?|\s(?:at|ات|اَت)\s|\s?@\s?)"
    rf"(?:(?:{_SERVICES})(?:(?:\.|{_DOT})(?:{_ENDINGS}))?|(?:[\w-]+{_DOT}){{1,3}}(?:{_ENDINGS}))(?!\w)",
    re.IGNORECASE,
)
_LINK = re.compile(r"\b(?:(?:https?://|www\.)\S+|(?<![\w.-])(?:[a-z\d-]+\.)+[a-z]{2,}/\S+)", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)@\w{3,}")

_PART = r"[\s().\-\u2010-\u2015\u2212_/|*,،٬:;·•\u200c]"
_IBAN = re.compile(
    rf"(?<![A-Za-z\d])(?:IR(?:{_PART}?\d){{20,24}}|[A-Z]{{2}}\d\d(?:{_PART}?[A-Z\d]){{11,30}})(?![A-Za-z\d])",
    re.IGNORECASE,
)
_CARD = re.compile(rf"(?<!\d)\d(?:{_PART}{{0,3}}\d){{14,}}")
_PHONE = re.compile(
    rf"(?<![\d.])(?:(?:\+|00){_PART}?\d(?:{_PART}{{0,2}}\d){{8,13}}"
    rf"|(?:98|0)?{_PART}{{0,2}}9(?:{_PART}{{0,2}}\d){{9}}|0[1-8](?:{_PART}{{0,2}}\d){{9}})(?!\d)"
)
_TEN = re.compile(r"(?<!\d)\d{3}[\s-]?\d{6}[\s-]?\d(?!\d)")
_NUMBER = re.compile(r"\+?\d(?:[\s().\-\u2010-\u2015\u200c]{0,2}\d){4,}")
_PARTED = re.compile(rf"\d(?:{_PART}{{0,3}}\d){{9,}}")
"""Ten digits or more, whatever signs somebody writes between the parts of a card; a date has fewer.

All of these begin where a word begins, so that a long text is read once and not from each of its letters anew.
"""
_SPOKEN = (
    "صفر|یک|دوازده|دویست|دو|سه|چهارصد|چهارده|چهار|پنجاه|پنج|شصت|ششصد|شش|شیش|هفتصد|هفتاد|هفده|هیفده|هفت|هشتصد|هشتاد|هشت|"
    "نهصد|نه|ده|یازده|سیزده|پانزده|پونزده|شانزده|شونزده|هجده|نوزده|بیست|سیصد|سی|چهل|پانصد|نود|صد|"
    "zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple"
)
_SAID = rf"(?:{_SPOKEN}|\d{{1,2}})(?!\w)"
_WORDS = re.compile(rf"(?<!\w){_SAID}(?:[\s,،.\-\u200c]{{1,3}}(?:و )?{_SAID}){{6,}}", re.IGNORECASE)
_FEWEST_KINDS = 3
"""Somebody who says "no" seven times in Persian says the word for nine."""

_UNIT = (
    r"(?:[$€£%]|(?:تومان|تومن|ریال|هزار|میلیون|میلیارد|درصد|دلار|یورو|کیلو\w*|متر|گرم|"
    r"tom[ae]ns?|rials?|dollars?|usd|eur(?:os?)?|gbp|pounds?|percent|thousand|million|billion|km)(?!\w))"
)
_PRICED = re.compile(rf"\s?(?:(?:تا|الی|یا|و|to|or|and|-)\s?\d[\d.,٬]*\s?)?{_UNIT}", re.IGNORECASE)
_CURRENCY = re.compile(r"(?:[$€£]|\b(?:usd|eur|gbp|irr))\s?\Z", re.IGNORECASE)
_DATE = re.compile(r"(?:1[2-4]|19|20)\d\d([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:1[2-4]|19|20)\d\d")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,٬]\d{3}){1,3}")
_FEWEST_APART, _MOST_OF_A_PRICE = 7, 12


def masked(text: str) -> str:
    """The text in the bot's one spelling, with mail addresses, links, names of accounts and long numbers replaced.

    A number of five digits or more, or of seven with spaces or dashes between them (a telephone, a card, an account,
    an order), keeps its length and becomes zeros; of ten digits or more, whatever stands between them. Seven number
    words in a row become as many zeros. Prices, shares and dates stay.
    """
    return _hidden(normalise(text))


def masked_example(text: str, marks: Sequence[Mark]) -> tuple[str, tuple[Mark, ...]]:
    """The same for a sentence with entities: `text` is normalised, `marks` do not overlap. Their places move along."""
    made, kept, last = "", [], 0
    for mark in sorted(marks, key=lambda one: one.start):
        made += _hidden(text[last : mark.start])
        words = _without_personal(text[mark.start : mark.end])
        value = mark.value and _without_personal(mark.value)
        kept.append(replace(mark, start=len(made), end=len(made) + len(words), value=value))
        made, last = made + words, mark.end
    return made + _hidden(text[last:]), tuple(kept)


def masked_all(examples: Iterable[Example]) -> list[Example]:
    """Examples as they may be kept."""
    made = []
    for one in examples:
        text, marks = masked_example(one.text, one.marks)
        made.append(one if (text, marks) == (one.text, one.marks) else replace(one, text=text, marks=marks))
    return made


def masked_intents(intents: Iterable[Intent]) -> list[Intent]:
    """Intents as they may be kept; sentences that have become the same are one."""
    made = []
    for one in intents:
        sentences = [sentence_of(example) for example in masked_all(examples_in([one]))]
        made.append(replace(one, sentences=tuple({each.text: each for each in reversed(sentences)}.values())[::-1]))
    return made


def masked_story(story: Story) -> Story:
    """A pinned conversation as it may be kept."""
    return replace(story, turns=tuple(replace(one, text=masked(one.text)) for one in story.turns))


def hidden_in(before: Iterable[Intent], after: Iterable[Intent]) -> int:
    """How many sentences of the first were masked in the second."""
    kept = {(intent.name, one.text) for intent in after for one in intent.sentences}
    return sum((intent.name, one.text) not in kept for intent in before for one in intent.sentences)


def _hidden(text: str) -> str:
    text = _without_mails(text)
    text = _LINK.sub("https://example.com", text)
    text = _HANDLE.sub("@name", text)
    text = _WORDS.sub(_spoken, text)
    text = _without_personal(text)
    for number in (_NUMBER, _PARTED):
        text = number.sub(_long_number, text)
    return text


def _without_personal(text: str) -> str:
    """Without what is a person's wherever it stands: mails, IBANs, cards, telephones, national ids."""
    text = _without_mails(text)
    for pattern, belongs in _PERSONAL:
        text = pattern.sub(_zeros_where(belongs), text)
    return text


def _without_mails(text: str) -> str:
    return _SPELLED_MAIL.sub("name@example.com", _MAIL.sub("name@example.com", text))


def _zeros_where(belongs: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
    return lambda found: _zeros(found[0]) if belongs(found[0]) else found[0]


def _zeros(text: str) -> str:
    return re.sub(r"\d", "0", text)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_iban(text: str) -> bool:
    """Iran's by its letters, others by the check digits of ISO 13616."""
    plain = re.sub(r"[^A-Za-z\d]", "", text).upper()
    if plain.startswith("IR"):
        return True
    return int("".join(str(int(one, 36)) for one in plain[4:] + plain[:4])) % 97 == 1


def _is_national_id(text: str) -> bool:
    """Iran's: ten digits, the last one a check."""
    digits = [int(one) for one in _digits(text)]
    rest = sum(digit * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return digits[9] == (rest if rest < 2 else 11 - rest)


def _always(text: str) -> bool:
    return True


_PERSONAL: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (_IBAN, _is_iban),
    (_CARD, _always),
    (_PHONE, _always),
    (_TEN, _is_national_id),
)


def _long_number(found: re.Match[str]) -> str:
    text, digits = found[0], len(_digits(found[0]))
    apart = digits < _FEWEST_APART and not re.search(r"\d{5}", text)
    if apart or _DATE.fullmatch(text) or _THOUSANDS.fullmatch(text):
        return text
    price = _PRICED.match(found.string, found.end()) or _CURRENCY.search(found.string[: found.start()])
    return text if price and digits <= _MOST_OF_A_PRICE else _zeros(text)


def _spoken(found: re.Match[str]) -> str:
    words = re.findall(_SAID, found[0], re.IGNORECASE)
    return "0" * len(words) if len({one.lower() for one in words}) >= _FEWEST_KINDS else found[0]
