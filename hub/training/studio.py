"""What admins do in the studio, besides looking: teach and train. Who may is decided before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from bot.environment import ASSISTANT
from bot.training.data import (
    DataRefused,
    Example,
    Problem,
    Warned,
    conflicts,
    scarce,
)
from bot.training.pinned import STORIES, stories_file
from bot.training.project import read_project
from bot.training.words import Words
from hub.clock import Clock
from hub.errors import Conflict, NotFound
from hub.model.ids import new_id
from hub.model.studio import Form, Intent, Kept, Sentence, Term
from hub.store.acts import Act, ActKind
from hub.store.rollouts import Rollouts
from hub.store.shelves import Shelf, Shelves, Thing
from hub.store.stories import Stories
from hub.store.studio import Change, StudioStore, changed_meanwhile
from hub.store.versions import Snapshot, Version, Versions
from hub.training.checks import bad_data, check_intent
from hub.training.form_problems import form_problems
from hub.training.knowledge import (
    ANSWER,
    Knowledge,
    examples_in,
    misfits,
    put_together,
    rules_naming,
    taken_apart,
    terms_of,
)
from hub.training.launch import Launch
from hub.training.masking import hidden_in, masked_intents, masked_story
from hub.training.teaching import Added, Placed, add
from hub.training.terms import entity_places, term_problems, tidy_term

log = structlog.get_logger(__name__)


async def _nobody() -> None:
    """Nobody wants to know."""


@dataclass(slots=True)
class Studio:
    """The studio of one hub. The first look at an empty one fills it with the assistant that comes with the product.

    `decided` is told when it was decided which version answers whom.
    """

    store: StudioStore
    versions: Versions
    rollouts: Rollouts
    stories: Stories
    clock: Clock
    decided: Callable[[], Awaitable[None]] = _nobody
    _filled: bool = False
    _filling: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def launch(self) -> Launch:
        """Versions on their way to customers, and back."""
        return Launch(self.store, self.versions, self.rollouts, self.stories, self.clock)

    async def known(self) -> Knowledge:
        """All that the bot knows by now."""
        await self.fill()
        intents, responses, files, terms, forms = await asyncio.gather(
            self.store.intents(), self.store.responses(), self.store.files(), self.store.terms(), self.store.forms()
        )
        return Knowledge(
            intents=tuple(intents),
            responses=tuple(responses),
            files=tuple(files),
            terms=tuple(terms),
            forms=tuple(forms),
        )

    async def fill(self) -> None:
        """Put the assistant that comes with the product into an empty studio."""
        async with self._filling:
            if self._filled:
                return
            if await self.store.empty():
                await self._replace(await asyncio.to_thread(lambda: taken_apart(read_project(ASSISTANT))))
            elif not await self.store.terms_taken():
                files = {one.name: one.text for one in await self.store.files()}
                await self.store.replace_all({"bot_terms": await asyncio.to_thread(terms_of, files)})
            self._filled = True

    async def replace_project(self, files: Mapping[str, str], what: str = "", by: str = "") -> tuple[Knowledge, int]:
        """Take a whole Rasa project in place of what is there; also how many sentences were masked.

        It can be taken back where `what` names it.

        Raises BadInput with the places: nothing changed.
        """
        try:
            known, hidden = await asyncio.to_thread(_masked_project, files)
        except DataRefused as error:
            raise bad_data(error) from error
        await self._replace(known, self.act("project", what, by) if what else None)
        return known, hidden

    async def _replace(self, known: Knowledge, act: Act | None = None) -> None:
        shelves: dict[Shelf, Sequence[Thing]] = {
            "bot_intents": known.intents,
            "bot_responses": known.responses,
            "bot_files": known.files,
            "bot_terms": known.terms,
            "bot_forms": known.forms,
        }
        if known.stories is not None:
            shelves["bot_stories"] = known.stories
        await self.store.replace_all(shelves, act)
        self._filled = True

    async def project(self) -> tuple[dict[str, str], list[Example]]:
        """The Rasa project of what the bot knows. Raises BadInput when it doesn't fit together."""
        known = await self.known()
        try:
            return await asyncio.to_thread(put_together, known)
        except DataRefused as error:
            raise bad_data(error) from error

    async def exported(self) -> tuple[dict[str, str], list[Example]]:
        """The project with the pinned conversations; see `project`."""
        files, examples = await self.project()
        stories = await self.stories.all()
        return files | ({STORIES: stories_file(stories)} if stories else {}), examples

    async def looked_over(self) -> tuple[list[Problem], list[Warned]]:
        """What keeps it from being trained, and sentences that stand under several intents, exactly or nearly."""
        known = await self.known()
        return await asyncio.to_thread(looked_over, known)

    async def write_intent(self, intent: Intent) -> Intent:
        """Store an intent, masked, over the version that it names. Raises BadInput, Conflict."""
        await self.fill()
        check_intent(intent)
        return await self.store.write_intent(masked_intents([intent])[0])

    async def remove_intent(self, name: str, version: int, by: str) -> None:
        """Remove an intent and its answer. Raises Conflict (`intent_used`) while written rules or forms name it."""
        if used := await self.uses_of(name):
            raise Conflict(f"Written rules name this intent: {', '.join(used[:5])}", code="intent_used")
        intent = await existing(self.store, name)
        answer = await self.store.response(ANSWER + name) if intent.faq else None
        gone: dict[Shelf, list[Intent | Kept]] = {"bot_intents": [replace(intent, version=version)]}
        if answer is not None:
            gone["bot_responses"] = [answer]
        await self._remove(gone, name, by)

    async def _remove(self, things: Shelves, what: str, by: str) -> None:
        """So that it can be taken back."""
        await self.store.change(Change(removed=things), self.act("remove", what, by), before=things)

    def act(self, kind: ActKind, what: str, by: str) -> Act:
        """A new act, of now."""
        return Act(id=new_id(), kind=kind, by=by, at=self.clock.now(), what=what)

    async def write_term(self, term: Term) -> Term:
        """Store an entity, a synonym, a pattern or a list over the version that it names. Raises BadInput, Conflict."""
        await self.fill()
        tidy = tidy_term(term)
        if problems := await asyncio.to_thread(term_problems, tidy):
            raise bad_data(DataRefused(problems))
        return await self.store.write_term(tidy)

    async def remove_term(self, name: str, version: int, by: str) -> None:
        """Remove one. Raises Conflict (`entity_used`) while sentences, slots or rules name an entity."""
        if name.startswith("entity:") and (used := entity_places(name.split(":", 1)[1], await self.known())):
            raise Conflict(f"This entity is used: {', '.join(used[:5])}", code="entity_used")
        if (term := await self.store.term(name)) is None:
            raise changed_meanwhile()
        await self._remove({"bot_terms": [replace(term, version=version)]}, term.title, by)

    async def write_form(self, form: Form) -> Form:
        """Store a form over the version that it names. Raises BadInput, also when it doesn't fit the rest; Conflict."""
        known = await self.known()
        problems = form_problems(form)
        if not problems:
            others = [one for one in known.forms if one.name != form.name]
            problems = await asyncio.to_thread(misfits, replace(known, forms=(*others, form)), form.name)
        if problems:
            raise bad_data(DataRefused(problems))
        return await self.store.write_form(form)

    async def remove_form(self, name: str, version: int, by: str) -> None:
        """Remove a form. Raises Conflict."""
        if (form := await self.store.form(name)) is None:
            raise changed_meanwhile()
        await self._remove({"bot_forms": [replace(form, version=version)]}, name, by)

    async def add_set(self, placed: Sequence[Placed], words: Sequence[Words], what: str, by: str) -> Added:
        """Add the data set of a file named `what`, as one act; see `teaching.add`."""
        await self.fill()
        return await add(self.store, placed, words, self.act("import", what, by))

    async def add_examples(self, examples: Sequence[Example]) -> dict[str, list[Sentence]]:
        """Add sentences; those that were new, by intent. See `teaching.add`."""
        await self.fill()
        return dict((await add(self.store, [(one, "") for one in examples], [])).sentences)

    async def uses_of(self, name: str) -> list[str]:
        """What names an intent: places of written rules, and forms."""
        forms = [f"form {one.name}" for one in await self.store.forms() if one.intent == name]
        return rules_naming(name, await self.store.files()) + forms

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
        snapshot = Snapshot(files=files, examples=examples, stories=await self.stories.all())
        return await self.versions.add(snapshot, by=by, note=note, now=self.clock.now(), base=base)


def _masked_project(files: Mapping[str, str]) -> tuple[Knowledge, int]:
    known = taken_apart(files)
    intents = masked_intents(known.intents)
    stories = known.stories and tuple(masked_story(one) for one in known.stories)
    return replace(known, intents=tuple(intents), stories=stories), hidden_in(known.intents, intents)


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


async def existing(store: StudioStore, name: str) -> Intent:
    """An intent. Raises NotFound."""
    found = await store.intent(name)
    if found is None:
        raise NotFound("There is no such intent.")
    return found
