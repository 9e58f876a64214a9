"""Telephones of agents: what whoever has a live call does with it, supervisors in it, browsers that are telephones."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from channels.calls import BROWSER, AgentControl, BrowserPhone, Call, CallChannel, EndedBy, Phone, Watch
from channels.contract import Channel, ChannelError
from hub.acts import Acts
from hub.dialling import Dialler
from hub.errors import Conflict
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.entry import Author
from hub.model.ids import AgentId
from hub.staff import Staff
from hub.store.config import Config


class Ended(Protocol):
    """Tells that a call is over."""

    async def __call__(self, call: Call, *, by: EndedBy, reason: str, attempt: int = 0) -> None:
        """It is."""


@dataclass(frozen=True, slots=True)
class Phones:
    """What agents and supervisors do at their telephones."""

    acts: Acts
    config: Config
    staff: Staff
    channels: Callable[[], Mapping[str, Channel]]
    dialler: Dialler
    ended: Ended

    # Agents whose telephone is their browser

    def browser_url(self) -> str:
        """Where browsers register: at the first number that can; empty without one."""
        return next((url for _, _, url in self._for_browsers()), "")

    async def browser_phone(self, agent: Agent, was: str) -> BrowserPhone:
        """Let an agent's browser be their telephone.

        Raises:
            Conflict: `not_allowed`: theirs is another one; `no_browser_phone`; `elsewhere`; `phone_failed`.
        """
        if agent.phone != BROWSER:
            raise Conflict("Your telephone is not the browser.", code="not_allowed")
        for inbox, channel, _ in self._for_browsers():
            try:
                return await channel.browser_phone(inbox, agent.id, was)
            except ChannelError as error:
                raise Conflict(error.text, code=error.code) from error
        raise Conflict("No number is set up for browsers.", code="no_browser_phone")

    def _for_browsers(self) -> Iterator[tuple[str, CallChannel, str]]:
        channels = self.channels()
        for inbox in self.config.inboxes.values():
            channel = channels.get(inbox.channel)
            if isinstance(channel, CallChannel) and (url := channel.browser_url(inbox.settings)):
                yield inbox.id, channel, url

    # What the agent who has a call does with it

    async def control(self, state: Conversation, by: Author, control: AgentControl, to: str) -> None:
        """Hold, mute, hang up, record, send on to a number, ask a third (`to`: a colleague's id, or a number), ...

        Raises:
            Conflict: `not_live`, `not_allowed`, `phone_failed`; `agent_unavailable` for a colleague who cannot be rung;
                `bad_number`, `dial_refused` or `dial_not_now` for a number.
        """
        channel = channel_of(state, self.channels())
        if channel is None:
            raise Conflict("This is no call.", code="not_live")
        if control == "call_again":
            await self._call_again(state, by)
            return
        phone = await self._third(channel, state, to) if control == "consult" else None
        if control == "send_on":
            to = await self._number(channel, state, to)
        try:
            taker = await channel.control(call_of(state), control, to=to, phone=phone)
            if control == "send_on":
                await self.ended(call_of(state), by="us", reason="sent_on", attempt=state.fence)
        except ChannelError as error:
            raise Conflict(error.text, code=error.code) from error
        if taker is not None and not taker.agent:
            await self.ended(call_of(state), by="us", reason="sent_on", attempt=state.fence)
        elif taker is not None:  # the colleague speaks with the caller already: the conversation follows
            await self.acts.assign(state, by, AgentId(taker.agent))

    async def _call_again(self, state: Conversation, by: Author) -> None:
        """Whether the number may be dialled is asked when it is, as at every call back."""
        if state.call != "over" or not state.callback_to or state.ended_at is not None:
            raise Conflict("Nobody is to be called back here.", code="not_allowed")
        await self.acts.call_again(state, by)

    async def watch(self, state: Conversation, me: Agent, watch: Watch) -> None:
        """Let a supervisor hear a colleague's call over their own telephone, speak in it, or leave it.

        Raises:
            Conflict: `not_live`, `no_phone`, `not_allowed` (their own call), `taken`, `phone_failed`.
        """
        channel = channel_of(state, self.channels())
        if channel is None or state.owner.kind != "agent":
            raise Conflict("Nobody speaks with a caller there.", code="not_live")
        if not me.phone:
            raise Conflict("You have no telephone.", code="no_phone")
        if state.owner.agent == me.id:
            raise Conflict("This is your own call.", code="not_allowed")
        phone = Phone(agent=me.id, name=me.name, to=me.phone, attempt=state.fence)
        try:
            await channel.watch(call_of(state), watch, phone)
        except ChannelError as error:
            raise Conflict(error.text, code=error.code) from error

    async def _number(self, channel: CallChannel, state: Conversation, text: str) -> str:
        """A number that whoever has the call may have dialled."""
        number, agent = channel.number(text), self.staff.get(state.owner.agent) if state.owner.agent else None
        if number is None or agent is None:
            raise Conflict("This is no number that can be dialled.", code="bad_number", field="to")
        await self.dialler.permit(agent, number, state)
        return number

    async def _third(self, channel: CallChannel, state: Conversation, to: str) -> Phone:
        """Whom the agent wants to ask: a colleague, or somebody at a number."""
        known = self.staff.get(AgentId(to))
        if known is None:
            number = await self._number(channel, state, to)
            return Phone(agent="", name=number, to=number, attempt=state.fence)
        silent = not known.phone or (known.phone == BROWSER and not known.phone_ready)
        if not known.available or silent or known.id == state.owner.agent:
            raise Conflict("This colleague takes no calls now.", code="agent_unavailable", field="to")
        return Phone(agent=known.id, name=known.name, to=known.phone, attempt=state.fence)


def call_of(state: Conversation) -> Call:
    """The call that a conversation is."""
    header = state.header
    return Call(inbox=header.inbox, sid=header.thread, address=header.address, conversation=state.id)


def channel_of(state: Conversation, channels: Mapping[str, Channel]) -> CallChannel | None:
    """The channel of a conversation that is a call; None for any other."""
    channel = channels.get(state.header.channel)
    return channel if isinstance(channel, CallChannel) else None
