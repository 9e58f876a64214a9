"""The pipeline that fits what is trained: solver by the number of examples, extractors by what is to be found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from bot.training.data import Example
from bot.training.safe_yaml import compose, plain
from bot.training.words import Words

MANY_EXAMPLES = 1_000
"""Above so many, liblinear trains several times faster than lbfgs and understands slightly more."""
SURER = 0.1
"""What liblinear's confidences ask of the threshold in addition."""
ENOUGH_MARKS = 5
"""From so many marked examples on, an entity without pattern or list is learnt from them."""
_LEARNERS = frozenset({"CRFEntityExtractor", "DIETClassifier"})


def fitted_config(config: str, examples: Sequence[Example], words: Iterable[Words]) -> str:
    """The configuration for these; what it says itself (a solver, a learner of entities) is left as it is."""
    root = plain(compose("config.yml", config, aliases=True))
    parts = root.get("pipeline") if isinstance(root, dict) else None
    if not isinstance(parts, list):
        return config
    taught = [one for one in examples if one.split == "train"]
    changed = _solved(parts, len(taught)) | _finding(parts, taught, list(words))
    return yaml.safe_dump(root, allow_unicode=True, sort_keys=False) if changed else config


def threshold_of(config: str) -> float:
    """The confidence below which a pipeline understands nothing; 0 where it has no such limit."""
    root = plain(compose("config.yml", config, aliases=True))
    parts = root.get("pipeline") if isinstance(root, dict) else None
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and part.get("name") == "FallbackClassifier":
            return _threshold(part)
    return 0.0


def _threshold(fallback: Mapping[str, Any]) -> float:
    """Rasa's own where none is named; of one that is no number Rasa complains in training."""
    named = fallback.get("threshold")
    return float(named) if isinstance(named, int | float) else 0.3


def _solved(parts: list[Any], examples: int) -> bool:
    named = _named(parts)
    classifier = named.get("LogisticRegressionClassifier")
    if examples <= MANY_EXAMPLES or classifier is None or "solver" in classifier:
        return False
    classifier["solver"] = "liblinear"
    if (fallback := named.get("FallbackClassifier")) is not None:
        fallback["threshold"] = round(min(_threshold(fallback) + SURER, 0.9), 2)
    return True


def _finding(parts: list[Any], examples: Sequence[Example], words: Sequence[Words]) -> bool:
    """Have lists looked up, marks learnt from, synonyms replaced, where there are any."""
    named, changed = _named(parts), False
    lists = {one.name for one in words if one.kind == "lookup"}
    marks = Counter(mark.entity for one in examples for mark in one.marks)
    extractor = named.get("RegexEntityExtractor")
    if extractor is not None and lists & set(marks) and not extractor.get("use_lookup_tables", True):
        extractor["use_lookup_tables"] = changed = True
    found = {one.name for one in words if one.kind != "synonym"}
    if not _LEARNERS & set(named) and any(n >= ENOUGH_MARKS and kind not in found for kind, n in marks.items()):
        parts.append({"name": "CRFEntityExtractor"})
        changed = True
    stands_for = any(mark.value for one in examples for mark in one.marks)
    if "EntitySynonymMapper" not in named and (stands_for or any(one.kind == "synonym" for one in words)):
        parts.append({"name": "EntitySynonymMapper"})
        changed = True
    return changed


def _named(parts: Sequence[Any]) -> dict[str, Any]:
    return {str(part.get("name")): part for part in parts if isinstance(part, dict)}
