"""What an answer to a mail needs: whose it is, how it hangs together, who reads along. Pure."""

import re

from channels.email.house import bare
from channels.email.inbound.letter import Letter, is_address, is_spam
from channels.email.tokens import bare_subject
from channels.email.trust import Trust

MAX_REFERENCES = 20
MAX_COPIES = 10
_ID = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,250}")


def reply(letter: Letter) -> dict[str, str]:
    """What an answer needs: Message-ID and References, subject, who else reads along, why no machine may answer."""
    mail = letter.mail
    chain = [*mail.references, *([mail.in_reply_to] if mail.in_reply_to and not mail.references else [])]
    chain += [] if mail.message_id_derived else [mail.message_id]
    good = [one for one in dict.fromkeys(chain) if _ID.fullmatch(one)]
    kept = good if len(good) <= MAX_REFERENCES else [good[0], *good[1 - MAX_REFERENCES :]]
    found = {
        "message_id": "" if mail.message_id_derived or not _ID.fullmatch(mail.message_id) else mail.message_id,
        "references": " ".join(kept),
        "subject": bare_subject(mail.subject)[:300],
        "to": _answer_to(letter),
        "cc": ", ".join(_copies(letter)),
        "suppress": mail.no_automatic_answer or ("spam" if is_spam(mail) else ""),
    }
    return {name: value for name, value in found.items() if value}


def _answer_to(letter: Letter) -> str:
    """Another address that the author wants the answer at.

    It could lead our words to somebody who only claims to be the author. So it counts when the author is verified, when
    it is of the same domain, and for forms on websites, which write in the name of an address that nobody reads.
    """
    named = [one.address.strip().lower() for one in letter.mail.reply_to]
    wanted = next((one for one in named if is_address(one)), "")
    if wanted == letter.address or letter.house.owns(wanted) or letter.trust is Trust.FAILED:
        return ""
    near = wanted.rpartition("@")[2] == letter.address.rpartition("@")[2]
    unread = letter.mail.no_automatic_answer == "from"
    return wanted if near or unread or letter.trust is Trust.VERIFIED else ""


def _copies(letter: Letter) -> list[str]:
    shown = (one.address.strip().lower() for one in (*letter.mail.to, *letter.mail.cc))
    others = (
        one for one in shown if is_address(one) and not letter.house.owns(one) and bare(one) != bare(letter.address)
    )
    return list(dict.fromkeys(others))[:MAX_COPIES]
