"""The concrete channels: the only place that names them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from channels.api.adapter import ApiChannel
from channels.contract import Channel
from channels.deferred import Deferred
from channels.email.settings import CAPABILITIES, FIELDS
from channels.messenger.adapter import Messenger, instagram
from channels.telegram.adapter import Telegram
from channels.voice.adapter import VoiceChannel
from channels.voice.script import Locale
from channels.voice.speech.kept import KeptSpeech
from channels.voice.speech.programs import Program, speakers
from channels.webchat.adapter import WebChat
from channels.whatsapp.adapter import WhatsApp
from hub.clock import Clock
from hub.settings import Settings
from hub.web.addresses import client_address
from hub.web.chat_pages import ChatPages
from hub.web.context import Web
from hub.web.limits import Buckets


@dataclass(frozen=True)
class Adapters:
    """Every channel, made with what it needs of the hub; `more` are those of tests."""

    settings: Settings
    clock: Clock
    key: bytes
    web: Callable[[], Web]
    more: Sequence[Channel]

    def by_name(self) -> dict[str, Channel]:
        """All of them."""
        own = (self.webchat, self.api, self.email, WhatsApp(), Messenger(), instagram(), Telegram(), self.voice)
        return {one.name: one for one in (*own, *self.more)}

    @cached_property
    def webchat(self) -> WebChat:
        """The website chat."""
        return WebChat(
            key=sha256(b"peyk chat\0" + self.key).digest(),
            own_origins=lambda: frozenset({self.web().origin}),
            pages=ChatPages(self.web().assets, Buckets(self.clock, per_second=1.0, burst=300)),
            address_of=lambda request: client_address(request, self.web().trusted),
        )

    @cached_property
    def api(self) -> ApiChannel:
        """Anything else that speaks HTTP."""
        forged = Buckets(self.clock, per_second=1.0, burst=60)
        return ApiChannel(
            key=sha256(b"peyk api\0" + self.key).digest(),
            strike=lambda request: forged.take(client_address(request, self.web().trusted)),
            now=self.clock.now,
        )

    @cached_property
    def email(self) -> Channel:
        """Mailboxes."""

        def make() -> Channel:
            from channels.email.adapter import EmailChannel  # noqa: PLC0415 (12 MB that a hub without mail has no use for)

            return EmailChannel(now=self.clock.now)

        return Deferred("email", CAPABILITIES, FIELDS, make)

    @cached_property
    def voice(self) -> VoiceChannel:
        """Telephones."""
        forged = Buckets(self.clock, per_second=1.0, burst=60)
        return VoiceChannel(
            strike=lambda request: forged.take(client_address(request, self.web().trusted)),
            now=self.clock.now,
            speech=KeptSpeech(programs=self._speakers(), folder=self.settings.var_dir / "voice" / "hub"),
        )

    def _speakers(self) -> Mapping[Locale, Program]:
        models: dict[Locale, Path | None] = {"fa": self.settings.voice_fa, "en": self.settings.voice_en}
        return speakers({locale: one for locale, one in models.items() if one}, piper_program=self.settings.piper)
