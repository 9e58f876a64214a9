"""WhatsApp Cloud: the webhook, sending, files, and what is short-lived."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace

from channels.contract import Configured, Inbound, Inlet, Outbound, Sent, Signal
from channels.graph import PATIENCE
from channels.meta_channel import MetaChannel, Recent
from channels.meta_events import Body, Event, Item, Said
from channels.setup import Finding
from channels.whatsapp import compose, parse
from channels.whatsapp.api import Number
from channels.whatsapp.people import address_of
from channels.whatsapp.settings import FIELDS, WhatsAppSettings, whatsapp_settings


class WhatsApp(MetaChannel):
    """The channel `whatsapp`."""

    name = "whatsapp"
    capabilities = compose.CAPABILITIES
    fields = FIELDS
    account_field = "phone_number_id"

    def __init__(self, *, patience: float = PATIENCE) -> None:
        """Wait so many seconds for an answer of the provider."""
        super().__init__(patience=patience)
        self._newest: Recent[str] = Recent()

    def settings(self, inbox: Configured) -> WhatsAppSettings:
        """Typed. Raises `ValidationError`."""
        return whatsapp_settings(inbox.settings)

    def items(self, body: Body) -> Iterable[Item]:
        """See `parse.items`."""
        return parse.items(body)

    def events(self, item: Item, inbox: Configured) -> Sequence[Event]:
        """See `parse.events`."""
        return parse.events(item, inbox)

    async def place(self, said: Said, inlet: Inlet) -> Inbound:
        """The message under the one address of its sender; see `people`."""
        message = said.message
        phone = next((key for key in said.keys if parse.PHONE.fullmatch(key)), "")
        user = next((key for key in said.keys if key != phone), "")
        address = await address_of(inlet, message.inbox, user=user, phone=phone)
        self._newest.put((message.inbox, address), message.external_id)
        everywhere = parse.PHONE.fullmatch(address) is not None
        return replace(message, sender=replace(message.sender, address=address, everywhere=everywhere))

    async def carry(self, message: Outbound, inbox: Configured, inlet: Inlet) -> Sent:
        """Send a piece of a message. Raises `DeliveryError`."""
        return await self._number(inbox).send(message, inlet)

    async def show(self, address: str, inbox: Configured, signal: Signal) -> bool:
        """Both signs go under a message of the customer: only who took one in lately can show them."""
        newest = self._newest.get((inbox.id, address))
        if newest is None:
            return False
        await self._number(inbox).mark(newest, typing=signal.type == "typing")
        return True

    async def fetch(self, inbox: Configured, source: Mapping[str, str]) -> AsyncIterator[bytes]:
        """The bytes of a customer's file. Raises `ChannelError`."""
        async for chunk in self._number(inbox).read(source.get("media", ""), most=self.capabilities.max_attachment):
            yield chunk

    async def look(self, inbox: Configured) -> Finding:
        """Look at the number with the token."""
        return await self._number(inbox).check()

    def _number(self, inbox: Configured) -> Number:
        return Number(self.settings(inbox), self._patience)
