"""Why a mail came back: one word out of a status code (RFC 3463 and its registry) and what a server said.

The words are those of the sisimai project, so that its users feel at home. Hard are those that say "this address will
not work again": `userunknown`, `hasmoved`, and with a permanent code `hostunknown` and `notaccept`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from channels.email import phrases

Command = Literal["", "CONN", "EHLO", "MAIL", "RCPT", "DATA"]

_HARD = frozenset({"userunknown", "hasmoved"})
_MAX_SAID = 4_000
"""Characters of what a server said that are looked at."""

_OF_STATUS = {
    "1.0": "userunknown", "1.1": "userunknown", "1.2": "hostunknown", "1.3": "userunknown", "1.4": "filtered",
    "1.6": "hasmoved", "1.7": "rejected", "1.8": "rejected", "1.9": "systemerror", "1.10": "notaccept",
    "2.0": "filtered", "2.1": "filtered", "2.2": "mailboxfull", "2.3": "exceedlimit", "2.4": "filtered",
    "3.0": "systemerror", "3.1": "systemfull", "3.2": "notaccept", "3.3": "systemerror", "3.4": "mesgtoobig",
    "3.5": "systemerror", "4.0": "networkerror", "4.3": "systemerror", "4.4": "hostunknown",
    "5.2": "syntaxerror", "5.3": "toomanyconn", "5.4": "systemerror", "5.5": "systemerror", "5.6": "syntaxerror",
    "6.0": "contenterror", "6.1": "contenterror", "6.2": "contenterror", "6.3": "contenterror", "6.5": "contenterror",
    "6.6": "contenterror", "6.7": "contenterror", "6.8": "contenterror", "6.9": "contenterror",
    "7.13": "suspend", "7.16": "mesgtoobig", "7.17": "hasmoved", "7.18": "hasmoved", "7.20": "authfailure",
    "7.21": "authfailure", "7.22": "authfailure", "7.23": "authfailure", "7.24": "authfailure", "7.25": "requireptr",
    "7.26": "authfailure", "7.27": "notaccept", "7.28": "spamdetected", "7.29": "authfailure",
}  # fmt: skip
"""Of permanent codes without their class."""
_OF_TEMPORARY = {
    "1.6": "hasmoved", "1.7": "rejected", "1.8": "rejected", "1.9": "systemerror", "2.1": "suspend",
    "2.2": "mailboxfull", "2.3": "exceedlimit", "2.4": "filtered", "3.1": "systemfull", "3.2": "notaccept",
    "3.3": "systemerror", "3.5": "systemerror", "4.1": "expired", "4.2": "networkerror", "4.3": "systemerror",
    "4.4": "networkerror", "4.5": "systemfull", "4.6": "networkerror", "4.7": "expired", "4.8": "networkerror",
    "5.3": "systemerror", "5.5": "systemerror", "6.0": "contenterror", "6.2": "contenterror", "6.5": "contenterror",
    "7.1": "blocked", "7.2": "blocked", "7.16": "mesgtoobig", "7.24": "authfailure", "7.25": "requireptr",
    "7.26": "authfailure",
}  # fmt: skip

_SAYS = {reason: re.compile(phrases.joined(table), re.DOTALL) for reason, table in phrases.PHRASES.items()}

_ADDRESS = re.compile(r"(?<![\w.+=-])[\w.+=-]{1,64}@[\w.-]{1,255}")
_PLAINLY_UNKNOWN = re.compile(r"doesn't have an? .{0,30}account|no account by that name|destinataire invalide")
"""Whenever it is said, it is about the user."""
_SURE = frozenset(
    {
        "requireptr",
        "authfailure",
        "rejected",
        "mesgtoobig",
        "contenterror",
        "notaccept",
        "systemfull",
        "mailboxfull",
        "hasmoved",
    }
)
"""A code that means one of these is believed, whatever was said."""
_FIRST = (
    *("mailboxfull", "mesgtoobig", "exceedlimit", "suspend", "hasmoved", "norelaying", "authfailure", "userunknown"),
    *("filtered", "requireptr", "notcompliantrfc", "badreputation", "rejected", "hostunknown", "spamdetected"),
    *("speeding", "toomanyconn", "blocked"),
)
_SECOND = (
    *("mailboxfull", "authfailure", "badreputation", "speeding", "spamdetected", "virusdetected", "policyviolation"),
    *("norelaying", "systemerror", "networkerror", "suspend", "contenterror", "systemfull", "notaccept", "expired"),
    *("securityerror", "mailererror"),
)
_VAGUE = frozenset(
    {"", "systemerror", "securityerror", "expired", "suspend", "networkerror", "hostunknown", "userunknown"}
)
_DERIVED = {
    "userunknown": 911, "hostunknown": 912, "hasmoved": 916, "rejected": 918, "filtered": 910, "suspend": 921,
    "mailboxfull": 922, "exceedlimit": 923, "systemerror": 930, "systemfull": 931, "notaccept": 932,
    "mesgtoobig": 934, "mailererror": 939, "networkerror": 944, "toomanyconn": 945, "speeding": 946, "expired": 947,
    "contenterror": 960, "securityerror": 970, "blocked": 971, "virusdetected": 971, "authfailure": 972,
    "policyviolation": 972, "requireptr": 973, "notcompliantrfc": 974, "badreputation": 975, "spamdetected": 980,
    "norelaying": 909, "syntaxerror": 902, "onhold": 901,
}  # fmt: skip


def named(status: str) -> str:
    """The reason that a status code names by itself, or nothing."""
    if status.startswith("2."):
        return "delivered"
    return (_OF_TEMPORARY if status.startswith("4.") else _OF_STATUS).get(status[2:], "")


def derived_status(reason: str, *, permanent: bool) -> str:
    """A status code for a report that names none; its detail is of no registry, so it is known as ours."""
    if not permanent and reason == "filtered":
        return "4.0.924"
    return f"{5 if permanent else 4}.0.{_DERIVED.get(reason, 900)}"


def is_hard(reason: str, status: str) -> bool:
    """The address will not work again."""
    temporary = status.startswith("4")
    return reason in _HARD or (reason in {"notaccept", "hostunknown"} and not temporary)


def why(said: str, *, status: str = "", reply: str = "", command: Command = "", mailer: bool = False) -> str:
    """The reason, out of all that is known.

    Args:
        said: What the server said (RFC 3464 Diagnostic-Code, or the line of the report).
        status: Enhanced status code, if known.
        reply: SMTP reply code, if known.
        command: After which command it was said.
        mailer: A program on the host said it, and no SMTP server.

    Returns:
        A reason; `onhold` if something was said that nobody understands, nothing if nothing was said.
    """
    if status.startswith("2."):
        return "delivered"
    said = _ADDRESS.sub("@", " ".join(said.lower().split())[:_MAX_SAID])
    heard = _Heard(said=said, status=status, reply=reply, command=command, by_code=named(status))
    found = "" if mailer else _at_first_sight(heard)
    return found or _at_second_sight(heard, mailer=mailer) or ("onhold" if said else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """All that is known; `by_code` is the reason that the status code names."""

    said: str
    status: str
    reply: str
    command: Command
    by_code: str

    def says(self, *of: str) -> bool:
        """What was said means one of these reasons."""
        return any(_SAYS[reason].search(self.said) for reason in of)

    @property
    def before_data(self) -> bool:
        """The server had not yet seen the mail itself."""
        return self.command in {"CONN", "EHLO", "MAIL", "RCPT"}


def _at_first_sight(heard: _Heard) -> str:
    if heard.by_code in _SURE and not (heard.by_code == "notaccept" and heard.says("userunknown")):
        return heard.by_code
    for reason in _FIRST:
        if _CONDITIONS[reason](heard) if reason in _CONDITIONS else heard.by_code == reason or heard.says(reason):
            return reason
    return ""


def _is_user_unknown(heard: _Heard) -> bool:
    if heard.by_code == "userunknown":
        others = ("norelaying", "blocked", "mailboxfull", "hasmoved", "rejected", "notaccept")
        return not heard.says(*others, *(() if heard.says("userunknown") else ("filtered", "toomanyconn", "speeding")))
    if _PLAINLY_UNKNOWN.search(heard.said):
        return True
    if heard.command == "DATA" or heard.by_code == "hostunknown" or (heard.status[2:4] == "7." and not heard.command):
        return False
    return heard.says("userunknown") and not heard.says("filtered")


def _is_filtered(heard: _Heard) -> bool:
    """A server that has seen the mail, or speaks of its policy, and says "user unknown" means the mail."""
    if heard.by_code == "filtered":
        return heard.says("filtered", "userunknown")
    policy = heard.status[2:4] == "7."
    unknown = (heard.command == "DATA" or policy) and heard.says("userunknown")
    return not heard.before_data and (heard.says("filtered") or unknown)


def _is_rejected(heard: _Heard) -> bool:
    if heard.command == "DATA":
        return heard.by_code != "userunknown" and heard.says("rejected")
    wrong = heard.by_code == "userunknown" and not heard.says("userunknown")
    vague = wrong or heard.by_code in {"", "securityerror", "systemerror"}
    return (heard.command == "MAIL" or vague) and heard.says("rejected")


def _is_host_unknown(heard: _Heard) -> bool:
    return (heard.by_code == "hostunknown" or heard.says("hostunknown")) and not heard.says("networkerror")


_CONDITIONS: Mapping[str, Callable[[_Heard], bool]] = {
    "userunknown": _is_user_unknown,
    "filtered": _is_filtered,
    "rejected": _is_rejected,
    "hostunknown": _is_host_unknown,
    "norelaying": lambda heard: heard.command not in {"CONN", "EHLO"} and heard.says("norelaying"),
    "spamdetected": lambda heard: (
        heard.by_code == "spamdetected" or (not heard.before_data and heard.says("spamdetected"))
    ),
    "suspend": lambda heard: heard.reply == "525" or heard.says("suspend"),
    "mesgtoobig": lambda heard: heard.by_code != "exceedlimit" and heard.says("mesgtoobig"),
}
"""Where more than the code or the words decides."""


def _at_second_sight(heard: _Heard, *, mailer: bool) -> str:
    if heard.by_code and heard.by_code not in _VAGUE and not mailer:
        return heard.by_code
    spoken = next((reason for reason in _SECOND if heard.says(reason)), "")
    return spoken or heard.by_code or _by_class(heard, mailer=mailer)


def _by_class(heard: _Heard, *, mailer: bool) -> str:
    """What is left: the subject of the code (RFC 3463), the reply code, the command."""
    subject = {"6.": "contenterror", "7.": "securityerror"}.get(heard.status[2:4], "")
    if subject or mailer:
        return subject or "mailererror"
    if heard.reply[1:2] == "0" and heard.reply[2:] not in {"", "0"}:
        return "syntaxerror"
    return "blocked" if heard.command == "EHLO" else ""
