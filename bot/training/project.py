"""A Rasa project as files: read from a folder, written to one, and what does not fit together in it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import yaml

from bot.environment import ASSISTANT
from bot.training.data import DataRefused, Example, Problem, refused, scarce
from bot.training.domain import domain_of, names_of
from bot.training.nlu_yaml import nlu_file
from bot.training.pinned import STORIES
from bot.training.pipeline import fitted_config
from bot.training.reading import MAX_BYTES, decoded, read_files
from bot.training.safe_yaml import compose, plain, sound
from bot.training.words import without_intents, words_in

MAX_FILES = 500
ENDINGS = frozenset({".yml", ".yaml"})
OLD_ENDINGS = frozenset({".md", ".json"})
HEAD = 65_536
"""So many bytes of a file show whether it is one of those."""
_OLD = re.compile(
    rb"^##\s*(?:intent|synonym|regex|lookup)\s*:|^\*\s*\w.*\r?\n\s+-\s*(?:utter|action)_|\"rasa_nlu_data\"",
    re.MULTILINE,
)
NEEDED = ("config.yml", "domain.yml")
_SINGLE = (*NEEDED, "studio/forms.yml", STORIES)
_FOLDERS = ("data", "tests")


def read_project(folder: Path) -> dict[str, str]:
    """The project's YAML files by path: config, domain, `data/`, `tests/` (held-out: `tests/nlu/`).

    Raises:
        DataRefused: It is not a Rasa project, a file is too large or not UTF-8, or its YAML is not harmless.
    """
    if not (folder / "domain.yml").is_file() and (folder / "domain").is_dir():
        raise refused(folder.name, "not_project", "Put the parts of the domain together in one domain.yml.")
    paths = {name: folder / name for name in _SINGLE if (folder / name).is_file()}
    for part in _FOLDERS:
        below = sorted(path for path in (folder / part).rglob("*.y*ml") if path.is_file())
        paths |= {name: path for path in below if is_part(name := path.relative_to(folder).as_posix())}
    refuse_incomplete(folder.name, paths)
    old = [path for path in (folder / "data").rglob("*") if path.suffix in OLD_ENDINGS and path.is_file()]
    for path in old[:MAX_FILES]:
        with path.open("rb") as file:
            refuse_old(path.relative_to(folder).as_posix(), file.read(HEAD))
    if len(paths) > MAX_FILES:
        raise refused(folder.name, "too_many_files", f"There are more than {MAX_FILES} files.")
    return {name: _read(name, path) for name, path in paths.items()}


def is_part(name: str) -> bool:
    """Whether a file of this path, from the project's folder on, belongs to what is read of a project."""
    path = PurePosixPath(name)
    return name in _SINGLE or (path.parts[:1] in [(one,) for one in _FOLDERS] and path.suffix in ENDINGS)


def refuse_incomplete(what: str, names: Container[str]) -> None:
    """Raise DataRefused where config or domain are missing."""
    if missing := [name for name in NEEDED if name not in names]:
        raise refused(what, "not_project", f"This is no Rasa project: {' and '.join(missing)} missing.")


def refuse_old(name: str, head: bytes) -> None:
    """Raise DataRefused for examples or stories in Markdown or in one JSON document, which would be left out."""
    if _OLD.search(head):
        text = "Only YAML is read here: `rasa data convert` of Rasa 2 makes it of older files."
        raise refused(f"{name}:1", "old_rasa", text)


def _read(name: str, path: Path) -> str:
    if path.is_symlink() or path.stat().st_size > MAX_BYTES:
        raise refused(name, "too_large", f"The file has more than {MAX_BYTES // 1024**2} MB, or is a link.")
    return harmless(name, path.read_bytes())


def harmless(name: str, raw: bytes) -> str:
    """A file's text. Raises DataRefused when it is not UTF-8 or its YAML could do harm."""
    text = decoded(name, raw)
    sound(name, text)
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
        found += [replace(one, split="test") for one in test]
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
    kept = without_examples(files)
    kept |= nlu_files(examples, kept)
    if fit:
        data = {name: text for name, text in kept.items() if name.startswith("data/")}
        kept["config.yml"] = fitted_config(files["config.yml"], examples, words_in(data))
    for name, text in kept.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def without_examples(files: Mapping[str, str]) -> dict[str, str]:
    """The files without examples. Of one that also holds rules, stories or words, those stay."""
    kept = {name: text if not is_nlu(name, text) else without_intents(name, text) for name, text in files.items()}
    return {name: text for name, text in kept.items() if text}


def nlu_files(examples: Iterable[Example], taken: Container[str] = ()) -> dict[str, str]:
    """NLU files by path: `data/nlu/<lang>.yml` and `tests/nlu/<lang>.yml`, or the next name that is not `taken`."""
    parts: dict[str, list[Example]] = {}
    for one in examples:
        parts.setdefault(f"{'data' if one.split == 'train' else 'tests'}/nlu/{one.lang}", []).append(one)
    return {_free(name, taken): nlu_file(group) for name, group in parts.items()}


def _free(name: str, taken: Container[str]) -> str:
    names = itertools.chain([f"{name}.yml"], (f"{name}_{number}.yml" for number in itertools.count(2)))
    return next(one for one in names if one not in taken)


def write_nlu_only(folder: Path, examples: Sequence[Example]) -> None:
    """Write a project that only understands: the assistant's own pipeline, and these examples."""
    domain = {"version": "3.1", "intents": sorted({one.intent for one in examples})}
    entities = sorted({mark.entity for one in examples for mark in one.marks})
    files = {
        "config.yml": (ASSISTANT / "config.yml").read_text("utf-8"),
        "domain.yml": yaml.safe_dump(domain | ({"entities": entities} if entities else {}), allow_unicode=True),
    }
    write_project(folder, files, [one for one in examples if one.split == "train"])


def problems_of(files: Mapping[str, str], examples: Iterable[Example]) -> list[Problem]:
    """What training would not say, or say too late: intents and entities that the domain does not know, and so on.

    Raises:
        DataRefused: The domain is none.
    """
    domain = domain_of(files["domain.yml"])
    known, kinds = (set(names_of(domain.get(part))) for part in ("intents", "entities"))
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
