"""What goes out: how a mail of ours looks, and what the mail server's answers mean (F11)."""

from __future__ import annotations

import re
import ssl
import subprocess
from pathlib import Path

import dkim
import pytest

from channels.contract import DeliveryError, Part, Sent
from channels.email.outbound.brake import IN_CONVERSATION, Brake
from channels.email.outbound.compose import compose, make_environment, subject_of
from channels.email.parse import parse
from channels.email.tokens import conversation_of, external_id, ours
from hub.clock import HeldClock
from tests.certificate import certificate
from tests.channels.email.lab import NOON, SARA, SECRET, SMTP_PASSWORD, Lab, email_lab
from tests.fakes.smtp import FakeSmtp


async def refused(lab: Lab, **more: object) -> DeliveryError:
    with pytest.raises(DeliveryError) as failed:
        await lab.channel.send(lab.message(**more), lab.inlet)
    return failed.value


async def test_an_answer_is_a_mail_that_programs_put_under_the_customers(lab: Lab) -> None:
    message = lab.message("سلام\nامروز می‌رسد.\n\nhttps://shop.example/1")
    sent = await lab.channel.send(message, lab.inlet)
    (taken,) = lab.post.taken
    mail = taken.mail
    assert taken.sender == "help@shop.example"
    assert taken.recipients == (SARA,)
    assert str(mail["From"]) == "فروشگاه <help@shop.example>"
    assert str(mail["Subject"]) == "Re: سفارش"
    assert mail["In-Reply-To"] == "<1@customer.example>"
    assert mail["References"] == "<1@customer.example>"
    id_ = str(mail["Message-ID"]).strip("<>")
    assert sent == Sent(external_id=external_id(id_))
    known = ours(id_, (SECRET,))
    assert known is not None
    assert (known.conversation, known.seq) == (message.conversation, 4)
    assert conversation_of(str(mail["Reply-To"].addresses[0].addr_spec), (SECRET,)) == message.conversation
    assert mail["Date"].datetime.timestamp() * 1000 == NOON
    assert mail["Auto-Submitted"] is None
    assert taken.text.startswith("سلام\nامروز می‌رسد.\n\nhttps://shop.example/1\n")
    assert taken.text.rstrip().endswith("علی")
    assert 'dir="rtl"' in taken.html
    assert '<a href="https://shop.example/1"' in taken.html


async def test_what_a_machine_says_is_marked_as_such(lab: Lab) -> None:
    await lab.channel.send(lab.message("hello", author="bot", author_name=None, locale="en"), lab.inlet)
    (taken,) = lab.post.taken
    assert taken.mail["Auto-Submitted"] == "auto-replied"
    assert taken.mail["X-Auto-Response-Suppress"] == "All"
    assert "Our assistant wrote this" in taken.text
    assert 'dir="ltr"' in taken.html


async def test_words_are_no_html(lab: Lab) -> None:
    lab.configure(signature='<b>Shop</b>\n"quoted" & more')
    await lab.channel.send(lab.message("<script>alert(1)</script>", author_name="<i>Ali</i>"), lab.inlet)
    (taken,) = lab.post.taken
    assert "<script>" not in taken.html
    assert "<i>" not in taken.html
    assert "<b>" not in taken.html
    assert "<script>alert(1)</script>" in taken.text
    assert '-- \n<b>Shop</b>\n"quoted" & more' in taken.text


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\u2028", "\x0b"])
async def test_i06_no_word_of_a_stranger_becomes_a_header(lab: Lab, line_end: str) -> None:
    smuggled = f"hello{line_end}Bcc: victim@example.com{line_end}{line_end}body"
    lab.configure(display_name=smuggled)
    file = await lab.file(smuggled, b"%PDF-1.4")
    message = lab.message(
        parts=(Part(type="text", text="x"), Part(type="attachment", file=file)),
        reply={"subject": smuggled, "message_id": smuggled, "references": smuggled, "cc": smuggled, "to": SARA},
    )
    await lab.channel.send(message, lab.inlet)
    (taken,) = lab.post.taken
    assert taken.recipients == (SARA,)
    assert taken.mail["Bcc"] is None
    assert not re.search(rb"^Bcc", taken.raw, re.MULTILINE | re.IGNORECASE)
    (attachment,) = taken.mail.iter_attachments()
    assert attachment["Bcc"] is None


@pytest.mark.parametrize(
    "to", [f"{SARA}\r\nBcc: x@y.example", f"{SARA}, x@y.example", "nobody", "<>", "a b@c.example", ""]
)
async def test_what_is_no_address_is_not_written_to(lab: Lab, to: str) -> None:
    error = await refused(lab, to=to)
    assert (error.code, error.retryable) == ("bad_address", False)
    assert lab.post.taken == []


async def test_a_foreign_domain_goes_out_as_dns_has_it(lab: Lab) -> None:
    await lab.channel.send(lab.message(to="sara@مثال.example"), lab.inlet)
    assert lab.post.taken[0].recipients[0].startswith("sara@xn--")


async def test_long_ids_stay_whole_and_the_chain_is_kept(lab: Lab) -> None:
    chain = [f"{'x' * 120}{n}@a-very-long-host-name.customer.example" for n in range(20)]
    subject = "سفارش شماره یک دو سه " * 14
    message = lab.message(reply={"message_id": chain[-1], "references": " ".join(chain), "subject": subject})
    raw = compose(message, lab.box(), (), make_environment()).raw
    assert [f"<{one}>" for one in chain] == _header(raw, b"References").split()
    assert _header(raw, b"In-Reply-To").split() == [f"<{chain[-1]}>"]
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert parse(raw).subject == f"Re: {subject.strip()}"


def _header(raw: bytes, name: bytes) -> str:
    match = re.search(rb"^" + name + rb": ([^\r\n]*(?:\r\n [^\r\n]*)*)", raw, re.MULTILINE)
    assert match is not None
    return match[1].replace(b"\r\n", b"").decode("ascii")


async def test_a_conversation_without_a_subject_says_its_number(lab: Lab) -> None:
    assert subject_of(lab.message(reply={}, locale="en")) == "Conversation [#12]"
    assert subject_of(lab.message(reply={"subject": "RE: re: hello"})) == "Re: hello"


async def test_who_reads_along_gets_what_a_person_writes_and_only_that(lab: Lab) -> None:
    reply = {"cc": "boss@customer.example, gone@customer.example", "subject": "x"}
    lab.post.refused["gone@customer.example"] = "550 5.1.1 no such person"
    await lab.channel.send(lab.message(reply=reply), lab.inlet)
    await lab.channel.send(lab.message(seq=5, reply=reply, author="bot"), lab.inlet)
    assert [one.recipients for one in lab.post.taken] == [(SARA, "boss@customer.example"), (SARA,)]


async def test_words_and_files_are_one_mail(lab: Lab) -> None:
    file = await lab.file("فاکتور.pdf", b"%PDF-1.4 \x00\xff" * 1_000)
    await lab.channel.send(
        lab.message(parts=(Part(type="text", text="here"), Part(type="attachment", file=file))), lab.inlet
    )
    (attachment,) = lab.post.taken[0].mail.iter_attachments()
    assert attachment.get_filename() == "فاکتور.pdf"
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_content() == b"%PDF-1.4 \x00\xff" * 1_000


async def test_files_that_are_too_large_together_are_refused(lab: Lab) -> None:
    files = [await lab.file(f"{n}.bin", b"x" * 11_000_000) for n in range(2)]
    error = await refused(lab, parts=tuple(Part(type="attachment", file=one) for one in files))
    assert (error.code, error.retryable) == ("too_large", False)


@pytest.mark.parametrize(
    ("stage", "answer", "code", "again"),
    [
        ("MAIL", "421 4.3.2 closing", "rate_limited", True),
        ("RCPT", "450 4.2.0 greylisted", "unreachable", True),
        ("RCPT", "451 4.7.1 try again", "rate_limited", True),
        ("DATA", "452 4.3.1 disk full", "unreachable", True),
        ("RCPT", "550 5.1.1 no such user", "bad_address", False),
        ("RCPT", "550 relaying denied", "rejected", False),
        ("MAIL", "552 5.3.4 too big", "too_large", False),
        ("RCPT", "552 5.2.2 mailbox full", "rejected", False),
        ("MAIL", "530 5.7.0 authenticate first", "misconfigured", False),
        ("DATA", "554 5.7.1 spam", "rejected", False),
    ],
)
async def test_f11_the_servers_answers_mean_what_they_say(
    lab: Lab, stage: str, answer: str, code: str, again: bool
) -> None:
    lab.post.answers = {stage: answer}  # type: ignore[dict-item]
    error = await refused(lab)
    assert (error.code, error.retryable, error.uncertain) == (code, again, False)
    assert answer in error.reason
    lab.post.answers = {}
    await lab.channel.send(lab.message(), lab.inlet)  # the same set-up, without the answer
    assert len(lab.post.taken) == 1


async def test_tries_become_rarer_up_to_an_hour(lab: Lab) -> None:
    lab.post.answers = {"RCPT": "450 later"}
    pauses = [(await refused(lab, attempt=attempt)).retry_after for attempt in range(6)]
    assert pauses == [60, 300, 900, 3_600, 3_600, 3_600]
    assert lab.channel.capabilities.give_up_seconds == 48 * 3_600


@pytest.mark.parametrize("mood", ["hangs", "drops"])
async def test_f11_silence_after_the_mail_has_gone_out_is_uncertain_and_the_second_copy_is_known(
    lab: Lab, mood: str
) -> None:
    lab.post.mood = mood  # type: ignore[assignment]
    error = await refused(lab)
    assert (error.uncertain, error.code) == (True, "unreachable")
    assert lab.channel.capabilities.resend
    lab.post.mood = "takes"
    await lab.channel.send(lab.message(attempt=1), lab.inlet)
    first, second = (one.mail["Message-ID"] for one in lab.post.taken)
    assert first == second


async def test_f11_a_server_that_is_not_there_or_says_nothing_is_tried_again(lab: Lab) -> None:
    lab.post.mood = "deaf"
    error = await refused(lab)
    assert (error.code, error.retryable, error.uncertain) == ("unreachable", True, False)
    await lab.post.stop()
    error = await refused(lab)
    assert (error.code, error.retryable, error.uncertain) == ("unreachable", True, False)
    lab.post.mood = "takes"
    await lab.post.start()
    await lab.channel.send(lab.message(), lab.inlet)


async def test_a_wrong_password_is_a_matter_of_the_settings(no_task_left_behind: None) -> None:
    async with email_lab(user="help", password=SMTP_PASSWORD) as lab:
        lab.configure(smtp_user="help", smtp_password="wrong")
        error = await refused(lab)
        assert (error.code, error.retryable) == ("misconfigured", False)
        lab.configure(smtp_user="help", smtp_password=SMTP_PASSWORD)
        await lab.channel.send(lab.message(), lab.inlet)


async def test_f11_no_word_goes_over_a_line_that_cannot_be_secured(lab: Lab) -> None:
    lab.configure(smtp_tls="starttls")
    error = await refused(lab)
    assert (error.code, error.retryable) == ("misconfigured", True)
    assert lab.post.taken == []


def _key(folder: Path) -> tuple[str, str]:
    made = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout
    public = subprocess.run(["openssl", "rsa", "-pubout"], input=made, capture_output=True, check=True).stdout
    return made.decode(), "".join(public.decode().splitlines()[1:-1])


async def test_a_signed_mail_is_good_by_the_key_in_dns(lab: Lab, tmp_path: Path) -> None:
    private, public = _key(tmp_path)
    lab.configure(dkim_selector="peyk", dkim_domain="shop.example", dkim_key=private)
    await lab.channel.send(lab.message("سلام. " * 400), lab.inlet)
    (taken,) = lab.post.taken

    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"peyk._domainkey.shop.example."
        return f"v=DKIM1; k=rsa; p={public}".encode()

    assert dkim.verify(taken.raw, dnsfunc=dns)
    assert not dkim.verify(taken.raw.replace(b"Subject: ", b"Subject: x"), dnsfunc=dns)
    assert not dkim.verify(taken.raw.replace(b"From: ", b"From: x@y.example\r\nFrom: ", 1), dnsfunc=dns)
    lab.configure(dkim_selector="peyk", dkim_domain="shop.example", dkim_key="no key")
    assert (await refused(lab)).code == "misconfigured"


async def test_c07_machines_answer_no_machine(lab: Lab) -> None:
    for author in ("bot", "system"):
        error = await refused(lab, author=author, reply={"suppress": "precedence", "subject": "x"})
        assert (error.code, error.retryable) == ("not_allowed", False)
    await lab.channel.send(lab.message(reply={"suppress": "precedence", "subject": "x"}), lab.inlet)  # a person may


async def test_c07_a_loop_that_no_header_gives_away_is_braked(lab: Lab) -> None:
    for seq in range(10):
        await lab.channel.send(lab.message(seq=seq, author="bot"), lab.inlet)
    await lab.channel.send(lab.message(seq=9, author="bot"), lab.inlet)  # the same one again is no new one
    error = await refused(lab, seq=10, author="bot")
    assert (error.code, error.retryable) == ("not_allowed", False)
    assert "Too many" in error.reason
    await lab.channel.send(lab.message(seq=11), lab.inlet)  # people are not braked
    lab.clock.advance(10 * 60_000)
    await lab.channel.send(lab.message(seq=12, author="bot"), lab.inlet)


def test_the_brake_holds_over_each_time_by_itself() -> None:
    clock = HeldClock(NOON)
    brake = Brake(clock.now)
    taken = 0
    for number in range(600):
        taken += brake.take("c", str(number), IN_CONVERSATION)
        clock.advance(60_000)
    assert taken == 100  # in ten hours


async def test_the_test_button_says_what_works(no_task_left_behind: None) -> None:
    async with email_lab(user="help", password=SMTP_PASSWORD) as lab, lab.running():
        await lab.listening()
        inbox = lab.configure(smtp_user="help", smtp_password=SMTP_PASSWORD)
        assert {(one.ok, one.code) for one in await lab.channel.check(inbox, lab.inlet)} == {
            (True, "reads_ok"),
            (True, "sends_ok"),
        }
        inbox = lab.configure(smtp_user="help", smtp_password="wrong")
        (_, wrong) = await lab.channel.check(inbox, lab.inlet)
        assert (wrong.ok, wrong.code, wrong.field) == (False, "bad_login", "smtp_password")
        inbox = lab.configure(smtp_tls="starttls", dkim_key="no key", dkim_selector="s", dkim_domain="shop.example")
        found = {one.field: one.code for one in await lab.channel.check(inbox, lab.inlet)}
        assert found == {"lmtp_port": "reads_ok", "smtp_host": "tls_failed", "dkim_key": "misconfigured"}
        await lab.post.stop()
        (_, gone) = await lab.channel.check(lab.configure(), lab.inlet)
        assert (gone.ok, gone.code, gone.field) == (False, "unreachable", "smtp_host")
        await lab.post.start()


async def test_a_certificate_that_nobody_signed_is_named(no_task_left_behind: None, tmp_path: Path) -> None:
    key, made = certificate(tmp_path)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(made, key)
    server.verify_mode = ssl.CERT_NONE
    trusting = ssl.create_default_context(cafile=str(made))
    for way, at_once in (("starttls", False), ("tls", True)):
        async with email_lab(tls=None) as lab, FakeSmtp(tls=server, at_once=at_once) as post:
            inbox = lab.configure(smtp_port=post.port, smtp_tls=way)
            (_, found) = await lab.channel.check(inbox, lab.inlet)
            assert (found.ok, found.code) == (False, "bad_certificate")
            error = await refused(lab)
            assert (error.code, error.retryable) == ("misconfigured", True)
        async with email_lab(tls=trusting) as lab, FakeSmtp(tls=server, at_once=at_once) as post:
            lab.configure(smtp_port=post.port, smtp_tls=way)
            await lab.channel.send(lab.message(), lab.inlet)
            assert len(post.taken) == 1
