"""Bot admins and what the bot knows: intents with their sentences, answers, files; in and out as data sets."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import msgspec
from aiohttp import web

from bot.persian import normalise
from bot.training.data import DataRefused, text_problem
from bot.training.nlu_yaml import nlu_file
from bot.training.project import nlu_files
from bot.training.reading import MAX_BYTES, read_files, to_csv
from hub.errors import BadInput
from hub.model.studio import Intent, Kept, Sentence
from hub.training.knowledge import ANSWER, answer_variants, entities_of, examples_in, rules_naming, told
from hub.training.studio import bad_data, existing
from hub.web.admin_config import found
from hub.web.bodies import read_limited
from hub.web.bot_shapes import (
    Answer,
    ButtonRecord,
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
    ResponseChange,
    ResponseRecord,
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
        before = await call.web.studio.store.response(ANSWER + made.name)
        version = before.version if before is not None else 0
        await _write_answer(call, made.name, wanted.answers, version)
    await call.record("bot.intent.create", f"intent:{made.name}", {"sentences": [0, len(made.sentences)]})
    return await _record(call, made)


async def change_intent(call: Call) -> IntentRecord:
    """Put a new state of an intent in place of the one that was seen."""
    wanted = call.body_as(IntentChange)
    studio = call.web.studio
    before = await existing(studio.store, call.path("name"))
    _check_answers(wanted.answers)
    faq = before.faq or bool(wanted.answers)
    intent = Intent(name=before.name, sentences=_sentences(wanted.sentences), faq=faq, version=wanted.version)
    after = await studio.write_intent(intent)
    if wanted.answers:
        await _write_answer(call, before.name, wanted.answers, wanted.answer_version)
    await call.record("bot.intent.change", f"intent:{before.name}", _difference(before, after))
    return await _record(call, after)


async def remove_intent(call: Call) -> None:
    """Remove an intent that no written rule names, and its answer."""
    studio, name = call.web.studio, call.path("name")
    before = await existing(studio.store, name)
    await studio.remove_intent(name, call.body_as(Seen).version)
    if (answer := await studio.answer_of(before)) is not None:
        await studio.store.remove_response(answer.name, answer.version)
    await call.record("bot.intent.delete", f"intent:{name}", {"sentences": [len(before.sentences), 0]})


async def read_response(call: Call) -> ResponseRecord:
    """What is said, in each language."""
    await call.web.studio.fill()
    return _response(found(await call.web.studio.store.response(call.path("name"))))


async def change_response(call: Call) -> ResponseRecord:
    """Put a new state of a response in place of the one that was seen; it is said from the next version on."""
    wanted = call.body_as(ResponseChange)
    before = found(await call.web.studio.store.response(call.path("name")))
    if told(before.variants) is None:
        raise BadInput("This response has variants of its own; edit the domain file.", code="not_plain")
    for lang, answer in wanted.answers.items():
        _check_answer(answer.text, lang)
    texts: dict[str, str] = {lang: one.text for lang, one in wanted.answers.items()}
    buttons = {str(lang): [(b.title, b.payload) for b in one.buttons] for lang, one in wanted.answers.items()}
    images: dict[str, str] = {lang: one.image for lang, one in wanted.answers.items() if one.image}
    variants = answer_variants(texts, buttons, images)
    after = await call.web.studio.store.write_response(
        Kept(name=before.name, variants=variants, version=wanted.version)
    )
    change = [_texts(before.variants), _texts(after.variants)]
    await call.record("bot.response.change", f"response:{before.name}", {"texts": change})
    return _response(after)


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
        examples = read_files({name: raw}, may_be_few=True)
    except DataRefused as error:
        raise bad_data(error) from error
    added = await call.web.studio.add_examples(examples)
    await call.record("bot.import", f"file:{name}", {"sentences": [0, sum(added.values())]})
    return Imported(added=added)


async def export(call: Call) -> web.Response:
    """What the bot knows: a Rasa project (`?as=zip`), or its sentences as `csv` or Rasa's `yml`."""
    kind = call.request.query.get("as", "zip")
    if kind not in _TYPES:
        raise BadInput("Export as zip, csv or yml.", code="bad_choice", field="as")
    if kind == "zip":
        files, examples = await call.web.studio.project()
        body = _zipped(files | nlu_files(examples))
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


async def _record(call: Call, intent: Intent) -> IntentRecord:
    answer = await call.web.studio.answer_of(intent)
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
        answers=_texts(answer.variants) if answer is not None else {},
        answer_version=answer.version if answer is not None else 0,
        used=rules_naming(intent.name, await call.web.studio.store.files()),
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
        marks = tuple((mark.start, mark.end, mark.entity, mark.value) for mark in one.marks)
        if text != one.text and marks:
            raise BadInput(
                "Mark the entities in the text as it is stored.", code="entity_span", field=f"sentences.{number}"
            )
        made.setdefault(text, Sentence(text=text, lang=one.lang, split=one.split, marks=marks))
    return tuple(made.values())


def _check_answers(answers: Mapping[str, str]) -> None:
    for lang, text in answers.items():
        _check_answer(text, lang)


def _check_answer(text: str, lang: str) -> None:
    if not text.strip():
        raise BadInput("An answer needs words.", code="empty_text", field=f"answers.{lang}")
    if "${" in text:
        raise BadInput(
            "Rasa would replace ${...} by something of the machine's.", code="variable", field=f"answers.{lang}"
        )


async def _write_answer(call: Call, intent: str, answers: Mapping[str, str], version: int) -> None:
    texts = {lang: text.strip() for lang, text in answers.items()}
    response = Kept(name=ANSWER + intent, variants=answer_variants(texts, {}), version=version)
    await call.web.studio.store.write_response(response)


def _texts(variants: Sequence[Mapping[str, object]]) -> dict[str, str]:
    return {lang: str(one.get("text", "")) for lang, one in (told(variants) or {}).items()}


def _response(response: Kept) -> ResponseRecord:
    plain = told(response.variants)
    answers = {lang: _answer(one) for lang, one in (plain or {}).items()}
    return ResponseRecord(name=response.name, version=response.version, plain=plain is not None, answers=answers)


def _answer(variant: Mapping[str, object]) -> Answer:
    buttons = msgspec.convert(variant.get("buttons") or [], list[ButtonRecord])
    return Answer(text=str(variant.get("text", "")), buttons=buttons, image=str(variant.get("image", "")))


def _difference(before: Intent, after: Intent) -> dict[str, Sequence[object]]:
    old, new = {one.text for one in before.sentences}, {one.text for one in after.sentences}
    return {
        "sentences": [len(old), len(new)],
        "removed": [sorted(old - new)[:SHOWN_CHANGES], None],
        "added": [None, sorted(new - old)[:SHOWN_CHANGES]],
    }
