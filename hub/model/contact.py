"""People who write to us, the addresses they write from, and how two contacts turn out to be one person. Pure.

A merge is an agent's word that two contacts are one person. It is a pointer beside them and rewrites nothing, so that
taking the word back leaves everything as it was.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from hub.model.ids import AgentId, ContactId, InboxId

AddressKind = Literal["email", "phone"]

HOME_REGION = "IR"
"""Where a phone number without a country belongs."""

_KIND_PER_CHANNEL: Mapping[str, AddressKind] = {
    "email": "email",
    "voice": "phone",
    "sms": "phone",
    "whatsapp": "phone",
}
"""What the addresses of a channel are; those of all others mean nothing outside their inbox."""

_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
_LONGEST = 254
_NUMBER = re.compile(r"\+?[\d\s().\-/\u2010-\u2015]{3,40}")
"""The parser below finds a number also within words and ids, which are none."""
_LOCAL = re.compile(r"[^\d+]*(?![0۰٠])(?:\d\D*){1,8}")
"""Without an area code, in one town of many; it may look like a number of some small country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An address within an inbox's channel; claimed until something proves it."""

    channel: str
    inbox: InboxId
    address: str
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """`source` and `into` are one person, says `by`. Times in ms; it counts until `undone_at`.

    `despite_conflict`: both had verified addresses of one kind that differ, and the agent knew.
    """

    id: str
    source: ContactId
    into: ContactId
    by: AgentId
    at: int
    reason: str
    despite_conflict: bool = False
    undone_at: int | None = None
    undone_by: AgentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A customer. `name` is what they call themselves, or empty. `owner`: the agent who looks after them.

    `merged_into` is set while one of its `merges` counts; there is at most one such.
    """

    id: ContactId
    name: str = ""
    locale: str = "fa"
    created_at: int = 0
    identities: tuple[Identity, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    owner: AgentId | None = None
    merged_into: ContactId | None = None
    merges: tuple[Merge, ...] = ()

    @property
    def merge(self) -> Merge | None:
        """The merge that counts now."""
        return next((one for one in self.merges if one.undone_at is None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Contacts that are one person by agents' word; all pointers lead to `members[0]`."""

    members: tuple[Contact, ...]

    @property
    def head(self) -> Contact:
        """The one that all pointers lead to."""
        return self.members[0]

    @property
    def owner(self) -> AgentId | None:
        """The agent who looks after them."""
        return next((one.owner for one in self.members if one.owner is not None), None)

    @property
    def attributes(self) -> Mapping[str, str]:
        """What is known of any member; of two values the head's."""
        return {name: value for one in reversed(self.members) for name, value in one.attributes.items()}

    @property
    def ids(self) -> tuple[ContactId, ...]:
        """Of all members."""
        return tuple(one.id for one in self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An address that means the same person everywhere, in its normal form."""

    kind: AddressKind
    value: str
    verified: bool

    @property
    def key(self) -> str:
        """Under which contacts with the same address find each other."""
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """An address that two persons have in common; `verified` only where it is on both sides."""

    kind: AddressKind
    value: str
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Both sides have proven addresses of one kind, and none in common: they may well be two persons."""

    kind: AddressKind
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


def email(text: str) -> str | None:
    """A mail address in its normal form, case folded; None for what is none."""
    folded = text.strip().casefold()
    return folded if len(folded) <= _LONGEST and _EMAIL.fullmatch(folded) else None


def phone(text: str, region: str = HOME_REGION) -> str | None:
    """A phone number as E.164, digits of any script; None for what is nobody's own (anonymous, an extension)."""
    text = text.strip()
    if not _NUMBER.fullmatch(text) or _LOCAL.fullmatch(text):
        return None
    return _e164(text, region) or _e164(f"+{text}", region)


def _e164(text: str, region: str) -> str | None:
    import phonenumbers  # noqa: PLC0415 (with the first number: 3 MB)

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def known(contact: Contact) -> tuple[Known, ...]:
    """The addresses of a contact by which others may be recognised; what customers say of themselves is claimed."""
    found: dict[tuple[AddressKind, str], bool] = {}
    for kind, text, verified in _said(contact):
        value = email(text) if kind == "email" else phone(text)
        if value is not None:
            found[kind, value] = found.get((kind, value), False) or verified
    return tuple(Known(kind=kind, value=value, verified=verified) for (kind, value), verified in found.items())


def _said(contact: Contact) -> Iterator[tuple[AddressKind, str, bool]]:
    for identity in contact.identities:
        kind = _KIND_PER_CHANNEL.get(identity.channel)
        if kind is not None:
            yield kind, identity.address, identity.verified
    if said := contact.attributes.get("email"):
        yield "email", said, False
    if said := contact.attributes.get("phone"):
        yield "phone", said, False


def keys(contacts: Sequence[Contact]) -> tuple[str, ...]:
    """Under which keys those who may be the same person are found."""
    return tuple(dict.fromkeys(one.key for contact in contacts for one in known(contact)))


def shared(ours: Person, theirs: Person) -> tuple[Shared, ...]:
    """Why two persons may be one: the addresses they have in common, proven ones first."""
    here, there = _addresses(ours), _addresses(theirs)
    both = [
        Shared(kind=kind, value=value, verified=here[kind, value] and there[kind, value])
        for kind, value in here.keys() & there.keys()
    ]
    return tuple(sorted(both, key=lambda one: (not one.verified, one.kind, one.value)))


def clashes(ours: Person, theirs: Person) -> tuple[Clash, ...]:
    """Why two persons may be two: of a kind of address both have proven ones, and none of them in common."""
    found = []
    kinds: tuple[AddressKind, ...] = ("email", "phone")
    for kind in kinds:
        here, there = _proven(ours, kind), _proven(theirs, kind)
        if here and there and not here & there:
            found.append(Clash(kind=kind, ours=tuple(sorted(here)), theirs=tuple(sorted(there))))
    return tuple(found)


def _addresses(person: Person) -> dict[tuple[AddressKind, str], bool]:
    found: dict[tuple[AddressKind, str], bool] = {}
    for one in (one for member in person.members for one in known(member)):
        found[one.kind, one.value] = found.get((one.kind, one.value), False) or one.verified
    return found


def _proven(person: Person, kind: AddressKind) -> set[str]:
    return {value for (of, value), verified in _addresses(person).items() if of == kind and verified}
