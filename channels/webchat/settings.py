"""What an admin sets for one website chat."""

from collections.abc import Mapping

from msgspec import Struct, convert


class ChatSettings(Struct, frozen=True):
    """Settings of an inbox of this channel.

    `brand` is the name in the chat's header, `brand_en` the same for English readers where it differs. `origins`:
    pages that may embed the chat, like "https://shop.example"; an empty list allows none. `messages_per_minute` and
    `sockets_per_address` limit one visitor and one network address; 0 lifts the limit.
    """

    name: str = ""
    locale: str = "fa"
    channel: str = "webchat"
    brand: str = ""
    brand_en: str = ""
    accent: str = "#0b7a75"
    origins: list[str] = []
    messages_per_minute: int = 100
    sockets_per_address: int = 100
    files: bool = True


def chat_settings(raw: Mapping[str, object]) -> ChatSettings:
    """The settings of an inbox; fields that nobody knows are ignored, wrong types raise `msgspec.ValidationError`."""
    return convert(dict(raw), ChatSettings)
