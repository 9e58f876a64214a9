"""Data sets from files: CSV, JSON Lines, Rasa YAML. All of a set is good, or all of it is refused with the places.

Columns or keys: `text`, `intent`, and optionally `lang` (`fa`, `en-GB`; else by script) and `split` (`train`, `test`;
else `train`); others are ignored. In Rasa YAML, `lang` and `split` are metadata of an intent or of an example.
A set that is only judged may call its intents as it likes: see `read_path`.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha1
from pathlib import Path
from typing import cast

from bot.persian import normalise
from bot.training.data import (
    FEWEST_EXAMPLES,
    NAME_PROBLEMS,
    SHOWN_PROBLEMS,
    DataRefused,
    Example,
    Mark,
    Problem,
    Split,
    distinct,
    label_problem,
    language_of,
    marks_problem,
    name_problem,
    refused,
    scarce,
    text_problem,
)
from bot.training.nlu_yaml import PROJECT_SECTIONS, SECTIONS, Row, nlu_rows

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 200_000
KINDS = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".yml", ".yaml"})
HELD_OUT = "tests/nlu/"
"""Where a Rasa project keeps what it is not trained on."""
_JSON_LINE = '{"text": ..., "intent": ..., "split": ...}'
_FORMULA = ("=", "+", "-", "@")


def read_path(path: Path) -> list[Example]:
    """Read a set to be judged: a file, or every file of a known kind below a folder, with all repetitions.

    Of a Rasa project, `data/` and `tests/nlu/` are read. Intents may have any name, as they never get into a bot.

    Raises:
        DataRefused: With every problem's place; nothing is to be used then.
        OSError: It cannot be read.
    """
    if not path.exists():
        raise refused(str(path), "no_data", "There is no such file or folder.")
    folder, paths = (path, _paths_below(path)) if path.is_dir() else (path.parent, [path])
    for one in paths:
        if one.stat().st_size > MAX_BYTES:
            raise refused(one.name, "too_large", f"The file has more than {MAX_BYTES // 1024**2} MB.")
    found = read_placed({one.relative_to(folder).as_posix(): one.read_bytes() for one in paths}, judged=True)
    if problems := scarce(found):
        raise DataRefused(problems)
    return [replace(one, split="test") if place.startswith(HELD_OUT) else one for one, place in found]


def _paths_below(folder: Path) -> list[Path]:
    project = (folder / "domain.yml").is_file() and (folder / "data").is_dir()
    parts = (folder / "data", folder / HELD_OUT) if project else (folder,)
    paths = sorted(one for part in parts for one in part.rglob("*") if one.suffix.lower() in KINDS and one.is_file())
    if not paths:
        raise refused(folder.name, "no_data", "There is no .csv, .tsv, .jsonl or .yml file in this folder.")
    return paths


def read_files(files: Mapping[str, bytes], *, may_be_few: bool = False, may_be_none: bool = False) -> list[Example]:
    """Read files by name. Raises DataRefused.

    Args:
        files: Their bytes by name.
        may_be_few: An intent may have a single example.
        may_be_none: There may be no example at all.
    """
    found = read_placed(files, may_be_none=may_be_none)
    if problems := ([] if may_be_few else scarce(found)):
        raise DataRefused(problems)
    return distinct(example for example, _ in found)


def read_placed(
    files: Mapping[str, bytes], *, may_be_none: bool = False, judged: bool = False
) -> list[tuple[Example, str]]:
    """The examples with their places, repetitions and all; an intent may have a single one. Raises DataRefused.

    Args:
        files: Their bytes by name.
        may_be_none: There may be no example at all.
        judged: The set is not to be taught: intents have any name, and Rasa files may hold other things, too.
    """
    name_wrong, sections = (label_problem, PROJECT_SECTIONS) if judged else (name_problem, SECTIONS)
    found: list[tuple[Example, str]] = []
    problems: list[Problem] = []
    misnamed: set[str] = set()
    for name, raw in files.items():
        for row in _rows(name, raw, sections):
            if row.intent in misnamed:
                continue
            made = _example(row, name_wrong)
            if isinstance(made, Problem):
                problems.append(made)
                if made.code in NAME_PROBLEMS:
                    misnamed.add(row.intent)
                if len(problems) >= SHOWN_PROBLEMS:
                    raise DataRefused(problems)
            else:
                found.append((made, row.place))
            if len(found) > MAX_ROWS:
                raise refused(row.place, "too_many_rows", f"There are more than {MAX_ROWS} rows.")
    if not problems and not found and not may_be_none:
        raise refused(next(iter(files), "data"), "no_data", "There is no example in this.")
    if problems:
        raise DataRefused(problems)
    return found


def held_out(examples: list[Example]) -> tuple[list[Example], list[Example], bool]:
    """Training and test set, and whether the data itself says which is which.

    Where nothing is marked as test, a fifth is: those whose text's SHA-1 is divisible by 5, the same every time, as
    long as an intent has enough left to be trained on.
    """
    test = [one for one in examples if one.split == "test"]
    if test:
        return [one for one in examples if one.split == "train"], test, True

    texts: dict[str, dict[str, None]] = defaultdict(dict)
    for one in examples:
        texts[one.intent][one.text] = None
    chosen = {
        (intent, text)
        for intent, said in texts.items()
        for text in [one for one in said if _fifth(one)][: max(len(said) - FEWEST_EXAMPLES, 0)]
    }
    taught = [one for one in examples if (one.intent, one.text) not in chosen]
    return taught, [one for one in examples if (one.intent, one.text) in chosen], False


def _fifth(text: str) -> bool:
    return int(sha1(text.encode(), usedforsecurity=False).hexdigest(), 16) % 5 == 0


def _rows(name: str, raw: bytes, sections: frozenset[str]) -> Iterator[Row]:
    if len(raw) > MAX_BYTES:
        raise refused(name, "too_large", f"The file has more than {MAX_BYTES // 1024**2} MB.")
    text = decoded(name, raw)
    match Path(name).suffix.lower():
        case ".csv" | ".tsv":
            return _csv_rows(name, text)
        case ".jsonl" | ".ndjson" | ".json":
            return _json_rows(name, text)
        case ".yml" | ".yaml":
            return nlu_rows(name, text, sections)
        case _:
            raise refused(name, "unknown_kind", "Only .csv, .tsv, .jsonl and .yml files are read.")


def decoded(name: str, raw: bytes) -> str:
    """The file as text. Raises DataRefused with the line of the first byte that is not UTF-8."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise refused(
            f"{name}:{line}", "encoding", "This is not UTF-8. Save the file as UTF-8 and try again."
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise refused(f"{name}:{line}", "encoding", "There is a NUL character: this is not a text file in UTF-8.")
    return text


def _csv_rows(name: str, text: str) -> Iterator[Row]:
    head = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] | None = None
    begins = 1
    try:
        for cells in reader:
            place, begins = f"{name}:{begins}", reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = [cell.strip().lower() for cell in cells]
                _refuse_columns(columns, place)
            elif len(cells) != len(columns):
                raise refused(place, "columns", f"{len(cells)} columns where the first line has {len(columns)}.")
            else:
                yield _row(dict(zip(columns, map(_unquoted, cells), strict=True)), place)
    except csv.Error as error:
        why = f"{error} (a quotation mark within a cell is written twice, and the cell between two)"
        raise refused(f"{name}:{reader.line_num}", "bad_csv", f"This is not valid CSV: {why}.") from None


def _refuse_columns(columns: list[str], place: str) -> None:
    for wanted in ("text", "intent"):
        if columns.count(wanted) != 1:
            named = ", ".join(columns)[:80]
            text = f"The first line must name the column {wanted!r}, once; it names: {named}."
            raise refused(place, "columns", text)


def _unquoted(cell: str) -> str:
    """Undo what `to_csv` does against formulas."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _json_rows(name: str, text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            what = "The file is one JSON document" if _is_json(text) else "This line is not valid JSON"
            raise refused(place, "bad_json", f"{what}: write an object a line, {_JSON_LINE}.") from None
        if not isinstance(found, dict):
            raise refused(place, "bad_json", f"Every line must be a JSON object: {_JSON_LINE}.")
        yield _row({key.strip().lower(): value for key, value in found.items()}, place)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _row(fields: Mapping[str, object], place: str) -> Row:
    for name in ("text", "intent", "lang", "split"):
        if not isinstance(fields.get(name), str) and not (name in ("lang", "split") and fields.get(name) is None):
            named = ", ".join(fields)[:80]
            raise refused(place, "field", f"The field {name} is missing or not a text; there are: {named}.")
    return Row(
        place=place,
        text=cast("str", fields["text"]),
        intent=cast("str", fields["intent"]).strip(),
        lang=cast("str | None", fields.get("lang")),
        split=cast("str | None", fields.get("split")),
    )


def _example(row: Row, name_wrong: Callable[[str, str], Problem | None]) -> Example | Problem:
    lang = (row.lang or "").strip().lower().replace("_", "-").partition("-")[0]
    split = (row.split or "train").strip().lower()
    wrong = name_wrong(row.intent, row.place) or text_problem(row.text, row.place)
    if wrong is not None:
        return wrong
    if lang not in ("", "fa", "en"):
        return Problem(place=row.place, code="lang", text=f"The language {lang[:20]!r} is neither fa nor en.")
    if split not in ("train", "test"):
        return Problem(place=row.place, code="split", text=f"The split {split[:20]!r} is neither train nor test.")
    text = normalise(row.text).lstrip("/").strip()
    marks = row.marks if text == row.text else _moved(row, text)
    if isinstance(marks, Problem):
        return marks
    wrong = marks_problem(text, marks, row.place)
    return wrong or Example(
        text=text,
        intent=row.intent,
        lang=language_of(text, lang),
        split=cast("Split", split),
        marks=marks,
        about=row.about,
    )


def _moved(row: Row, text: str) -> tuple[Mark, ...] | Problem:
    """The entities' places in the normalised text: each is looked for after the one before."""
    moved: list[Mark] = []
    at = 0
    for mark in sorted(row.marks, key=lambda one: one.start):
        words = normalise(row.text[mark.start : mark.end])
        at = text.find(words, at)
        if not words or at < 0:
            return Problem(place=row.place, code="entity_span", text=f"The entity {mark.entity} holds no words.")
        moved.append(replace(mark, start=at, end=at + len(words)))
        at += len(words)
    return tuple(moved)


def to_csv(examples: Iterable[Example]) -> str:
    """The examples as CSV with all four columns; cells that a spreadsheet would take for a formula get a `'`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("text", "intent", "lang", "split"))
    for one in examples:
        text = "'" + one.text if one.text.startswith(_FORMULA) else one.text
        writer.writerow((text, one.intent, one.lang, one.split))
    return out.getvalue()
