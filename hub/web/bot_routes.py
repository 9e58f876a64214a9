"""The addresses of the training studio."""

from __future__ import annotations

from hub.web import bot_answers, bot_knowledge, bot_review, bot_shapes
from hub.web.access import Permission
from hub.web.http import Route

TEACH = Permission.TEACH_BOT
BASE = "/api/admin/bot"
INTENT = BASE + "/intents/{name}"
RESPONSE = BASE + "/responses/{name}"
DATA_ERRORS = (
    *("intent_name", "intent_keyword", "retrieval_intent"),
    *("empty_text", "long_text", "html", "entity_markup", "yaml_markup", "variable"),
    *("entity_name", "entity_value", "entity_span", "entity_overlap", "encoding", "too_many_rows", "changed_meanwhile"),
)
YAML_ERRORS = (
    *("too_large", "bad_yaml", "yaml_alias", "yaml_tag", "yaml_depth", "yaml_size", "yaml_key_twice", "not_nlu"),
)
PROJECT_ERRORS = ("too_few_examples", "no_answer", "unknown_intent", "unknown_entity")

BOT = (
    Route(
        method="GET",
        path=BASE + "/knowledge",
        handler=bot_knowledge.overview,
        needs=TEACH,
        answer=bot_shapes.KnowledgeView,
        summary="What the bot knows: intents with their numbers, what keeps them from being trained, contradictions",
    ),
    Route(
        method="POST",
        path=BASE + "/intents",
        handler=bot_knowledge.make_intent,
        needs=TEACH,
        body=bot_shapes.NewIntent,
        answer=bot_shapes.IntentRecord,
        status=201,
        summary="Make an intent, with its answer where it has one",
        errors=("exists", *DATA_ERRORS),
    ),
    Route(
        method="GET",
        path=INTENT,
        handler=bot_knowledge.read_intent,
        needs=TEACH,
        answer=bot_shapes.IntentRecord,
        summary="One intent with its sentences",
        errors=("not_found",),
    ),
    Route(
        method="PATCH",
        path=INTENT,
        handler=bot_knowledge.change_intent,
        needs=TEACH,
        body=bot_shapes.IntentChange,
        answer=bot_shapes.IntentRecord,
        summary="Put a new state of an intent in place of the one that was seen",
        body_limit=2 * 1024 * 1024,
        errors=("not_found", *DATA_ERRORS),
    ),
    Route(
        method="DELETE",
        path=INTENT,
        handler=bot_knowledge.remove_intent,
        needs=TEACH,
        body=bot_shapes.Seen,
        status=204,
        summary="Remove an intent that no written rule names",
        errors=("not_found", "intent_used", "changed_meanwhile"),
    ),
    Route(
        method="GET",
        path=RESPONSE,
        handler=bot_answers.read_response,
        needs=TEACH,
        answer=bot_shapes.ResponseRecord,
        summary="What a response says in each language",
        errors=("not_found",),
    ),
    Route(
        method="PATCH",
        path=RESPONSE,
        handler=bot_answers.change_response,
        needs=TEACH,
        body=bot_shapes.ResponseChange,
        answer=bot_shapes.ResponseRecord,
        summary="Change a response; it is said from the next version on",
        errors=("not_found", "not_plain", "empty_text", "variable", "changed_meanwhile"),
    ),
    Route(
        method="GET",
        path=BASE + "/file",
        handler=bot_knowledge.read_file,
        needs=TEACH,
        answer=bot_shapes.FileRecord,
        summary="A file of the project (`?name=`)",
        errors=("not_found",),
    ),
    Route(
        method="POST",
        path=BASE + "/import",
        handler=bot_knowledge.import_set,
        needs=TEACH,
        answer=bot_shapes.Imported,
        summary="Add the sentences of a data set (`?name=x.csv`, the file as body), all of them or none",
        errors=(
            *("columns", "bad_csv", "bad_json", "no_data", "unknown_kind", "field", "lang", "split"),
            *YAML_ERRORS,
            "too_few_examples",
            *DATA_ERRORS,
        ),
    ),
    Route(
        method="POST",
        path=BASE + "/project",
        handler=bot_knowledge.import_project,
        needs=TEACH,
        answer=bot_shapes.ProjectImported,
        summary="Put a Rasa project in place of all that the bot knows (`?name=x.zip`, the file as body), or nothing",
        errors=(
            *("bad_zip", "not_project", "too_many_files", "reserved_file", "not_domain", "bad_stories", "bad_forms"),
            "old_rasa",
            *YAML_ERRORS,
            *PROJECT_ERRORS,
            *DATA_ERRORS,
        ),
    ),
    Route(
        method="GET",
        path=BASE + "/export",
        handler=bot_knowledge.export,
        needs=TEACH,
        summary="What the bot knows, to download (`?as=zip|csv|yml`)",
        errors=("bad_choice", *PROJECT_ERRORS),
    ),
    Route(
        method="GET",
        path=BASE + "/review",
        handler=bot_review.page,
        needs=TEACH,
        answer=bot_review.ReviewPage,
        summary="What the bot may have got wrong, siblings together (`?state=&reason=&lang=&intent=`)",
        errors=("bad_choice",),
    ),
    Route(
        method="POST",
        path=BASE + "/review/label",
        handler=bot_review.label,
        needs=TEACH,
        body=bot_review.Label,
        answer=bot_review.Decided,
        summary="Teach sentences as examples of an intent",
        errors=("not_found", "bad_field", *DATA_ERRORS),
    ),
    Route(
        method="POST",
        path=BASE + "/review/ignore",
        handler=bot_review.ignore,
        needs=TEACH,
        body=bot_review.Chosen,
        answer=bot_review.Decided,
        summary="Nothing is to be learnt from these sentences",
        errors=("not_found",),
    ),
    Route(
        method="POST",
        path=BASE + "/review/reopen",
        handler=bot_review.reopen,
        needs=TEACH,
        body=bot_review.Chosen,
        answer=bot_review.Decided,
        summary="Undo: look at these sentences again; they are no examples any more",
        errors=("not_found",),
    ),
    Route(
        method="POST",
        path="/api/desk/mark",
        handler=bot_review.mark,
        needs=Permission.USE_DESK,
        body=bot_review.MarkedMessage,
        status=204,
        summary="The bot should have understood this message of a customer",
        errors=("not_found",),
    ),
)
