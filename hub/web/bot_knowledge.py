"""Bot admins and what the bot knows: intents with their sentences, answers, files; in and out as data sets."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from aiohttp import web

from bot.persian import normalise
from bot.training.data import DataRefused, text_problem
from bot.training.nlu_yaml import nlu_file
from bot.training.project import nlu_files
from bot.training.reading import MAX_BYTES, decoded, read_placed, to_csv
from bot.training.words import Words, words_of
from bot.training.zipped import zipped_project
from hub.errors import BadInput
from hub.model.studio import Intent, Sentence, Span
from hub.store.studio import changed_meanwhile
from hub.training.checks import bad_data
from hub.training.knowledge import entities_of, examples_in
from hub.training.masking import hidden_in
from hub.training.studio import existing
from hub.training.teaching import Placed
from hub.web.admin_config import found
from hub.web.bodies import read_limited
from hub.web.bot_answers import answer_of, check_answer, plain_or_refuse, texts_of, write_answer
from hub.web.bot_shapes import (
    Conflicting,
    FileRecord,
    Imported,
    IntentChange,
    IntentRecord,
    IntentSummary,
    KnowledgeView,
    MarkRecord,
    NewIntent,
    ProblemRecord,
    ProjectImported,
    Seen,
    SentenceRecord,
)
from hub.web.http import Call

SHOWN_CONFLICTS = 200
SHOWN_CHANGES = 50
_TYPES = {"zip": "application/zip", "csv": "text/csv; charset=utf-8", "yml": "application/x-yaml; charset=utf-8"}


async def overview(call: Call) -> KnowledgeView:
    """All intents with their numbers, what keeps them from being trained, sentences that contradict one another."""
    studio = call.web.studio
    known = await studio.known()
    problems, conflicts = await studio.looked_over()
    return KnowledgeView(
        intents=[_summary(one) for one in known.intents],
        responses=[one.name for one in known.responses],
        said={one.name: [str(it["text"]) for it in one.variants if it.get("text")] for one in known.responses},
        files=[one.name for one in known.files],
        entities=entities_of(known),
        problems=[ProblemRecord(one.place, one.code, one.text) for one in problems],
        conflicts=[Conflicting(one.text, list(one.intents), one.near) for one in conflicts[:SHOWN_CONFLICTS]],
    )


async def read_intent(call: Call) -> IntentRecord:
    """One intent with its sentences."""
    await call.web.studio.fill()
    return await _record(call, await existing(call.web.studio.store, call.path("name")))


async def make_intent(call: Call) -> IntentRecord:
    """Make an intent, with its answer where it has one."""
    wanted = call.body_as(NewIntent)
    intent = Intent(name=wanted.name, sentences=_sentences(wanted.sentences), faq=bool(wanted.answers))
    _check_answers(wanted.answers)
    made = await call.web.studio.write_intent(intent)
    if wanted.answers:
        # An answer may be left from an intent of that name that was removed.
        await write_answer(call, await answer_of(call, made.name), wanted.answers)
    await call.record("bot.intent.create", f"intent:{made.name}", {"sentences": [0, len(made.sentences)]})
    return await _record(call, made, masked=hidden_in([intent], [made]))


async def change_intent(call: Call) -> IntentRecord:
    """Put a new state of an intent in place of the one that was seen."""
    wanted = call.body_as(IntentChange)
    studio = call.web.studio
    before = await existing(studio.store, call.path("name"))
    _check_answers(wanted.answers)
    answer = await answer_of(call, before.name)
    said, anew = texts_of(answer.variants), {lang: text.strip() for lang, text in wanted.answers.items()}
    answers_anew = bool(anew) and anew != said
    if answers_anew and answer.version != wanted.answer_version:
        raise changed_meanwhile()
    if answers_anew:
        plain_or_refuse(answer.variants)
    faq = before.faq or bool(wanted.answers)
    about = {one.text: one.about for one in before.sentences}
    sentences = tuple(replace(one, about=about.get(one.text, "")) for one in _sentences(wanted.sentences))
    intent = Intent(name=before.name, sentences=sentences, faq=faq, version=wanted.version)
    after = await studio.write_intent(intent)
    if answers_anew:
        await write_answer(call, answer, anew)
    change = _difference(before, after) | ({"answers": [said, anew]} if answers_anew else {})
    await call.record("bot.intent.change", f"intent:{before.name}", change)
    return await _record(call, after, masked=hidden_in([intent], [after]))


async def remove_intent(call: Call) -> None:
    """Remove an intent that no written rule names, and its answer."""
    studio, name = call.web.studio, call.path("name")
    before = await existing(studio.store, name)
    await studio.remove_intent(name, call.body_as(Seen).version, call.me.agent.id)
    await call.record("bot.intent.delete", f"intent:{name}", {"sentences": [len(before.sentences), 0]})


async def read_file(call: Call) -> FileRecord:
    """A file of the project."""
    await call.web.studio.fill()
    one = found(await call.web.studio.store.file(call.request.query.get("name", "")))
    return FileRecord(name=one.name, text=one.text, version=one.version)


async def import_set(call: Call) -> Imported:
    """Add the sentences of a data set, `?name=` says of which kind; all of them or none."""
    name = PurePosixPath(call.request.query.get("name", "")).name or "data"
    raw = await read_limited(call.request, MAX_BYTES)
    try:
        placed, words = await asyncio.to_thread(_read_set, name, raw)
    except DataRefused as error:
        raise bad_data(error) from error
    added = await call.web.studio.add_set(placed, words, name, call.me.agent.id)
    counts, entries = {one: len(fresh) for one, fresh in added.sentences.items()}, sum(map(len, added.values.values()))
    change: dict[str, Sequence[object]] = {
        "sentences": [0, sum(counts.values())],
        "values": [0, entries],
        "masked": [None, added.masked],
    }
    await call.record("bot.import", f"file:{name}", change)
    return Imported(added=counts, values=entries, masked=added.masked)


async def import_project(call: Call) -> ProjectImported:
    """Put a Rasa project, a zip file of one, in place of all that the bot knows."""
    name = PurePosixPath(call.request.query.get("name", "")).name or "project.zip"
    raw = await read_limited(call.request, MAX_BYTES)
    try:
        files = await asyncio.to_thread(zipped_project, name, raw)
    except DataRefused as error:
        raise bad_data(error) from error
    known, masked = await call.web.studio.replace_project(files, name, call.me.agent.id)
    change: dict[str, Sequence[object]] = {"intents": [None, len(known.intents)], "masked": [None, masked]}
    await call.record("bot.project", "bot:project", change)
    return ProjectImported(intents=len(known.intents), masked=masked)


def _read_set(name: str, raw: bytes) -> tuple[list[Placed], list[Words]]:
    """The sentences of a file, and the synonyms, patterns and lists of a Rasa file. Raises DataRefused."""
    if PurePosixPath(name).suffix.lower() not in (".yml", ".yaml"):
        return read_placed({name: raw}), []
    words = words_of({name: decoded(name, raw)}) if len(raw) <= MAX_BYTES else []
    return read_placed({name: raw}, may_be_none=bool(words)), words


async def export(call: Call) -> web.Response:
    """What the bot knows: a Rasa project (`?as=zip`), or its sentences as `csv` or Rasa's `yml`."""
    kind = call.request.query.get("as", "zip")
    if kind not in _TYPES:
        raise BadInput("Export as zip, csv or yml.", code="bad_choice", field="as")
    if kind == "zip":
        files, examples = await call.web.studio.exported()
        body = _zipped(files | nlu_files(examples, files))
    else:
        examples = examples_in((await call.web.studio.known()).intents)
        body = (to_csv(examples) if kind == "csv" else nlu_file(examples)).encode()
    headers = {"Content-Disposition": f'attachment; filename="bot.{kind}"', "Content-Type": _TYPES[kind]}
    return web.Response(body=body, headers=headers)


def _zipped(files: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def _summary(intent: Intent) -> IntentSummary:
    counts = Counter(one.lang for one in intent.sentences if one.split == "train")
    test = sum(one.split == "test" for one in intent.sentences)
    return IntentSummary(
        name=intent.name, faq=intent.faq, version=intent.version, fa=counts["fa"], en=counts["en"], test=test
    )


async def _record(call: Call, intent: Intent, *, masked: int = 0) -> IntentRecord:
    answer = await answer_of(call, intent.name)
    return IntentRecord(
        name=intent.name,
        version=intent.version,
        faq=intent.faq,
        sentences=[
            SentenceRecord(
                text=one.text,
                lang="fa" if one.lang == "fa" else "en",
                split="test" if one.split == "test" else "train",
                marks=[MarkRecord(*mark) for mark in one.marks],
            )
            for one in intent.sentences
        ],
        answers=texts_of(answer.variants),
        answer_version=answer.version,
        used=await call.web.studio.uses_of(intent.name),
        masked=masked,
    )


def _sentences(wanted: Sequence[SentenceRecord]) -> tuple[Sentence, ...]:
    """Without repetitions. A text that normalising changes keeps no entities: their places would be wrong."""
    made: dict[str, Sentence] = {}
    for number, one in enumerate(wanted):
        place = f"sentences.{number}"
        wrong = text_problem(one.text, place)
        if wrong is not None:
            raise BadInput(wrong.text, code=wrong.code, field=wrong.place)
        text = normalise(one.text).lstrip("/").strip()
        marks = tuple(Span(m.start, m.end, m.entity, m.value, m.role, m.group) for m in one.marks)
        if text != one.text and marks:
            raise BadInput(
                "Mark the entities in the text as it is stored.", code="entity_span", field=f"sentences.{number}"
            )
        made.setdefault(text, Sentence(text=text, lang=one.lang, split=one.split, marks=marks))
    return tuple(made.values())


def _check_answers(answers: Mapping[str, str]) -> None:
    for lang, text in answers.items():
        check_answer(text, lang)


def _difference(before: Intent, after: Intent) -> dict[str, Sequence[object]]:
    old, new = {one.text for one in before.sentences}, {one.text for one in after.sentences}
    return {
        "sentences": [len(old), len(new)],
        "removed": [sorted(old - new)[:SHOWN_CHANGES], None],
        "added": [None, sorted(new - old)[:SHOWN_CHANGES]],
    }
