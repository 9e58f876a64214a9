"""Bot admins and forms: what is asked for, how each answer is judged, and what happens at the end."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, convert, to_builtins

from hub.errors import BadInput
from hub.model.studio import Form
from hub.training.forms import ACTIONS
from hub.web.admin_config import found
from hub.web.bot_shapes import Answers, Seen, Text
from hub.web.http import Call


class ChoiceRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the answers to choose from: what is kept, and the button's words by language."""

    value: Text
    titles: Answers


class SlotRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is asked for; see `hub.model.studio.FormSlot`."""

    name: Text
    fill: Literal["entity", "text", "choice", "number"]
    ask: Answers
    wrong: Answers = {}
    entity: Text = ""
    choices: Annotated[list[ChoiceRecord], Meta(max_length=20)] = []
    check: Literal["", "email", "phone", "digits", "date"] = ""
    least: float | None = None
    most: float | None = None


class EndRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """What happens when all is known."""

    kind: Literal["answer", "handoff", "action"]
    says: Answers = {}
    queue: Text = ""
    action: Text = ""


class FormRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A form. `version`: the one that was seen; 0 for a new one."""

    name: Text
    intent: Text
    slots: Annotated[list[SlotRecord], Meta(max_length=50)]
    end: EndRecord
    version: int = 0


class QueueName(Struct, frozen=True):
    """A queue that a form may hand over to."""

    id: str
    name: str


class FormList(Struct, frozen=True):
    """All forms, what the hub can do at the end of one, and the queues that one may hand over to."""

    forms: list[FormRecord]
    actions: list[str]
    queues: list[QueueName]


async def listed(call: Call) -> FormList:
    """All forms, by name."""
    await call.web.studio.fill()
    queues = [QueueName(queue.id, queue.name) for queue in call.web.config.queues.values()]
    forms = [_record(one) for one in await call.web.studio.store.forms()]
    return FormList(forms=forms, actions=list(ACTIONS), queues=queues)


async def read(call: Call) -> FormRecord:
    """One form."""
    return _record(found(await call.web.studio.store.form(call.path("name"))))


async def make(call: Call) -> FormRecord:
    """Make a form."""
    wanted = _form(call)
    if wanted.version:
        raise BadInput("A new form has no version.", code="bad_field", field="version")
    made = await call.web.studio.write_form(wanted)
    await call.record("bot.form.create", f"form:{made.name}", {"slots": [None, len(made.slots)]})
    return _record(made)


async def change(call: Call) -> FormRecord:
    """Put a new state of a form in place of the one that was seen."""
    wanted = _form(call)
    before = found(await call.web.studio.store.form(call.path("name")))
    if wanted.name != before.name:
        raise BadInput("The name of a form stays.", code="bad_field", field="name")
    after = await call.web.studio.write_form(wanted)
    await call.record("bot.form.change", f"form:{after.name}", {"slots": [len(before.slots), len(after.slots)]})
    return _record(after)


async def remove(call: Call) -> None:
    """Remove a form; conversations that are in it leave it with the next version."""
    name = call.path("name")
    before = found(await call.web.studio.store.form(name))
    await call.web.studio.remove_form(name, call.body_as(Seen).version, call.me.agent.id)
    await call.record("bot.form.delete", f"form:{name}", {"slots": [len(before.slots), None]})


def _form(call: Call) -> Form:
    return convert(to_builtins(call.body_as(FormRecord)), Form)


def _record(form: Form) -> FormRecord:
    return convert(to_builtins(form), FormRecord)
