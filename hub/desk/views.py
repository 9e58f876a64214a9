"""From the model to the desk's frames. Pure, given the names of people and queues."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from msgspec.structs import replace

from channels.calls import BROWSER
from channels.contract import Capabilities
from channels.views import PartView, part_view
from hub.desk.limits import channel_view, inbox_view, reply_until
from hub.desk.view_frames import (
    AgentView,
    CannedView,
    ChannelView,
    ClashView,
    ContactView,
    EarlierView,
    EntryView,
    EventView,
    IdentityView,
    InboxView,
    MemberView,
    OfferView,
    OwnerView,
    QueueView,
    Role,
    SameView,
    SharedView,
    SlaView,
    Summary,
    UnderstoodView,
)
from hub.model.config import Agent, Canned, room_for
from hub.model.contact import Clash, Contact, Merge, Person, Shared
from hub.model.conversation import Conversation
from hub.model.ending import wrap_up_over
from hub.model.entry import Entry, Event, Part, Understood
from hub.model.ids import ContactId
from hub.model.queues import Queue
from hub.model.sla import SlaClock
from hub.staff import Staff
from hub.store.config import Config
from hub.store.conversations import Marks, Row


def locale_of(value: str) -> Literal["fa", "en"]:
    """A language the screens have."""
    return "en" if value == "en" else "fa"


@dataclass(slots=True)
class Views:
    """Makes views; knows everybody's name, and what each channel carries."""

    staff: Staff
    config: Config
    capabilities: Mapping[str, Capabilities]
    most_urgent: Callable[[Conversation], SlaClock | None]

    def channels(self) -> dict[str, ChannelView]:
        """What each channel carries."""
        return {name: channel_view(can) for name, can in self.capabilities.items()}

    def inboxes(self) -> dict[str, InboxView]:
        """All inboxes, without what is secret of them."""
        return {inbox.id: inbox_view(inbox) for inbox in self.config.inboxes.values()}

    def summary(self, state: Conversation, marks: Marks) -> Summary:
        """A row of the list."""
        return Summary(
            id=state.id,
            number=state.header.number,
            channel=state.header.channel,
            inbox=state.header.inbox,
            contact=state.header.contact,
            contact_name=state.contact_name,
            status=state.status,
            owner=self.owner(state),
            locale=locale_of(state.locale),
            last_seq=state.last_seq,
            last_at=state.last_at,
            created_at=state.header.created_at,
            last_text=state.last_text,
            last_author=state.last_author,
            priority=state.priority,
            labels=list(marks.labels),
            unread=sum(1 for seq in state.contact_seqs if seq > marks.agent_read),
            waiting_since=state.waiting_since,
            queued_at=state.queued_at,
            snoozed_until=state.snoozed_until,
            agent_read=marks.agent_read,
            contact_read=marks.contact_read,
            disposition=state.disposition,
            rating=state.rating,
            ended_by_customer=state.ended_by == "contact",
            call=state.call or None,
            reply_until=reply_until(state, self.capabilities.get(state.header.channel)),
            sla=self._sla(state),
            callback=state.callback_to or None,
            wrap_up_until=wrap_up_over(state, self.config.workplace, self._queue(state)),
            wrap_up_extended=state.extended,
            tape=state.tape or None,
            third=state.third,
        )

    def _sla(self, state: Conversation) -> SlaView | None:
        clock = self.most_urgent(state)
        return SlaView(promise=clock.promise, due=clock.due, warn=clock.warn) if clock is not None else None

    def _queue(self, state: Conversation) -> Queue | None:
        return self.config.queue_for(state.queue, state.header.inbox)

    def owner(self, state: Conversation) -> OwnerView:
        """Who holds a conversation."""
        queue = self.config.queue(state.queue or "")
        return OwnerView(
            kind=state.owner.kind,
            fence=state.fence,
            agent=state.owner.agent,
            agent_name=self.staff.name(state.owner.agent),
            queue=state.queue,
            queue_name=queue.name if queue else None,
            offer_until=state.owner.until,
        )

    def row(self, row: Row) -> Summary:
        """A row as the store has it."""
        return self.summary(row.state, row.marks)

    def entry(self, entry: Entry) -> EntryView:
        """One entry."""
        return EntryView(
            seq=entry.seq,
            at=entry.at,
            author=entry.author.kind,
            kind=entry.kind,
            author_id=entry.author.id,
            name=entry.author.name or (self.staff.name(entry.author.id) if entry.author.kind == "agent" else None),
            parts=[_part(part) for part in entry.parts],
            event=self._event(entry.event) if entry.event else None,
            understood=_understood(entry.understood) if entry.understood else None,
            client_id=entry.client_id,
            delivery=entry.delivery,
            delivery_reason=entry.delivery_reason,
            delivery_code=entry.delivery_code,
            delivery_due=entry.delivery_due if entry.delivery == "queued" else None,
            edits=entry.edits,
            matched=entry.matched,
        )

    def contact(self, own: ContactId, person: Person, earlier: Sequence[Row], same: list[SameView]) -> ContactView:
        """The customer card; what is the conversation's own contact's comes first."""
        members = sorted(person.members, key=lambda one: one.id != own)
        return ContactView(
            id=own,
            name=_first(one.name for one in members),
            locale=locale_of(members[0].locale),
            created_at=min(one.created_at for one in members),
            owner=person.owner,
            identities=identities_view(members),
            attributes=_attributes(members),
            earlier=[_earlier(row) for row in earlier],
            members=[self._member(one, one.merge, person) for one in person.members if one.merge is not None],
            same=same,
        )

    def _member(self, contact: Contact, merge: Merge, person: Person) -> MemberView:
        return MemberView(
            merge=merge.id,
            contact=contact.id,
            name=contact.name,
            into=_first(one.name for one in person.members if one.id == merge.into),
            at=merge.at,
            reason=merge.reason,
            by=self.staff.name(merge.by) or "",
            identities=identities_view([contact]),
        )

    def offer(self, state: Conversation, marks: Marks, now: int) -> OfferView:
        """An offer as its agent sees it."""
        until = state.owner.until or now
        return OfferView(
            id=state.owner.offer or "",
            conversation=self.summary(state, marks),
            reason=state.handoff_reason or "",
            summary=state.handoff_summary or state.last_text,
            until=until,
            seconds=max(1, round((until - state.fence_at) / 1000)),
            waited_ms=max(0, now - (state.queued_at or state.fence_at)),
            why=state.owner.why,
            note=state.transfer_note,
            from_agent=self.staff.name(state.last_agent) if state.handoff_reason == "transferred" else None,
        )

    def agent(self, agent: Agent) -> AgentView:
        """A colleague."""
        return AgentView(
            id=agent.id,
            name=agent.name,
            role=cast("Role", agent.role),
            status=agent.status,
            connected=agent.connected,
            load=agent.used,
            capacity=agent.capacity,
            status_since=agent.status_since,
            channels=dict(Counter(item.channel for item in agent.load)),
            most={channel: room_for(channel, agent, self.config.workplace) for channel in self._in_use()},
            languages=list(agent.languages),
            browser_phone=agent.phone == BROWSER,
        )

    def _in_use(self) -> set[str]:
        return {inbox.channel for inbox in self.config.inboxes.values()}

    def _event(self, event: Event) -> EventView:
        queue = self.config.queue(event.queue or "")
        return EventView(
            type=event.type.value,
            agent=self.staff.name(event.agent),
            to_agent=self.staff.name(event.to_agent),
            queue=queue.name if queue else event.queue,
            reason=event.reason,
            summary=event.summary,
            note=event.note,
            disposition=event.disposition,
            until=event.until,
            priority=event.priority,
            score=event.score,
            ticket=event.ticket,
            route=event.route,
            values=dict(event.values),
        )


def queue_view(queue: Queue, figures: tuple[int, int, int | None]) -> QueueView:
    """A line, how it stands, and what its agents must know of it."""
    waiting, online, oldest = figures
    return QueueView(
        id=queue.id,
        name=queue.name,
        waiting=waiting,
        online=online,
        oldest_at=oldest,
        pick=queue.pick,
        wrap_up=queue.wrap_up.mode,
        disposition_required=queue.wrap_up.disposition_required,
    )


def canned_view(canned: Canned) -> CannedView:
    """A canned reply."""
    return CannedView(id=canned.id, shortcut=canned.shortcut, locale=locale_of(canned.locale), text=canned.text)


def identities_view(contacts: Iterable[Contact]) -> list[IdentityView]:
    """Addresses, each once."""
    found: dict[tuple[str, str], bool] = {}
    for one in (one for contact in contacts for one in contact.identities):
        found[one.channel, one.address] = found.get((one.channel, one.address), False) or one.verified
    return [
        IdentityView(channel=channel, address=address, verified=verified)
        for (channel, address), verified in found.items()
    ]


def same_view(theirs: Person, in_common: Sequence[Shared], against: Sequence[Clash]) -> SameView:
    """Somebody who may be the same person."""
    return SameView(
        contact=theirs.head.id,
        name=_first(one.name for one in theirs.members),
        created_at=min(one.created_at for one in theirs.members),
        identities=identities_view(theirs.members),
        shared=[SharedView(kind=one.kind, value=one.value, verified=one.verified) for one in in_common],
        clashes=[ClashView(kind=one.kind, ours=list(one.ours), theirs=list(one.theirs)) for one in against],
    )


def _first(names: Iterable[str]) -> str:
    return next((name for name in names if name), "")


def _attributes(contacts: Sequence[Contact]) -> dict[str, str]:
    """What the customer said of themselves; where that differs, all of it."""
    found: dict[str, list[str]] = {}
    for name, value in (item for contact in contacts for item in contact.attributes.items()):
        values = found.setdefault(name, [])
        if value not in values:
            values.append(value)
    return {name: " · ".join(values) for name, values in found.items()}


def _earlier(row: Row) -> EarlierView:
    state = row.state
    return EarlierView(
        id=state.id,
        number=state.header.number,
        created_at=state.header.created_at,
        status=state.status,
        last_text=state.last_text,
        disposition=state.disposition,
        rating=state.rating,
    )


def _file_url(file: str) -> str:
    return f"/files/{file}"


def _part(part: Part) -> PartView:
    view = part_view(part, _file_url)
    if part.file is None or view.file is None or part.file.state == "here":
        return view
    return replace(view, file=replace(view.file, url=None, state=part.file.state))


def _understood(understood: Understood) -> UnderstoodView:
    return UnderstoodView(
        intent=understood.intent,
        confidence=understood.confidence,
        runner_up=understood.runner_up,
        runner_up_confidence=understood.runner_up_confidence,
        entities=dict(understood.entities),
        slots=dict(understood.slots),
    )
