"""The fields of a report on a delivery (RFC 3464 2.3), also where the form around them is broken."""

import re
from dataclasses import dataclass

_MAX_RECIPIENTS = 50
_FIELD = re.compile(
    r"^(final-recipient|original-recipient|x-actual-recipient|action|status|diagnostic-code|remote-mta|"
    r"x-failed-recipients?)\s*:\s*(.*)$",
    re.IGNORECASE,
)
STATUS = re.compile(r"(?<![\d.v])([245])\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)")
"""An enhanced status code (RFC 3463)."""
ADDRESS = re.compile(
    r"[\w.+=%$&'*/!?^{|}~#-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}|[\w.+=-]{1,64}@[\w-]{1,63}(?![\w.])"
)
"""A mailbox within a text."""
_SMTP_TYPES = frozenset({"x-local", "x-postfix", "x-notes"})
"""Types of diagnostic codes that are not `smtp` and still say what a mail server said."""


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


def fields(lines: str) -> list[Report]:
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


def _report(found: dict[str, str]) -> Report:
    named = ("final-recipient", "original-recipient", "x-actual-recipient", "x-failed-recipients")
    recipient = next((found[name] for name in named if found.get(name)), "")
    address = ADDRESS.search(recipient.rpartition(";")[2])
    diagnostic, status = found.get("diagnostic-code", ""), found.get("status", "")
    kind, semicolon, said = diagnostic.partition(";")
    kind = kind.strip().lower()
    if not semicolon or " " in kind:
        kind, said = "", diagnostic
    code = STATUS.search(status)
    return Report(
        recipient=address[0] if address else "",
        action=found.get("action", "").split("(")[0].strip().lower(),
        status=code[0] if code else "",
        said=said.strip() or ("" if code else status),
        mailer=kind.startswith("x-") and kind not in _SMTP_TYPES,
    )


def first_failed(found: list[Report]) -> Report | None:
    """The first recipient that was not reached, else the first; None if there are none."""
    failed = (each for each in found if each.action in {"failed", "fail", ""} and not each.status.startswith("2."))
    return next(failed, None) or next(iter(found), None)
