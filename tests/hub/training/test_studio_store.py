"""What the bot knows, over a real database: apart, together, two admins at once, the queue of trainings."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from bot.contract import BotStatus
from bot.environment import ASSISTANT
from bot.rasa import RasaBot
from bot.training.data import Example
from bot.training.project import nlu_files, read_project
from bot.training.report import judge
from bot.training.words import Words
from hub.clock import HeldClock, SystemClock
from hub.errors import BadInput, Conflict, NotFound, Unavailable
from hub.model.rollout import LOADING_MS, Rollout, begin, prepare
from hub.model.studio import Form, FormEnd, FormSlot, Gates, Intent, Kept, Sentence, Span, Term
from hub.store.database import Database
from hub.store.studio import Change
from hub.store.versions import LEFT_OVER_MS, MOST_TRIES, LostLease, Made, Snapshot, Version, Versions
from hub.training.comparing import compared
from hub.training.gates import gates_of
from hub.training.knowledge import GENERATED, answer_variants, put_together, taken_apart
from hub.training.pruning import prune
from hub.training.slots import Slotted
from hub.training.trainer import RUNS, Trainer
from hub.training.word_files import WORDS
from tests.hub.training.lab import CALLBACK, DOMAIN, project, studio_over, with_callback
from tests.hub_server import AbsentBot
from tests.ports import free_port

KEYWORD = "nlu:\n- intent: restart\n  examples: |\n    - x\n"
SNAPSHOT = Snapshot(files={"config.yml": "x"}, examples=[Example(text="hi", intent="greet", lang="en")])


async def test_the_assistant_fills_an_empty_studio_and_comes_out_as_it_went_in(database: Database) -> None:
    studio = studio_over(database)
    files, examples = await studio.project()
    source = read_project(ASSISTANT)
    assert files["domain.yml"] == source["domain.yml"], "with its comments"
    assert files["data/rules/in_forms.yml"] == source["data/rules/in_forms.yml"]
    again = taken_apart(files | {"data/nlu/en.yml": source["data/nlu/en/shop.yml"]})
    assert {one.name for one in again.intents} == {one.name for one in (await studio.known()).intents}
    assert len(examples) > 700


async def test_an_intent_with_an_answer_becomes_domain_and_rules_and_written_ones_stay(database: Database) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    sentences = tuple(Sentence(text=f"do you ship to mars {n}", lang="en") for n in range(3))
    await studio.write_intent(Intent(name="mars", sentences=sentences, faq=True))
    with pytest.raises(BadInput) as unanswered:
        await studio.project()
    assert unanswered.value.code == "no_answer"
    variants = answer_variants({"fa": "نه", "en": "No"}, {"en": [("Menu", "/order")]})
    await studio.store.write_response(Kept(name="utter_faq_mars", variants=variants))
    files, examples = await studio.project()
    assert "- mars" in files["domain.yml"]
    assert "utter_faq_mars" in files[GENERATED]
    assert "order_form" in files[GENERATED]
    assert files["data/rules.yml"] == project()["data/rules.yml"]
    again = put_together(taken_apart(files | nlu_files(examples)))
    assert again[0] == files
    assert set(again[1]) == set(examples)


async def test_an_answer_that_a_written_rule_gives_stays_the_rules(database: Database) -> None:
    files = {name: text.replace("utter_price", "utter_faq_price") for name, text in project().items()}
    known, _ = await studio_over(database).replace_project(files)
    assert not any(one.faq for one in known.intents)
    assert GENERATED not in put_together(known)[0]
    # A question of the studio stays one, though a written story and a list name it, too.
    domain = DOMAIN.replace("responses:", 'responses:\n  utter_faq_mars: [{text: "No."}]').replace(
        "number]", "number, mars]", 1
    )
    mars = "nlu:\n- intent: mars\n  examples: |\n    - to mars\n    - to the red planet\n"
    words = "nlu:\n- lookup: order_number\n  examples: |\n    - mars\n"
    fresh = project() | {"domain.yml": domain, "data/nlu/mars.yml": mars, "data/words.yml": words}
    asked = taken_apart(fresh)
    assert [one.name for one in asked.intents if one.faq] == ["mars"]
    files, examples = put_together(asked)
    story = "stories:\n- story: s\n  steps:\n  - intent: price\n  - action: utter_price\n  - intent: mars\n"
    again = taken_apart(files | nlu_files(examples) | {"data/stories.yml": story})
    assert [one.name for one in again.intents if one.faq] == ["mars"]


async def test_of_two_admins_the_second_sees_that_the_first_was_there(database: Database) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    seen = await studio.store.intent("price")
    assert seen is not None
    mine = replace(seen, sentences=(*seen.sentences, Sentence(text="how dear", lang="en")))
    theirs = replace(seen, sentences=(*seen.sentences, Sentence(text="how cheap", lang="en")))
    results = await asyncio.gather(studio.write_intent(mine), studio.write_intent(theirs), return_exceptions=True)
    refused = [one for one in results if isinstance(one, Conflict)]
    assert [one.code for one in refused] == ["changed_meanwhile"]
    stored = await studio.store.intent("price")
    assert stored is not None
    assert len(stored.sentences) == len(seen.sentences) + 1
    with pytest.raises(Conflict):
        await studio.store.change(Change(removed={"bot_intents": [seen]}))


async def test_an_import_meets_an_admin_and_nothing_is_lost(database: Database) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    rows = [Example(text=f"cost of thing {n}", intent="price", lang="en") for n in range(5)]
    before = await studio.store.intent("price")
    assert before is not None
    added = await asyncio.gather(*(studio.add_examples([one, one]) for one in rows))
    assert [len(one["price"]) for one in added] == [1] * 5
    after = await studio.store.intent("price")
    assert after is not None
    assert len(after.sentences) == len(before.sentences) + 5
    assert await studio.add_examples(rows) == {"price": []}


async def test_what_is_refused_changes_nothing(database: Database) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    before = await studio.known()
    with pytest.raises(BadInput):
        await studio.replace_project(
            project() | {"data/nlu/all.yml": "nlu:\n- intent: restart\n  examples: |\n    - x\n"}
        )
    good, bad = Example(text="fine", intent="price", lang="en"), Example(text="<b>", intent="order", lang="en")
    with pytest.raises(BadInput) as refused:
        await studio.add_examples([good, bad])
    assert (refused.value.code, refused.value.field) == ("html", "sentences.0")
    overlap = Sentence(text="from tehran", lang="en", marks=(Span(0, 6, "a"), Span(5, 11, "b")))
    with pytest.raises(BadInput) as overlapping:
        await studio.write_intent(Intent(name="new", sentences=(overlap,)))
    assert overlapping.value.code == "entity_overlap"
    with pytest.raises(Conflict) as used:
        await studio.remove_intent("price", 1, "ali")
    assert used.value.code == "intent_used"
    assert await studio.known() == before


async def test_an_import_that_does_not_fit_what_is_there_leaves_nothing_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    before = await studio.known()
    fine = [(Example(text="how dear", intent="price", lang="en"), "a.csv:3")]
    monkeypatch.setattr("bot.training.words.MAX_VALUES", 3)
    much = [Words(kind="regex", name="order_number", values=("A", "B", "C"))]
    with pytest.raises(BadInput) as refused:
        await studio.add_set(fine, much, "a.csv", "ali")
    assert (refused.value.code, refused.value.field) == ("too_many_values", "regex:order_number values")
    monkeypatch.setattr("hub.training.checks.MOST_SENTENCES", 20)
    with pytest.raises(BadInput) as full:
        await studio.add_set([(Example(text="fresh", intent="order", lang="en"), "a.csv:2"), *fine], [], "a.csv", "ali")
    assert full.value.code == "too_many_rows"
    assert await studio.known() == before


async def test_an_untouched_domain_keeps_its_comments_and_a_touched_one_its_meaning(database: Database) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    assert (await studio.project())[0]["domain.yml"] == DOMAIN
    response = await studio.store.response("utter_price")
    assert response is not None
    await studio.store.write_response(replace(response, variants=({"text": "Eleven"},)))
    domain = (await studio.project())[0]["domain.yml"]
    assert "Eleven" in domain
    assert "order_form" in domain


async def test_a_version_is_claimed_once_and_again_when_its_trainer_dies(database: Database, clock: HeldClock) -> None:
    versions = Versions(database)
    made = await versions.add(SNAPSHOT, by="admin", note="n", now=clock.now(), base=0)
    assert await versions.snapshot(made.number) == SNAPSHOT
    claimed = await asyncio.gather(*(versions.claim(f"h{n}", clock.now(), clock.now() + 1000) for n in range(5)))
    (mine,) = [n for n, one in enumerate(claimed) if one is not None]
    await versions.renew(made.number, f"h{mine}", clock.now() + 2000, {"stage": "train"})
    assert (await versions.get(made.number)).stage == "train"
    for again in range(MOST_TRIES - 1):
        clock.advance(3_000)
        assert await versions.claim(f"later{again}", clock.now(), clock.now() + 1000) is not None
    with pytest.raises(LostLease):
        await versions.renew(made.number, f"h{mine}", clock.now() + 2000, {})
    clock.advance(3_000)
    assert await versions.claim("last", clock.now(), clock.now() + 1000) is None
    assert (await versions.get(made.number)).failure == "died"


async def test_a_trainer_that_is_stopped_often_is_none_of_the_versions_tries(database: Database) -> None:
    versions = Versions(database)
    await versions.add(SNAPSHOT, by="admin", note="", now=1, base=0)
    for _ in range(MOST_TRIES + 1):
        claimed = await versions.claim("h", 1, 2)
        assert claimed is not None
        await versions.put_back(claimed, "h")


async def test_a_cancelled_training_cannot_finish(database: Database, clock: HeldClock) -> None:
    versions = Versions(database)
    waiting = await versions.add(SNAPSHOT, by="admin", note="", now=1, base=0)
    await versions.stop(waiting.number, 2)
    assert await versions.claim("h", 3, 10) is None
    running = await versions.add(SNAPSHOT, by="admin", note="", now=1, base=0)
    assert await versions.claim("h", 3, 10) is not None
    await versions.stop(running.number, 4)
    ready = ready_version(running, b"model", "h")
    with pytest.raises(LostLease):
        await versions.finish(ready, "h", b"model")
    await versions.fail(running.number, "h", "cancelled", "", 5)
    assert (await versions.get(running.number)).state == "cancelled"
    with pytest.raises(Conflict):
        await versions.stop(running.number, 6)


def replace_examples(snapshot: Snapshot, examples: list[Example]) -> Snapshot:
    return Snapshot(files=snapshot.files, examples=examples)


def ready_version(version: Version, model: bytes, holder: str, accuracy: float = 1.0) -> Version:
    test = [Example(text=str(n), intent="a", lang="en", split="test") for n in range(10)]
    read = [[("a" if n < accuracy * 10 else "b", 0.9)] for n in range(10)]
    report = judge(test, read, n_train=5, train_seconds=1.0, peak_mb=9)
    made = Made(
        file=f"{version.number}.{holder}.model",
        id=f"id{version.number}",
        rasa_version="3.6.21",
        digest=sha256(model).hexdigest(),
        size=len(model),
    )
    return replace(version, state="ready", report=report, made=made)


async def finished(versions: Versions, model: bytes = b"model", accuracy: float = 1.0) -> Version:
    version = await versions.add(SNAPSHOT, by="admin", note="", now=1, base=0)
    assert await versions.claim("h", 3, 10) is not None
    ready = ready_version(version, model, "h", accuracy)
    await versions.finish(ready, "h", model)
    return await versions.get(version.number)


async def test_a_damaged_model_is_neither_served_nor_activated(database: Database) -> None:
    studio = studio_over(database)
    version = await finished(studio.versions)
    assert await studio.versions.model(version) == b"model"
    await database.collection("bot_models.chunks").update_many({}, {"$set": {"data": b"morel"}})
    with pytest.raises(Unavailable) as damaged:
        await studio.launch.activate(version.number, 100, "")
    assert damaged.value.code == "model_damaged"
    assert (await studio.rollouts.get()).pending is None


async def test_old_models_go_but_not_those_in_use_or_pinned_and_reports_stay(database: Database) -> None:
    studio = studio_over(database)
    versions = studio.versions
    numbers = [(await finished(versions, b"model%d" % n)).number for n in range(5)]
    await versions.pin(numbers[1], True)
    await studio.launch.activate(numbers[2], 100, "")
    assert await prune(versions, studio.rollouts, keep=1) == [numbers[3], numbers[0]]
    assert await prune(versions, studio.rollouts, keep=1) == []
    files = [one async for one in database.bucket("bot_models").find({"filename": {"$regex": "model$"}})]
    assert len(files) == 3
    gone = await versions.get(numbers[0])
    assert (gone.pruned, gone.made) == (True, None)
    assert gone.report is not None
    assert await versions.snapshot(numbers[0]) == SNAPSHOT
    with pytest.raises(Conflict) as without:
        await studio.launch.activate(numbers[0], 100, "")
    assert without.value.code == "not_ready"


async def test_what_a_full_disk_left_of_files_is_swept_but_nothing_in_use(database: Database) -> None:
    studio = studio_over(database)
    versions = studio.versions
    kept = await finished(versions, b"kept")
    await studio.launch.activate(kept.number, 100, "")
    bucket = database.bucket("bot_models")
    half = await bucket.upload_from_stream("98.h.model", b"only the beginning", chunk_size_bytes=4)
    await database.collection("bot_models.files").delete_one({"_id": half})  # as where the disk is full after its parts
    await versions.files.put("99.h.model", b"its version never was told")
    await versions.files.put(f"{kept.number}.other.model", b"of a version in a slot")
    later = SystemClock().now() + LEFT_OVER_MS + 60_000
    held = (await studio.rollouts.get()).held
    assert await versions.sweep(SystemClock().now(), held) == 0, "not what is just being written"
    assert await versions.sweep(later, held) == 2
    left = {one.filename async for one in bucket.find({})}
    assert left == {f"{kept.number}.data", f"{kept.number}.h.model", f"{kept.number}.other.model"}
    files = [one._id async for one in bucket.find({})]
    chunks = database.collection("bot_models.chunks")
    assert await chunks.count_documents({"files_id": {"$nin": files}}) == 0
    assert await versions.model(kept) == b"kept"


async def test_a_version_is_compared_with_the_one_that_is_live_now(database: Database, clock: HeldClock) -> None:
    studio = studio_over(database, clock)
    test = [Example(text=str(n), intent="a", lang="en", split="test") for n in range(10)]
    numbers = []
    for accuracy in (0.5, 1.0, 0.8):
        snapshot = replace_examples(SNAPSHOT, test)
        version = await studio.versions.add(snapshot, by="admin", note="", now=1, base=numbers[0] if numbers else 0)
        assert await studio.versions.claim("h", 3, 10) is not None
        await studio.versions.finish(ready_version(version, b"m", "h", accuracy), "h", b"m")
        numbers.append(version.number)
    await studio.rollouts.put(begin(prepare(Rollout(), numbers[1], 100, 1), 2))
    found = {one.name: one for one in await studio.launch.gates(await studio.versions.get(numbers[2]))}
    assert found["broken"].figure == 2, "not with the one that was live at its training"


async def test_a_sentence_that_was_only_taught_before_cannot_have_become_worse(database: Database) -> None:
    versions = studio_over(database).versions
    rows = [Example(text=str(n), intent="a", lang="en", split="train" if n == 9 else "test") for n in range(10)]
    before = await versions.add(replace_examples(SNAPSHOT, rows), by="admin", note="", now=1, base=0)
    assert await versions.claim("h", 3, 10) is not None
    base = ready_version(before, b"m", "h")
    await versions.finish(base, "h", b"m")
    after = ready_version(before, b"m", "h", accuracy=0.8).report
    assert after is not None
    fixed, broken = await compared(versions, before.number, after, [replace(one, split="test") for one in rows])
    assert (fixed, [one.text for one in broken]) == ((), ["8"])


async def test_a_version_that_no_server_loads_is_given_up_in_time(database: Database, clock: HeldClock) -> None:
    studio = studio_over(database, clock)
    version = await finished(studio.versions)
    async with RasaBot(f"http://127.0.0.1:{free_port()}", "nobody-listens-there") as away:
        slots = Slotted({"a": away, "b": away}, studio.rollouts, studio.versions, clock)
        await studio.launch.activate(version.number, 100, "")
        await slots.look()
        assert slots.rollout.pending is not None
        clock.advance(LOADING_MS)
        await slots.look()
    assert (slots.rollout.pending, slots.rollout.stuck, slots.rollout.active) == (None, version.number, 0)
    assert await studio.rollouts.get() == slots.rollout


class PresentBot(AbsentBot):
    async def ready(self) -> BotStatus:
        return BotStatus(available=True, detail="ok")


async def test_what_a_killed_trainer_left_is_swept_also_where_every_trainer_has_the_same_number(
    database: Database, tmp_path: Path
) -> None:
    left = tmp_path / RUNS / f"{os.getpid()}-7"
    left.mkdir(parents=True)
    Trainer(Versions(database), tmp_path, SystemClock()).sweep()
    assert not left.exists()


async def test_a_version_with_a_small_share_whose_server_is_away_leaves_the_bot_available(
    database: Database, clock: HeldClock
) -> None:
    rollout = begin(prepare(Rollout(), 1, 10, 0), 1)
    async with RasaBot(f"http://127.0.0.1:{free_port()}", "nobody-listens-there") as away:
        studio = studio_over(database, clock)
        slots = Slotted({"a": PresentBot(), "b": away}, studio.rollouts, studio.versions, clock, rollout)
        assert (await slots.ready()).available


async def test_gates_hold_unless_somebody_writes_down_why(database: Database) -> None:
    studio = studio_over(database)
    bad = await finished(studio.versions, accuracy=0.5)
    with pytest.raises(Conflict) as held:
        await studio.launch.activate(bad.number, 100, "hurry")
    assert held.value.code == "gates"
    assert (await studio.launch.activate(bad.number, 100, "the old one is even worse")).pending is not None
    with pytest.raises(NotFound):
        await studio.launch.activate(99, 100, "")
    queued = await studio.versions.add(SNAPSHOT, by="admin", note="", now=1, base=0)
    with pytest.raises(Conflict) as unready:
        await studio.launch.activate(queued.number, 100, "")
    assert unready.value.code == "not_ready"


async def test_a_version_is_compared_with_the_live_one(database: Database) -> None:
    versions = Versions(database)
    live, worse = await finished(versions), await finished(versions, accuracy=0.9)
    found = {one.name: one for one in gates_of(Gates(max_f1_drop=0.01), worse, live.report)}
    assert found["accuracy"].passed
    assert (found["f1_drop"].passed, found["f1_drop"].compared) == (False, True)
    assert found["f1_drop"].figure > 0.01
    alone = {one.name: one for one in gates_of(Gates(), worse, None)}
    assert [name for name, one in alone.items() if not one.compared] == ["f1_drop", "broken"], (
        "no green tick for nothing"
    )
    assert [one.number for one in await versions.page()] == [worse.number, live.number]


RASA_NLU = """version: "3.1"
nlu:
- intent: price
  examples: |
    - what is the fare from [Tehran]{"entity": "city", "role": "from"} to [Tabriz]{"entity": "city", "role": "to"}
    - fare of [the capital]{"entity": "city", "value": "Tehran"}
- synonym: Tehran
  examples: |
    - the capital
    - THR
- regex: order_number
  examples: |
    - [0-9]{5,8}
- lookup: city
  examples: |
    - Tehran
    - تبریز
rules:
- rule: a rule beside the examples
  steps: [{intent: price}, {action: utter_price}]
"""


async def test_a_normal_rasa_project_comes_back_without_loss(database: Database) -> None:
    studio = studio_over(database)
    domain = DOMAIN.replace("entities: [order_number]", "entities: [order_number, {city: {roles: [from, to]}}]")
    stories = {"tests/test_stories.yml": "stories: []\n"}
    await studio.replace_project(project() | stories | {"data/nlu.yml": RASA_NLU, "domain.yml": domain})
    files, examples = await studio.project()
    assert files["domain.yml"] == domain
    assert files["data/number.yml"] == project()["data/number.yml"], "written by hand, it stays as it is"
    assert "a rule beside the examples" in files["data/nlu.yml"]
    assert "tests/test_stories.yml" in files
    known = {one.name: set(one.values) for one in await studio.store.terms()}
    assert known == {
        "entity:city": set(),
        "entity:order_number": set(),
        "lookup:city": {"Tehran", "تبریز"},
        "regex:order_number": {"\\b[0-9]{5,8}\\b", "[0-9]{5,8}"},
        "synonym:Tehran": {"the capital", "THR"},
    }
    again = taken_apart(files | nlu_files(examples))
    assert {one.name: set(one.values) for one in again.terms} == known
    marks = {mark for one in put_together(again)[1] for mark in one.marks if mark.entity == "city"}
    assert {(one.role, one.value) for one in marks} == {("from", None), ("to", None), (None, "Tehran")}


async def test_a_form_becomes_domain_and_rules_and_comes_back_as_a_form(database: Database) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    await with_callback(studio)
    files, examples = await studio.project()
    assert files["data/rules.yml"] == project()["data/rules.yml"]
    assert "form_callback" in files["domain.yml"]
    again = taken_apart(files | nlu_files(examples))
    assert again.forms == (CALLBACK,)
    assert "callback_seats" not in next(one.text for one in again.files if one.name == "domain.yml")
    assert put_together(again)[0] == files
    bad = {
        "form_slot_twice": replace(CALLBACK, version=1, slots=CALLBACK.slots[:1] * 2),
        "form_intent_taken": replace(CALLBACK, version=1, intent="price"),
        "form_intent": replace(CALLBACK, version=1, intent="nowhere"),
        "unknown_entity": replace(CALLBACK, version=1, slots=(replace(CALLBACK.slots[0], entity="planet"),)),
        "form_choices": replace(CALLBACK, version=1, slots=(replace(CALLBACK.slots[3], choices=()),)),
        "form_action": replace(CALLBACK, version=1, end=replace(CALLBACK.end, kind="action", action="rm")),
        "form_clash": replace(CALLBACK, name="order", version=0, slots=(replace(CALLBACK.slots[1], name="number"),)),
    }
    for code, form in bad.items():
        with pytest.raises(BadInput) as refused:
            await studio.write_form(form)
        assert refused.value.code == code
    with pytest.raises(Conflict):
        await studio.write_form(CALLBACK)
    assert (await studio.store.forms()) == [replace(CALLBACK, version=1)]


async def test_two_forms_whose_slots_would_be_one_are_refused(database: Database) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    await with_callback(studio)
    rows = tuple(Sentence(text=f"where I live {n}", lang="en") for n in range(3))
    await studio.write_intent(Intent(name="home", sentences=rows))
    await studio.write_intent(
        Intent(name="home_town", sentences=tuple(replace(one, text=one.text + "?") for one in rows))
    )
    asks = FormSlot(name="town_name", fill="text", ask={"en": "?"})
    end = FormEnd(kind="answer", says={"en": "Thanks."})
    await studio.write_form(Form(name="home", intent="home", slots=(asks,), end=end))
    with pytest.raises(BadInput) as clash:
        await studio.write_form(
            Form(name="home_town", intent="home_town", slots=(replace(asks, name="name"),), end=end)
        )
    assert clash.value.code == "form_clash"


async def test_changed_words_go_to_a_file_of_the_studio_and_other_files_stay(database: Database) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    await studio.write_term(Term(name="entity:city"))
    await studio.write_term(Term(name="lookup:city", values=("تهران", "تبريز")))
    files, _ = await studio.project()
    assert files["data/number.yml"] == project()["data/number.yml"]
    assert "تبریز" in files[WORDS], "in the bot's one spelling"
    assert "city" in files["domain.yml"]
    pattern = await studio.store.term("regex:order_number")
    assert pattern is not None
    await studio.write_term(replace(pattern, values=("[0-9]{4}",)))
    files, _ = await studio.project()
    assert "data/number.yml" not in files
    assert "[0-9]{4}" in files[WORDS]
    with pytest.raises(BadInput) as reserved:
        await studio.replace_project(project() | {GENERATED: "rules: []\n"})
    assert (reserved.value.code, reserved.value.field) == ("reserved_file", f"{GENERATED}:1")
    with pytest.raises(Conflict) as used:
        await studio.remove_term("entity:order_number", 1, "ali")
    assert used.value.code == "entity_used"
