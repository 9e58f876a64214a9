"""Data sets from files: CSV, JSON Lines, Rasa YAML. All of a set is good, or all of it is refused with the places.

Columns or keys: `text`, `intent`, and optionally `lang` (`fa`, `en`; else by script) and `split` (`train`, `test`; else
`train`); others are ignored. In Rasa YAML, `lang` and `split` are metadata of an intent or of an example.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha1
from pathlib import Path
from typing import cast

from bot.persian import normalise
from bot.training.data import (
    SHOWN_PROBLEMS,
    DataRefused,
    Example,
    Mark,
    Problem,
    Split,
    distinct,
    language_of,
    marks_problem,
    name_problem,
    refused,
    scarce,
    text_problem,
)
from bot.training.nlu_yaml import Row, nlu_rows

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 200_000
KINDS = frozenset({".csv", ".jsonl", ".ndjson", ".yml", ".yaml"})
_FORMULA = ("=", "+", "-", "@")


def read_path(path: Path) -> list[Example]:
    """Read a file, or every file of a known kind below a folder.

    Raises:
        DataRefused: With every problem's place; nothing is to be used then.
        OSError: It cannot be read.
    """
    if path.is_dir():
        paths = sorted(one for one in path.rglob("*") if one.suffix.lower() in KINDS and one.is_file())
        if not paths:
            raise refused(path.name, "no_data", "There is no .csv, .jsonl or .yml file in this folder.")
    else:
        paths = [path]
    for one in paths:
        if one.stat().st_size > MAX_BYTES:
            raise refused(one.name, "too_large", f"The file has more than {MAX_BYTES // 1024**2} MB.")
    return read_files(
        {one.relative_to(path).as_posix() if path.is_dir() else one.name: one.read_bytes() for one in paths}
    )


def read_files(files: Mapping[str, bytes], *, may_be_few: bool = False) -> list[Example]:
    """Read files by name; `may_be_few`: an intent may have a single example. Raises DataRefused."""
    found: list[tuple[Example, str]] = []
    problems: list[Problem] = []
    for name, raw in files.items():
        for row in _rows(name, raw):
            made = _example(row)
            if isinstance(made, Problem):
                problems.append(made)
                if len(problems) >= SHOWN_PROBLEMS:
                    raise DataRefused(problems)
            else:
                found.append((made, row.place))
            if len(found) > MAX_ROWS:
                raise refused(row.place, "too_many_rows", f"There are more than {MAX_ROWS} rows.")
    if not problems and not found:
        raise refused(next(iter(files), "data"), "no_data", "There is no example in this.")
    problems = problems or ([] if may_be_few else scarce(found))
    if problems:
        raise DataRefused(problems)
    return distinct(example for example, _ in found)


def held_out(examples: list[Example]) -> tuple[list[Example], list[Example], bool]:
    """Training and test set, and whether the data itself says which is which.

    Where nothing is marked as test, a fifth is: those whose text's SHA-1 is divisible by 5, the same every time.
    """
    test = [one for one in examples if one.split == "test"]
    if test:
        return [one for one in examples if one.split == "train"], test, True

    def chosen(one: Example) -> bool:
        return int(sha1(one.text.encode(), usedforsecurity=False).hexdigest(), 16) % 5 == 0

    return [one for one in examples if not chosen(one)], [one for one in examples if chosen(one)], False


def _rows(name: str, raw: bytes) -> Iterator[Row]:
    if len(raw) > MAX_BYTES:
        raise refused(name, "too_large", f"The file has more than {MAX_BYTES // 1024**2} MB.")
    text = decoded(name, raw)
    match Path(name).suffix.lower():
        case ".csv":
            return _csv_rows(name, text)
        case ".jsonl" | ".ndjson":
            return _json_rows(name, text)
        case ".yml" | ".yaml":
            return nlu_rows(name, text)
        case _:
            raise refused(name, "unknown_kind", "Only .csv, .jsonl and .yml files are read.")


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
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] | None = None
    begins = 1
    try:
        for cells in reader:
            place, begins = f"{name}:{begins}", reader.line_num + 1
            if columns is None:
                columns = [cell.strip().lower() for cell in cells]
                _refuse_columns(columns, place)
            elif any(cell.strip() for cell in cells):
                if len(cells) != len(columns):
                    raise refused(place, "columns", f"{len(cells)} columns where the first line has {len(columns)}.")
                yield _row(dict(zip(columns, map(_unquoted, cells), strict=True)), place)
    except csv.Error as error:
        raise refused(f"{name}:{reader.line_num}", "bad_csv", f"This is not valid CSV: {error}.") from None


def _refuse_columns(columns: list[str], place: str) -> None:
    for wanted in ("text", "intent"):
        if columns.count(wanted) != 1:
            raise refused(place, "columns", f"The first line must name the column {wanted!r}, once.")


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
            raise refused(place, "bad_json", "This line is not valid JSON.") from None
        if not isinstance(found, dict):
            raise refused(place, "bad_json", "This line is not a JSON object.")
        yield _row(found, place)


def _row(fields: Mapping[str, object], place: str) -> Row:
    for name in ("text", "intent", "lang", "split"):
        if not isinstance(fields.get(name), str) and not (name in ("lang", "split") and fields.get(name) is None):
            raise refused(place, "field", f"The field {name} is missing or not a text.")
    return Row(
        place=place,
        text=cast("str", fields["text"]),
        intent=cast("str", fields["intent"]).strip(),
        lang=cast("str | None", fields.get("lang")),
        split=cast("str | None", fields.get("split")),
    )


def _example(row: Row) -> Example | Problem:
    lang, split = (row.lang or "").strip().lower(), (row.split or "train").strip().lower()
    wrong = name_problem(row.intent, row.place) or text_problem(row.text, row.place)
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
        text=text, intent=row.intent, lang=language_of(text, lang), split=cast("Split", split), marks=marks
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
        moved.append(Mark(start=at, end=at + len(words), entity=mark.entity, value=mark.value))
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
