"""Live calls: the switchboard that channels of calls speak to, and what a change of hands means for a caller."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import structlog

from channels.calls import (
    Call,
    CallChannel,
    EndedBy,
    Happening,
    Phone,
    Recording,
    Standing,
    Watch,
)
from channels.contract import Channel, ChannelError, Inbound, Receipt
from channels.flows import House
from hub.acts import Acts
from hub.call_flows import house
from hub.clock import Clock
from hub.dialling import Dialler
from hub.errors import Conflict, HubError
from hub.fetching import Fetch, Fetching, reserved_id
from hub.intake import Intake, refusal
from hub.lanes import Appended, Lanes
from hub.model.config import Agent
from hub.model.conversation import Conversation
from hub.model.entry import SYSTEM, Author, EventType, File, Part
from hub.model.ids import AgentId, ConversationId
from hub.model.queues import RecordingPolicy
from hub.phones import call_of, channel_of
from hub.staff import Staff, Watched
from hub.store.config import Config
from hub.store.conversations import Conversations
from hub.transcribing import Transcribing
from hub.workers import Pool

log = structlog.get_logger(__name__)

TRIES = 5

NO_PHONE_NEEDED = frozenset({"message", "over"})
"""A message that was left, or a call that has ended: whoever takes it rings nobody."""


@dataclass(slots=True)
class Calls:
    """The hub as a channel of calls sees it.

    Whoever accepts a call is joined with the caller; who lets it go leaves the caller waiting, with music; closing the
    conversation ends the call. `place(conversation)`: place in line and wait in minutes.
    """

    intake: Intake
    acts: Acts
    lanes: Lanes
    config: Config
    staff: Staff
    conversations: Conversations
    fetching: Fetching
    transcribing: Transcribing
    channels: Callable[[], Mapping[str, Channel]]
    place: Callable[[ConversationId], tuple[int, int | None] | None]
    dialler: Dialler
    clock: Clock
    pool: Pool = field(default_factory=lambda: Pool("calls"))

    # What follows from a change of hands

    def on_appended(self, event: Appended) -> None:
        """Follow the conversation's owner with the caller's line."""
        state, before = event.after, event.before
        channel, happened = self._channel(state), event.entry.event
        if channel is None or happened is None or not state.header.thread:
            return
        if happened.type is EventType.WAITED_OUT and happened.reason in {"callback", "voicemail"}:
            kind: Literal["callback", "voicemail"] = "callback" if happened.reason == "callback" else "voicemail"
            self.pool.start(self._quietly(channel.offer(call_of(state), kind)), "offer")
        if happened.type is EventType.WRAPPED:
            self.pool.start(self._quietly(channel.drop(call_of(state))), "drop")
        if not event.entry.moves_fence:
            return
        if state.owner.kind == "agent":
            self.pool.start(self._join(channel, state), "join")
        elif state.owner.kind == "none":
            self.pool.start(self._quietly(channel.drop(call_of(state))), "drop")
        elif before.owner.kind == "agent" or (state.owner.kind == "bot" and before.owner.kind != "none"):
            self.pool.start(self._quietly(channel.park(call_of(state))), "park")

    async def resume(self) -> None:
        """After a restart: who had accepted a call when the hub went away is joined with the caller.

        Of calls in which agents speak, it is told again who listens.
        """
        for row in await self.conversations.unresolved(kind="agent"):
            state = await self.lanes.state(row.state.id)
            channel = self._channel(state)
            if channel is not None and state.awaits_phone:
                await self._join(channel, state)
            elif channel is not None and state.header.thread and state.ended_at is None:
                await self._quietly(channel.watched(call_of(state)))

    async def _join(self, channel: CallChannel, state: Conversation) -> None:
        agent = self.staff.get(state.owner.agent) if state.owner.agent else None
        if agent is None or state.call in NO_PHONE_NEEDED:
            return
        phone = Phone(agent=agent.id, name=agent.name, to=agent.phone, attempt=state.fence)
        if state.call == "callback":
            try:
                await self.dialler.permit(agent, state.callback_to, state)
            except Conflict as error:
                values = {"agent": agent.name, "to": state.callback_to, "reason": error.code}
                await self.acts.call_happens(state, "dial_refused", f"dial_refused:{state.fence}", values)
                return
        try:
            if not agent.phone:
                raise ChannelError("no_phone", "This agent has no telephone.")
            await channel.join(call_of(state), phone)
        except ChannelError as error:
            if error.code == "not_found":  # the telephone system's call is lost: there is nobody to wait on
                await self._quietly(self.ended(call_of(state), by="us", reason="lost", attempt=state.fence))
            else:
                await self._quietly(self.not_joined(call_of(state), phone, error.code, blame=False))

    async def _quietly(self, act: Awaitable[None]) -> None:
        try:
            await act
        except ChannelError as error:
            log.warning("call_not_followed", code=error.code)

    # What the channel tells

    async def begin(self, message: Inbound) -> Receipt:
        """A call has come in."""
        return await self.intake.begin_call(message)

    async def happened(self, call: Call, happening: Happening) -> None:
        """Keep an event of a call in its timeline, once."""
        await self._act(call, lambda state: self._happened(state, happening))

    async def standing(self, call: Call) -> Standing:
        """Who has the conversation now, and its place in line."""
        state = await self._own(call)
        place, minutes = self.place(state.id) or (None, None)
        line = self.config.queue_for(state.queue, state.header.inbox)
        policy = line.recording if line is not None else RecordingPolicy()
        return Standing(
            owner=state.owner.kind,
            locale=state.locale,
            answered=state.contact_seq <= state.bot_seq,
            joined=state.owner.kind == "agent" and not state.awaits_phone,
            seq=state.last_seq,
            queue=state.queue or "",
            place=place,
            wait_minutes=minutes,
            recording=policy.mode,
            announced=policy.announced,
        )

    async def speak(self, call: Call, locale: str) -> None:
        """The caller chose a language."""

        async def choose(state: Conversation) -> None:
            if state.locale != locale:
                await self.acts.speak(state, _caller(state), locale)

        await self._act(call, choose)

    async def to_line(self, call: Call, *, queue: str | None, reason: str, since: int | None = None) -> None:
        """Self-service is over: the caller waits for a person."""

        async def hand_off(state: Conversation) -> None:
            if state.owner.kind == "bot":
                wanted = self.config.queue_for(queue, state.header.inbox)
                line = wanted.id if wanted is not None else None
                await self.acts.hand_off(state, reason=reason, queue=line, up_to=state.contact_seq, since=since)

        await self._act(call, hand_off)

    async def not_joined(self, call: Call, phone: Phone, reason: str, *, blame: bool = True) -> None:
        """The agent's phone was not picked up: the caller has the old place again."""

        async def back(state: Conversation) -> None:
            if state.fence != phone.attempt or not state.awaits_phone:
                return
            values = {"agent": phone.name, "reason": reason}
            await self.acts.call_happens(state, "agent_unreachable", f"unreachable:{state.fence}", values)
            if blame:
                with self.staff.spared(AgentId(phone.agent)):
                    await self.acts.send_back(state, SYSTEM, reason="agent_unreachable")
                    await self.staff.missed_offer(AgentId(phone.agent))
            else:
                await self.acts.send_back(state, SYSTEM, reason="agent_unreachable")

        await self._act(call, back)

    async def taken_over(self, call: Call, phone: Phone) -> None:
        """Who spoke with the caller has left them to a colleague who is in the call: the conversation follows."""

        async def follow(state: Conversation) -> None:
            if state.owner.kind == "agent" and state.owner.agent != phone.agent and state.ended_at is None:
                await self.acts.assign(state, SYSTEM, AgentId(phone.agent))

        await self._act(call, follow)

    async def watched(self, call: Call, phone: Phone, watch: Watch) -> None:
        """A supervisor is in the call so from now on, or has left it."""
        self.staff.bus.tell(Watched(ConversationId(call.conversation), AgentId(phone.agent), watch))

    async def taken(self, call: Call, *, phone: str, key: str) -> None:
        """The telephone system has joined the caller with a telephone by itself: the call is whoever's that is."""

        async def take(state: Conversation) -> None:
            if not state.open or state.ended_at is not None:
                return
            agent = self._at(state, phone)
            if agent is not None and state.owner.agent != agent.id:
                await self.acts.assign(state, SYSTEM, agent.id)
            name = agent.name if agent is not None else phone
            await self.acts.call_happens(state, "joined", key, {"agent": name})

        await self._act(call, take)

    async def recorded(self, call: Call, recording: Recording) -> None:
        """Keep a recording with the conversation; it is fetched afterwards."""

        async def keep(state: Conversation) -> None:
            await self._keep(state, recording)
            if recording.kind == "voicemail" and not state.open:  # told of after the end of the call
                after = await self.lanes.state(state.id)
                inbox = self.config.inbox(state.header.inbox)
                await self.acts.customer_reopens(after, _caller(after), after.queue or (inbox.queue if inbox else None))
            values = {"seconds": str(round(recording.seconds))}
            await self.acts.call_happens(state, recording.kind, recording.key, values)

        await self._act(call, keep)

    async def _keep(self, state: Conversation, recording: Recording) -> None:
        dedupe = f"file:{state.id}:{recording.key}"
        name = f"{recording.kind}-{state.header.number}.wav"
        file = File(id=reserved_id(dedupe, 0), name=name, content_type="audio/wav", size=0, state="coming")
        await self.fetching.expect(
            Fetch(
                file=file.id,
                inbox=state.header.inbox,
                source=recording.source,
                conversation=state.id,
                uploader=f"call:{state.id}",
                name=name,
                most=recording.most,
            )
        )
        await self.transcribing.expect(state, file.id)
        parts = (Part(type="attachment", file=file),)
        outcome = await self.acts.attach(state, recording.key, parts)
        if not outcome.duplicate:
            await self.fetching.begin(parts)

    async def ended(self, call: Call, *, by: EndedBy, reason: str, attempt: int = 0) -> None:
        """The call is over; the end of the one in which they asked to be called back may come late or twice."""

        async def end(state: Conversation) -> None:
            if state.callback_to and not attempt and not state.waits:
                return
            if state.call != "over":
                await self.acts.call_happens(state, "ended", f"ended:{attempt}", {"by": by, "reason": reason})
            kept = state.deferred is not None and state.waits
            if not state.open or kept or state.ended_at is not None:
                return
            await self.acts.customer_ends(state, _caller(state))

        await self._act(call, end)

    async def missed(self, call: Call, *, to: str, waited: float) -> bool:
        """Who left the line has abandoned it, and comes back into it as a number to call; again after a crash.

        False for who left at once, or was served.
        """
        state = await self._own(call)
        line = self.config.queue_for(state.queue, state.header.inbox)
        if line is None or state.answered_at is not None or waited < line.target.short_abandon_seconds:
            return False

        async def back(state: Conversation) -> None:
            if not state.open:
                await self.acts.customer_reopens(state, _caller(state), line.id)
                state = await self.lanes.state(state.id)
            if state.in_line:
                await self.acts.call_happens(state, "callback", "missed", {"to": to, "missed": "yes"})

        await self._act(call, back)
        return True

    async def house(self, inbox: str) -> House:
        """What flows of an inbox may name now."""
        return house(self.config, inbox, self.clock.now())

    async def flow(self, id_: str) -> Mapping[str, object] | None:
        """The flow that an inbox names, as it was published last."""
        known = self.config.flow(id_)
        return known.live if known is not None else None

    async def _happened(self, state: Conversation, happening: Happening) -> None:
        await self.acts.call_happens(state, happening.what, happening.key, happening.values)

    async def _act(self, call: Call, act: Callable[[Conversation], Awaitable[None]]) -> None:
        """Do it on the newest state; again when somebody was faster."""
        for _ in range(TRIES):
            state = await self._own(call)
            try:
                await act(state)
            except Conflict:
                log.info("call_overtaken", conversation=call.conversation)
            except HubError as error:
                raise refusal(error) from error
            else:
                return

    async def _own(self, call: Call) -> Conversation:
        try:
            state = await self.lanes.state(ConversationId(call.conversation))
        except HubError as error:
            raise refusal(error) from error
        if (state.header.inbox, state.header.address) != (call.inbox, call.address):
            raise ChannelError("not_found", "There is no such call.", status=404)
        return state

    def _at(self, state: Conversation, phone: str) -> Agent | None:
        """Whose telephone this is, however its number is written."""
        channel = self._channel(state)

        def plain(text: str) -> str:
            return (channel.number(text) if channel is not None else None) or text

        theirs = (one for one in self.staff.agents if one.active and one.phone)
        return next((one for one in theirs if plain(one.phone) == plain(phone)), None)

    def _channel(self, state: Conversation) -> CallChannel | None:
        return channel_of(state, self.channels())


def _caller(state: Conversation) -> Author:
    return Author(kind="contact", id=state.header.contact, name=state.contact_name or None)
