"""What a model is worth: figures from its reading of held-out sentences. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.training.data import Example

THRESHOLDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
BINS = 20
"""So many steps of confidence are told apart in the distribution, each 1/20 wide."""
Ranking = Sequence[tuple[str, float]]
"""The best intents of a sentence with their confidence, the best first; empty when nothing was understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentScore:
    """One intent: `support` sentences of the test set are of it. Shares are 0..1, 0 where nothing was predicted."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A sentence of the test set that was taken for something else."""

    text: str
    intent: str
    predicted: str
    confidence: float
    lang: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """If the bot answered only from this confidence on: the share of sentences answered, and of those right."""

    threshold: float
    answered: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """So many sentences read with a confidence of one step, rightly and wrongly."""

    right: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A model on its test set. `confused`: (intent, predicted, how often), the most frequent first.

    `bins`: the distribution of confidence, `BINS` equal steps from 0 to 1; empty in reports of before. `threshold`: the
    model's own, below which it understands nothing.
    """

    accuracy: float
    macro_f1: float
    n_train: int
    n_test: int
    train_seconds: float
    peak_mb: int
    per_intent: dict[str, IntentScore]
    per_lang: dict[str, float]
    errors: tuple[Wrong, ...]
    confused: tuple[tuple[str, str, int], ...]
    thresholds: tuple[Threshold, ...]
    bins: tuple[Bin, ...] = ()
    threshold: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A sentence that two models read differently; `before` and `after` are what they took it for."""

    text: str
    intent: str
    before: str
    after: str


def judge(
    test: Sequence[Example],
    read: Sequence[Ranking],
    *,
    n_train: int,
    train_seconds: float,
    peak_mb: int,
    threshold: float = 0.0,
) -> Report:
    """Compare what a model read with what is right; `read` has a ranking for every example of `test`."""
    pairs = [(one, _best(ranking)) for one, ranking in zip(test, read, strict=True)]
    right = sum(one.intent == name for one, (name, _) in pairs)
    scores = _scores([(one.intent, name) for one, (name, _) in pairs])
    wrong = [
        Wrong(text=one.text, intent=one.intent, predicted=name, confidence=sure, lang=one.lang)
        for one, (name, sure) in pairs
        if name != one.intent
    ]
    confused = Counter((one.intent, one.predicted) for one in wrong)
    # As scikit-learn's macro average: over every intent that is right or predicted anywhere.
    return Report(
        accuracy=_share(right, len(pairs)),
        macro_f1=_share(sum(score.f1 for score in scores.values()), len(scores)),
        n_train=n_train,
        n_test=len(test),
        train_seconds=train_seconds,
        peak_mb=peak_mb,
        per_intent=scores,
        per_lang={lang: _right_of(pairs, lang) for lang in sorted({one.lang for one in test})},
        errors=tuple(sorted(wrong, key=lambda one: -one.confidence)),
        confused=tuple((intent, taken, times) for (intent, taken), times in confused.most_common()),
        thresholds=tuple(_threshold(pairs, at) for at in THRESHOLDS),
        bins=_bins(pairs),
        threshold=threshold,
    )


def compare(before: Report, after: Report, test: Sequence[Example]) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """Which sentences of `test`, known to both reports, `after` reads right and `before` did not, and the reverse."""
    old = {(one.text, one.intent): one.predicted for one in before.errors}
    new = {(one.text, one.intent): one.predicted for one in after.errors}
    changes = [
        Change(
            text=one.text,
            intent=one.intent,
            before=old.get((one.text, one.intent), one.intent),
            after=new.get((one.text, one.intent), one.intent),
        )
        for one in test
    ]
    fixed = tuple(one for one in changes if one.before != one.intent and one.after == one.intent)
    broken = tuple(one for one in changes if one.before == one.intent and one.after != one.intent)
    return fixed, broken


def _best(ranking: Ranking) -> tuple[str, float]:
    return ranking[0] if ranking else ("", 0.0)


def _scores(pairs: Sequence[tuple[str, str]]) -> dict[str, IntentScore]:
    support = Counter(intent for intent, _ in pairs)
    predicted = Counter(name for _, name in pairs if name)
    hits = Counter(intent for intent, name in pairs if intent == name)
    scores = {}
    for intent in sorted({*support, *predicted}):
        precision, recall = _share(hits[intent], predicted[intent]), _share(hits[intent], support[intent])
        f1 = round(2 * hits[intent] / ((predicted[intent] + support[intent]) or 1), 4)
        scores[intent] = IntentScore(precision=precision, recall=recall, f1=f1, support=support[intent])
    return scores


def _right_of(pairs: Sequence[tuple[Example, tuple[str, float]]], lang: str) -> float:
    mine = [one.intent == name for one, (name, _) in pairs if one.lang == lang]
    return _share(sum(mine), len(mine))


def _threshold(pairs: Sequence[tuple[Example, tuple[str, float]]], at: float) -> Threshold:
    answered = [one.intent == name for one, (name, sure) in pairs if sure >= at]
    return Threshold(
        threshold=at, answered=_share(len(answered), len(pairs)), right=_share(sum(answered), len(answered))
    )


def _bins(pairs: Sequence[tuple[Example, tuple[str, float]]]) -> tuple[Bin, ...]:
    counts = Counter((min(int(sure * BINS + 1e-6), BINS - 1), one.intent == name) for one, (name, sure) in pairs)
    return tuple(Bin(right=counts[step, True], wrong=counts[step, False]) for step in range(BINS))


def _share(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
