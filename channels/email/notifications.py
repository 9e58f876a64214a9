"""Reports that a cloud mailer sends as JSON in a mail (Amazon SES through SNS): bounce, complaint or delivery.

https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
"""

import json
import re

from channels.email import reasons
from channels.email.mail import Auto, AutoKind
from channels.email.reports import ADDRESS, STATUS

_FIELD = re.compile(
    r'"(notificationType|emailAddress|status|diagnosticCode|smtpResponse|messageId|complaintFeedbackType)"'
    r'\s{0,20}:\s{0,20}("(?:[^"\\]|\\.){0,4000}")'
)


def read(text: str) -> Auto | None:
    """What the notification says; None if the text is none. The JSON may be wrapped by a relay, or cut."""
    if '"notificationType"' not in text[:4_000]:
        return None
    found: dict[str, str] = {}
    for name, quoted in _FIELD.findall(" ".join(text[:60_000].split())):
        found.setdefault(name, _unquoted(quoted))
    recipient = ADDRESS.search(found.get("emailAddress", ""))
    address = recipient[0] if recipient else ""
    match found.get("notificationType"):
        case "Complaint":
            action = found.get("complaintFeedbackType", "abuse")
            return Auto(kind=AutoKind.COMPLAINT, reason="feedback", action=action, recipient=address)
        case "Delivery":
            code = STATUS.search(found.get("smtpResponse", ""))
            status = code[0] if code else "2.0.0"
            return Auto(kind=AutoKind.BOUNCE, status=status, reason="delivered", action="delivered", recipient=address)
        case "Bounce":
            return _bounce(found, address)
        case _:
            return None


def _bounce(found: dict[str, str], address: str) -> Auto:
    said = found.get("diagnosticCode", "").partition(";")[2] or found.get("diagnosticCode", "")
    code = STATUS.search(found.get("status", "")) or STATUS.search(said)
    status = code[0] if code else ""
    reason = reasons.why(said, status=status)
    status = status or reasons.derived_status(reason, permanent=True)
    hard = reasons.is_hard(reason, status)
    return Auto(kind=AutoKind.BOUNCE, status=status, reason=reason, hard=hard, action="failed", recipient=address)


def _unquoted(quoted: str) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return quoted.strip('"')
