"""Small mails written for the tests."""

from __future__ import annotations

PLAIN = b"""From: Maryam <maryam@example.com>
To: help@shop.example
Subject: Order
Date: Mon, 5 Jan 2026 10:12:00 +0330
Message-ID: <one@example.com>
Content-Type: text/plain; charset=utf-8

Hello
"""


def mail(headers: str = "", body: bytes | str = b"Hello\n", *, plain: bool = True) -> bytes:
    """A mail with the usual fields, others before them, and a body."""
    usual = "From: Maryam <maryam@example.com>\nTo: help@shop.example\nSubject: Order\nMessage-ID: <one@example.com>\n"
    kind = "" if "content-type" in headers.lower() or not plain else "Content-Type: text/plain; charset=utf-8\n"
    content = body if isinstance(body, bytes) else body.encode()
    return (headers + usual + kind).encode() + b"\n" + content


def multipart(*parts: bytes | str, kind: str = "mixed", headers: str = "") -> bytes:
    """A mail of several parts; each is its fields, a blank line and its content."""
    pieces = [each if isinstance(each, bytes) else each.encode() for each in parts]
    body = b"".join(b"--cut\n" + piece + b"\n" for piece in pieces) + b"--cut--\n"
    return mail(f'{headers}MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="cut"\n', body)


def report(status_part: str, *, said: str = "The mail system", kind: str = "delivery-status") -> bytes:
    """A report on a delivery (RFC 3464) that returns the fields of the mail `<ours@shop.example>`."""
    return multipart(
        f"Content-Type: text/plain\n\n{said}\n",
        f"Content-Type: message/{kind}\n\n{status_part}\n",
        "Content-Type: text/rfc822-headers\n\nMessage-ID: <ours@shop.example>\nSubject: Your order\n",
        kind=f"report; report-type={kind}",
        headers="Return-Path: <>\nAuto-Submitted: auto-replied\n",
    ).replace(b"From: Maryam <maryam@example.com>", b"From: MAILER-DAEMON@mx.example (Mail Delivery System)")
