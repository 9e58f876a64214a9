"""A bench: one adapter with its provider's fake, as the channel contract suite (`test_channels.py`) uses it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from enum import Enum, StrEnum
from typing import ClassVar, Self

from channels.contract import Channel, Outbound, Part
from tests.fakes.inlet import FakeInlet

WORDS = "my card number is 6037-9911"
"""What customers and agents write here; it must never stand in a log."""
REFUSAL = "the number has left this network"
"""The words in which the provider refuses a message."""
WAIT_SECONDS = 7
"""How long the provider asks to wait when there was too much."""


class Promise(StrEnum):
    """What the suite asks of every adapter; a bench may be exempt from one, with the reason."""

    STORED_FIRST = "acknowledged only after stored"
    ONCE = "the same provider id twice is received once"
    AUTHENTIC = "forged or unsigned is refused and nothing stored"
    NONSENSE = "malformed is refused, not an error of ours"
    SENDS = "a message goes out"
    REFUSED = "a refusal is final and in the provider's words"
    LIMITED = "a limit is waited for as long as the provider says"
    HANGS = "silence is tried again, or uncertain"
    PREFIX = "routes stand under /channels/<name>/{inbox}"
    FITS = "degraded messages fit the capabilities"


class Outcome(Enum):
    """What the provider (or customer) is told about what it brought; polling adapters: whether they moved on."""

    STORED = "2xx, or the cursor moved on"
    AGAIN = "5xx with a way to try again, or the cursor stayed"
    REFUSED = "4xx"
    BROKEN = "anything else: an error of ours"


class Mood(Enum):
    """How the provider behaves towards what we send."""

    TAKES = "takes it"
    REFUSES = "refuses it for good, saying REFUSAL"
    LIMITS = "asks to wait WAIT_SECONDS"
    HANGS = "never answers"


class Bench(ABC):
    """One adapter with everything around it.

    Attributes:
        name: The channel's name.
        package: The folder under `channels/`, which may serve several names.
        exempt: Promises that this channel cannot be asked for, each with the reason.
        channel: The adapter, with time-outs short enough for a test.
        inlet: The hub's side. `inlet.down` is the store that cannot confirm.
        secrets: Tokens and keys that must never stand in a log.
        address: The customer's address, as `Inbound.sender.address` has it.
    """

    name: ClassVar[str]
    package: ClassVar[str]
    exempt: ClassVar[Mapping[Promise, str]] = {}
    channel: Channel
    inlet: FakeInlet
    secrets: tuple[str, ...]
    address: str

    @classmethod
    @abstractmethod
    def open(cls) -> AbstractAsyncContextManager[Self]:
        """Start the adapter and its provider's fake on loopback, with an inbox `box`, until the block ends."""

    @abstractmethod
    async def deliver(self, id_: str) -> Outcome:
        """Bring a text message (`WORDS`) of the customer under a provider id, genuinely; say what came of it."""

    @abstractmethod
    async def forge(self) -> list[Outcome]:
        """Bring the same message in every way that is not genuine: without a signature, with a wrong one."""

    @abstractmethod
    async def garble(self) -> list[Outcome]:
        """Bring what is genuine but makes no sense: no JSON, wrong types, too deep."""

    @abstractmethod
    def set_mood(self, mood: Mood) -> None:
        """Make the provider behave so from now on."""

    @abstractmethod
    def taken(self) -> list[str]:
        """The texts that the provider (or the customer's client) has got, in order."""

    def listening(self) -> AbstractAsyncContextManager[object]:
        """What has to be open while something is sent, so that it can be taken; ends once it was."""
        return nullcontext()

    def message(self, seq: int = 4) -> Outbound:
        """A message to the customer."""
        return Outbound(
            inbox="box",
            conversation="c-1",
            to=self.address,
            key=f"say:c-1:{seq}",
            seq=seq,
            at=1_790_000_000_000,
            author="agent",
            author_name="Ali",
            parts=(Part(type="text", text=WORDS),),
            number=12,
        )


def outcome_of(status: int, headers: Mapping[str, str]) -> Outcome:
    """What an HTTP answer tells the provider."""
    match status:
        case status if 200 <= status < 300:
            return Outcome.STORED
        case status if 400 <= status < 500:
            return Outcome.REFUSED
        case 503 if "Retry-After" in headers:
            return Outcome.AGAIN
        case _:
            return Outcome.BROKEN
