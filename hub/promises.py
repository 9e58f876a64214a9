"""Service levels: which promise a conversation has, and telling once when it is about to be broken or is."""

from dataclasses import dataclass

import structlog

from hub.acts import Acts
from hub.clock import Clock
from hub.errors import HubError
from hub.lanes import Appended
from hub.model.calendar import Calendar
from hub.model.conversation import Conversation
from hub.model.sla import Notice, SlaClock, SlaPolicy, clocks, most_urgent, next_notice
from hub.store.config import Config
from hub.workers import Pool

log = structlog.get_logger(__name__)

ALWAYS = Calendar()


@dataclass(frozen=True, slots=True)
class Promises:
    """Reads the promises of today: a changed policy or calendar counts at once, also for what is open."""

    acts: Acts
    config: Config
    clock: Clock
    background: Pool

    def policy(self, state: Conversation) -> SlaPolicy | None:
        """The promise made to a conversation; None when there is none."""
        if state.people_since is None:
            return None
        return next((one for one in self.config.slas if one.covers(state)), None)

    def clocks(self, state: Conversation, now: int) -> list[SlaClock]:
        """All clocks of a conversation."""
        policy = self.policy(state)
        return clocks(state, policy, self._calendar(policy), now) if policy is not None else []

    def most_urgent(self, state: Conversation) -> SlaClock | None:
        """The clock that is due first, for the desk."""
        return most_urgent(self.clocks(state, self.clock.now())) if state.open else None

    def next_notice(self, state: Conversation, now: int) -> Notice | None:
        """The next warning or breach to tell of."""
        policy = self.policy(state) if state.open else None
        return next_notice(state, policy, self._calendar(policy), now) if policy is not None else None

    async def tell(self, state: Conversation, now: int) -> None:
        """Tell what is due. What cannot be told now is told later, and holds up nothing else."""
        notice = self.next_notice(state, now)
        if notice is None or notice.at > now:
            return
        try:
            await self._tell(state, notice)
        except HubError as error:
            log.warning("promise_not_told", conversation=state.id, code=error.code)

    def on_appended(self, event: Appended) -> None:
        """What was done just now may have come too late: that is told too, though the clock has stopped."""
        before, at = event.before, event.entry.at
        if event.entry.event is None and event.entry.author.kind != "agent":
            return
        still = {clock.name for clock in self.clocks(event.after, at) if clock.runs and event.after.open}
        for clock in self.clocks(before, at):
            late = clock.runs and clock.due is not None and clock.due <= at
            if late and clock.name not in still and f"{clock.name}:breached" not in before.sla_told:
                notice = Notice(at=at, clock=clock, kind="breached")
                self.background.start(self._tell(event.after, notice), "promise")

    async def _tell(self, state: Conversation, notice: Notice) -> None:
        await self.acts.tell_sla(state, notice.clock.promise, notice.clock.name, notice.kind)

    def _calendar(self, policy: SlaPolicy) -> Calendar:
        named = self.config.calendar(policy.calendar) if policy.calendar else None
        return named.calendar if named is not None else ALWAYS
