"""Lines as an admin describes them: who serves one, whom it widens to, where it ends, which conversation goes there.

All times are in seconds. Timers of a line run on an item's age in it (`Conversation.entered_at`), whatever offers came
and went meanwhile; its order is that of `Conversation.queued_at`, which an overflow keeps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hub.model.ids import AgentId, QueueId

Strategy = Literal["longest_idle", "least_loaded", "most_proficient", "round_robin", "broadcast"]
ExitKind = Literal["form", "queue", "callback", "voicemail"]
WrapUpMode = Literal["none", "fixed", "until_done"]
RecordingMode = Literal["inbox", "all", "none", "on_demand"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A skill that an agent must have, at least this well (1-5)."""

    skill: str
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Who is asked until an item is `until_seconds` old: agents with all `needs`, of one of `teams` (empty: of any).

    `speaks`: only who speaks the customer's language. The last ring of a line stays for as long as an item waits there.
    """

    until_seconds: int
    needs: tuple[Need, ...] = ()
    teams: tuple[str, ...] = ()
    speaks: bool = False


ANYBODY = Ring(until_seconds=0)
"""The ring of a line without rings: everybody who serves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTarget:
    """So many percent answered within so many seconds; who leaves within `short_abandon_seconds` is not counted."""

    percent: int = 80
    seconds: int = 20
    short_abandon_seconds: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUp:
    """What follows a conversation: nothing, a fixed time, or as long as the agent needs, at most `seconds`.

    Where `disposition_required`, no agent closes one without; one whose time runs out ends as `not_given`.
    """

    mode: WrapUpMode = "none"
    seconds: int = 120
    disposition_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPolicy:
    """Which calls of a line are recorded: as their inbox says, all, none, or those whose agent begins it.

    `announced`: the caller is told before the recording begins.
    """

    mode: RecordingMode = "inbox"
    announced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A line.

    `channels` and `languages` it takes (empty: all). `offer_seconds`: how long an agent has to answer an offer.
    `max_wait_seconds`: then `exit` is taken: the offline form, the line `exit_queue`, a callback, voicemail.
    `preferred_seconds`: so long only the agent who served the customer last is asked, if at work. `return_seconds`: who
    comes back within them has their old place. `pick`: agents may take out of it by hand. `auto_accept`: channels whose
    offers need no answer. `calendar` names one; empty: that of the inbox.
    """

    id: QueueId
    name: str
    offer_seconds: int = 20
    priority: int = 0
    max_wait_seconds: int = 900
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    target: ServiceTarget = field(default_factory=ServiceTarget)
    strategy: Strategy = "longest_idle"
    rings: tuple[Ring, ...] = ()
    exit: ExitKind = "form"
    exit_queue: QueueId | None = None
    preferred_seconds: int = 0
    return_seconds: int = 300
    pick: bool = True
    auto_accept: tuple[str, ...] = ()
    wrap_up: WrapUp = field(default_factory=WrapUp)
    calendar: str = ""
    recording: RecordingPolicy = field(default_factory=RecordingPolicy)

    def takes(self, channel: str, locale: str) -> bool:
        """Whether conversations of a channel and a language may stand here."""
        return (not self.channels or channel in self.channels) and (not self.languages or locale in self.languages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a rule holds: every field that is not empty must match one of its values.

    `attributes` maps a contact's attribute to the values that match. `calendar` and `open`: whether it is open then.
    """

    inboxes: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calendar: str = ""
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Sends what meets `when` to `queue` (None: its inbox's), more urgent by `priority`, with further `needs`."""

    name: str
    when: Condition = field(default_factory=Condition)
    queue: QueueId | None = None
    priority: int = 0
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Which line a conversation goes to: the first rule that holds decides; none: its inbox's line."""

    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a customer was told last: in which line, at which place, to wait how long, with room for how many served.

    `minutes` is a band; None: nothing honest could be said.
    """

    queue: str
    place: int
    slots: int
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a conversation enters: `since` is the old place of who came back, `known_to` who served them last.

    `route`: why this line, see `Event`; None where it is the one that was meant.
    """

    queue: QueueId | None
    priority: int | None = None
    needs: tuple[Need, ...] = ()
    since: int | None = None
    known_to: AgentId | None = None
    route: str | None = None
