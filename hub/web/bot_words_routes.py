"""The addresses of entities, synonyms, patterns and lists."""

from __future__ import annotations

from hub.web import bot_shapes, bot_words
from hub.web.access import Permission
from hub.web.http import Route

TEACH = Permission.TEACH_BOT
BASE = "/api/admin/bot/words"
ONE = BASE + "/{kind}/{name}"
WORD_ERRORS = (
    *("entity_name", "empty_text", "long_word", "control", "html", "entity_markup", "yaml_markup", "variable"),
    *("regex_invalid", "regex_size", "regex_empty", "regex_slow", "too_many_values", "bad_field", "changed_meanwhile"),
)

BOT_WORDS = (
    Route(
        method="GET",
        path=BASE,
        handler=bot_words.listed,
        needs=TEACH,
        answer=bot_words.TermList,
        summary="Entities with how often they are marked; synonyms, patterns and lists",
    ),
    Route(
        method="POST",
        path=BASE,
        handler=bot_words.make,
        needs=TEACH,
        body=bot_words.NewTerm,
        answer=bot_words.TermRecord,
        status=201,
        summary="Make an entity, a synonym, a pattern or a list",
        body_limit=4 * 1024 * 1024,
        errors=("exists", *WORD_ERRORS),
    ),
    Route(
        method="GET",
        path=ONE,
        handler=bot_words.read,
        needs=TEACH,
        answer=bot_words.TermRecord,
        summary="One with its values, and where an entity is used",
        errors=("not_found", "bad_choice"),
    ),
    Route(
        method="PATCH",
        path=ONE,
        handler=bot_words.change,
        needs=TEACH,
        body=bot_words.TermChange,
        answer=bot_words.TermRecord,
        summary="Put new values in place of those that were seen",
        body_limit=4 * 1024 * 1024,
        errors=("not_found", "bad_choice", *WORD_ERRORS),
    ),
    Route(
        method="DELETE",
        path=ONE,
        handler=bot_words.remove,
        needs=TEACH,
        body=bot_shapes.Seen,
        status=204,
        summary="Remove one; an entity only once nothing names it",
        errors=("not_found", "bad_choice", "entity_used", "changed_meanwhile"),
    ),
)
