"""Names that only we can make, and how far a `From` is believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.tokens import (
    bare_subject,
    conversation_of,
    ids_within,
    is_reply,
    message_id,
    ours,
    reply_address,
    subject_digest,
)
from channels.email.trust import Trust, trust

SECRET, OTHER = "s" * 32, "o" * 32
CONVERSATION = "AbCdEfGhIjKlMnOpQr-_"


def made(**more: object) -> str:
    usual = {"conversation": CONVERSATION, "seq": 7, "key": "say:7", "subject": "Hello", "host": "shop.example"}
    return message_id(SECRET, **{**usual, **more})  # type: ignore[arg-type]


@given(st.text(alphabet="abcXYZ019_-", min_size=1, max_size=20))
def test_a_reply_address_brings_its_conversation_back(conversation: str) -> None:
    address = reply_address("help@shop.example", SECRET, conversation)
    assert address is None or conversation_of(address, (OTHER, SECRET)) == conversation
    if address is not None:
        assert len(address.partition("@")[0]) <= 64
        assert conversation_of(address.upper(), (SECRET,)) == conversation  # relays write as they like


def test_a_reply_address_that_is_too_long_is_not_made() -> None:
    assert reply_address("a-mailbox-with-a-rather-long-name@shop.example", SECRET, CONVERSATION) is None
    assert reply_address("help@shop.example", "", CONVERSATION) is None


def test_c05_a_token_that_somebody_else_signed_means_nothing() -> None:
    address = reply_address("help@shop.example", SECRET, CONVERSATION)
    assert address is not None
    assert conversation_of(address, (OTHER,)) is None
    assert conversation_of(address, ("",)) is None
    local, _, domain = address.partition("@")
    assert conversation_of(f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}", (SECRET,)) is None


@given(st.text(max_size=200))
def test_no_address_breaks_the_reader(text: str) -> None:
    assert conversation_of(f"help+{text}@shop.example", (SECRET,)) is None
    assert ours(text, (SECRET,)) is None


def test_our_message_id_is_the_same_at_each_try_and_known_without_a_look_up() -> None:
    assert made() == made()
    assert made(key="say:7:1") != made()
    found = ours(made(), (OTHER, SECRET))
    assert found is not None
    assert (found.conversation, found.seq, found.subject) == (CONVERSATION, 7, subject_digest("RE: hello"))
    assert ours(made(), (OTHER,)) is None
    assert ours(made().replace(".7.", ".8."), (SECRET,)) is None


def test_our_message_id_is_found_where_reports_quote_it() -> None:
    text = f"Final-Recipient: rfc822; x@y.example\n\n> Message-ID: <{made()}>\nconv.x.1@nothing"
    assert list(ids_within(text)) == [made()]


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: AW: Fwd: hello", "hello"),
        ("RE[2]: hello", "hello"),
        ("پاسخ: ارسال: سفارش من", "سفارش من"),
        ("\u200fپاسخ : سفارش", "سفارش"),
        ("Regarding: hello", "Regarding: hello"),
        ("hello", "hello"),
        ("Re:", ""),
    ],
)
def test_a_subject_without_what_programs_put_before_it(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare
    assert is_reply(subject) == (bare not in (subject,))


OURS = "mx.shop.example"
PASS = f"{OURS}; spf=pass smtp.mailfrom=x.example; dmarc=pass (p=reject) header.from=customer.example"


@pytest.mark.parametrize(
    ("results", "known"),
    [
        ((PASS,), Trust.VERIFIED),
        ((PASS.replace("dmarc=pass", "dmarc=fail"),), Trust.FAILED),
        ((PASS.replace("customer.example", "evil.example"),), Trust.CLAIMED),
        ((f"{OURS}; dkim=pass header.d=customer.example",), Trust.CLAIMED),
        (("mx.evil.example; dmarc=pass header.from=customer.example",), Trust.CLAIMED),
        ((f"{OURS}; dmarc=none header.from=customer.example", PASS), Trust.CLAIMED),  # only the topmost is ours
        ((PASS.replace("dmarc=pass", "dmarc=fail"), PASS), Trust.FAILED),
        ((f'{OURS}; spf=fail smtp.mailfrom="; dmarc=pass header.from=customer.example;"',), Trust.CLAIMED),
        ((f"{OURS}; spf=fail (a comment; dmarc=pass header.from=customer.example;)",), Trust.CLAIMED),
        ((f"{OURS}; none",), Trust.CLAIMED),
        ((), Trust.CLAIMED),
        ((";" * 100_000,), Trust.CLAIMED),
    ],
)
def test_c05_only_our_own_server_vouches_for_a_sender(results: tuple[str, ...], known: Trust) -> None:
    assert trust("sara@customer.example", 1, results, OURS) is known
    assert trust("sara@customer.example", 1, results, "") is Trust.CLAIMED


def test_c09_two_authors_prove_nothing() -> None:
    assert trust("sara@customer.example", 2, (PASS,), OURS) is Trust.CLAIMED
