"""Forms of the studio as Rasa has them: slots, a form, responses, actions, rules; see `form_problems`. Pure.

Of the form `<name>` come the form `form_<name>`, the slots `<name>_<slot>`, the responses `utter_ask_<slot of Rasa>`,
`utter_wrong_<...>`, `utter_done_form_<name>`, `utter_left_form_<name>`, the actions `validate_form_<name>`,
`action_form_end_<name>`, and rules in a file of their own. The forms themselves are kept in `FORMS`, which Rasa does
not read, so that they come back from an export.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import yaml

from bot.actions import FORM_END, FORM_TICKET, VALIDATE_FORM
from bot.training.domain import names_of
from hub.model.studio import Form, FormSlot

FORMS = "studio/forms.yml"
RULES = "data/rules/studio_forms.yml"
HEAD = "# Made by the studio from its forms; changes here are lost.\n"
TICKET = "register_ticket"
ACTIONS = {TICKET: FORM_TICKET, "opening_hours": "action_opening_hours"}
"""What the hub can do at the end of a form."""
LEAVING = ("talk_to_human", "deny", "goodbye")
"""Intents that end a form, where the bot knows them."""
_PICK = "studio_pick_"
_LEFT = {
    "fa": "باشد، کنارش گذاشتم. اگر کار دیگری هست بنویسید.",
    "en": "All right, I have left that. Write if there is anything else.",
}
_WRONG = {"fa": "این را نفهمیدم. لطفاً دوباره بنویسید.", "en": "I could not use that. Please write it again."}
_PERSIAN = {"type": "slot", "name": "lang", "value": "fa"}


def additions(forms: Iterable[Form], domain: Mapping[str, Any]) -> dict[str, Any]:
    """What the domain needs for these forms: intents, slots, forms, responses, actions."""
    made: dict[str, Any] = {"intents": [], "slots": {}, "forms": {}, "responses": {}, "actions": []}
    leaving = _leaving(domain)
    for form in forms:
        title = "form_" + form.name
        made["forms"][title] = {"required_slots": [f"{form.name}_{one.name}" for one in form.slots]}
        if leaving:
            made["forms"][title]["ignored_intents"] = leaving
        made["actions"] += [VALIDATE_FORM + form.name, FORM_END + form.name]
        if form.end.kind == "action":
            made["actions"].append(_end_action(form))
        for slot in form.slots:
            name = f"{form.name}_{slot.name}"
            made["slots"][name] = _slot(form, slot, leaving)
            made["responses"][f"utter_ask_{name}"] = _said(slot.ask, [one.titles for one in slot.choices])
            made["responses"][f"utter_wrong_{name}"] = _said(slot.wrong or _WRONG)
            made["intents"] += [f"{_PICK}{n}" for n in range(1, len(slot.choices) + 1)]
        if form.end.says:
            made["responses"][f"utter_done_{title}"] = _said(form.end.says, custom=_handoff(form))
        made["responses"][f"utter_left_{title}"] = _said(_LEFT)
    known = set(names_of(domain.get("actions")))
    made["actions"] = [_action(one) for one in dict.fromkeys(made["actions"]) if one not in known]
    made["intents"] = list(dict.fromkeys(made["intents"]))
    return made


def with_forms(domain: Mapping[str, Any], forms: Sequence[Form]) -> dict[str, Any]:
    """The domain with what the forms need."""
    made, whole = additions(forms, domain), dict(domain)
    for part in ("slots", "forms", "responses"):
        whole[part] = dict(whole.get(part) or {}) | made[part]
    for part in ("intents", "actions"):
        whole[part] = [*(whole.get(part) or []), *made[part]]
    return whole


def without_forms(domain: Mapping[str, Any], forms: Sequence[Form]) -> dict[str, Any]:
    """The reverse of `with_forms`, for a project that comes back."""
    whole = dict(domain)
    made = additions(forms, {**whole, "actions": []})
    for part in ("slots", "forms", "responses"):
        whole[part] = {name: one for name, one in (whole.get(part) or {}).items() if name not in made[part]}
    gone = {"intents": set(made["intents"]), "actions": set(names_of(made["actions"])) - set(ACTIONS.values())}
    for part, names in gone.items():
        whole[part] = [one for one in whole.get(part) or [] if names_of([one])[0] not in names]
    return {part: one for part, one in whole.items() if part in domain}


def rules_file(forms: Iterable[Form], domain: Mapping[str, Any]) -> str:
    """How each form begins, is left, and ends."""
    rules: list[dict[str, Any]] = []
    for form in forms:
        title, inside = "form_" + form.name, [{"active_loop": "form_" + form.name}]
        rules.append(
            {
                "rule": f"studio, form {form.name} begins",
                "steps": [{"intent": form.intent}, {"action": title}, {"active_loop": title}],
            }
        )
        end = [{"action": f"utter_done_{title}"}] if form.end.says else []
        end += [{"action": _end_action(form)}] if form.end.kind == "action" else []
        done: list[dict[str, Any]] = [
            {"action": title},
            {"active_loop": None},
            {"slot_was_set": [{"requested_slot": None}]},
        ]
        rules.append(
            {
                "rule": f"studio, form {form.name} is complete",
                "condition": inside,
                "steps": [*done, *end, {"action": FORM_END + form.name}],
            }
        )
        for intent in _leaving(domain):
            handed = intent == "talk_to_human" and "utter_handoff" in (domain.get("responses") or {})
            rules.append(
                {
                    "rule": f"studio, form {form.name} is left by {intent}",
                    "condition": inside,
                    "steps": [
                        {"intent": intent},
                        {"action": "action_deactivate_loop"},
                        {"active_loop": None},
                        {"action": "utter_handoff" if handed else f"utter_left_{title}"},
                        {"action": FORM_END + form.name},
                    ],
                }
            )
    return HEAD + yaml.safe_dump({"version": "3.1", "rules": rules}, allow_unicode=True, sort_keys=False)


def forms_file(forms: Iterable[Form]) -> str:
    """The forms as they are kept in an export."""
    rows = [msgspec.to_builtins(replace(one, version=0)) for one in forms]
    return yaml.safe_dump({"forms": rows}, allow_unicode=True, sort_keys=False)


def _slot(form: Form, slot: FormSlot, leaving: Sequence[str]) -> dict[str, Any]:
    """A slot with its mappings. What it must be (`check`) stands beside the keys of Rasa, for our action."""
    name, here = f"{form.name}_{slot.name}", {"active_loop": "form_" + form.name}
    asked = [{**here, "requested_slot": name}]
    check: dict[str, Any] = {"kind": slot.fill if slot.fill in ("number", "choice") else slot.check}
    check |= {key: figure for key in ("least", "most") if (figure := getattr(slot, key)) is not None}
    mappings: list[dict[str, Any]]
    if slot.fill == "entity":
        mappings = [
            {"type": "from_entity", "entity": slot.entity, "intent": form.intent},
            {"type": "from_entity", "entity": slot.entity, "conditions": [here]},
        ]
    else:
        mappings = [{"type": "from_text", "conditions": asked}]
        if leaving:
            mappings[0]["not_intent"] = list(leaving)
    if slot.fill == "choice":
        check["choices"] = [{"value": one.value, "titles": list(one.titles.values())} for one in slot.choices]
        picks = [f"{_PICK}{n}" for n in range(1, len(slot.choices) + 1)]
        mappings[0]["not_intent"] = [*leaving, *picks]
        mappings += [
            {"type": "from_intent", "intent": pick, "value": one.value, "conditions": asked}
            for pick, one in zip(picks, slot.choices, strict=True)
        ]
    mappings[0]["check"] = check
    return {"type": "text", "influence_conversation": False, "mappings": mappings}


def _said(
    texts: Mapping[str, str], choices: Sequence[Mapping[str, str]] = (), custom: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """A response in each language; the buttons of a choice mean its number."""
    variants = []
    for lang in ("fa", "en"):
        if not (text := texts.get(lang, "").strip()):
            continue
        made: dict[str, Any] = {"condition": [_PERSIAN]} if lang == "fa" and texts.get("en") else {}
        made["text"] = text
        if choices:
            made["buttons"] = [
                {"title": one.get(lang) or next(iter(one.values())), "payload": f"/{_PICK}{n}"}
                for n, one in enumerate(choices, 1)
            ]
        variants.append(made | ({"custom": dict(custom)} if custom else {}))
    return variants


def _handoff(form: Form) -> dict[str, Any] | None:
    """What the agent is told: Rasa puts the slots in place of their names."""
    if form.end.kind != "handoff":
        return None
    answers = {one.name: f"{{{form.name}_{one.name}}}" for one in form.slots}
    custom = {"type": "handoff", "reason": "requested", "answers": answers}
    return custom | ({"queue": form.end.queue} if form.end.queue else {})


def _end_action(form: Form) -> str:
    action = ACTIONS[form.end.action]
    return action + form.name if action.endswith("_") else action


def _action(name: str) -> str | dict[str, Any]:
    """An action as the domain lists it: those that read the plan of a form are sent the domain."""
    return {name: {"send_domain": True}} if name.startswith((FORM_END, FORM_TICKET)) else name


def _leaving(domain: Mapping[str, Any]) -> list[str]:
    known = set(names_of(domain.get("intents")))
    return [one for one in LEAVING if one in known]
