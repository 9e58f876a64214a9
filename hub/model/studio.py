"""What the studio keeps: intents with their sentences, forms, what happened to versions of the bot. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

VersionState = Literal["queued", "training", "ready", "failed", "cancelled"]
TRIAL = "try-"
"""So begin the conversations of admins who try a version; what the bot does in them leaves nothing behind."""


class Span(NamedTuple):
    """An entity in a sentence; what it does not have is empty."""

    start: int
    end: int
    entity: str
    value: str = ""
    role: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One example of an intent: its text in the bot's one spelling. `marks` do not overlap; `about` as an example's."""

    text: str
    lang: str
    split: str = "train"
    marks: tuple[Span, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An intent with all its sentences. `faq`: answered by the response `utter_faq_<name>`, without a written rule.

    `version` grows with each change; who changes it names the one that they saw.
    """

    name: str
    sentences: tuple[Sentence, ...] = ()
    faq: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A response (`variants` as in Rasa's domain) or a file of the project (`text`), with its version."""

    name: str
    variants: tuple[Mapping[str, object], ...] = ()
    text: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A kind of entity, or what helps to find entities; `name` is `<kind>:<its own name>`, like `regex:order_number`.

    `values`: none of an entity; of a synonym the words that mean it; patterns; the entries of a list (lookup).
    """

    name: str
    values: tuple[str, ...] = ()
    version: int = 0

    @property
    def kind(self) -> str:
        """Entity, synonym, regex or lookup."""
        return self.name.split(":", 1)[0]

    @property
    def title(self) -> str:
        """Its own name."""
        return self.name.split(":", 1)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormChoice:
    """One of the answers to choose from: what is kept, and the button's words by language."""

    value: str
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSlot:
    """One thing that a form asks for. Texts by language.

    `fill`: entity (any sentence that has it), text, choice or number (the answer to the question). `check`: email,
    phone, digits or date; `least`, `most`: of a number, or characters of a text.
    """

    name: str
    fill: Literal["entity", "text", "choice", "number"]
    ask: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)
    entity: str = ""
    choices: tuple[FormChoice, ...] = ()
    check: Literal["", "email", "phone", "digits", "date"] = ""
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormEnd:
    """What happens when all is known: `says`, then nothing, a person (of `queue` or the inbox's own), or `action`."""

    kind: Literal["answer", "handoff", "action"]
    says: Mapping[str, str]
    queue: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A conversation without stories: whoever means `intent` is asked for each slot in turn, then comes the end."""

    name: str
    intent: str
    slots: tuple[FormSlot, ...]
    end: FormEnd
    version: int = 0


EventKind = Literal["activated", "live", "cancelled", "rolled_back", "returned", "stuck"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionEvent:
    """What happened to a version at `at` (ms), and who did it; empty where the hub did.

    activated: somebody gave it `share` percent of new conversations, with `reason` where conditions were `unmet` or
    `moved` conversations of another version were to go on with a different one. live: customers get it from then on.
    rolled_back: away from it; returned: back to it. stuck: no server loaded it.
    """

    kind: EventKind
    at: int
    by: str = ""
    share: int = 0
    reason: str = ""
    unmet: tuple[str, ...] = ()
    moved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """What a version must be to be activated without a written reason. Shares 0..1.

    `max_broken`: a training is never quite the same twice, so that a few of the test sentences turn by chance. Pinned
    conversations must all pass, always. `version` grows with each change; who changes them names the one they saw.
    """

    max_f1_drop: float = 0.02
    min_accuracy: float = 0.7
    max_broken: int = 3
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One condition with its figure: passed or not. `wanted`: its limit; `compared`: there was something to compare."""

    name: str
    passed: bool
    figure: float
    wanted: float
    compared: bool = True
