"""What an agent may ask for: which part does each command."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from channels.calls import AgentControl, BrowserPhone
from hub.bus import Bus
from hub.desk import command_frames
from hub.desk.board_frames import Acted, Assign, Board, ForceStatus, Move, Prioritise, SignOut, WatchBoard, WatchCall
from hub.desk.command_frames import (
    AcceptOffer,
    BecomePhone,
    CloseConversation,
    Command,
    ControlCall,
    DeclineOffer,
    ExtendWrapUp,
    HandBack,
    History,
    ListConversations,
    MergeContacts,
    Note,
    OpenConversation,
    PhoneReady,
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
    Take,
    Transfer,
    UndoMerge,
    Wake,
)
from hub.desk.floor import Desk, Floor
from hub.desk.frames import HistoryPage, ListPage, Merged, Opened, PhoneKey, Stored
from hub.desk.handling import Handling
from hub.desk.looking import Looking
from hub.desk.people import People
from hub.desk.reach import Reach
from hub.desk.supervision import Act, Supervision
from hub.desk.view_frames import ContactView
from hub.desk.wallboard import Wallboard
from hub.desk.writing import Writing
from hub.errors import BadInput
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.entry import Author
from hub.reading import Reading
from hub.staff import Staff
from hub.store.config import Config

Answer = ListPage | Opened | HistoryPage | Stored | ContactView | Merged | PhoneKey | Board | Acted | None


class Phones(Protocol):
    """The agents' telephones."""

    async def control(self, state: Conversation, by: Author, control: AgentControl, to: str) -> None:
        """Do something with a live call. Raises `Conflict`."""

    async def browser_phone(self, agent: Agent, was: str) -> BrowserPhone:
        """Let an agent's browser be their telephone. Raises `Conflict`."""


@dataclass(frozen=True, slots=True)
class AgentTyping:
    """An agent is typing to the customer, or stopped."""

    state: Conversation
    agent: Agent
    on: bool


@dataclass(slots=True, kw_only=True)
class Commands:
    """Everything behind the desk's socket."""

    reach: Reach
    looking: Looking
    writing: Writing
    handling: Handling
    staff: Staff
    floor: Floor
    config: Config
    people: People
    board: Wallboard
    supervision: Supervision
    reading: Reading
    phones: Phones
    bus: Bus
    _actions: dict[type, Callable[..., Awaitable[Answer]]] = field(init=False)

    def __post_init__(self) -> None:
        """Say who does what."""
        self._actions = {
            SetStatus: self._set_status,
            AcceptOffer: self.handling.accept,
            DeclineOffer: self.handling.decline,
            ListConversations: self.looking.page,
            OpenConversation: self.looking.open,
            CloseConversation: self.looking.close,
            History: self.looking.history,
            Reply: self.writing.reply,
            RetryDelivery: self.writing.retry,
            SettleDelivery: self.writing.settle,
            RetryFile: self.writing.retry_file,
            Note: self.writing.note,
            HandBack: self.handling.hand_back,
            Transfer: self.handling.transfer,
            Take: self.handling.take,
            Snooze: self.handling.snooze,
            ControlCall: self._control_call,
            BecomePhone: self._become_phone,
            PhoneReady: self._phone_ready,
            Wake: self.handling.wake,
            Resolve: self.handling.resolve,
            ExtendWrapUp: self.handling.extend,
            Reopen: self.handling.reopen,
            SaveDraft: self.writing.draft,
            SetLabels: self.handling.labels,
            ShowContact: self._contact,
            MergeContacts: self._merge,
            UndoMerge: self._undo_merge,
            SetOwner: self._set_owner,
            WatchBoard: self._watch_board,
            **dict.fromkeys((Move, Prioritise, Assign, ForceStatus, SignOut, WatchCall), self._supervise),
        }

    async def run(self, desk: Desk, command: Command) -> Answer:
        """Do what a command says. Raises `HubError` with the code for the refusal."""
        action = self._actions.get(type(command))
        if action is None:
            raise BadInput("This frame is not a command.", code="unknown_type")
        return await action(desk, command)

    async def signal(self, desk: Desk, command: command_frames.Typing | command_frames.Read) -> None:
        """Typing and read marks."""
        state = await self.reach.seen(desk, command.conversation)
        me = desk.me()
        if isinstance(command, command_frames.Read):
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

    async def _control_call(self, desk: Desk, command: ControlCall) -> None:
        state, author = await self.reach.mine(desk, command.conversation)
        await self.phones.control(state, author, command.control, command.to[:64])

    async def _become_phone(self, desk: Desk, command: BecomePhone) -> PhoneKey:
        key = await self.phones.browser_phone(desk.me(), command.was[:128])
        return PhoneKey(url=key.url, name=key.name, login=key.login, password=key.password, seconds=key.seconds)

    async def _phone_ready(self, desk: Desk, command: PhoneReady) -> None:
        await self.staff.phone_is(desk.agent, desk, ready=command.ready)

    async def _contact(self, desk: Desk, command: ShowContact) -> ContactView:
        return await self.people.card(desk.me(), await self.reach.seen(desk, command.conversation))

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
