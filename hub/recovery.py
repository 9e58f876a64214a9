"""After a start: find what a crash left unfinished. The store is the truth; every step picks its own work up again."""

import structlog

from hub.deadlines import Deadlines
from hub.dialogue import Dialogue
from hub.errors import HubError
from hub.lanes import Lanes
from hub.model.conversation import Conversation
from hub.routing.courtesy import Courtesy
from hub.store.conversations import Conversations
from hub.store.entries import Entries

log = structlog.get_logger(__name__)

BATCH = 1_000
LOOK_BACK = 50
LATELY = 10_000
"""So many entries at most can be newer than what the last roll-up (every quarter of a second) has seen."""


async def roll_forward(conversations: Conversations, entries: Entries, lanes: Lanes, deadlines: Deadlines) -> int:
    """Bring projections that had fallen behind their timelines up to date; returns how many.

    Those that are open, and those that anybody wrote in lately: rated after the end, or opened again.
    """
    perhaps = [*{row.state.id for row in await conversations.unresolved()} | await entries.written_lately(LATELY)]
    behind = 0
    for start in range(0, len(perhaps), BATCH):
        batch = perhaps[start : start + BATCH]
        newest, known = await entries.last_seqs(batch), await conversations.last_seqs(batch)
        late = [one for one in batch if one in known and newest.get(one, 0) > known[one]]
        states = [await lanes.state(one) for one in late]
        await conversations.save([(state, deadlines.due(state)) for state in states])
        behind += len(late)
    return behind


async def resume(
    conversations: Conversations,
    entries: Entries,
    lanes: Lanes,
    dialogue: Dialogue,
    courtesy: Courtesy,
) -> None:
    """Turns the bot owes, words the customer should have heard."""
    for row in await conversations.unresolved():
        try:
            state = await lanes.state(row.state.id)
            if state.owner.kind == "bot":
                dialogue.wake(state)
            elif state.owner.kind == "queue" and not await _told(entries, state):
                await courtesy.remind(state)
        except HubError as error:
            log.warning("not_resumed", conversation=row.state.id, code=error.code)


async def _told(entries: Entries, state: Conversation) -> bool:
    """Whether the customer has heard from us since they came into the line."""
    page, _ = await entries.before(state.id, None, limit=LOOK_BACK, messages_only=True)
    return any(entry.author.kind == "system" and entry.at >= (state.queued_at or 0) for entry in page)
