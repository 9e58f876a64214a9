"""What one version of the bot was taught that another was not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.training.data import DataRefused, Example
from bot.training.domain import FILE as DOMAIN
from bot.training.domain import domain_of
from bot.training.nlu_yaml import marked
from bot.training.project import is_nlu
from hub.store.versions import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What of an intent or a response is new, and what is gone; sentences with their entities as Rasa marks them."""

    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Intents whose sentences differ, responses whose words do, and files (answers, rules, pipeline) that differ."""

    intents: tuple[Changed, ...]
    responses: tuple[Changed, ...]
    files: tuple[str, ...]


def difference(before: Snapshot, after: Snapshot) -> Difference:
    """What changed from one to the other."""
    was, now = _files(before), _files(after)
    return Difference(
        intents=_changed(_sentences(before.examples), _sentences(after.examples)),
        responses=_changed(_said(was), _said(now)),
        files=tuple(sorted(name for name in {*was, *now} if was.get(name) != now.get(name))),
    )


def _changed(old: Mapping[str, set[str]], new: Mapping[str, set[str]]) -> tuple[Changed, ...]:
    return tuple(
        Changed(
            name=name,
            added=tuple(sorted(new.get(name, set()) - old.get(name, set()))),
            removed=tuple(sorted(old.get(name, set()) - new.get(name, set()))),
        )
        for name in sorted({*old, *new})
        if new.get(name) != old.get(name)
    )


def _sentences(examples: Iterable[Example]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in examples:
        found.setdefault(one.intent, set()).add(marked(one))
    return found


def _said(files: Mapping[str, str]) -> dict[str, set[str]]:
    try:
        domain = domain_of(files.get(DOMAIN, "{}"))
    except DataRefused:  # it was taken up before this was refused
        return {}
    responses = domain.get("responses") or {}
    return {name: {str(one["text"]) for one in variants if one.get("text")} for name, variants in responses.items()}


def _files(snapshot: Snapshot) -> dict[str, str]:
    return {name: text for name, text in snapshot.files.items() if not is_nlu(name, text)}
