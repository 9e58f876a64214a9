"""Bot admins look into versions: talk to one, and see what it was taught that another was not."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Annotated, Literal

from msgspec import Meta, Struct

from bot.contract import Reply, Turn
from bot.environment import ASSISTANT
from bot.rasa_wire import WireAnswer, decode, reply, request
from bot.training.project import examples_of, read_project
from hub.errors import BadInput, Conflict
from hub.model.rollout import BUILT_IN, Slot
from hub.model.studio import TRIAL
from hub.store.trials import Trials
from hub.store.versions import Snapshot
from hub.training.difference import Changed, difference
from hub.web.bot_shapes import ButtonRecord
from hub.web.bot_versions import version_number
from hub.web.http import Call

PATIENCE_SECONDS = 150.0
LOOK_SECONDS = 0.25


class TryOut(Struct, frozen=True, forbid_unknown_fields=True):
    """Words to a version. `fresh`: it forgets what was said before. `payload`: a button of its own that was pressed."""

    text: Annotated[str, Meta(min_length=1, max_length=1_000)]
    locale: Literal["fa", "en"]
    fresh: bool = False
    payload: Annotated[str, Meta(max_length=200)] = ""


class SaidView(Struct, frozen=True):
    """One message of the bot."""

    text: str
    buttons: list[ButtonRecord]
    image: str


class FoundEntity(Struct, frozen=True):
    """What was picked out of the text."""

    entity: str
    value: str


class TriedOut(Struct, frozen=True):
    """What the version says and what it understood; `handoff`: why it gives up, empty when it does not."""

    says: list[SaidView]
    handoff: str
    intent: str
    confidence: float
    runner_up: str
    runner_up_confidence: float
    entities: list[FoundEntity]


class ChangedView(Struct, frozen=True):
    """What of an intent or a response is new, and what is gone."""

    name: str
    added: list[str]
    removed: list[str]


class DifferenceView(Struct, frozen=True):
    """What a version has that `before` had not, and the reverse: sentences, words of responses, files that differ."""

    before: int
    intents: list[ChangedView]
    responses: list[ChangedView]
    files: list[str]


async def try_out(call: Call) -> TriedOut:
    """Say something to a version; the trainer loads one that no bot server has. No customer sees it."""
    wanted, number = call.body_as(TryOut), version_number(call.path("number"))
    slot = await _slot(call, number)
    turn = Turn(
        conversation=f"{TRIAL}{call.me.agent.id}-{slot or number}",
        texts=() if wanted.payload else (wanted.text,),
        locale=wanted.locale,
        payload=wanted.payload or None,
    )
    if slot is None:
        return _tried(await _apart(call, number, turn, wanted.fresh))
    bot = call.web.bots(slot)
    if wanted.fresh:
        await bot.forget(turn.conversation)
    return _tried(await bot.turn(turn))


async def _apart(call: Call, number: int, turn: Turn, fresh: bool) -> Reply:
    """Ask the trainer. Raises Conflict (`not_loaded`): it has no model, it failed, or nobody answers."""
    if number == BUILT_IN or (await call.web.studio.versions.get(number)).made is None:
        raise Conflict("No bot server has this version loaded.", code="not_loaded")
    trials = Trials(call.web.database)
    trial = await trials.ask(number, {**request(turn), "fresh": fresh}, call.web.clock.now())
    heard, until = None, monotonic() + PATIENCE_SECONDS
    try:
        while heard is None and monotonic() < until:
            await asyncio.sleep(LOOK_SECONDS)
            heard = await trials.take(trial)
    finally:
        await trials.drop(trial)
    if heard is None:
        raise Conflict("The trainer does not answer.", code="try_slow")
    if heard.failure:
        raise Conflict(f"The version could not be asked ({heard.failure}).", code="not_loaded")
    return reply(decode(heard.answer, WireAnswer), turn.locale)


async def compare(call: Call) -> DifferenceView:
    """What changed since another version (`?with=`; without it, since the one that was live at its training)."""
    version = await call.web.studio.versions.get(version_number(call.path("number")))
    given = call.request.query.get("with", "")
    before = version_number(given) if given else version.base
    if before == version.number:
        raise BadInput("A version is compared with another one.", code="bad_choice", field="with")
    old, new = await asyncio.gather(_snapshot(call, before), _snapshot(call, version.number))
    found = await asyncio.to_thread(difference, old, new)
    return DifferenceView(
        before=before,
        intents=[_changed(one) for one in found.intents],
        responses=[_changed(one) for one in found.responses],
        files=list(found.files),
    )


async def _slot(call: Call, number: int) -> Slot | None:
    """The slot whose server has loaded it."""
    rollout = await call.web.studio.rollouts.get()
    return next((slot for slot, one in rollout.slots.items() if one == number and slot != rollout.loading), None)


async def _snapshot(call: Call, number: int) -> Snapshot:
    if number == BUILT_IN:
        return await asyncio.to_thread(_built_in)
    return await call.web.studio.versions.snapshot(number)


def _changed(one: Changed) -> ChangedView:
    return ChangedView(one.name, list(one.added), list(one.removed))


def _built_in() -> Snapshot:
    files = read_project(ASSISTANT)
    return Snapshot(files=files, examples=examples_of(files))


def _tried(reply: Reply) -> TriedOut:
    understood = reply.understood
    runner_up = understood.runner_up if understood else None
    return TriedOut(
        says=[
            SaidView(one.text or "", [ButtonRecord(it.title, it.payload) for it in one.buttons], one.image or "")
            for one in reply.says
        ],
        handoff=str(reply.handoff.reason) if reply.handoff else "",
        intent=understood.intent if understood else "",
        confidence=understood.confidence if understood else 0.0,
        runner_up=runner_up.intent if runner_up else "",
        runner_up_confidence=runner_up.confidence if runner_up else 0.0,
        entities=[FoundEntity(one.kind, one.value) for one in understood.entities] if understood else [],
    )
