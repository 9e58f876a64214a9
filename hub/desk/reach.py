"""Which conversations an agent may see and act on, and what they write, checked."""

from dataclasses import dataclass

from hub.desk.floor import Desk, may_see
from hub.errors import BadInput, Conflict, NotFound
from hub.lanes import Lanes
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.entry import Author
from hub.model.ids import ConversationId
from hub.store.config import Config

MAX_TEXT = 4_000
MAX_NOTE = 4_000
CLEAN = {0: None}


@dataclass(frozen=True, slots=True)
class Reach:
    """Conversations as an agent reaches them."""

    lanes: Lanes
    config: Config

    async def seen(self, desk: Desk, conversation: str) -> Conversation:
        """One that they may see. Raises `NotFound`."""
        state = await self.lanes.state(ConversationId(conversation))
        if not may_see(desk.me(), state, self.config):
            raise NotFound("There is no such conversation.")
        return state

    async def mine(self, desk: Desk, conversation: str) -> tuple[Conversation, Author]:
        """One that is theirs, and they as its author. Raises `NotFound`, `Conflict`."""
        state = await self.seen(desk, conversation)
        me = desk.me()
        held_by(state, me)
        return state, author_of(me)


def held_by(state: Conversation, me: Agent) -> None:
    """It is theirs now. Raises `Conflict`."""
    if state.owner.kind != "agent" or state.owner.agent != me.id:
        raise Conflict("This conversation is not yours now.", code="resolved" if not state.open else "not_yours")


def author_of(agent: Agent) -> Author:
    """An agent as the author of an entry."""
    return Author(kind="agent", id=agent.id, name=agent.name)


def words_of(text: str, most: int) -> str:
    """What they wrote. Raises `BadInput`."""
    words = text.translate(CLEAN).encode("utf-8", "replace").decode("utf-8").strip()
    if not words or len(words) > most:
        raise BadInput(f"Between 1 and {most} characters.", code="bad_text", field="text")
    return words


def optional(note: str | None) -> str | None:
    """A note that may be missing. Raises `BadInput`."""
    return words_of(note, MAX_NOTE) if note and note.strip() else None
