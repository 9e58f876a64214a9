"""Inboxes as their channels see them: settings with their defaults, secrets opened, and word of every change.

In the store an inbox's settings hold sealed secrets alone (see `hub.vault`); here, and nowhere else, they are opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from channels.contract import Channel, Configured
from channels.setup import SettingField
from hub.errors import Conflict
from hub.model.config import Inbox
from hub.store.config import Config
from hub.vault import UnreadableError, Vault, is_sealed

log = structlog.get_logger(__name__)

SECRET_KINDS = frozenset({"secret", "generated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An inbox with its secrets in the clear; never for a log, a frame or an answer.

    `unreadable`: secrets that no key opens. `missing`: fields that must be filled in before the inbox can work.
    """

    configured: Configured
    unreadable: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class ChannelConfig:
    """What `HubInlet` answers `inboxes`, `inbox_settings` and `changed` with, over `Config`."""

    def __init__(self, config: Config, vault: Vault, channels: Callable[[], Mapping[str, Channel]]) -> None:
        """Listen to changes of the configuration; `channels` gives all adapters by name."""
        self._config = config
        self._vault = vault
        self._channels = channels
        self._known: dict[str, tuple[Inbox, Opened]] = {}
        self._changed = asyncio.Event()
        config.on_change(self._on_change)

    @property
    def channels(self) -> Mapping[str, Channel]:
        """All adapters by name."""
        return self._channels()

    def inboxes(self, channel: str) -> tuple[Configured, ...]:
        """All inboxes of a channel that can work: nothing that they need is missing or unreadable."""
        opened = [self.opened(one) for one in self._config.inboxes.values() if one.channel == channel]
        return tuple(one.configured for one in opened if not one.missing)

    def one(self, inbox: str) -> tuple[str, Configured] | None:
        """An inbox's channel and how it is configured, complete or not; None when there is no such inbox."""
        known = self._config.inbox(inbox)
        return (known.channel, self.opened(known).configured) if known is not None else None

    def settings(self, inbox: str) -> Mapping[str, object] | None:
        """An inbox's settings with its name, locale and channel; None when there is no such inbox."""
        known = self._config.inbox(inbox)
        if known is None:
            return None
        own = self.opened(known).configured.settings
        return {**own, "name": known.name, "locale": known.locale, "channel": known.channel}

    async def changed(self) -> None:
        """Return at the next change of any inbox."""
        await self._changed.wait()

    def opened(self, inbox: Inbox) -> Opened:
        """An inbox as it is configured, opened once for each change."""
        known = self._known.get(inbox.id)
        if known is None or known[0] is not inbox:
            known = (inbox, self.open(inbox))
            self._known[inbox.id] = known
        return known[1]

    def open(self, inbox: Inbox) -> Opened:
        """An inbox with these settings, be they stored or only meant."""
        values: dict[str, object] = {}
        unreadable: list[str] = []
        for name, stored in inbox.settings.items():
            try:
                values[name] = self._vault.open(place(inbox, name), stored) if is_sealed(stored) else stored
            except UnreadableError:
                unreadable.append(name)
        if unreadable:
            log.warning("secrets_unreadable", inbox=inbox.id, fields=unreadable)
        fields = self.fields(inbox.channel)
        wanted = {field.name for field in asked(fields, values)}
        idle = {field.name for field in fields} - wanted
        values = {name: value for name, value in with_defaults(fields, values).items() if name not in idle}
        return Opened(
            configured=Configured(id=inbox.id, name=inbox.name, locale=inbox.locale, settings=values),
            unreadable=tuple(unreadable),
            missing=missing(fields, values),
        )

    def seal(self, inbox: Inbox, name: str, secret: str) -> dict[str, str]:
        """A secret of an inbox as it is stored."""
        return self._vault.seal(place(inbox, name), secret)

    def fields(self, channel: str) -> tuple[SettingField, ...]:
        """What an admin fills in for a channel; nothing for one that this hub does not have."""
        known = self.channels.get(channel)
        return known.fields if known is not None else ()

    async def renew(self) -> int:
        """Seal everything with the newest key, so that an older one can be dropped; return how many inboxes changed."""
        renewed = 0
        for inbox in self._config.inboxes.values():
            fresh = {name: self._vault.renewed(place(inbox, name), one) for name, one in inbox.settings.items()}
            if any(fresh.values()):
                settings = {name: fresh[name] or one for name, one in inbox.settings.items()}
                try:
                    await self._config.save(replace(inbox, settings=settings))
                except Conflict:
                    continue  # an admin saved it meanwhile, with the newest key
                renewed += 1
        if renewed:
            log.info("secrets_renewed", inboxes=renewed)
        return renewed

    def _on_change(self, kind: str) -> None:
        if kind == "inbox":
            self._known = {id_: one for id_, one in self._known.items() if id_ in self._config.inboxes}
            self._changed.set()
            self._changed = asyncio.Event()


def place(inbox: Inbox, name: str) -> str:
    """What a secret is sealed for."""
    return f"{inbox.id}:{name}"


def asked(fields: Sequence[SettingField], values: Mapping[str, object]) -> tuple[SettingField, ...]:
    """The fields that are asked with these values: those whose condition holds, and that of what they depend on."""
    full = with_defaults(fields, values)
    found: dict[str, SettingField] = {}
    for field in fields:
        name, allowed = field.when or ("", "")
        if not name or (name in found and _word(full.get(name)) in allowed.split("|")):
            found[field.name] = field
    return tuple(found.values())


def missing(fields: Sequence[SettingField], values: Mapping[str, object]) -> tuple[str, ...]:
    """The required fields that are asked and have no value."""
    full = with_defaults(fields, values)
    return tuple(field.name for field in asked(fields, values) if field.required and full.get(field.name) in (None, ""))


def with_defaults(fields: Sequence[SettingField], values: Mapping[str, object]) -> dict[str, object]:
    """The values, with defaults where nothing was filled in."""
    defaults = {field.name: field.default for field in fields if field.default is not None}
    return {**defaults, **values}


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
