"""The demo shop's orders. Days are counted from today, so that the demo never grows old."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Status = Literal["preparing", "shipped", "delivered", "cancelled", "delayed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrder:
    """One order. `items` are keys of `hub.demo.goods`; `days` is the arrival counted from today, None when open."""

    number: str
    status: Status
    items: tuple[str, ...]
    days: int | None = None
    carrier: str | None = None
    tracking: str | None = None

    def eta(self, today: dt.date) -> str | None:
        """The day of arrival as ISO 8601, None when nobody knows."""
        return None if self.days is None else (today + dt.timedelta(days=self.days)).isoformat()


ORDERS: dict[str, DemoOrder] = {
    order.number: order
    for order in (
        DemoOrder(
            number="12345",
            status="shipped",
            items=("shoes", "backpack"),
            days=3,
            carrier="پست پیشتاز",
            tracking="0921400371560016823",
        ),
        DemoOrder(number="12346", status="preparing", items=("jacket",), days=5),
        DemoOrder(
            number="12347",
            status="delivered",
            items=("headphones",),
            days=-2,
            carrier="تیپاکس",
            tracking="210398845107",
        ),
        DemoOrder(number="12348", status="cancelled", items=("watch",)),
        DemoOrder(
            number="12349",
            status="delayed",
            items=("jacket", "shoes", "watch"),
            days=8,
            carrier="چاپار",
            tracking="CH40077125",
        ),
        DemoOrder(number="20017", status="shipped", items=("watch",), days=1, carrier="پیک فروشگاه", tracking="P7712"),
        DemoOrder(number="20018", status="delayed", items=("backpack",)),
        DemoOrder(number="20019", status="preparing", items=("headphones", "backpack"), days=2),
    )
}

CARRIERS = {"پست پیشتاز": "Express Post", "تیپاکس": "Tipax", "چاپار": "Chapar", "پیک فروشگاه": "our own courier"}
"""Names of the carriers in English."""
