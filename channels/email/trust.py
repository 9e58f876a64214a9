"""How far a mail's `From` can be believed: what our own mail server found out (RFC 8601, RFC 7489). Pure."""

import re
from collections.abc import Sequence
from enum import StrEnum

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_DMARC = re.compile(r"^dmarc\s*=\s*([a-z]+)\b", re.IGNORECASE)
_FROM = re.compile(r"\bheader\.from\s*=\s*([^\s;]+)", re.IGNORECASE)
_LONGEST = 4_000
_DEEPEST = 5


class Trust(StrEnum):
    """What is known of a sender: nothing (`claimed`), that the domain vouches for it, or that it does not."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    FAILED = "failed"


def trust(address: str, authors: int, results: Sequence[str], authserv_id: str) -> Trust:
    """Judge a `From`.

    Args:
        address: The author's address.
        authors: How many addresses stand in `From`, over all its fields; more than one proves nothing.
        results: The mail's `Authentication-Results`, topmost first. Only the topmost of our own server counts.
        authserv_id: The name of that server; without it nothing is believed.
    """
    if not authserv_id:
        return Trust.CLAIMED
    ours = next((one for one in map(_bare, results) if _server(one) == authserv_id.lower()), None)
    if ours is None:
        return Trust.CLAIMED
    for clause in ours.split(";")[1:]:
        match = _DMARC.match(clause.strip())
        if match is None:
            continue
        if match[1].lower() == "fail":
            return Trust.FAILED
        named = _FROM.search(clause)
        aligned = named is not None and named[1].lower().rpartition("@")[2] == address.rpartition("@")[2].lower()
        return Trust.VERIFIED if match[1].lower() == "pass" and aligned and authors == 1 else Trust.CLAIMED
    return Trust.CLAIMED


def _bare(result: str) -> str:
    """Without quoted strings and comments, in which a stranger's words may stand."""
    bare = _QUOTED.sub("", result[:_LONGEST])
    for _ in range(_DEEPEST):
        bare = _COMMENT.sub(" ", bare)
    return bare


def _server(result: str) -> str:
    return next(iter(result.partition(";")[0].split()), "").lower()
