"""Looks an order up in the shop's order service. Everything it answers is checked before anybody hears it."""

from __future__ import annotations

import datetime as dt
import enum
import re
from types import TracebackType
from typing import Protocol, Self

import aiohttp
import msgspec

from bot.contract import Locale

NUMBER = re.compile(r"[0-9]{5,8}")
_MAX_BYTES = 64 * 1024


class OrderState(enum.StrEnum):
    """Where an order is."""

    PREPARING = "preparing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    DELAYED = "delayed"


class _Item(msgspec.Struct):
    title: str = ""
    name: str = ""


class _Wire(msgspec.Struct):
    number: str
    status: OrderState
    items: list[str | _Item] = []
    eta: dt.date | None = None
    carrier: str | None = None
    tracking: str | None = None


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order as the shop tells it: number, status, item names, day of arrival, carrier and tracking code."""

    number: str
    status: OrderState
    items: tuple[str, ...] = ()
    eta: dt.date | None = None
    carrier: str | None = None
    tracking: str | None = None


class OrdersUnavailableError(Exception):
    """The order service doesn't answer, or not with an order. The text is a short cause for the log."""


class Orders(Protocol):
    """Where orders are looked up."""

    async def find(self, number: str, locale: Locale = "fa") -> Order | None:
        """Find an order by its number, 5 to 8 ASCII digits; None = there is no such order. Names come in `locale`.

        Raises:
            OrdersUnavailableError: Nobody can say now.
        """


class HttpOrders:
    """The order service over HTTP: `GET <orders_url>/<number>` with `Accept-Language: fa|en`.

    It answers 404, or 200 with `{"number", "status": preparing|shipped|delivered|cancelled|delayed, "items": [...],
    "eta": "2026-11-25"|null, "carrier", "tracking"}`; an item is its name or `{"title": name}`.
    Use as `async with HttpOrders(url) as orders`.
    """

    def __init__(self, orders_url: str, *, timeout: float = 1.5) -> None:
        self._url = orders_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the HTTP session."""
        self._session = aiohttp.ClientSession(timeout=self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the HTTP session."""
        if self._session is not None:
            await self._session.close()

    async def find(self, number: str, locale: Locale = "fa") -> Order | None:
        """See `Orders.find`."""
        if not NUMBER.fullmatch(number):
            return None
        if self._session is None:
            raise OrdersUnavailableError("not started")
        asked = self._session.get(f"{self._url}/{number}", headers={"Accept-Language": locale}, allow_redirects=False)
        try:
            async with asked as response:
                if response.status == 404:
                    return None
                if response.status != 200:
                    raise OrdersUnavailableError(f"status {response.status}")
                return _decode(await _read(response))
        except (aiohttp.ClientError, OSError) as error:
            raise OrdersUnavailableError(type(error).__name__) from error


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(16 * 1024):
        body += chunk
        if len(body) > _MAX_BYTES:
            raise OrdersUnavailableError("answer too large")
    return bytes(body)


def _decode(body: bytes) -> Order:
    try:
        wire = msgspec.json.decode(body, type=_Wire, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OrdersUnavailableError("not an order") from error
    names = tuple(item if isinstance(item, str) else item.title or item.name for item in wire.items)
    return Order(
        number=wire.number, status=wire.status, items=names, eta=wire.eta, carrier=wire.carrier, tracking=wire.tracking
    )
