"""How fast one bot may send: some messages a second in all, about one a second in one chat.

Telegram tolerates short bursts; a chat that it told to wait waits alone (core.telegram.org/bots/faq: "My bot is hitting
limits"). Each limit is a theoretical arrival time (GCRA): one number per chat, no queue, no timer.
"""

from dataclasses import dataclass, field

PER_SECOND = 30.0
CHAT_SECONDS = 1.0
CHAT_BURST = 4
_MANY_CHATS = 10_000


@dataclass(slots=True)
class Pace:
    """The limits of one bot. Times are seconds of any steady clock."""

    _bot: float = 0.0
    _chats: dict[str, float] = field(default_factory=dict)
    _held: dict[str, float] = field(default_factory=dict)

    def wait(self, chat: str | None, now: float, *, at_most: float) -> float:
        """Seconds to wait before the next message; its place is taken unless the wait is longer than `at_most`."""
        bot = max(self._bot, now - 1.0) + 1.0 / PER_SECOND  # a second's worth may go at once
        ready = max(now, bot)
        own = 0.0
        if chat is not None:
            own = max(self._chats.get(chat, 0.0), now - CHAT_BURST * CHAT_SECONDS) + CHAT_SECONDS
            ready = max(ready, own, self._held.get(chat, 0.0))
        if ready - now > at_most:
            return ready - now
        self._bot = bot
        if chat is not None:
            self._chats[chat] = own
            self._forget_idle(now)
        return ready - now

    def hold(self, chat: str, until: float) -> None:
        """Nothing goes to this chat until then; the others are not stopped."""
        self._held[chat] = max(until, self._held.get(chat, 0.0))

    def held(self, chat: str, now: float) -> float:
        """How long nothing may go to this chat."""
        return max(0.0, self._held.get(chat, 0.0) - now)

    def _forget_idle(self, now: float) -> None:
        if len(self._chats) + len(self._held) > _MANY_CHATS:
            self._chats = {chat: at for chat, at in self._chats.items() if at > now - CHAT_BURST * CHAT_SECONDS}
            self._held = {chat: until for chat, until in self._held.items() if until > now}
