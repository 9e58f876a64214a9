"""Examples as data, and what may be wrong with them. Pure; every problem names its place and has a code."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.contract import Locale
from bot.persian import normalise, script_locale

Split = Literal["train", "test"]

MAX_TEXT = 1_000
"""Characters of one example."""
LONGEST_RAW = 4 * MAX_TEXT
"""Characters of one before it is normalised; more are not even looked at."""
MAX_ABOUT = 2_000
"""Characters of an example's metadata."""
MAX_VALUE = 200
"""Characters of what an entity stands for."""
MAX_LABEL = 200
"""Characters of an intent's name in a set that is only judged."""
FEWEST_EXAMPLES = 2
"""An intent with fewer cannot be told from noise."""
SHOWN_PROBLEMS = 20

COMMANDS = frozenset({"nlu_fallback", "restart", "back", "session_start"})
"""Intents of Rasa's own; in other letters (`Back`) no button could mean them (`bot.rasa_wire.PAYLOAD`)."""
KEYWORDS = COMMANDS | {"EXTERNAL", "None", "null", "true", "false"}
"""Intents that mean something of their own to Rasa or to YAML."""
NAME_PROBLEMS = frozenset({"intent_keyword", "intent_name", "retrieval_intent"})
"""Codes that say something of an intent's name."""
KEPT_PREFIXES = ("action_", "utter_", "studio_pick_")
"""Beginnings of names that mean something to Rasa, or to the forms of the studio."""
_NAME = re.compile(r"[^\W\d_][\w.?!-]{0,63}")
_RETRIEVAL = re.compile(r"[^\W\d_][\w.?!-]*/[\w.?!-]+")
_ENTITY_NAME = re.compile(r"[a-zA-Z][\w-]{0,63}", re.ASCII)
_CLOSED = re.compile(r"\][({\[]")
_ANNOTATION = re.compile(r"\[[^\]]+\][({\[]")
_UNFIT = r"\ud800-\udfff\ufffe\uffff"
"""Halves of characters, and codes that are none: YAML cannot hold them."""
_BREAKS = re.compile(rf"[{{}}\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff{_UNFIT}]|\[[^\]]*\][({{]")
_HTML = re.compile(r"<[/!?]?[A-Za-z]|javascript\s*:", re.IGNORECASE)
_YAML = re.compile(
    r"[\r\n][^\S\r\n]*(?:-[^\S\r\n]*)?"
    r"(version|nlu|intent|examples|rules?|stories|story|responses|synonym|regex|lookup|actions)[^\S\r\n]*:"
)
_VARIABLE = re.compile(r"\$\{")
_HALVES = re.compile(rf"[{_UNFIT}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An entity in a text: `text[start:end]` is one of kind `entity`; `value` when it stands for something else.

    `role` and `group` as Rasa has them: of two cities the one that is left, of two pizzas the toppings of the first.
    """

    start: int
    end: int
    entity: str
    value: str | None = None
    role: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A sentence with its intent. `text` is in the one spelling of `bot.persian`; `marks` do not overlap.

    `about`: what a Rasa file says of it besides language and split, as JSON (`intent`: metadata of the entry,
    `example`: its own), to be written again.
    """

    text: str
    intent: str
    lang: Locale
    split: Split = "train"
    marks: tuple[Mark, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong and where: `place` like `data.csv:17`, a stable `code`, one English sentence."""

    place: str
    code: str
    text: str


class DataRefused(ValueError):
    """The data is refused as a whole; `problems` are the first twenty, in order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Take at least one problem."""
        self.problems = tuple(problems[:SHOWN_PROBLEMS])
        super().__init__("\n".join(f"{one.place}: {one.text}" for one in self.problems))


def refused(place: str, code: str, text: str) -> DataRefused:
    """A refusal for one reason."""
    return DataRefused([Problem(place=place, code=code, text=text)])


def name_problem(name: str, place: str) -> Problem | None:
    """What is wrong with an intent's name; None when nothing is."""
    if name in KEYWORDS or name.casefold() in COMMANDS or name.startswith(KEPT_PREFIXES):
        text = f"The intent name {name!r} means something to Rasa or to the studio."
        return Problem(place=place, code="intent_keyword", text=text)
    if _RETRIEVAL.fullmatch(name):
        own = name.replace("/", "_")[:64]
        text = (
            f"{name[:80]!r} is for a response selector, which this bot has not: call it {own}, with a rule of its own."
        )
        return Problem(place=place, code="retrieval_intent", text=text)
    if not _NAME.fullmatch(name):
        return Problem(
            place=place,
            code="intent_name",
            text=f"{name[:80]!r} is no intent name: a letter, then up to 63 letters, digits, _ . ? ! -",
        )
    return None


def label_problem(name: str, place: str) -> Problem | None:
    """What is wrong with the name of an intent that is only judged and never gets into a bot; None when nothing is."""
    bare = name.lstrip("/")
    if bare in KEYWORDS or bare.startswith(KEPT_PREFIXES):
        return name_problem(bare, place)
    if len(name) > MAX_LABEL or text_problem(name, place):
        text = f"{name[:80]!r} is no intent name: 1 to {MAX_LABEL} characters without markup."
        return Problem(place=place, code="intent_name", text=text)
    return None


def text_problem(raw: str, place: str) -> Problem | None:
    """What is wrong with a raw text without annotations; None when nothing is.

    Normalising may bring out what the raw text hides (`＄｛` becomes `${`), so both are looked at.
    """
    if len(raw) > LONGEST_RAW:
        return Problem(place=place, code="long_text", text=f"The text has more than {MAX_TEXT} characters.")
    text = normalise(raw).lstrip("/")
    for pattern, code, what in (
        (_ANNOTATION, "entity_markup", "entity markup of Rasa"),
        (_HTML, "html", "HTML"),
        (_YAML, "yaml_markup", "lines that look like a Rasa file"),
        (_VARIABLE, "variable", "a ${variable}, which Rasa would replace"),
    ):
        if pattern.search(raw) or pattern.search(text):
            return Problem(place=place, code=code, text=f"The text contains {what}.")
    if _HALVES.search(text):
        return Problem(
            place=place, code="encoding", text="The text contains half a character or none, which no file can hold."
        )
    if not text:
        return Problem(place=place, code="empty_text", text="The text is empty.")
    if len(text) > MAX_TEXT:
        return Problem(place=place, code="long_text", text=f"The text has more than {MAX_TEXT} characters.")
    return None


def entity_problem(name: str, place: str) -> Problem | None:
    """What is wrong with an entity's name; None when nothing is."""
    if _ENTITY_NAME.fullmatch(name):
        return None
    return Problem(place=place, code="entity_name", text=f"{name[:80]!r} is no entity name: Latin letters, digits, _ -")


def marks_problem(text: str, marks: Sequence[Mark], place: str) -> Problem | None:
    """What is wrong with a text's entities: outside the text, empty, overlapping, or badly named."""
    last = 0
    for mark in sorted(marks, key=lambda one: (one.start, one.end)):
        for said in (mark.value, mark.role, mark.group):
            if said and (_BREAKS.search(said) or len(said) > MAX_VALUE):
                text = (
                    f"What {mark.entity} stands for is too long, or holds braces, line breaks or halves of characters."
                )
                return Problem(place=place, code="entity_value", text=text)
        if wrong := entity_problem(mark.entity, place):
            return wrong
        if not 0 <= mark.start < mark.end <= len(text):
            return Problem(place=place, code="entity_span", text=f"The entity {mark.entity} is outside the text.")
        if _misread(text, mark):
            what = f"Rasa would misread {mark.entity}: a square bracket is in it, open before it, or meets another."
            return Problem(place=place, code="entity_span", text=what)
        if mark.start < last:
            return Problem(place=place, code="entity_overlap", text=f"The entity {mark.entity} overlaps another one.")
        last = mark.end
    return None


def _misread(text: str, mark: Mark) -> bool:
    """Rasa would read another entity out of the markup of this one."""
    before, within = text[: mark.start], text[mark.start : mark.end]
    still_open = before.endswith("]") or before.rfind("[") > before.rfind("]")
    return still_open or bool(set("[]") & set(within)) or _CLOSED.search(text) is not None


def language_of(text: str, lang: str | None) -> Locale:
    """The language that was given; else by script, English when that says nothing."""
    if lang in ("fa", "en"):
        return "fa" if lang == "fa" else "en"
    return "fa" if script_locale(text) == "fa" else "en"


def scarce(examples: Iterable[tuple[Example, str]]) -> list[Problem]:
    """Intents with too few sentences to train on, at the place of their first one."""
    texts: dict[str, set[str]] = defaultdict(set)
    first: dict[str, str] = {}
    for example, place in examples:
        if example.split == "train":
            texts[example.intent].add(example.text)
        first.setdefault(example.intent, place)
    return [
        Problem(
            place=first[intent],
            code="too_few_examples",
            text=f"The intent {intent} has {len(found)} example to train on; it needs {FEWEST_EXAMPLES}.",
        )
        for intent, found in sorted(texts.items())
        if len(found) < FEWEST_EXAMPLES
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """What an admin should look at, though it can be trained. `near`: the same words in another order or case."""

    text: str
    intents: tuple[str, ...]
    near: bool


def conflicts(examples: Iterable[Example]) -> list[Warned]:
    """Sentences of the training set that stand under several intents, exactly or nearly."""
    exact: dict[str, set[str]] = defaultdict(set)
    loose: dict[tuple[tuple[str, int], ...], set[str]] = defaultdict(set)
    sample: dict[tuple[tuple[str, int], ...], str] = {}
    for one in examples:
        if one.split != "train":
            continue
        exact[one.text].add(one.intent)
        bag = tuple(sorted(Counter(re.findall(r"\w+", one.text.casefold())).items()))
        loose[bag].add(one.intent)
        sample.setdefault(bag, one.text)
    same = [Warned(text=text, intents=tuple(sorted(of)), near=False) for text, of in exact.items() if len(of) > 1]
    known = {one.text for one in same}
    near = [
        Warned(text=sample[bag], intents=tuple(sorted(of)), near=True)
        for bag, of in loose.items()
        if len(of) > 1 and bag and sample[bag] not in known
    ]
    return same + near


def distinct(examples: Iterable[Example]) -> list[Example]:
    """Without exact repetitions, in order."""
    return list(dict.fromkeys(examples))
