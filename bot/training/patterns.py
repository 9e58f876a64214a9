"""Regular expressions from admins: valid for the bot's Python, and not so slow that one message stops the bot.

Whether a pattern is slow is tried out, on texts made to be the worst for it, in a process of its own that may use
little time: no rule by its looks finds them all (rasa reads messages with `re`, which cannot be interrupted).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from bot.training.data import Problem

MAX_PATTERN = 500
"""Characters of one pattern."""
CPU_SECONDS = 2
"""What the worst texts may cost all patterns together; a good pattern needs a thousandth of it."""
PUMPED = 1_000
MOST_TEXTS = 60
_NEWER = frozenset({op.ATOMIC_GROUP, op.POSSESSIVE_REPEAT})
_REPEATS = frozenset({op.MAX_REPEAT, op.MIN_REPEAT})
_BELOW = {
    op.MAX_REPEAT: 2,
    op.MIN_REPEAT: 2,
    op.POSSESSIVE_REPEAT: 2,
    op.SUBPATTERN: 3,
    op.ASSERT: 1,
    op.ASSERT_NOT: 1,
}
"""Where in a node's value the sequence below it stands."""
_CATEGORIES = {op.CATEGORY_DIGIT: "1", op.CATEGORY_SPACE: " ", op.CATEGORY_NOT_WORD: " "}

_JOB = f"""
import json, re, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({CPU_SECONDS}, {CPU_SECONDS}))
for number, (pattern, texts) in enumerate(json.load(sys.stdin)):
    print(number, flush=True)
    compiled = re.compile(pattern, re.IGNORECASE)
    for text in texts:
        for _ in compiled.finditer(text):
            pass
print("done")
"""


def pattern_problem(pattern: str, place: str) -> Problem | None:
    """What is wrong with a pattern's form; None when nothing is."""
    if not pattern or len(pattern) > MAX_PATTERN:
        return Problem(place=place, code="regex_size", text=f"A pattern has 1 to {MAX_PATTERN} characters.")
    try:
        parsed = _parser.parse(pattern, re.IGNORECASE)
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return Problem(place=place, code="regex_invalid", text=f"This is no regular expression: {error}.")
    if any(kind in _NEWER for kind, _ in _walk(parsed)):
        text = "The bot's Python does not know atomic groups and possessive repeats."
        return Problem(place=place, code="regex_invalid", text=text)
    if parsed.getwidth()[0] == 0:
        return Problem(place=place, code="regex_empty", text="This pattern also fits where nothing is.")
    return None


def slow_pattern(patterns: Sequence[str]) -> int | None:
    """The number of the first pattern that takes too long on texts made against it; None when none does.

    All must be valid. Takes a tenth of a second; call it in a thread.
    """
    if not patterns:
        return None
    work = json.dumps([(one, list(hostile_texts(one))) for one in patterns])
    command = [sys.executable, "-I", "-c", _JOB]  # nothing of the patterns is in it
    done = subprocess.run(command, input=work, capture_output=True, text=True, check=False)  # noqa: S603
    reached = done.stdout.split()
    return None if "done" in reached else int(reached[-1]) if reached else 0


def hostile_texts(pattern: str) -> Iterable[str]:
    """Texts that begin as the pattern wishes, then repeat what it repeats a thousand times, and end otherwise."""
    parsed = _parser.parse(pattern, re.IGNORECASE)
    samples = sorted({_sample_of([(kind, value)]) for kind, value in _walk(parsed)} - {""}, key=len)[:8]
    pumped = [*_pumped(list(parsed), ""), *(one * (PUMPED // len(one)) for one in samples)]
    pumped += [(a + b) * (PUMPED // 2) for a in samples[:4] for b in samples[:4] if a != b]
    texts = [text[: 2 * PUMPED] + end for text in pumped for end in ("\0", "")]
    return list(dict.fromkeys(texts))[:MOST_TEXTS]


def _walk(parsed: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Every node of a parsed pattern."""
    for kind, value in parsed:
        yield kind, value
        for part in _parts(kind, value):
            yield from _walk(part)


def _parts(kind: Any, value: Any) -> list[Any]:
    """The sequences below a node."""
    if kind is op.BRANCH:
        return list(value[1])
    if kind is op.GROUPREF_EXISTS:
        return [one for one in value[1:] if one]
    if kind is op.ATOMIC_GROUP:
        return [value]
    return [value[_BELOW[kind]]] if kind in _BELOW else []


def _pumped(nodes: Sequence[Any], before: str) -> Iterator[str]:
    """For every repeat: what comes before it, then what it repeats, many times."""
    for kind, value in nodes:
        for part in _parts(kind, value):
            yield from _pumped(list(part), before)
        if kind in _REPEATS and value[1] > 1:
            body = _sample_of(value[2])
            if body:
                yield before + body * (min(value[1], PUMPED) // len(body) + 1)
        before += _sample_of([(kind, value)])


def _sample_of(nodes: Iterable[Any]) -> str:
    """A short text that a sequence fits, more or less."""
    return "".join(_sample(kind, value) for kind, value in nodes)


def _sample(kind: Any, value: Any) -> str:
    if kind is op.LITERAL:
        return chr(value)
    if kind in (op.ANY, op.NOT_LITERAL):
        return "b" if value == ord("a") else "a"
    if kind is op.IN:
        return _sample_of_set(value)
    if kind in _REPEATS:
        return _sample_of(value[2]) * int(min(max(value[0], 1), PUMPED))
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return ""
    below: list[Any] = _parts(kind, value)[:1]
    return _sample_of(below[0]) if below else ""


def _sample_of_set(items: Sequence[Any]) -> str:
    if items[0][0] is op.NEGATE:
        refused = {value for kind, value in items[1:] if kind is op.LITERAL}
        return next((letter for letter in "a1 -b" if ord(letter) not in refused), "")
    kind, value = items[0]
    if kind is op.LITERAL:
        return chr(value)
    return chr(value[0]) if kind is op.RANGE else str(_CATEGORIES.get(value, "a"))
