"""People who write to us, and the addresses they write from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.model.ids import ContactId, InboxId


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An address within an inbox's channel; claimed until something proves it."""

    channel: str
    inbox: InboxId
    address: str
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A customer. `name` is what they call themselves, or empty."""

    id: ContactId
    name: str = ""
    locale: str = "fa"
    created_at: int = 0
    identities: tuple[Identity, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
