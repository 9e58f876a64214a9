"""What channels and inboxes can carry, so that screens show a limit before it bites. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from channels.contract import Capabilities, Feature
from hub.desk.command_frames import TemplateChoice
from hub.desk.view_frames import ChannelView, InboxView, TemplateView
from hub.errors import BadInput, Conflict, TooLarge
from hub.model.config import Inbox
from hub.model.conversation import Conversation
from hub.model.entry import File, Part

MAX_VALUE = 1_000
_BLANK = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,40})\s*\}\}")
_LINE = re.compile(r"\s*([a-z0-9_]{1,512})\s*\|\s*([A-Za-z]{2,3}(?:_[A-Za-z]{2,4})?)\s*\|\s*(\S.*)", re.DOTALL)
_TAKEN = frozenset({"name", "language"})
"""What a part's `values` say of the template itself; a blank of that name could not be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A prepared message as the provider approved it, with blanks in its `text` like `{{1}}` or `{{order}}`."""

    name: str
    language: str
    text: str

    @property
    def blanks(self) -> tuple[str, ...]:
        """The names of what is filled in, each once, in the order of the text."""
        return tuple(dict.fromkeys(_BLANK.findall(self.text)))


def templates_of(inbox: Inbox) -> tuple[Template, ...]:
    """An inbox's templates: lines `name|language|text` of its setting `templates`; what is none is passed over."""
    said = inbox.settings.get("templates")
    lines = said.splitlines() if isinstance(said, str) else said if isinstance(said, (list, tuple)) else ()
    found = [_LINE.fullmatch(line) for line in lines if isinstance(line, str)]
    made = (Template(name=one[1], language=one[2], text=one[3].strip()) for one in found if one)
    return tuple(one for one in made if not _TAKEN.intersection(one.blanks))


def channel_view(can: Capabilities) -> ChannelView:
    """What a channel carries."""
    return ChannelView(
        max_text=can.max_text,
        text_unit=can.text_unit,
        attachments=Feature.ATTACHMENTS in can.features,
        max_attachment=can.max_attachment,
        buttons=can.max_buttons if Feature.BUTTONS in can.features else 0,
        templates=Feature.TEMPLATES in can.features,
        receipts=Feature.RECEIPTS in can.features or Feature.READ_MARKS in can.features,
        live=can.live,
        calls=Feature.CALLS in can.features,
        window_seconds=can.window_seconds,
    )


def inbox_view(inbox: Inbox) -> InboxView:
    """An inbox without what is secret of it."""
    templates = [
        TemplateView(name=one.name, language=one.language, text=one.text, blanks=list(one.blanks))
        for one in templates_of(inbox)
    ]
    return InboxView(name=inbox.name, channel=inbox.channel, templates=templates)


def reply_until(state: Conversation, can: Capabilities | None) -> int | None:
    """Until when free words may be sent (ms); None where that never ends."""
    if can is None or can.window_seconds is None:
        return None
    return state.contact_at + can.window_seconds * 1000


def check_written(can: Capabilities | None) -> None:
    """Refuse words where agents speak (`spoken`)."""
    if can is not None and Feature.CALLS in can.features:
        raise BadInput("Callers are spoken to; nobody reads there.", code="spoken")


def check_window(state: Conversation, can: Capabilities | None, now: int) -> None:
    """Whether free words may be sent now. Raises `Conflict` (`window_closed`) where only templates may."""
    until = reply_until(state, can)
    if until is not None and now > until:
        raise Conflict("The time to answer freely is over; only a template may be sent.", code="window_closed")


def check_files(files: Iterable[File], can: Capabilities | None) -> None:
    """Whether a channel carries these files.

    Raises:
        BadInput: it carries none (`no_files`).
        TooLarge: one is too large for it.
    """
    if can is None:
        return
    for file in files:
        if Feature.ATTACHMENTS not in can.features:
            raise BadInput("This channel carries no files.", code="no_files", field="files")
        if file.size > can.max_attachment:
            raise TooLarge(f"This channel carries files of at most {can.max_attachment} bytes.", field="files")


def filled(choice: TemplateChoice, templates: Sequence[Template], can: Capabilities | None) -> Part:
    """A template with its values, as the customer will see it.

    Raises:
        BadInput: there is no such template here, or its values don't fill it (`bad_template`).
    """
    found = [one for one in templates if (one.name, one.language) == (choice.name, choice.language)]
    if not found or can is None or Feature.TEMPLATES not in can.features:
        raise BadInput("There is no such template in this inbox.", code="bad_template", field="template")
    values = [value.replace("\0", "").strip() for value in choice.values]
    blanks = found[0].blanks
    if len(values) != len(blanks) or any(not value or len(value) > MAX_VALUE for value in values):
        raise BadInput("Fill in every blank of the template.", code="bad_template", field="template")
    named = dict(zip(blanks, values, strict=True))
    return Part(
        type="template",
        text=_BLANK.sub(lambda blank: named[blank[1]], found[0].text),
        values={"name": choice.name, "language": choice.language, **named},
    )
