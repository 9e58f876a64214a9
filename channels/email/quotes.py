"""How a quoted mail announces itself. Shape more than language: a date or an address, then a verb or a colon.

So a language that is not listed is often recognised all the same. Every pattern is bounded, or free of nested
repetition, and lines longer than any announcement are not looked at: the time is linear in the text.
"""

import re
import unicodedata

from channels.email import languages

MAX_ANNOUNCEMENT = 400
"""Characters: a longer line is prose."""

_MARKS = (0xAD, 0x61C, 0x2060, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_FOLD = {
    **dict.fromkeys(_MARKS),
    **{zero + digit: 0x30 + digit for zero in (0x660, 0x6F0, 0xFF10) for digit in range(10)},
    **dict.fromkeys((0xA0, 0x2009, 0x202F, 0x3000), 0x20),
    **dict.fromkeys((0xFF1A, 0xFE55), 0x3A),
    0x64A: 0x6CC,  # Arabic yeh and kaf: in Persian they are the same letters
    0x643: 0x6A9,
    0x2019: 0x27,
}


def folded(line: str) -> str:
    """For comparing only: lower case, plain digits and spaces, no marks of direction, one spelling of ی and ک."""
    line = line.lower().translate(_FOLD)
    return line if line.isascii() else unicodedata.normalize("NFC", line)


def _phrases(table: str) -> tuple[str, ...]:
    return tuple(folded(phrase.strip()) for line in table.splitlines() for phrase in line.split("|") if phrase.strip())


def _any_of(table: str) -> str:
    return "(?:" + "|".join(re.escape(each) for each in sorted(_phrases(table), key=len, reverse=True)) + ")"


_OPENER = re.compile(rf"{_any_of(languages.OPENERS)}(?=[\s\d,:\"'-]|[\u0590-\u06ff\u4e00-\u9fff]|$)")
_VERB = re.compile(rf"(?<![^\W\d_]){_any_of(languages.VERBS)}(?![^\W\d_])|[写寫][道到]|のメッセージ|작성|썼습니다")
_END = r"[\s.:>\-,\]\"*_]{0,30}$"
_ENDS_WITH_VERB = re.compile(
    rf"(?:(?<![^\W\d_]){_any_of(languages.VERBS)}|[写寫][道到]|のメッセージ|작성|썼습니다){_END}"
)
_MARKER = re.compile(rf"[-_=]{{1,60}}[\s*]{{0,3}}{_any_of(languages.FORWARDED)}[\s*:]{{0,3}}[-_=]{{0,60}}[\s*]{{0,3}}$")
_FORWARD_LINES = frozenset(_phrases(languages.FORWARD_LINES))
_SENT_FROM = re.compile(rf"(?:{'|'.join(languages.SENT_FROM.strip().splitlines())})$")
_PROSE = re.compile(r"\b(?:is|are|was|were|has|have|will|would|it's|i)\b")
_LINK = re.compile(r"\[([^\]\[]{1,200})\]\([^()\s]{1,500}\)")

_FIELDS = {
    "from": re.compile(rf"{_any_of(languages.FROM)}\s?:"),
    "to": re.compile(rf"{_any_of(languages.TO)}\s?:"),
    "subject": re.compile(rf"{_any_of(languages.SUBJECT)}\s?:"),
    "date": re.compile(rf"{_any_of(languages.DATE)}\s?:"),
}

_TIME = re.compile(r"(?<!\d)\d{1,2}\s?[:.h]\s?\d{2}(?!\d)|(?<!\d)\d{1,2}\s?(?:am|pm|a\.m|p\.m|uhr|時|시|点|點)\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20|13|14)\d{2}(?!\d)")
_SHORT_DATE = re.compile(r"(?<!\d)\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\d)")
_DAY_AND_MONTH = re.compile(
    r"(?<!\d)\d{1,2}\.?(?:st|nd|rd|th)?[ -](?:de )?[^\W\d_]{3,12}\b|\b[^\W\d_]{3,12}\.? \d{1,2}(?!\d)"
)
_CJK_DATE = re.compile(r"\d{1,2}[月월]\s?\d{1,2}[日일]")
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,100}")
_BRACKETED = re.compile(r"[<\[(]\s?(?:mailto:)?[^<>@\s]{1,64}@[^<>@\s]{1,255}\s?[>\])]")
_GMT = re.compile(r"20\d\d-\d\d-\d\d \d\d?:\d\d gmt[+-]\d\d:\d\d [^<>@]{1,100}$")
_POSTED = re.compile(r"posted by .{1,100} on \d{2}/\d{2}/\d{4}$")
_VIA = re.compile(r"\S.{0,100} via \S.{0,100} (?:wrote|schrieb)\s?:?$")
_DASHED = re.compile(r"-{2,20}\s?[^\s-].{0,200}\b(?:wrote|schrieb|a écrit|escribió|نوشت)\s?:?\s?-{2,20}$")


def is_marker(text: str) -> bool:
    """`----- Original message -----` and its like. `text` is folded."""
    return len(text) < 200 and (_MARKER.match(text.lstrip(" >*_")) is not None or text.strip(" >*") in _FORWARD_LINES)


def opens(text: str) -> bool:
    """An announcement may begin here: with a word for "on", or a date. `text` is folded."""
    text = text[:MAX_ANNOUNCEMENT].lstrip("-*_ <")
    return opens_by_word(text) or _dated(text)


def opens_by_word(text: str) -> bool:
    """It begins with a word for "on"."""
    return _OPENER.match(text) is not None


def announces(text: str) -> bool:
    """`On ..., ... wrote:` in one piece. `text` is folded, without the quote marks before it."""
    if not text or len(text) > MAX_ANNOUNCEMENT:
        return False
    if any(pattern.match(text) for pattern in (_GMT, _POSTED, _VIA, _DASHED)):
        return True
    text = text.lstrip("-*_ <")
    dated, addressed, opened = _dated(text), _ADDRESS.search(text) is not None, opens_by_word(text)
    if _ENDS_WITH_VERB.search(text):
        colon = text.rstrip(' *_"->').endswith(":")
        return (dated and (opened or addressed or (colon and _begins_with_date(text)))) or (addressed and colon)
    if text.rstrip(' *_"').endswith(":"):
        spoken = _VERB.search(text) is not None
        bracketed = _BRACKETED.search(text) is not None
        begun = opened or addressed or _begins_with_date(text)
        return (dated and ((spoken and begun) or bracketed)) or (addressed and spoken and opened)
    return text.endswith((">", ")")) and dated and _BRACKETED.search(text) is not None and text[0].isdigit()


def _begins_with_date(text: str) -> bool:
    """After a day's name at most."""
    return any(letter.isdigit() for letter in text[:14])


def _dated(text: str) -> bool:
    if _SHORT_DATE.search(text) or _CJK_DATE.search(text):
        return True
    return sum(pattern.search(text) is not None for pattern in (_TIME, _YEAR, _DAY_AND_MONTH)) >= 2


def field_of(text: str) -> str:
    """Which field (`from`, `to`, `subject`, `date`) a repeated header line shows; empty if it is none.

    `text` is folded. A date needs a digit, the others a word.
    """
    text = text.lstrip(" *>_").replace("*", "")
    if ":" not in text[:40]:
        return ""
    for name, pattern in _FIELDS.items():
        if match := pattern.match(text):
            rest = text[match.end() :].strip(" *_")
            if rest and (name != "date" or any(letter.isdigit() for letter in rest)):
                return name
    return ""


def names_address(text: str) -> bool:
    """A mailbox in brackets stands in it."""
    return _BRACKETED.search(text) is not None


def is_sent_from(text: str) -> bool:
    """The line that a telephone adds (`Sent from my iPhone`), not a sentence that begins like it. `text` is folded."""
    if len(text) > 250:
        return False
    text = _LINK.sub(r"\1", text).strip(" *_<>()[]\t")
    return _SENT_FROM.match(text) is not None and not (text.startswith("sent") and _PROSE.search(text))
