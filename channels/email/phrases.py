"""What mail servers say, by what they mean. Data only; `channels.email.reasons` reads it.

Regular expressions on lower case text in which every address is a bare `@`: alternatives stand one or more to a line,
and a line that begins with three dots goes on with the one above.
"""


def joined(table: str) -> str:
    """The regular expression that a table of alternatives is."""
    return "|".join(line.strip() for line in table.strip().splitlines()).replace("|...", "")


PHRASES = {
    "mailboxfull": r"""
        \b(?:mail ?box|mailfolder|inbox|maildir|mail ?drop)\b.{0,40}\b(?:full|over quota|exceed)|full mailbox
        \b(?:over|exceed\w*|out of|exceeded the|no) (?:\w+ ){0,3}quota|\bquota\b.{0,30}\b(?:exceed|violat|full)
        storage (?:allocation|space)
        (?:not enough|insufficient|not sufficient|does not have enough|no) (?:\w+ )?(?:disk |storage )?space
        space (?:left|limit|has been used)|exceeded (?:its|their|the) (?:\w+ )?(?:storage|space|limit|quota)
        too many messages on the server|too much mail data|exceeding receiving limits|boite .{0,20}pleine
        mail file size exceeds|would exceed maximum allowed storage|mailbox exceeded
        (?:メールボックス|容量).{0,8}(?:一杯|いっぱい|超過)|صندوق.{0,20}پر
    """,
    "mesgtoobig": r"""
        (?:message|mail|e-?mail|file|attachment)s?(?: file| length| size)? (?:is |was )?(?:too (?:big|large)
        ...|exceeds)
        size limit|maximum (?:inbound )?(?:message )?size|max message size|line limit exceeded|taille limite
    """,
    "exceedlimit": r"""
        message header size exceeds limit|message too large$
    """,
    "suspend": r"""
        \bsuspended\b|temporar(?:il)?y (?:locked|inactive)|archived recipient|archivee
        (?:account|mailbox|user|domain|recipient)\b.{0,40}\b(?:is|has been|was|currently) (?:disabled|
        ...deactivated|frozen|locked|terminated)
        (?:disabled|deactivated|inactive|locked) (?:account|mailbox|user)|mailbox disabled|user.{0,12}inactive
        is a deactivated|mailbox unavailable or access denied|no longer accepts mail|reach is disabled
        user suspended
    """,
    "hasmoved": r"""
        has been replaced by|has moved to|new address is
    """,
    "norelaying": r"""
        \brelay(?:ing)?\b.{0,20}\b(?:denied|not permitted|not allowed|prohibited|mail to)|no relaying|as a relay
        unable to relay|not (?:a gateway|an open relay|local host)|insecure mail relay
        (?:don't|not) handle mail for|not allowed to relay|not permitted to relay|not configured to relay
        isn't in my list of allowed rcpthosts?|specified domain is not allowed|requires authentication when
        e-?mail address is not verified\.
    """,
    "authfailure": r"""
        \bspf\b.{0,60}\b(?:fail|violation|settings|records for)
        (?:bad|sender policy framework).{0,20}(?:spf|fail|violation)|dmarc (?:policy|fail|check)
        dkim.{0,30}(?:fail|invalid|missing)|spf\.pobox\.com|per it's spf record|not allowed to send mail\..*_401
        unauthenticated (?:e-?mail|sender domain)|does not pass authentication
        authentication (?:checks|results).{0,30}fail
    """,
    "userunknown": r"""
        (?:user|recipient|mail ?box|address|account|alias|person|destination|addressee|e-?mail|account name)
        ...s?\b[^.;:]{0,60}?\b(?:unknown|(?:does|do|did)(?: not|n't) exist|not (?:be )?found|not exist|
        ...not known|invalid|not active|inactive)
        (?:no|unknown|invalid|nonexistent|non-existent|non existent|bad) (?:such |valid )?(?:local |
        ...destination )?(?:user|recipient|mail ?box|address|account|person|addressee|destination|local.part|
        ...e-?mail address|virtual user)
        not (?:a |an )?(?:valid|known|local|active|email) (?:recipient|user|address|mail ?box|account)
        no (?:one|account|mailbox|mail box) (?:at|by|here|available)|not present|no longer valid|bad ?rcptto
        valid ?rcptto|doesn't have (?:a|an) .{0,30}account|there is no one
        mailbox (?:is )?(?:unavailable|inactive|unavaiable)|rcpt .{0,60}t exist|not accepted for this
        recipient (?:rejected|not ok|not accepted|is not accepted|refuses)
        destination server rejected recipients
        recipient address rejected(?:\.? \(in reply|: (?:access denied|undeliverable|invalid|rejected)|\.?$)
        not listed in|name is not recognized|check if address is correct|recipients for this|can't accept user
        other recipients in the same domain
        address rejected\.$|user missing home|(?:utilisateur|destinataire).{0,20}(?:inconnu|invalide)|no existe
        nessun utente|not in .{0,30}(?:table|directory)|in name directory|no thank you rejected
        no valid recipients|user ID not
        (?:リスト|ディレクトリ).{0,12}(?:ありません|見つかりません)|存在しません|宛先不明|あて先不明|کاربر ناشناس
        is not a known|email name is not found|could not be found|resolver\.adr\.\w*recipient
        (?:unknown|invalid) e.?mail|not our customer|invalid .{0,20}userid|account that you tried to reach
    """,
    "filtered": r"""
        only accepting mail from|bounced address|extended inactivity|has restricted sms|not accepting any mail
        user rules|not found recipient account|recipient preferences|resolver\.rst\.notauthorized|protected by
        user reject|refuses? to receive|blocked by the recipient|refused by the recipient
    """,
    "requireptr": r"""
        \bptr\b|reverse (?:dns|lookup|mapping|address)|reverse.?dns|\brdns\b
        cannot find your (?:hostname|reverse)|ip name lookup failed|unresolvable relay host|forward dns entry
        mismatches client ip|unverifyable sending ip|no reverse dns|hostname lookup failed|get a custom reverse
    """,
    "notcompliantrfc": r"""
        rfc.?5322|rfcmessagenoncompliant|rfc.?2822 compliant|not rfc compliant|multiple .{0,20} headers
    """,
    "badreputation": r"""
        reputation|due to unexpected volume or user complaints
    """,
    "rejected": r"""
        groups\.google\.com|google groups|permission to (?:post|send)|not authorized to (?:post|send)
        (?:sender|envelope|mail from|from address|your (?:e-?mail )?address|emetteur|reverse.path)
        ...\b.{0,60}\b(?:reject|denied|invalid|not allowed|blacklisted|black list|verify failed|refused|
        ...not owned|is empty|blocked|not exist|spammer|invalide)
        \bbatv\b|backscatter protection|bogus mail from|null sender|empty envelope|invalid sender
        not (?:a registered gateway user|pre-approved|allowed to post)|purported responsible address
        no third-party dsns|returned mail not accepted|unroutable sender|unsigned dsn|administrative prohibition
        bouncedeny|access denied \(in reply to mail from|not authorized, message refused
        domain of sender address|mx records for|valid sender domain|fully qualified email
        (?<!recipient )(?<!5\.1\.0 )address rejected|list of senders|rule imposed mailbox access
        senderfilterconfig|e-?mail address is not verified|your access to submit messages
        from: domain is invalid|please provide a valid from
    """,
    "hostunknown": r"""
        (?:domain|host)\b.{0,40}\b(?:unknown|not exist|not found|not reachable|unreachable|must exist|
        ...non.?existent|does not exist)
        (?:no such|unknown|unroute?able|non.?existent) (?:domain|host|mail domain)|unroute?able address
        553 \S{1,80} does not exist|name or service not known|domain may not exist|no such host
        host or domain name not found
    """,
    "spamdetected": r"""
        \bspam\b|unsolicited|bulk|blacklisted url|content (?:denied|rejected|filter)
        message (?:filtered|content rejected)|unacceptable content|rejecting (?:mail|banned) content
        similar to spam|our system has detected that this message is|antispam|uribl|spamassassin|spamprofiler
        554 5\.7\.0 reject, id=|message rejected for policy reasons|recurrent pattern|blocked for abuse
        greylisted.{0,20}try again
    """,
    "virusdetected": r"""
        virus|malware|infected|executable attachment|phishing|malicious
    """,
    "speeding": r"""
        rate limited|try again slower|at a rate that prevents|sending rate
    """,
    "toomanyconn": r"""
        too many (?:concurrent |simultaneous )?(?:smtp )?(?:connections|sessions|recipients|errors from your ip)
        connection (?:rate )?limit|max emails per hour|throttl|trop de connexions|already made numerous attempts
        maximum connection limit|too many messages
    """,
    "blocked": r"""
        \b(?:blocked|blacklist\w*|block ?list\w*|black ?listed|denylist\w*|dnsbl|rbl|listed (?:at|in|by|on)|
        ...spamhaus|spamcop|barracudacentral|abuseat|zombie|zombied)\b
        (?:dynamic|bad|banned|sending|sender|your|invalid) (?:sender |sending )?ip\b|helo command rejected
        client host rejected|go away|service (?:refused|not available, closing)|not allowed to connect
        (?:connections?|esmtp) (?:not accept|refused by|reset|dropped|was dropped)|not currently accepting
        no access from mail server|server access forbidden|smtp server of your isp
        (?:lost connection|refused to talk)|not allowed to send mail from|after initial connection|access denied
        nameserver query|host network not allowed|requires confirmation|confirm this mail server
        unwanted messages have been sent|abus detecte|extreme bad ip|domain does not exist:
        no valid recipients from|domain isn't in my list|mail from .{0,80} refused|user complaints
        is not allowed to send|has not passed validation|open proxy
    """,
    "policyviolation": r"""
        (?:local |organization |security )?polic(?:y|ies)\b|illegal attachment|members-only|closed mailing list
        header (?:error|are not accepted)|organizational settings|low priority|messages? with multiple addresses
        protocol violation|not subscribed to this group|not accepting mail with|presents a potential|mass mailer
        containing images|without solving a captcha|attachments? .{0,30}not (?:allowed|accepted)
    """,
    "systemerror": r"""
        configuration error|server does not support|config error|misconfigured|local error|temporary local problem
        internal (?:server )?error|mail loop|loops? back|interrupted system call|queue file write|loop broken
        can't create|service currently unavailable|error while being processed|timeout waiting|no mdb
        server error|could not load|loop was found|transaction failed|mailer daemon error|too many times
    """,
    "networkerror": r"""
        too many hops|hop count|looping|forwarding loop|routing loop|host is unreachable|no route to host
        name lookup failure|host not found, try again|name server reply|unable to resolve route
        unrouteable mail domain|could not connect|dns records for|network (?:is )?(?:unreachable|error)
        dns error
    """,
    "contenterror": r"""
        duplicate header|header size|8-bit data|mime complexity|mime headers|received: headers|binary content
        base64 encoding|improperly|bare lf|content error
    """,
    "systemfull": r"""
        mail system full|aborted: exceeded storage allocation
    """,
    "notaccept": r"""
        null ?mx|no mx found|no smtp service|does not accept (?:any )?(?:mail|e-?mail)|mail receiving disabled
        host not found$|no mx record found|no route for current request|protocol returned a permanent error
    """,
    "expired": r"""
        timed? ?out|expired|delivery (?:attempts|time)|giving up|failing for a long time|delayed
        not been collected|could not be delivered for|unable to deliver message after|multiple retries|too long
        retry time|within the allowed queue|did not respond|failed to deliver to domain|gateway for
        been in (?:the )?queue|requests to connect|socket error|failed \d+ (?:delivery )?attempts
    """,
    "securityerror": r"""
        authentication (?:credentials|failure|required|failed|turned on)|authentification (?:requise|invalide)
        not authorized|starttls|tls required|unauthenticated senders|verification failure|don't authenticate
        dead domain|not subscribed to ses|executable files are not allowed
    """,
    "mailererror": r"""
        \|\| exit |procmail|maildrop|command (?:failed|died|output)|mailer error|pipe to \||x-unix;|exec failed
        status 0x
    """,
}
