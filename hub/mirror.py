"""What customers see of their conversation besides its words: place in line, who answers, typing, read marks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from channels.contract import Signal, State
from hub.delivery import Delivery
from hub.desk.commands import AgentTyping
from hub.lanes import Appended, Lanes
from hub.model.conversation import Conversation
from hub.model.ids import ConversationId
from hub.reading import ReadMoved
from hub.routing.places import LineMoved
from hub.workers import Pool


@dataclass(slots=True)
class Mirror:
    """Pushes states and typing to the channels; nothing here is stored."""

    delivery: Delivery
    lanes: Lanes
    state_of: Callable[[Conversation], Awaitable[State]]
    pool: Pool = field(default_factory=lambda: Pool("mirror"))

    def on_appended(self, event: Appended) -> None:
        """Events change what is true; words do not."""
        if event.entry.kind == "event":
            self.pool.start(self._show(event.after), "state")

    def on_line_moved(self, event: LineMoved) -> None:
        """Places and waits changed."""
        for state in event.states:
            self.pool.start(self._show(state), "place")

    def on_read(self, event: ReadMoved) -> None:
        """An agent has read on."""
        if event.who == "agent":
            self.pool.start(self._show_newest(event.conversation), "read")

    def on_agent_typing(self, event: AgentTyping) -> None:
        """An agent is typing to the customer."""
        signal = Signal(type="typing", conversation=event.state.id, who="agent", name=event.agent.name, on=event.on)
        self.delivery.signal(event.state, signal)

    def bot_typing(self, state: Conversation, on: bool) -> None:
        """The bot is at it."""
        self.delivery.signal(state, Signal(type="typing", conversation=state.id, who="bot", on=on))

    async def _show_newest(self, conversation: ConversationId) -> None:
        await self._show(await self.lanes.state(conversation))

    async def _show(self, state: Conversation) -> None:
        signal = Signal(type="state", conversation=state.id, state=await self.state_of(state))
        self.delivery.signal(state, signal)
