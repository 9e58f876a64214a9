"""Who may have which number dialled: the rules alone."""

from __future__ import annotations

import pytest

from hub.model.dialling import Dialling, DialRule, is_numbers, judge

NIGHTS = Dialling(
    rules=(
        DialRule(name="abroad", roles=("supervisor",), numbers=("+4",), calendar="office"),
        DialRule(name="no mobiles at night", numbers=("+989",), calendar="office", open=False, allow=False),
        DialRule(name="home", numbers=("+98", "10*")),
    )
)


@pytest.mark.parametrize(
    ("number", "role", "open_now", "expected"),
    [
        ("+989121234567", "agent", {"office"}, (True, "home", "")),
        ("+989121234567", "agent", set(), (False, "no mobiles at night", "dial_not_now")),
        ("+982191000000", "agent", set(), (True, "home", "")),
        ("+4930123456", "agent", {"office"}, (False, "", "dial_refused")),
        ("+4930123456", "supervisor", {"office"}, (True, "abroad", "")),
        ("+4930123456", "supervisor", set(), (False, "", "dial_not_now")),
        ("101", "agent", set(), (True, "home", "")),
        ("110", "agent", set(), (False, "", "dial_refused")),
    ],
)
def test_the_first_rule_that_holds_decides(
    number: str, role: str, open_now: set[str], expected: tuple[bool, str, str]
) -> None:
    verdict = judge(NIGHTS, number, role, open_now)
    assert (verdict.allowed, verdict.rule, verdict.why) == expected


@pytest.mark.parametrize("number", ["+989091234567", "+97912345678", "110", "+881612345678", "+14155550100"])
def test_what_calls_are_stolen_for_is_refused_until_an_admin_says_otherwise(number: str) -> None:
    assert not judge(Dialling(), number, "admin", ()).allowed


@pytest.mark.parametrize("number", ["+989121234567", "+982188776655", "103", "1100"])
def test_home_is_allowed_until_an_admin_says_otherwise(number: str) -> None:
    assert judge(Dialling(), number, "agent", ()).allowed


def test_what_numbers_of_a_rule_look_like() -> None:
    assert all(map(is_numbers, ("+98", "110", "1*", "*")))
    assert not any(map(is_numbers, ("+", "", "+98*", "0912a", "**", "123456789")))
