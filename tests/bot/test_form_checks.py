"""Answers in forms: what fits a simple kind is kept in its one form, everything else is asked for again."""

from __future__ import annotations

import pytest

from bot.form_checks import Check, Choice, judged

SIZES = [Choice(value="s", titles=["Small", "کوچک"]), Choice(value="xl", titles=["Extra large", "خیلی بزرگ"])]


@pytest.mark.parametrize(
    ("check", "said", "kept"),
    [
        (Check(), "  سلام  دنيا ", "سلام دنیا"),
        (Check(), "/restart", None),
        (Check(least=3), "ab", None),
        (Check(most=3), "abcd", None),
        (Check(kind="number"), "حدود ۱٬۲۵۰ تا", "1250"),
        (Check(kind="number", least=1, most=9), "12", None),
        (Check(kind="number"), "a few", None),
        (Check(kind="choice", choices=SIZES), "the small one", "s"),
        (Check(kind="choice", choices=SIZES), "خیلی بزرگ", "xl"),
        (Check(kind="choice", choices=SIZES), "xl", "xl"),
        (Check(kind="choice", choices=SIZES), "small or extra large?", None),
        (Check(kind="email"), "it is a.b@example.com, thanks", "a.b@example.com"),
        (Check(kind="email"), "a@b", None),
        (Check(kind="phone"), "۰۹۱۲ ۳۴۵ ۶۷۸۹", "0912 345 6789"),
        (Check(kind="digits"), "شمارهٔ ۱۲۳۴۵", "12345"),
        (Check(kind="date"), "on 1405/09/05", "1405/09/05"),
    ],
)
def test_an_answer_is_kept_or_refused(check: Check, said: str, kept: str | None) -> None:
    assert judged(said, check) == kept
