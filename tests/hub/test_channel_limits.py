"""What a channel or an inbox can't do is known before it bites."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.contract import Capabilities, Feature
from hub.desk.command_frames import TemplateChoice
from hub.desk.limits import Template, check_files, check_window, filled, reply_until, templates_of
from hub.errors import BadInput, Conflict, HubError, TooLarge
from hub.model.config import Inbox
from hub.model.conversation import Conversation, Header
from hub.model.entry import File
from hub.model.ids import ContactId, ConversationId, FileId, InboxId, QueueId

WINDOWED = Capabilities(
    features=frozenset({Feature.TEMPLATES, Feature.ATTACHMENTS}), max_text=1_000, max_attachment=10, window_seconds=60
)
PLAIN = Capabilities(features=frozenset(), max_text=1_000)
ORDER = Template(name="order", language="fa", text="سلام {{1}}، سفارش {{2}} رسید. {{1}}!")


def inbox(*lines: object) -> Inbox:
    return Inbox(
        id=InboxId("wa"), name="W", channel="whatsapp", queue=QueueId("q"), settings={"templates": list(lines)}
    )


def conversation(contact_at: int) -> Conversation:
    header = Header(
        id=ConversationId("c"),
        number=1,
        inbox=InboxId("wa"),
        channel="whatsapp",
        contact=ContactId("k"),
        address="a",
        created_at=1,
    )
    return Conversation(header=header, contact_at=contact_at)


def test_templates_are_lines_and_what_is_none_is_passed_over() -> None:
    lines = ("order | fa | سلام {{1}} | خوش آمدید", "nonsense", "Bad Name|fa|x", "empty|fa|  ", "unclear|fa|{{name}}")
    (found,) = templates_of(inbox(*lines, 7))
    assert found == Template(name="order", language="fa", text="سلام {{1}} | خوش آمدید")
    pasted = replace(inbox(), settings={"templates": "\n".join(lines)})
    assert templates_of(pasted) == (found,)
    assert templates_of(Inbox(id=InboxId("i"), name="", channel="c", queue=QueueId("q"))) == ()


def test_a_template_is_filled_as_the_customer_sees_it_and_never_twice() -> None:
    part = filled(TemplateChoice("order", "fa", ["مریم", "{{1}}"]), [ORDER], WINDOWED)
    assert part.text == "سلام مریم، سفارش {{1}} رسید. مریم!"
    assert part.values == {"name": "order", "language": "fa", "1": "مریم", "2": "{{1}}"}


def test_blanks_have_names_and_stand_in_the_order_of_the_text() -> None:
    named = Template(name="n", language="en_US", text="{{ order }} for {{who}}, {{order}}")
    assert named.blanks == ("order", "who")
    part = filled(TemplateChoice("n", "en_US", ["42", "Ali"]), [named], WINDOWED)
    assert (part.text, part.values["order"]) == ("42 for Ali, 42", "42")
    assert Template(name="n", language="fa", text="{{2}} {{1}}").blanks == ("2", "1")


@pytest.mark.parametrize(
    "choice",
    [
        TemplateChoice("order", "en", ["a", "b"]),
        TemplateChoice("other", "fa", ["a", "b"]),
        TemplateChoice("order", "fa", ["a"]),
        TemplateChoice("order", "fa", ["a", " "]),
        TemplateChoice("order", "fa", ["a", "b", "c"]),
        TemplateChoice("order", "fa", ["a", "b" * 1_001]),
    ],
)
def test_a_template_with_a_hole_in_it_is_not_sent(choice: TemplateChoice) -> None:
    with pytest.raises(BadInput) as refused:
        filled(choice, [ORDER], WINDOWED)
    assert refused.value.code == "bad_template"


def test_a_channel_without_templates_sends_none() -> None:
    with pytest.raises(BadInput):
        filled(TemplateChoice("order", "fa", ["a", "b"]), [ORDER], PLAIN)


def test_the_window_closes_a_minute_after_the_customers_last_words() -> None:
    state = conversation(1_000)
    assert reply_until(state, WINDOWED) == 61_000
    assert reply_until(state, PLAIN) is None
    check_window(state, WINDOWED, 61_000)
    check_window(state, PLAIN, 999_999)
    with pytest.raises(Conflict) as refused:
        check_window(state, WINDOWED, 61_001)
    assert refused.value.code == "window_closed"


@pytest.mark.parametrize(
    ("can", "size", "error"), [(PLAIN, 1, BadInput), (WINDOWED, 11, TooLarge), (WINDOWED, 10, None)]
)
def test_files_that_the_channel_does_not_carry_are_refused(
    can: Capabilities, size: int, error: type[HubError] | None
) -> None:
    file = File(id=FileId("f"), name="a.pdf", content_type="application/pdf", size=size)
    if error is None:
        check_files([file], can)
        return
    with pytest.raises(error):
        check_files([file], can)
