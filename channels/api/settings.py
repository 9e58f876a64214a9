"""What an admin sets for one API inbox."""

from collections.abc import Mapping

from msgspec import Struct, convert

from channels.setup import SettingField

SHORTEST_SECRET = 24
FIELDS = (
    SettingField(name="callback_url", required=True, pattern=r"https?://[^\s@]+", longest=500),
    SettingField(name="secret", kind="generated", shown=True),
    SettingField(name="previous_secret", kind="secret"),
    SettingField(name="allow_private", kind="switch", default=False),
)


class ApiSettings(Struct, frozen=True):
    """Settings of an inbox of this channel.

    `callback_url`: where messages for customers are posted. `secret` signs both ways. `previous_secret`, while one is
    set, is good too: what comes in may be signed with either, what goes out is signed with both. `allow_private`:
    addresses in the own network, and http, may be called.
    """

    callback_url: str = ""
    secret: str = ""
    previous_secret: str = ""
    allow_private: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets that are good now, the current one first; one that can be guessed is none."""
        return tuple(one for one in (self.secret, self.previous_secret) if len(one) >= SHORTEST_SECRET)


def api_settings(raw: Mapping[str, object]) -> ApiSettings:
    """The settings of an inbox; fields that nobody knows are ignored, wrong types raise `msgspec.ValidationError`."""
    return convert({name: value for name, value in raw.items() if value is not None}, ApiSettings)
