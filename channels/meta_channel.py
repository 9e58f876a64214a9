"""What the adapters of Meta's three channels have in common."""

import time
from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

import structlog
from aiohttp import web
from msgspec import ValidationError

from channels.contract import Channel, Configured, DeliveryError, Inbound, Inlet, Outbound, Sent, Signal
from channels.graph import PATIENCE
from channels.meta import MetaSettings, Webhook
from channels.meta_events import Body, Event, Item, Said
from channels.setup import Finding

log = structlog.get_logger(__name__)

TYPING_SECONDS = 18.0
"""So long does one call show that somebody is typing; Meta takes the sign away after 20 to 25 s."""
REMEMBERED = 10_000
T = TypeVar("T")


class Recent(Generic[T]):
    """The newest value under each of the last names. Losing what it holds costs nobody a message."""

    def __init__(self, most: int = REMEMBERED) -> None:
        """Hold at most so many."""
        self._most = most
        self._values: OrderedDict[tuple[str, str], T] = OrderedDict()

    def put(self, key: tuple[str, str], value: T) -> None:
        """Remember a value; the oldest makes room."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)

    def get(self, key: tuple[str, str]) -> T | None:
        """What was put last."""
        return self._values.get(key)

    def forget(self, key: tuple[str, str]) -> None:
        """Nothing is remembered under this name."""
        self._values.pop(key, None)


class MetaChannel(Channel):
    """One of the three. Its subclass knows bodies, calls and settings."""

    account_field: str
    """The setting that holds the account's id at the provider."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        """Wait so many seconds for an answer of the provider."""
        self._patience = patience
        self._inlet: Inlet | None = None
        self._typed: Recent[float] = Recent()

    @abstractmethod
    def settings(self, inbox: Configured) -> MetaSettings:
        """The settings of an inbox. Raises `ValidationError`."""

    @abstractmethod
    def items(self, body: Body) -> Iterable[Item]:
        """See `meta.Dialect`."""

    @abstractmethod
    def events(self, item: Item, inbox: Configured) -> Sequence[Event]:
        """See `meta.Dialect`."""

    @abstractmethod
    async def carry(self, message: Outbound, inbox: Configured, inlet: Inlet) -> Sent:
        """Send a piece of a message. Raises `DeliveryError`, or `ValidationError` from the settings."""

    @abstractmethod
    async def show(self, address: str, inbox: Configured, signal: Signal) -> bool:
        """Show a signal, if it can be. Raises `DeliveryError`, or `ValidationError` from the settings."""

    @abstractmethod
    async def look(self, inbox: Configured) -> Finding:
        """Look at the account with the token. Raises `ValidationError` from the settings."""

    async def place(self, said: Said, inlet: Inlet) -> Inbound:
        """The message as it is: its sender has one name."""
        return said.message

    def account(self, inbox: Configured) -> str:
        """The account's id."""
        return str(inbox.settings.get(self.account_field, ""))

    def routes(self, inlet: Inlet) -> Sequence[web.RouteDef]:
        """The webhook."""
        self._inlet = inlet
        return Webhook(self, inlet).routes()

    async def send(self, message: Outbound, inlet: Inlet) -> Sent:
        """Send a piece of a message. Raises `DeliveryError`."""
        self._typed.forget((message.inbox, message.to))  # the message takes the sign away
        inbox = self._inbox(inlet, message.inbox)
        try:
            if inbox is not None:
                return await self.carry(message, inbox, inlet)
        except ValidationError as error:
            raise DeliveryError(str(error)[:200], retryable=False, code="misconfigured") from error
        raise DeliveryError("There is no such inbox.", retryable=False, code="misconfigured")

    async def signal(self, address: str, inbox: str, signal: Signal) -> None:
        """Show that an answer is being written, or that a message was read."""
        configured = self._inbox(self._inlet, inbox) if self._inlet is not None else None
        if configured is None or not self._worth((inbox, address), signal):
            return
        try:
            shown = await self.show(address, configured, signal)
        except (DeliveryError, ValidationError) as error:
            log.info("signal_not_shown", channel=self.name, inbox=inbox, why=type(error).__name__)
            shown = False
        if not shown:
            self._typed.forget((inbox, address))

    async def check(self, inbox: Configured, inlet: Inlet) -> Sequence[Finding]:
        """Look at the account with the token, and at the token with the app secret."""
        try:
            return (await self.look(inbox),)
        except ValidationError as error:
            return (Finding(ok=False, code="misconfigured", detail=str(error)[:200]),)

    def webhook(self, inbox: Configured, base: str) -> str | None:
        """What is entered as "Callback URL"."""
        return f"{base}/channels/{self.name}/{inbox.id}/webhook"

    async def rerun(self, inbox: Configured, raw: bytes, inlet: Inlet) -> None:
        """Take in what had been set aside. Raises `ChannelError`."""
        await Webhook(self, inlet).again(raw, inbox)

    def _inbox(self, inlet: Inlet, wanted: str) -> Configured | None:
        return next((one for one in inlet.inboxes(self.name) if one.id == wanted), None)

    def _worth(self, key: tuple[str, str], signal: Signal) -> bool:
        """Whether a signal is one that the customer can see, and does not see already."""
        if signal.type == "read":
            return signal.who == "agent"
        if signal.type != "typing" or signal.who not in {"agent", "bot"} or not signal.on:
            return False
        now, last = time.monotonic(), self._typed.get(key)
        if last is not None and now - last < TYPING_SECONDS:
            return False
        self._typed.put(key, now)
        return True
