"""The addresses of forms."""

from __future__ import annotations

from hub.web import bot_forms, bot_shapes
from hub.web.access import Permission
from hub.web.http import Route

TEACH = Permission.TEACH_BOT
BASE = "/api/admin/bot/forms"
ONE = BASE + "/{name}"
FORM_ERRORS = (
    *("form_name", "form_slots", "form_slot_twice", "form_entity", "form_choices", "form_range", "form_action"),
    *("form_clash", "form_intent", "form_intent_taken", "unknown_entity", "empty_text", "variable"),
    *("bad_choice", "bad_field", "changed_meanwhile"),
)

BOT_FORMS = (
    Route(
        method="GET",
        path=BASE,
        handler=bot_forms.listed,
        needs=TEACH,
        answer=bot_forms.FormList,
        summary="Forms, and what the hub can do at the end of one",
    ),
    Route(
        method="POST",
        path=BASE,
        handler=bot_forms.make,
        needs=TEACH,
        body=bot_forms.FormRecord,
        answer=bot_forms.FormRecord,
        status=201,
        summary="Make a form",
        errors=("exists", *FORM_ERRORS),
    ),
    Route(
        method="GET",
        path=ONE,
        handler=bot_forms.read,
        needs=TEACH,
        answer=bot_forms.FormRecord,
        summary="One form",
        errors=("not_found",),
    ),
    Route(
        method="PATCH",
        path=ONE,
        handler=bot_forms.change,
        needs=TEACH,
        body=bot_forms.FormRecord,
        answer=bot_forms.FormRecord,
        summary="Put a new state of a form in place of the one that was seen",
        errors=("not_found", *FORM_ERRORS),
    ),
    Route(
        method="DELETE",
        path=ONE,
        handler=bot_forms.remove,
        needs=TEACH,
        body=bot_shapes.Seen,
        status=204,
        summary="Remove a form",
        errors=("not_found", "changed_meanwhile"),
    ),
)
