"""The conditions of a version's activation. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.training.report import Report
from hub.model.studio import Gate, Gates
from hub.store.versions import Version


def gates_of(
    gates: Gates, version: Version, live: Report | None, broken: int = 0, pins: Mapping[str, int] | None = None
) -> list[Gate]:
    """The conditions with their figures.

    Without a live report nothing can have become worse: those two say that they compared nothing. `broken`: sentences
    that live reads right and this does not. `pins`: the pinned conversations by id with their versions, as they are
    now; those that this version was not tried with, or not as they are, hold it back, too.
    """
    report, pins = version.report, pins or {}
    if report is None:
        return []
    least, accuracy, most = gates.min_accuracy, report.accuracy, gates.max_f1_drop
    drop = round(live.macro_f1 - report.macro_f1, 4) if live is not None else 0.0
    failed = sum(not one.passed for one in version.stories if one.id in pins)
    untold = sum(version.pins.get(id_) != number for id_, number in pins.items())
    there = live is not None
    return [
        Gate(name="accuracy", passed=accuracy >= least, figure=accuracy, wanted=least),
        Gate(name="f1_drop", passed=drop <= most, figure=drop, wanted=most, compared=there),
        Gate(name="broken", passed=broken <= gates.max_broken, figure=broken, wanted=gates.max_broken, compared=there),
        Gate(name="stories", passed=failed == 0, figure=failed, wanted=0),
        Gate(name="untold", passed=untold == 0, figure=untold, wanted=0),
    ]
