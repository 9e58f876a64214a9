"""What the bot's actions say, in Persian and English, and the line an agent reads at a handoff. Pure functions.

The rest of what the bot says stands in assistant/domain.yml.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence

from bot.contract import HandoffReason, Locale, Understood
from bot.hours import OpeningHours, Span
from bot.jalali import jalali
from bot.orders import Order, OrderState
from bot.persian import normalise

_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_FA_MONTHS = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"]
_FA_DAYS = ["دوشنبه", "سه\u200cشنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"]
_EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EN_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
GOOD_NEWS = (OrderState.PREPARING, OrderState.SHIPPED, OrderState.DELIVERED)
"""States after which the bot asks whether that helped; after the others it offers a person."""

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_FA_WEEK = (5, 6, 0, 1, 2, 3, 4)
_EN_WEEK = (0, 1, 2, 3, 4, 5, 6)


def digits(text: str, locale: Locale) -> str:
    """The text with the locale's own digits."""
    return text.translate(_PERSIAN_DIGITS) if locale == "fa" else text


def date(day: dt.date, locale: Locale) -> str:
    """A day as people say it: `چهارشنبه ۴ آذر` (Jalali) or `Wednesday 25 November`."""
    if locale == "en":
        return f"{_EN_DAYS[day.weekday()]} {day.day} {_EN_MONTHS[day.month - 1]}"
    _, month, number = jalali(day)
    return digits(f"{_FA_DAYS[day.weekday()]} {number} {_FA_MONTHS[month - 1]}", "fa")


def clock(time: str, locale: Locale) -> str:
    """A time of day `HH:MM` as people write it: `۹`, `۱۷:۳۰` or `9:00`, `17:30`."""
    hour, _, minute = time.partition(":")
    if locale == "fa":
        return digits(hour.lstrip("0") or "0", "fa") + (digits(f":{minute}", "fa") if minute != "00" else "")
    return f"{hour.lstrip('0') or '0'}:{minute}"


def isolated(value: str) -> str:
    """A value from outside (goods, a tracking code, a carrier's name) as it is written there, cut to 80.

    What nobody sees in it is dropped, so that it can't turn the sentence around it.
    """
    return f"\u2068{' '.join(_UNSEEN.sub(' ', value).split())[:80]}\u2069"


# ---- orders --------------------------------------------------------------------------------------------------------


def order_text(order: Order, locale: Locale) -> str:
    """One or two sentences on where an order is."""
    say: Callable[[Order], str] = _order_fa if locale == "fa" else _order_en
    return say(order)


def _order_fa(order: Order) -> str:
    name = f"سفارش {digits(order.number, 'fa')}{_items(order, 'fa')}"
    until = date(order.eta, "fa") if order.eta else None
    carrier = f" با {isolated(order.carrier)}" if order.carrier else ""
    tracking = f" کد رهگیری: {isolated(order.tracking)}" if order.tracking else ""
    match order.status:
        case OrderState.PREPARING:
            return f"{name} در حال آماده‌سازی است" + (f" و تا {until} به دستتان می‌رسد." if until else ".")
        case OrderState.SHIPPED:
            arrival = f" و پیش‌بینی می‌شود {until} برسد" if until else ""
            return f"{name}{carrier} فرستاده شده{arrival}.{tracking}"
        case OrderState.DELIVERED:
            return f"{name} تحویل داده شده است.{tracking}"
        case OrderState.CANCELLED:
            return f"{name} لغو شده است."
        case OrderState.DELAYED:
            new = f" تاریخ تازهٔ تحویل {until} است." if until else " هنوز تاریخ تازه‌ای برای تحویل نداریم."
            return f"متأسفم، {name} دیر شده است.{new}{tracking}"


def _order_en(order: Order) -> str:
    name = f"order {order.number}{_items(order, 'en')}"
    until = date(order.eta, "en") if order.eta else None
    carrier = f" with {isolated(order.carrier)}" if order.carrier else ""
    tracking = f" Tracking code: {isolated(order.tracking)}" if order.tracking else ""
    match order.status:
        case OrderState.PREPARING:
            return f"Your {name} is being prepared" + (f" and should reach you by {until}." if until else ".")
        case OrderState.SHIPPED:
            arrival = f" and is expected on {until}" if until else ""
            return f"Your {name} is on its way{carrier}{arrival}.{tracking}"
        case OrderState.DELIVERED:
            return f"Your {name} has been delivered.{tracking}"
        case OrderState.CANCELLED:
            return f"Your {name} has been cancelled."
        case OrderState.DELAYED:
            new = f" The new delivery date is {until}." if until else " We don't have a new delivery date yet."
            return f"I'm sorry, your {name} is delayed.{new}{tracking}"


def _items(order: Order, locale: Locale) -> str:
    names = [isolated(item) for item in order.items[:3] if item.strip()]
    if not names:
        return ""
    more = len(order.items) > len(names)
    if locale == "fa":
        return f" ({'، '.join(names)}{' و ...' if more else ''})"
    return f" ({', '.join(names)}{', ...' if more else ''})"


def order_unknown(number: str, locale: Locale) -> str:
    """The sentence for a number that the shop doesn't know."""
    if locale == "fa":
        return f"سفارشی با شمارهٔ {digits(number, 'fa')} پیدا نکردم. لطفاً شماره را یک بار دیگر نگاه کنید."
    return f"I couldn't find an order with the number {number}. Please check the number once more."


def orders_unreachable(locale: Locale) -> str:
    """The honest sentence when the shop's order service doesn't answer."""
    if locale == "fa":
        return "متأسفم، الان به اطلاعات سفارش‌ها دسترسی ندارم."
    return "I'm sorry, I can't reach the order system right now."


# ---- complaints ----------------------------------------------------------------------------------------------------


def ticket_text(ticket: str, locale: Locale) -> str:
    """The sentence after a complaint has been registered."""
    if locale == "fa":
        number = digits(normalise(ticket), "fa")
        return f"متأسفم که این‌طور شد. شکایتتان با شمارهٔ {number} ثبت شد و همکارانم آن را پیگیری می‌کنند."
    number = normalise(ticket)
    return f"I'm sorry about that. Your complaint is registered under number {number}; my colleagues will follow it up."


def ticket_failed(locale: Locale) -> str:
    """The honest sentence when a complaint could not be registered."""
    if locale == "fa":
        return "متأسفم، ثبت شکایت الان ممکن نشد؛ شما را به یکی از همکارانم وصل می‌کنم."
    return "I'm sorry, I couldn't register your complaint just now; I'm connecting you to one of my colleagues."


# ---- opening hours -------------------------------------------------------------------------------------------------


def hours_text(hours: OpeningHours, locale: Locale) -> str:
    """The week in a few lines, neighbouring days with equal hours together, and whether it is open now."""
    lines = [_now_line(hours, locale)]
    for days, spans in _grouped(hours, _FA_WEEK if locale == "fa" else _EN_WEEK):
        lines.append(f"{_days(days, locale)}: {_spans(spans, locale)}")
    return "\n".join(lines)


def _now_line(hours: OpeningHours, locale: Locale) -> str:
    turn = hours.changes_at
    when = "" if turn is None else _moment(turn, hours.today, locale)
    if locale == "fa":
        if hours.open_now:
            return f"الان پاسخگو هستیم، تا {when}." if when else "الان پاسخگو هستیم."
        return "الان خارج از ساعت کاری است." + (f" {when} در خدمتیم." if when else "")
    if hours.open_now:
        return f"We're open now, until {when.removeprefix('at ')}." if when else "We're open now."
    return "We're closed right now." + (f" We're back {when}." if when else "")


def _moment(turn: dt.datetime, today: dt.date, locale: Locale) -> str:
    time = clock(turn.strftime("%H:%M"), locale)
    if locale == "fa":
        return f"ساعت {time}" if turn.date() == today else f"{date(turn.date(), 'fa')} ساعت {time}"
    return f"at {time}" if turn.date() == today else f"on {date(turn.date(), 'en')} at {time}"


def _grouped(hours: OpeningHours, week: Sequence[int]) -> list[tuple[list[int], tuple[Span, ...]]]:
    groups: list[tuple[list[int], tuple[Span, ...]]] = []
    for day in week:
        spans = hours.week[day]
        if groups and groups[-1][1] == spans:
            groups[-1][0].append(day)
        else:
            groups.append(([day], spans))
    return groups


def _days(days: Sequence[int], locale: Locale) -> str:
    names = [(_FA_DAYS if locale == "fa" else _EN_DAYS)[day] for day in days]
    if len(names) == 7:
        return "هر روز" if locale == "fa" else "Every day"
    if len(names) == 1:
        return names[0]
    return f"{names[0]} {'تا' if locale == 'fa' else 'to'} {names[-1]}"


def _spans(spans: Sequence[Span], locale: Locale) -> str:
    if not spans:
        return "تعطیل" if locale == "fa" else "closed"
    if list(spans) == [("00:00", "24:00")]:
        return "شبانه‌روزی" if locale == "fa" else "all day"
    if locale == "fa":
        return " و ".join(f"{clock(start, 'fa')} تا {clock(end, 'fa')}" for start, end in spans)
    return " and ".join(f"{clock(start, 'en')} to {clock(end, 'en')}" for start, end in spans)


# ---- handoff -------------------------------------------------------------------------------------------------------

_SUMMARY: dict[HandoffReason, tuple[str, str]] = {
    HandoffReason.REQUESTED: ("مشتری خواست با یک نفر صحبت کند.", "The customer asked for a person."),
    HandoffReason.COMPLAINT: ("مشتری شکایت دارد.", "The customer has a complaint."),
    HandoffReason.ORDER_PROBLEM: ("سفارش مشتری مشکل دارد.", "There is a problem with the customer's order."),
    HandoffReason.LOW_CONFIDENCE: (
        "ربات دو بار پیاپی منظور مشتری را نفهمید.",
        "The bot failed to understand twice in a row.",
    ),
    HandoffReason.BOT_UNAVAILABLE: ("ربات در دسترس نبود.", "The bot was not available."),
    HandoffReason.BOT_SILENT: ("ربات جوابی نداشت.", "The bot had no answer."),
    HandoffReason.BOT_SLOW: ("ربات به‌موقع جواب نداد.", "The bot did not answer in time."),
    HandoffReason.BOT_LOOPING: ("ربات یک جواب را تکرار می‌کرد.", "The bot kept giving the same answer."),
    HandoffReason.BOT_ERROR: ("ربات خطا داد.", "The bot failed."),
}

_TOPIC: dict[str, tuple[str, str]] = {
    "order_status": ("پیگیری سفارش", "order status"),
    "opening_hours": ("ساعت کاری", "opening hours"),
    "product_prices": ("قیمت", "prices"),
    "complaint": ("شکایت", "a complaint"),
    "return_policy": ("مرجوعی و لغو", "returns and cancellation"),
    "shipping": ("ارسال", "shipping"),
}


def handoff_summary(
    reason: HandoffReason,
    locale: Locale,
    understood: Understood | None = None,
    answers: Mapping[str, str] | None = None,
) -> str:
    """One line for the agent: why, the topic when it was understood, the order number, what a form was told."""
    column = 0 if locale == "fa" else 1
    parts = [_SUMMARY[reason][column]]
    topic = _TOPIC.get(understood.intent) if understood else None
    if topic:
        parts.append(("موضوع: " if locale == "fa" else "Topic: ") + topic[column] + ".")
    number = understood.slots.get("order_number") if understood else None
    if number:
        parts.append(("شمارهٔ سفارش: " if locale == "fa" else "Order number: ") + digits(number, locale) + ".")
    if answers:
        said = (f"{name}: {one}" for name, one in answers.items())
        parts.append(("، " if locale == "fa" else "; ").join(said) + ".")
    return " ".join(parts)
