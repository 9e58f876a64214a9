"""Why a mail came back: one word out of a status code (RFC 3463 and its registry) and what a server said.

The words are those of the sisimai project, so that its users feel at home. Hard are those that say "this address will
not work again": `userunknown`, `hostunknown`, `hasmoved`, and `notaccept` with a permanent code.
"""

import re
from typing import Literal

Command = Literal["", "CONN", "EHLO", "MAIL", "RCPT", "DATA"]

_HARD = frozenset({"userunknown", "hostunknown", "hasmoved"})
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

_PHRASES = {
    "mailboxfull": r"""
        \b(?:mail ?box|mailfolder|inbox|maildir|mail ?drop)\b.{0,40}\b(?:full|over quota|exceed)
        full mailbox|\b(?:over|exceed\w*|out of|exceeded the|no) (?:\w+ ){0,3}quota|\bquota\b.{0,30}\b(?:exceed|violat|full)
        storage (?:allocation|space)|(?:not enough|insufficient|not sufficient|does not have enough|no) (?:\w+ )?(?:disk |storage )?space
        space (?:left|limit|has been used)|exceeded (?:its|their|the) (?:\w+ )?(?:storage|space|limit|quota)
        too many messages on the server|too much mail data|exceeding receiving limits|boite .{0,20}pleine|mail file size exceeds
        would exceed maximum allowed storage|mailbox exceeded|(?:メールボックス|容量).{0,8}(?:一杯|いっぱい|超過)|صندوق.{0,20}پر
    """,
    "mesgtoobig": r"""
        (?:message|mail|e-?mail|file|attachment)s?(?: file| length| size)? (?:is |was )?(?:too (?:big|large)|exceeds)
        size limit|maximum (?:inbound )?(?:message )?size|max message size|line limit exceeded|taille limite
    """,
    "exceedlimit": r"message header size exceeds limit|message too large$",
    "suspend": r"""
        \bsuspended\b|temporar(?:il)?y (?:locked|inactive)|archived recipient|archivee
        (?:account|mailbox|user|domain|recipient)\b.{0,40}\b(?:is|has been|was|currently) (?:disabled|deactivated|frozen|locked|terminated)
        (?:disabled|deactivated|inactive|locked) (?:account|mailbox|user)|mailbox disabled|user.{0,12}inactive|is a deactivated
        mailbox unavailable or access denied|no longer accepts mail|reach is disabled|user suspended
    """,
    "hasmoved": r"has been replaced by|has moved to|new address is",
    "norelaying": r"""
        \brelay(?:ing)?\b.{0,20}\b(?:denied|not permitted|not allowed|prohibited|mail to)|no relaying|as a relay|unable to relay
        not (?:a gateway|an open relay|local host)|insecure mail relay|(?:don't|not) handle mail for|not allowed to relay|not permitted to relay
        not configured to relay|isn't in my list of allowed rcpthosts?|specified domain is not allowed|requires authentication when
        e-?mail address is not verified\.
    """,
    "authfailure": r"""
        \bspf\b.{0,60}\b(?:fail|violation|settings|records for)|(?:bad|sender policy framework).{0,20}(?:spf|fail|violation)
        dmarc (?:policy|fail|check)|dkim.{0,30}(?:fail|invalid|missing)|spf\.pobox\.com|per it's spf record|not allowed to send mail\..*_401
        unauthenticated (?:e-?mail|sender domain)|does not pass authentication|authentication (?:checks|results).{0,30}fail
    """,
    "userunknown": r"""
        (?:user|recipient|mail ?box|address|account|alias|person|destination|addressee|e-?mail|account name)s?\b[^.;:]{0,60}?\b(?:unknown|(?:does|do|did)(?: not|n't) exist|not (?:be )?found|not exist|not known|invalid|not active|inactive)
        (?:no|unknown|invalid|nonexistent|non-existent|non existent|bad) (?:such |valid )?(?:local |destination )?(?:user|recipient|mail ?box|address|account|person|addressee|destination|local.part|e-?mail address|virtual user)
        not (?:a |an )?(?:valid|known|local|active|email) (?:recipient|user|address|mail ?box|account)|no (?:one|account|mailbox|mail box) (?:at|by|here|available)
        not present|no longer valid|bad ?rcptto|valid ?rcptto|doesn't have (?:a|an) .{0,30}account|there is no one|mailbox (?:is )?(?:unavailable|inactive|unavaiable)
        rcpt .{0,60}t exist|not accepted for this|recipient (?:rejected|not ok|not accepted|is not accepted|refuses)|destination server rejected recipients
        recipient address rejected(?:\.? \(in reply|: (?:access denied|undeliverable|invalid|rejected)|\.?$)|not listed in|name is not recognized|check if address is correct|recipients for this|can't accept user|address rejected\.$|user missing home|(?:utilisateur|destinataire).{0,20}(?:inconnu|invalide)
        no existe|nessun utente|not in .{0,30}(?:table|directory)|in name directory|no thank you rejected|no valid recipients|user ID not
        (?:リスト|ディレクトリ).{0,12}(?:ありません|見つかりません)|存在しません|宛先不明|あて先不明|کاربر ناشناس
        is not a known|email name is not found|could not be found|resolver\.adr\.\w*recipient|(?:unknown|invalid) e.?mail|not our customer|invalid .{0,20}userid|account that you tried to reach
    """,
    "filtered": r"""
        only accepting mail from|bounced address|extended inactivity|has restricted sms|not accepting any mail|user rules|not found recipient account
        recipient preferences|resolver\.rst\.notauthorized|protected by|user reject|refuses? to receive|blocked by the recipient
        refused by the recipient
    """,
    "requireptr": r"""
        \bptr\b|reverse (?:dns|lookup|mapping|address)|reverse.?dns|\brdns\b|cannot find your (?:hostname|reverse)|ip name lookup failed
        unresolvable relay host|forward dns entry|mismatches client ip|unverifyable sending ip|no reverse dns|hostname lookup failed|get a custom reverse
    """,
    "notcompliantrfc": r"rfc.?5322|rfcmessagenoncompliant|rfc.?2822 compliant|not rfc compliant|multiple .{0,20} headers",
    "badreputation": r"reputation|due to unexpected volume or user complaints",
    "rejected": r"""
        groups\.google\.com|google groups|permission to (?:post|send)|not authorized to (?:post|send)
        (?:sender|envelope|mail from|from address|your (?:e-?mail )?address|emetteur|reverse.path)\b.{0,60}\b(?:reject|denied|invalid|not allowed|blacklisted|black list|verify failed|refused|not owned|is empty|blocked|not exist|spammer|invalide)
        \bbatv\b|backscatter protection|bogus mail from|null sender|empty envelope|invalid sender|not (?:a registered gateway user|pre-approved|allowed to post)
        purported responsible address|no third-party dsns|returned mail not accepted|unroutable sender|unsigned dsn|administrative prohibition|bouncedeny
        access denied \(in reply to mail from|not authorized, message refused|domain of sender address|mx records for|valid sender domain|fully qualified email
        (?<!recipient )(?<!5\.1\.0 )address rejected|list of senders|rule imposed mailbox access|senderfilterconfig|e-?mail address is not verified|your access to submit messages|from: domain is invalid|please provide a valid from
    """,
    "hostunknown": r"""
        (?:domain|host)\b.{0,40}\b(?:unknown|not exist|not found|not reachable|unreachable|must exist|non.?existent|does not exist)
        (?:no such|unknown|unroute?able|non.?existent) (?:domain|host|mail domain)|unroute?able address|553 \S{1,80} does not exist|name or service not known|domain may not exist
        no such host|host or domain name not found
    """,
    "spamdetected": r"""
        \bspam\b|unsolicited|bulk|blacklisted url|content (?:denied|rejected|filter)|message (?:filtered|content rejected)|unacceptable content
        rejecting (?:mail|banned) content|similar to spam|our system has detected that this message is|antispam|uribl|spamassassin|spamprofiler
        554 5\.7\.0 reject, id=|message rejected for policy reasons|recurrent pattern|blocked for abuse|greylisted.{0,20}try again
    """,
    "virusdetected": r"virus|malware|infected|executable attachment|phishing|malicious",
    "speeding": r"rate limited|try again slower|at a rate that prevents|sending rate",
    "toomanyconn": r"""
        too many (?:concurrent |simultaneous )?(?:smtp )?(?:connections|sessions|recipients|errors from your ip)|connection (?:rate )?limit|max emails per hour|throttl|trop de connexions
        already made numerous attempts|maximum connection limit|too many messages
    """,
    "blocked": r"""
        \b(?:blocked|blacklist\w*|block ?list\w*|black ?listed|denylist\w*|dnsbl|rbl|listed (?:at|in|by|on)|spamhaus|spamcop|barracudacentral|abuseat|zombie|zombied)\b
        (?:dynamic|bad|banned|sending|sender|your|invalid) (?:sender |sending )?ip\b|helo command rejected|client host rejected|go away|service (?:refused|not available, closing)|not allowed to connect
        (?:connections?|esmtp) (?:not accept|refused by|reset|dropped|was dropped)|not currently accepting|no access from mail server|server access forbidden|smtp server of your isp|(?:lost connection|refused to talk)
        not allowed to send mail from|after initial connection|access denied|nameserver query|host network not allowed|requires confirmation|confirm this mail server|unwanted messages have been sent|abus detecte|extreme bad ip
        domain does not exist:|no valid recipients from|domain isn't in my list|mail from .{0,80} refused|user complaints|is not allowed to send|has not passed validation|open proxy
    """,
    "policyviolation": r"""
        (?:local |organization |security )?polic(?:y|ies)\b|illegal attachment|members-only|closed mailing list|header (?:error|are not accepted)|organizational settings
        low priority|messages? with multiple addresses|protocol violation|not subscribed to this group|not accepting mail with|presents a potential|mass mailer|containing images
        without solving a captcha|attachments? .{0,30}not (?:allowed|accepted)
    """,
    "systemerror": r"""
        configuration error|config error|misconfigured|local error|temporary local problem|internal (?:server )?error|mail loop|loops? back|interrupted system call|queue file write|loop broken
        can't create|service currently unavailable|error while being processed|timeout waiting|no mdb|server error|could not load|loop was found|transaction failed|mailer daemon error|too many times
    """,
    "networkerror": r"""
        too many hops|hop count|looping|forwarding loop|routing loop|host is unreachable|no route to host|name lookup failure|host not found, try again|name server reply|unable to resolve route|unrouteable mail domain
        could not connect|dns records for|network (?:is )?(?:unreachable|error)|dns error
    """,
    "contenterror": r"duplicate header|header size|8-bit data|mime complexity|mime headers|received: headers|binary content|base64 encoding|improperly|bare lf|content error",
    "systemfull": r"mail system full|aborted: exceeded storage allocation",
    "notaccept": r"null ?mx|no smtp service|does not accept (?:any )?(?:mail|e-?mail)|mail receiving disabled|host not found$|no mx record found|no route for current request|protocol returned a permanent error",
    "expired": r"""
        timed? ?out|expired|delivery (?:attempts|time)|giving up|failing for a long time|delayed|not been collected|could not be delivered for|unable to deliver message after|multiple retries|too long
        retry time|within the allowed queue|did not respond|failed to deliver to domain|gateway for|been in (?:the )?queue|requests to connect|socket error
    """,
    "securityerror": r"""
        authentication (?:credentials|failure|required|failed|turned on)|authentification (?:requise|invalide)|not authorized|starttls|tls required|unauthenticated senders|verification failure|don't authenticate|dead domain|not subscribed to ses|executable files are not allowed
    """,
    "mailererror": r"\|\| exit |procmail|maildrop|command (?:failed|died|output)|mailer error|pipe to \||x-unix;|exec failed|status 0x",
}
"""What servers say, by what they mean: regular expressions, joined by line ends, on lower case text."""

_SAYS = {
    reason: re.compile("|".join(line.strip() for line in lines.strip().splitlines()), re.DOTALL)
    for reason, lines in _PHRASES.items()
}

_ADDRESS = re.compile(r"(?<![\w.+=-])[\w.+=-]{1,64}@[\w.-]{1,255}")
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
    return reason in _HARD or (reason == "notaccept" and not status.startswith("4"))


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
    if not mailer and (found := _at_first_sight(said, status, reply, command)):
        return found
    return _at_second_sight(said, status, reply, command, mailer=mailer) or ("onhold" if said else "")


def says(reason: str, said: str) -> bool:
    """What was said (lower case) means `reason`."""
    return _SAYS[reason].search(said) is not None


def _at_first_sight(said: str, status: str, reply: str, command: Command) -> str:
    by_code = named(status)
    if by_code in _SURE:
        return by_code
    before_data = command in {"CONN", "EHLO", "MAIL", "RCPT"}
    for reason in _FIRST:
        match reason:
            case "userunknown":
                if by_code == reason:
                    found = not any(
                        says(other, said)
                        for other in ("norelaying", "blocked", "mailboxfull", "hasmoved", "rejected", "notaccept")
                    )
                else:
                    found = (
                        command != "DATA"
                        and not by_code.endswith("moved")
                        and says(reason, said)
                        and not says("filtered", said)
                    )
            case "filtered":
                if by_code == reason:
                    found = says("userunknown", said) or says(reason, said)
                else:
                    found = not before_data and (
                        says(reason, said) or (command == "DATA" and says("userunknown", said))
                    )
            case "rejected":
                found = by_code == reason or (_may_be_rejected(by_code, command) and says(reason, said))
            case "norelaying":
                found = command not in {"CONN", "EHLO"} and says(reason, said)
            case "spamdetected":
                found = by_code == reason or (not before_data and says(reason, said))
            case "suspend":
                found = reply == "525" or says(reason, said)
            case "mesgtoobig":
                found = by_code == reason or (by_code != "exceedlimit" and says(reason, said))
            case "hostunknown":
                found = (by_code == reason and not says("networkerror", said)) or (
                    by_code != reason and says(reason, said) and not says("networkerror", said)
                )
            case _:
                found = by_code == reason or says(reason, said)
        if found:
            return reason
    return ""


def _may_be_rejected(by_code: str, command: Command) -> bool:
    if command == "MAIL":
        return True
    if command == "DATA":
        return by_code != "userunknown"
    return by_code in {"", "securityerror", "systemerror"}


def _at_second_sight(said: str, status: str, reply: str, command: Command, *, mailer: bool) -> str:
    by_code = named(status)
    if by_code and by_code not in _VAGUE and not mailer:
        return by_code
    for reason in _SECOND:
        if says(reason, said):
            return reason
    if by_code:
        return by_code
    if status[2:4] == "6.":
        return "contenterror"
    if status[2:4] == "7.":
        return "securityerror"
    if mailer:
        return "mailererror"
    if reply[1:2] == "0" and reply[2:] not in {"", "0"}:
        return "syntaxerror"
    return "blocked" if command == "EHLO" else ""
