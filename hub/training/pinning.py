"""A real conversation as a story: what the customer said, masked, and what the bot understood and answered. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.contract import Locale
from bot.training.data import language_of
from bot.training.domain import names_of
from bot.training.pinned import MOST_TURNS
from bot.training.safe_yaml import compose, plain
from bot.training.stories import Expected
from hub.model.entry import Entry
from hub.model.studio import Kept
from hub.training.knowledge import Knowledge
from hub.training.masking import masked


def turns_of(timeline: Iterable[Entry], responses: Sequence[Kept], locale: str) -> tuple[Expected, ...]:
    """The bot's turns in a timeline, each with all that the customer had said before it.

    What the bot answered is known where its words are those of a response; a button counts where it was offered.
    """
    said: list[Entry] = []
    words: list[str] = []
    offered: set[str] = set()
    found: list[Expected] = []
    for entry in timeline:
        if entry.kind == "message" and entry.author.kind == "contact":
            said.append(entry)
        elif entry.author.kind == "bot" and entry.kind == "message":
            words.append(entry.text)
            offered |= {button.payload for part in entry.parts for button in part.buttons}
        up_to = entry.event.up_to if entry.event else entry.up_to
        if up_to is None:
            continue
        if said and (turn := _turn(said, words, offered, responses, entry, locale)) is not None:
            found.append(turn)
        said, words = [], []
    return tuple(found[:MOST_TURNS])


def actions_of(known: Knowledge) -> list[str]:
    """What may be expected of a turn: responses, forms and actions that the domain names."""
    text = next((one.text for one in known.files if one.name == "domain.yml"), "")
    domain = plain(compose("domain.yml", text, aliases=True)) if text else {}
    if not isinstance(domain, Mapping):
        return []
    named = [name for name in names_of(domain.get("actions")) if not name.startswith("validate_")]
    return sorted({*(one.name for one in known.responses), *(domain.get("forms") or {}), *named})


def response_named(words: str, responses: Iterable[Kept]) -> str:
    """The response whose text these words are, slots filled in or not; empty when they are nobody's."""
    for one in responses:
        for variant in one.variants:
            text = str(variant.get("text") or "")
            if text and _filled_in(text, words):
                return one.name
    return ""


def _filled_in(text: str, words: str) -> bool:
    """Whether `words` are `text` with anything in place of its slots; in one pass, whatever customers put in them."""
    first, *middle = re.split(r"\{\w+\}", text)
    if not middle:
        return words == text
    last = middle.pop()
    at, end = len(first), len(words) - len(last)
    if not (words.startswith(first) and words.endswith(last) and at <= end):
        return False
    for part in middle:
        at = words.find(part, at, end) + len(part)
        if at < len(part):
            return False
    return True


def _turn(
    said: Sequence[Entry],
    words: Sequence[str],
    offered: set[str],
    responses: Sequence[Kept],
    entry: Entry,
    locale: str,
) -> Expected | None:
    pressed = next((part.payload for part in said[-1].parts if part.type == "button" and part.payload), "")
    text = masked(" ".join(one.text for one in said)).lstrip("/").strip()
    if not text:
        return None
    usual: Locale = "en" if locale == "en" else "fa"
    return Expected(
        text=text,
        lang=language_of(text, None) if re.search(r"[^\W\d_]", text) else usual,
        intent=entry.understood.intent if entry.understood else "",
        action=next((name for one in words if (name := response_named(one, responses))), ""),
        payload=pressed if pressed in offered else "",
    )
