"""A whole mail as a page: nothing in it runs, nothing is loaded unless asked for, its own pictures are shown."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest

from channels.email.page import MAX_PICTURE, mail_page
from tests.channels.email.lab import letter

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
HTML = """<html dir="rtl"><head><script>alert(1)</script><meta http-equiv="refresh" content="0;url=https://evil.example">
<base href="https://evil.example"><style>@import url(https://evil.example/a.css)</style></head>
<body onload="alert(2)"><p style="background:url(https://evil.example/b.png)">سلام</p>
<img src="https://tracker.example/pixel.png"><img src="//tracker.example/2.png">
<form action="https://evil.example"><input name=password></form><iframe src="https://evil.example"></iframe>
<a href="javascript:alert(3)">x</a><a href="https://shop.example/1">y</a><svg onload="alert(4)"></svg></body></html>"""


def test_i04_nothing_runs_and_nothing_is_loaded() -> None:
    page = mail_page(letter("x", html=HTML), pictures=False)
    assert "سلام" in page
    assert "evil.example" not in page
    assert "alert(" not in page
    assert not re.search(r"<(script|form|input|iframe|svg|base|object|embed)\b", page)
    assert not re.search(r"\bon\w+\s*=", page)
    assert 'data-blocked-pictures="2"' in page
    assert not re.search(r'\ssrc="(?!data:)', page)
    assert 'href="https://shop.example/1"' in page


def test_i04_pictures_from_elsewhere_when_asked_for() -> None:
    page = mail_page(letter("x", html=HTML), pictures=True)
    assert 'src="https://tracker.example/pixel.png"' in page
    assert 'data-blocked-pictures="0"' in page
    assert "evil.example" not in page


def test_a_mail_without_html_is_its_text() -> None:
    page = mail_page(letter("<b>سلام</b>\n> quoted"), pictures=False)
    assert "&lt;b&gt;سلام&lt;/b&gt;\n&gt; quoted" in page
    assert '<pre dir="auto">' in page


def enclosing(picture: bytes, *, shown: int = 1) -> bytes:
    mail = EmailMessage()
    mail["From"] = "sara@customer.example"
    mail.set_content("x")
    mail.add_alternative('<img src="cid:logo@x">' * shown, subtype="html")
    (_, html) = mail.iter_parts()
    assert isinstance(html, EmailMessage)
    html.add_related(picture, "image", "png", cid="<logo@x>")
    return mail.as_bytes()


def test_pictures_that_came_with_it_are_in_the_page() -> None:
    page = mail_page(enclosing(PNG), pictures=False)
    assert 'src="data:image/png;base64,iVBOR' in page
    assert 'data-blocked-pictures="0"' in page


@pytest.mark.parametrize("picture", [b"<svg onload=alert(1)>", PNG + b"x" * MAX_PICTURE])
def test_what_is_no_picture_or_too_large_is_not(picture: bytes) -> None:
    assert "data:image" not in mail_page(enclosing(picture), pictures=True)


def test_a_picture_that_is_shown_a_thousand_times_does_not_fill_the_page() -> None:
    page = mail_page(enclosing(PNG + b"x" * 1_000_000, shown=1_000), pictures=False)
    assert len(page) < 12_000_000


@pytest.mark.parametrize(
    "raw", [b"", b"\x00" * 1_000, b"<html>" * 10_000, b"Content-Type: text/html\r\n\r\n" + b"<a<" * 50_000]
)
def test_no_mail_breaks_it(raw: bytes) -> None:
    assert mail_page(raw, pictures=True).startswith("<!doctype html>")
