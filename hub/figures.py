"""What the hub counts for its operators: words, changes of hands, bot turns, commits, open sockets, the line.

No figure carries an id or a word: labels are channels, kinds and reasons, all from closed lists of ours.
"""

from collections.abc import Callable

from prometheus_client import Counter, Gauge, Histogram

from hub.lanes import Appended
from hub.telemetry import REGISTRY

MESSAGES = Counter(
    "peyk_messages_total", "Messages and notes stored.", ("channel", "author", "kind"), registry=REGISTRY
)
EVENTS = Counter("peyk_events_total", "Happenings stored.", ("type", "reason"), registry=REGISTRY)
WAITED = Histogram(
    "peyk_queue_wait_seconds",
    "From entering the line to being accepted.",
    buckets=(5, 10, 20, 30, 60, 120, 300, 900, 3600),
    registry=REGISTRY,
)
BOT_TURNS = Counter(
    "peyk_bot_turns_total", "Turns of the bot: say, or the reason of the handoff.", ("outcome",), registry=REGISTRY
)
BOT_SECONDS = Histogram(
    "peyk_bot_turn_seconds",
    "Time of a bot's turn.",
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 4),
    registry=REGISTRY,
)
NOW = Gauge(
    "peyk_now", "What is true now: backlog, desks, chats, line, deadline_late_ms.", ("what",), registry=REGISTRY
)


def on_appended(event: Appended) -> None:
    """Count an entry."""
    entry, state = event.entry, event.after
    if entry.event is None:
        MESSAGES.labels(state.header.channel, entry.author.kind, entry.kind).inc()
        return
    EVENTS.labels(entry.event.type.value, entry.event.reason or "").inc()
    if event.before.owner.kind in {"queue", "offer"} and state.owner.kind == "agent" and event.before.queued_at:
        WAITED.observe((entry.at - event.before.queued_at) / 1000)


def on_bot_turn(outcome: str, seconds: float) -> None:
    """Count a bot's turn: `outcome` is `say` or the reason of the handoff."""
    BOT_TURNS.labels(outcome).inc()
    BOT_SECONDS.observe(seconds)


def watch(what: str, value: Callable[[], float]) -> None:
    """Show a figure as it is at the moment of asking."""
    NOW.labels(what).set_function(value)
