"""Opaque identifiers; only their maker takes them apart."""

import re
import secrets
from typing import NewType

ConversationId = NewType("ConversationId", str)
ContactId = NewType("ContactId", str)
InboxId = NewType("InboxId", str)
QueueId = NewType("QueueId", str)
AgentId = NewType("AgentId", str)
FileId = NewType("FileId", str)

_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def new_id() -> str:
    """A random id of 120 bits, safe in URLs and as a bot's sender name: `[A-Za-z0-9_-]`, 20 characters."""
    return secrets.token_urlsafe(15)


def is_client_id(value: str) -> bool:
    """Whether a client's own message id has the promised form: 8-64 characters of `[A-Za-z0-9_-]`."""
    return _CLIENT_ID.fullmatch(value) is not None
