"""A channel whose adapter is made when the first inbox needs it: what it is built on may weigh more than the hub."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import cached_property

from channels.changes import next_change
from channels.contract import Capabilities, Channel, Configured, Inlet, Outbound, Sent, Signal
from channels.setup import Finding, SettingField


class Deferred(Channel):
    """Stands for an adapter without routes until there is an inbox of its kind."""

    def __init__(
        self, name: str, capabilities: Capabilities, fields: tuple[SettingField, ...], make: Callable[[], Channel]
    ) -> None:
        """`make` makes the adapter, whose name, capabilities and fields these are."""
        self.name = name
        self.capabilities = capabilities
        self.fields = fields
        self._make = make

    @cached_property
    def _adapter(self) -> Channel:
        return self._make()

    async def run(self, inlet: Inlet) -> None:
        """Wait for the first inbox, then be the adapter."""
        while True:
            async with next_change(inlet, self.name) as change:
                if inlet.inboxes(self.name):
                    break
                await change
        await self._adapter.run(inlet)

    async def send(self, message: Outbound, inlet: Inlet) -> Sent:
        """As the adapter does."""
        return await self._adapter.send(message, inlet)

    async def signal(self, address: str, inbox: str, signal: Signal) -> None:
        """As the adapter does."""
        await self._adapter.signal(address, inbox, signal)

    def fetch(self, inbox: Configured, source: Mapping[str, str]) -> AsyncIterator[bytes]:
        """As the adapter does."""
        return self._adapter.fetch(inbox, source)

    async def check(self, inbox: Configured, inlet: Inlet) -> Sequence[Finding]:
        """As the adapter does."""
        return await self._adapter.check(inbox, inlet)

    def webhook(self, inbox: Configured, base: str) -> str | None:
        """As the adapter does."""
        return self._adapter.webhook(inbox, base)

    async def rerun(self, inbox: Configured, raw: bytes, inlet: Inlet) -> None:
        """As the adapter does."""
        await self._adapter.rerun(inbox, raw, inlet)
