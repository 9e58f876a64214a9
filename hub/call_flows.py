"""The flows of calls as the hub sees them: who can read them, what they may name, and what they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import msgspec
import structlog

from channels.calls import CallChannel
from channels.contract import Channel, ChannelError
from channels.flows import FlowReview, Flows, House
from hub.model.calendar import Calendar
from hub.model.config import Inbox
from hub.model.flows import CallFlow, FlowVersion
from hub.model.ids import AgentId
from hub.store.config import Config
from hub.store.flow_versions import FlowVersions

log = structlog.get_logger(__name__)

FLOW_SETTING = "flow_id"
"""The setting by which a number names its flow."""
INLINE_SETTING = "flow"
"""The one in which numbers that were set up before there were flows of admins have it as JSON."""


def reader(channels: Mapping[str, Channel]) -> Flows | None:
    """Whoever can read flows; None where there are no calls."""
    calls = (one for one in channels.values() if isinstance(one, CallChannel))
    return next((one.flows for one in calls if one.flows is not None), None)


def house(config: Config, inbox: str, at: int) -> House:
    """What flows of an inbox may name at a moment (ms): calendars by id, that of the inbox as "inbox"."""
    known = config.inbox(inbox)
    calendars = {**config.calendars, "inbox": known.calendar if known is not None else Calendar()}
    return House(
        queues=frozenset(config.queues),
        calendars=frozenset(calendars),
        open=frozenset(name for name, one in calendars.items() if one.is_open(at)),
        queue_names={one.id: one.name for one in config.queues.values()},
        calendar_names={one.id: one.name for one in config.named_calendars.values()},
    )


def numbers_of(config: Config, flow: str) -> list[str]:
    """The inboxes that name a flow, by id."""
    return [one.id for one in config.inboxes.values() if one.settings.get(FLOW_SETTING) == flow]


def live_reviews(config: Config, flows: Flows | None) -> Iterator[FlowReview]:
    """What is said of each published flow."""
    for flow in config.flows.values() if flows is not None else ():
        if flow.live is not None and flows is not None:
            try:
                yield flows.review(flow.live, house(config, "", 0))
            except ChannelError:  # of a newer hub: it names what we cannot know
                continue


async def adopt(config: Config, flows: Flows | None, versions: FlowVersions, now: int) -> None:
    """Make each flow that stands as JSON in an inbox one that admins keep, published, which the inbox names.

    Callers hear what they heard. One that cannot be read stays where it is: callers of that number never heard it.
    """
    for inbox in list(config.inboxes.values()):
        text = inbox.settings.get(INLINE_SETTING)
        if flows is None or not isinstance(text, str):
            continue
        rest = {name: value for name, value in inbox.settings.items() if name != INLINE_SETTING}
        if text.strip():
            try:
                flow = await _adopted(config, flows, versions, inbox, text, now)
            except (ChannelError, msgspec.DecodeError) as error:
                log.warning("flow_unreadable", inbox=inbox.id, why=str(error)[:200])
                continue
            rest[FLOW_SETTING] = rest.get(FLOW_SETTING) or flow
            log.info("flow_adopted", inbox=inbox.id, flow=flow)
        await config.save(replace(inbox, settings=rest))


async def _adopted(config: Config, flows: Flows, versions: FlowVersions, inbox: Inbox, text: str, now: int) -> str:
    id_ = f"of-{inbox.id}"  # the same at each try
    if config.flow(id_) is None:
        taken = {one.name for one in config.flows.values()}
        name = inbox.name[:60] if inbox.name[:60] not in taken else f"{inbox.name[:30]} ({inbox.id[:20]})"
        content = msgspec.json.decode(text, type=dict[str, object])
        draft = flows.review({**content, "name": name, "version": 0}, house(config, inbox.id, now)).content
        live = await versions.add(FlowVersion(flow=id_, number=0, by=AgentId(""), at=now, content=draft))
        await config.create(
            CallFlow(id=id_, name=name, draft=draft, changed_at=now, live=live.content, version=live.number)
        )
    return id_
