"""What an agent may ask for: one method per command, each behind an access check."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from channels.calls import Control
from hub.acts import Acts
from hub.bus import Bus
from hub.clock import Clock
from hub.desk import frames, limits
from hub.desk.board_frames import Acted, Assign, Board, ForceStatus, Move, Prioritise, SignOut, WatchBoard
from hub.desk.ending import Ending
from hub.desk.floor import Desk, Floor, may_see, sight
from hub.desk.frames import (
    AcceptOffer,
    CloseConversation,
    Command,
    ContactView,
    ControlCall,
    DeclineOffer,
    DeskSettings,
    Draft,
    ExtendWrapUp,
    HandBack,
    History,
    HistoryPage,
    ListConversations,
    ListPage,
    MergeContacts,
    Merged,
    Note,
    OpenConversation,
    Opened,
    Ready,
    Reopen,
    Reply,
    Resolve,
    RetryDelivery,
    RetryFile,
    SaveDraft,
    SetLabels,
    SetOwner,
    SetStatus,
    SettleDelivery,
    ShowContact,
    Snooze,
    Stored,
    Take,
    Transfer,
    UndoMerge,
    Wake,
)
from hub.desk.people import People
from hub.desk.supervision import Act, Supervision
from hub.desk.views import Views, canned_view
from hub.desk.wallboard import Wallboard
from hub.errors import BadInput, Conflict, NotFound
from hub.lanes import Lanes
from hub.model.config import LEADS, Agent
from hub.model.conversation import Conversation
from hub.model.entry import Author, EventType, Part, text_part
from hub.model.ids import AgentId, ConversationId, FileId, QueueId, is_client_id
from hub.reading import Reading
from hub.staff import Staff
from hub.store.config import Config
from hub.store.conversations import Conversations, Row
from hub.store.entries import Entries
from hub.store.files import Files

Answer = ListPage | Opened | HistoryPage | Stored | ContactView | Merged | Board | Acted | None

PAGE = 50
RESUME = 500
MAX_TEXT = 4_000
MAX_NOTE = 4_000
MAX_LABELS = 20
MAX_FILE = 10 * 1024 * 1024
_CLEAN = {0: None}


class Deliveries(Protocol):
    """Messages on their way out. Both raise `Conflict` (`too_late`) where there is nothing to decide any more."""

    async def retry(self, conversation: ConversationId, seq: int) -> None:
        """Try a message again that failed or of which nobody knows whether it arrived."""

    async def settle(self, conversation: ConversationId, seq: int) -> None:
        """Somebody knows that an uncertain message has arrived."""


class Attachments(Protocol):
    """Customers' files that are fetched from their provider."""

    async def again(self, conversation: ConversationId, file: FileId) -> None:
        """Fetch one again that was lost. Raises `Conflict` (`too_late`) for any other."""


class Phones(Protocol):
    """The agents' telephones."""

    async def control(self, state: Conversation, by: Author, control: Control, to: str) -> None:
        """Do something with a live call. Raises `Conflict`."""


class Line(Protocol):
    """The waiting line, in order."""

    def in_order(self) -> list[Conversation]:
        """Who waits or is being offered."""


@dataclass(frozen=True, slots=True)
class AgentTyping:
    """An agent is typing to the customer, or stopped."""

    state: Conversation
    agent: Agent
    on: bool


@dataclass(slots=True)
class Commands:
    """Everything behind the desk's socket."""

    acts: Acts
    lanes: Lanes
    staff: Staff
    floor: Floor
    views: Views
    config: Config
    people: People
    board: Wallboard
    supervision: Supervision
    ending: Ending
    conversations: Conversations
    entries: Entries
    files: Files
    reading: Reading
    line: Line
    deliveries: Deliveries
    attachments: Attachments
    phones: Phones
    bus: Bus
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

    async def run(self, desk: Desk, command: Command) -> Answer:
        """Do what a command says. Raises `HubError` with the code for the refusal."""
        action = _ACTIONS.get(type(command))
        if action is None:
            raise BadInput("This frame is not a command.", code="unknown_type")
        return await action(self, desk, command)

    async def signal(self, desk: Desk, command: frames.Typing | frames.Read) -> None:
        """Typing and read marks."""
        state = await self._seen(desk, command.conversation)
        me = desk.me()
        if isinstance(command, frames.Read):
            if state.owner.kind != "agent" or state.owner.agent == me.id:  # who only looks on reads for nobody
                await self.reading.agent(state.id, min(command.seq, state.last_seq))
            return
        self.floor.on_typing(state.id, on=command.on, agent=me)
        if state.owner.kind == "agent" and state.owner.agent == me.id:
            self.bus.tell(AgentTyping(state, me, command.on))

    async def _set_status(self, desk: Desk, command: SetStatus) -> None:
        status = command.status
        if status == "break":
            if command.reason not in self.config.workplace.break_reasons:
                raise BadInput("There is no such break reason.", code="bad_reason", field="reason")
            await self.staff.choose(desk.agent, f"break:{command.reason}")
        else:
            await self.staff.choose(desk.agent, status)

    async def _accept(self, desk: Desk, command: AcceptOffer) -> None:
        await self.acts.answer_offer(command.offer, _author(desk.me()), EventType.ACCEPTED)

    async def _decline(self, desk: Desk, command: DeclineOffer) -> None:
        await self.acts.answer_offer(command.offer, _author(desk.me()), EventType.DECLINED)

    async def _list(self, desk: Desk, command: ListConversations) -> ListPage:
        me = desk.me()
        limit = max(1, min(command.limit, 100))
        if command.tab == "queue":
            waiting = [state for state in self.line.in_order() if may_see(me, state, self.config)]
            rows = [self.views.summary(state, await self.reading.marks(state.id)) for state in waiting[:500]]
            return ListPage(rows=rows, total=len(waiting))
        found, total = await self.conversations.page(
            command.tab, me.id, sight=sight(me, self.config), before=_cursor(command.cursor), limit=limit
        )
        last = found[-1].state if len(found) == limit else None
        return ListPage(
            rows=[self.views.row(row) for row in found],
            total=total,
            cursor=f"{last.last_at}.{last.id}" if last else None,
        )

    async def _open(self, desk: Desk, command: OpenConversation) -> Opened:
        state = await self._seen(desk, command.conversation)
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

    async def _close(self, desk: Desk, command: CloseConversation) -> None:
        self.floor.unfollow(desk, ConversationId(command.conversation))

    async def _history(self, desk: Desk, command: History) -> HistoryPage:
        state = await self._seen(desk, command.conversation)
        entries, more = await self.entries.before(state.id, command.before, limit=PAGE)
        return HistoryPage(entries=[self.views.entry(entry) for entry in entries], more=more)

    async def _reply(self, desk: Desk, command: Reply) -> Stored:
        state = await self._seen(desk, command.conversation)
        me = desk.me()
        known = await self._stored_before(state, me, command.client_id)
        if known is not None:
            return known
        _held_by(state, me)
        parts = await self._parts(me, state, command)
        outcome = await self.acts.agent_writes(state, _author(me), command.client_id, parts)
        return Stored(seq=outcome.entry.seq, at=outcome.entry.at)

    async def _note(self, desk: Desk, command: Note) -> Stored:
        state = await self._seen(desk, command.conversation)
        if not is_client_id(command.client_id):
            raise BadInput("client_id must be 8-64 characters of A-Z a-z 0-9 _ -.", field="client_id")
        words = _words(command.text, MAX_NOTE)
        mentioned = tuple(AgentId(one) for one in command.mentions if self.staff.get(AgentId(one)) is not None)
        outcome = await self.acts.agent_writes(
            state, _author(desk.me()), command.client_id, text_part(words), kind="note", mentions=mentioned
        )
        return Stored(seq=outcome.entry.seq, at=outcome.entry.at)

    async def _hand_back(self, desk: Desk, command: HandBack) -> None:
        state, author = await self._mine(desk, command.conversation)
        note = _optional(command.note)
        if command.to == "bot":
            await self.acts.to_bot(state, author, note)
        else:
            await self.acts.send_back(state, author, reason="handed_back", front=True, note=note)

    async def _transfer(self, desk: Desk, command: Transfer) -> None:
        state, author = await self._mine(desk, command.conversation)
        if (command.agent is None) == (command.queue is None):
            raise BadInput("Name a colleague or a queue.", code="no_such_agent")
        if command.agent is not None:
            self._check_colleague(desk, command.agent)
        if command.queue is not None:
            queue = self.config.queue(command.queue)
            if queue is None:
                raise NotFound("There is no such queue.", code="no_such_queue", field="queue")
            if not queue.takes(state.header.channel, state.locale):
                raise Conflict("That queue does not take this conversation.", code="queue_takes_none", field="queue")
        await self.acts.transfer(
            state,
            author,
            agent=AgentId(command.agent) if command.agent else None,
            queue=QueueId(command.queue) if command.queue else None,
            note=_optional(command.note),
        )

    def _check_colleague(self, desk: Desk, agent: str) -> None:
        colleague = self.staff.get(AgentId(agent))
        if colleague is None or not colleague.active or colleague.id == desk.agent:
            raise NotFound("There is no such colleague.", code="no_such_agent", field="agent")
        if not colleague.available:
            raise Conflict("This colleague takes no conversations now.", code="agent_unavailable", field="agent")

    async def _take(self, desk: Desk, command: Take) -> None:
        state = await self._seen(desk, command.conversation)
        queue = self.config.queue_for(state.queue, state.header.inbox)
        if desk.me().role not in LEADS and state.owner.kind == "queue" and queue is not None and not queue.pick:
            raise Conflict("Conversations of this line are given out in order.", code="pick_not_allowed")
        try:
            await self.acts.take(state, _author(desk.me()))
        except Conflict as error:
            code = "resolved" if not state.open else "taken"
            raise Conflict("Somebody else has it already.", code=code) from error

    async def _snooze(self, desk: Desk, command: Snooze) -> None:
        state, author = await self._mine(desk, command.conversation)
        now = self.clock.now()
        if not now < command.until <= now + self.config.workplace.snooze_max_days * 86_400_000:
            raise BadInput("Choose a time in the future, not too far off.", code="bad_time", field="until")
        await self.acts.snooze(state, author, command.until)

    async def _control_call(self, desk: Desk, command: ControlCall) -> None:
        state, author = await self._mine(desk, command.conversation)
        await self.phones.control(state, author, command.control, command.to[:64])

    async def _wake(self, desk: Desk, command: Wake) -> None:
        state, author = await self._mine(desk, command.conversation)
        await self.acts.wake(state, author)

    async def _resolve(self, desk: Desk, command: Resolve) -> None:
        state, author = await self._mine(desk, command.conversation)
        await self.ending.resolve(state, author, command.disposition, _optional(command.note))

    async def _extend(self, desk: Desk, command: ExtendWrapUp) -> None:
        state, author = await self._mine(desk, command.conversation)
        await self.ending.extend(state, author)

    async def _reopen(self, desk: Desk, command: Reopen) -> None:
        state = await self._seen(desk, command.conversation)
        current = await self.conversations.current(state.header.inbox, state.header.address)
        if current is not None and current.state.id != state.id and current.state.open:
            raise Conflict("The customer has a newer conversation open.", code="too_late")
        await self.acts.reopen(state, _author(desk.me()))

    async def _draft(self, desk: Desk, command: SaveDraft) -> None:
        state = await self._seen(desk, command.conversation)
        text = command.text.translate(_CLEAN)[:MAX_TEXT]
        await self.conversations.save_draft(state.id, desk.agent, text, note=command.note)

    async def _labels(self, desk: Desk, command: SetLabels) -> None:
        state = await self._seen(desk, command.conversation)
        labels = tuple(dict.fromkeys(label.strip()[:40] for label in command.labels if label.strip()))
        if len(labels) > MAX_LABELS:
            raise BadInput(f"At most {MAX_LABELS} labels.", field="labels")
        await self.reading.label(state.id, labels)
        self.floor.touch(state.id)

    async def _retry(self, desk: Desk, command: RetryDelivery) -> None:
        await self.deliveries.retry(await self._mine_to_send(desk, command.conversation), command.seq)

    async def _settle(self, desk: Desk, command: SettleDelivery) -> None:
        await self.deliveries.settle(await self._mine_to_send(desk, command.conversation), command.seq)

    async def _retry_file(self, desk: Desk, command: RetryFile) -> None:
        state = await self._seen(desk, command.conversation)
        await self.attachments.again(state.id, FileId(command.file))

    async def _mine_to_send(self, desk: Desk, conversation: str) -> ConversationId:
        """While an agent has the conversation, its messages are theirs to send; supervisors may always."""
        state = await self._seen(desk, conversation)
        me = desk.me()
        if state.owner.kind == "agent" and me.role not in LEADS:
            _held_by(state, me)
        return state.id

    async def _contact(self, desk: Desk, command: ShowContact) -> ContactView:
        return await self.people.card(desk.me(), await self._seen(desk, command.conversation))

    async def _merge(self, desk: Desk, command: MergeContacts) -> Merged:
        return await self.people.merge(desk.me(), command)

    async def _undo_merge(self, desk: Desk, command: UndoMerge) -> None:
        await self.people.undo(desk.me(), command)

    async def _set_owner(self, desk: Desk, command: SetOwner) -> None:
        await self.people.set_owner(desk.me(), command)

    async def _watch_board(self, desk: Desk, command: WatchBoard) -> Board | None:
        if command.on:
            return self.board.watch(desk)
        self.board.unwatch(desk)
        return None

    async def _supervise(self, desk: Desk, command: Act) -> Acted | None:
        return await self.supervision.do(desk.me(), command)

    def _may(self, desk: Desk, row: Row) -> bool:
        return may_see(desk.me(), row.state, self.config)

    async def _seen(self, desk: Desk, conversation: str) -> Conversation:
        state = await self.lanes.state(ConversationId(conversation))
        if not may_see(desk.me(), state, self.config):
            raise NotFound("There is no such conversation.")
        return state

    async def _mine(self, desk: Desk, conversation: str) -> tuple[Conversation, Author]:
        state = await self._seen(desk, conversation)
        me = desk.me()
        _held_by(state, me)
        return state, _author(me)

    async def _stored_before(self, state: Conversation, me: Agent, client_id: str) -> Stored | None:
        """What became of the same reply, tried before; the conversation may be somebody else's by now."""
        if not is_client_id(client_id):
            raise BadInput("client_id must be 8-64 characters of A-Z a-z 0-9 _ -.", field="client_id")
        known = await self.acts.written_before(_author(me), client_id) if state.owner.agent != me.id else None
        if known is None or known.conversation != state.id:
            return None
        return Stored(seq=known.seq, at=known.at)

    async def _parts(self, me: Agent, state: Conversation, command: Reply) -> tuple[Part, ...]:
        can = self.views.capabilities.get(state.header.channel)
        if command.template is not None:
            if command.text or command.files:
                raise BadInput("A template stands alone.", code="bad_template", field="template")
            inbox = self.config.inbox(state.header.inbox)
            return (limits.filled(command.template, limits.templates_of(inbox) if inbox else (), can),)
        limits.check_written(can)
        limits.check_window(state, can, self.clock.now())
        text = command.text
        parts = text_part(_words(text, MAX_TEXT)) if text and text.strip() else ()
        if command.files:
            attached = await self.files.attach([FileId(one) for one in command.files[:10]], f"agent:{me.id}", state.id)
            limits.check_files(attached, can)
            parts = (*parts, *(Part(type="attachment", file=file) for file in attached))
        if not parts:
            raise BadInput("There is nothing in this reply.", code="bad_text")
        return parts

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


_ACTIONS: dict[type, Callable[..., Awaitable[Answer]]] = {
    SetStatus: Commands._set_status,
    AcceptOffer: Commands._accept,
    DeclineOffer: Commands._decline,
    ListConversations: Commands._list,
    OpenConversation: Commands._open,
    CloseConversation: Commands._close,
    History: Commands._history,
    Reply: Commands._reply,
    RetryDelivery: Commands._retry,
    SettleDelivery: Commands._settle,
    RetryFile: Commands._retry_file,
    Note: Commands._note,
    HandBack: Commands._hand_back,
    Transfer: Commands._transfer,
    Take: Commands._take,
    Snooze: Commands._snooze,
    ControlCall: Commands._control_call,
    Wake: Commands._wake,
    Resolve: Commands._resolve,
    ExtendWrapUp: Commands._extend,
    Reopen: Commands._reopen,
    SaveDraft: Commands._draft,
    SetLabels: Commands._labels,
    ShowContact: Commands._contact,
    MergeContacts: Commands._merge,
    UndoMerge: Commands._undo_merge,
    SetOwner: Commands._set_owner,
    WatchBoard: Commands._watch_board,
    **dict.fromkeys((Move, Prioritise, Assign, ForceStatus, SignOut), Commands._supervise),
}


def _held_by(state: Conversation, me: Agent) -> None:
    if state.owner.kind != "agent" or state.owner.agent != me.id:
        raise Conflict("This conversation is not yours now.", code="resolved" if not state.open else "not_yours")


def _author(agent: Agent) -> Author:
    return Author(kind="agent", id=agent.id, name=agent.name)


def _words(text: str, most: int) -> str:
    words = text.translate(_CLEAN).encode("utf-8", "replace").decode("utf-8").strip()
    if not words or len(words) > most:
        raise BadInput(f"Between 1 and {most} characters.", code="bad_text", field="text")
    return words


def _optional(note: str | None) -> str | None:
    return _words(note, MAX_NOTE) if note and note.strip() else None


def _cursor(cursor: str | None) -> tuple[int, str] | None:
    if cursor is None:
        return None
    at, _, last = cursor.partition(".")
    if not at.isdigit() or len(at) > 16 or len(last) > 64:
        raise BadInput("This cursor was not made here.", field="cursor")
    return int(at), last
