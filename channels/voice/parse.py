"""From a telephone system's events to the contract's types and the flow's events. Pure."""

import re
from dataclasses import dataclass

from channels.calls import BROWSER, Call, Phone
from channels.contract import Inbound, Part, Sender
from channels.voice import flow_state
from channels.voice.events import CallEvent, CallEventKind
from channels.voice.numbers import ANONYMOUS, caller, dialable, digits_said, extension
from channels.voice.record import Record
from channels.voice.script import Target

LONGEST_WORDS = 2_000
_LEG = re.compile(r"(?P<who>agent|customer):(?P<sid>.{1,120}):(?P<attempt>\d{1,15})(?P<aside>a?)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A leg that the hub has rung: of which call, at which attempt; of a `customer` who is called back, or of ours."""

    sid: str
    attempt: int
    customer: bool


def beginning(inbox: str, event: CallEvent, locale: str) -> Inbound:
    """A call that has come in. Who hides the number is nobody who called before, and nobody afterwards."""
    who = caller(event.caller)
    hidden = who == ANONYMOUS
    return Inbound(
        inbox=inbox,
        external_id=f"call:{inbox}:{event.call}",
        sender=Sender(
            address=f"anonymous:{event.call}" if hidden else who.address,
            name=None if hidden else event.name if event.name not in {"", event.caller} else who.address,
            everywhere=who.kind == "number",
        ),
        parts=(),
        locale=locale,
        thread=event.call,
        context={"from": "" if hidden else event.caller, "to": event.callee},
    )


def call_back_to(call: Call) -> str | None:
    """The number at which a caller can be reached again; None for who has hidden it."""
    return None if call.address.startswith("anonymous:") else dialable(call.address)


def words(record: Record, text: str, *, key: str) -> Inbound:
    """What a caller said or keyed, as a message; a key of a choice that was read out is that button."""
    pressed = record.choices[int(text) - 1] if text.isdecimal() and 0 < int(text) <= len(record.choices) else None
    part = Part(type="text", text=text[:LONGEST_WORDS])
    if pressed is not None:
        part = Part(type="button", text=pressed[0], payload=pressed[1])
    return Inbound(
        inbox=record.call.inbox,
        external_id=f"call:{record.call.inbox}:{record.call.sid}:{key}",
        sender=Sender(address=record.call.address, everywhere=dialable(record.call.address) == record.call.address),
        parts=(part,),
        conversation=record.call.conversation,
        locale=record.state.locale,
        thread=record.call.sid,
    )


def heard(event: CallEvent) -> flow_state.Event | None:  # noqa: PLR0911 - one way out for each kind
    """What came of a question, as the flow knows it."""
    token = event.token or ""
    match event.kind:
        case CallEventKind.DTMF:
            return flow_state.Keyed(token=token, digits=event.digits)
        case CallEventKind.SPEECH if event.heard is not None:
            return flow_state.Spoken(token=token, text=digits_said(event.heard.text) or event.heard.text)
        case CallEventKind.SILENCE:
            return flow_state.Silent(token=token)
        case CallEventKind.CONTINUED:
            return flow_state.Polled(token=token)
        case CallEventKind.VOICEMAIL:
            return flow_state.Left(token=token, ok=True)
        case CallEventKind.QUEUE_LEFT:
            return flow_state.Left(token=token)
        case CallEventKind.UNBRIDGED | CallEventKind.TRANSFERRED:
            return flow_state.Left(token=token, ok=event.reason in {"completed", "bridged"})
        case _:
            return None


def phone_target(phone: Phone) -> Target:
    """How an agent's telephone is rung."""
    if phone.to == BROWSER:
        return Target(kind="user", to=browser_name(phone.agent))
    return target_of(phone.to)


def target_of(to: str) -> Target:
    """How an extension, a number or a SIP address is rung."""
    if "@" in to or to.startswith(("sip:", "sips:")):
        return Target(kind="sip", to=to)
    number = dialable(to)
    if number is not None and not extension(number):
        return Target(kind="phone", to=number)
    return Target(kind="user", to=to)


def browser_name(agent: str) -> str:
    """As whom an agent's browser registers."""
    return f"web-{agent}"


def leg_token(call: Call, phone: Phone, *, aside: bool = False) -> str:
    """What comes back with everything that is told of an agent's leg; `aside`: one that is only asked for advice."""
    return f"agent:{call.sid}:{phone.attempt}{'a' if aside else ''}"


def customer_token(call: Call, attempt: int) -> str:
    """What comes back with everything that is told of the leg of a customer who is called back."""
    return f"customer:{call.sid}:{attempt}"


def leg_of(token: str) -> Leg | None:
    """Whose leg a token belongs to; None for that of a caller."""
    found = _LEG.fullmatch(token)
    if found is None:
        return None
    return Leg(sid=found["sid"], attempt=int(found["attempt"]), customer=found["who"] == "customer")


def legs(record: Record) -> tuple[tuple[str, Leg | None], ...]:
    """The legs whose ends change a call that is not over, by id, and whose each is (None: the caller's)."""
    call, leg = record.call.sid, record.leg
    ours = [(leg.sid, Leg(sid=call, attempt=leg.phone.attempt, customer=False))] if leg is not None and leg.sid else []
    match record.mode:
        case "live":
            return ((record.customer, None), *ours)
        case "callback" if record.back and ours:
            return (*ours, (record.back, Leg(sid=call, attempt=record.attempt, customer=True)))
        case "callback":
            return tuple(ours)
        case _:
            return ()
