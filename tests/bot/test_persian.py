"""The one spelling of Persian: properties that hold for any text, and the cases that cost accuracy when they slip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.persian import ZWNJ, normalise, script_locale

_ALPHABET = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from("يىكةۀأإٱؤۂئ۱۲۳٤٥٦ـًٌٍَُِّْٰٓٔ" + ZWNJ + "\u200b\u200d\u200e\u200f\u202b\u2066\u0000 \t\n"),
)
_TEXT = st.text(_ALPHABET, max_size=60)


@given(_TEXT)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(_TEXT)
def test_nothing_forbidden_survives(text: str) -> None:
    out = normalise(text)
    assert not set(out) & set("يىكةۀأإٱؤـ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩\u200d\u200e\u200f\u202a\u202b\u202e\u0000\n\t")
    assert out == out.strip()
    assert "  " not in out
    assert ZWNJ * 2 not in out


@given(st.text(st.sampled_from("ابپتسشکگلمنوهی آئ"), max_size=40))
def test_clean_persian_only_loses_extra_spaces(text: str) -> None:
    assert normalise(text) == " ".join(text.split())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("سفارش ۱۲۳۴۵", "سفارش 12345"),
        ("سفارش ١٢٣٤٥", "سفارش 12345"),
        ("كجاي كاري", "کجای کاری"),
        ("سَلامٌ عَلَیکُم", "سلام علیکم"),
        ("ســلام", "سلام"),
        (f"می{ZWNJ}{ZWNJ}خواهم", f"می{ZWNJ}خواهم"),
        (f"سلام{ZWNJ} خوبی", "سلام خوبی"),
        ("می\u200bخواهم", f"می{ZWNJ}خواهم"),
        ("\u202bسلام\u202c", "سلام"),
        ("خانۀ مؤمن", "خانه مومن"),
        ("ﺳﻼﻡ", "سلام"),
        ("  Where   is\nmy order?  ", "Where is my order?"),
        ("", ""),
        ("\u0000\u200f", ""),
    ],
)
def test_one_spelling(written: str, expected: str) -> None:
    assert normalise(written) == expected


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("سفارش من کجاست", "fa"),
        ("where is my order", "en"),
        ("سفارش iPhone من کجاست و کی می‌رسد", "fa"),
        ("ok", None),
        ("12345", None),
        ("AB12345", None),
        ("https://shop.example/products/shoes", None),
        ("👍👍👍", None),
        ("salam سلام", None),
        ("نه", None),
        ("بله", "fa"),
    ],
)
def test_language_is_told_by_script_only_when_clear(text: str, locale: str | None) -> None:
    assert script_locale(text) == locale
