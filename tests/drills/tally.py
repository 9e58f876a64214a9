"""Counts what became of the numbered cases of the fault and the attack plan, for the last line of their drills."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

import pytest

_CASES = re.compile(r"::test((?:_[a-z]\d\d)+)_")


def cases_of(test: str) -> list[str]:
    """The numbers in the name of a test: `...::test_u01_u02_what_could_run` is of U01 and U02."""
    found = _CASES.search(test)
    return [one.upper() for one in found[1].split("_")[1:]] if found else []


@dataclass(slots=True)
class Tally:
    """A plugin of pytest."""

    outcomes: dict[str, str] = field(default_factory=dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test's set-up, its body or its end: the worst of the three is what became of it."""
        if report.failed:
            self.outcomes[report.nodeid] = "failed"
        elif report.skipped:
            self.outcomes[report.nodeid] = "skipped"
        elif report.when == "call":
            self.outcomes.setdefault(report.nodeid, "passed")

    def as_dict(self) -> dict[str, object]:
        """Tests by outcome; numbers of the cases that held, and of those that did not or were not tried."""
        by_case: dict[str, set[str]] = defaultdict(set)
        for test, outcome in self.outcomes.items():
            for case in cases_of(test):
                by_case[case].add(outcome)
        counts = {name: list(self.outcomes.values()).count(name) for name in ("passed", "failed", "skipped")}
        held = sorted(case for case, outcomes in by_case.items() if outcomes == {"passed"})
        return {**counts, "cases": len(by_case), "held": held, "not_held": sorted(by_case.keys() - held)}
