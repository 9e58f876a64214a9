"""Which version of the bot answers which conversation, and the way of a version into a slot. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Literal

from hub.errors import Conflict

Slot = Literal["a", "b"]
SLOTS: tuple[Slot, Slot] = ("a", "b")
LOADING_MS = 300_000
"""So long a server may take to load a version; starting the second server is a part of it."""
SETTLED_MS = 3_000
"""So long after a slot got its last conversation all of its conversations are in the store, to be counted."""
KEPT_STEPS = 20
BUILT_IN = 0
"""The number of the model that comes with the product and is trained at the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Of the conversations that begin with the bot from `at` (ms) on, `share` percent are the slot's, the rest not.

    `drains`: nobody activated this; the other slot gets no more conversations because it is to be emptied.
    """

    at: int
    slot: Slot
    share: int = 100
    drains: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A version on its way into a slot since `since` (ms); its step begins once the slot's server has loaded it.

    `waits`: the slot is not free yet. `evicted`: the version whose place it took, and `steps` those until then, both
    kept until it is loaded. `returns`: it is such a version, on its way back, and `steps` are in force again then.
    """

    slot: Slot
    number: int
    share: int = 100
    since: int = 0
    waits: bool = False
    evicted: int | None = None
    steps: tuple[Step, ...] = ()
    returns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """Which version each slot holds, and which conversations are whose.

    A conversation keeps the slot of the step in force when it came to the bot. `steps` are in order; before the first
    one everything is slot a's. `stuck`: the version that its server did not load in time, until another is activated.
    """

    slots: Mapping[Slot, int] = field(default_factory=lambda: {"a": BUILT_IN})
    steps: tuple[Step, ...] = (Step(at=0, slot="a"),)
    pending: Pending | None = None
    stuck: int | None = None
    version: int = 0

    @property
    def active(self) -> int:
        """The version that most of the new conversations get."""
        return self.slots[self.main]

    @property
    def main(self) -> Slot:
        """The slot that most of the new conversations get."""
        last = self.steps[-1]
        return last.slot if last.share > 50 or other(last.slot) not in self.slots else other(last.slot)

    @property
    def loading(self) -> Slot | None:
        """The slot whose server is loading a version now."""
        return self.pending.slot if self.pending is not None and not self.pending.waits else None

    @property
    def held(self) -> set[int]:
        """The versions whose models are in use, or will be, or may be again."""
        pending = (self.pending.number, self.pending.evicted) if self.pending is not None else ()
        return {number for number in (*self.slots.values(), *pending) if number is not None}

    @property
    def way_back(self) -> tuple[int, int] | None:
        """The version that rolling back takes away, and the one that it leads to; None where there is no such way."""
        steps, slots = _before(self)
        if not (kept := _undone(steps, slots)):
            return None
        return slots[other(kept[-1].slot)], slots[kept[-1].slot]

    def slot_of(self, conversation: str, began: int) -> Slot:
        """Whose a conversation is that came to the bot at `began` (ms)."""
        step = next((one for one in reversed(self.steps) if one.at <= began), self.steps[0])
        if step.share >= 100 or other(step.slot) not in self.slots:
            return step.slot
        return step.slot if lot(conversation) < step.share else other(step.slot)

    def living(self, slot: Slot, talks: Iterable[tuple[str, int]]) -> int:
        """How many of the conversations that the bot has (id, and when it came to the bot in ms) are a slot's."""
        return sum(self.slot_of(conversation, began) == slot for conversation, began in talks)

    def settled(self, now: int) -> bool:
        """Whether all conversations of the slot that gets no more of them can be counted."""
        return now - self.steps[-1].at >= SETTLED_MS


def other(slot: Slot) -> Slot:
    """The other slot."""
    return "b" if slot == "a" else "a"


def lot(conversation: str) -> int:
    """A conversation's lot, 0..99, the same every time."""
    return int.from_bytes(sha256(conversation.encode()).digest()[:4], "big") % 100


def prepare(rollout: Rollout, number: int, share: int, now: int) -> Rollout:
    """Have a version loaded by the slot that most new conversations do not get.

    Where another version is in that slot, the new one waits for `place`, and the slot gets no more conversations.

    Raises:
        Conflict: `already_active`: it has all new conversations. `rollout_busy`: another one is on its way.
    """
    pending, last = rollout.pending, rollout.steps[-1]
    if pending is not None and (pending.number != number or pending.returns):
        raise Conflict("Another version is being loaded; wait a moment.", code="rollout_busy")
    if pending is not None:
        return replace(rollout, pending=replace(pending, share=share), stuck=None)
    for slot in SLOTS:
        if rollout.slots.get(slot) == number:  # it is there already: only its share changes
            if slot == last.slot and last.share == share:
                raise Conflict("This version is active already.", code="already_active")
            return replace(rollout, pending=Pending(slot=slot, number=number, share=share, since=now), stuck=None)
    target = other(rollout.main)
    pending = Pending(slot=target, number=number, share=share, since=now)
    if target not in rollout.slots:
        return replace(rollout, slots={**rollout.slots, target: number}, pending=pending, stuck=None)
    drained = _with(rollout.steps, Step(at=now, slot=rollout.main, drains=True))
    steps = drained if last.share < 100 else rollout.steps
    return replace(rollout, steps=steps, pending=replace(pending, waits=True), stuck=None)


def place(rollout: Rollout, now: int) -> Rollout:
    """Let the version that waits into its slot; conversations of the one in it, if any are left, go to the other."""
    pending = rollout.pending
    if pending is None or not pending.waits:
        return rollout
    holding = other(pending.slot)
    kept = tuple(one for one in rollout.steps if one.slot == holding and one.share >= 100)
    return replace(
        rollout,
        slots={holding: rollout.slots[holding], pending.slot: pending.number},
        steps=kept or (Step(at=rollout.steps[-1].at, slot=holding),),
        pending=replace(pending, waits=False, since=now, evicted=rollout.slots[pending.slot], steps=rollout.steps),
    )


def begin(rollout: Rollout, now: int) -> Rollout:
    """The pending version is loaded: from now on it has its share of the conversations that begin."""
    pending = rollout.pending
    if pending is None or pending.waits:
        return rollout
    if pending.returns:
        return replace(rollout, steps=pending.steps, pending=None)
    steps = _with(rollout.steps, Step(at=now, slot=pending.slot, share=pending.share))
    return replace(rollout, steps=steps, pending=None)


def cancel(rollout: Rollout, now: int) -> Rollout:
    """Take the pending version back; the one whose place it took returns, and with it the way back that there was.

    Raises:
        Conflict: `too_late`: nothing is on its way, or only what returns.
    """
    pending = rollout.pending
    if pending is None or pending.returns:
        raise Conflict("There is nothing to stop any more.", code="too_late")
    if pending.evicted is not None:
        return _returning(rollout, pending.evicted, pending.steps, now)
    used = pending.waits or any(one.slot == pending.slot for one in rollout.steps)
    slots = {slot: number for slot, number in rollout.slots.items() if used or slot != pending.slot}
    return replace(rollout, slots=slots, pending=None)


def give_up(rollout: Rollout, now: int) -> Rollout:
    """What is still being loaded after `LOADING_MS` never will be: it is taken back, and everything stays as it was."""
    pending = rollout.pending
    if pending is None or pending.waits or now - pending.since < LOADING_MS:
        return rollout
    if pending.returns:
        slots = {slot: number for slot, number in rollout.slots.items() if slot != pending.slot}
        return replace(rollout, slots=slots, pending=None, stuck=pending.number)
    return replace(cancel(rollout, now), stuck=pending.number)


def roll_back(rollout: Rollout, now: int) -> Rollout:
    """The last activation never happened: also the conversations that it was given go back to the version before.

    What waits or is being loaded is taken back as well; the version before may have to be loaded again for that.

    Raises:
        Conflict: `nothing_before`: there is no earlier version.
    """
    steps, slots = _before(rollout)
    if not (kept := _undone(steps, slots)):
        raise Conflict("There is no earlier version to go back to.", code="nothing_before")
    pending = rollout.pending
    if slots == rollout.slots and not (pending is not None and pending.returns):
        return replace(rollout, steps=kept, pending=None)
    assert pending is not None
    return _returning(rollout, slots[pending.slot], kept, now)


def _returning(rollout: Rollout, number: int, steps: tuple[Step, ...], now: int) -> Rollout:
    pending = rollout.pending
    assert pending is not None
    back = Pending(slot=pending.slot, number=number, since=now, steps=steps, returns=True)
    return replace(rollout, slots={**rollout.slots, pending.slot: number}, pending=back)


def _before(rollout: Rollout) -> tuple[tuple[Step, ...], Mapping[Slot, int]]:
    """The steps and slots without what is being loaded in the place of another version."""
    pending = rollout.pending
    if pending is None or not pending.steps:
        return rollout.steps, rollout.slots
    number = pending.number if pending.evicted is None else pending.evicted
    return pending.steps, {**rollout.slots, pending.slot: number}


def _undone(steps: tuple[Step, ...], slots: Mapping[Slot, int]) -> tuple[Step, ...]:
    """The steps without those of the slot that was activated last; none where that leads nowhere."""
    bad = next((one.slot for one in reversed(steps) if not one.drains), steps[-1].slot)
    return tuple(replace(one, share=100) for one in steps if one.slot != bad) if other(bad) in slots else ()


def _with(steps: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    first, *more = steps  # the first one stays: rolling back leads to it
    return (first, *[*more, step][1 - KEPT_STEPS :])
