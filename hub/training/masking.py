"""Personal data out of a sentence, shape kept: what is left still looks like a message, and like an order number."""

from __future__ import annotations

import re

from bot.persian import normalise

_MAIL = re.compile(r"[^\s@<>()\[\]]+@[^\s@<>()\[\]]+\.[^\s@<>()\[\]]+")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)@\w{3,}")
_NUMBER = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){4,}")


def masked(text: str) -> str:
    """The text in the bot's one spelling, with mail addresses, links, names of accounts and long numbers replaced.

    A number of five digits or more, also one written with spaces or dashes (a telephone, a card, an account, an order),
    keeps its length and becomes zeros.
    """
    text = normalise(text)
    text = _MAIL.sub("name@example.com", text)
    text = _LINK.sub("https://example.com", text)
    text = _HANDLE.sub("@name", text)
    return _NUMBER.sub(lambda found: re.sub(r"\d", "0", found[0]), text)
