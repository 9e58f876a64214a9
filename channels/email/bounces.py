"""Reports that a mail did not arrive: RFC 3464 where it is kept, and the lines that people are meant to read elsewhere.

Only half of all bounces are reports in the form of the RFC. The others are known by who sends them and how they begin,
and what they say is found by the codes of SMTP and by phrases (see `channels.email.reasons`).
"""

import re
from dataclasses import dataclass, replace

from channels.email import reasons
from channels.email.charset import Decoder
from channels.email.headers import Headers, ids, split
from channels.email.limits import Problems
from channels.email.mail import Auto, AutoKind
from channels.email.mime import Part
from channels.email.reasons import Command

_MAX_REPORT = 60_000
"""Characters of a report that are read."""
_MAX_RECIPIENTS = 50

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
_SENDERS = re.compile(
    r"mailer-?daemon|postmaster@|postmaster\b|mail delivery (?:sub)?system|mail delivery service|delivery subsystem|mmdf|"
    r"mail-?daemon|mta-?admin|mail administrator|bounce|do_not_reply@|root@|system administrator|majordomo-owner",
)
_SUBJECTS = re.compile(
    r"undeliver|returned mail|delivery (?:status )?(?:notification|report|fail|problem|unsuccessful|has failed|issue|of )|failure notice|mail delivery|"
    r"delivery failure|mail (?:failed|error|failure|system error)|non.?delivery|not (?:be )?deliver|could not send|rejected|undelivered|message (?:status|delivery|delayed|you sent)|"
    r"warning: (?:could not|message)|nondeliverable|delivery-fail|bounced|user unknown|return(?:ed)? (?:to sender|message)|failed mail|failure delivery|"
    r"failed delivery|メールエラー|エラー通知|配信エラー|unzustellbar|nicht zugestellt|non remis|non consegnat|no entregado|nije dostav|не доставлено|недоставлен|邮件退信|退信|無法傳送|配信不能|配信できません|"
    r"unknown user|address (?:not found|unknown)|mail not delivered|mailbox (?:full|unavailable)|تحویل داده نشد|برگشت خورد|عدم التسليم|"
    r"message has been (?:rejected|blocked|delayed)|transient|permanent|problem delivering|error sending|auto(?:matic)? answer: delivery"
)
_FIELD = re.compile(
    r"^(final-recipient|original-recipient|x-actual-recipient|action|status|diagnostic-code|remote-mta|x-failed-recipients?)\s*:\s*(.*)$",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.v])([245])\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)")
_REPLY = re.compile(r"(?<![\d.+/:-])([245][0-5]\d)(?![\d.:/]|-\d{3})")
_COMMAND = re.compile(
    r"(?:in reply to|>>>|after|end of|response to|during|smtp command|command was:?|command[: ]|\bsent\b)\W{0,3}\s{0,3}(?:smtp )?\W{0,3}(end of data|helo|ehlo|starttls|auth|mail from|mail f|mail\b|rcpt to|rcpt t|rcpt\b|data\b|quit|initial connection|connect)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"[\w.+=%$&'*/!?^{|}~#-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}|[\w.+=-]{1,64}@[\w-]{1,63}(?![\w.])"
)
_OWN_LINE = re.compile(
    r"^[ \t]{0,20}(?:to:? )?<?([^\s<>@:]{1,64}@[^\s<>@:]{1,255})(?:>?[ \t]{0,5}(?:$|[:(])|>\.\.\.)",
    re.MULTILINE | re.IGNORECASE,
)
_SAID = re.compile(
    r"remote (?:host|server)|server (?:said|responded|replied|returned)|host .{1,80} said|smtp error|<<< |rcpt to|following (?:address|recipient)",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)
_RETURNED = re.compile(
    r"^(?:received:\s|return-path:\s|x-[a-z-]{2,40}:\s|mime-version:|message-id:|dkim-signature:|"
    r"\W{0,6}(?:-{2,}|={2,}|_{2,})?\W{0,3}(?:(?:this|here|below|following|the following|the) (?:is|are|line is|this line is|this is)?.{0,20}(?:a )?(?:copy|original(?! (?:message|mail) was (?:received|sent))|returned|unsent|beginning)|"
    r"original (?:message|mail)(?! was (?:received|sent))|unsent message|message header|returned message|message text follows|message contents|undelivered message|header of the|start of returned|the message you sent|"
    r"your message (?:reads|header)|included is|the (?:first|attached) |message from .{0,60} follows|begin of the original|.{0,12}copy of (?:the|your) (?:message|original|mail)|--- the (?:body|header)))",
    re.IGNORECASE | re.MULTILINE,
)
_PERMANENT = re.compile(r"\bpermanent|\bfatal|giving up|gave up|undeliverable|failed permanently")
_TEMPORARY = re.compile(
    r"\btemporar|persistent|\btransient|will (?:be retried|continue|retry|keep trying)|still being (?:retried|tried)|delayed|do not need to resend|warning message only"
)
_DELAYED = re.compile(
    r"will (?:be retried|continue|keep trying|retry|try again)|still (?:being|trying)|has been delayed|delivery (?:is |was |has been )?delayed|do not need to resend|warning message only|not yet been delivered|delivery attempts will continue"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is said about one recipient.

    Attributes:
        recipient: The address, or empty.
        action: RFC 3464 2.3.3, or empty.
        status: The status field, or empty.
        said: The diagnostic code without its type.
        mailer: The diagnostic code is not of SMTP (`X-Unix`).
    """

    recipient: str = ""
    action: str = ""
    status: str = ""
    said: str = ""
    mailer: bool = False


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
        reports = _reports(lines)
    else:
        if not _looks_like_bounce(root, body, decoder):
            return None
        reports = _reports(text[:_MAX_REPORT])
    failed = _first_failed(reports) or Report()
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
    coded = _REPLY.search(body) is not None and (_STATUS.search(body) is not None or _SAID.search(body) is not None)
    coded = coded or "final-recipient:" in body.lower()
    if by_sender:
        return by_subject or null or returned or coded
    return (by_subject and (null or returned or coded)) or (null and (returned or coded))


def _reports(lines: str) -> list[Report]:
    """The groups of fields, one per recipient. Fields are found also where the form around them is broken."""
    reports: list[Report] = []
    current: dict[str, str] = {}
    last = ""
    for line in lines.splitlines():
        if match := _FIELD.match(line.strip() if line[:1] not in " \t" else line):
            last = match[1].lower()
            if last in current and last in {"final-recipient", "original-recipient", "status", "action"}:
                reports.append(_report(current))
                current = {}
            current.setdefault(last, match[2].strip())
        elif line[:1] in " \t" and line.strip() and last in current:
            current[last] += " " + line.strip()
        else:
            last = ""
            if not line.strip() and "final-recipient" in current and len(current) > 1:
                reports.append(_report(current))
                current = {}
        if len(reports) >= _MAX_RECIPIENTS:
            return reports
    if current:
        reports.append(_report(current))
    return [report for report in reports if report.recipient or report.status or report.said or report.action]


def _report(fields: dict[str, str]) -> Report:
    recipient = next(
        (
            fields[name]
            for name in ("final-recipient", "original-recipient", "x-actual-recipient", "x-failed-recipients")
            if fields.get(name)
        ),
        "",
    )
    address = _ADDRESS.search(recipient.rpartition(";")[2])
    diagnostic = fields.get("diagnostic-code", "")
    kind, semicolon, said = diagnostic.partition(";")
    if not semicolon or " " in kind.strip():
        kind, said = "", diagnostic
    status = fields.get("status", "")
    code = _STATUS.search(status)
    return Report(
        recipient=address[0] if address else "",
        action=fields.get("action", "").split("(")[0].strip().lower(),
        status=code[0] if code else "",
        said=said.strip() or ("" if code else status),
        mailer=kind.strip().lower().startswith("x-")
        and kind.strip().lower() not in {"x-local", "x-postfix", "x-notes"}
        or kind.strip().lower() == "x-unix",
    )


def _first_failed(reports: list[Report]) -> Report | None:
    failed = (
        report for report in reports if report.action in {"failed", "fail", ""} and not report.status.startswith("2.")
    )
    return next(failed, None) or next(iter(reports), None)


def _before_returned(text: str) -> str:
    """The report without the mail that came back."""
    for match in _RETURNED.finditer(text):
        if match.start() > 40:
            return text[: match.start()]
    return text


def _judge(report: Report, body: str, subject: str, *, formal: bool) -> Auto | None:
    said = report.said
    context = _around(body, report.recipient)
    command = _command(said) or _command(context) or _command(body)
    heard = said if _tells(said) else f"{said} {context}".strip()
    code, reply = _codes(heard)
    status = _prefer(report.status, code, reply)
    action = report.action if report.action in {"failed", "delayed", "delivered", "relayed", "expanded"} else ""
    if action in {"delivered", "relayed", "expanded"} or status.startswith("2."):
        return Auto(
            kind=AutoKind.BOUNCE,
            status=status,
            reason="delivered",
            action=action or "delivered",
            recipient=report.recipient,
        )
    reason = reasons.why(heard, status=status, reply=reply, command=command, mailer=report.mailer)
    if reason in {"", "onhold"} and context and context not in heard:
        reason = reasons.why(context, status=status, reply=reply, command=command)
    if reason in {"", "onhold"} and body:
        reason = reasons.why(body, status=status, reply=reply, command=command) or reason
    if reason in {"", "onhold"} and not status:
        by_subject = reasons.why(subject)
        reason = by_subject if by_subject != "onhold" else reason
    if not reason and not formal and not status:
        return None
    lowered = body.lower()
    if not action:
        action = "delayed" if _DELAYED.search(lowered) and not _PERMANENT.search(lowered) else "failed"
    if reason in {"", "onhold"} and action == "delayed":
        reason = "expired"
    if not status:
        permanent = (
            reply.startswith("5")
            if reply
            else not (_TEMPORARY.search(heard.lower()) and not _PERMANENT.search(heard.lower()))
        )
        status = reasons.derived_status(reason, permanent=permanent)
    return Auto(
        kind=AutoKind.BOUNCE,
        status=status,
        reason=reason,
        hard=action == "failed" and reasons.is_hard(reason, f"{status}"),
        action=action,
        recipient=report.recipient,
    )


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
    codes = [match[0] for match in _STATUS.finditer(text[:5_000]) if int(match[2]) <= 7]
    code = next((each for each in codes if not each.endswith(".0.0") and each != "4.4.7"), codes[0] if codes else "")
    replies = [match[1] for match in _REPLY.finditer(text[:5_000])]
    same = [reply for reply in replies if not code or reply[0] == code[0]]
    return code, next(iter(same), "")


def _prefer(field: str, said: str, reply: str) -> str:
    """The better of the status field and the code that was said."""
    if not field or not said or field == said:
        return field or said
    if reply and field[0] != said[0]:
        return field if field[0] == reply[0] else said if said[0] == reply[0] else field
    if field.endswith(".0.0"):
        return field if said.endswith(".0.0") else said
    if said.endswith(".0.0"):
        return field
    vague, vague_said = ".0" in field, ".0" in said
    if vague and not vague_said:
        return said
    if field == "4.4.7" or field[2:4] == "3.":
        return said
    if field == "5.1.1":
        return field if vague_said else said
    if field == "5.1.3" and said.startswith("5.7."):
        return said
    return field


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
    return next((match[0] for source in candidates if (match := _ADDRESS.search(source))), "")


def _returned_id(leaves: list[Part], text: str, decoder: Decoder, problems: Problems) -> str:
    """Message-ID of the mail that came back."""
    for part in leaves:
        if part.type.value in _RETURNED_PARTS:
            fields, _ = split(part.content()[:200_000], problems)
            if found := ids(fields.text("message-id", decoder)):
                return found[0]
    match = _MESSAGE_ID.search(text)
    return match[1].strip("<>") if match else ""
