"""Shapes of the training studio's API."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from bot.training.report import Bin, Change, IntentScore, Threshold, Wrong
from bot.training.stories import StoryRun

Text = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=4_000)]
Sentence = Annotated[str, Meta(max_length=1_000)]
Answers = Annotated[dict[Annotated[str, Meta(pattern="^(fa|en)$")], Long], Meta(max_length=2)]
Share = Annotated[float, Meta(ge=0, le=1)]


class MarkRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """An entity: `text[start:end]`; `value` where it stands for something else."""

    start: int
    end: int
    entity: Text
    value: Text = ""
    role: Text = ""
    group: Text = ""


class SentenceRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence of an intent; `split` test: kept aside to judge versions by."""

    text: Sentence
    lang: Literal["fa", "en"]
    split: Literal["train", "test"] = "train"
    marks: Annotated[list[MarkRecord], Meta(max_length=50)] = []


class IntentSummary(Struct, frozen=True):
    """An intent in the list: how many sentences there are to train on in each language, and kept aside."""

    name: str
    faq: bool
    version: int
    fa: int
    en: int
    test: int


class Conflicting(Struct, frozen=True):
    """A sentence that stands under several intents; `near`: only nearly the same."""

    text: str
    intents: list[str]
    near: bool


class ProblemRecord(Struct, frozen=True):
    """What stands in the way of training: where, a stable code, and an English sentence."""

    place: str
    code: str
    text: str


class KnowledgeView(Struct, frozen=True):
    """What the bot knows, what must be put right before it can be trained, and what an admin should look at.

    `said`: the words of each response, all of its variants.
    """

    intents: list[IntentSummary]
    responses: list[str]
    said: dict[str, list[str]]
    files: list[str]
    entities: list[str]
    problems: list[ProblemRecord]
    conflicts: list[Conflicting]


class IntentRecord(Struct, frozen=True):
    """One intent with everything; `answers` by language where it has an answer of its own; `used`: what names it.

    `masked`: how many of the sentences that were sent had personal data in them, which is not kept.
    """

    name: str
    version: int
    faq: bool
    sentences: list[SentenceRecord]
    answers: dict[str, str]
    answer_version: int
    used: list[str]
    masked: int = 0


class NewIntent(Struct, frozen=True, forbid_unknown_fields=True):
    """A new intent. `answers`: what is answered in each language; without them it needs a written rule."""

    name: Text
    sentences: Annotated[list[SentenceRecord], Meta(max_length=5_000)] = []
    answers: Answers = {}


class IntentChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The new state of an intent; `version` (and `answer_version`) are those that were seen."""

    version: int
    sentences: Annotated[list[SentenceRecord], Meta(max_length=5_000)]
    answers: Answers = {}
    answer_version: int = 0


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """The version that the reader saw."""

    version: int


class ButtonRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A button: what is shown, and the intent that pressing it means, like `/order_status`."""

    title: Annotated[str, Meta(min_length=1, max_length=40)]
    payload: Annotated[str, Meta(pattern=r"^/[^\W\d_][\w.?!-]{0,63}$")]


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said in one language."""

    text: Long
    buttons: Annotated[list[ButtonRecord], Meta(max_length=10)] = []
    image: Annotated[str, Meta(max_length=500, pattern=r"^(https://\S+)?$")] = ""


class ResponseRecord(Struct, frozen=True):
    """A response in each language. `plain` false: it has variants that this form does not show; edit its file then."""

    name: str
    version: int
    plain: bool
    answers: dict[str, Answer]


class ResponseChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The new state of a response; `version` is the one that was seen."""

    version: int
    answers: Annotated[dict[Annotated[str, Meta(pattern="^(fa|en)$")], Answer], Meta(min_length=1)]


class FileRecord(Struct, frozen=True):
    """A file of the project: the domain, written rules and stories, the pipeline."""

    name: str
    text: str
    version: int


class Imported(Struct, frozen=True):
    """How many sentences were new, by intent; `values`: how many of synonyms, patterns and lists.

    `masked`: how many of the file's sentences had personal data in them, which is not kept.
    """

    added: dict[str, int]
    values: int = 0
    masked: int = 0


class ProjectImported(Struct, frozen=True):
    """How many intents the bot knows now; `masked`: how many sentences had personal data, which is not kept."""

    intents: int
    masked: int


class NewVersion(Struct, frozen=True, forbid_unknown_fields=True):
    """Train what the bot knows now; `note` says what for."""

    note: Text = ""


class EventView(Struct, frozen=True):
    """What happened to a version: activated, live, cancelled, rolled_back, returned or stuck; `at` in ms.

    `by_name` is empty where the hub did it. `unmet`: conditions that `reason` went over; `moved`: so many conversations
    went on with another version.
    """

    kind: str
    at: int
    by_name: str
    share: int
    reason: str
    unmet: list[str]
    moved: int


class VersionView(Struct, frozen=True):
    """A version in the list. Times in ms. `role`: active, previous (the other slot), waiting, loading, or empty.

    `pins_wanted`: it is to be tried with the pinned conversations again; `pins_failure`: why that could not be done.
    `history`: what was done with it, the oldest first; only where one version is asked for.
    """

    number: int
    state: str
    by: str
    by_name: str
    at: int
    note: str
    stage: str
    detail: str
    done: int
    of: int
    began_at: int | None
    ended_at: int | None
    failure: str
    failure_text: str
    base: int
    counts: dict[str, int]
    accuracy: float | None
    macro_f1: float | None
    n_train: int
    n_test: int
    train_seconds: float
    peak_mb: int
    role: str
    pinned: bool = False
    pruned: bool = False
    pins_wanted: bool = False
    pins_failure: str = ""
    history: list[EventView] = []


class Pin(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a version's model is kept for ever."""

    pinned: bool


class VersionList(Struct, frozen=True):
    """The newest versions, and how long the last training took, for the time left."""

    versions: list[VersionView]
    last_seconds: float


class GateView(Struct, frozen=True):
    """A condition of activation with its figure and its limit; `compared` false: there was nothing to compare with."""

    name: str
    passed: bool
    figure: float
    wanted: float
    compared: bool


class Confused(Struct, frozen=True):
    """So often an intent was taken for another."""

    intent: str
    predicted: str
    times: int


class ReportView(Struct, frozen=True):
    """All of a version's report. `untested`: intents without a sentence in the test set, of which it says nothing."""

    version: VersionView
    per_intent: dict[str, IntentScore]
    untested: list[str]
    per_lang: dict[str, float]
    errors: list[Wrong]
    confused: list[Confused]
    thresholds: list[Threshold]
    bins: list[Bin]
    threshold: float
    fixed: list[Change]
    broken: list[Change]
    stories: list[StoryRun]
    gates: list[GateView]


class Activation(Struct, frozen=True, forbid_unknown_fields=True):
    """Give a version `share` percent of new conversations; `reason`: why, where a condition is not met.

    `at_once`: it does not wait for conversations of the version in its slot; needs a reason, too.
    """

    share: Annotated[int, Meta(ge=1, le=100)] = 100
    reason: Annotated[str, Meta(max_length=1_000)] = ""
    at_once: bool = False


class RolloutView(Struct, frozen=True):
    """Which version new conversations get; 0 is the one of the product.

    `loading` since `loading_since` (ms); it waits while `talks` conversations go on with version `waits_for`;
    `returns`: it is put back into its slot. `back_to`: where rolling back leads, None where it is not possible.
    `stuck` was not loaded in time.
    """

    active: int
    share: int
    slots: dict[str, int]
    loading: int | None
    loading_since: int | None
    back_to: int | None
    waits_for: int | None = None
    talks: int = 0
    returns: bool = False
    stuck: int | None = None


class GatesRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """What a version must be to be activated without a written reason; `version` is the one that was seen."""

    max_f1_drop: Share = 0.02
    min_accuracy: Share = 0.7
    max_broken: Annotated[int, Meta(ge=0, le=10_000)] = 3
    version: int = 0
