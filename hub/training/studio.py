"""What admins do in the studio, besides looking: teach, train, activate, roll back. Who may is decided before."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from bot.environment import ASSISTANT
from bot.training.data import (
    DataRefused,
    Example,
    Mark,
    Problem,
    Warned,
    conflicts,
    marks_problem,
    name_problem,
    scarce,
    text_problem,
)
from bot.training.project import read_project
from bot.training.report import Report
from hub.clock import Clock
from hub.errors import BadInput, Conflict, NotFound
from hub.model.studio import BUILT_IN, Gate, Gates, Intent, Kept, Rollout, Sentence, prepare, roll_back
from hub.store.rollouts import Rollouts
from hub.store.studio import StudioStore
from hub.store.versions import Snapshot, Version, Versions
from hub.training.knowledge import Knowledge, examples_in, put_together, rules_naming, sentence_of, taken_apart

log = structlog.get_logger(__name__)

SHORTEST_REASON = 10
MOST_SENTENCES = 5_000


@dataclass(slots=True)
class Studio:
    """The studio of one hub. The first look at an empty one fills it with the assistant that comes with the product."""

    store: StudioStore
    versions: Versions
    rollouts: Rollouts
    clock: Clock
    _filled: bool = False
    _filling: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def known(self) -> Knowledge:
        """All that the bot knows by now."""
        await self.fill()
        intents, responses, files = await asyncio.gather(
            self.store.intents(), self.store.responses(), self.store.files()
        )
        return Knowledge(intents=tuple(intents), responses=tuple(responses), files=tuple(files))

    async def fill(self) -> None:
        """Put the assistant that comes with the product into an empty studio."""
        async with self._filling:
            if self._filled:
                return
            if await self.store.empty():
                await self.replace_project(await asyncio.to_thread(read_project, ASSISTANT))
            self._filled = True

    async def replace_project(self, files: Mapping[str, str]) -> Knowledge:
        """Take a whole Rasa project in place of what is there. Raises BadInput with the places: nothing changed."""
        try:
            known = await asyncio.to_thread(taken_apart, files)
        except DataRefused as error:
            raise bad_data(error) from error
        await self.store.replace_all(known.intents, known.responses, known.files)
        self._filled = True
        return known

    async def project(self) -> tuple[dict[str, str], list[Example]]:
        """The Rasa project of what the bot knows. Raises BadInput when it doesn't fit together."""
        known = await self.known()
        try:
            return await asyncio.to_thread(put_together, known)
        except DataRefused as error:
            raise bad_data(error) from error

    async def looked_over(self) -> tuple[list[Problem], list[Warned]]:
        """What keeps it from being trained, and sentences that stand under several intents, exactly or nearly."""
        known = await self.known()
        return await asyncio.to_thread(looked_over, known)

    async def write_intent(self, intent: Intent) -> Intent:
        """Store an intent over the version that it names. Raises BadInput, Conflict."""
        await self.fill()
        check_intent(intent)
        return await self.store.write_intent(intent)

    async def remove_intent(self, name: str, version: int) -> None:
        """Remove an intent. Raises Conflict (`intent_used`) while written rules name it."""
        used = rules_naming(name, await self.store.files())
        if used:
            raise Conflict(f"Written rules name this intent: {', '.join(used[:5])}", code="intent_used")
        await self.store.remove_intent(name, version)

    async def add_examples(self, examples: Sequence[Example]) -> dict[str, int]:
        """Add sentences to their intents, making those that are new; how many were added to each.

        All are checked before any is written; intents that somebody changes meanwhile are read again.
        """
        await self.fill()
        grouped: dict[str, list[Sentence]] = {}
        for one in examples:
            grouped.setdefault(one.intent, []).append(sentence_of(one))
        for name, sentences in grouped.items():
            check_intent(Intent(name=name, sentences=tuple(sentences)))
        return {name: await self._add(name, sentences) for name, sentences in grouped.items()}

    async def _add(self, name: str, sentences: Sequence[Sentence]) -> int:
        while True:
            intent = await self.store.intent(name) or Intent(name=name)
            known = {one.text for one in intent.sentences}
            fresh = [one for one in dict.fromkeys(sentences) if one.text not in known]
            if not fresh and intent.version:
                return 0
            try:
                await self.store.write_intent(replace(intent, sentences=(*intent.sentences, *fresh)))
            except Conflict:
                continue
            return len(fresh)

    async def take_back(self, name: str, text: str) -> None:
        """Remove a sentence from an intent, if it is there."""
        while (intent := await self.store.intent(name)) is not None:
            kept = tuple(one for one in intent.sentences if one.text != text)
            if len(kept) == len(intent.sentences):
                return
            try:
                await self.store.write_intent(replace(intent, sentences=kept))
            except Conflict:
                continue
            return

    async def train(self, by: str, note: str) -> Version:
        """Queue a version made of what the bot knows now. Raises BadInput when that doesn't fit together."""
        files, examples = await self.project()
        if problems := _scarce(examples):
            raise bad_data(DataRefused(problems))
        base = (await self.rollouts.get()).active
        snapshot = Snapshot(files=files, examples=examples)
        return await self.versions.add(snapshot, by=by, note=note, now=self.clock.now(), base=base)

    async def gates(self, version: Version) -> list[Gate]:
        """The conditions of activation, with this version's figures against the active one."""
        if version.report is None:
            return []
        active = (await self.rollouts.get()).active
        live = (await self.versions.get(active)).report if active not in (BUILT_IN, version.number) else None
        return gates_of(await self.store.gates(), version, live)

    async def activate(self, number: int, share: int, reason: str) -> Rollout:
        """Have a version loaded and given its share of new conversations.

        Raises:
            Conflict: `not_ready`, `gates`: a condition is not met and no reason was written; or of `prepare`.
        """
        version = await self.versions.get(number)
        if version.state != "ready" or version.made is None:
            raise Conflict("This version has no model.", code="not_ready")
        await self.versions.model(version)  # a damaged one never gets near a customer
        failed = [one.name for one in await self.gates(version) if not one.passed]
        if failed and len(reason.strip()) < SHORTEST_REASON:
            raise Conflict(f"Not met: {', '.join(failed)}. Write down why it is to be activated still.", code="gates")
        rollout = prepare(await self.rollouts.get(), number, share, self.clock.now())
        return await self.rollouts.put(rollout)

    async def roll_back(self) -> Rollout:
        """Undo the last activation at once, also for the conversations that it was given."""
        return await self.rollouts.put(roll_back(await self.rollouts.get()))

    async def answer_of(self, intent: Intent) -> Kept | None:
        """The response of an intent with an answer of its own."""
        return await self.store.response("utter_faq_" + intent.name) if intent.faq else None


def looked_over(known: Knowledge) -> tuple[list[Problem], list[Warned]]:
    """Pure; see `Studio.looked_over`."""
    examples, problems = examples_in(known.intents), []
    try:
        put_together(known)
    except DataRefused as error:
        problems = list(error.problems)
    return [*problems, *_scarce(examples)], conflicts(examples)


def _scarce(examples: Sequence[Example]) -> list[Problem]:
    return scarce((one, f"intent {one.intent}") for one in examples)


def gates_of(gates: Gates, version: Version, live: Report | None) -> list[Gate]:
    """The conditions with their figures. Without a live report nothing can have become worse."""
    report = version.report
    if report is None:
        return []
    least, accuracy = gates.min_accuracy, report.accuracy
    drop = round(live.macro_f1 - report.macro_f1, 4) if live is not None else 0.0
    broken = len(version.broken)
    return [
        Gate(name="accuracy", passed=accuracy >= least, figure=accuracy, wanted=least),
        Gate(name="f1_drop", passed=drop <= gates.max_f1_drop, figure=drop, wanted=gates.max_f1_drop),
        Gate(name="broken", passed=broken <= gates.max_broken, figure=broken, wanted=gates.max_broken),
    ]


def check_intent(intent: Intent) -> None:
    """Raise BadInput that names the sentence at fault."""
    problems = [name_problem(intent.name, "name")]
    if len(intent.sentences) > MOST_SENTENCES:
        raise BadInput(f"An intent may have {MOST_SENTENCES} sentences.", code="too_many_rows", field="sentences")
    for number, one in enumerate(intent.sentences):
        place = f"sentences.{number}"
        marks = [Mark(start=s, end=e, entity=kind, value=value or None) for s, e, kind, value in one.marks]
        problems += [text_problem(one.text, place), marks_problem(one.text, marks, place)]
    found = [one for one in problems if one is not None]
    if found:
        raise bad_data(DataRefused(found))


def bad_data(error: DataRefused) -> BadInput:
    """The refusal as the API says it: the first problem's code and place, all of them in the text."""
    first = error.problems[0]
    return BadInput(str(error), code=first.code, field=first.place)


async def existing(store: StudioStore, name: str) -> Intent:
    """An intent. Raises NotFound."""
    found = await store.intent(name)
    if found is None:
        raise NotFound("There is no such intent.")
    return found
