"""Bot admins and the versions: train, look at the report, activate, roll back."""

from __future__ import annotations

from typing import cast

from msgspec import structs

from hub.errors import BadInput, NotFound
from hub.model.rollout import Rollout
from hub.model.studio import Gate, Gates, VersionEvent
from hub.store.pin_runs import PinRuns
from hub.store.versions import Version
from hub.web.bot_shapes import (
    Activation,
    Confused,
    EventView,
    GatesRecord,
    GateView,
    NewVersion,
    Pin,
    ReportView,
    RolloutView,
    VersionList,
    VersionView,
)
from hub.web.diff import changes
from hub.web.http import Call

_DIGITS = 10


async def versions(call: Call) -> VersionList:
    """The newest versions with their progress."""
    found = await call.web.studio.versions.page()
    rollout = await call.web.studio.rollouts.get()
    names = await _names(call)
    last = next(
        (one.ended_at - one.began_at for one in found if one.state == "ready" and one.ended_at and one.began_at), 0
    )
    return VersionList(versions=[_view(one, rollout, names) for one in found], last_seconds=last / 1000)


async def train(call: Call) -> VersionView:
    """Queue a training of what the bot knows now; the live bot goes on answering."""
    made = await call.web.studio.train(call.me.agent.id, call.body_as(NewVersion).note.strip())
    await call.record("bot.train", f"version:{made.number}", {"examples": [None, made.counts["examples"]]})
    return _view(made, await call.web.studio.rollouts.get(), await _names(call))


async def stop(call: Call) -> None:
    """Cancel a training that waits or runs."""
    number = version_number(call.path("number"))
    await call.web.studio.versions.get(number)
    await call.web.studio.versions.stop(number, call.web.clock.now())
    await call.record("bot.train.stop", f"version:{number}")


async def pin(call: Call) -> VersionView:
    """Keep a version's model for ever, or no longer."""
    number, wanted = version_number(call.path("number")), call.body_as(Pin)
    before = await call.web.studio.versions.get(number)
    after = await call.web.studio.versions.pin(number, wanted.pinned)
    await call.record("bot.version.pin", f"version:{number}", {"pinned": [before.pinned, after.pinned]})
    return _view(after, await call.web.studio.rollouts.get(), await _names(call))


async def tell_pins(call: Call) -> VersionView:
    """Have a version tried with the pinned conversations as they are now."""
    number = version_number(call.path("number"))
    await call.web.studio.versions.get(number)
    await PinRuns(call.web.database).want(number)
    await call.record("bot.version.tell_pins", f"version:{number}")
    version = await call.web.studio.versions.get(number)
    return _view(version, await call.web.studio.rollouts.get(), await _names(call))


async def report(call: Call) -> ReportView:
    """A version's report and the conditions of its activation."""
    version = await call.web.studio.versions.get(version_number(call.path("number")))
    view = _view(version, await call.web.studio.rollouts.get(), await _names(call))
    made = version.report
    if made is None:
        return ReportView(view, {}, [], {}, [], [], [], [], 0.0, [], [], [], [])
    examples = (await call.web.studio.versions.snapshot(version.number)).examples
    tested = {one.intent for one in examples if one.split == "test"}
    return ReportView(
        version=view,
        per_intent=made.per_intent,
        untested=sorted({one.intent for one in examples} - tested),
        per_lang=made.per_lang,
        errors=list(made.errors),
        confused=[Confused(*one) for one in made.confused],
        thresholds=list(made.thresholds),
        bins=list(made.bins),
        threshold=made.threshold,
        fixed=list(version.fixed),
        broken=list(version.broken),
        stories=list(version.stories),
        gates=[_gate(one) for one in await call.web.studio.launch.gates(version)],
    )


async def activate(call: Call) -> RolloutView:
    """Have a version loaded; once it is, it gets its share of the conversations that begin."""
    wanted, number = call.body_as(Activation), version_number(call.path("number"))
    before = await call.web.studio.rollouts.get()
    launch, by = call.web.studio.launch, call.me.agent.id
    after = await launch.activate(number, wanted.share, wanted.reason, by=by, at_once=wanted.at_once)
    what = {"active": [before.active, number], "share": [None, wanted.share], "reason": [None, wanted.reason.strip()]}
    if wanted.at_once:
        what["at_once"] = [None, True]
    await call.record("bot.activate", f"version:{number}", what)  # type: ignore[arg-type]
    await call.web.studio.decided()
    return await _rollout(call, after)


async def cancel(call: Call) -> RolloutView:
    """Take back what waits for its slot or is being loaded; everything stays as it was."""
    before = await call.web.studio.rollouts.get()
    after = await call.web.studio.launch.cancel(by=call.me.agent.id)
    number = before.pending.number if before.pending is not None else before.active
    await call.record("bot.activate.cancel", f"version:{number}")
    await call.web.studio.decided()
    return await _rollout(call, after)


async def roll_back(call: Call) -> RolloutView:
    """Undo the last activation at once."""
    before = await call.web.studio.rollouts.get()
    after = await call.web.studio.launch.roll_back(by=call.me.agent.id)
    gone, back = before.way_back or (before.active, after.active)
    await call.record("bot.roll_back", f"version:{back}", {"active": [gone, back]})
    await call.web.studio.decided()
    return await _rollout(call, after)


async def rollout(call: Call) -> RolloutView:
    """Which version answers whom."""
    return await _rollout(call, await call.web.studio.rollouts.get())


async def read_gates(call: Call) -> GatesRecord:
    """The conditions of activation."""
    return _gates(await call.web.studio.store.gates())


async def change_gates(call: Call) -> GatesRecord:
    """Replace the conditions of activation."""
    wanted = call.body_as(GatesRecord)
    before = _gates(await call.web.studio.store.gates())
    difference = changes(before, wanted)
    if not difference:
        raise BadInput("Nothing to change.", code="nothing_to_change")
    stored = await call.web.studio.store.write_gates(Gates(**structs.asdict(wanted)))
    await call.record("bot.gates.change", "bot:gates", difference)
    return _gates(stored)


def version_number(text: str) -> int:
    """A version's number as it stands in an address. Raises NotFound."""
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS):
        raise NotFound("There is no such version.")
    return int(text)


async def _names(call: Call) -> dict[str, str]:
    return {agent.id: agent.name for agent in await call.web.accounts.all()}


def _view(version: Version, rollout: Rollout, names: dict[str, str]) -> VersionView:
    report = version.report
    tested = report if report is not None and report.n_test else None
    return VersionView(
        number=version.number,
        state=version.state,
        by=version.by,
        by_name=names.get(version.by, ""),
        at=version.at,
        note=version.note,
        stage=version.stage,
        detail=version.detail,
        done=version.done,
        of=version.of,
        began_at=version.began_at,
        ended_at=version.ended_at,
        failure=version.failure,
        failure_text=version.failure_text,
        base=version.base,
        counts=dict(version.counts),
        accuracy=tested.accuracy if tested else None,
        macro_f1=tested.macro_f1 if tested else None,
        n_train=report.n_train if report else 0,
        n_test=report.n_test if report else 0,
        train_seconds=report.train_seconds if report else 0.0,
        peak_mb=report.peak_mb if report else 0,
        role=_role(version.number, rollout),
        pinned=version.pinned,
        pruned=version.pruned,
        pins_wanted=version.pins_wanted,
        pins_failure=version.pins_failure,
        history=[_event(one, names) for one in version.history],
    )


def _event(event: VersionEvent, names: dict[str, str]) -> EventView:
    by_name = names.get(event.by, "")
    return EventView(event.kind, event.at, by_name, event.share, event.reason, list(event.unmet), event.moved)


def _role(number: int, rollout: Rollout) -> str:
    pending = rollout.pending
    if pending is not None and pending.number == number:
        return "waiting" if pending.waits else "loading"
    if rollout.active == number:
        return "active"
    return "previous" if number in rollout.slots.values() else ""


async def _rollout(call: Call, rollout: Rollout) -> RolloutView:
    pending, last, back = rollout.pending, rollout.steps[-1], rollout.way_back
    waits = pending is not None and pending.waits
    return RolloutView(
        active=rollout.active,
        share=last.share,
        slots=cast("dict[str, int]", dict(rollout.slots)),
        loading=pending.number if pending is not None else None,
        loading_since=pending.since if pending is not None else None,
        stuck=rollout.stuck,
        back_to=back[1] if back is not None else None,
        waits_for=rollout.slots[pending.slot] if pending is not None and waits else None,
        talks=await call.web.studio.launch.waits_for(rollout),
        returns=pending is not None and pending.returns,
    )


def _gate(gate: Gate) -> GateView:
    return GateView(gate.name, gate.passed, gate.figure, gate.wanted, gate.compared)


def _gates(gates: Gates) -> GatesRecord:
    return GatesRecord(gates.max_f1_drop, gates.min_accuracy, gates.max_broken, gates.version)
