"""The addresses under which a telephone system reaches the hub, with the token of the step they answer."""

from dataclasses import dataclass
from urllib.parse import urlencode

from channels.voice.script import HookKind

PATH = "/channels/voice/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """`base` is the inbox's own webhook address, without a trailing slash; `public` that of the hub in it."""

    base: str
    public: str = ""

    def url(self, kind: HookKind, token: str = "") -> str:
        """The address of a hook; what comes back under it belongs to the step with this token."""
        return f"{self.base}/{kind}" + (f"?{urlencode({'token': token})}" if token else "")

    @property
    def ring(self) -> str:
        """Where the sound of a telephone that rings somewhere is."""
        return f"{self.base}/ring.wav"

    def stream(self, kind: HookKind, token: str = "") -> str:
        """The same as a websocket's address, for sound."""
        return self.url(kind, token).replace("http", "ws", 1)


def hooks_of(inbox: str, public: str) -> Hooks:
    """The addresses of an inbox of a hub that the telephone system reaches at `public`."""
    return Hooks(base=f"{public}{PATH}{inbox}", public=public)
