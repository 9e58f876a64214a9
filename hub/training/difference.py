"""What one version of the bot was taught that another was not. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.training.data import Example
from bot.training.project import is_nlu
from hub.store.versions import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What of an intent is new, and what is gone."""

    intent: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Intents whose sentences differ, and files (answers, rules, pipeline) that do."""

    intents: tuple[Taught, ...]
    files: tuple[str, ...]


def difference(before: Snapshot, after: Snapshot) -> Difference:
    """What changed from one to the other."""
    old, new = _sentences(before.examples), _sentences(after.examples)
    intents = [
        Taught(
            intent=name,
            added=tuple(sorted(new.get(name, set()) - old.get(name, set()))),
            removed=tuple(sorted(old.get(name, set()) - new.get(name, set()))),
        )
        for name in sorted({*old, *new})
        if new.get(name) != old.get(name)
    ]
    was, now = _files(before), _files(after)
    files = sorted(name for name in {*was, *now} if was.get(name) != now.get(name))
    return Difference(intents=tuple(intents), files=tuple(files))


def _sentences(examples: Iterable[Example]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in examples:
        found.setdefault(one.intent, set()).add(one.text)
    return found


def _files(snapshot: Snapshot) -> dict[str, str]:
    return {name: text for name, text in snapshot.files.items() if not is_nlu(name, text)}
