"""Telephone numbers as callers, providers and admins write them; the one place where the voice channel reads them.

Numbers are E.164 where they can be dialled from anywhere. What is only known inside a telephone system (an extension,
a SIP name) stays as it is, and is no identity outside of its inbox. Who hides the number has none at all.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import unquote

from channels.voice.wire import printable

HOME_REGION = "IR"
_HIDDEN_WORDS = frozenset(
    {"anonymous", "restricted", "unavailable", "unknown", "private", "blocked", "withheld", "asterisk", "null", "none"}
)
_HIDDEN_NUMBER = "266696687"
"""What "anonymous" spells on a keypad, as providers write it."""
_SHAPE = re.compile(r"\+?[\d\s().\-/]{2,24}")
_EXTENSION = re.compile(r"\d{2,8}")
_LONGEST_INSIDE = 6
_LONGEST_LOCAL = 8
"""Local numbers without an area code have up to eight digits, and are known in their own town only."""
_NAMED = re.compile(r".*<([^<>]*)>[^<>]*")
_WIDE = str.maketrans({"＋": "+"})
_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_PERSIAN = ("صفر", "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه")
_LETTERS = str.maketrans({"ي": "ی", "ك": "ک"})
"""Some listeners write Persian with Arabic letters."""
_PAUSE = re.compile(r"[-,.،؛!?؟]")
_SAID = {
    **{word: str(digit) for words in (_ENGLISH, _PERSIAN) for digit, word in enumerate(words)},
    "oh": "0",
    "شیش": "6",
}
_SIP = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, as far as the line tells. `address` is E.164, an extension or a SIP address; "" when it is hidden."""

    kind: Literal["number", "extension", "sip", "anonymous"]
    address: str = ""

    @property
    def anonymous(self) -> bool:
        """Nobody is recognised by it, and nobody can be called back."""
        return self.kind == "anonymous"


ANONYMOUS = Caller(kind="anonymous")


def caller(text: str, region: str = HOME_REGION) -> Caller:
    """Read what a provider gives as the caller."""
    plain = _NAMED.sub(r"\1", _plain(text)).strip("<>\"' ")
    user, _, host = _SIP.sub("", plain).partition("@")
    user, host = unquote(user).split(";")[0].strip(), re.split(r"[;:>?]", host)[0].strip().lower()
    if _hidden(user) or host in {"anonymous.invalid", "anonymous"}:
        return ANONYMOUS
    if (number := e164(user, region)) is not None:
        return Caller(kind="number", address=number)
    if _EXTENSION.fullmatch(user):
        return Caller(kind="extension", address=_ascii(user))
    return Caller(kind="sip", address=f"{user.lower()}@{host}") if host else ANONYMOUS


def digits_said(text: str) -> str:
    """The number that somebody has said digit by digit; "" where they said anything else, or one digit alone."""
    said = keys_said(text)
    return said if len(said) > 1 else ""


def keys_said(text: str) -> str:
    """The keys that somebody has said instead of pressing them; "" where they said anything else."""
    words = _PAUSE.sub(" ", text.lower().translate(_LETTERS)).split()
    said = [_ascii(one) if one.isdecimal() else _SAID.get(one) for one in words]
    return "".join(one for one in said if one is not None) if None not in said else ""


def e164(text: str, region: str = HOME_REGION) -> str | None:
    """A number as E.164, digits of any script; None for what cannot be dialled from anywhere."""
    import phonenumbers  # noqa: PLC0415 (with the first number: 3 MB)

    plain = _plain(text)
    if not _SHAPE.fullmatch(plain) or _local(plain):
        return None
    for written in (plain, f"+{plain}"):
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            continue
        if not number.extension and phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def dialable(text: str, region: str = HOME_REGION) -> str | None:
    """What can be dialled: E.164, or an extension or local number of two to eight digits; None for anything else."""
    plain = _plain(text)
    return e164(plain, region) or (_ascii(plain) if _EXTENSION.fullmatch(plain) else None)


def extension(number: str) -> bool:
    """Whether what is dialled is known inside of a telephone system, and needs no line outside."""
    return len(number) <= _LONGEST_INSIDE and number.isdecimal()


def _local(plain: str) -> bool:
    """Whether this is dialled in its own town only; it may look like a number of some small country."""
    digits = _digits(plain)
    return len(digits) <= _LONGEST_LOCAL and not plain.startswith("+") and not digits.startswith("0")


def _hidden(user: str) -> bool:
    if user.lower() in _HIDDEN_WORDS or not _ascii(user).strip("+0") or _machine(user):
        return True
    return _digits(user).lstrip("0") == _HIDDEN_NUMBER


def _machine(user: str) -> bool:
    """Whether it is the address of a machine, which calls without a number."""
    try:
        return bool(ip_address(user))
    except ValueError:
        return False


def _plain(text: str) -> str:
    """One line, without marks that show which way it is read."""
    return printable(text).translate(_WIDE)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", _ascii(text))


def _ascii(text: str) -> str:
    return "".join(str(int(one)) if one.isdecimal() else one for one in text)
