"""Bot admins and what the bot says: responses, and the answers of intents that have one of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from hub.errors import BadInput
from hub.model.studio import Kept
from hub.training.knowledge import ANSWER, answer_variants, told
from hub.web.admin_config import found
from hub.web.bot_shapes import Answer, ButtonRecord, ResponseChange, ResponseRecord
from hub.web.http import Call

Variants = Sequence[Mapping[str, object]]


async def read_response(call: Call) -> ResponseRecord:
    """What is said, in each language."""
    await call.web.studio.fill()
    return _response(found(await call.web.studio.store.response(call.path("name"))))


async def change_response(call: Call) -> ResponseRecord:
    """Put a new state of a response in place of the one that was seen; it is said from the next version on."""
    wanted = call.body_as(ResponseChange)
    before = found(await call.web.studio.store.response(call.path("name")))
    plain_or_refuse(before.variants)
    for lang, answer in wanted.answers.items():
        check_answer(answer.text, lang)
        for text in (answer.image, *(button.title for button in answer.buttons)):
            _check_variable(text, lang)
    changed = replace(before, variants=_variants(wanted.answers), version=wanted.version)
    after = await call.web.studio.store.write_response(changed)
    change = [texts_of(before.variants), texts_of(after.variants)]
    await call.record("bot.response.change", f"response:{before.name}", {"texts": change})
    return _response(after)


async def answer_of(call: Call, intent: str) -> Kept:
    """The answer of an intent; without variants when it has none yet."""
    name = ANSWER + intent
    return await call.web.studio.store.response(name) or Kept(name=name)


async def write_answer(call: Call, before: Kept, texts: Mapping[str, str]) -> None:
    """Say other words; buttons and images of each language stay."""
    was = plain_or_refuse(before.variants)
    answers = {lang: msgspec.structs.replace(was.get(lang, Answer("")), text=text) for lang, text in texts.items()}
    await call.web.studio.store.write_response(replace(before, variants=_variants(answers)))


def check_answer(text: str, lang: str) -> None:
    """Raise BadInput for what cannot be said."""
    if not text.strip():
        raise BadInput("An answer needs words.", code="empty_text", field=f"answers.{lang}")
    _check_variable(text, lang)


def texts_of(variants: Variants) -> dict[str, str]:
    """The words by language; none of a response that is not plain."""
    return {lang: one.text for lang, one in (_plain(variants) or {}).items()}


def plain_or_refuse(variants: Variants) -> dict[str, Answer]:
    """The answers by language. Raises BadInput (`not_plain`)."""
    plain = _plain(variants)
    if plain is None:
        raise BadInput("This response has variants of its own; edit the domain file.", code="not_plain")
    return plain


def _plain(variants: Variants) -> dict[str, Answer] | None:
    """The answers by language; None when there are others, which only the domain's file shows."""
    by_language = told(variants)
    try:
        return None if by_language is None else {lang: _answer(one) for lang, one in by_language.items()}
    except msgspec.ValidationError:  # buttons that carry more than an intent
        return None


def _check_variable(text: str, lang: str) -> None:
    if "${" in text:
        raise BadInput(
            "Rasa would replace ${...} by something of the machine's.", code="variable", field=f"answers.{lang}"
        )


def _variants(answers: Mapping[str, Answer]) -> tuple[dict[str, object], ...]:
    texts = {lang: one.text.strip() for lang, one in answers.items()}
    buttons = {lang: [(b.title, b.payload) for b in one.buttons] for lang, one in answers.items()}
    return answer_variants(texts, buttons, {lang: one.image for lang, one in answers.items()})


def _response(response: Kept) -> ResponseRecord:
    plain = _plain(response.variants)
    return ResponseRecord(name=response.name, version=response.version, plain=plain is not None, answers=plain or {})


def _answer(variant: Mapping[str, object]) -> Answer:
    buttons = msgspec.convert(variant.get("buttons") or [], list[ButtonRecord])
    return Answer(text=str(variant.get("text", "")), buttons=buttons, image=str(variant.get("image", "")))
