"""What the studio keeps: intents with their sentences, versions of the bot, who is served by which. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Literal

from hub.errors import Conflict

VersionState = Literal["queued", "training", "ready", "failed", "cancelled"]
Slot = Literal["a", "b"]
SLOTS: tuple[Slot, Slot] = ("a", "b")
BUILT_IN = 0
"""The number of the model that comes with the product and is trained at the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One example of an intent: its text in the bot's one spelling. `marks`: (start, end, entity, value or "")."""

    text: str
    lang: str
    split: str = "train"
    marks: tuple[tuple[int, int, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An intent with all its sentences. `faq`: answered by the response `utter_faq_<name>`, without a written rule.

    `version` grows with each change; who changes it names the one that they saw.
    """

    name: str
    sentences: tuple[Sentence, ...] = ()
    faq: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A response (`variants` as in Rasa's domain) or a file of the project (`text`), with its version."""

    name: str
    variants: tuple[Mapping[str, object], ...] = ()
    text: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Of the conversations that begin with the bot from `at` (ms) on, `share` percent are the slot's, the rest not."""

    at: int
    slot: Slot
    share: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A version on its way into a slot since `since` (ms); its step begins once the slot's server has loaded it."""

    slot: Slot
    share: int
    since: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """Which version each slot holds, and which conversations are whose.

    A conversation keeps the slot of the step in force when it came to the bot. `steps` are in order; before the first
    one everything is slot a's.
    """

    slots: Mapping[Slot, int] = field(default_factory=lambda: {"a": BUILT_IN})
    steps: tuple[Step, ...] = (Step(at=0, slot="a"),)
    pending: Pending | None = None
    version: int = 0

    @property
    def active(self) -> int:
        """The version that most of the new conversations get."""
        last = self.steps[-1]
        return self.slots[last.slot] if last.share > 50 else self.slots.get(other(last.slot), self.slots[last.slot])

    def slot_of(self, conversation: str, began: int) -> Slot:
        """Whose a conversation is that came to the bot at `began` (ms)."""
        step = next((one for one in reversed(self.steps) if one.at <= began), self.steps[0])
        if step.share >= 100 or other(step.slot) not in self.slots:
            return step.slot
        return step.slot if lot(conversation) < step.share else other(step.slot)


def other(slot: Slot) -> Slot:
    """The other slot."""
    return "b" if slot == "a" else "a"


def lot(conversation: str) -> int:
    """A conversation's lot, 0..99, the same every time."""
    return int.from_bytes(sha256(conversation.encode()).digest()[:4], "big") % 100


def prepare(rollout: Rollout, number: int, share: int, now: int) -> Rollout:
    """Have a version loaded by the slot that most new conversations do not get; what was left in it goes to the other.

    Raises:
        Conflict: `already_active`: it has all new conversations. `rollout_busy`: another one is on its way.
    """
    last = rollout.steps[-1]
    if rollout.pending is not None and rollout.slots[rollout.pending.slot] != number:
        raise Conflict("Another version is being loaded; wait a moment.", code="rollout_busy")
    for slot in SLOTS:
        if rollout.slots.get(slot) == number:  # it is there already: only its share changes
            if slot == last.slot and last.share == share and rollout.pending is None:
                raise Conflict("This version is active already.", code="already_active")
            return replace(rollout, pending=Pending(slot=slot, share=share, since=now))
    holding = last.slot if last.share > 50 or other(last.slot) not in rollout.slots else other(last.slot)
    target = other(holding)
    steps = tuple(one for one in rollout.steps if one.slot == holding and one.share >= 100)
    return replace(
        rollout,
        slots={holding: rollout.slots[holding], target: number},
        steps=steps or (Step(at=last.at, slot=holding),),
        pending=Pending(slot=target, share=share, since=now),
    )


def begin(rollout: Rollout, now: int) -> Rollout:
    """The pending version is loaded: from now on it has its share of the conversations that begin."""
    if rollout.pending is None:
        return rollout
    step = Step(at=now, slot=rollout.pending.slot, share=rollout.pending.share)
    return replace(rollout, steps=(*rollout.steps, step)[-20:], pending=None)


def roll_back(rollout: Rollout) -> Rollout:
    """The last activation never happened: also the conversations that it was given go back to the version before.

    Raises:
        Conflict: `nothing_before`: there is no earlier version in the other slot.
    """
    if (pending := rollout.pending) is not None:
        used = {one.slot for one in rollout.steps}
        slots = {slot: number for slot, number in rollout.slots.items() if slot in used or slot != pending.slot}
        return replace(rollout, slots=slots, pending=None)
    bad = rollout.steps[-1].slot
    kept = tuple(one for one in rollout.steps if one.slot != bad)
    if not kept or other(bad) not in rollout.slots:
        raise Conflict("There is no earlier version to go back to.", code="nothing_before")
    return replace(rollout, steps=kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """What a version must be to be activated without a written reason. Shares 0..1."""

    max_f1_drop: float = 0.02
    min_accuracy: float = 0.7
    max_broken: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One condition with its figure: passed or not. `wanted` is its limit."""

    name: str
    passed: bool
    figure: float
    wanted: float
