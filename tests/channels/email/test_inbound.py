"""What becomes of a mail that has come: a message, a report, or something set aside; by LMTP, as servers deliver it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from channels.contract import ChannelError, Clue
from channels.email.inbound.taking import Taking
from channels.email.tokens import external_id, mark, message_id, reply_address
from tests.channels.email.lab import SARA, SECRET, Lab, email_lab, letter
from tests.fakes.inlet import Report

CONVERSATION = "AbCdEfGhIjKlMnOpQr-_"
OTHER_SECRET = "the-secret-of-the-other-mailbox-0123456789"
HELP = "help@shop.example"


def our_id(subject: str = "سفارش", secret: str = SECRET) -> str:
    return message_id(secret, conversation=CONVERSATION, seq=4, key="say:4", subject=subject, host="shop.example")


@pytest_asyncio.fixture
async def box(lab: Lab) -> Lab:
    """Two mailboxes; mails are given to the first one as if they had been fetched."""
    lab.configure("sales", reply_token_secret=OTHER_SECRET)
    return lab


async def take(lab: Lab, raw: bytes, *recipients: str) -> None:
    await Taking(lab.inlet).surely(lab.box(), raw, recipients)


def clues(lab: Lab) -> Sequence[Clue]:
    return lab.inlet.received[-1].clues


async def test_a_mail_is_a_message_with_all_that_stood_around_it(box: Lab) -> None:
    raw = letter(
        "سفارش من کجاست؟\n\nدر تاریخ ۲۱ سپتامبر ۲۰۲۶ ساعت ۱۲:۰۰ فروشگاه <help@shop.example> نوشت:\n> سلام\n",
        to=f"{HELP}, boss@customer.example",
        files=[("../../فاکتور\u202egnp.exe", "application/pdf", b"%PDF-1.4 x"), ("a.svg", "image/svg+xml", b"<svg/>")],
        reply_to="answers@customer.example",
    )
    await take(box, raw)
    (message,) = box.inlet.received
    assert message.external_id == external_id("1@customer.example")
    assert (message.sender.address, message.sender.name) == (SARA, "سارا")
    assert (message.sender.verified, message.sender.everywhere) == (False, True)
    text, first, second, mail = message.parts
    assert text.text == "سفارش من کجاست؟"
    assert first.file is not None
    assert second.file is not None
    assert mail.file is not None
    assert ".." not in first.file.name
    assert "\u202e" not in first.file.name
    assert box.inlet.files[mail.file.id][1] == raw
    assert mail.values["subject"] == "سفارش"
    assert mail.values["trust"] == "claimed"
    assert mail.values["quoted"] == "1"
    assert message.locale == "fa"
    assert message.reply["message_id"] == "1@customer.example"
    assert message.reply["cc"] == "boss@customer.example"
    assert message.reply["to"] == "answers@customer.example"
    assert message.clues == ()
    assert message.thread == message.external_id


async def test_a_mail_without_a_name_is_known_by_its_content(box: Lab) -> None:
    for _ in range(2):
        await take(box, letter("one", id_=""))
    await take(box, letter("two", id_=""))
    assert len(box.inlet.received) == 2
    assert box.inlet.received[0].reply.get("message_id") is None


async def test_a_token_in_any_recipient_names_the_conversation(box: Lab) -> None:
    for number, secret in enumerate((SECRET, OTHER_SECRET)):
        address = reply_address(HELP, secret, CONVERSATION)
        assert address is not None
        for way in ({"to": address.upper()}, {"cc": f"x <{address}>"}, {"delivered_to": address}, {}):
            raw = letter("again", id_=f"{number}{way}@customer.example".replace(" ", ""), **way)
            await take(box, raw, *([] if way else [address]))
            assert clues(box)[0] == Clue(why="token", conversation=CONVERSATION)


async def test_a_token_on_a_strangers_address_means_nothing(box: Lab) -> None:
    foreign = reply_address("help@evil.example", SECRET, CONVERSATION)
    assert foreign is not None
    await take(box, letter("x", to=f"{HELP}, {foreign}"))
    assert clues(box) == ()


async def test_clues_come_strongest_first(box: Lab) -> None:
    ours, theirs = our_id(), "0@customer.example"
    tagged = reply_address(HELP, SECRET, CONVERSATION)
    await take(
        box,
        letter(
            "again",
            to=tagged or "",
            subject="پاسخ: سفارش [#۱۲]",
            id_="2@customer.example",
            in_reply_to=f"<{ours}>",
            references=f"<{theirs}> <{ours}>",
        ),
    )
    assert [(one.why, one.conversation, one.external_id, one.number) for one in clues(box)] == [
        ("token", CONVERSATION, None, None),
        ("in_reply_to", CONVERSATION, None, None),
        ("references", None, external_id(theirs), None),
        ("number", None, None, 12),
    ]
    assert box.inlet.received[0].thread == external_id(theirs)


async def test_references_count_for_the_same_subject_alone(box: Lab) -> None:
    ours = our_id("سفارش")
    await take(box, letter("a new question", subject="یک سؤال دیگر", references=f"<0@customer.example> <{ours}>"))
    assert clues(box) == ()
    assert box.inlet.received[-1].thread == box.inlet.received[-1].external_id
    await take(box, letter("the same", subject="Re: سفارش", id_="2@x.example", references=f"<{ours}>"))
    assert [one.why for one in clues(box)] == ["references"]


DMARC = "mx.shop.example; dmarc={} header.from=customer.example"


async def test_c05_a_forged_author_has_no_clues_and_shares_no_identity(box: Lab) -> None:
    box.configure(authserv_id="mx.shop.example")
    answers = {"in_reply_to": f"<{our_id()}>", "references": "<0@x.example>"}
    forged = letter("x", **answers, authentication_results=DMARC.format("fail"))
    await take(box, forged)
    (message,) = box.inlet.received
    assert message.clues == ()
    assert message.thread == message.external_id
    assert (message.sender.verified, message.sender.everywhere) == (False, False)
    assert message.parts[-1].values["trust"] == "failed"
    await take(box, letter("y", id_="2@customer.example", authentication_results=DMARC.format("pass")))
    assert box.inlet.received[1].sender.verified


@pytest.mark.parametrize(
    "raw",
    [
        letter(sender="help@shop.example"),
        letter(sender="Help+tag@SHOP.example"),
        letter(sender="sales@shop.example"),
        letter(id_=our_id()),
        letter(x_peyk_mailbox=mark(SECRET, "help"), sender="forwarder@elsewhere.example"),
    ],
)
async def test_c07_what_we_wrote_ourselves_goes_nowhere(box: Lab, raw: bytes) -> None:
    await take(box, raw)
    assert box.inlet.received == []
    assert [reason for reason, _ in box.inlet.aside.values()] == ["loop"]
    with pytest.raises(ChannelError, match="cannot become"):
        await box.channel.rerun(box.box().inbox, raw, box.inlet)


async def test_the_mail_of_another_hub_is_no_loop_of_ours(box: Lab) -> None:
    await take(box, letter(x_peyk_mailbox=mark("another-hub's-secret-0123456789", "help")))
    await take(box, letter(x_peyk_mailbox="help", id_="2@x.example"))
    assert len(box.inlet.received) == 2


@pytest.mark.parametrize(
    ("author", "wanted", "counts"),
    [
        (SARA, "sara.office@customer.example", True),
        (SARA, "eve@stranger.example", False),
        ("noreply@forms.example", "omid@customer.example", True),
        (SARA, HELP, False),
    ],
)
async def test_an_answer_goes_elsewhere_only_where_that_is_safe(
    box: Lab, author: str, wanted: str, counts: bool
) -> None:
    await take(box, letter(sender=author, reply_to=wanted))
    assert box.inlet.received[0].reply.get("to") == (wanted if counts else None)


async def test_c08_no_machine_answers_spam(box: Lab) -> None:
    await take(box, letter(x_spam_flag="YES"))
    (message,) = box.inlet.received
    assert (message.reply["suppress"], message.parts[-1].values["spam"]) == ("spam", "true")


async def test_an_automatic_answer_is_marked_and_an_admin_may_run_it_again(box: Lab) -> None:
    raw = letter("I am away", subject="Out of office", auto_submitted="auto-replied", in_reply_to=f"<{our_id()}>")
    await take(box, raw)
    (message,) = box.inlet.received
    assert message.automatic == "auto_reply"
    assert message.clues[0].conversation == CONVERSATION
    assert box.inlet.files == {}
    other = letter("News!", id_="n@x.example", list_id="<news.x.example>", precedence="bulk")
    await box.channel.rerun(box.box().inbox, other, box.inlet)
    assert box.inlet.received[1].automatic is None
    assert box.inlet.received[1].reply["suppress"]


async def test_a_person_who_answers_by_way_of_a_list_is_heard(box: Lab) -> None:
    await take(box, letter("yes", list_id="<team.customer.example>", in_reply_to=f"<{our_id()}>"))
    (message,) = box.inlet.received
    assert (message.automatic, message.reply["suppress"]) == (None, "list-id")


def bounce(action: str, status: str, original: str, *, quoted: bool = False) -> bytes:
    returned = f"Message-ID: <{original}>\r\nFrom: {HELP}\r\nTo: {SARA}\r\nSubject: x\r\n"
    if quoted:
        words = f"Hi. This is the qmail-send program.\n<{SARA}>:\nSorry, no mailbox here. (#{status})\n\n{returned}"
        return letter(words, sender="MAILER-DAEMON@mx.example", subject="failure notice", id_="b@mx.example")
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {HELP}\r\nSubject: Undelivered Mail\r\nMessage-ID: <b@mx.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {SARA}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} said so\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("action", "status", "quoted", "code"),
    [
        ("failed", "5.1.1", False, "bad_address"),
        ("failed", "5.1.1", True, "bad_address"),
        ("failed", "5.2.2", False, "rejected"),
        ("failed", "5.3.4", False, "too_large"),
    ],
)
async def test_a_bounce_fails_the_mail_that_came_back(
    box: Lab, action: str, status: str, quoted: bool, code: str
) -> None:
    await take(box, bounce(action, status, our_id(), quoted=quoted))
    (report,) = box.inlet.reports
    assert (report.external_id, report.state, report.code) == (external_id(our_id()), "failed", code)
    assert report.reason is not None
    assert report.reason.startswith(status)
    assert box.inlet.received == []
    assert box.inlet.aside == {}


async def test_a_delay_is_no_failure_and_a_forged_bounce_none_of_ours(box: Lab) -> None:
    await take(box, bounce("delayed", "4.4.1", our_id()))
    assert box.inlet.reports == []
    await take(box, bounce("failed", "5.1.1", our_id(secret="x" * 40)))
    assert box.inlet.reports == []
    assert [reason for reason, _ in box.inlet.aside.values()] == ["automatic"]


async def test_a_complaint_is_told_and_no_machine_writes_again(box: Lab) -> None:
    raw = (
        "From: fbl@provider.example\r\nTo: help@shop.example\r\nSubject: complaint\r\n"
        "Message-ID: <c@provider.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n"
        "--b\r\n\r\nSpam.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n"
        f"User-Agent: x\r\nOriginal-Rcpt-To: {SARA}\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{our_id()}>\r\nSubject: x\r\n\r\nhi\r\n--b--\r\n"
    ).encode()
    await take(box, raw)
    (message,) = box.inlet.received
    assert (message.automatic, message.sender.address) == ("complaint", SARA)
    assert message.clues[0].conversation == CONVERSATION
    assert [reason for reason, _ in box.inlet.aside.values()] == ["automatic"]
    with pytest.raises(Exception, match="complained"):
        await box.channel.send(box.message(author="bot"), box.inlet)
    await box.channel.send(box.message(), box.inlet)


async def test_a_read_receipt_says_that_it_was_read(box: Lab) -> None:
    raw = (
        f"From: {SARA}\r\nTo: {HELP}\r\nSubject: Read: x\r\nMessage-ID: <r@customer.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n--b\r\n\r\nRead.\r\n"
        "--b\r\nContent-Type: message/disposition-notification\r\n\r\nReporting-UA: x\r\n"
        f"Original-Message-ID: <{our_id()}>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"
    ).encode()
    await take(box, raw)
    assert box.inlet.reports == [Report("help", external_id(our_id()), "read")]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"\x00\xff" * 500,
        b"no header",
        letter(sender="nobody"),
        letter(sender="<>"),
        b"From: \r\n\r\nx",
    ],
)
async def test_a_mail_that_nobody_wrote_is_kept_for_an_admin(box: Lab, raw: bytes) -> None:
    await take(box, raw)
    assert box.inlet.received == []
    assert list(box.inlet.aside.values()) == [("unreadable", raw)]


async def test_a_mail_of_500_parts_and_a_header_bomb_are_messages_too(box: Lab) -> None:
    parts = "".join(f"--b\r\nContent-Type: text/csv; name=f{n}.csv\r\n\r\n{n},{n}\r\n" for n in range(500))
    head = letter("x").split(b"\n\n")[0].replace(b"text/plain", b'multipart/mixed; boundary="b"')
    many = head + b"\n\n" + parts.encode()
    await take(box, many)
    (message,) = box.inlet.received
    assert sum(part.type == "attachment" for part in message.parts) == 50
    assert int(message.parts[-1].values["left_out"]) >= 400
    bomb = b"X-A: 1\r\n" * 50_000 + b"References: " + b"<a@b.c> " * 50_000 + b"\r\n" + letter("bomb", id_="2@x.example")
    await take(box, bomb)
    assert len(box.inlet.received) + len(box.inlet.aside) == 2


async def test_the_store_is_away_and_nothing_is_lost(box: Lab) -> None:
    box.inlet.down = True
    for raw in (letter(), letter(sender=HELP), bounce("failed", "5.1.1", our_id()), b"\xff"):
        with pytest.raises(ChannelError) as refused:
            await take(box, raw)
        assert refused.value.retryable
    box.inlet.down = False
    await take(box, letter())
    assert len(box.inlet.received) == 1


async def test_a_reader_that_fails_sets_the_mail_aside(box: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("channels.email.inbound.reading.inbound", broken)
    await take(box, letter())
    assert [reason for reason, _ in box.inlet.aside.values()] == ["unreadable"]


@pytest_asyncio.fixture
async def door(no_task_left_behind: None) -> AsyncIterator[Lab]:
    """Two mailboxes behind one LMTP port."""
    async with email_lab() as lab:
        lab.configure("sales", reply_token_secret=OTHER_SECRET)
        async with lab.running():
            await lab.listening()
            yield lab


async def test_each_recipient_is_answered_for(door: Lab) -> None:
    said = await door.lmtp(letter(), HELP, "Sales+anything@Shop.example", "nobody@shop.example", "help@evil.example")
    assert [code for code, _ in said.values()] == [250, 250, 550, 550]
    assert {one.inbox for one in door.inlet.received} <= {"help", "sales"}
    assert len(door.inlet.received) == 1  # one mail to two of our mailboxes is one message


async def test_a_store_that_is_away_is_told_to_the_mail_server(door: Lab) -> None:
    door.inlet.down = True
    assert [code for code, _ in (await door.lmtp(letter(), HELP)).values()] == [451]
    door.inlet.down = False
    assert [code for code, _ in (await door.lmtp(letter(), HELP)).values()] == [250]


async def test_a_mail_that_is_too_large_is_refused_for_each_recipient(door: Lab) -> None:
    large = letter("x" * 80 + "\n") + b"y" * 70 + b"\r\n" + (b"z" * 70 + b"\r\n") * 40_000
    assert [code for code, _ in (await door.lmtp(large, HELP, "sales@shop.example")).values()] == [552, 552]
    assert [code for code, _ in (await door.lmtp(letter(), HELP)).values()] == [250]


async def test_long_lines_and_dots_come_through(door: Lab) -> None:
    words = "." + "x" * 5_000 + "\r\n.\r\n..end"
    raw = letter("x").replace(b"\nx\n", f"\n{words}\n".encode())
    await door.lmtp(raw, HELP)
    assert door.inlet.received[0].parts[0].text == words.replace("\r\n", "\n")


async def test_an_inbox_opens_and_closes_while_others_go_on(door: Lab) -> None:
    door.configure("third")
    assert [code for code, _ in (await door.lmtp(letter(), "third@shop.example")).values()] == [250]
    door.inlet.configured["email"] = [one for one in door.inlet.configured["email"] if one.id != "third"]
    door.configure("sales")
    assert [code for code, _ in (await door.lmtp(letter(), "third@shop.example", HELP)).values()] == [550, 250]


async def test_a_line_that_breaks_in_the_middle_leaves_nothing(door: Lab) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.lmtp_port)
    writer.write(b"LHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<help@shop.example>\r\nDATA\r\n" + letter()[:100])
    await writer.drain()
    await reader.readuntil(b"354")
    writer.close()
    await door.lmtp(letter("whole"), HELP)
    assert [one.parts[0].text for one in door.inlet.received] == ["whole"]
