"""What the error codes of Meta's Graph API mean for us. Pure.

Sources: developers.facebook.com, "WhatsApp Cloud API error codes", "Messenger Platform error codes", "Graph API: handle
errors" and "rate limiting". Codes that stand nowhere here are taken for what they are to the caller: a refusal.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from channels.contract import DeliveryError

_RATES = frozenset({4, 17, 32, 613, 80007, 130429, 131048, 131056, 133016})
_PAUSES = {131056: 6.0}
"""Seconds after which Meta takes the next one, where its documentation says (one message to one person in 6 s)."""
_LATER = frozenset({1, 2, 131000, 131016, 131057, 133004})
_MISCONFIGURED = frozenset(
    {0, 3, 10, 33, 102, 190, 463, 467, 131005, 131031, 131037, 131042, 131045, 133010, 134011, 2500}
)
_CODES = {
    131047: "window_closed",
    131026: "bad_address",
    131021: "bad_address",
    131062: "bad_address",
    131030: "not_allowed",
    131049: "not_allowed",
    130472: "not_allowed",
    130497: "not_allowed",
    368: "not_allowed",
    131050: "blocked",
    551: "blocked",
    131052: "rejected",
    131053: "rejected",
}
_SUBCODES = {
    2018278: "window_closed",
    2534022: "window_closed",
    2018065: "window_closed",
    2018001: "bad_address",
    2534014: "bad_address",
    2018108: "blocked",
    1545041: "blocked",
    33: "misconfigured",
    2018047: "rejected",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why the API refused.

    `code` is one of `DeliveryError`'s, `number` and `sub` are Meta's (-1: it gave none), `text` its words.
    """

    code: str
    retryable: bool
    number: int
    sub: int
    text: str
    retry_after: float | None = None

    @property
    def reason(self) -> str:
        """For who reads it."""
        return f"{self.number}: {self.text}" if self.number >= 0 else self.text

    def delivery_error(self) -> DeliveryError:
        """The same for who wanted to send."""
        return DeliveryError(self.reason, retryable=self.retryable, retry_after=self.retry_after, code=self.code)


def problem(error: Mapping[str, object], *, status: int = 400, retry_after: float | None = None) -> Problem:
    """What an `error` object of an answer, or one of a failed status' `errors`, says."""
    number, sub = _number(error.get("code")), _number(error.get("error_subcode"))
    code, retryable = verdict(number, sub, status=status, transient=error.get("is_transient") is True)
    return Problem(
        code=code,
        retryable=retryable,
        number=number,
        sub=sub,
        text=_words(error) or f"status {status}",
        retry_after=(retry_after or _PAUSES.get(number)) if retryable else None,
    )


def verdict(number: int, sub: int = 0, *, status: int = 400, transient: bool = False) -> tuple[str, bool]:
    """Our code for Meta's, and whether trying again can help."""
    if sub in _SUBCODES:
        return _SUBCODES[sub], False
    if number in _CODES:
        return _CODES[number], False
    if number in _RATES or 80_000 <= number <= 80_014 or status == 429:
        return "rate_limited", True
    if number in _MISCONFIGURED or 200 <= number <= 299 or status == 401:
        return "misconfigured", False
    if number in _LATER or transient or status >= 500:
        return "unreachable", True
    return "rejected", False


def _words(error: Mapping[str, object]) -> str:
    """The most telling of the texts that an error comes with."""
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, Mapping) else None
    for text in (details, error.get("error_user_msg"), error.get("message"), error.get("title")):
        if isinstance(text, str) and text.strip():
            return " ".join(text.split())[:300]
    return ""


def _number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12 else -1
