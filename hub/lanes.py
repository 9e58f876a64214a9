"""Ordered lanes: the only writers of timelines.

A conversation hashes to a lane. A lane has one commit in flight and writes whatever arrived meanwhile in one ordered
insert: the store stops at the first entry that it refuses, so that a lost race can never reorder two entries of the
same conversation. The lane keeps each conversation's state in memory; when the store refuses a number, it reads the
tail again and tries anew.

`append` returns when the entry is durable. After that the bus hears `Appended`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from zlib import crc32

import structlog

from hub.bus import Bus
from hub.clock import Clock
from hub.drafts import Lane, Outcome, Pending, Ready, entry_of, fail, settle, take
from hub.errors import BadInput, Conflict, HubError, StaleFence, TooMany, Unavailable
from hub.failpoint import failpoint
from hub.model.conversation import Conversation, check
from hub.model.due import Due
from hub.model.entry import Draft, Entry
from hub.model.fold import fold
from hub.model.ids import ConversationId
from hub.states import Projections, States
from hub.store.entries import Entries, Written

log = structlog.get_logger(__name__)

WAITING = 20_000
TRIES = 5
ROLL_UP_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Appended:
    """An entry is durable. `before` and `after` are the conversation around it."""

    entry: Entry
    before: Conversation
    after: Conversation


_REFUSED = frozenset({Written.DUPLICATE, Written.UNTRIED})


class Lanes(States):
    """All lanes of this process, and the states that they make."""

    def __init__(
        self,
        entries: Entries,
        projections: Projections,
        bus: Bus,
        clock: Clock,
        due: Callable[[Conversation], Due | None],
        *,
        count: int = 1,
    ) -> None:
        """Write to `entries`; `due` tells a state's next deadline.

        `count` lanes commit side by side; one makes the largest batches, and on two cores nothing is quicker
        (docs/bench.md).
        """
        super().__init__(entries, projections, due)
        self._bus = bus
        self._clock = clock
        self._lanes = [Lane() for _ in range(count)]
        self._stopping = False
        self.batches = 0
        self.written = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the lanes; at the end, finish what was accepted and roll up."""
        tasks = [asyncio.create_task(self._run(lane), name=f"lane-{n}") for n, lane in enumerate(self._lanes)]
        tasks.append(asyncio.create_task(self._roll_up_forever(), name="roll-up"))
        try:
            yield
        finally:
            self._stopping = True
            for lane in self._lanes:
                lane.wake.set()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._quietly(self.roll_up)

    async def append(self, draft: Draft) -> Outcome:
        """Store a draft as the next entry of its conversation.

        Raises:
            StaleFence: `draft.fence` is not the conversation's fence any more.
            Conflict: the state does not allow the draft's event.
            NotFound: there is no such conversation.
            TooMany: the lane is full.
            Unavailable: durability could not be confirmed; nothing was acknowledged, the same draft may be tried again.
        """
        if self._stopping:
            raise Unavailable("The hub is restarting.")
        lane = self._lanes[crc32(draft.conversation.encode()) % len(self._lanes)]
        if len(lane.waiting) >= WAITING:
            raise TooMany("Too much is waiting to be stored.")
        pending = Pending(draft, asyncio.get_running_loop().create_future())
        lane.waiting.append(pending)
        lane.wake.set()
        return await asyncio.shield(pending.done)

    async def stored(self, dedupe: str) -> Entry | None:
        """The entry stored under a dedupe key, if there is one."""
        return await self._entries.by_dedupe(dedupe)

    def heard_of(self, conversation: ConversationId, seq: int) -> None:
        """Another process may have written an entry: soon this one has read it and told of it, if it had not."""
        known = self._states.get(conversation)
        if known is not None and known.last_seq < seq:
            lane = self._lanes[crc32(conversation.encode()) % len(self._lanes)]
            lane.doubtful.add(conversation)
            lane.wake.set()

    @property
    def backlog(self) -> int:
        """Drafts that wait for their commit."""
        return sum(len(lane.waiting) for lane in self._lanes)

    async def _run(self, lane: Lane) -> None:
        while lane.waiting or not self._stopping:
            if not lane.waiting:
                await self._idle(lane)
                continue
            batch = take(lane)
            try:
                await self._commit(lane, batch)
            except Exception as error:
                log.exception("lane_failed", drafts=len(batch))
                fail(batch, Unavailable("The hub could not store this."), error)

    async def _idle(self, lane: Lane) -> None:
        """Wait for work; meanwhile find out what became of unconfirmed writes."""
        lane.wake.clear()
        try:
            async with asyncio.timeout(ROLL_UP_SECONDS if lane.doubtful else None):
                await lane.wake.wait()
        except TimeoutError:
            await self._quietly(lambda: self._settle_doubts(lane))

    async def _settle_doubts(self, lane: Lane) -> None:
        for conversation in tuple(lane.doubtful):
            await self._catch_up(conversation)
            lane.doubtful.discard(conversation)

    async def _catch_up(self, conversation: ConversationId) -> None:
        """Tell of entries that are stored and that nobody here has heard of yet.

        They come from a hub that died before it could tell, from another hub, or from a write whose confirmation never
        came.
        """
        news: list[Appended] = []
        before = await self.state(conversation)
        while tail := await self._entries.after(conversation, before.last_seq):
            for entry in tail:
                news.append(Appended(entry, before, fold(before, entry)))
                before = news[-1].after
        if not news:
            return
        self._remember(before)
        self._dirty[conversation] = before
        if any(one.entry.moves_fence for one in news):
            await self._save_now([before])
        for one in news:
            self._bus.tell(one)

    async def _commit(self, lane: Lane, batch: list[Pending]) -> None:
        ready = await self._numbered(lane, batch)
        if not ready:
            return
        try:
            verdicts = await self._entries.insert([entry for _, entry, _, _ in ready])
        except Unavailable as error:
            for pending, entry, _, _ in ready:
                lane.doubtful.add(entry.conversation)
                settle(pending, error)
            return
        failpoint("after_commit")
        self.batches += 1
        judged = list(zip(ready, verdicts, strict=True))
        await self._publish([item for item, verdict in judged if verdict is Written.STORED])
        stored = await self._stored_before(judged)
        again: list[Pending] = []
        for (pending, entry, _, _), verdict in judged:
            match verdict:
                case Written.STORED:
                    continue
                case Written.DUPLICATE | Written.UNTRIED if (known := stored.get(entry.dedupe)) is not None:
                    await self._answer_duplicate(pending, known)
                case Written.DUPLICATE:
                    settle(pending, Unavailable("The store cannot confirm this now."))
                case Written.UNFIT:
                    settle(pending, BadInput("This holds something that cannot be stored."))
                case Written.RACED:
                    again += [pending] if await self._may_retry(lane, pending) else []
                case Written.UNTRIED:
                    again.append(pending)
        lane.waiting.extendleft(reversed(again))

    async def _stored_before(self, judged: list[tuple[Ready, Written]]) -> dict[str, Entry]:
        """What is stored of those that the store refused or has not tried, once it has refused a duplicate.

        They are often many in a row, and each one would stop the commit of all that follow it.
        """
        if not any(verdict is Written.DUPLICATE for _, verdict in judged):
            return {}
        doubtful = [entry.dedupe for (_, entry, _, _), verdict in judged if verdict in _REFUSED]
        return await self._entries.stored(doubtful)

    async def _numbered(self, lane: Lane, batch: list[Pending]) -> list[Ready]:
        """The batch's entries, each on the state that the ones before it make."""
        known = await self._known(lane, {pending.draft.conversation for pending in batch})
        ready = []
        for pending in batch:
            made = await self._number(pending, known)
            if made is not None:
                ready.append(made)
                known[made[3].id] = made[3]
        return ready

    async def _known(
        self, lane: Lane, conversations: set[ConversationId]
    ) -> dict[ConversationId, Conversation | HubError]:
        """States to build on, or why there is none; those not in memory are read side by side."""
        known: dict[ConversationId, Conversation | HubError] = {
            one: state
            for one in conversations
            if one not in lane.doubtful and (state := self._states.get(one)) is not None
        }
        missing = list(conversations - known.keys())
        if missing:
            read = await asyncio.gather(*(self._read(lane, one) for one in missing))
            known.update(zip(missing, read, strict=True))
        return known

    async def _read(self, lane: Lane, conversation: ConversationId) -> Conversation | HubError:
        try:
            if conversation in lane.doubtful:
                await self._catch_up(conversation)
                lane.doubtful.discard(conversation)
            return await self.state(conversation)
        except HubError as error:
            return error

    async def _number(self, pending: Pending, known: dict[ConversationId, Conversation | HubError]) -> Ready | None:
        draft, before = pending.draft, known[pending.draft.conversation]
        if isinstance(before, HubError):
            settle(pending, before)
            return None
        try:
            if draft.fence is not None and draft.fence != before.fence:
                stored = await self._entries.by_dedupe(draft.dedupe)
                if stored is not None:
                    await self._answer_duplicate(pending, stored)
                    return None
                raise StaleFence("The conversation has changed hands.")
            if draft.while_open and not before.open:
                raise Conflict("This conversation is closed.", code="resolved")
            if draft.event is not None:
                check(before, draft.event)
            entry = entry_of(draft, before.last_seq + 1, self._clock.now())
            return pending, entry, before, fold(before, entry)
        except HubError as error:
            settle(pending, error)
        except Exception as error:
            log.exception("draft_failed", conversation=draft.conversation)
            fail([pending], Unavailable("The hub could not store this."), error)
        return None

    async def _answer_duplicate(self, pending: Pending, known: Entry) -> None:
        try:
            state = await self.state(known.conversation)
            if known.seq > state.last_seq:
                await self._catch_up(known.conversation)
                state = await self.state(known.conversation)
        except HubError as error:
            settle(pending, error)
            return
        settle(pending, Outcome(known, state, duplicate=True))

    async def _may_retry(self, lane: Lane, pending: Pending) -> bool:
        """Whether a draft that lost its number to another writer is tried again, on what that writer wrote."""
        try:
            await self._catch_up(pending.draft.conversation)
        except HubError as error:
            lane.doubtful.add(pending.draft.conversation)
            settle(pending, error)
            return False
        pending.tries += 1
        if pending.tries >= TRIES:
            settle(pending, Unavailable("Too many writers at once."))
            return False
        return True

    async def _publish(self, stored: list[Ready]) -> None:
        for _, _, _, after in stored:
            self._remember(after)
            self._dirty[after.id] = after
        self.written += len(stored)
        self._tell([item for item in stored if not item[1].moves_fence])
        moved = [item for item in stored if item[1].moves_fence]
        if moved:
            await self._save_now([after for _, _, _, after in moved])
            self._tell(moved)

    def _tell(self, stored: list[Ready]) -> None:
        for pending, entry, before, after in stored:
            settle(pending, Outcome(entry, after))
            self._bus.tell(Appended(entry, before, after))

    async def _roll_up_forever(self) -> None:
        while not self._stopping:
            await asyncio.sleep(ROLL_UP_SECONDS)
            if self._dirty:
                await self._quietly(self.roll_up)

    async def _quietly(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Unavailable:
            log.warning("roll_up_late", conversations=len(self._dirty))
        except Exception:  # a lane or the roll-up that ends here would end for everybody
            log.exception("roll_up_failed")
