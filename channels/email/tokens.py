"""Names that only we can make: reply addresses and Message-IDs that carry the conversation, signed. Pure.

Both prove that a mail answers what we wrote, never who wrote it: they leak with every forwarded mail.
"""

import binascii
import hashlib
import hmac
import re
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST_LOCAL = 64
"""Octets before the @ (RFC 5321 4.5.3.1.1)."""
_MAC_BYTES = 10
_MAC_LETTERS = 16
_TOKEN = re.compile(r"[ab][a-z2-7]{1,120}")
_OURS = re.compile(r"conv\.([A-Za-z0-9_-]{1,64})\.(\d{1,12})\.([a-z2-7]{8})\.([a-z2-7]{8})\.([a-z2-7]{16})@")
_MARKS = re.compile("[\u200c-\u200f\u202a-\u202e\u2066-\u2069]")
_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|antw|sv|vs|fwd?|wg|odp|ynt|ref|rv|tr|پاسخ|ارسال|در پاسخ|رد|الرد)\s*(?:\[\d{1,3}\])?\s*[:：]"
    r"|\[\d{1,3}\])\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OurId:
    """What one of our Message-IDs says; `subject` is a digest of the subject without `Re:`."""

    conversation: str
    seq: int
    subject: str


def reply_address(address: str, secret: str, conversation: str) -> str | None:
    """The mailbox's address with a signed token (RFC 5233); None where it would be too long to be delivered."""
    local, _, domain = address.rpartition("@")
    token = _packed(conversation) + _mac(secret, "reply", conversation)
    tagged = f"{local}+{token}"
    return f"{tagged}@{domain}" if secret and len(tagged.encode()) <= LONGEST_LOCAL else None


def conversation_of(address: str, secrets: Iterable[str]) -> str | None:
    """The conversation that a reply address was made for, if one of the secrets signed it. Case does not count."""
    token = address.rpartition("@")[0].rpartition("+")[2].lower()
    if not _TOKEN.fullmatch(token) or len(token) <= _MAC_LETTERS + 1:
        return None
    conversation = _unpacked(token[:-_MAC_LETTERS])
    if conversation is None:
        return None
    mac = token[-_MAC_LETTERS:]
    good = [hmac.compare_digest(_mac(secret, "reply", conversation), mac) for secret in secrets if secret]
    return conversation if any(good) else None


def message_id(secret: str, *, conversation: str, seq: int, key: str, subject: str, host: str) -> str:
    """Our Message-ID of a message, without brackets; the same at each try."""
    name = conversation if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", conversation) else _digest(conversation, 32)
    head = f"conv.{name}.{seq}.{subject_digest(subject)}.{_digest(key, 8)}"
    return f"{head}.{_mac(secret, 'id', head)}@{host}"


def ours(message_id: str, secrets: Iterable[str]) -> OurId | None:
    """What a Message-ID says, if one of the secrets signed it."""
    match = _OURS.match(message_id)
    if match is None:
        return None
    head = match[0].rpartition(".")[0]
    good = [hmac.compare_digest(_mac(secret, "id", head), match[5]) for secret in secrets if secret]
    return OurId(conversation=match[1], seq=int(match[2]), subject=match[3]) if any(good) else None


def mark(secret: str, inbox: str) -> str:
    """What stands on every mail of an inbox, so that it is known when it comes back under another name."""
    return f"{_packed(inbox)}.{_mac(secret, 'mark', inbox)}"


def is_mark(value: str, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets signed a mark; another hub's mail has another's."""
    packed, _, mac = value.strip().partition(".")
    inbox = _unpacked(packed) if _TOKEN.fullmatch(packed) else None
    if inbox is None:
        return False
    good = [hmac.compare_digest(_mac(secret, "mark", inbox), mac) for secret in secrets if secret]
    return any(good)


def ids_within(text: str) -> Iterator[str]:
    """Everything in a text that looks like one of our Message-IDs, as reports on deliveries quote them."""
    for match in _OURS.finditer(text):
        host = re.match(r"[\w.-]{1,253}", text[match.end() : match.end() + 253])
        if host is not None:
            yield match[0] + host[0]


def external_id(message_id: str) -> str:
    """The hub's name for a mail: short and plain, whatever its Message-ID looks like."""
    return hashlib.sha256(message_id.strip("<> ").encode("utf-8", "replace")).hexdigest()[:40]


def bare_subject(subject: str) -> str:
    """A subject without `Re:`, `AW:`, `پاسخ:` and the like, and without direction marks."""
    bare = _MARKS.sub("", subject)
    for _ in range(20):
        shorter = _PREFIX.sub("", bare)
        if shorter == bare:
            break
        bare = shorter
    return bare.strip()


def is_reply(subject: str) -> bool:
    """The subject says that the mail answers another."""
    return bare_subject(subject) != _MARKS.sub("", subject).strip()


def subject_digest(subject: str) -> str:
    """The same for a subject and all its answers."""
    return _digest(" ".join(bare_subject(subject).casefold().split()), 8)


def _digest(text: str, letters: int) -> str:
    return _base32(hashlib.sha256(text.encode("utf-8", "replace")).digest())[:letters]


def _mac(secret: str, purpose: str, what: str) -> str:
    mac = hmac.digest(secret.encode(), f"{purpose}\0{what}".encode(), hashlib.sha256)
    return _base32(mac[:_MAC_BYTES])


def _packed(name: str) -> str:
    """A name in letters that survive in lower case; base64 is packed, so that the address stays short."""
    try:
        raw = urlsafe_b64decode(name)
        if urlsafe_b64encode(raw).decode() == name:
            return f"a{_base32(raw)}"
    except (binascii.Error, ValueError):
        pass
    return f"b{_base32(name.encode())}"


def _unpacked(packed: str) -> str | None:
    letters = packed[1:].upper()
    try:
        raw = b32decode(letters + "=" * (-len(letters) % 8))
        return urlsafe_b64encode(raw).decode() if packed[0] == "a" else raw.decode()
    except (binascii.Error, ValueError):
        return None


def _base32(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()
