"""Choosing among numbered lines: where a channel has no buttons, the customer writes a number or the words. Pure."""

import unicodedata
from collections.abc import Sequence

from hub.model.entry import Button


def chosen(text: str, buttons: Sequence[Button]) -> str | None:
    """The payload of the button that a text names: by its number (in any digits), "2." or "۲)", or by its title."""
    words = _folded(text)
    number = words.strip(" .)(-#")
    if number.isdecimal() and 1 <= int(number) <= len(buttons):
        return buttons[int(number) - 1].payload
    return next((button.payload for button in buttons if _folded(button.title) == words), None)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("\u200c", " ").replace("ي", "ی").replace("ك", "ک")
    return " ".join(plain.split()).casefold()
