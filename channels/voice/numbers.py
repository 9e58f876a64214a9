"""Telephone numbers as callers, providers and admins write them; the one place where the voice channel reads them.

Numbers are E.164 where they can be dialled from anywhere. What is only known inside a telephone system (an extension,
a SIP name) stays as it is, and is no identity outside of its inbox. Who hides the number has none at all.
"""

import re
from dataclasses import dataclass
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
"""Local numbers without an area code have up to eight digits, and are known in their own town only."""
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
    plain = printable(text).strip("<>\"' ")
    user, _, host = _SIP.sub("", plain).partition("@")
    user, host = unquote(user).split(";")[0].strip(), re.split(r"[;:>?]", host)[0].strip().lower()
    if _hidden(user) or host in {"anonymous.invalid", "anonymous"}:
        return ANONYMOUS
    if (number := e164(user, region)) is not None:
        return Caller(kind="number", address=number)
    if _EXTENSION.fullmatch(user):
        return Caller(kind="extension", address=_ascii(user))
    return Caller(kind="sip", address=f"{user.lower()}@{host}") if host else ANONYMOUS


def e164(text: str, region: str = HOME_REGION) -> str | None:
    """A number as E.164, digits of any script; None for what cannot be dialled from anywhere."""
    import phonenumbers  # noqa: PLC0415 (with the first number: 3 MB)

    if not _SHAPE.fullmatch(text.strip()):
        return None
    for written in (text.strip(), f"+{text.strip()}"):
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            continue
        if not number.extension and phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def dialable(text: str, region: str = HOME_REGION) -> str | None:
    """What can be dialled: E.164, or an extension or local number of two to eight digits; None for anything else."""
    plain = text.strip()
    return e164(plain, region) or (_ascii(plain) if _EXTENSION.fullmatch(plain) else None)


def _hidden(user: str) -> bool:
    if not user or user.lower() in _HIDDEN_WORDS:
        return True
    return re.sub(r"\D", "", _ascii(user)).lstrip("0") == _HIDDEN_NUMBER


def _ascii(text: str) -> str:
    return "".join(str(int(one)) if one.isdecimal() else one for one in text)
