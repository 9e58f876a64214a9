"""DKIM (RFC 6376): our domain vouches for what we send, where no mail server does it for us."""

import dkim

from channels.contract import DeliveryError
from channels.email.settings import EmailSettings

_SIGNED = (
    b"from",  # twice: nobody can add another one (RFC 6376 5.4)
    b"from",
    b"to",
    b"cc",
    b"subject",
    b"subject",
    b"date",
    b"message-id",
    b"in-reply-to",
    b"references",
    b"reply-to",
    b"auto-submitted",
    b"mime-version",
    b"content-type",
)


def signed(raw: bytes, settings: EmailSettings) -> bytes:
    """The mail with its signature on top.

    Raises:
        DeliveryError: `misconfigured`: the key is none.
    """
    try:
        signature: bytes = dkim.sign(
            raw,
            settings.dkim_selector.encode("ascii"),
            settings.dkim_domain.encode("ascii"),
            settings.dkim_key.replace("\r\n", "\n").strip().encode("ascii"),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=list(_SIGNED),
        )
    except (dkim.DKIMException, ValueError, ArithmeticError, LookupError) as error:
        raise DeliveryError("The DKIM key cannot be used.", retryable=False, code="misconfigured") from error
    return signature + raw
