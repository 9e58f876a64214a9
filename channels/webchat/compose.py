"""From the hub's data to the widget's frames. Pure."""

from typing import Literal

from channels.contract import Desk, Outbound, State, Timeline
from channels.views import FileUrl, part_view
from channels.webchat.frames import (
    DeskView,
    EntryView,
    StateView,
    Welcome,
)


def entry_view(entry: Outbound, file_url: FileUrl) -> EntryView:
    """An entry as the widget shows it."""
    return EntryView(
        seq=entry.seq,
        at=entry.at,
        author=entry.author,
        parts=[part_view(part, file_url) for part in entry.parts],
        name=entry.author_name if entry.author == "agent" else None,
        client_id=entry.client_id if entry.author == "contact" else None,
    )


def state_view(state: State) -> StateView:
    """A conversation's state as the widget shows it."""
    locale: Literal["fa", "en"] = "en" if state.locale == "en" else "fa"
    return StateView(
        conversation=state.conversation,
        status=state.status,
        owner=state.owner,
        locale=locale,
        agent_name=state.agent_name,
        place=state.place,
        wait_minutes=state.wait_minutes,
        agent_read=state.agent_read,
        contact_read=state.contact_read,
        rating=state.rating,
        staffed=state.staffed,
    )


def desk_view(desk: Desk) -> DeskView:
    """Who is there; a form at once when nobody can answer at all."""
    nobody = not desk.bot and not (desk.hours_open and desk.agents_online)
    return DeskView(
        hours_open=desk.hours_open,
        agents_online=desk.agents_online,
        bot=desk.bot,
        form="offline" if nobody else None,
        wait_minutes=desk.wait_minutes,
    )


def welcome(
    visitor: str, now: int, desk: Desk, timeline: Timeline | None, *, after: int, start_over: bool, file_url: FileUrl
) -> Welcome:
    """The answer to a hello."""
    if timeline is None:
        return Welcome(visitor=visitor, now=now, desk=desk_view(desk), start_over=start_over)
    first = timeline.entries[0].seq if timeline.entries else 0
    return Welcome(
        visitor=visitor,
        now=now,
        desk=desk_view(desk),
        state=state_view(timeline.state),
        entries=[entry_view(entry, file_url) for entry in timeline.entries],
        more=timeline.more,
        start_over=start_over or (after > 0 and timeline.more and first > 0),
    )
