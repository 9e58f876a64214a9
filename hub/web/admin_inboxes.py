"""Admins and inboxes: opening one for any channel, its settings and secrets, trying them, closing it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

import msgspec
from msgspec import UNSET

from channels.contract import Channel
from channels.setup import Finding, SettingField
from hub.channel_config import SECRET_KINDS, Opened
from hub.errors import BadInput, Conflict
from hub.model.config import Inbox
from hub.model.ids import InboxId, QueueId, new_id
from hub.store.inbox_use import open_conversations
from hub.vault import is_sealed
from hub.web.addresses import origin_of
from hub.web.admin_config import found
from hub.web.calendars import calendar_of, calendar_view
from hub.web.channel_settings import Value, checked, generate, keeper_of_previous, refuse_gaps, to_generate
from hub.web.diff import changes
from hub.web.http import Call
from hub.web.inbox_shapes import (
    ChannelList,
    ChannelView,
    FieldView,
    FindingView,
    InboxChange,
    InboxFindings,
    InboxList,
    InboxMade,
    InboxRecord,
    InboxTrial,
    NewInbox,
    SecretChoice,
)
from hub.web.names import line

CHECK_SECONDS = 40.0
_LONGEST_DETAIL = 500
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_CHAT_FIELDS = ("origins", "accent", "brand")
_OWN_FIELDS = ("settings", "secrets", "missing", "webhook")
HIDDEN = ("***", "***")
"""How the audit trail says that a secret changed."""


async def list_channels(call: Call) -> ChannelList:
    """All channels that an inbox can be opened for."""
    return ChannelList(channels=[_channel_view(one) for one in call.web.channels.channels.values()])


async def list_inboxes(call: Call) -> InboxList:
    """All inboxes."""
    return InboxList(inboxes=[_record(call, inbox) for inbox in call.web.config.inboxes.values()])


async def create_inbox(call: Call) -> InboxMade:
    """Open an inbox. Secrets that the provider must know are in the answer, once."""
    wanted = call.body_as(NewInbox)
    channel = call.web.channels.channels.get(wanted.channel)
    if channel is None:
        raise BadInput("This hub has no such channel.", code="no_such_channel", field="channel")
    empty = Inbox(
        id=InboxId(new_id()),
        name=line(wanted.name, "name", longest=60),
        channel=wanted.channel,
        queue=_queue(call, wanted.queue),
        locale=wanted.locale,
        bot_enabled=wanted.bot_enabled,
        settings=_chat_settings(wanted, channel.fields),
    )
    inbox, shown = _filled(call, channel, empty, wanted.settings)
    await call.web.config.create(inbox)
    record = _record(call, inbox)
    difference = {**changes(None, record, without=_OWN_FIELDS), **_settings_difference(inbox.channel, None, inbox)}
    await call.record("inbox.create", f"inbox:{inbox.id}", difference)
    return InboxMade(inbox=record, shown=shown)


async def change_inbox(call: Call) -> InboxRecord:
    """Change an inbox. A secret that is made on the way is not shown: to see one, have it made anew."""
    before = found(call.web.config.inbox(call.path("id")))
    wanted = call.body_as(InboxChange)
    chat = _chat_settings(wanted, call.web.channels.fields(before.channel))
    after = replace(before, settings={**before.settings, **chat})
    if wanted.name is not UNSET:
        after = replace(after, name=line(wanted.name, "name", longest=60))
    if wanted.bot_enabled is not UNSET:
        after = replace(after, bot_enabled=wanted.bot_enabled)
    if wanted.locale is not UNSET:
        after = replace(after, locale=wanted.locale)
    if wanted.queue is not UNSET:
        after = replace(after, queue=_queue(call, wanted.queue))
    if wanted.calendar is not UNSET:
        after = replace(after, calendar=calendar_of(wanted.calendar, call.web.clock.now()))
    if wanted.settings is not UNSET:
        after, _ = _filled(call, _channel(call, before), after, wanted.settings)
    return await _save(call, before, after)


async def delete_inbox(call: Call) -> None:
    """Close an inbox for good. Its conversations stay readable."""
    inbox = found(call.web.config.inbox(call.path("id")))
    if await open_conversations(call.web.database, inbox.id):
        raise Conflict("There are open conversations in this inbox.", code="open_conversations")
    record = _record(call, inbox)
    await call.web.config.remove(inbox)
    difference = {**changes(record, None, without=_OWN_FIELDS), **_settings_difference(inbox.channel, inbox, None)}
    await call.record("inbox.delete", f"inbox:{inbox.id}", difference)


async def check_inbox(call: Call) -> InboxFindings:
    """Try an inbox's settings for real ("Test connection"), with what is not saved yet over what is."""
    inbox = found(call.web.config.inbox(call.path("id")))
    channel = _channel(call, inbox)
    meant, _ = _filled(call, channel, inbox, call.body_as(InboxTrial).settings)
    opened = call.web.channels.open(meant)
    if opened.unreadable:
        raise BadInput("A secret cannot be read.", code="secret_unreadable", field=f"settings.{opened.unreadable[0]}")
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            findings = await channel.check(opened.configured, call.web.inlet())
    except TimeoutError:
        findings = (Finding(ok=False, code="timeout"),)
    secrets = _secrets(channel.fields, opened)
    return InboxFindings(findings=[_finding_view(one, secrets) for one in findings])


async def rotate_secret(call: Call) -> InboxMade:
    """Make one of the hub's own secrets anew; the one before stays good where the channel keeps it."""
    before = found(call.web.config.inbox(call.path("id")))
    channel = _channel(call, before)
    name = call.body_as(SecretChoice).field
    field = next((one for one in channel.fields if one.name == name and one.kind == "generated"), None)
    if field is None:
        raise BadInput("There is no such secret.", code="unknown_field", field="field")
    fresh, settings = generate(field), dict(before.settings)
    keeper = keeper_of_previous(channel.fields, name)
    known = call.web.channels.opened(before).configured.settings.get(name)
    if keeper is not None and isinstance(known, str):
        settings[keeper.name] = call.web.channels.seal(before, keeper.name, known)
    settings[name] = call.web.channels.seal(before, name, fresh)
    record = await _save(call, before, replace(before, settings=settings))
    return InboxMade(inbox=record, shown={name: fresh} if field.shown else {})


async def _save(call: Call, before: Inbox, after: Inbox) -> InboxRecord:
    was, record = _record(call, before), _record(call, after)
    difference = {**changes(was, record, without=_OWN_FIELDS), **_settings_difference(before.channel, before, after)}
    if not difference:
        raise BadInput("Nothing to change.", code="nothing_to_change")
    await call.web.config.save(after)
    await call.record("inbox.change", f"inbox:{after.id}", difference)
    return record


def _filled(call: Call, channel: Channel, inbox: Inbox, given: Mapping[str, Value]) -> tuple[Inbox, dict[str, str]]:
    """The inbox with settings filled in and sealed, and the secrets made for it that have to be shown."""
    own, kinds = call.web.channels, {field.name: field.kind for field in channel.fields}
    settings = dict(inbox.settings)
    for name, value in checked(channel.fields, given).items():
        if value is None:
            settings.pop(name, None)
        else:
            if kinds[name] == "flow":
                _refuse_unknown_flow(call, name, str(value))
            settings[name] = own.seal(inbox, name, str(value)) if kinds[name] in SECRET_KINDS else value
    refuse_gaps([field for field in channel.fields if field.kind != "generated"], settings)
    shown = {}
    for field in to_generate(channel.fields, settings):
        secret = generate(field)
        settings[field.name] = own.seal(inbox, field.name, secret)
        if field.shown:
            shown[field.name] = secret
    return replace(inbox, settings=settings), shown


def _refuse_unknown_flow(call: Call, name: str, flow: str) -> None:
    known = call.web.config.flow(flow)
    if known is None or known.live is None:
        raise BadInput("There is no such flow that was published.", code="no_such_flow", field=f"settings.{name}")


def _channel(call: Call, inbox: Inbox) -> Channel:
    return found(call.web.channels.channels.get(inbox.channel))


def _queue(call: Call, queue: str) -> QueueId:
    if call.web.config.queue(queue) is None:
        raise BadInput("There is no such queue.", code="no_such_queue", field="queue")
    return QueueId(queue)


def _chat_settings(wanted: NewInbox | InboxChange, fields: Sequence[SettingField]) -> dict[str, object]:
    settings: dict[str, object] = {}
    if wanted.origins is not UNSET:
        settings["origins"] = [_origin(text) for text in dict.fromkeys(wanted.origins)]
    if wanted.accent is not UNSET:
        if not _COLOUR.fullmatch(wanted.accent.lower()):
            raise BadInput("A colour is written like #0b7a75.", code="bad_colour", field="accent")
        settings["accent"] = wanted.accent.lower()
    if wanted.brand is not UNSET:
        settings["brand"] = line(wanted.brand, "brand", longest=60)
    if settings and fields:
        raise BadInput("This channel has other settings.", code="unknown_field", field=next(iter(settings)))
    return settings


def _origin(text: str) -> str:
    try:
        origin = origin_of(text.strip())
    except ValueError as error:
        raise BadInput("A site is written like https://shop.example.", code="bad_origin", field="origins") from error
    if text.strip().rstrip("/").lower() != origin or not re.fullmatch(r"https?://[a-z0-9.:\[\]-]+", origin):
        raise BadInput("Only scheme, host and port: https://shop.example", code="bad_origin", field="origins")
    return origin


def _settings_difference(channel: str, before: Inbox | None, after: Inbox | None) -> dict[str, Sequence[object]]:
    """What changed of the settings, for the audit trail: as "<channel>.<name>", of secrets only that they did."""
    old, new = (dict(one.settings) if one else {} for one in (before, after))
    difference: dict[str, Sequence[object]] = {}
    for name in {**old, **new}:
        was, becomes = old.get(name), new.get(name)
        if was != becomes and name not in _CHAT_FIELDS:
            hidden = is_sealed(was) or is_sealed(becomes)
            difference[f"{channel}.{name}"] = HIDDEN if hidden else (was, becomes)
    return difference


def _record(call: Call, inbox: Inbox) -> InboxRecord:
    channel = call.web.channels.channels.get(inbox.channel)
    opened = call.web.channels.opened(inbox) if channel is not None else None
    fields = channel.fields if channel is not None else ()
    plain = {field.name for field in fields if field.kind not in SECRET_KINDS}
    origins = inbox.settings.get("origins")
    return InboxRecord(
        id=inbox.id,
        name=inbox.name,
        channel=inbox.channel,
        bot_enabled=inbox.bot_enabled,
        queue=inbox.queue,
        locale=inbox.locale,
        origins=[str(one) for one in origins] if isinstance(origins, list | tuple) else [],
        accent=str(inbox.settings.get("accent") or ""),
        brand=str(inbox.settings.get("brand") or ""),
        calendar=calendar_view(inbox.calendar),
        settings={name: _shown(inbox.settings[name]) for name in plain if name in inbox.settings},
        secrets={
            name: "unreadable" if opened is not None and name in opened.unreadable else "set"
            for name, value in inbox.settings.items()
            if is_sealed(value)
        },
        missing=list(opened.missing) if opened is not None else [],
        webhook=_webhook(call, channel, opened),
    )


def _shown(value: object) -> Value:
    if isinstance(value, str | int):
        return value
    return [str(one) for one in value] if isinstance(value, list | tuple) else None


def _webhook(call: Call, channel: Channel | None, opened: Opened | None) -> str | None:
    if channel is None or opened is None or opened.missing:
        return None
    return channel.webhook(opened.configured, call.web.base_url)


def _secrets(fields: Sequence[SettingField], opened: Opened) -> list[str]:
    """The secrets in the clear, the longest first, so that none is left in pieces."""
    names = {field.name for field in fields if field.kind in SECRET_KINDS}
    values = [str(value) for name, value in opened.configured.settings.items() if name in names]
    return sorted((value for value in values if value), key=len, reverse=True)


def _finding_view(finding: Finding, secrets: Sequence[str]) -> FindingView:
    # A provider or a library may quote the address that was called, with the token in it.
    detail = finding.detail
    for secret in secrets:
        detail = detail.replace(secret, "***").replace(quote(secret, safe=""), "***")
    detail = " ".join(detail.split())[:_LONGEST_DETAIL]
    return FindingView(ok=finding.ok, code=finding.code, field=finding.field, detail=detail)


def _channel_view(channel: Channel) -> ChannelView:
    can = channel.capabilities
    return ChannelView(
        name=channel.name,
        fields=[msgspec.convert(msgspec.to_builtins(field), FieldView) for field in channel.fields],
        features=sorted(feature.value for feature in can.features),
        max_text=can.max_text,
        max_attachment=can.max_attachment,
        live=can.live,
        window_seconds=can.window_seconds,
    )
