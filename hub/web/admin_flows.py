"""Admins and the flows of calls: drafts, published versions, going back to one, and trying before anybody calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec
from msgspec import UNSET

from channels.contract import ChannelError
from channels.flows import Came, FlowReview, Flows, House, Stage, Trial
from hub.call_flows import house, numbers_of, reader
from hub.errors import BadInput, Conflict, NotFound
from hub.model.flows import CallFlow, FlowVersion
from hub.model.ids import new_id
from hub.store.config import key_of
from hub.web.admin_config import found
from hub.web.flow_shapes import (
    Content,
    FlowChange,
    FlowDraft,
    FlowList,
    FlowPublication,
    FlowRecord,
    FlowReturn,
    FlowSummary,
    FlowTrial,
    HeardView,
    NewFlow,
    ProblemView,
    ReviewView,
    StageView,
    TrialView,
    VersionRecord,
    VersionView,
)
from hub.web.http import Call
from hub.web.names import line

FLOW_LIMIT = 512 * 1024
"""Most bytes of a flow with all its words."""


async def list_flows(call: Call) -> FlowList:
    """All flows, by name."""
    flows = sorted(call.web.config.flows.values(), key=lambda one: (one.name, one.id))
    return FlowList(flows=[_summary(call, one) for one in flows])


async def read_flow(call: Call) -> FlowRecord:
    """One flow, with its draft and its versions."""
    return await _record(call, _flow(call))


async def create_flow(call: Call) -> FlowRecord:
    """Make a flow; nobody is led through it before it is published and a number names it."""
    wanted = call.body_as(NewFlow)
    name = _free_name(call, wanted.name, "")
    draft = _reader(call).start(call.me.agent.locale) if wanted.draft is UNSET else wanted.draft
    now, me = call.web.clock.now(), call.me.agent.id
    flow = CallFlow(id=new_id(), name=name, draft=_draft(call, draft, name), changed_by=me, changed_at=now)
    await call.web.config.create(flow)
    await call.record("flow.create", key_of(flow), {"name": [None, name]})
    return await _record(call, flow)


async def change_flow(call: Call) -> FlowRecord:
    """Change the draft, or the name. Callers hear the published version as before."""
    before, wanted = _flow(call), call.body_as(FlowChange)
    _refuse_stale(before, wanted.revision)
    name = before.name if wanted.name is UNSET else _free_name(call, wanted.name, before.id)
    draft = _draft(call, before.draft if wanted.draft is UNSET else wanted.draft, name)
    if (name, draft) == (before.name, before.draft):
        raise BadInput("Nothing to change.", code="nothing_to_change")
    after = replace(
        before,
        name=name,
        draft=draft,
        revision=before.revision + 1,
        changed_by=call.me.agent.id,
        changed_at=call.web.clock.now(),
    )
    await call.web.config.save(after)
    await call.record("flow.change", key_of(after), _difference(before, after))
    return await _record(call, after)


async def publish_flow(call: Call) -> FlowRecord:
    """Lead callers through the draft from now on; who calls already stays in the version with which they began."""
    before, wanted = _flow(call), call.body_as(FlowPublication)
    _refuse_stale(before, wanted.revision)
    if not before.unpublished:
        raise BadInput("Callers hear this already.", code="nothing_to_change")
    _refuse_problems(_review(call, before.draft))
    note = line(wanted.note, "note", longest=200, shortest=0)
    meant = FlowVersion(
        flow=before.id, number=0, by=call.me.agent.id, at=call.web.clock.now(), note=note, content=before.draft
    )
    return await _lead_through(call, before, await call.web.flow_versions.add(meant), "flow.publish")


async def return_to_version(call: Call) -> FlowRecord:
    """Lead callers through an earlier version again. The draft stays as it is."""
    before, wanted = _flow(call), call.body_as(FlowReturn)
    version = await _version(call, before.id, wanted.version)
    if before.version == version.number:
        raise BadInput("Callers hear this already.", code="nothing_to_change")
    _refuse_problems(_review(call, version.content))
    return await _lead_through(call, before, version, "flow.return")


async def read_version(call: Call) -> VersionRecord:
    """One version, with its content."""
    number = call.path("number")
    one = await _version(call, _flow(call).id, int(number) if number.isdecimal() and len(number) < 10 else 0)
    return VersionRecord(number=one.number, by=one.by, at=one.at, note=one.note, content=dict(one.content))


async def delete_flow(call: Call) -> None:
    """Delete a flow that no number names, with its versions."""
    flow = _flow(call)
    if used := numbers_of(call.web.config, flow.id):
        raise Conflict(f"Inbox {used[0]} leads its callers through this flow.", code="in_use")
    await call.web.config.remove(flow)
    await call.web.flow_versions.forget(flow.id)
    await call.record("flow.delete", key_of(flow), {"name": [flow.name, None]})


async def review_flow(call: Call) -> ReviewView:
    """What is wrong with a flow as it is written, and how it reads; nothing is saved."""
    review = _review(call, call.body_as(FlowDraft).content)
    return ReviewView(
        problems=[
            ProblemView(code=one.code, step=one.step, detail=one.detail, fa=one.texts["fa"], en=one.texts["en"])
            for one in review.problems
        ],
        preview_fa=review.previews["fa"],
        preview_en=review.previews["en"],
    )


async def try_flow(call: Call) -> TrialView:
    """Walk through a flow as it is written, with what walks the calls; nobody is called."""
    asked = call.body_as(FlowTrial)
    inside = _inside(call, asked)
    trial = Trial(
        called=asked.called,
        known_number=asked.known_number,
        came=tuple(Came(kind=one.kind, text=one.text) for one in asked.came),
    )
    try:
        stages = _reader(call).walk(asked.content, inside, trial)
    except ChannelError as error:
        raise _bad_flow(error) from error
    return TrialView(stages=[_stage(one) for one in stages], open=sorted(inside.open))


def _inside(call: Call, asked: FlowTrial) -> House:
    now = call.web.clock.now() if asked.at is None else asked.at
    inside = house(call.web.config, asked.inbox, now)
    match asked.hours:
        case "open":
            return replace(inside, open=inside.calendars)
        case "closed":
            return replace(inside, open=frozenset())
        case "at":
            return inside


async def _lead_through(call: Call, before: CallFlow, version: FlowVersion, action: str) -> FlowRecord:
    after = replace(before, live=version.content, version=version.number)
    await call.web.config.save(after)
    await call.record(action, key_of(after), {"version": [before.version or None, after.version]})
    return await _record(call, after)


def _flow(call: Call) -> CallFlow:
    return found(call.web.config.flow(call.path("id")))


async def _version(call: Call, flow: str, number: int) -> FlowVersion:
    return found(await call.web.flow_versions.get(flow, number))


def _reader(call: Call) -> Flows:
    flows = reader(call.web.channels.channels)
    if flows is None:
        raise NotFound("This hub has no calls.")
    return flows


def _review(call: Call, content: Mapping[str, object]) -> FlowReview:
    try:
        return _reader(call).review(content, house(call.web.config, "", call.web.clock.now()))
    except ChannelError as error:
        raise _bad_flow(error) from error


def _draft(call: Call, content: Mapping[str, object], name: str) -> Mapping[str, object]:
    """The content in the one form in which it is kept. Raises BadInput (`bad_flow`) for what is no flow."""
    return _review(call, {**content, "name": name, "version": 0}).content


def _bad_flow(error: ChannelError) -> BadInput:
    return BadInput(error.text, code="bad_flow", field="draft")


def _refuse_stale(flow: CallFlow, revision: int) -> None:
    if flow.revision != revision:
        raise Conflict("Somebody else changed this meanwhile; look at it again.", code="changed_meanwhile")


def _refuse_problems(review: FlowReview) -> None:
    if review.problems:
        words = "; ".join(one.texts["en"] for one in review.problems[:10])
        raise BadInput(words, code="flow_problems", field="draft")


def _free_name(call: Call, text: str, own: str) -> str:
    name = line(text, "name", longest=60)
    if any(one.name == name and one.id != own for one in call.web.config.flows.values()):
        raise Conflict("There is a flow of this name already.", code="exists", field="name")
    return name


def _difference(before: CallFlow, after: CallFlow) -> dict[str, Sequence[object]]:
    """For the audit trail: the name, and which steps there were and are, as far as they differ."""
    old, new = (_parts(one.draft) for one in (before, after))
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    steps = [", ".join(name for name in changed if name in side) or None for side in (old, new)]
    difference: dict[str, Sequence[object]] = {"steps": steps} if changed else {}
    return difference if before.name == after.name else {"name": [before.name, after.name], **difference}


def _parts(draft: Mapping[str, object]) -> Mapping[str, object]:
    nodes = draft.get("nodes")
    rest = {name: draft.get(name) for name in ("entry", "entries", "locales")}
    return {**rest, **(nodes if isinstance(nodes, dict) else {})}


def _summary(call: Call, flow: CallFlow) -> FlowSummary:
    return FlowSummary(
        id=flow.id,
        name=flow.name,
        version=flow.version,
        unpublished=flow.unpublished,
        changed_by=flow.changed_by,
        changed_at=flow.changed_at,
        numbers=numbers_of(call.web.config, flow.id),
        problems=len(_review(call, flow.draft).problems),
    )


async def _record(call: Call, flow: CallFlow) -> FlowRecord:
    versions = await call.web.flow_versions.all(flow.id)
    return FlowRecord(
        id=flow.id,
        name=flow.name,
        revision=flow.revision,
        draft=_content(flow.draft),
        live=_content(flow.live) if flow.live is not None else None,
        version=flow.version,
        unpublished=flow.unpublished,
        changed_by=flow.changed_by,
        changed_at=flow.changed_at,
        numbers=numbers_of(call.web.config, flow.id),
        versions=[VersionView(number=one.number, by=one.by, at=one.at, note=one.note) for one in versions],
    )


def _content(content: Mapping[str, object]) -> Content:
    return dict(content)


def _stage(one: Stage) -> StageView:
    heard = [msgspec.convert(msgspec.to_builtins(said), HeardView) for said in one.heard]
    return StageView(step=one.step, path=list(one.path), heard=heard, awaits=one.awaits, to=one.to, keys=list(one.keys))
