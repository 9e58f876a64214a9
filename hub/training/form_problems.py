"""What is wrong with a form of the studio: by itself, and with the rest of the project. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from bot.training.data import DataRefused, Problem, refused
from bot.training.domain import names_of
from bot.training.safe_yaml import compose, plain
from hub.model.studio import Form, FormSlot
from hub.training.forms import ACTIONS, FORMS, additions

MOST_SLOTS = 20
MOST_CHOICES = 10
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)


def forms_in(text: str) -> list[Form]:
    """The reverse. Raises DataRefused."""
    found = plain(compose(FORMS, text))
    try:
        forms = msgspec.convert(found.get("forms") if isinstance(found, dict) else None, list[Form])
    except msgspec.ValidationError as error:
        raise refused(f"{FORMS}:1", "bad_forms", f"These are no forms of the studio: {error}.") from None
    problems = [replace(one, place=f"{FORMS} {form.name} {one.place}") for form in forms for one in form_problems(form)]
    if problems:
        raise DataRefused(problems)
    return forms


def form_problems(form: Form) -> list[Problem]:
    """What is wrong with a form by itself; places like `slots.1.ask`."""
    found: list[Problem | None] = [_name_problem(form.name, "name")]
    if not form.slots or len(form.slots) > MOST_SLOTS:
        found.append(_problem("slots", "form_slots", f"A form asks for 1 to {MOST_SLOTS} things."))
    names = [one.name for one in form.slots]
    for number, slot in enumerate(form.slots):
        place = f"slots.{number}"
        found += [_name_problem(slot.name, f"{place}.name"), *_slot_problems(slot, place)]
        if slot.name in names[:number]:
            found.append(_problem(f"{place}.name", "form_slot_twice", f"{slot.name} is asked for twice."))
    found += _text_problems(form.end.says, "end.says", needed=form.end.kind != "action")
    if form.end.kind == "action" and form.end.action not in ACTIONS:
        found.append(_problem("end.action", "form_action", "The hub has no such action."))
    if form.end.queue and not re.fullmatch(r"[\w-]{1,64}", form.end.queue):
        found.append(_problem("end.queue", "bad_choice", "This is no queue."))
    return [one for one in found if one is not None]


def _slot_problems(slot: FormSlot, place: str) -> list[Problem | None]:
    found: list[Problem | None] = [
        *_text_problems(slot.ask, f"{place}.ask"),
        *_text_problems(slot.wrong, f"{place}.wrong", needed=False),
    ]
    if slot.fill == "entity" and not slot.entity:
        found.append(_problem(f"{place}.entity", "form_entity", "Choose the entity that fills this."))
    if slot.fill == "choice":
        if not 2 <= len(slot.choices) <= MOST_CHOICES:
            found.append(_problem(f"{place}.choices", "form_choices", f"A choice has 2 to {MOST_CHOICES} answers."))
        for number, one in enumerate(slot.choices):
            found += _text_problems(one.titles, f"{place}.choices.{number}")
        if len({one.value for one in slot.choices}) < len(slot.choices) or not all(one.value for one in slot.choices):
            found.append(_problem(f"{place}.choices", "form_choices", "Every answer needs a value of its own."))
    if slot.least is not None and slot.most is not None and slot.least > slot.most:
        found.append(_problem(f"{place}.least", "form_range", "The least is above the most."))
    return found


def fit_problems(
    forms: Iterable[Form], domain: Mapping[str, Any], answered: Mapping[str, Sequence[str]]
) -> list[Problem]:
    """What of forms does not fit the rest of the project.

    Args:
        forms: All forms.
        domain: Without what is made of them.
        answered: What answers each intent already: places of rules, or the word `answer`.
    """
    intents, entities = set(names_of(domain.get("intents"))), set(names_of(domain.get("entities")))
    found: list[Problem] = []
    begun = set[str]()
    taken = {part: set(domain.get(part) or {}) for part in ("slots", "forms", "responses")}
    for form in forms:
        place = f"form {form.name}"
        made = additions([form], domain)
        for part, names in taken.items():
            found += [
                _problem(place, "form_clash", f"There is {name} in the {part} already; rename the form.")
                for name in sorted(set(made[part]) & names)
            ]
            names |= set(made[part])
        if form.intent not in intents:
            found.append(_problem(place, "form_intent", f"There is no intent {form.intent}."))
        elif form.intent in begun or answered.get(form.intent):
            where = ", ".join(answered.get(form.intent, ())[:3]) or "another form"
            found.append(
                _problem(place, "form_intent_taken", f"The intent {form.intent} is answered already: {where}.")
            )
        begun.add(form.intent)
        found += [
            _problem(place, "unknown_entity", f"There is no entity {slot.entity}.")
            for slot in form.slots
            if slot.fill == "entity" and slot.entity not in entities
        ]
    return found


def _name_problem(name: str, place: str) -> Problem | None:
    if _NAME.fullmatch(name) and len(name) <= 30:
        return None
    return _problem(place, "form_name", "A name is of small Latin letters, digits and _, up to 30.")


def _text_problems(texts: Mapping[str, str], place: str, *, needed: bool = True) -> list[Problem | None]:
    if needed and not any(one.strip() for one in texts.values()):
        return [_problem(place, "empty_text", "There are no words in this.")]
    return [
        _problem(f"{place}.{lang}", "variable", "Braces after a dollar sign cannot stand here.")
        for lang, text in texts.items()
        if "${" in text
    ]


def _problem(place: str, code: str, text: str) -> Problem:
    return Problem(place=place, code=code, text=text)
