"""A studio over a real database with a project so small that it trains in seconds."""

from __future__ import annotations

import re

from bot.environment import ASSISTANT
from bot.training.data import Example, Mark
from bot.training.nlu_yaml import nlu_file
from hub.clock import Clock, SystemClock
from hub.model.studio import Form, FormChoice, FormEnd, FormSlot, Intent, Sentence, Span, Term
from hub.store.database import Database
from hub.store.rollouts import Rollouts
from hub.store.stories import Stories
from hub.store.studio import StudioStore
from hub.store.versions import Versions
from hub.training.studio import Studio

DOMAIN = """version: "3.1"
# This comment stays as long as nobody changes an intent or an answer.
session_config: {session_expiration_time: 0, carry_over_slots_to_new_session: true}
intents: [order, price, number]
entities: [order_number]
slots:
  lang:
    {type: categorical, values: [en, fa], initial_value: en, influence_conversation: false, mappings: [{type: custom}]}
  hub_locale: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  order_number: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: order_number}]}
  last_order: {type: text, influence_conversation: false, mappings: [{type: custom}]}
forms:
  order_form: {required_slots: [order_number]}
responses:
  utter_ask_order_number: [{text: "Which number?"}]
  utter_order: [{text: "It is on its way."}]
  utter_price: [{text: "Ten each."}]
  utter_default: [{text: "I did not understand."}]
"""
RULES = """version: "3.1"
rules:
- rule: order
  steps: [{intent: order}, {action: order_form}, {active_loop: order_form}]
- rule: order done
  condition: [{active_loop: order_form}]
  steps: [{action: order_form}, {active_loop: null}, {slot_was_set: [{requested_slot: null}]}, {action: utter_order}]
- rule: price
  steps: [{intent: price}, {action: utter_price}]
- rule: not understood
  steps: [{intent: nlu_fallback}, {action: utter_default}]
"""
NUMBER = 'version: "3.1"\nnlu:\n- regex: order_number\n  examples: |\n    - \\b[0-9]{5,8}\\b\n'
LONG = re.compile("[0-9]{5}")
SAYINGS = {
    "order": {"en": "where is my parcel {}", "fa": "سفارش من کجاست {}"},
    "price": {"en": "what does it cost {}", "fa": "قیمت این چند است {}"},
    "number": {"en": "the number is 1234{}", "fa": "شماره سفارش 5432{}"},
}


def sentences() -> list[Example]:
    """Of each intent and language nine to train on and one to test."""
    return [
        Example(
            text=saying.format(n),
            intent=intent,
            lang="fa" if lang == "fa" else "en",
            split="test" if n == 9 else "train",
            marks=tuple(
                Mark(start=one.start(), end=one.end(), entity="order_number") for one in LONG.finditer(saying.format(n))
            ),
        )
        for intent, by in SAYINGS.items()
        for lang, saying in by.items()
        for n in range(10)
    ]


def _marks(text: str) -> tuple[Mark, ...]:
    found = LONG.finditer(text)
    return tuple(Mark(start=one.start(), end=one.end(), entity="order_number") for one in found)


def project() -> dict[str, str]:
    """The files of a small bot: a form, two languages, a test set."""
    rows = sentences()
    return {
        "config.yml": (ASSISTANT / "config.yml").read_text("utf-8").replace("threshold: 0.5", "threshold: 0.3"),
        "domain.yml": DOMAIN,
        "data/rules.yml": RULES,
        "data/number.yml": NUMBER,
        "data/nlu/all.yml": nlu_file(one for one in rows if one.split == "train"),
        "tests/nlu/all.yml": nlu_file(one for one in rows if one.split == "test"),
    }


CALLBACK = Form(
    name="callback",
    intent="callback",
    slots=(
        FormSlot(name="city", fill="entity", entity="city", ask={"en": "Which city?", "fa": "کدام شهر؟"}),
        FormSlot(name="who", fill="text", ask={"en": "Your name?"}, wrong={"en": "A longer name."}, least=3),
        FormSlot(name="seats", fill="number", ask={"en": "How many?"}, wrong={"en": "One to nine."}, least=1, most=9),
        FormSlot(
            name="time",
            fill="choice",
            ask={"en": "When?"},
            choices=(
                FormChoice(value="am", titles={"en": "Morning", "fa": "صبح"}),
                FormChoice(value="pm", titles={"en": "Evening", "fa": "عصر"}),
            ),
        ),
    ),
    end=FormEnd(kind="answer", says={"en": "We ring {callback_who} in {callback_city}."}),
)
"""A form of the studio with every way to fill a slot."""


async def with_callback(studio: Studio) -> None:
    """Teach the form, its intent, and an entity that a list finds."""
    await studio.write_term(Term(name="entity:city"))
    await studio.write_term(Term(name="lookup:city", values=("Tehran", "Tabriz")))
    rows = [Sentence(text=f"please ring me back {n}", lang="en") for n in range(9)]
    rows += [Sentence(text=f"ring me in Tehran {n}", lang="en", marks=(Span(11, 17, "city"),)) for n in range(9)]
    await studio.write_intent(Intent(name="callback", sentences=tuple(rows)))
    await studio.write_form(CALLBACK)


BOOKING = Form(
    name="booking",
    intent="booking",
    slots=(
        FormSlot(
            name="size",
            fill="choice",
            ask={"en": "Which table?", "fa": "کدام میز؟"},
            choices=(
                FormChoice(value="small", titles={"en": "Small", "fa": "کوچک"}),
                FormChoice(value="large", titles={"en": "Large", "fa": "بزرگ"}),
            ),
        ),
        FormSlot(name="seats", fill="number", ask={"en": "How many?"}, wrong={"en": "One to nine."}, least=1, most=9),
        FormSlot(name="dish", fill="entity", entity="dish", ask={"en": "Which dish?"}),
    ),
    end=FormEnd(kind="handoff", says={"en": "A colleague goes on."}, queue="kitchen"),
)
"""A form that ends with a person; its dish is learnt from eight marked sentences, without pattern or list."""
DISHES = ("pizza", "soup", "rice", "fish", "pasta", "salad", "kebab", "stew")


async def with_booking(studio: Studio) -> None:
    """Teach that form."""
    await studio.write_term(Term(name="entity:dish"))
    about = '{"example": {"from": "chat"}, "intent": {"team": "kitchen"}}'
    rows = [
        Sentence(text=f"please cook {one} for us", lang="en", marks=(Span(12, 12 + len(one), "dish"),), about=about)
        for one in DISHES
    ]
    rows += [Sentence(text=f"I want to book a table {n}", lang="en") for n in range(8)]
    await studio.write_intent(Intent(name="booking", sentences=tuple(rows)))
    await studio.write_form(BOOKING)


def studio_over(database: Database, clock: Clock | None = None) -> Studio:
    """A studio; fill it with `replace_project(project())`."""
    return Studio(
        StudioStore(database), Versions(database), Rollouts(database), Stories(database), clock or SystemClock()
    )
