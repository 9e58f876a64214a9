"""A Rasa project as files: read from a folder, written to one, and the pipeline that fits the number of examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import yaml

from bot.environment import ASSISTANT
from bot.training.data import DataRefused, Example, Problem, refused, scarce
from bot.training.nlu_yaml import nlu_file
from bot.training.reading import MAX_BYTES, decoded, read_files
from bot.training.safe_yaml import compose, plain

MANY_EXAMPLES = 1_000
"""Above so many, liblinear trains several times faster than lbfgs and understands slightly more."""
SURER = 0.1
"""What liblinear's confidences ask of the threshold in addition."""
MAX_FILES = 500


def read_project(folder: Path) -> dict[str, str]:
    """The project's YAML files by their path below `folder`: config, domain, `data/`, held-out `tests/nlu/`.

    Raises:
        DataRefused: It is not a Rasa project, a file is too large or not UTF-8, or its YAML is not harmless.
    """
    paths = [folder / "config.yml", folder / "domain.yml"]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise refused(folder.name, "not_project", f"This is no Rasa project: {' and '.join(missing)} missing.")
    for part in ("data", "tests/nlu"):
        paths += sorted(path for path in (folder / part).rglob("*.yml") if path.is_file())
    if len(paths) > MAX_FILES:
        raise refused(folder.name, "too_many_files", f"There are more than {MAX_FILES} files.")
    return {path.relative_to(folder).as_posix(): _harmless(path, folder) for path in paths}


def _harmless(path: Path, folder: Path) -> str:
    name = path.relative_to(folder).as_posix()
    if path.is_symlink() or path.stat().st_size > MAX_BYTES:
        raise refused(name, "too_large", f"The file has more than {MAX_BYTES // 1024**2} MB, or is a link.")
    text = decoded(name, path.read_bytes())
    compose(name, text, aliases=True)
    return text


def is_nlu(name: str, text: str) -> bool:
    """Whether a file holds examples of intents (and not only regexes, rules or stories)."""
    if not name.startswith(("data/", "tests/nlu/")):
        return False
    root = plain(compose(name, text, aliases=True))
    items = root.get("nlu") if isinstance(root, Mapping) else None
    return isinstance(items, list) and any(isinstance(item, Mapping) and "intent" in item for item in items)


def examples_of(files: Mapping[str, str]) -> list[Example]:
    """All examples of a project; those below `tests/nlu/` are its test set.

    Raises:
        DataRefused: An example is not fit to be one.
    """
    held = {name: text for name, text in files.items() if name.startswith("tests/nlu/")}
    taught = {name: text.encode() for name, text in files.items() if name not in held and is_nlu(name, text)}
    found = read_files(taught)
    if held:
        test = read_files({name: text.encode() for name, text in held.items() if is_nlu(name, text)}, may_be_few=True)
        found += [
            Example(text=one.text, intent=one.intent, lang=one.lang, split="test", marks=one.marks) for one in test
        ]
    return found


def write_project(folder: Path, files: Mapping[str, str], examples: Sequence[Example], *, fit: bool = True) -> None:
    """Write a project whose examples are `examples`: `files` without their own, and one file for each language.

    What is to be tested goes to `tests/nlu/`, where `rasa train` does not look. `fit`: choose the solver by the number
    of examples.

    Raises:
        DataRefused: An intent has too few examples to train on.
    """
    wrong = scarce((one, one.intent) for one in examples)
    if wrong:
        raise DataRefused(wrong)
    kept = {name: text for name, text in files.items() if not is_nlu(name, text)}
    kept |= nlu_files(examples)
    if fit:
        kept["config.yml"] = fitted_config(files["config.yml"], sum(one.split == "train" for one in examples))
    for name, text in kept.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def nlu_files(examples: Iterable[Example]) -> dict[str, str]:
    """NLU files by path: `data/nlu/<lang>.yml` and `tests/nlu/<lang>.yml`."""
    parts: dict[str, list[Example]] = {}
    for one in examples:
        parts.setdefault(f"{'data' if one.split == 'train' else 'tests'}/nlu/{one.lang}.yml", []).append(one)
    return {name: nlu_file(group) for name, group in parts.items()}


def write_nlu_only(folder: Path, examples: Sequence[Example]) -> None:
    """Write a project that only understands: the assistant's own pipeline, and these examples."""
    domain = {"version": "3.1", "intents": sorted({one.intent for one in examples})}
    entities = sorted({mark.entity for one in examples for mark in one.marks})
    files = {
        "config.yml": (ASSISTANT / "config.yml").read_text("utf-8"),
        "domain.yml": yaml.safe_dump(domain | ({"entities": entities} if entities else {}), allow_unicode=True),
    }
    write_project(folder, files, [one for one in examples if one.split == "train"])


def fitted_config(config: str, examples: int) -> str:
    """The pipeline for so many examples; a configuration that names its solver is left as it is."""
    root = plain(compose("config.yml", config, aliases=True))
    parts = root.get("pipeline") if isinstance(root, dict) else None
    if examples <= MANY_EXAMPLES or not isinstance(parts, list):
        return config
    named = {str(part.get("name")): part for part in parts if isinstance(part, dict)}
    classifier = named.get("LogisticRegressionClassifier")
    if classifier is None or "solver" in classifier:
        return config
    classifier["solver"] = "liblinear"
    if (fallback := named.get("FallbackClassifier")) is not None:
        fallback["threshold"] = round(min(float(fallback.get("threshold", 0.3)) + SURER, 0.9), 2)
    return yaml.safe_dump(root, allow_unicode=True, sort_keys=False)


def problems_of(files: Mapping[str, str], examples: Iterable[Example]) -> list[Problem]:
    """What training would not say, or say too late: intents and entities that the domain does not know, and so on."""
    domain = plain(compose("domain.yml", files["domain.yml"], aliases=True))
    if not isinstance(domain, Mapping):
        return [Problem(place="domain.yml:1", code="not_domain", text="The domain must be keys and values.")]
    known = {next(iter(one)) if isinstance(one, Mapping) else str(one) for one in domain.get("intents") or []}
    kinds = {next(iter(one)) if isinstance(one, Mapping) else str(one) for one in domain.get("entities") or []}
    found = []
    for one in examples:
        if one.intent not in known:
            text = f"The intent {one.intent} is not in the domain."
            found.append(Problem(place=f"intent {one.intent}", code="unknown_intent", text=text))
        for mark in one.marks:
            if mark.entity not in kinds:
                text = f"The entity {mark.entity} is not in the domain."
                found.append(Problem(place=f"intent {one.intent}", code="unknown_entity", text=text))
    return list(dict.fromkeys(found))
