"""An import is whole or not at all, also when the store dies in it; what was put in or removed can be taken back."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.training.data import Example
from bot.training.words import Words
from hub.errors import BadInput, Conflict, Unavailable
from hub.model.studio import Form, Intent, Sentence
from hub.store.acts import Acts
from hub.store.database import Database, connect
from hub.store.embedded import Mongod, MongodOptions
from hub.store.review import Review
from hub.store.shelves import Shelf, Thing
from hub.store.studio import StudioStore
from hub.training.studio import Studio
from hub.training.undoing import Undoing, Undone
from tests.hub.training.lab import CALLBACK, project, studio_over, with_callback
from tests.mongod import TOOLS

PLACED = [
    (Example(text=f"{word} {n}", intent=name, lang="en"), f"all.yml:{3 * n}")
    for name, word in (("price", "how dear"), ("weather", "is it cold"), ("zoo", "see the lions"))
    for n in range(3)
]
WORDS = [Words(kind="lookup", name="city", values=("Qom", "Yazd"))]


async def undo(studio: Studio, database: Database) -> Undone:
    acts = Acts(database)
    act = await acts.last()
    assert act is not None
    return await Undoing(acts, studio, Review(database)).undo(act.id, "ali", 1)


async def test_a_store_that_dies_in_the_middle_of_an_import_keeps_nothing_of_it(tmp_path: Path) -> None:
    options = MongodOptions(directory=tmp_path / "db", tools=TOOLS, log=tmp_path / "log")
    mongod = await Mongod(options).start()

    class Dying(StudioStore):
        async def _write(self, shelf: Shelf, thing: Thing, session: object = None) -> Thing:
            done = await super()._write(shelf, thing, session)  # type: ignore[arg-type]
            if thing.name == "weather":  # type: ignore[union-attr]
                os.kill(mongod.pid, signal.SIGKILL)
            return done

    try:
        async with connect(mongod.uri, "trial") as database:
            studio = studio_over(database)
            await studio.replace_project(project())
            before = await studio.known()
            studio.store = Dying(database)
            with pytest.raises(Unavailable):
                await studio.add_set(PLACED, WORDS, "all.yml", "ali")
        await mongod.wait()
        await mongod.start()
        async with connect(mongod.uri, "trial") as database:
            studio = studio_over(database)
            assert await studio.known() == before
            assert await Acts(database).last() is None
            added = await studio.add_set(PLACED, WORDS, "all.yml", "ali")
            assert {name: len(fresh) for name, fresh in added.sentences.items()} == {"price": 3, "weather": 3, "zoo": 3}
            assert await undo(studio, database) == Undone(gone=11, kept=0)
            assert _unversioned(await studio.store.intents()) == _unversioned(before.intents)
    finally:
        await mongod.stop()


async def test_a_lonely_sentence_is_refused_with_its_place_unless_others_are_there(database: Database) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    lonely = [(Example(text="open on fridays?", intent="hours", lang="en"), "a.csv:7"), *PLACED]
    with pytest.raises(BadInput) as refused:
        await studio.add_set(lonely, [], "a.csv", "ali")
    assert (refused.value.code, refused.value.field) == ("too_few_examples", "a.csv:7")
    assert "hours" in refused.value.text
    assert await studio.store.intent("weather") is None
    await studio.write_intent(Intent(name="hours", sentences=(Sentence(text="when do you open", lang="en"),)))
    await studio.add_set(lonely, [], "a.csv", "ali")
    assert len((await studio.store.intents())[0].sentences) == 2


async def test_a_whole_project_is_taken_back_with_every_kind_of_thing(database: Database) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    await with_callback(studio)
    before = await studio.known()
    nlu = "nlu:\n- intent: mars\n  examples: |\n    - to mars\n    - to the red planet\n"
    nlu += "- regex: order_number\n  examples: |\n    - x{3}\n"
    files = project()
    other = files | {"data/nlu/mars.yml": nlu, "domain.yml": files["domain.yml"].replace("number]", "number, mars]", 1)}
    await studio.replace_project(other, "another")
    assert await studio.store.form("callback") is None
    mars = await studio.store.intent("mars")
    assert mars is not None
    await studio.write_intent(replace(mars, sentences=(*mars.sentences, Sentence(text="mars", lang="en"))))
    with pytest.raises(Conflict) as changed:
        await undo(studio, database)
    assert (changed.value.code, "intents: mars" in changed.value.text) == ("undo_changed", True)
    await studio.replace_project(other, "another")
    await studio.replace_project(project(), "a third")
    await undo(studio, database)
    assert await studio.store.intent("mars") is not None, "one step back"
    assert await Acts(database).last() is None
    await studio.replace_project(project())
    await with_callback(studio)
    await studio.replace_project(other, "another")
    await undo(studio, database)
    after = await studio.known()
    for shelf in ("intents", "responses", "files", "terms", "forms"):
        assert _unversioned(getattr(after, shelf)) == _unversioned(getattr(before, shelf))


async def test_what_was_removed_comes_back_unless_it_was_made_anew(database: Database) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    await with_callback(studio)
    await studio.remove_form("callback", 1, "ali")
    assert await undo(studio, database) == Undone(gone=1, kept=0)
    form = await studio.store.form("callback")
    assert form == replace(CALLBACK, version=2), "above the version that somebody may still look at"
    await studio.remove_form("callback", 2, "ali")
    made_anew: Form = replace(CALLBACK, end=replace(CALLBACK.end, says={"en": "Bye."}))
    await studio.write_form(made_anew)
    with pytest.raises(Conflict) as there:
        await undo(studio, database)
    assert there.value.code == "exists"
    form = await studio.store.form("callback")
    assert form is not None
    assert form.end.says == {"en": "Bye."}
    await studio.remove_term("lookup:city", 1, "ali")
    assert await undo(studio, database) == Undone(gone=1, kept=0)
    term = await studio.store.term("lookup:city")
    assert term is not None
    assert term.values == ("Tehran", "Tabriz")


def _unversioned(things: Sequence[Thing]) -> list[Thing]:
    return [replace(one, version=0) for one in things]
