"""What a batch of Meta's is cut into, and what an item of it may say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from channels.contract import Configured, Inbound, Part, ReportedState

Body = Mapping[str, object]

_UNSHOWN = {
    "fa": "[پیامی از نوعی که اینجا نشان داده نمی‌شود]",
    "en": "[A message of a kind that cannot be shown here]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a batch. `account` says whose it is, `body` is a batch with nothing but this item.

    `message`: a customer may have said something with it, so that it must not be lost.
    """

    account: str | None
    kind: str
    data: object
    body: Body
    message: bool = False
    around: Body = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message. `keys`: the names under which the provider knows the sender, the steadiest first."""

    message: Inbound
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What became of a message that we sent."""

    external_id: str
    state: ReportedState
    reason: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """What became of everything that was sent to an address until a time (ms)."""

    address: str
    at: int
    state: ReportedState


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Something that the provider may well say and that is of no use here: counted."""

    kind: str


Event = Said | Reported | Until | Passed


def unshown(inbox: Configured) -> tuple[Part, ...]:
    """That something came which we have no words for: whoever serves the customer must know that they wrote."""
    return (Part(type="text", text=_UNSHOWN["fa" if inbox.locale == "fa" else "en"]),)


def dicts(value: object) -> list[Body]:
    """The objects in what ought to be a list of objects."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def list_of(value: object) -> list[object]:
    """A list, or nothing."""
    return value if isinstance(value, list) else []


def text_of(value: object) -> str | None:
    """A non-empty string or a whole number as a string, None for anything else."""
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
