"""What a version reads better and worse than another one, over the sentences that both were tested on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.training.data import Example
from bot.training.report import Change, Report, compare
from hub.errors import NotFound
from hub.store.versions import Versions

Changes = tuple[Change, ...]


async def compared(versions: Versions, base: int, report: Report, test: Sequence[Example]) -> tuple[Changes, Changes]:
    """What got better and worse than in the version `base`; nothing where that has no report."""
    try:
        before = (await versions.get(base)).report
        examples = (await versions.snapshot(base)).examples
    except NotFound:
        return (), ()
    if before is None:
        return (), ()
    known = {(one.text, one.intent) for one in examples if one.split == "test"}
    return compare(before, report, [one for one in test if (one.text, one.intent) in known])
