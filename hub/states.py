"""Conversations as they stand: remembered, read again where nobody remembers them, rolled up to their projections."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

import structlog

from hub.errors import NotFound, Unavailable
from hub.model.conversation import Conversation
from hub.model.due import Due
from hub.model.fold import fold_all
from hub.model.ids import ConversationId
from hub.store.entries import Entries

log = structlog.get_logger(__name__)

REMEMBERED = 50_000


class Projections(Protocol):
    """Where states are loaded from and rolled up to."""

    async def load(self, conversation: ConversationId) -> Conversation | None:
        """The stored projection, perhaps behind its timeline."""

    async def save(self, states: list[tuple[Conversation, Due | None]]) -> None:
        """Write projections, forwards only."""


class States:
    """The states that this process remembers."""

    def __init__(self, entries: Entries, projections: Projections, due: Callable[[Conversation], Due | None]) -> None:
        """Read from `entries`; `due` tells a state's next deadline."""
        self._entries = entries
        self._projections = projections
        self._due = due
        self._states: OrderedDict[ConversationId, Conversation] = OrderedDict()
        self._dirty: dict[ConversationId, Conversation] = {}
        self._rolling = asyncio.Lock()

    async def state(self, conversation: ConversationId) -> Conversation:
        """The conversation as it stands. Raises `NotFound`."""
        known = self._states.get(conversation)
        return known if known is not None else await self._load(conversation)

    async def newest(self, conversation: ConversationId) -> Conversation:
        """A conversation's state with everything that is stored, also by other processes. Nothing is remembered."""
        state = await self.state(conversation)
        return fold_all(state, await self._entries.after(conversation, state.last_seq))

    def began(self, state: Conversation) -> None:
        """A conversation was made just now, here: nothing of it is stored that would have to be read first."""
        if state.id not in self._states:
            self._remember(state)

    def remembered(self) -> list[Conversation]:
        """The states in memory: all that moved lately."""
        return list(self._states.values())

    def forget(self, conversation: ConversationId) -> None:
        """Drop the remembered state (its header changed)."""
        self._states.pop(conversation, None)

    async def roll_up(self) -> None:
        """Write the projections of conversations with new words; who asks meanwhile waits for them, too."""
        async with self._rolling:
            dirty, self._dirty = self._dirty, {}
            try:
                await self._projections.save([(state, self._due(state)) for state in dirty.values()])
            except (Unavailable, asyncio.CancelledError):
                self._dirty = {**dirty, **self._dirty}
                raise

    async def _load(self, conversation: ConversationId) -> Conversation:
        state = await self._projections.load(conversation)
        if state is None:
            raise NotFound("There is no such conversation.")
        while tail := await self._entries.after(conversation, state.last_seq):
            state = fold_all(state, tail)
        known = self._states.get(conversation)
        if known is not None and known.last_seq >= state.last_seq:
            return known
        self._remember(state)
        return state

    def _remember(self, state: Conversation) -> None:
        self._states[state.id] = state
        self._states.move_to_end(state.id)
        if len(self._states) > REMEMBERED:
            self._states.popitem(last=False)

    async def _save_now(self, states: list[Conversation]) -> None:
        try:
            await self._projections.save([(state, self._due(state)) for state in states])
        except Unavailable:
            log.warning("projection_late", conversations=len(states))
            return
        for state in states:
            if self._dirty.get(state.id) is state:
                del self._dirty[state.id]
