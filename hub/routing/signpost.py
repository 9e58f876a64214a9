"""Which line a conversation goes to, and at which place: the admin's rules, and who comes back in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.clock import Clock
from hub.model.calendar import Calendar
from hub.model.conversation import Conversation
from hub.model.ids import QueueId
from hub.model.queues import Condition, Place, Queue, Rule
from hub.store.config import Config
from hub.store.contacts import Contacts
from hub.store.conversations import Conversations

LOOK_BACK = 10
"""So many earlier conversations of a customer tell who served them last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rules may ask about a conversation. `at` in ms."""

    inbox: str
    channel: str
    locale: str
    intent: str | None
    attributes: Mapping[str, str]
    at: int


def holds(when: Condition, facts: Facts, calendars: Mapping[str, Calendar]) -> bool:
    """Whether a rule's condition is true; a calendar that is gone is never open."""
    if when.calendar:
        calendar = calendars.get(when.calendar)
        if (calendar is not None and calendar.is_open(facts.at)) != when.open:
            return False
    return (
        _among(facts.inbox, when.inboxes)
        and _among(facts.channel, when.channels)
        and _among(facts.locale, when.locales)
        and _among(facts.intent or "", when.intents)
        and all(facts.attributes.get(name, "") in values for name, values in when.attributes.items())
    )


def first_rule(rules: Sequence[Rule], facts: Facts, calendars: Mapping[str, Calendar]) -> Rule | None:
    """The first rule that holds."""
    return next((rule for rule in rules if holds(rule.when, facts, calendars)), None)


def old_place(earlier: Sequence[Conversation], queue: Queue, now: int) -> int | None:
    """The place (ms) of who left this line a moment ago and is back; `earlier`: newest first.

    The last stay alone counts: a place that led to an answer is used up.
    """
    last = next((state for state in earlier if state.queue is not None), None)
    if last is None or last.queue != queue.id or last.left_at is None:
        return None
    return last.left_place if now - last.left_at <= queue.return_seconds * 1000 else None


@dataclass(frozen=True, slots=True)
class Signpost:
    """Decides where a conversation enters the line."""

    config: Config
    contacts: Contacts
    conversations: Conversations
    clock: Clock

    async def place(self, state: Conversation, queue: QueueId | None, intent: str | None) -> Place:
        """Where a conversation goes that would go to `queue` if no rule said otherwise."""
        rule = await self._rule(state, intent)
        wanted = self.config.queue_for((rule.queue if rule is not None else None) or queue, state.header.inbox)
        if wanted is None:
            return Place(queue=queue)
        route = f"rule:{rule.name}" if rule is not None else None
        line = wanted
        if not wanted.takes(state.header.channel, state.locale):
            line, route = self.config.queue_for(None, state.header.inbox) or wanted, "not_taken"
        person = await self.contacts.person(state.header.contact)
        rows = await self.conversations.of_contact(state.header.contact, limit=LOOK_BACK)
        earlier = [state, *(row.state for row in rows if row.state.id != state.id)]
        return Place(
            queue=line.id,
            priority=rule.priority if rule is not None else None,
            needs=rule.needs if rule is not None else (),
            since=old_place(earlier, line, self.clock.now()),
            known_to=person.owner or next((one.last_agent for one in earlier if one.last_agent is not None), None),
            route=route,
        )

    async def _rule(self, state: Conversation, intent: str | None) -> Rule | None:
        rules = self.config.rules.rules
        if not rules:
            return None
        asks = any(rule.when.attributes for rule in rules)
        contact = await self.contacts.get(state.header.contact) if asks else None
        facts = Facts(
            inbox=state.header.inbox,
            channel=state.header.channel,
            locale=state.locale,
            intent=intent,
            attributes=contact.attributes if contact is not None else {},
            at=self.clock.now(),
        )
        return first_rule(rules, facts, self.config.calendars)


def _among(value: str, values: tuple[str, ...]) -> bool:
    return not values or value in values
