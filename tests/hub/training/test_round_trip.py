"""What is exported comes back as it was: pinned conversations, metadata of a Rasa file, everything else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bot.training.pinned import STORIES
from bot.training.project import examples_of, read_project, write_project
from bot.training.stories import Expected, Story
from hub.cli import main
from hub.errors import BadInput
from hub.store.database import Database
from tests.hub.training.lab import project, studio_over, with_callback
from tests.hub.training.test_undoing import undo

STORY = Story(
    id="s1",
    name="asks: “where”",
    turns=(
        Expected(text="where is my parcel", lang="en", intent="order", action="order_form"),
        Expected(text="ارزان", lang="fa", payload="/price", intent="price", action="utter_price"),
    ),
    conversation="c1",
    by="ali",
    at=1,
)
RASA = """version: "3.1"
nlu:
- intent: price
  metadata: {lang: en, sentiment: neutral, team: [sales, "۱"]}
  examples: |
    - how dear is [12345](order_number)
    - how cheap
- intent: price
  metadata: {lang: en}
  examples:
  - text: |
      and the price?
    metadata: {source: "mail: [a](b)", split: test}
  - text: what is asked for it
"""


async def test_a_project_goes_out_and_comes_back_with_its_stories_and_metadata(
    database: Database, tmp_path: Path
) -> None:
    studio = studio_over(database)
    await studio.replace_project(project() | {"data/nlu/more.yml": RASA})
    await with_callback(studio)
    pinned = await studio.stories.add(STORY)
    files, examples = await studio.exported()
    about = {one.text: one.about for one in examples if one.about}
    assert about == {
        "how dear is 12345": '{"intent": {"sentiment": "neutral", "team": ["sales", "۱"]}}',
        "how cheap": '{"intent": {"sentiment": "neutral", "team": ["sales", "۱"]}}',
        "and the price?": '{"example": {"source": "mail: [a](b)"}}',
    }
    write_project(tmp_path, files, examples, fit=False)
    again = read_project(tmp_path)
    await studio.stories.remove(pinned.id, pinned.version)
    await studio.stories.add(replace(STORY, id="s2"))
    await studio.replace_project(again, "back")
    assert [replace(one, version=0) for one in await studio.stories.all()] == [STORY]
    after_files, after = await studio.exported()
    assert after_files == files
    assert set(after) == set(examples)
    await undo(studio, database)
    assert [one.id for one in await studio.stories.all()] == ["s2"]
    await studio.replace_project({name: text for name, text in again.items() if name != STORIES})
    assert [one.id for one in await studio.stories.all()] == ["s2"], "a project without them leaves them alone"


async def test_rules_beside_the_examples_of_a_language_are_not_lost(database: Database, tmp_path: Path) -> None:
    studio = studio_over(database)
    rules = "rules:\n- rule: hers\n  steps:\n  - intent: price\n  - action: utter_price\n"
    for name in ("data/nlu/en.yml", "data/nlu/fa.yml", "data/nlu/en_2.yml"):
        kept = {one: text for one, text in project().items() if one != name}
        await studio.replace_project(kept | {name: RASA + rules})
        files, examples = await studio.exported()
        write_project(tmp_path / name, files, examples, fit=False)
        again = read_project(tmp_path / name)
        assert "rule: hers" in again[name]
        await studio.replace_project(again)
        after_files, after = await studio.exported()
        assert after_files == files
        assert set(after) == set(examples)


async def test_what_rasa_reads_as_text_stays_text(database: Database) -> None:
    studio = studio_over(database)
    said = project()
    domain = said["domain.yml"].replace("slots:", "slots:\n  sure: {type: categorical, values: [yes, off, 012]}", 1)
    domain = domain.replace("number]", "number, yes]", 1).replace(
        "responses:", "responses:\n  utter_at:\n  - text: 12:30", 1
    )
    nlu = "nlu:\n- intent: yes\n  examples: |\n    - sure\n    - of course\n"
    await studio.replace_project(said | {"domain.yml": domain, "data/yes.yml": nlu})
    response = await studio.store.response("utter_at")
    assert response is not None
    assert response.variants == ({"text": "12:30"},)
    await studio.store.write_response(replace(response, variants=({"text": "no"},)))
    files, examples = await studio.exported()
    written = yaml.safe_load(files["domain.yml"])
    assert (written["slots"]["sure"]["values"], written["responses"]["utter_at"]) == (
        ["yes", "off", "012"],
        [{"text": "no"}],
    )
    assert {one.text for one in examples if one.intent == "yes"} == {"sure", "of course"}


SHAPES = (
    ("intents: 5", 1),
    ("intents: [{}]", 1),
    ("entities: {a: b}", 1),
    ("actions:\n- [a]", 1),
    ("responses: 5", 1),
    ("responses: {a: 5}", 1),
    ("responses:\n  a:\n  - 5", 1),
    ("responses:\n  a:\n  - text: 5", 1),
    ("slots: [a]", 1),
    ("version: '3.1'\nforms: {a: 5}", 2),
    ("- 5", 1),
)


@pytest.mark.parametrize(("part", "line"), SHAPES)
async def test_a_domain_of_another_shape_is_refused_with_its_line(database: Database, part: str, line: int) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    before = await studio.known()
    with pytest.raises(BadInput) as refused:
        await studio.replace_project(project() | {"domain.yml": part})
    assert (refused.value.code, refused.value.field) == ("not_domain", f"domain.yml:{line}")
    assert await studio.known() == before


@pytest.mark.parametrize(("part", "line"), SHAPES)
def test_it_is_refused_on_the_command_line_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], part: str, line: int
) -> None:
    write_project(tmp_path, project() | {"domain.yml": part}, examples_of(project()))
    assert main(["bot", "train", "--data", str(tmp_path), "--json"]) == 1
    assert f"domain.yml:{line}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("stories: {a: b}", "bad_stories"),
        ("stories: [{id: a, name: n, turns: []}]", "bad_stories"),
        ("stories: [{id: ../a, name: n, turns: [{text: hi, lang: en}]}]", "bad_stories"),
        ("stories: [{id: a, name: n, turns: [{text: <b>, lang: en}]}]", "html"),
        ('stories: [{id: a, name: n, turns: [{text: hi, lang: en, payload: "/x{}"}]}]', "bad_stories"),
        ("stories: &a [*a]", "yaml_alias"),
    ],
)
async def test_stories_that_are_none_are_refused_with_the_file(database: Database, text: str, code: str) -> None:
    studio = studio_over(database)
    await studio.replace_project(project())
    before = await studio.known()
    with pytest.raises(BadInput) as refused:
        await studio.replace_project(project() | {STORIES: text})
    assert refused.value.code == code
    assert str(refused.value.field).startswith(STORIES)
    assert await studio.known() == before
