"""What the demo shop sells, in both languages. The prices are those that the demo bot tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Locale = Literal["fa", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """One product. `price` is in toman; `tone` is the class of its tile's colour."""

    key: str
    tone: str
    price: int
    name: dict[Locale, str]
    about: dict[Locale, str]
    badge: dict[Locale, str] | None = None


GOODS: tuple[Good, ...] = (
    Good(
        key="shoes",
        tone="clay",
        price=1_890_000,
        name={"fa": "کفش پیاده‌روی سهند", "en": "Sahand walking shoes"},
        about={"fa": "سبک، با زیرهٔ نرم و رویهٔ تنفسی", "en": "Light, with a soft sole and a breathing upper"},
        badge={"fa": "پرفروش", "en": "Best seller"},
    ),
    Good(
        key="backpack",
        tone="moss",
        price=1_250_000,
        name={"fa": "کوله‌پشتی دنا ۲۸ لیتری", "en": "Dena backpack, 28 l"},
        about={"fa": "ضد آب، با جای لپ‌تاپ ۱۵ اینچی", "en": "Waterproof, holds a 15-inch laptop"},
    ),
    Good(
        key="jacket",
        tone="sky",
        price=2_950_000,
        name={"fa": "کاپشن تفتان", "en": "Taftan jacket"},
        about={"fa": "پر سبک، گرم تا ۱۰ درجه زیر صفر", "en": "Light down, warm to 10° below zero"},
        badge={"fa": "تازه", "en": "New"},
    ),
    Good(
        key="headphones",
        tone="plum",
        price=980_000,
        name={"fa": "هدفون بی‌سیم نوا", "en": "Nava wireless headphones"},
        about={"fa": "۳۰ ساعت شارژ، حذف صدای محیط", "en": "30 hours a charge, noise cancelling"},
    ),
    Good(
        key="watch",
        tone="sand",
        price=1_640_000,
        name={"fa": "ساعت مچی کویر", "en": "Kavir wristwatch"},
        about={"fa": "بند چرم، مقاوم تا ۵۰ متر عمق", "en": "Leather strap, water resistant to 50 m"},
    ),
)

NAMES: dict[str, dict[Locale, str]] = {good.key: good.name for good in GOODS}


def price(toman: int, locale: Locale) -> str:
    """A price as people write it: ۱٬۸۹۰٬۰۰۰ تومان or 1,890,000 toman."""
    if locale == "en":
        return f"{toman:,} toman"
    return f"{toman:,}".translate(str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹٬")) + " تومان"
