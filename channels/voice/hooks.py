"""The addresses under which a telephone system reaches the hub, with the token of the step they answer."""

from dataclasses import dataclass
from urllib.parse import urlencode

from channels.voice.script import HookKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """`base` is the inbox's own webhook address, its secret path included, without a trailing slash."""

    base: str

    def url(self, kind: HookKind, token: str = "") -> str:
        """The address of a hook; what comes back under it belongs to the step with this token."""
        return f"{self.base}/{kind}" + (f"?{urlencode({'token': token})}" if token else "")

    def stream(self, kind: HookKind, token: str = "") -> str:
        """The same as a websocket's address, for sound."""
        return self.url(kind, token).replace("http", "ws", 1)
