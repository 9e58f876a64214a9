"""Which line a conversation goes to, and at which place: the admin's rules, and who comes back in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.clock import Clock
from hub.model.calendar import Calendar
from hub.model.contact import Person
from hub.model.conversation import Conversation
from hub.model.ids import AgentId, QueueId
from hub.model.queues import Condition, Place, Queue, Rule
from hub.staff import Staff
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


def line_that_takes(wanted: Queue, usual: Queue | None, channel: str, locale: str) -> tuple[Queue, bool]:
    """The line that is meant, and True; where it takes no such conversation the inbox's usual one, and False."""
    takes = wanted.takes(channel, locale)
    return (wanted, True) if takes else (usual or wanted, False)


def old_place(earlier: Sequence[Conversation], queue: Queue, now: int) -> int | None:
    """The place (ms) of who left this line a moment ago and is back; `earlier`: newest first.

    The last stay alone counts: a place that led to an answer is used up. Who was taken on by another line has left
    this one, too.
    """
    last = next((state for state in earlier if state.queue is not None), None)
    if last is None or queue.id not in {last.queue, *last.lines} or last.left_at is None:
        return None
    return last.left_place if now - last.left_at <= queue.return_seconds * 1000 else None


@dataclass(frozen=True, slots=True)
class Signpost:
    """Decides where a conversation enters the line."""

    config: Config
    contacts: Contacts
    conversations: Conversations
    staff: Staff
    clock: Clock

    async def place(self, state: Conversation, queue: QueueId | None, intent: str | None) -> Place:
        """Where a conversation goes that would go to `queue` if no rule said otherwise."""
        person = await self.contacts.person(state.header.contact)
        rule = self._rule(state, intent, person)
        wanted = self.config.queue_for((rule.queue if rule is not None else None) or queue, state.header.inbox)
        if wanted is None:
            return Place(queue=queue)
        route = f"rule:{rule.name}" if rule is not None else None
        usual = self.config.queue_for(None, state.header.inbox)
        line, taken = line_that_takes(wanted, usual, state.header.channel, state.locale)
        if not taken:
            route = "not_taken"
        rows = await self.conversations.of_contacts(person.ids, limit=LOOK_BACK)
        earlier = [state, *(row.state for row in rows if row.state.id != state.id)]
        return Place(
            queue=line.id,
            priority=rule.priority if rule is not None else None,
            needs=rule.needs if rule is not None else (),
            since=old_place(earlier, line, self.clock.now()),
            known_to=self._known_to(person, earlier),
            route=route,
        )

    def _known_to(self, person: Person, earlier: Sequence[Conversation]) -> AgentId | None:
        """Their owner; where there is none any more, who served them last."""
        agents = (person.owner, *(one.last_agent for one in earlier))
        known = (self.staff.get(agent) for agent in agents if agent is not None)
        return next((agent.id for agent in known if agent is not None and agent.active), None)

    def _rule(self, state: Conversation, intent: str | None, person: Person) -> Rule | None:
        facts = Facts(
            inbox=state.header.inbox,
            channel=state.header.channel,
            locale=state.locale,
            intent=intent,
            attributes=person.attributes,
            at=self.clock.now(),
        )
        return first_rule(self.config.rules.rules, facts, self.config.calendars)


def _among(value: str, values: tuple[str, ...]) -> bool:
    return not values or value in values
