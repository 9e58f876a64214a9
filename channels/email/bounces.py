"""Reports that a mail did not arrive: RFC 3464 where it is kept, and the lines that people are meant to read elsewhere.

Only half of all bounces are reports in the form of the RFC. The others are known by who sends them and how they begin,
and what they say is found by the codes of SMTP and by phrases (see `channels.email.reasons`).
"""

import re
from dataclasses import replace

from channels.email import reasons, reports, signs
from channels.email.charset import Decoder
from channels.email.headers import Headers, ids, split
from channels.email.limits import Problems
from channels.email.mail import Auto, AutoKind
from channels.email.mime import Part
from channels.email.phrases import joined
from channels.email.reasons import Command
from channels.email.reports import ADDRESS, STATUS, Report

_MAX_REPORT = 60_000
"""Characters of a report that are read."""

_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status", "message/xdelivery-status"})
_RETURNED_PARTS = frozenset(
    {
        "message/rfc822",
        "text/rfc822-headers",
        "message/global",
        "message/global-headers",
        "text/rfc822-header",
        "message/rfc822-headers",
    }
)
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})
_UNCLEAR = frozenset({"", "onhold"})
_SENDERS = re.compile(joined(signs.SENDERS))
_SUBJECTS = re.compile(joined(signs.SUBJECTS))
_REPLY = re.compile(r"(?<![\d.+/-])(?<!\S:)([245][0-5]\d)(?![\d.:/]|-\d{3})")
_COMMAND = re.compile(joined(signs.COMMAND), re.IGNORECASE)
_OWN_LINE = re.compile(
    r"^[ \t]{0,20}(?:to:? )?<?([^\s<>@:]{1,64}@[^\s<>@:]{1,255})(?:>?[ \t]{0,5}(?:$|[:(])|>\.\.\.)",
    re.MULTILINE | re.IGNORECASE,
)
_SAID = re.compile(joined(signs.SAID), re.IGNORECASE)
_MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)
_RETURNED = re.compile(joined(signs.RETURNED), re.IGNORECASE | re.MULTILINE)
_PERMANENT = re.compile(joined(signs.PERMANENT))
_TEMPORARY = re.compile(joined(signs.TEMPORARY))
_DELAYED = re.compile(joined(signs.DELAYED))


def read(root: Part, text: str, decoder: Decoder, problems: Problems) -> Auto | None:
    """What a report on a delivery says; None if the mail is none.

    Of several recipients the first that failed counts, else the first.
    """
    leaves = [part for part in root.walk() if not part.parts]
    formal = [part for part in leaves if part.type.value in _STATUS_PARTS]
    fields = root.headers
    body = _before_returned(text[:_MAX_REPORT])
    if formal:
        lines = "\n\n".join(decoder.decode(part.content()[:_MAX_REPORT], decoder.hint) for part in formal)
        found = reports.fields(lines)
    else:
        if not _looks_like_bounce(root, body, decoder):
            return None
        found = reports.fields(text[:_MAX_REPORT])
    failed = reports.first_failed(found) or Report()
    if not failed.recipient:
        failed = replace(failed, recipient=_failed_recipient(fields, body, decoder))
    judged = _judge(failed, body, fields.text("subject", decoder), formal=bool(formal))
    if judged is None:
        return None
    return replace(judged, original_message_id=_returned_id(leaves, text, decoder, problems))


def _looks_like_bounce(root: Part, body: str, decoder: Decoder) -> bool:
    """Who sends it, how it begins and what comes with it: two signs at least, and one of them not just words."""
    fields = root.headers
    if fields.has("x-failed-recipients"):
        return True
    by_sender = _SENDERS.search(fields.text("from", decoder).lower()) is not None
    by_subject = _SUBJECTS.search(fields.text("subject", decoder).lower()) is not None
    null = fields.has("return-path") and fields.text("return-path", decoder) in {"<>", ""}
    returned = any(part.type.value in _RETURNED_PARTS for part in root.walk())
    coded = _REPLY.search(body) is not None and (STATUS.search(body) is not None or _SAID.search(body) is not None)
    coded = coded or "final-recipient:" in body.lower()
    if by_sender:
        return by_subject or null or returned or coded
    return (by_subject and (null or returned or coded)) or (null and (returned or coded))


def _before_returned(text: str) -> str:
    """The report without the mail that came back."""
    for match in _RETURNED.finditer(text):
        if match.start() > 40:
            return text[: match.start()]
    return text


def _judge(report: Report, body: str, subject: str, *, formal: bool) -> Auto | None:
    context = _around(body, report.recipient)
    heard = report.said if _tells(report.said) else f"{report.said} {context}".strip()
    code, reply = _codes(heard)
    status = _prefer(report.status, code, reply)
    bounce = Auto(kind=AutoKind.BOUNCE, status=status, recipient=report.recipient)
    if report.action in _ARRIVED or (status.startswith("2.") and report.action != "failed"):
        return replace(bounce, reason="delivered", action=report.action or "delivered")
    reason = _reason(report, heard, (context, body, "" if status else subject), status, reply)
    if not reason and not formal and not status:
        return None
    action = report.action if report.action in {"failed", "delayed"} else _action(body)
    if reason in _UNCLEAR and action == "delayed":
        reason = "expired"
    if not status:
        permanent = reply.startswith("5") if reply else not _temporary(heard)
        status = reasons.derived_status(reason, permanent=permanent)
    hard = action == "failed" and reasons.is_hard(reason, status)
    return replace(bounce, status=status, reason=reason, hard=hard, action=action)


def _reason(report: Report, heard: str, further: tuple[str, str, str], status: str, reply: str) -> str:
    """Why, by what was said about the recipient; if that is unclear, by ever more of the report."""
    command: Command = _command(report.said) or _command(further[0]) or _command(further[1])
    found = reasons.why(heard, status=status, reply=reply, command=command, mailer=report.mailer)
    for said in further:
        if found not in _UNCLEAR:
            break
        found = reasons.why(said, status=status, reply=reply, command=command) or found
    return found


def _action(body: str) -> str:
    lowered = body.lower()
    return "delayed" if _DELAYED.search(lowered) and not _PERMANENT.search(lowered) else "failed"


def _temporary(heard: str) -> bool:
    lowered = heard.lower()
    return _TEMPORARY.search(lowered) is not None and _PERMANENT.search(lowered) is None


def _tells(said: str) -> bool:
    """More than a code."""
    return len(re.findall(r"[A-Za-z]{3,}", said[:500])) >= 2


def _around(body: str, recipient: str) -> str:
    """What the report says about the recipient: from the line that names it to the next blank line but one."""
    lines = body.splitlines()
    if recipient:
        local = recipient.lower()
        for index, line in enumerate(lines):
            if local in line.lower():
                return "\n".join(lines[index : index + 14])
    return body


def _codes(text: str) -> tuple[str, str]:
    """The enhanced status code and the reply code in a text; a code that says more wins over X.0.0."""
    codes = [match[0] for match in STATUS.finditer(text[:5_000]) if int(match[2]) <= 7 and match[1] != "2"]
    precise = [each for each in codes if not each.endswith(".0") and each != "4.4.7"]
    code = next((each for each in (*precise, *codes) if not each.endswith(".0.0")), codes[0] if codes else "")
    replies = [match[1] for match in _REPLY.finditer(text[:5_000]) if match[1][0] != "2"]
    same = [reply for reply in replies if not code or reply[0] == code[0]]
    return code, next(iter(same), "")


def _prefer(field: str, said: str, reply: str) -> str:
    """The better of the status field and the code that was said."""
    if not field or not said or field == said:
        return field or said
    if reply and field[0] != said[0] == reply[0]:
        return said
    if said.endswith(".0.0") or (reply and field[0] == reply[0] != said[0]):
        return field
    vague, vague_said = ".0" in field, ".0" in said
    better = (
        (vague and not vague_said)
        or field == "4.4.7"
        or field[2:4] == "3."
        or (field == "5.1.1" and not vague_said)
        or (field == "5.1.3" and said.startswith("5.7."))
        or field.endswith(".0.0")
    )
    return said if better else field


def _command(text: str) -> Command:
    """After which SMTP command it was said: the last one named."""
    found = [match[1].lower() for match in _COMMAND.finditer(text[:20_000])]
    if not found:
        return ""
    last = found[-1]
    if "data" in last:
        return "DATA"
    if last.startswith("rcpt"):
        return "RCPT"
    if last.startswith("mail"):
        return "MAIL"
    return "CONN" if "connect" in last else "EHLO" if last in {"helo", "ehlo", "starttls"} else ""


def _failed_recipient(fields: Headers, body: str, decoder: Decoder) -> str:
    """The address on a line of its own or at the start of a line, else the first one."""
    candidates = (fields.text("x-failed-recipients", decoder), *_OWN_LINE.findall(body)[:1], body)
    return next((match[0] for source in candidates if (match := ADDRESS.search(source))), "")


def _returned_id(leaves: list[Part], text: str, decoder: Decoder, problems: Problems) -> str:
    """Message-ID of the mail that came back."""
    for part in leaves:
        if part.type.value in _RETURNED_PARTS:
            fields, _ = split(part.content()[:200_000], problems)
            if found := ids(fields.text("message-id", decoder)):
                return found[0]
    match = _MESSAGE_ID.search(text)
    return match[1].strip("<>") if match else ""
