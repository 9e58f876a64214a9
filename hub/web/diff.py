"""What changed between two states of an object, for the audit trail."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


def changes(
    before: msgspec.Struct | None, after: msgspec.Struct | None, *, without: Sequence[str] = ()
) -> dict[str, Sequence[object]]:
    """Field -> [before, after] of all fields that differ; None stands for a thing that was not there or is gone."""
    old = msgspec.to_builtins(before) if before is not None else {}
    new = msgspec.to_builtins(after) if after is not None else {}
    names = [name for name in {**old, **new} if name not in without]
    return {name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)}
