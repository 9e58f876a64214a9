"""Mail that no person wrote just now: bounces, complaints, automatic answers, lists (RFC 3834, 5965, 2919)."""

import re
from collections.abc import Mapping

from channels.email import bounces, notifications, signs
from channels.email.addresses import addresses
from channels.email.charset import Decoder
from channels.email.headers import Headers, ids, split
from channels.email.limits import Problems
from channels.email.mail import Auto, AutoKind
from channels.email.mime import Part
from channels.email.phrases import joined

_AWAY = re.compile(joined(signs.AWAY), re.IGNORECASE)
_NOBODY = re.compile(
    r"^(?:no-?reply|do-?not-?reply|donotreply|mailer-daemon|postmaster|bounces?|noreply.*|.*-noreply|.*-bounces?)$"
)
_SUPPRESSING: Mapping[str, frozenset[str]] = {
    "auto-submitted": frozenset({"", "no"}),
    "precedence": frozenset({"", "normal", "first-class", "special-delivery"}),
    "x-auto-response-suppress": frozenset({"", "none"}),
    **dict.fromkeys(("list-id", "list-unsubscribe", "list-post", "x-loop", "feedback-id"), frozenset[str]()),
    **dict.fromkeys(("x-autoreply", "x-autorespond"), frozenset({"no"})),
}
"""Fields that forbid an automatic answer, and the values that don't."""
_FEEDBACK = re.compile(
    r"^(feedback-type|original-rcpt-to|removal-recipient|original-mail-from)\s*:\s*(.*)$", re.IGNORECASE | re.MULTILINE
)


def recognise(root: Part, text: str, decoder: Decoder, problems: Problems) -> Auto:
    """What kind of machine wrote the mail, and what it says."""
    return (
        _complaint(root, decoder, problems)
        or notifications.read(text)
        or bounces.read(root, text, decoder, problems)
        or _reply(root, decoder)
        or _list(root.headers)
        or Auto()
    )


def suppresses(fields: Headers, decoder: Decoder) -> str:
    """Why no automatic answer may go to this mail (the header that says so); empty if one may."""
    for name, harmless in _SUPPRESSING.items():
        if fields.has(name) and fields.text(name, decoder).lower() not in harmless:
            return name
    if fields.has("return-path") and fields.text("return-path", decoder) in {"", "<>"}:
        return "return-path"
    authors = addresses(fields.first("from"), decoder)
    if any(_NOBODY.match(author.address.partition("@")[0].lower()) for author in authors):
        return "from"
    return ""


def _complaint(root: Part, decoder: Decoder, problems: Problems) -> Auto | None:
    """A feedback report (RFC 5965), or the returned mail that Outlook.com sends in its stead."""
    leaves = [part for part in root.walk() if not part.parts]
    report = next((part for part in leaves if part.type.value == "message/feedback-report"), None)
    returned = next((part for part in leaves if part.type.value in {"message/rfc822", "text/rfc822-headers"}), None)
    subject = root.headers.text("subject", decoder).lower()
    if report is None and not (returned and subject.startswith("complaint about message from")):
        return None
    text = decoder.decode(report.content()[:50_000]) if report else ""
    found = {name.lower(): value.strip() for name, value in _FEEDBACK.findall(text)}
    fields = split(returned.content()[:200_000], problems)[0] if returned else Headers()
    recipient = found.get("original-rcpt-to") or found.get("removal-recipient") or ""
    return Auto(
        kind=AutoKind.COMPLAINT,
        reason="feedback",
        action=found.get("feedback-type", "abuse").lower(),
        recipient=recipient.strip("<> "),
        original_message_id=next(iter(ids(fields.text("message-id", decoder))), ""),
    )


def _reply(root: Part, decoder: Decoder) -> Auto | None:
    fields = root.headers
    if any(part.type.value == "message/disposition-notification" for part in root.walk()):
        return Auto(kind=AutoKind.AUTO_REPLY, reason="read_receipt")
    submitted = fields.text("auto-submitted", decoder).lower().partition(";")[0].strip()
    subject = fields.text("subject", decoder)
    away = (
        submitted in {"auto-replied", "auto-notified", "auto-replied (vacation)"}
        or submitted.startswith("auto-replied")
        or fields.has(
            "x-autoreply", "x-autorespond", "x-autoreply-from", "x-auto-reply", "x-vacation", "x-mail-autoreply"
        )
        or fields.text("precedence", decoder).lower() == "auto_reply"
        or _AWAY.search(subject) is not None
    )
    if away:
        return Auto(kind=AutoKind.AUTO_REPLY, reason="vacation")
    if submitted not in {"", "no"}:
        return Auto(kind=AutoKind.AUTO_REPLY, reason="generated")
    return None


def _list(fields: Headers) -> Auto | None:
    if fields.has(
        "list-id", "list-post", "list-unsubscribe", "x-mailman-version", "mailing-list", "x-mailing-list"
    ) or fields.first("precedence").strip().lower() in {b"list", b"bulk"}:
        return Auto(kind=AutoKind.LIST)
    return None
