"""Who may do what: one function, one table. Every route names its permission; the table says which roles have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.errors import Forbidden, NotFound
from hub.model.config import Agent


class Permission(StrEnum):
    """One thing that somebody may be allowed to do. `PUBLIC` needs nobody signed in."""

    PUBLIC = "public"
    OWN_ACCOUNT = "account.own"
    USE_DESK = "desk.use"
    READ_FILES = "files.read"
    READ_ADMIN = "admin.read"
    WRITE_ADMIN = "admin.write"
    READ_AUDIT = "audit.read"
    TEACH_BOT = "bot.teach"


_AGENT = frozenset({Permission.PUBLIC, Permission.OWN_ACCOUNT, Permission.USE_DESK, Permission.READ_FILES})

GRANTS: Mapping[str, frozenset[Permission]] = {
    "agent": _AGENT,
    "supervisor": _AGENT | {Permission.READ_ADMIN},
    "bot_admin": _AGENT | {Permission.TEACH_BOT},
    "admin": _AGENT | {Permission.READ_ADMIN, Permission.WRITE_ADMIN, Permission.READ_AUDIT, Permission.TEACH_BOT},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileObject:
    """A stored file as an object of access: who uploaded it, and the conversation it was sent in, if it was."""

    id: str
    uploader: str
    conversation: str | None


def authorize(actor: Agent | None, permission: Permission, target: FileObject | None = None) -> None:
    """Return when `actor` may; raise otherwise.

    Args:
        actor: Who asks; None for a stranger.
        permission: What for.
        target: The stored object, where the permission depends on it (never what the client says about it).

    Raises:
        Forbidden: The role does not include it.
        NotFound: It is not for this reader; no difference to a thing that does not exist.
    """
    if permission is Permission.PUBLIC:
        return
    if actor is None or actor.active is not True or permission not in GRANTS.get(actor.role, frozenset()):
        raise Forbidden("Your role does not allow this.")
    # Conversations, and with them customers' files, are open to all agents of the workplace; what a colleague
    # uploaded and has not sent anywhere is the colleague's alone.
    if target is None or target.conversation is not None or not target.uploader.startswith("agent:"):
        return
    if target.uploader != f"agent:{actor.id}":
        raise NotFound("There is no such file.")
