"""Stays in a line: how long somebody waited in a queue and how that ended, and what a day of them comes to. Pure.

Offered = answered + abandoned + flow-out. Service level = answered in time / (answered + abandoned - short abandons),
as in call centres everywhere; numerator and denominator are kept, percentages are never averaged.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from hub.model.conversation import Conversation
from hub.model.entry import Entry
from hub.model.queues import ServiceTarget

Outcome = Literal["answered", "abandoned", "flow_out"]

LEFT_BY_CUSTOMER = frozenset({"customer_ended", "customer_left", "began_anew", "erased"})
"""Reasons of a closing that the customer brought about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One stay in one line, from `entered_at` to `left_at` (ms).

    `seq` is the number of the entry that ended it. Answered: an agent has it. Abandoned: the customer ended it while
    waiting. Flow-out: it left in any other way, to another line, back to the bot, or closed by us.
    """

    conversation: str
    seq: int
    queue: str
    channel: str
    entered_at: int
    left_at: int
    outcome: Outcome

    @property
    def seconds(self) -> int:
        """How long it lasted, begun seconds counted as whole ones."""
        return max(0, -((self.entered_at - self.left_at) // 1000))


def in_line(state: Conversation) -> bool:
    """Whether a customer waits in a line: in it or being offered, and with something said."""
    return state.owner.kind in {"queue", "offer"} and bool(state.contact_seq)


def ended_stay(before: Conversation, after: Conversation, entry: Entry) -> Stay | None:
    """The stay that an entry ended; None when it ended none."""
    if not in_line(before) or (in_line(after) and before.entered_at == after.entered_at):
        return None
    return Stay(
        conversation=before.id,
        seq=entry.seq,
        queue=before.queue or "",
        channel=before.header.channel,
        entered_at=before.entered_at or before.queued_at or before.fence_at,
        left_at=entry.at,
        outcome=_outcome(after, entry),
    )


def _outcome(after: Conversation, entry: Entry) -> Outcome:
    if after.owner.kind == "agent":
        return "answered"
    reason = entry.event.reason if entry.event else None
    by_customer = entry.author.kind == "contact" or reason in LEFT_BY_CUSTOMER
    return "abandoned" if after.owner.kind == "none" and by_customer else "flow_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a number of stays comes to. `in_time` of those answered, `short` of those abandoned."""

    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    short: int = 0
    flow_out: int = 0

    @property
    def offered(self) -> int:
        """All of them."""
        return self.answered + self.abandoned + self.flow_out

    @property
    def service_level(self) -> tuple[int, int]:
        """Numerator and denominator; who left at once is not counted."""
        return self.in_time, self.answered + self.abandoned - self.short

    def and_also(self, outcome: Outcome, seconds: int, target: ServiceTarget, times: int = 1) -> "Tally":
        """With so many more stays of this outcome and length."""
        match outcome:
            case "answered":
                in_time = times if seconds <= target.seconds else 0
                return replace(self, answered=self.answered + times, in_time=self.in_time + in_time)
            case "abandoned":
                short = times if seconds <= target.short_abandon_seconds else 0
                return replace(self, abandoned=self.abandoned + times, short=self.short + short)
            case "flow_out":
                return replace(self, flow_out=self.flow_out + times)


def day_of(now: int, time_zone: str) -> tuple[int, int]:
    """The day around a moment, from midnight to midnight of a time zone (ms)."""
    zone = ZoneInfo(time_zone)
    today = datetime.fromtimestamp(now / 1000, zone).date()
    return _midnight(today, zone), _midnight(today + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)
