"""From the hub's data to the widget's frames. Pure."""

from collections.abc import Callable
from typing import Literal

from channels.contract import Desk, Outbound, Part, State, Timeline
from channels.webchat.frames import (
    ButtonView,
    DeskView,
    EntryView,
    FileView,
    PartView,
    StateView,
    Welcome,
)

FileUrl = Callable[[str], str]


def entry_view(entry: Outbound, file_url: FileUrl) -> EntryView:
    """An entry as the widget shows it."""
    return EntryView(
        seq=entry.seq,
        at=entry.at,
        author=entry.author,
        parts=[_part(part, file_url) for part in entry.parts],
        name=entry.author_name if entry.author == "agent" else None,
        client_id=entry.client_id if entry.author == "contact" else None,
    )


def _part(part: Part, file_url: FileUrl) -> PartView:
    file = part.file
    return PartView(
        type=part.type,
        text=part.text,
        buttons=[ButtonView(title=button.title, payload=button.payload) for button in part.buttons],
        file=None
        if file is None
        else FileView(
            id=file.id,
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            url=file_url(file.id),
            width=file.width,
            height=file.height,
        ),
        form=part.form,
        values=dict(part.values),
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
