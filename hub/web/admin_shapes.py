"""Shapes of what admins see and send: queues, canned replies, the rules of the house."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hub.model.queues import ExitKind, RecordingPolicy, Ring, ServiceTarget, Strategy, WrapUp

Locale = Literal["fa", "en"]
Name = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=8000)]
Words = Annotated[list[Name], Meta(max_length=50)]


class QueueRecord(Struct, frozen=True):
    """A line. An offer lasts `offer_seconds`; after `max_wait_seconds` the customer is shown the offline form."""

    id: str
    name: str
    offer_seconds: int
    priority: int
    max_wait_seconds: int
    channels: list[str]
    languages: list[str]
    target: ServiceTarget
    strategy: str
    rings: list[Ring]
    exit: str
    exit_queue: str | None
    preferred_seconds: int
    return_seconds: int
    pick: bool
    auto_accept: list[str]
    wrap_up: WrapUp
    calendar: str
    recording: RecordingPolicy


class QueueList(Struct, frozen=True):
    """All queues."""

    queues: list[QueueRecord]


OfferSeconds = Annotated[int, Meta(ge=5, le=600)]
Priority = Annotated[int, Meta(ge=-10, le=10)]
MaxWait = Annotated[int, Meta(ge=10, le=86_400)]


class NewQueue(Struct, frozen=True, forbid_unknown_fields=True):
    """A new queue; without `id` it gets a random one."""

    name: Name
    id: Name | UnsetType = UNSET
    offer_seconds: OfferSeconds = 20
    priority: Priority = 0
    max_wait_seconds: MaxWait = 900


class QueueChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What changes of a queue."""

    name: Name | UnsetType = UNSET
    offer_seconds: OfferSeconds | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    max_wait_seconds: MaxWait | UnsetType = UNSET
    channels: Words | UnsetType = UNSET
    languages: Words | UnsetType = UNSET
    target: ServiceTarget | UnsetType = UNSET
    strategy: Strategy | UnsetType = UNSET
    rings: Annotated[list[Ring], Meta(max_length=10)] | UnsetType = UNSET
    exit: ExitKind | UnsetType = UNSET
    exit_queue: Name | UnsetType | None = UNSET
    preferred_seconds: Annotated[int, Meta(ge=0, le=3_600)] | UnsetType = UNSET
    return_seconds: Annotated[int, Meta(ge=0, le=86_400)] | UnsetType = UNSET
    pick: bool | UnsetType = UNSET
    auto_accept: Words | UnsetType = UNSET
    wrap_up: WrapUp | UnsetType = UNSET
    calendar: Name | UnsetType = UNSET
    recording: RecordingPolicy | UnsetType = UNSET


class CannedRecord(Struct, frozen=True):
    """A canned reply. Variables are put in by the desk, as text: {{contact.name}}, {{agent.name}}, ..."""

    id: str
    shortcut: str
    locale: str
    text: str


class CannedList(Struct, frozen=True):
    """All canned replies."""

    canned: list[CannedRecord]


class NewCanned(Struct, frozen=True, forbid_unknown_fields=True):
    """A new canned reply."""

    shortcut: Name
    locale: Locale
    text: Text


class CannedChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What changes of a canned reply."""

    shortcut: Name | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    text: Text | UnsetType = UNSET


class WorkplaceRecord(Struct, frozen=True):
    """The rules of the house; see `hub.model.config.Workplace` for what each means. Times in seconds."""

    grace_seconds: int
    silent_seconds: int
    bot_idle_seconds: int
    agent_idle_seconds: int
    wrap_up_seconds: int
    bot_turn_seconds: int
    cooling_seconds: int
    default_handle_seconds: int
    snooze_max_days: int
    starving_seconds: int
    misses_before_alarm: int
    costs: dict[str, int]
    parked_costs: dict[str, int]
    maxima: dict[str, int]
    skills: list[str]
    teams: list[str]
    break_reasons: list[str]
    dispositions: list[str]


Seconds = Annotated[int, Meta(ge=5, le=86_400)]
LongSeconds = Annotated[int, Meta(ge=60, le=31_536_000)]
Units = Annotated[dict[Annotated[str, Meta(max_length=40)], int], Meta(max_length=40)]
Codes = Annotated[list[Name], Meta(min_length=1, max_length=30)]


class WorkplaceChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What changes of the rules of the house."""

    grace_seconds: Annotated[int, Meta(ge=0, le=3_600)] | UnsetType = UNSET
    silent_seconds: Seconds | UnsetType = UNSET
    bot_idle_seconds: LongSeconds | UnsetType = UNSET
    agent_idle_seconds: LongSeconds | UnsetType = UNSET
    wrap_up_seconds: Seconds | UnsetType = UNSET
    bot_turn_seconds: Annotated[int, Meta(ge=1, le=60)] | UnsetType = UNSET
    cooling_seconds: Annotated[int, Meta(ge=0, le=3_600)] | UnsetType = UNSET
    default_handle_seconds: Seconds | UnsetType = UNSET
    snooze_max_days: Annotated[int, Meta(ge=1, le=365)] | UnsetType = UNSET
    starving_seconds: Annotated[int, Meta(ge=60, le=86_400)] | UnsetType = UNSET
    misses_before_alarm: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET
    costs: Units | UnsetType = UNSET
    parked_costs: Units | UnsetType = UNSET
    maxima: Units | UnsetType = UNSET
    skills: Words | UnsetType = UNSET
    teams: Words | UnsetType = UNSET
    break_reasons: Codes | UnsetType = UNSET
    dispositions: Codes | UnsetType = UNSET
