"""How an agent's conversation ends: at once, or with time to write down how it went, as its queue says."""

from dataclasses import dataclass

from hub.acts import Acts
from hub.errors import BadInput, Conflict
from hub.model.conversation import Conversation
from hub.model.entry import Author
from hub.model.queues import WrapUp
from hub.store.config import Config


@dataclass(frozen=True, slots=True)
class Ending:
    """Closes conversations."""

    acts: Acts
    config: Config

    async def resolve(
        self, state: Conversation, author: Author, disposition: str | None, note: str | None, *, seen: int | None
    ) -> None:
        """End the talk, or its wrap-up. A fixed wrap-up takes its time, whatever is known before.

        `seen`: the last number that the agent knows of.

        Raises:
            BadInput: there is no such disposition (`bad_disposition`).
            Conflict: the queue wants one, and there is none (`disposition_required`); the customer has written since
                (`customer_wrote`).
        """
        if disposition is not None and disposition not in self.config.workplace.dispositions:
            raise BadInput("There is no such disposition.", code="bad_disposition", field="disposition")
        after = self.wrap_up(state)
        begins = state.ended_at is None and after.mode != "none"
        if begins or (state.ended_at is not None and after.mode == "fixed"):
            await self.acts.wrap_up(state, author, disposition, note, up_to=seen)
            return
        how = disposition or state.disposition
        if after.disposition_required and how is None:
            raise Conflict("Say how it ended.", code="disposition_required", field="disposition")
        await self.acts.resolve(state, author, disposition=how, reason="agent", note=note, up_to=seen)

    async def extend(self, state: Conversation, author: Author) -> None:
        """As much time again, once. Raises `Conflict` (`too_late`, `already_extended`)."""
        await self.acts.extend_wrap_up(state, author)

    def wrap_up(self, state: Conversation) -> WrapUp:
        """What follows a conversation."""
        queue = self.config.queue_for(state.queue, state.header.inbox)
        return queue.wrap_up if queue is not None else WrapUp()
