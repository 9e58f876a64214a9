"""What a desk sees: the snapshot it begins with, lists, a conversation and what came before."""

from dataclasses import dataclass
from typing import Protocol

from hub.clock import Clock
from hub.desk.command_frames import (
    CloseConversation,
    History,
    ListConversations,
    OpenConversation,
)
from hub.desk.floor import Desk, Floor, may_see, sight
from hub.desk.frames import Draft, HistoryPage, ListPage, Opened, Ready
from hub.desk.people import People
from hub.desk.reach import MAX_TEXT, Reach
from hub.desk.view_frames import DeskSettings
from hub.desk.views import Views, canned_view
from hub.errors import BadInput
from hub.lanes import Lanes
from hub.model.conversation import Conversation
from hub.model.ids import ConversationId
from hub.reading import Reading
from hub.staff import Staff
from hub.store.config import Config
from hub.store.conversations import Conversations
from hub.store.entries import Entries

PAGE = 50
RESUME = 500
MAX_FILE = 10 * 1024 * 1024


class Line(Protocol):
    """The waiting line, in order."""

    def in_order(self) -> list[Conversation]:
        """Who waits or is being offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What an agent looks at."""

    reach: Reach
    lanes: Lanes
    staff: Staff
    floor: Floor
    views: Views
    config: Config
    people: People
    conversations: Conversations
    entries: Entries
    reading: Reading
    line: Line
    clock: Clock

    async def ready(self, desk: Desk) -> Ready:
        """The snapshot with which a desk begins."""
        me = desk.me()
        held = await self.conversations.held_by(me.id)
        mine = [row for row in held if row.state.owner.kind == "agent"]
        offers = [row for row in held if row.state.owner.kind == "offer" and not row.state.owner.auto]
        now = self.clock.now()
        return Ready(
            now=now,
            me=self.views.agent(me),
            agents=[self.views.agent(agent) for agent in self.staff.agents if agent.active],
            queues=self.floor.queues(),
            offers=[self.views.offer(row.state, row.marks, now) for row in offers],
            mine=[self.views.row(row) for row in mine],
            canned=[canned_view(canned) for canned in self.config.canned.values()],
            settings=self._settings(),
            bot=self.floor.bot,
            channels=self.views.channels(),
            inboxes=self.views.inboxes(),
        )

    async def page(self, desk: Desk, command: ListConversations) -> ListPage:
        """A page of a list."""
        me = desk.me()
        limit = max(1, min(command.limit, 100))
        if command.tab == "queue":
            waiting = [state for state in self.line.in_order() if may_see(me, state, self.config)]
            rows = [self.views.summary(state, await self.reading.marks(state.id)) for state in waiting[:500]]
            return ListPage(rows=rows, total=len(waiting))
        await self.lanes.roll_up()  # what has just begun stands in the list, too
        found, total = await self.conversations.page(
            command.tab, me.id, sight=sight(me, self.config), before=_cursor(command.cursor), limit=limit
        )
        last = found[-1].state if len(found) == limit else None
        return ListPage(
            rows=[self.views.row(row) for row in found],
            total=total,
            cursor=f"{last.last_at}.{last.id}" if last else None,
        )

    async def open(self, desk: Desk, command: OpenConversation) -> Opened:
        """A conversation, from then on followed."""
        state = await self.reach.seen(desk, command.conversation)
        self.floor.follow(desk, state.id)
        newer = await self.entries.after(state.id, command.after, limit=RESUME + 1) if command.after is not None else []
        start_over = len(newer) > RESUME
        entries, more = newer, False
        if command.after is None or start_over:
            entries, more = await self.entries.before(state.id, None, limit=PAGE)
        if entries:
            desk.has(state.id, entries[-1].seq)
        contact = await self.people.card(desk.me(), state)
        kept = await self.conversations.draft(state.id, desk.agent)
        return Opened(
            conversation=self.views.summary(await self.lanes.state(state.id), await self.reading.marks(state.id)),
            contact=contact,
            entries=[self.views.entry(entry) for entry in entries],
            more=more,
            start_over=start_over,
            draft=Draft(text=kept[0], note=kept[1]) if kept else None,
            viewers=self.floor.viewers(state.id, desk.agent),
        )

    async def close(self, desk: Desk, command: CloseConversation) -> None:
        """It is followed no longer."""
        self.floor.unfollow(desk, ConversationId(command.conversation))

    async def history(self, desk: Desk, command: History) -> HistoryPage:
        """What came before."""
        state = await self.reach.seen(desk, command.conversation)
        entries, more = await self.entries.before(state.id, command.before, limit=PAGE)
        return HistoryPage(entries=[self.views.entry(entry) for entry in entries], more=more)

    def _settings(self) -> DeskSettings:
        rules = self.config.workplace
        return DeskSettings(
            break_reasons=list(rules.break_reasons),
            dispositions=list(rules.dispositions),
            snooze_max_days=rules.snooze_max_days,
            grace_seconds=rules.grace_seconds,
            max_text=MAX_TEXT,
            max_file=MAX_FILE,
        )


def _cursor(cursor: str | None) -> tuple[int, str] | None:
    if cursor is None:
        return None
    at, _, last = cursor.partition(".")
    if not at.isdigit() or len(at) > 16 or len(last) > 64:
        raise BadInput("This cursor was not made here.", field="cursor")
    return int(at), last
