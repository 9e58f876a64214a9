"""Shapes of what admins see and send: channels, inboxes, what "Test connection" found, what was set aside."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from channels.setup import FieldKind
from hub.web.admin_shapes import Locale, Name, Words
from hub.web.calendars import CalendarView

Setting = str | int | bool | list[str] | None
Settings = dict[Name, Setting]


class FieldView(Struct, frozen=True):
    """One setting that a channel asks for; see `channels.setup.SettingField` for what each means."""

    name: str
    kind: FieldKind
    required: bool
    default: str | int | bool | None
    choices: list[str]
    pattern: str | None
    longest: int
    least: int
    most: int
    when: tuple[str, str] | None
    shown: bool


class ChannelView(Struct, frozen=True):
    """A channel of this hub: what an admin fills in (`fields`), and what it carries (see `Capabilities`)."""

    name: str
    fields: list[FieldView]
    features: list[str]
    max_text: int
    max_attachment: int
    live: bool
    window_seconds: int | None


class ChannelList(Struct, frozen=True):
    """All channels that an inbox can be opened for."""

    channels: list[ChannelView]


class InboxRecord(Struct, frozen=True):
    """A configured channel.

    `settings`: what is filled in, without secrets. `secrets`: for each secret that is kept, whether it can be read (it
    cannot once the key is lost). `missing`: settings without which it cannot work. `webhook`: the address that the
    provider must call. `origins` (sites that may show the chat), `accent` ("#rrggbb") and `brand` are the website
    chat's.
    """

    id: str
    name: str
    channel: str
    bot_enabled: bool
    queue: str
    locale: str
    origins: list[str]
    accent: str
    brand: str
    calendar: CalendarView
    settings: dict[str, Setting]
    secrets: dict[str, Literal["set", "unreadable"]]
    missing: list[str]
    webhook: str | None


class InboxList(Struct, frozen=True):
    """All inboxes."""

    inboxes: list[InboxRecord]


class InboxMade(Struct, frozen=True):
    """An inbox, and the secrets made for it just now that the provider must know: they are never shown again."""

    inbox: InboxRecord
    shown: dict[str, str]


class NewInbox(Struct, frozen=True, forbid_unknown_fields=True):
    """A new inbox. `settings`: by the channel's fields; the last three are the website chat's."""

    channel: Name
    name: Name
    queue: Name
    locale: Locale = "fa"
    bot_enabled: bool = True
    settings: Settings = {}
    origins: Words | UnsetType = UNSET
    accent: Name | UnsetType = UNSET
    brand: Name | UnsetType = UNSET


class InboxChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What changes of an inbox. Of `settings` only those that are named; null takes one away."""

    name: Name | UnsetType = UNSET
    bot_enabled: bool | UnsetType = UNSET
    queue: Name | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    origins: Words | UnsetType = UNSET
    accent: Name | UnsetType = UNSET
    brand: Name | UnsetType = UNSET
    calendar: CalendarView | UnsetType = UNSET
    settings: Settings | UnsetType = UNSET


class InboxTrial(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings that are not saved yet, to try them over the saved ones."""

    settings: Settings = {}


class FindingView(Struct, frozen=True):
    """One thing that was found: a stable `code`, the setting it is about, and the other side's own words."""

    ok: bool
    code: str
    field: str | None
    detail: str


class InboxFindings(Struct, frozen=True):
    """What "Test connection" found."""

    findings: list[FindingView]


class SecretChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """Which secret the hub shall make anew."""

    field: Name


class AsideRecord(Struct, frozen=True):
    """Something that could not become a message: why (`reason`), what it is (`summary`), bytes, when (ms), how often.

    `trouble`: the code with which it was refused when it was run again, at `tried_at`.
    """

    id: str
    inbox: str
    reason: str
    summary: str
    size: int
    at: int
    times: int
    trouble: str | None
    tried_at: int | None


class AsidePage(Struct, frozen=True):
    """Newest first. `before` for the next page, absent at the end."""

    items: list[AsideRecord]
    before: str | None
