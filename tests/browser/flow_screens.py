"""Pictures of the flow of calls in the editor: a menu in two languages, hours, the bot, a line, a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playwright.async_api import Page, expect

from tests.browser.people import PATIENCE_MS, Locale

if TYPE_CHECKING:
    from tests.browser.screens import Studio

STEPS: Mapping[Locale, tuple[str, ...]] = {
    "fa": ("زبان", "منو", "ساعت کار", "سفارش", "پشتیبانی", "پیام"),
    "en": ("Language", "Menu", "Hours", "Order", "Support", "Message"),
}
NAMES: Mapping[Locale, str] = {"fa": "پذیرش فروشگاه", "en": "Shop reception"}
MAKE = """async ([name, draft]) => {
  const { csrf } = await (await fetch("/api/me")).json();
  const post = async (path, body) => {
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
    return (await fetch("/api/admin/flows" + path, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };
  const made = await post("", { name, draft });
  await post(`/${made.id}/publish`, { revision: made.revision, note: "" });
  return made.id;
}"""


def reception(locale: Locale) -> dict[str, Any]:
    """A flow as a shop has it."""
    language, menu, hours, order, support, message = STEPS[locale]
    return {
        "entry": {"node": language, "locale": locale},
        "locales": ["fa", "en"],
        "nodes": {
            language: {
                "type": "language",
                "text": {"fa": "برای فارسی، یک.", "en": "For English, press two."},
                "choices": {"1": "fa", "2": "en"},
                "then": menu,
            },
            menu: {
                "type": "menu",
                "text": {
                    "fa": "برای وضعیت سفارش، یک. برای پشتیبانی، دو.",
                    "en": "For your order, press one. For support, press two.",
                },
                "choices": {"1": order, "2": hours},
                "otherwise": hours,
            },
            hours: {"type": "hours", "calendar": "inbox", "open": support, "closed": message},
            order: {
                "type": "bot",
                "text": {"fa": "شمارهٔ سفارش را بگویید یا وارد کنید.", "en": "Say or key your order's number."},
                "then": menu,
                "handoff": support,
                "otherwise": support,
            },
            support: {"type": "queue", "queue": "support"},
            message: {
                "type": "voicemail",
                "queue": "support",
                "text": {"fa": "پس از بوق پیام بگذارید.", "en": "Leave a message after the tone."},
            },
        },
    }


async def flows(studio: Studio, page: Page, locale: Locale) -> None:
    """The list, and one flow with its trial."""
    made = await page.evaluate(MAKE, [NAMES[locale], reception(locale)])
    await page.goto(f"{studio.product.hub}/desk/admin/flows")
    await expect(page.get_by_text(NAMES[locale])).to_be_visible(timeout=PATIENCE_MS)
    await studio.take(page, "admin-flows", (locale, "light" if locale == "fa" else "dark"), 1440)
    await page.goto(f"{studio.product.hub}/desk/admin/flows/{made}")
    await expect(page.get_by_role("log")).to_contain_text("English", timeout=PATIENCE_MS)
    await studio.take(page, "admin-flow", (locale, "light"), 1440, 360)
    await studio.take(page, "admin-flow", (locale, "dark"), 768)
