"""Who may be the same person, and what speaks against it."""

from __future__ import annotations

import pytest

from hub.model.contact import Clash, Contact, Identity, Person, Shared, clashes, email, keys, phone, shared
from hub.model.ids import ContactId, InboxId


def contact(name: str, *identities: tuple[str, str, bool], **attributes: str) -> Contact:
    return Contact(
        id=ContactId(name),
        identities=tuple(
            Identity(channel=channel, inbox=InboxId("i"), address=address, verified=verified)
            for channel, address, verified in identities
        ),
        attributes=attributes,
    )


def person(*members: Contact) -> Person:
    return Person(members=members)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Ali@Example.COM", "ali@example.com"),
        ("  ali@example.com ", "ali@example.com"),
        ("STRASSE@EXAMPLE.DE", "strasse@example.de"),
        ("ali@localhost", None),
        ("ali", None),
        ("a@b@c.de", None),
        ("<ali@example.com>", None),
        (f"{'a' * 250}@x.de", None),
    ],
)
def test_a_mail_address_has_one_form(text: str, normal: str | None) -> None:
    assert email(text) == normal


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("0912 345 6789", "+989123456789"),
        ("۰۹۱۲۳۴۵۶۷۸۹", "+989123456789"),
        ("٠٩١٢٣٤٥٦٧٨٩", "+989123456789"),
        ("+98 (912) 345-6789", "+989123456789"),
        ("00989123456789", "+989123456789"),
        ("989123456789", "+989123456789"),
        ("4915112345678", "+4915112345678"),
        ("021-88776655", "+982188776655"),
        ("anonymous", None),
        ("unknown", None),
        ("Restricted", None),
        ("", None),
        ("12", None),
        ("67740123", None),
        ("۲۱۲۰۲۵۹", None),
        ("+98 912 345 6789 ext. 5", None),
        ("9" * 400, None),
        ("IR.9123456789", None),
        ("user9123456789", None),
    ],
)
def test_a_phone_number_has_one_form_whatever_its_digits(text: str, normal: str | None) -> None:
    assert phone(text) == normal


def test_callers_who_hide_their_number_have_nothing_in_common() -> None:
    hidden = [contact(name, ("voice", address, False)) for name, address in (("a", "anonymous"), ("b", "anonymous"))]
    assert keys(hidden) == ()
    assert shared(person(hidden[0]), person(hidden[1])) == ()


def test_numbers_of_a_messenger_are_no_phone_numbers() -> None:
    assert keys([contact("a", ("telegram", "9123456789", True))]) == ()


def test_what_is_proven_on_both_sides_is_a_better_reason_than_what_somebody_says() -> None:
    mail = contact("mail", ("email", "Ali@Example.com", True), phone="09123456789")
    call = contact("call", ("voice", "+989123456789", True), ("email", "ali@example.com", True))
    chat = contact("chat", ("webchat", "v1", True), email="ALI@example.com")
    assert shared(person(mail), person(call)) == (
        Shared(kind="email", value="ali@example.com", verified=True),
        Shared(kind="phone", value="+989123456789", verified=False),
    )
    assert shared(person(mail), person(chat)) == (Shared(kind="email", value="ali@example.com", verified=False),)


def test_different_proven_addresses_of_one_kind_are_a_conflict_claimed_ones_are_not() -> None:
    ali = contact("ali", ("email", "ali@example.com", True), phone="09123456789")
    sara = contact("sara", ("email", "sara@example.com", True), phone="09123456789")
    said = contact("said", ("email", "other@example.com", False), phone="09123456789")
    clash = Clash(kind="email", ours=("ali@example.com",), theirs=("sara@example.com",))
    assert clashes(person(ali), person(sara)) == (clash,)
    assert clashes(person(ali), person(said)) == ()


def test_a_person_with_two_proven_addresses_does_not_conflict_with_one_of_them() -> None:
    ali = contact("ali", ("email", "ali@example.com", True))
    work = contact("work", ("email", "ali@work.example", True))
    again = contact("again", ("email", "ALI@work.example", True))
    assert clashes(person(ali, work), person(again)) == ()
    assert clashes(person(ali), person(work, again)) != ()
