"""Service levels: which promise a conversation has, and telling once when it is about to be broken or is."""

from dataclasses import dataclass

from hub.acts import Acts
from hub.clock import Clock
from hub.model.calendar import Calendar
from hub.model.conversation import Conversation
from hub.model.sla import SlaClock, SlaPolicy, clocks, next_notice
from hub.store.config import Config

ALWAYS = Calendar()


@dataclass(frozen=True, slots=True)
class Promises:
    """Reads the promises of today: a changed policy or calendar counts at once, also for what is open."""

    acts: Acts
    config: Config
    clock: Clock

    def policy(self, state: Conversation) -> SlaPolicy | None:
        """The promise made to a conversation; None when there is none."""
        if state.asked_at is None or not self.config.slas:
            return None
        return next((one for one in self.config.slas.values() if one.covers(state)), None)

    def clocks(self, state: Conversation) -> list[SlaClock]:
        """All clocks of a conversation."""
        policy = self.policy(state)
        return clocks(state, policy, self._calendar(policy), self.clock.now()) if policy is not None else []

    def next_notice(self, state: Conversation) -> tuple[int, SlaClock, str] | None:
        """The next warning or breach to tell of."""
        policy = self.policy(state)
        if policy is None or not state.open:
            return None
        return next_notice(state, policy, self._calendar(policy), self.clock.now())

    async def tell(self, state: Conversation) -> None:
        """Tell what is due."""
        notice = self.next_notice(state)
        if notice is not None and notice[0] <= self.clock.now():
            _, clock, kind = notice
            await self.acts.tell_sla(state, clock.promise, clock.name, kind)

    def _calendar(self, policy: SlaPolicy) -> Calendar:
        return self.config.calendars.get(policy.calendar, ALWAYS) if policy.calendar else ALWAYS
