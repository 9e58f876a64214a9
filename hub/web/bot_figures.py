"""The bot's figures: what became of those it served, and the conversations behind each figure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from hub.errors import BadInput
from hub.model.bot_figures import Counted, figures_of
from hub.store.bot_stays import Wanted
from hub.web.access import Permission
from hub.web.http import Call, Route

MOST_DAYS = 92
DAYS = 30
PAGE = 50
FATES = frozenset({"", "running", "contained", "lost", "handed_off", "taken"})


class CountedView(Struct, frozen=True):
    """Stays by their fate, turns, and the shares made of them; null where there is nothing to divide by."""

    stays: int
    contained: int
    lost: int
    handed_off: int
    taken: int
    running: int
    turns: int
    not_understood: int
    containment: float | None
    fallback_rate: float | None


class NamedCount(Struct, frozen=True):
    """The counts of a day (YYYY-MM-DD), a language or an intent."""

    name: str
    counted: CountedView


class ReasonCount(Struct, frozen=True):
    """So many stays ended because of this."""

    reason: str
    stays: int


class FiguresView(Struct, frozen=True):
    """Stays that began on the days from `first` to `last`; every day is there, also one without a stay."""

    first: str
    last: str
    total: CountedView
    days: list[NamedCount]
    langs: list[NamedCount]
    reasons: list[ReasonCount]
    intents: list[NamedCount]
    channels: list[str]


class StayView(Struct, frozen=True):
    """A stay with the bot. `number`: of its conversation; times in ms; `understood`: intents in order, each once."""

    id: str
    conversation: str
    number: int
    channel: str
    lang: str
    began: int
    ended: int | None
    fate: str
    reason: str
    understood: list[str]
    turns: int


class StaysPage(Struct, frozen=True):
    """The newest stays first. `before`: what to ask the next page with, empty at the end."""

    stays: list[StayView]
    before: str


async def figures(call: Call) -> FiguresView:
    """Figures of the last days, today included (`?days=&lang=&channel=`)."""
    zone = ZoneInfo(call.web.config.workplace.time_zone)
    days, wanted = _days(call, zone), _wanted(call, zone)
    cells, intents = await call.web.bot_stays.cells(wanted, str(zone))
    found = figures_of(cells, intents)
    return FiguresView(
        first=days[0],
        last=days[-1],
        total=_view(found.total),
        days=[NamedCount(one, _view(found.days.get(one, Counted()))) for one in days],
        langs=[NamedCount(name, _view(one)) for name, one in found.langs.items()],
        reasons=[ReasonCount(reason, stays) for reason, stays in found.reasons.items()],
        intents=[NamedCount(name, _view(one)) for name, one in found.intents.items()],
        channels=sorted({inbox.channel for inbox in call.web.config.inboxes.values()}),
    )


async def stays(call: Call) -> StaysPage:
    """The stays behind a figure (`?days=&day=&lang=&channel=&fate=&reason=&intent=&before=`)."""
    zone = ZoneInfo(call.web.config.workplace.time_zone)
    wanted, after = _wanted(call, zone), _after(call.request.query.get("before", ""))
    found = await call.web.bot_stays.page(wanted, limit=PAGE + 1, after=after)
    numbers = await call.web.bot_stays.numbers({one.conversation for one in found})
    shown = found[:PAGE]
    return StaysPage(
        stays=[
            StayView(
                id=one.key,
                conversation=one.conversation,
                number=numbers.get(one.conversation, 0),
                channel=one.channel,
                lang=one.lang,
                began=one.began,
                ended=one.ended,
                fate=one.fate,
                reason=one.reason,
                understood=list(dict.fromkeys(turn.intent for turn in sorted(one.turns, key=lambda turn: turn.seq))),
                turns=len(one.turns),
            )
            for one in shown
        ],
        before=f"{shown[-1].began}~{shown[-1].key}" if len(found) > PAGE else "",
    )


def _days(call: Call, zone: ZoneInfo) -> list[str]:
    text = call.request.query.get("days", "") or str(DAYS)
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST_DAYS):
        raise BadInput(f"Between 1 and {MOST_DAYS} days can be shown.", code="bad_choice", field="days")
    today = datetime.fromtimestamp(call.web.clock.now() / 1000, UTC).astimezone(zone).date()
    return [str(today - timedelta(days=ago)) for ago in range(int(text) - 1, -1, -1)]


def _wanted(call: Call, zone: ZoneInfo) -> Wanted:
    asked, days = call.request.query, _days(call, zone)
    first, until = date.fromisoformat(days[0]), date.fromisoformat(days[-1]) + timedelta(days=1)
    if day := asked.get("day", ""):
        try:
            first = date.fromisoformat(day)
            until = first + timedelta(days=1)
        except (ValueError, OverflowError):
            raise BadInput("A day is written YYYY-MM-DD.", code="bad_choice", field="day") from None
    if asked.get("fate", "") not in FATES:
        raise BadInput("There is no such fate.", code="bad_choice", field="fate")
    return Wanted(
        since=_midnight(first, zone),
        until=_midnight(until, zone),
        lang=asked.get("lang", ""),
        channel=asked.get("channel", ""),
        fate=asked.get("fate", ""),
        reason=asked.get("reason", ""),
        intent=asked.get("intent", ""),
    )


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)


def _after(text: str) -> tuple[int, str] | None:
    at, _, key = text.partition("~")
    if not text:
        return None
    if not (at.isascii() and at.isdigit() and len(at) < 16 and key):
        raise BadInput("There is no such page.", code="bad_choice", field="before")
    return int(at), key


def _view(one: Counted) -> CountedView:
    return CountedView(
        stays=one.stays,
        contained=one.contained,
        lost=one.lost,
        handed_off=one.handed_off,
        taken=one.taken,
        running=one.running,
        turns=one.turns,
        not_understood=one.not_understood,
        containment=one.containment,
        fallback_rate=one.fallback_rate,
    )


BOT_FIGURES = (
    Route(
        method="GET",
        path="/api/admin/bot/figures",
        handler=figures,
        needs=Permission.TEACH_BOT,
        answer=FiguresView,
        summary="How the bot did in the last days, today included (`?days=&lang=&channel=`)",
        errors=("bad_choice",),
    ),
    Route(
        method="GET",
        path="/api/admin/bot/stays",
        handler=stays,
        needs=Permission.TEACH_BOT,
        answer=StaysPage,
        summary="The conversations behind a figure (`?days=&day=&lang=&channel=&fate=&reason=&intent=&before=`)",
        errors=("bad_choice",),
    ),
)
