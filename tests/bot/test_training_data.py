"""Data sets: read from each format, refused as a whole with the places, written so that nothing becomes code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.training.data import DataRefused, Example, Mark, conflicts, marks_problem, text_problem
from bot.training.nlu_yaml import marked, nlu_file
from bot.training.project import read_project
from bot.training.reading import MAX_BYTES, held_out, read_files, read_path, to_csv

ROWS = [("where is it", "order"), ("my parcel", "order"), ("hi", "greet"), ("hello", "greet")]
THREE = ["train", "test"] * 3
NLU = 'version: "3.1"\nnlu:\n- intent: order\n  examples: |\n    - where is it\n    - my parcel\n'


def code(files: dict[str, bytes | str]) -> tuple[str, str]:
    with pytest.raises(DataRefused) as caught:
        read_files({name: raw.encode() if isinstance(raw, str) else raw for name, raw in files.items()})
    first = caught.value.problems[0]
    return first.place, first.code


def csv(*more: str) -> str:
    return "\n".join(["text,intent", *(f"{text},{intent}" for text, intent in ROWS), *more]) + "\n"


def test_the_three_formats_say_the_same() -> None:
    lines = "".join(f'{{"text": "{text}", "intent": "{intent}", "id": 7}}\n' for text, intent in ROWS)
    yml = NLU + "- intent: greet\n  examples:\n  - text: |\n      - hi\n  - text: hello\n"
    sets = [read_files({name: raw.encode()}) for name, raw in (("a.csv", csv()), ("a.jsonl", lines), ("a.yml", yml))]
    assert sets[0] == sets[1] == sets[2]
    assert sets[0][0] == Example(text="where is it", intent="order", lang="en")


def test_split_and_language_come_from_columns_or_metadata() -> None:
    table = "split;lang;text;intent\n" + "".join(
        f"{split};fa;x{n};a\n" for n, split in enumerate(["train", "test"] * 3)
    )
    found = read_files({"d.csv": table.encode("utf-8-sig")})
    assert [one.split for one in found] == THREE
    assert {one.lang for one in found} == {"fa"}
    assert read_files({"d.yml": nlu_file(found).encode()}) == sorted(found, key=lambda one: one.split, reverse=True)


def test_line_breaks_inside_a_quoted_cell_are_spaces_and_places_stay_right() -> None:
    raw = 'text,intent\n"two\nlines\n",a\n"three\n\nlines",a\n<b>,a\n'
    assert code({"d.csv": raw}) == ("d.csv:8", "html")
    assert read_files({"d.csv": raw.replace("<b>,a\n", "").encode()})[0].text == "two lines"


@pytest.mark.parametrize(
    ("raw", "place", "wanted"),
    [
        (csv("what,restart"), "d.csv:6", "intent_keyword"),
        (csv("what,nlu_fallback"), "d.csv:6", "intent_keyword"),
        (csv("what,Back"), "d.csv:6", "intent_keyword"),
        (csv("what,faq/price"), "d.csv:6", "retrieval_intent"),
        (csv("one,alone"), "d.csv:6", "too_few_examples"),
        (csv("<script>alert(1)</script>,order"), "d.csv:6", "html"),
        (csv("[1](order_number),order"), "d.csv:6", "entity_markup"),
        (csv('"x\n- intent: evil\n  examples: |",order'), "d.csv:6", "yaml_markup"),
        (csv("my ${HOME},order"), "d.csv:6", "variable"),
        (csv("  ,order"), "d.csv:6", "empty_text"),
        (csv("/restart,order").replace("/restart", "/"), "d.csv:6", "empty_text"),
        (csv("x" * 1001 + ",order"), "d.csv:6", "long_text"),
        (csv("a,b,c"), "d.csv:6", "columns"),
        (csv('"open,order'), "d.csv:6", "bad_csv"),
        ("question,intent\na,b\n", "d.csv:1", "columns"),
        ("", "d.csv", "no_data"),
        ("text,intent,split\na,b,dev\n", "d.csv:2", "split"),
        ("text,intent,lang\na,b,de\n", "d.csv:2", "lang"),
        (csv().encode("utf-16"), "d.csv:1", "encoding"),
        (csv("سلام,greet").encode("cp1256"), "d.csv:6", "encoding"),
        (csv("a\0b,greet"), "d.csv:6", "encoding"),
        (b"x" * (MAX_BYTES + 1), "d.csv", "too_large"),
    ],
)
def test_a_bad_table_is_refused_with_the_place(raw: str | bytes, place: str, wanted: str) -> None:
    assert code({"d.csv": raw}) == (place, wanted)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)
)


@pytest.mark.parametrize(
    ("raw", "place", "wanted"),
    [
        (BOMB, "d.yml:2", "yaml_alias"),
        ("nlu: !!python/object/apply:os.system ['true']\n", "d.yml:1", "yaml_tag"),
        ("nlu: " + "[" * 200 + "]" * 200, "d.yml:1", "yaml_depth"),
        ("nlu: [\n", "d.yml:2", "bad_yaml"),
        ("nlu: []\n---\nnlu: []\n", "d.yml:2", "bad_yaml"),
        ("nlu:\n- intent: a\n  intent: b\n  examples: |\n    - x\n", "d.yml:2", "yaml_key_twice"),
        ("nlu:\n- intent: a\n  examples: |\n    - x\n    - my ${HOME}\n", "d.yml:5", "variable"),
        ("nlu:\n- intent: a\n  examples: |\n    - x\n    y\n", "d.yml:5", "not_nlu"),
        ("nlu:\n- intent: a\n  examples: >\n    - x\n    - y\n    - z\n", "d.yml:4", "not_nlu"),
        ("nlu:\n- intent: a\n  examples: |\n    - x\n    - [a [b](k)](v)\n", "d.yml:5", "entity_overlap"),
        ("nlu:\n- intent: a\n  examples: |\n    - x\n    - <img src=x>\n", "d.yml:5", "html"),
        ("nlu:\n- intent: a\n  examples: |\n    - [x]{entity: y}\n", "d.yml:4", "entity_markup"),
        ("nlu:\n- intent: a\n  metadata: {[b]: c}\n  examples: |\n    - x\n", "d.yml:3", "not_nlu"),
        ("nlu:\n- intent: a\n  metadata: {b: {1: x, c: y}}\n  examples: |\n    - x\n", "d.yml:5", "bad_yaml"),
        ("nlu:\n- intent: a\n  metadata: {b: {[c]: y}}\n  examples: |\n    - x\n", "d.yml:3", "bad_yaml"),
        ("nlu:\n- intent: a\n  metadata: {b: .nan}\n  examples: |\n    - x\n", "d.yml:5", "bad_yaml"),
        ('nlu:\n- intent: a\n  metadata: {b: "\\x85"}\n  examples: |\n    - x\n', "d.yml:5", "encoding"),
        ("nlu:\n- intent: a\n  metadata: {b: " + "x" * 3000 + "}\n  examples: |\n    - x\n", "d.yml:5", "long_text"),
        ("evil: 1\n", "d.yml:1", "not_nlu"),
        ("- 1\n", "d.yml:1", "not_nlu"),
    ],
)
def test_a_bad_rasa_file_is_refused_with_the_place(raw: str, place: str, wanted: str) -> None:
    assert code({"d.yml": raw}) == (place, wanted)


def test_one_bad_row_refuses_the_whole_set_and_every_bad_row_is_named() -> None:
    with pytest.raises(DataRefused) as caught:
        read_files({"a.csv": csv().encode(), "b.csv": csv("<a>,x", "<b>,x").encode()})
    assert [one.place for one in caught.value.problems] == ["b.csv:6", "b.csv:7"]


def test_a_bad_name_is_told_once_and_leaves_room_for_the_others() -> None:
    with pytest.raises(DataRefused) as caught:
        read_files({"d.csv": csv(*["x,faq/price"] * 30, "y,2nd").encode()})
    assert [one.place for one in caught.value.problems] == ["d.csv:6", "d.csv:36"]
    assert "call it faq_price" in caught.value.problems[0].text


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("d.json", '{\n "train": [["how dear", "price"]]\n}', "The file is one JSON document: write an object a line"),
        ("d.jsonl", '{"text": "a", "intent": "b"}\n{', "This line is not valid JSON"),
        ("d.csv", "text,category\nhow dear,price\n", "'intent', once; it names: text, category"),
        (
            "d.jsonl",
            '{"text": "how dear", "label": 3}\n',
            "field intent is missing or not a text; there are: text, label",
        ),
        ("d.tsv", 'text\tintent\n"how dear\tprice\nhe said "no"\tno\n', "is written twice"),
        ("d.yml", "nlu:\n- intent: a\n  examples: |\n    - ${price}\n", "put a blank after the"),
    ],
)
def test_a_refusal_says_what_to_do(name: str, raw: str, words: str) -> None:
    with pytest.raises(DataRefused) as caught:
        read_files({name: raw.encode()})
    assert words in str(caught.value)


def test_keys_of_json_lines_may_be_capitals_as_columns_may() -> None:
    raw = b'{"Text": "how dear", "INTENT": "price", "Split": "TEST"}\n'
    assert [(one.intent, one.split) for one in read_files({"d.jsonl": raw})] == [("price", "test")]


def test_a_dash_with_nothing_behind_it_is_no_example() -> None:
    found = read_files({"d.yml": b"nlu:\n- intent: a\n  examples: |\n    - x\n    -\n    - y\n    - \n"})
    assert [one.text for one in found] == ["x", "y"]


OLD_FILES = (
    "## intent:price\n- how dear\n",
    "## happy path\r\n* price\r\n  - utter_price\r\n",
    '{"rasa_nlu_data": {"common_examples": []}}',
)


@pytest.mark.parametrize("text", OLD_FILES)
def test_files_of_an_older_rasa_are_not_left_out_in_silence(tmp_path: Path, text: str) -> None:
    files = {"config.yml": "language: fa\n", "domain.yml": "intents: []\n", "data/old.md": text}
    for name, said in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(said, "utf-8")
    with pytest.raises(DataRefused, match=r"data/old\.md:1: Only YAML is read here"):
        read_project(tmp_path)
    (tmp_path / "data/old.md").write_text("# Our data\n\n* made by us\n  - and by others\n", "utf-8")
    assert "domain.yml" in read_project(tmp_path)


def test_a_domain_in_parts_is_told_apart_from_none(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text("language: fa\n", "utf-8")
    (tmp_path / "domain").mkdir()
    with pytest.raises(DataRefused, match=r"together in one domain\.yml"):
        read_project(tmp_path)


def test_a_large_file_is_not_even_read(tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    with big.open("wb") as handle:
        handle.truncate(50 * 1024**2)
    with pytest.raises(DataRefused, match="more than 10 MB"):
        read_path(big)


@pytest.mark.parametrize("name", ["faq/price", "card arrival", "12", "flight+airfare", "پیگیری سفارش", "😀", "x" * 100])
def test_what_is_only_judged_may_call_its_intents_as_it_likes(tmp_path: Path, name: str) -> None:
    data = tmp_path / "d.tsv"
    data.write_text(f"\ntext\tintent\na\t{name}\na\t{name}\nb\t{name}\n", "utf-8")
    assert [(one.text, one.intent) for one in read_path(data)] == [("a", name), ("a", name), ("b", name)]
    wanted = "retrieval_intent" if "/" in name else "intent_name"
    assert code({"d.tsv": data.read_bytes()}) == ("d.tsv:3", wanted)


@pytest.mark.parametrize("name", ["/restart", "action_listen", "<b>x", "${HOME}", "x" * 201, " "])
def test_names_that_mean_something_else_are_refused_there_too(tmp_path: Path, name: str) -> None:
    data = tmp_path / "d.csv"
    data.write_text(f"text,intent\na,{name}\nb,{name}\n", "utf-8")
    with pytest.raises(DataRefused) as caught:
        read_path(data)
    assert (caught.value.problems[0].place, caught.value.problems[0].code[:6]) == ("d.csv:2", "intent")


def test_a_language_may_have_a_country() -> None:
    rows = "text,intent,lang\nsalam,a,fa-IR\nhi,a,EN_gb\n"
    assert [one.lang for one in read_files({"d.csv": rows.encode()})] == ["fa", "en"]


def test_of_a_rasa_project_the_sentences_are_judged(tmp_path: Path) -> None:
    words = "- synonym: Tehran\n  examples: |\n    - teh\nresponses:\n  utter_order:\n  - text: Here\n"
    files = {
        "domain.yml": "intents: [order]\n",
        "credentials.yml": "rest:\n",
        "data/nlu.yml": NLU + "    -without a blank\n" + words,
        "tests/nlu/held.yml": "nlu:\n- intent: order\n  examples: |\n    - the parcel\n",
        "tests/test_stories.yml": "stories: []\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    told = [(one.text, one.split) for one in read_path(tmp_path)]
    taught = [(text, "train") for text in ("where is it", "my parcel", "without a blank")]
    assert told == [*taught, ("the parcel", "test")]


def test_what_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="no such file or folder"):
        read_path(tmp_path / "gone.csv")


def test_entities_keep_their_words_through_normalising_and_back() -> None:
    example = 'سفارش [۱۲۳](number) و [كفش]{"entity": "thing", "value": "shoe"}'
    raw = f"nlu:\n- intent: a\n  examples: |\n    - {example}\n    - x\n"
    found = read_files({"d.yml": raw.encode()})
    text = "سفارش 123 و کفش"
    marks = (Mark(start=6, end=9, entity="number"), Mark(start=12, end=15, entity="thing", value="shoe"))
    assert found[0] == Example(text=text, intent="a", lang="fa", marks=marks)
    assert read_files({"d.yml": nlu_file(found).encode()})[0] == found[0]


@pytest.mark.parametrize("text", ["[y] is [z](city)", "a] [z](city) [q", "[z](city) [or] not"])
def test_brackets_beside_entities_stay(text: str) -> None:
    found = read_files({"d.yml": f"nlu:\n- intent: a\n  examples: |\n    - {text}\n    - x\n".encode()})
    assert [mark.entity for mark in found[0].marks] == ["city"]
    assert marked(found[0]) == text


@pytest.mark.parametrize("text", ["[y][z](city)", "[a [b](city)", "[a [b](city) c]"])
def test_brackets_that_rasa_would_misread_are_refused(text: str) -> None:
    raw = f"nlu:\n- intent: a\n  examples: |\n    - {text}\n    - x\n"
    assert code({"d.yml": raw}) == ("d.yml:4", "entity_span")
    assert marks_problem("a](b c", [Mark(start=5, end=6, entity="city")], "x") is not None


def test_the_same_sentence_in_two_intents_is_pointed_out() -> None:
    rows = [("Where is it", "a"), ("where is it", "b"), ("x", "a"), ("x", "b")]
    found = conflicts(Example(text=text, intent=intent, lang="en") for text, intent in rows)
    assert [(one.text, one.intents, one.near) for one in found] == [
        ("x", ("a", "b"), False),
        ("Where is it", ("a", "b"), True),
    ]


def test_without_a_split_a_fifth_is_held_out_the_same_every_time() -> None:
    rows = [Example(text=f"sentence {n}", intent="a", lang="en") for n in range(1000)]
    train, test, said = held_out(rows)
    assert not said
    assert held_out(rows)[1] == test
    assert len(train) + len(test) == 1000
    assert 150 < len(test) < 250
    assert {len(held_out(rows[n : n + 3])[0]) for n in range(500)} == {2, 3}


@given(st.text(max_size=60))
def test_whatever_is_accepted_comes_back_from_both_files_as_it_was(text: str) -> None:
    if text_problem(text, "x") is not None:
        return
    rows = [Example(text="one more", intent="a", lang="en")]
    found = read_files(
        {
            "d.jsonl": b'{"text": %s, "intent": "a", "lang": "en"}' % json.dumps(text).encode()
            + b'\n{"text": "one more", "intent": "a"}'
        }
    )
    assert rows[0] in found
    assert read_files({"d.csv": to_csv(found).encode()}) == found
    assert read_files({"d.yml": nlu_file(found).encode()}) == found
