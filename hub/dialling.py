"""Numbers that people have dialled: whether they may, and the record of it."""

from dataclasses import dataclass

from hub.clock import Clock
from hub.errors import Conflict
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.dialling import judge
from hub.store.audit import AuditTrail, Deed
from hub.store.config import Config


@dataclass(frozen=True, slots=True)
class Dialler:
    """Stands before each number that somebody causes to be dialled."""

    config: Config
    clock: Clock
    trail: AuditTrail

    async def permit(self, agent: Agent, number: str, state: Conversation) -> None:
        """Let a number be dialled for a conversation; what is let and what is refused is kept in the audit trail.

        Raises:
            Conflict: `dial_refused`, or `dial_not_now` where it may be dialled at other hours.
        """
        now = self.clock.now()
        open_now = {id_ for id_, calendar in self.config.calendars.items() if calendar.is_open(now)}
        verdict = judge(self.config.dialling, number, agent.role, open_now)
        deed = Deed(
            actor=agent.id,
            action="call.dial" if verdict.allowed else "call.dial_refused",
            target=f"conversation:{state.header.number}",
            changes={"number": [None, number], "rule": [None, verdict.rule]},
        )
        await self.trail.add(deed)
        if not verdict.allowed:
            rule = verdict.rule or "no rule"
            raise Conflict(f"This number may not be dialled ({rule}).", code=verdict.why, field="to")
