"""Events to listeners, by class, in this process. A nudge, never the truth: the store is.

Listeners are plain functions and quick; whatever takes time, they put into a worker. All subscriptions stand in
`hub.subscriptions`.
"""

from collections.abc import Callable
from typing import TypeVar

import structlog

E = TypeVar("E")
log = structlog.get_logger(__name__)


class Bus:
    """Calls the listeners of an event's class, in the order in which they were added."""

    def __init__(self) -> None:
        """Start without listeners."""
        self._listeners: dict[type, list[Callable[..., None]]] = {}

    def on(self, kind: type[E], listener: Callable[[E], None]) -> None:
        """Add a listener."""
        self._listeners.setdefault(kind, []).append(listener)

    def tell(self, event: object) -> None:
        """Call every listener; one that fails is logged and does not stop the others."""
        for listener in self._listeners.get(type(event), ()):
            try:
                listener(event)
            except Exception:  # a listener's bug must not undo what is already durable
                log.exception(
                    "listener_failed",
                    told=type(event).__name__,
                    listener=getattr(listener, "__qualname__", ""),
                )
