"""What the bot knows, over a real database: apart, together, two admins at once, the queue of trainings."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from hashlib import sha256

import pytest

from bot.environment import ASSISTANT
from bot.training.data import Example
from bot.training.project import nlu_files, read_project
from bot.training.report import judge
from hub.clock import HeldClock
from hub.errors import BadInput, Conflict, NotFound, Unavailable
from hub.model.studio import Gates, Intent, Kept, Sentence
from hub.store.database import Database
from hub.store.versions import MOST_TRIES, LostLease, Made, Snapshot, Version, Versions
from hub.training.knowledge import GENERATED, answer_variants, put_together, taken_apart
from hub.training.studio import gates_of
from tests.hub.training.lab import DOMAIN, project, studio_over

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
        await studio.store.remove_intent("price", seen.version)


async def test_an_import_meets_an_admin_and_nothing_is_lost(database: Database) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    rows = [Example(text=f"cost of thing {n}", intent="price", lang="en") for n in range(5)]
    before = await studio.store.intent("price")
    assert before is not None
    added = await asyncio.gather(*(studio.add_examples([one, one]) for one in rows))
    assert [one["price"] for one in added] == [1] * 5
    after = await studio.store.intent("price")
    assert after is not None
    assert len(after.sentences) == len(before.sentences) + 5
    assert await studio.add_examples(rows) == {"price": 0}


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
    overlap = Sentence(text="from tehran", lang="en", marks=((0, 6, "a", ""), (5, 11, "b", "")))
    with pytest.raises(BadInput) as overlapping:
        await studio.write_intent(Intent(name="new", sentences=(overlap,)))
    assert overlapping.value.code == "entity_overlap"
    with pytest.raises(Conflict) as used:
        await studio.remove_intent("price", 1)
    assert used.value.code == "intent_used"
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
        await studio.activate(version.number, 100, "")
    assert damaged.value.code == "model_damaged"
    assert (await studio.rollouts.get()).pending is None


async def test_gates_hold_unless_somebody_writes_down_why(database: Database) -> None:
    studio = studio_over(database)
    bad = await finished(studio.versions, accuracy=0.5)
    with pytest.raises(Conflict) as held:
        await studio.activate(bad.number, 100, "hurry")
    assert held.value.code == "gates"
    assert (await studio.activate(bad.number, 100, "the old one is even worse")).pending is not None
    with pytest.raises(NotFound):
        await studio.activate(99, 100, "")
    queued = await studio.versions.add(SNAPSHOT, by="admin", note="", now=1, base=0)
    with pytest.raises(Conflict) as unready:
        await studio.activate(queued.number, 100, "")
    assert unready.value.code == "not_ready"


async def test_a_version_is_compared_with_the_live_one(database: Database) -> None:
    versions = Versions(database)
    live, worse = await finished(versions), await finished(versions, accuracy=0.9)
    found = {one.name: one for one in gates_of(Gates(max_f1_drop=0.01), worse, live.report)}
    assert found["accuracy"].passed
    assert not found["f1_drop"].passed
    assert found["f1_drop"].figure > 0.01
    assert [one.number for one in await versions.page()] == [worse.number, live.number]
