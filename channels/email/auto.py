"""Mail that no person wrote just now: bounces, complaints, automatic answers, lists (RFC 3834, 5965, 2919)."""

import re

from channels.email import bounces
from channels.email.addresses import addresses
from channels.email.charset import Decoder
from channels.email.headers import Headers, ids, split
from channels.email.limits import Problems
from channels.email.mail import Auto, AutoKind
from channels.email.mime import Part

_AWAY = re.compile(
    r"^(?:re: ?|aw: ?|fwd: ?)?(?:out of (?:the )?office|automatic(?:ally generated)? reply|auto(?:matic)?[ -]?(?:reply|response|answer|responder)|autoreply|"
    r"auto:|away (?:from|until)|i am (?:away|out)|on (?:vacation|holiday|leave)|vacation|holiday notice|absence|abwesend|abwesenheit|automatische antwort|"
    r"réponse automatique|absent du bureau|message d'absence|respuesta automática|fuera de (?:la )?oficina|resposta automática|ausência|"
    r"risposta automatica|fuori sede|automatisch antwoord|afwezig|autosvar|automatisk svar|fraværende|frånvaro|automaattinen vastaus|poissa|"
    r"automatyczna odpowiedź|odpowiedź automatyczna|automatická odpověď|автоответ|автоматический ответ|автоматична відповідь|otomatik yan[ıi]t|ofis dışında|"
    r"自动回复|自動回覆|自動応答|自動返信|不在通知|자동 ?회신|부재중|پاسخ خودکار|پاسخ اتوماتیک|خارج از دفتر|در مرخصی|رد تلقائي|الرد التلقائي|خارج المكتب|מענה אוטומטי|תשובה אוטומטית)",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:no-?reply|do-?not-?reply|donotreply|mailer-daemon|postmaster|bounces?|noreply.*|.*-noreply|.*-bounces?)$"
)
_FEEDBACK = re.compile(
    r"^(feedback-type|original-rcpt-to|removal-recipient|original-mail-from)\s*:\s*(.*)$", re.IGNORECASE | re.MULTILINE
)


def recognise(root: Part, text: str, decoder: Decoder, problems: Problems) -> Auto:
    """What kind of machine wrote the mail, and what it says."""
    return (
        _complaint(root, decoder, problems)
        or bounces.read(root, text, decoder, problems)
        or _reply(root, decoder)
        or _list(root.headers)
        or Auto()
    )


def suppresses(fields: Headers, decoder: Decoder) -> str:
    """Why no automatic answer may go to this mail (the header that says so); empty if one may."""
    if fields.text("auto-submitted", decoder).lower() not in {"", "no"}:
        return "auto-submitted"
    if fields.text("precedence", decoder).lower() in {"bulk", "list", "junk", "auto_reply"}:
        return "precedence"
    if fields.text("x-auto-response-suppress", decoder).lower() not in {"", "none"}:
        return "x-auto-response-suppress"
    for name in (
        "list-id",
        "list-unsubscribe",
        "list-post",
        "x-loop",
        "x-autoreply",
        "x-autorespond",
        "feedback-id",
        "x-mailer-daemon",
    ):
        if fields.has(name):
            return name
    if fields.has("return-path") and fields.text("return-path", decoder) in {"", "<>"}:
        return "return-path"
    for address in addresses(fields.first("from"), decoder):
        if _NOBODY.match(address.address.partition("@")[0].lower()):
            return "from"
    return ""


def _complaint(root: Part, decoder: Decoder, problems: Problems) -> Auto | None:
    """A feedback report (RFC 5965)."""
    leaves = [part for part in root.walk() if not part.parts]
    report = next((part for part in leaves if part.type.value == "message/feedback-report"), None)
    if report is None:
        return None
    found = {
        name.lower(): value.strip() for name, value in _FEEDBACK.findall(decoder.decode(report.content()[:50_000]))
    }
    recipient = found.get("original-rcpt-to") or found.get("removal-recipient") or ""
    original = ""
    for part in leaves:
        if part.type.value in {"message/rfc822", "text/rfc822-headers"}:
            fields, _ = split(part.content()[:200_000], problems)
            original = next(iter(ids(fields.text("message-id", decoder))), "")
    return Auto(
        kind=AutoKind.COMPLAINT,
        reason="feedback",
        action=found.get("feedback-type", "abuse").lower(),
        recipient=recipient.strip("<> "),
        original_message_id=original,
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
