"""The bot's figures: counts of stays and turns, added up, and the shares made of the sums. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from hub.model.bot_stays import BotFate


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Stays by fate, turns, and turns that were not understood."""

    contained: int = 0
    lost: int = 0
    handed_off: int = 0
    taken: int = 0
    running: int = 0
    turns: int = 0
    not_understood: int = 0

    @property
    def stays(self) -> int:
        """All of them."""
        return self.contained + self.lost + self.handed_off + self.taken + self.running

    @property
    def containment(self) -> float | None:
        """Of the stays that are over, the share that the bot served to the end; None when none is."""
        over = self.stays - self.running
        return self.contained / over if over else None

    @property
    def fallback_rate(self) -> float | None:
        """Of the turns, the share that was not understood; None when there were none."""
        return self.not_understood / self.turns if self.turns else None

    def __add__(self, other: Counted) -> Counted:
        """Both together."""
        return Counted(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(Counted)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Stays that have all of this in common. `day`: YYYY-MM-DD on which they began, at the workplace."""

    day: str
    lang: str
    channel: str
    fate: BotFate
    reason: str
    stays: int
    turns: int
    not_understood: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentCell:
    """Stays of one fate in which an intent was understood at least once, and how often it was in them."""

    intent: str
    fate: BotFate
    stays: int
    turns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BotFigures:
    """Everything that the screen shows; `reasons` of handoffs and `intents`, the most frequent first."""

    total: Counted
    days: dict[str, Counted]
    langs: dict[str, Counted]
    reasons: dict[str, int]
    intents: dict[str, Counted]


def figures_of(cells: Iterable[Cell], intents: Iterable[IntentCell]) -> BotFigures:
    """Add up."""
    total, days, langs = Counted(), dict[str, Counted](), dict[str, Counted]()
    reasons = dict[str, int]()
    for one in cells:
        counted = Counted(**{one.fate: one.stays}, turns=one.turns, not_understood=one.not_understood)
        total += counted
        days[one.day] = days.get(one.day, Counted()) + counted
        langs[one.lang] = langs.get(one.lang, Counted()) + counted
        if one.fate == "handed_off":
            reasons[one.reason] = reasons.get(one.reason, 0) + one.stays
    by_intent = dict[str, Counted]()
    for each in intents:
        counted = Counted(**{each.fate: each.stays}, turns=each.turns)
        by_intent[each.intent] = by_intent.get(each.intent, Counted()) + counted
    return BotFigures(
        total=total,
        days=dict(sorted(days.items())),
        langs=dict(sorted(langs.items())),
        reasons=dict(sorted(reasons.items(), key=lambda one: (-one[1], one[0]))),
        intents=dict(sorted(by_intent.items(), key=lambda one: (-one[1].stays, one[0]))),
    )
