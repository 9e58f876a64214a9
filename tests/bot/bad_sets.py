"""Data sets that must be refused, with the place and the code of the refusal; good rows stand before the bad one."""

from __future__ import annotations

GOOD = "text,intent,lang\nhow dear,price,en\nhow cheap,price,en\n"
YAML = "nlu:\n- intent: price\n  examples: |\n    - how dear\n    - how cheap\n"
BOMB = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: [{'*a, ' * 9}]\n" for n in range(8))

BAD_SETS: tuple[tuple[str, bytes, str, str], ...] = (
    ("codepage.csv", (GOOD + "سلام,price,fa\n").encode("cp1256"), "codepage.csv:4", "encoding"),
    ("wide.csv", GOOD.encode("utf-16"), "wide.csv:1", "encoding"),
    ("bomb.yml", BOMB.encode(), "bomb.yml:2", "yaml_alias"),
    ("tag.yml", (YAML + "- !!python/name:os.system\n").encode(), "tag.yml:6", "yaml_tag"),
    ("keyword.csv", (GOOD + "again,restart,en\n").encode(), "keyword.csv:4", "intent_keyword"),
    ("overlap.yml", (YAML + "    - [a [b](c)](d)\n").encode(), "overlap.yml:6", "entity_overlap"),
    ("lonely.csv", (GOOD + "all alone,hermit,en\n").encode(), "lonely.csv:4", "too_few_examples"),
    ("none.csv", (GOOD + "no such \uffff letter,price,en\n").encode(), "none.csv:4", "encoding"),
    ("html.csv", (GOOD + "<img src=x onerror=alert(1)>,price,en\n").encode(), "html.csv:4", "html"),
    (
        "markup.csv",
        (GOOD + '"x\n- intent: evil\n  examples: |",price,en\n').encode(),
        "markup.csv:4",
        "yaml_markup",
    ),
    ("variable.jsonl", b'{"text": "${HOME}", "intent": "price"}\n', "variable.jsonl:1", "variable"),
    ("hidden.csv", (GOOD + "＄｛HOME｝,price,en\n").encode(), "hidden.csv:4", "variable"),
    ("wide_html.csv", (GOOD + "＜img src=x＞,price,en\n").encode(), "wide_html.csv:4", "html"),
    ("wide_mark.csv", (GOOD + "［a］（city）,price,en\n").encode(), "wide_mark.csv:4", "entity_markup"),
    ("half.jsonl", b'{"text": "\\ud800 dear", "intent": "price"}\n', "half.jsonl:1", "encoding"),
    ("bracket.yml", (YAML + "    - [a [b](c)\n").encode(), "bracket.yml:6", "entity_span"),
    ("button.csv", (GOOD + "the first,studio_pick_1,en\n").encode(), "button.csv:4", "intent_keyword"),
    ("long.yml", (YAML + "    - " + "[a]{" * 100_000 + "\n").encode(), "long.yml:6", "long_text"),
    ("lines.csv", (GOOD + '"x' + "\n" * 50_000 + '",price,en\n').encode(), "lines.csv:4", "long_text"),
    ("nul.yml", (YAML + '- synonym: "a\\0b"\n  examples: |\n    - c\n').encode(), "nul.yml:8", "control"),
    ("slow.yml", (YAML + "- regex: city\n  examples: |\n    - (\\w+\\s?)*!\n").encode(), "slow.yml:8", "regex_slow"),
)
