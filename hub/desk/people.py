"""Who a customer is: the card of one person, and agents who say that two contacts are one, or that they are not."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.bus import Bus
from hub.clock import Clock
from hub.desk.command_frames import MergeContacts, SetOwner, UndoMerge
from hub.desk.floor import may_see, sees_all
from hub.desk.frames import Merged
from hub.desk.view_frames import ContactView, SameView
from hub.desk.views import Views, same_view
from hub.errors import BadInput, Conflict, NotFound
from hub.model.config import Agent
from hub.model.contact import Merge, Person, clashes, shared
from hub.model.conversation import Conversation
from hub.model.ids import AgentId, ContactId, ConversationId, new_id
from hub.staff import Staff
from hub.store.audit import AuditTrail, Deed
from hub.store.config import Config
from hub.store.contacts import Contacts
from hub.store.conversations import Conversations, Row

MAX_REASON = 500
MAX_SAME = 5
MAX_CONVERSATIONS = 200


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """These conversations have another customer card than before."""

    conversations: tuple[ConversationId, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Customers as agents see them. A person is for the eyes of whoever may see one of their conversations."""

    contacts: Contacts
    conversations: Conversations
    config: Config
    views: Views
    staff: Staff
    trail: AuditTrail
    bus: Bus
    clock: Clock

    async def card(self, viewer: Agent, state: Conversation) -> ContactView:
        """The customer card beside a conversation."""
        own = state.header.contact
        person = await self.contacts.person(own)
        found = await self.conversations.of_contacts(person.ids)
        earlier = [row for row in found if row.state.id != state.id and self._may(viewer, row)]
        return self.views.contact(own, person, earlier, await self._same(viewer, person))

    async def merge(self, agent: Agent, command: MergeContacts) -> Merged:
        """Make two persons one.

        Raises:
            Conflict: they are one already (`already_merged`), or verified addresses differ (`conflicting`).
        """
        reason = _reason(command.reason)
        into = await self._seen(agent, command.into)
        source = await self._seen(agent, command.source)
        if into.head.id == source.head.id:
            raise Conflict("They are one person already.", code="already_merged")
        against = clashes(into, source)
        if against and not command.despite_conflict:
            raise Conflict("Both have verified addresses, and different ones.", code="conflicting")
        merge = Merge(
            id=new_id(),
            source=source.head.id,
            into=into.head.id,
            by=agent.id,
            at=self.clock.now(),
            reason=reason,
            despite_conflict=bool(against),
        )
        await self.contacts.merge(merge)
        await self._record("contact.merge", agent, merge, before=None, after=merge.into)
        await self._tell(into.ids + source.ids)
        return Merged(merge=merge.id)

    async def undo(self, agent: Agent, command: UndoMerge) -> None:
        """Take a merge back; what was said meanwhile stays with the contact that it was said to."""
        merge = await self.contacts.merge_of(command.merge)
        if merge is None:
            raise NotFound("There is no such merge.")
        before = await self._seen(agent, merge.source)
        if await self.contacts.undo(merge.id, by=agent.id, now=self.clock.now()):
            await self._record("contact.undo_merge", agent, merge, before=merge.into, after=None)
            await self._tell(before.ids)

    async def set_owner(self, agent: Agent, command: SetOwner) -> None:
        """Say who looks after a person, and is asked first when they come again. Raises `NotFound`."""
        person = await self._seen(agent, command.contact)
        owner = self.staff.get(AgentId(command.agent)) if command.agent is not None else None
        if command.agent is not None and (owner is None or not owner.active):
            raise NotFound("There is no such colleague.", code="no_such_agent", field="agent")
        before = self.staff.name(person.owner)
        await self.contacts.set_owner(person.ids, owner.id if owner is not None else None)
        changes = {"owner": (before, owner.name if owner is not None else None)}
        await self.trail.add(
            Deed(actor=agent.id, action="contact.owner", target=f"contact:{person.head.id}", changes=changes)
        )
        await self._tell(person.ids)

    async def _same(self, viewer: Agent, person: Person) -> list[SameView]:
        found: dict[ContactId, Person] = {}
        for contact in await self.contacts.alike(person):
            other = await self.contacts.person(contact.id)
            if other.head.id not in found and len(found) < MAX_SAME and await self._sees(viewer, other):
                found[other.head.id] = other
        views = [same_view(other, shared(person, other), clashes(person, other)) for other in found.values()]
        likely = (view for view in views if view.shared)
        return sorted(likely, key=lambda view: (bool(view.clashes), not view.shared[0].verified))

    async def _seen(self, viewer: Agent, contact: str) -> Person:
        person = await self.contacts.person(ContactId(contact))
        if not person.head.created_at or not await self._sees(viewer, person):
            raise NotFound("There is no such contact.")
        return person

    async def _sees(self, viewer: Agent, person: Person) -> bool:
        if sees_all(viewer):
            return True
        rows = await self.conversations.of_contacts(person.ids, limit=MAX_CONVERSATIONS)
        return any(self._may(viewer, row) for row in rows)

    def _may(self, viewer: Agent, row: Row) -> bool:
        return may_see(viewer, row.state, self.config)

    async def _record(self, action: str, agent: Agent, merge: Merge, *, before: str | None, after: str | None) -> None:
        changes: dict[str, Sequence[object]] = {"merged_into": (before, after)}
        if merge.despite_conflict:
            changes["despite_conflict"] = (None, True)
        await self.trail.add(Deed(actor=agent.id, action=action, target=f"contact:{merge.source}", changes=changes))

    async def _tell(self, contacts: Sequence[ContactId]) -> None:
        rows = await self.conversations.of_contacts(contacts, limit=MAX_CONVERSATIONS)
        self.bus.tell(PersonChanged(tuple(row.state.id for row in rows)))


def _reason(text: str) -> str:
    words = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").strip()
    if not words or len(words) > MAX_REASON:
        raise BadInput(f"Say why, in at most {MAX_REASON} characters.", code="bad_text", field="reason")
    return words
