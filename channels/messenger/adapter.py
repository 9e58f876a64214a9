"""Messenger and Instagram: the webhook, sending, files, and what is short-lived."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

from channels.contract import ChannelError, Configured, Inlet, Outbound, Sent, Signal
from channels.graph import PATIENCE
from channels.messenger import parse
from channels.messenger.api import Account
from channels.messenger.dialect import FIELDS, INSTAGRAM, MESSENGER, Dialect
from channels.messenger.settings import PageSettings, page_settings
from channels.meta_channel import MetaChannel
from channels.meta_events import Body, Event, Item
from channels.setup import Finding


class Messenger(MetaChannel):
    """The channel `messenger`, or with its dialect the channel `instagram`."""

    fields = FIELDS
    account_field = "page_id"

    def __init__(self, dialect: Dialect = MESSENGER, *, patience: float = PATIENCE) -> None:
        """Speak a dialect; wait so many seconds for an answer of the provider."""
        super().__init__(patience=patience)
        self._dialect = dialect
        self.name = dialect.name
        self.capabilities = dialect.capabilities

    def settings(self, inbox: Configured) -> PageSettings:
        """Typed. Raises `ValidationError`."""
        return page_settings(inbox.settings)

    def items(self, body: Body) -> Iterable[Item]:
        """See `parse.items`."""
        return parse.items(body, self._dialect)

    def events(self, item: Item, inbox: Configured) -> Sequence[Event]:
        """See `parse.events`."""
        return parse.events(item, inbox, self._dialect)

    async def carry(self, message: Outbound, inbox: Configured, inlet: Inlet) -> Sent:
        """Send a piece of a message. Raises `DeliveryError`."""
        return await self._account(inbox).send(message, inlet)

    async def show(self, address: str, inbox: Configured, signal: Signal) -> bool:
        """Show that somebody is typing (for at most 20 s), or has seen the messages."""
        await self._account(inbox).act(address, "typing_on" if signal.type == "typing" else "mark_seen")
        return True

    async def fetch(self, inbox: Configured, source: Mapping[str, str]) -> AsyncIterator[bytes]:
        """The bytes of a customer's file. Raises `ChannelError`."""
        url = source.get("url")
        if not url:
            raise ChannelError("not_found", "Nobody says where this file is.", status=404)
        async for chunk in self._account(inbox).read(url):
            yield chunk

    async def look(self, inbox: Configured) -> Finding:
        """Look at the account with the token."""
        return await self._account(inbox).check()

    def _account(self, inbox: Configured) -> Account:
        return Account(self.settings(inbox), self._dialect, self._patience)


def instagram(*, patience: float = PATIENCE) -> Messenger:
    """The channel `instagram`."""
    return Messenger(INSTAGRAM, patience=patience)
