"""Step 2: the bot's turn. It answers, or hands off with a reason; it never talks over a person.

One turn at a time per conversation. What the customer writes during a turn becomes the next turn's texts. Every bot
message names the fence that it saw, so that the store refuses it once the conversation has changed hands.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import structlog

from bot.contract import Bot, Handoff, HandoffReason, Reply, Say, Turn
from bot.contract import Understood as BotUnderstood
from hub.acts import Acts
from hub.errors import Conflict, HubError
from hub.lanes import Appended, Lanes
from hub.model.choices import chosen
from hub.model.conversation import Conversation
from hub.model.entry import Author, Button, Entry, Part, Understood
from hub.model.ids import ConversationId
from hub.store.config import Config
from hub.store.entries import Entries
from hub.workers import Pool

log = structlog.get_logger(__name__)

LONGEST_TEXT = 4_000
"""Characters of one message that the bot reads; a mail may be longer."""
LONGEST_CHOICE = 80


@dataclass(slots=True)
class Dialogue:
    """Runs the bot's turns.

    `typing(conversation, on)` shows the customer that the bot is at it. `live(channel)`: somebody waits at the other
    end; else a turn's messages go out as one. `numbered(channel)`: its buttons may have become numbered lines.
    """

    bot: Bot
    lanes: Lanes
    acts: Acts
    config: Config
    entries: Entries
    typing: Callable[[Conversation, bool], None]
    live: Callable[[str], bool]
    numbered: Callable[[str], bool]
    pool: Pool = field(default_factory=lambda: Pool("dialogue"))
    _running: set[ConversationId] = field(default_factory=set)

    def on_appended(self, event: Appended) -> None:
        """A customer's words while the bot has the conversation start a turn; what the bot is done with, it forgets."""
        before, after = event.before.owner.kind, event.after.owner.kind
        if event.entry.kind == "message" and event.entry.author.kind == "contact":
            self.wake(event.after)
        elif event.entry.moves_fence and (before == "bot") != (after == "bot") and event.before.last_seq:
            self.pool.start(self.bot.forget(event.after.id), event.after.id)

    def wake(self, state: Conversation) -> None:
        """Run a turn if the bot owes one and none is running."""
        if _owes_turn(state) and state.id not in self._running:
            self._running.add(state.id)
            self.pool.start(self._turns(state.id), state.id)

    async def _turns(self, conversation: ConversationId) -> None:
        try:
            await self._while_owed(conversation)
        except Conflict:
            log.info("turn_dropped", conversation=conversation)
        except HubError as error:
            # The deadline hands the conversation to a person once the store is back.
            log.warning("turn_not_stored", conversation=conversation, code=error.code)
            return
        finally:
            self._running.discard(conversation)
        self.wake(await self.lanes.state(conversation))

    async def _while_owed(self, conversation: ConversationId) -> None:
        state = await self.lanes.state(conversation)
        while _owes_turn(state):
            await self._turn(state)
            after = await self.lanes.state(conversation)
            if after.last_seq == state.last_seq:
                return
            state = after

    async def _turn(self, state: Conversation) -> None:
        said = await self._unanswered(state)
        if not said:
            await self._hand_off(state, Handoff(reason=HandoffReason.BOT_SILENT), None, state.contact_seq)
            return
        up_to = said[-1].seq
        turn = _turn_of(state, said, await self._pressed(said[-1], state))
        self.typing(state, True)
        try:
            reply = await self.bot.turn(turn)
        finally:
            self.typing(state, False)
        await self._answer(state, reply, up_to)

    async def _unanswered(self, state: Conversation) -> list[Entry]:
        entries = await self.entries.after(state.id, state.bot_seq)
        return [entry for entry in entries if entry.kind == "message" and entry.author.kind == "contact"]

    async def _pressed(self, last: Entry, state: Conversation) -> str | None:
        """The payload of a pressed button that was really offered in this conversation.

        A customer may send anything. Where buttons were numbered lines, the number or the words are the press.
        """
        pressed = next((part.payload for part in last.parts if part.type == "button"), None)
        if not pressed:
            return await self._chosen(last, state)
        page, _ = await self.entries.before(last.conversation, last.seq, limit=200, messages_only=True)
        offered = {button.payload for entry in page for part in entry.parts for button in part.buttons}
        return pressed if pressed in offered else None

    async def _chosen(self, last: Entry, state: Conversation) -> str | None:
        if len(last.text) > LONGEST_CHOICE or not self.numbered(state.header.channel):
            return None
        page, _ = await self.entries.before(last.conversation, last.seq, limit=20, messages_only=True)
        asked = next((entry for entry in reversed(page) if entry.author.kind != "contact"), None)
        buttons = [button for part in asked.parts for button in part.buttons] if asked is not None else []
        return chosen(last.text, buttons)

    async def _answer(self, state: Conversation, reply: Reply, up_to: int) -> None:
        if reply.locale is not None and reply.locale != state.locale:
            await self.acts.speak(state, Author(kind="contact", id=state.header.contact), reply.locale)
        understood = _understood(reply.understood)
        parts = [made for say in reply.says if (made := _parts(say))]
        if parts and not self.live(state.header.channel):
            parts = [tuple(part for one in parts for part in one)]
        handoff = reply.handoff or (None if parts else Handoff(reason=HandoffReason.BOT_SILENT))
        for index, one in enumerate(parts):
            last = handoff is None and index == len(parts) - 1
            said = await self.acts.bot_says(state, one, up_to=up_to, index=index, understood=understood, last=last)
            if last and said.duplicate:  # said before a crash, by a turn that was longer then
                await self.acts.bot_is_done(state, up_to)
        if handoff is not None:
            await self._hand_off(state, handoff, understood, up_to)

    async def _hand_off(self, state: Conversation, handoff: Handoff, understood: Understood | None, up_to: int) -> None:
        queue = self.config.queue_for(handoff.queue, state.header.inbox)
        await self.acts.hand_off(
            state,
            reason=handoff.reason.value,
            queue=queue.id if queue else None,
            summary=handoff.summary,
            understood=understood,
            up_to=up_to,
        )


def _owes_turn(state: Conversation) -> bool:
    return state.owner.kind == "bot" and state.contact_seq > state.bot_seq


def _turn_of(state: Conversation, said: list[Entry], pressed: str | None) -> Turn:
    written = said[:-1] if pressed else said  # the press is the payload; what was written before it counts, too
    texts = tuple(entry.text[:LONGEST_TEXT] for entry in written if entry.text)
    locale: Literal["fa", "en"] = "en" if state.locale == "en" else "fa"
    return Turn(conversation=state.id, texts=texts, locale=locale, payload=pressed, began_at=state.fence_at)


def _parts(say: Say) -> tuple[Part, ...]:
    parts: list[Part] = []
    if say.text:
        parts.append(Part(type="text", text=say.text))
    if say.image:
        parts.append(Part(type="text", text=say.image))
    if say.buttons:
        buttons = tuple(Button(title=button.title, payload=button.payload) for button in say.buttons)
        parts.append(Part(type="buttons", buttons=buttons))
    return tuple(parts)


def _understood(understood: BotUnderstood | None) -> Understood | None:
    if understood is None:
        return None
    return Understood(
        intent=understood.intent,
        confidence=understood.confidence,
        runner_up=understood.runner_up.intent if understood.runner_up else None,
        runner_up_confidence=understood.runner_up.confidence if understood.runner_up else None,
        others={guess.intent: guess.confidence for guess in understood.others},
        entities={entity.kind: entity.value for entity in understood.entities},
        slots=dict(understood.slots),
    )
