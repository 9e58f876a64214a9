"""All our mailboxes at once: what is ours, and which inbox a recipient means. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from msgspec import ValidationError

from channels.contract import Configured
from channels.email.settings import EmailSettings, email_settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An inbox with its settings taken apart."""

    inbox: Configured
    settings: EmailSettings


@dataclass(frozen=True, slots=True)
class House:
    """The mailboxes that are set up."""

    mailboxes: tuple[Mailbox, ...]

    def secrets(self, first: EmailSettings) -> tuple[str, ...]:
        """Every secret that signs for us: a mail to two of our mailboxes answers what either wrote."""
        others = (one.settings.reply_token_secret for one in self.mailboxes)
        return tuple(dict.fromkeys(one for one in (first.reply_token_secret, *others) if one))

    def owns(self, address: str) -> bool:
        """Whether an address is one of our mailboxes, with or without a plus-part."""
        return any(bare(one.settings.address) == bare(address) for one in self.mailboxes)

    def recipient(self, address: str) -> Mailbox | None:
        """The mailbox that a recipient means; an address that is written out goes before its plus-parts."""
        exact = (one for one in self.mailboxes if one.settings.address.lower() == address.lower())
        tagged = (one for one in self.mailboxes if one.settings.address.lower() == bare(address))
        return next(exact, None) or next(tagged, None)


def house(inboxes: Sequence[Configured]) -> House:
    """The mailboxes among inboxes; one with settings that make no sense is left out."""
    found = []
    for inbox in inboxes:
        try:
            settings = email_settings(inbox.settings)
        except ValidationError:
            log.warning("mailbox_misconfigured", inbox=inbox.id)
            continue
        if settings.address:
            found.append(Mailbox(inbox=inbox, settings=settings))
    return House(tuple(found))


def bare(address: str) -> str:
    """An address without its plus-part (RFC 5233), in lower case."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
