"""Stays with the bot, each with one fate: stays = contained + lost + handed over + taken + running, always. Pure.

A stay begins when a customer says something while the bot has the conversation, and ends when the bot has it no more.
The definitions in words, as the screen shows them, are in `docs/bot-figures.md`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from hub.model.conversation import Conversation
from hub.model.entry import Entry, EventType
from hub.model.fold import fold
from hub.model.ids import ConversationId

NOT_UNDERSTOOD = "nlu_fallback"
BotFate = Literal["running", "contained", "lost", "handed_off", "taken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BotTurn:
    """A turn that the bot read: the number of the entry that ends it, and what it understood."""

    seq: int
    intent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BotStay:
    """A stay from `began`, when the bot got the conversation, to `ended` (ms; None while it lasts).

    `contained`: over without a person, the last turn understood. `lost`: over without a person, the last turn not
    understood, or none read. `handed_off`: the bot gave it to people, `reason` says why. `taken`: a person stepped in.
    """

    conversation: ConversationId
    fence: int
    channel: str
    lang: str
    began: int
    ended: int | None = None
    fate: BotFate = "running"
    reason: str = ""
    turns: tuple[BotTurn, ...] = ()

    @property
    def key(self) -> str:
        """Names the stay, the same in every process and after every crash."""
        return f"{self.conversation}:{self.fence}"


def stay_news(before: Conversation, after: Conversation, entry: Entry) -> BotStay | None:
    """What an entry tells of a stay: that it began (`running`, no turns), a turn more, or its end, or None.

    An end with the last turn in it is one piece of news. The store says of all turns whether who ended it
    was served or lost; the news says `contained`. Of a stay in which no customer said anything only the end is told.
    """
    stay = before if before.owner.kind == "bot" else after
    if stay.owner.kind != "bot":
        return None
    turns = _turn(entry)
    ended = stay is before and after.fence != before.fence
    begins = entry.kind == "message" and entry.author.kind == "contact" and before.contact_seq <= stay.fence
    if not (turns or ended or begins):
        return None
    fate, reason = _fate(entry) if ended else ("running", "")
    return BotStay(
        conversation=stay.id,
        fence=stay.fence,
        channel=stay.header.channel,
        lang=after.locale,
        began=stay.fence_at,
        ended=entry.at if ended else None,
        fate=fate,
        reason=reason,
        turns=turns,
    )


def news_of(state: Conversation, timeline: Sequence[Entry]) -> Iterator[BotStay]:
    """All news in a conversation's whole timeline, which doesn't tell in what language it began."""
    spoken = (one.event.locale for one in timeline if one.event and one.event.type is EventType.LOCALE)
    before = Conversation(header=state.header, locale=next(spoken, None) or state.locale)
    for entry in timeline:
        after = fold(before, entry)
        if (news := stay_news(before, after, entry)) is not None:
            yield news
        before = after


def _turn(entry: Entry) -> tuple[BotTurn, ...]:
    up_to = entry.event.up_to if entry.event else entry.up_to
    if up_to is None or entry.understood is None:
        return ()
    return (BotTurn(seq=entry.seq, intent=entry.understood.intent),)


def _fate(entry: Entry) -> tuple[BotFate, str]:
    if entry.event is None:
        return "taken", ""
    if entry.event.type is EventType.HANDOFF:
        return "handed_off", entry.event.reason or ""
    if entry.event.type is EventType.RESOLVED and entry.author.kind != "agent":
        return "contained", entry.event.reason or ""
    return "taken", entry.event.type.value
