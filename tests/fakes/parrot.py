"""A channel for tests of the admin's half: it asks for a setting of every kind, and checks them without a provider.

The token "good" works; any other one is quoted by the provider, as some do. `deaf`: nothing can be run again.
"""

from __future__ import annotations

from collections.abc import Sequence

from channels.contract import (
    Capabilities,
    Channel,
    ChannelError,
    Configured,
    Feature,
    Inbound,
    Inlet,
    Part,
    Receipt,
    Sender,
)
from channels.setup import Finding, SettingField

FIELDS = (
    SettingField(name="way", kind="choice", choices=("pull", "push"), default="pull"),
    SettingField(name="handle", required=True, pattern=r"[a-z]+", longest=20),
    SettingField(name="token", kind="secret", required=True, pattern=r"[a-z0-9-]{4,}"),
    SettingField(name="port", kind="number", default=99, least=1, most=65_535),
    SettingField(name="loud", kind="switch", default=False),
    SettingField(name="words", kind="list", longest=40),
    SettingField(name="farewell", longest=2_000),
    SettingField(name="door", kind="text", required=True, when=("way", "push")),
    SettingField(name="key", kind="generated", when=("way", "push"), shown=True),
    SettingField(name="key_previous", kind="generated"),
    SettingField(name="whisper", kind="generated"),
)


class Parrot(Channel):
    """The channel `parrot`."""

    name = "parrot"
    capabilities = Capabilities(features=frozenset({Feature.BUTTONS}), max_text=1_000)
    fields = FIELDS

    def __init__(self) -> None:
        """Begin with nothing tried."""
        self.tried: list[Configured] = []
        self.receipts: list[Receipt] = []
        self.deaf = True

    async def check(self, inbox: Configured, inlet: Inlet) -> Sequence[Finding]:
        """Like a provider that quotes what it was called with."""
        self.tried.append(inbox)
        token = inbox.settings.get("token")
        if token == "good":
            return (Finding(ok=True, code="ok"), Finding(ok=True, code="sends_ok", detail="Polly"))
        return (Finding(ok=False, code="bad_token", field="token", detail=f"GET /bot{token}/me:\n 401 <b>no</b>"),)

    def webhook(self, inbox: Configured, base: str) -> str | None:
        """Where a provider that pushes has to call."""
        return f"{base}/channels/parrot/{inbox.id}" if inbox.settings["way"] == "push" else None

    async def rerun(self, inbox: Configured, raw: bytes, inlet: Inlet) -> None:
        """Make a message of it, unless it is deaf."""
        if self.deaf:
            raise ChannelError("unreadable", "It still makes no sense.")
        words = Part(type="text", text=raw.decode())
        said = Inbound(inbox=inbox.id, external_id="again", sender=Sender(address="polly"), parts=(words,))
        self.receipts.append(await inlet.receive(said))
