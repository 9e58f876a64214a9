"""The last line of the drills over numbered cases tells what held and what did not."""

from __future__ import annotations

import pytest

from tests.drills.tally import Tally, cases_of


def report(test: str, outcome: str, when: str = "call") -> pytest.TestReport:
    location = ("tests/x.py", 1, test)
    return pytest.TestReport(f"tests/x.py::{test}", location, {}, outcome, None, when)  # type: ignore[arg-type]


def test_a_tests_name_begins_with_the_numbers_of_its_cases() -> None:
    assert cases_of("tests/x.py::test_u01_u02_what_could_run[png]") == ["U01", "U02"]
    assert cases_of("tests/x.py::test_what_is_no_case") == []


def test_a_case_holds_when_all_of_its_tests_pass_and_not_when_one_is_skipped_or_fails_at_its_end() -> None:
    tally = Tally()
    for test in ("test_f01_one", "test_f01_two", "test_f02_one", "test_f03_one", "test_no_case"):
        tally.pytest_runtest_logreport(report(test, "passed", "setup"))
        tally.pytest_runtest_logreport(report(test, "passed"))
    tally.pytest_runtest_logreport(report("test_f02_one", "failed", "teardown"))
    tally.pytest_runtest_logreport(report("test_f03_two", "skipped", "setup"))
    assert tally.as_dict() == {
        "passed": 4, "failed": 1, "skipped": 1, "cases": 3, "held": ["F01"], "not_held": ["F02", "F03"]
    }  # fmt: skip
