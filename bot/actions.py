"""The bot's actions: what needs a look-up or leaves something behind. Rasa calls them at `POST /bot/actions`.

The protocol is Rasa's action server's (rasa.com/docs/rasa/action-server): in `{"next_action", "sender_id", "tracker"}`,
out `{"events": [...], "responses": [...]}`. An answer other than 200 would leave the customer without a word, so
whatever goes wrong behind an action becomes an honest sentence and the offer of a person.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec
import structlog
from aiohttp import web

from bot import wording
from bot.contract import Locale
from bot.form_checks import Check, judged
from bot.hours import OpeningHours
from bot.orders import NUMBER, Orders, OrdersUnavailableError
from bot.persian import normalise

log = structlog.get_logger()

Json = Mapping[str, object]
Outcome = dict[str, list[Json]]

VALIDATE_FORM = "validate_form_"
FORM_TICKET = "action_form_ticket_"
FORM_END = "action_form_end_"
"""Actions of a form that was made in the studio; the rest of each name is the form's."""
OFFERS_OF_A_PERSON = ("utter_offer_person", "utter_no_order_number")
_PHRASES = (
    "i a an the to want wanna would like make file register have has got complaint complain complaints please hi hello "
    "من یه یک شکایت شکایتم شکایتی دارم داشتم اعتراض میخوام می‌خوام میخواهم می‌خواهم میخواستم می‌خواستم کنم بکنم ثبت رو را "
    "سلام لطفا لطفاً از شما"
)
_COMPLAINT_BOILERPLATE = frozenset(normalise(_PHRASES).split())


class RegisterTicket(Protocol):
    """Registers a complaint and returns its number."""

    async def __call__(self, conversation: str, text: str) -> str:
        """Asked twice with the same conversation and text, it returns the same number (Rasa may repeat a turn)."""


class Hours(Protocol):
    """Tells the opening hours that hold for a conversation's inbox."""

    async def __call__(self, conversation: str) -> OpeningHours:
        """Read the calendar now."""


class _Event(msgspec.Struct):
    event: str = ""
    metadata: dict[str, object] | None = None


class _LatestMessage(msgspec.Struct):
    text: str | None = None


class _Tracker(msgspec.Struct):
    slots: dict[str, object] = {}
    latest_message: _LatestMessage | None = None
    events: list[_Event] = []


class _Mapping(msgspec.Struct):
    check: Check | None = None


class _SlotPlan(msgspec.Struct):
    mappings: list[_Mapping] = []


class _FormPlan(msgspec.Struct):
    required_slots: list[str] = []


class _Domain(msgspec.Struct):
    """What the studio wrote into the domain for us: what each slot of a form must be."""

    slots: dict[str, _SlotPlan] = {}
    forms: dict[str, _FormPlan | None] = {}


class _Call(msgspec.Struct):
    next_action: str
    sender_id: str
    tracker: _Tracker
    domain: _Domain = msgspec.field(default_factory=_Domain)

    def wanted(self, form: str) -> list[str]:
        """The slots of a form."""
        return plan.required_slots if (plan := self.domain.forms.get(form)) else []


class Actions:
    """The action server. Mount `handle` at `POST /bot/actions` (allow bodies of 2 MB: Rasa sends the whole tracker)."""

    def __init__(self, *, token: str, orders: Orders, register_ticket: RegisterTicket, opening_hours: Hours) -> None:
        self._authorization = f"Bearer {token}".encode()
        self._orders = orders
        self._register_ticket = register_ticket
        self._opening_hours = opening_hours
        self._actions: dict[str, Callable[[_Call, Locale], Awaitable[Outcome]]] = {
            "action_order_status": self._order_status,
            "action_opening_hours": self._hours,
            "action_register_complaint": self._complaint,
            "validate_complaint_form": self._complaint_text,
            "action_answer_yes": self._yes,
            "action_answer_no": self._no,
        }

    async def handle(self, request: web.Request) -> web.Response:
        """Serve one call: 200 with the outcome, 401 without the token, 400 if it is no call, 404 if it is unknown."""
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._authorization):
            return web.json_response({"error": "unauthorized"}, status=401)
        try:
            call = msgspec.json.decode(await request.read(), type=_Call)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return web.json_response({"error": "bad_request", "action_name": ""}, status=400)
        action = self._actions.get(call.next_action) or self._of_form(call.next_action)
        if action is None:
            return web.json_response({"error": "unknown_action", "action_name": call.next_action[:80]}, status=404)
        outcome = await action(call, _locale(call))
        return web.json_response(outcome)

    def _of_form(self, name: str) -> Callable[[_Call, Locale], Awaitable[Outcome]] | None:
        """The actions of forms that were made in the studio."""
        known = {VALIDATE_FORM: self._form_answer, FORM_TICKET: self._form_ticket, FORM_END: self._form_end}
        return next((action for prefix, action in known.items() if name.startswith(prefix)), None)

    async def _form_answer(self, call: _Call, locale: Locale) -> Outcome:
        """Judge what was answered; what does not fit is asked for again, with a word why."""
        form = call.next_action.removeprefix("validate_")
        asked = call.tracker.slots.get("requested_slot")
        responses: list[Json] = []
        events: list[Json] = []
        for slot in call.wanted(form):
            said, plan = call.tracker.slots.get(slot), call.domain.slots.get(slot)
            check = next((one.check for one in plan.mappings if one.check), None) if plan else None
            if said is None or check is None:
                continue
            kept = judged(said, check)
            if kept is None:
                responses.append(_template(f"utter_wrong_{slot}"))
            if kept is None or slot == asked:
                events.append(_slot(slot, kept))
        return _outcome(responses, events)

    async def _form_ticket(self, call: _Call, locale: Locale) -> Outcome:
        """Register what was gathered as a ticket."""
        form = "form_" + call.next_action.removeprefix(FORM_TICKET)
        gathered = [(slot, call.tracker.slots.get(slot)) for slot in call.wanted(form)]
        prefix = form.removeprefix("form_") + "_"
        text = "\n".join(f"{slot.removeprefix(prefix)}: {said}" for slot, said in gathered if said is not None)
        try:
            ticket = await self._register_ticket(call.sender_id, text)
        except Exception:
            log.exception("bot.ticket.failed", conversation=call.sender_id)
            return _outcome(
                [_text(wording.ticket_failed(locale)), {"custom": {"type": "handoff", "reason": "requested"}}]
            )
        return _outcome([_text(wording.ticket_text(ticket, locale))])

    async def _form_end(self, call: _Call, locale: Locale) -> Outcome:
        """Forget what was gathered: who begins the form once more is asked anew."""
        form = "form_" + call.next_action.removeprefix(FORM_END)
        return _outcome([], [_slot(slot, None) for slot in call.wanted(form)])

    async def _order_status(self, call: _Call, locale: Locale) -> Outcome:
        number = normalise(str(call.tracker.slots.get("order_number") or ""))
        # The number is used once: the next question about an order may be about another one.
        events = [_slot("order_number", None)]
        if not NUMBER.fullmatch(number):
            return _outcome([_template("utter_order_number_unclear")], events)
        events.append(_slot("last_order", number))
        try:
            order = await self._orders.find(number, locale)
        except OrdersUnavailableError as error:
            log.warning("bot.orders.unavailable", conversation=call.sender_id, cause=str(error))
            return _outcome([_text(wording.orders_unreachable(locale)), _template("utter_offer_person")], events)
        if order is None:
            return _outcome([_text(wording.order_unknown(number, locale)), _template("utter_offer_person")], events)
        follow_up = "utter_did_it_help" if order.status in wording.GOOD_NEWS else "utter_offer_person"
        return _outcome([_text(wording.order_text(order, locale)), _template(follow_up)], events)

    async def _hours(self, call: _Call, locale: Locale) -> Outcome:
        try:
            hours = await self._opening_hours(call.sender_id)
        except Exception:
            log.exception("bot.hours.failed", conversation=call.sender_id)
            return _outcome([_template("utter_offer_person")])
        return _outcome([_text(wording.hours_text(hours, locale)), _template("utter_did_it_help")])

    async def _complaint(self, call: _Call, locale: Locale) -> Outcome:
        text = str(call.tracker.slots.get("complaint_text") or "")
        events = [_slot("complaint_text", None)]
        try:
            ticket = await self._register_ticket(call.sender_id, text)
        except Exception:
            log.exception("bot.ticket.failed", conversation=call.sender_id)
            handoff = {"custom": {"type": "handoff", "reason": "complaint"}}
            return _outcome([_text(wording.ticket_failed(locale)), handoff], events)
        return _outcome([_text(wording.ticket_text(ticket, locale)), _template("utter_offer_person")], events)

    async def _complaint_text(self, call: _Call, locale: Locale) -> Outcome:
        """Accept a description; "I have a complaint" or a pressed button is none, so the form asks for one."""
        text = str(call.tracker.slots.get("complaint_text") or "")
        if not text:
            # Nothing to judge. A slot event, even of an empty slot, would make the form ask again and not make way.
            return _outcome([])
        asked = call.tracker.slots.get("requested_slot") == "complaint_text"
        good = not text.startswith("/") and (asked or describes(text))
        return _outcome([], [_slot("complaint_text", text if good else None)])

    async def _yes(self, call: _Call, locale: Locale) -> Outcome:
        asked = _last_template(call.tracker)
        return _outcome([_template("utter_handoff" if asked in OFFERS_OF_A_PERSON else "utter_glad")])

    async def _no(self, call: _Call, locale: Locale) -> Outcome:
        asked = _last_template(call.tracker)
        return _outcome([_template("utter_offer_person" if asked == "utter_did_it_help" else "utter_anything_else")])


def describes(text: str) -> bool:
    """Whether a first message says what is wrong, not only that something is: two words beyond the usual phrases."""
    words = normalise(text).lower().replace("،", " ").replace(",", " ").replace(".", " ").split()
    return len([word for word in words if word not in _COMPLAINT_BOILERPLATE]) >= 2


def _locale(call: _Call) -> Locale:
    return "fa" if call.tracker.slots.get("lang") == "fa" else "en"


def _last_template(tracker: _Tracker) -> str | None:
    """The name of the response that the bot said last, before the customer's present message."""
    for event in reversed(tracker.events):
        if event.event == "bot":
            name = (event.metadata or {}).get("utter_action")
            return name if isinstance(name, str) else None
    return None


def _outcome(responses: list[Json], events: list[Json] | None = None) -> Outcome:
    return {"events": events or [], "responses": responses}


def _text(text: str) -> Json:
    return {"text": text}


def _template(name: str) -> Json:
    return {"response": name}


def _slot(name: str, value: str | None) -> Json:
    return {"event": "slot", "name": name, "value": value}
