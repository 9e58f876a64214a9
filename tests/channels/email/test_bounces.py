"""Reports, automatic answers, lists and complaints; all written for these tests."""

from __future__ import annotations

import pytest

from channels.email import auto as machine
from channels.email.charset import Decoder
from channels.email.limits import Problems
from channels.email.mail import Auto, AutoKind
from channels.email.mime import Cutter
from channels.email.parse import parse
from tests.channels.email.mails import PLAIN, mail, multipart, report

FAILED = """Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ali@away.example
Original-Recipient: rfc822; ali@away.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
"""


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (
            "5.1.1",
            "550 5.1.1 <ali@away.example>: Recipient address rejected: User unknown",
            ("5.1.1", "userunknown", True),
        ),
        ("5.0.0", "550 5.1.1 no such user here", ("5.1.1", "userunknown", True)),
        ("5.2.2", "552 5.2.2 mailbox full", ("5.2.2", "mailboxfull", False)),
        ("4.2.2", "452 4.2.2 The email account that you tried to reach is over quota", ("4.2.2", "mailboxfull", False)),
        ("5.7.1", "550 5.7.1 Message rejected as spam", ("5.7.1", "spamdetected", False)),
        ("5.7.26", "550-5.7.26 This mail is unauthenticated", ("5.7.26", "authfailure", False)),
        ("5.1.2", "550 5.1.2 Host unknown", ("5.1.2", "hostunknown", True)),
        ("5.4.4", "Host or domain name not found", ("5.4.4", "hostunknown", True)),
        ("5.3.4", "552 5.3.4 Message too big for system", ("5.3.4", "mesgtoobig", False)),
        ("5.1.10", "550 5.1.10 Recipient address has null MX", ("5.1.10", "notaccept", True)),
        ("5.1.6", "550 5.1.6 has moved to ali@new.example", ("5.1.6", "hasmoved", True)),
        ("4.4.7", "delivery time expired", ("4.4.7", "expired", False)),
    ],
)
def test_a_report_in_the_form_of_the_rfc(status: str, said: str, expected: tuple[str, str, bool]) -> None:
    found = parse(report(FAILED.format(action="failed", status=status, said=said))).auto
    assert (found.status, found.reason, found.hard) == expected
    assert (found.kind, found.failed) == (AutoKind.BOUNCE, True)
    assert (found.recipient, found.original_message_id) == ("ali@away.example", "ours@shop.example")


def test_a_delay_is_no_failure() -> None:
    found = parse(report(FAILED.format(action="delayed", status="4.4.1", said="connection timed out"))).auto
    assert (found.kind, found.action, found.failed, found.hard) == (AutoKind.BOUNCE, "delayed", False, False)


def test_a_delivery_is_no_failure() -> None:
    found = parse(report(FAILED.format(action="delivered", status="2.1.5", said="250 OK"))).auto
    assert (found.status, found.reason, found.failed, found.hard) == ("2.1.5", "delivered", False, False)


def test_of_several_recipients_the_failed_one_counts() -> None:
    both = (
        "Final-Recipient: rfc822; a@away.example\nAction: delivered\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; b@away.example\nAction: failed\nStatus: 5.1.1\n"
    )
    found = parse(report(both)).auto
    assert (found.recipient, found.status, found.hard) == ("b@away.example", "5.1.1", True)


QMAIL = """Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ali@away.example>:
192.0.2.25 does not like recipient.
Remote host said: 550 5.1.1 sorry, no mailbox here by that name
Giving up on 192.0.2.25.

--- Below this line is a copy of the message.

Return-Path: <help@shop.example>
Message-ID: <ours@shop.example>
Subject: 452 4.2.2 mailbox full
"""

EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ali@away.example
    host mx.away.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<ali@away.example>:
    550 unknown user

------ This is a copy of the message, including all the headers. ------

Message-ID: <ours@shop.example>
"""

OLD = """Your message could not be delivered to:

<ali@away.example>: mailbox full

----- Original message follows -----
Message-ID: <ours@shop.example>
"""

GMAIL_JAPANESE = """送信先のメールボックスが一杯のため、送信できませんでした。

<ali@away.example>
"""


@pytest.mark.parametrize(
    ("text", "subject", "expected"),
    [
        (QMAIL, "failure notice", ("5.1.1", "userunknown", True)),
        (EXIM, "Mail delivery failed: returning message to sender", ("5.0.911", "userunknown", True)),
        (OLD, "Undeliverable: Order", ("5.0.922", "mailboxfull", False)),
        (GMAIL_JAPANESE, "メールエラー通知", ("5.0.922", "mailboxfull", False)),
    ],
)
def test_reports_for_people(text: str, subject: str, expected: tuple[str, str, bool]) -> None:
    raw = f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: help@shop.example\nSubject: {subject}\n\n{text}"
    found = parse(raw.encode()).auto
    assert (found.status, found.reason, found.hard) == expected
    assert (found.kind, found.recipient) == (AutoKind.BOUNCE, "ali@away.example")
    assert found.original_message_id in {"ours@shop.example", ""}


@pytest.mark.parametrize(
    "raw",
    [
        mail("", "My order 550 was rejected and returned, mailbox full of mails about it!"),
        mail("", "The delivery failed: the courier said address unknown.").replace(
            b"Subject: Order", b"Subject: Delivery failed"
        ),
        mail("", "Status: 5.1.1 is what I got").replace(b"Subject: Order", b"Subject: undelivered order"),
    ],
)
def test_a_customer_who_writes_about_deliveries_is_no_machine(raw: bytes) -> None:
    assert parse(raw).auto == Auto()


def test_a_complaint() -> None:
    found = parse(
        report("Feedback-Type: abuse\nOriginal-Rcpt-To: <ali@away.example>\nVersion: 1\n", kind="feedback-report")
    ).auto
    assert (found.kind, found.action, found.recipient) == (AutoKind.COMPLAINT, "abuse", "ali@away.example")
    assert found.original_message_id == "ours@shop.example"


def test_a_complaint_without_the_form() -> None:
    raw = multipart(b"Content-Type: message/rfc822\n\nMessage-ID: <ours@shop.example>\n\nx")
    found = parse(raw.replace(b"Subject: Order", b"Subject: complaint about message from 192.0.2.1")).auto
    assert (found.kind, found.original_message_id) == (AutoKind.COMPLAINT, "ours@shop.example")


@pytest.mark.parametrize(
    "headers",
    ["Auto-Submitted: auto-replied (vacation)", "X-Autoreply: yes", "Precedence: auto_reply", "X-Autorespond: x"],
)
def test_automatic_answers_by_header(headers: str) -> None:
    assert parse(mail(headers + "\n")).auto.kind == AutoKind.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    [
        *(
            "Out of Office: Order",
            "Automatic reply: Order",
            "Autoreply",
            "Abwesenheitsnotiz",
            "Automatische Antwort: x",
        ),
        *(
            "Réponse automatique : x",
            "Respuesta automática: x",
            "Автоответ: x",
            "自動応答: x",
            "پاسخ خودکار: سفارش",
            "رد تلقائي: x",
        ),
    ],
)
def test_automatic_answers_by_subject(subject: str) -> None:
    raw = mail().replace(b"Subject: Order", f"Subject: {subject}".encode())
    assert parse(raw).auto.kind == AutoKind.AUTO_REPLY


def test_lists_and_receipts() -> None:
    assert parse(mail("List-Id: <news.shop.example>\n")).auto.kind == AutoKind.LIST
    assert parse(mail("Precedence: bulk\n")).auto.kind == AutoKind.LIST
    receipt = multipart(
        "Content-Type: text/plain\n\nread",
        "Content-Type: message/disposition-notification\n\nDisposition: x; displayed",
    )
    assert parse(receipt).auto.reason == "read_receipt"
    assert parse(mail("Auto-Submitted: auto-generated\n")).auto.reason == "generated"
    assert parse(PLAIN).auto == Auto()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (PLAIN, ""),
        (mail("Auto-Submitted: no\n"), ""),
        (mail("Auto-Submitted: auto-generated\n"), "auto-submitted"),
        (mail("Precedence: junk\n"), "precedence"),
        (mail("X-Auto-Response-Suppress: OOF, AutoReply\n"), "x-auto-response-suppress"),
        (mail("List-Unsubscribe: <mailto:x@y.example>\n"), "list-unsubscribe"),
        (mail("X-Loop: help@shop.example\n"), "x-loop"),
        (mail("Return-Path: <>\n"), "return-path"),
        (mail().replace(b"maryam@", b"no-reply@"), "from"),
    ],
)
def test_what_may_not_be_answered_by_a_machine(raw: bytes, why: str) -> None:
    decoder = Decoder()
    fields = Cutter(decoder, Problems()).cut(raw).headers
    assert machine.suppresses(fields, decoder) == why
    assert parse(raw).no_automatic_answer == why


def test_reports_as_json() -> None:
    bounce = (
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":\n'
        '"ali@away.example","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}}'
    )
    found = parse(mail("", bounce)).auto
    assert (found.kind, found.status, found.reason, found.hard) == (AutoKind.BOUNCE, "5.1.1", "userunknown", True)
    complaint = (
        '{"notificationType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"ali@away.example"}]}}'
    )
    assert parse(mail("", complaint)).auto.kind == AutoKind.COMPLAINT
    delivery = '{"notificationType":"Delivery","delivery":{"smtpResponse":"250 2.6.0 queued"}}'
    assert (parse(mail("", delivery)).auto.status, parse(mail("", delivery)).auto.failed) == ("2.6.0", False)
    assert parse(mail("", '{"notificationType":')).auto == Auto()
