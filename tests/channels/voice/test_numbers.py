"""How callers, providers and admins write numbers, and who has none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.voice.numbers import ANONYMOUS, caller, dialable, digits_said, e164
from hub.model.contact import phone


@pytest.mark.parametrize(
    "text",
    [
        *("09121234567", "9121234567", "+989121234567", "00989121234567", "989121234567", "۰۹۱۲۱۲۳۴۵۶۷", "٠٩١٢١٢٣٤٥٦٧"),
        *("+98 912 123 4567", "0912-123-4567", "(0912) 123 45 67", " +98.912.123.4567 ", "+۹۸۹۱۲۱۲۳۴۵۶۷"),
        *("sip:09121234567@trunk.example", "<sip:+989121234567@10.0.0.1:5060;user=phone>", "tel:+98-912-123-4567"),
        *("sip:%2B989121234567@trunk.example", '"09121234567"', '"Ali <3>" <sip:09121234567@pbx.example>'),
        *("\u200e+98 912 123 4567", "\u202a+989121234567\u202c", "＋989121234567"),
    ],
)
def test_one_number_is_written_in_many_ways(text: str) -> None:
    assert caller(text).address == "+989121234567"
    assert caller(text).kind == "number"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("02191001000", "+982191001000"),
        ("021 9100 1000", "+982191001000"),
        ("۰۲۱-۹۱۰۰۱۰۰۰", "+982191001000"),
        ("03132201234", "+983132201234"),
        ("+442079460958", "+442079460958"),
        ("00442079460958", "+442079460958"),
    ],
)
def test_landlines_and_foreign_numbers(text: str, number: str) -> None:
    assert e164(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "anonymous", "Anonymous", "Restricted", "unavailable", "UNKNOWN", "private", "asterisk", "null"),
        *("+266696687", "266696687", "00266696687", "۲۶۶۶۹۶۶۸۷", "sip:anonymous@anonymous.invalid", "\x00", '""'),
        *("sip:+266696687@twilio.example", "<sip:@host.example>", "sip:bob@anonymous.invalid", "just words"),
        *("00000000", "000", "۰۰۰", "+", "sip:31.14.118.202", "sip:00@trunk.example"),
    ],
)
def test_who_hides_the_number_has_none(text: str) -> None:
    assert caller(text) == ANONYMOUS
    assert caller(text).anonymous


@pytest.mark.parametrize(
    ("text", "kind", "address"),
    [
        ("101", "extension", "101"),
        ("۱۰۱", "extension", "101"),
        ("sip:101@pbx.example", "extension", "101"),
        ("88776655", "extension", "88776655"),
        ("67740123", "extension", "67740123"),
        ("2120259", "extension", "2120259"),
        ("sip:Sara@PBX.example:5060;transport=tls", "sip", "sara@pbx.example"),
        ("sara@pbx.example", "sip", "sara@pbx.example"),
    ],
)
def test_who_calls_from_inside_a_telephone_system(text: str, kind: str, address: str) -> None:
    assert (caller(text).kind, caller(text).address) == (kind, address)


@pytest.mark.parametrize("text", ["12x", "", "1", "911 or else", "+9", "12345678901234567890", "0912123456x", "a@b"])
def test_what_cannot_be_dialled(text: str) -> None:
    assert dialable(text) is None


def test_an_extension_can_be_dialled() -> None:
    assert dialable("۱۰۱") == "101"
    assert dialable("0912 123 4567") == "+989121234567"
    assert dialable("\u202a0912 123 4567\u202c") == "+989121234567"


def test_a_number_of_the_own_town_is_none_of_a_small_country() -> None:
    assert (dialable("67740123"), dialable("+67740123"), dialable("0067740123")) == ("67740123", *["+67740123"] * 2)


@settings(deadline=None)
@given(st.text("0123456789+() -.۰۱۲۳۴۵۶۷۸۹", max_size=18))
def test_the_hub_and_the_line_read_the_same_number(text: str) -> None:
    if (number := e164(text)) is not None:
        assert phone(text) == number


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_given_is_somebody_or_nobody(text: str) -> None:
    found = caller(text)
    assert found.anonymous == (found.address == "")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("one zero four two", "1042"),
        ("One, oh, 4 two", "1042"),
        ("یک صفر، چهار ۲", "1042"),
        ("يك شيش", "16"),
        ("one", ""),
        ("order one two", ""),
        ("", ""),
    ],
)
def test_a_number_that_was_said_digit_by_digit_is_one(said: str, number: str) -> None:
    assert digits_said(said) == number
