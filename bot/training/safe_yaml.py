"""YAML from outside: composed into nodes with their lines, after everything that could blow up was refused.

Refused: tags of any kind, aliases (where they are not wanted), more than `MAX_NODES` values once aliases are followed,
deeper nesting than `MAX_DEPTH`, several documents, the same key twice, `${...}`.
"""

from __future__ import annotations

import re

import yaml

from bot.training.data import DataRefused, refused

_VARIABLE = "Rasa would replace ${...} by something of the machine's: put a blank after the $."
MAX_NODES = 400_000
MAX_DEPTH = 30


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """As Rasa reads: YAML 1.2, where `yes`, `off` and `12:30` are texts. So are dates."""


_RESOLVED = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:[0-9]*\.[0-9]+|[0-9]+\.|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan", "-+.0123456789"),
)
"""Tag, texts that are of it, and the signs with which those begin (YAML 1.2.2, 10.3.2)."""
_TAG = "tag:yaml.org,2002:"
_Loader.yaml_implicit_resolvers = {
    sign: [(tag, texts) for tag, texts in rows if tag in (_TAG + "null", _TAG + "merge")]
    for sign, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _name, _texts, _signs in _RESOLVED:
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(f"(?:{_texts})$"), list(_signs))
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def compose(name: str, text: str, *, aliases: bool = False) -> yaml.Node | None:
    """The document's node; None for an empty one.

    Args:
        name: The file's name, for places.
        text: The file.
        aliases: Whether anchors and aliases may be used.

    Raises:
        DataRefused: It is not YAML, or not harmless.
    """
    try:
        _refuse_dangerous(name, text, aliases=aliases)
        node = yaml.compose(text, Loader=_Loader)
        if node is not None:
            _expanded(node, name, {}, ())
    except yaml.MarkedYAMLError as error:
        raise _bad_yaml(name, error) from None
    except yaml.YAMLError as error:
        raise refused(name, "bad_yaml", f"This is not valid YAML: {str(error)[:200]}.") from None
    except RecursionError:
        raise refused(name, "yaml_depth", "This is nested too deeply.") from None
    return node


def sound(name: str, text: str) -> None:
    """Raise DataRefused when a file with aliases is not harmless, or could not be had as plain data."""
    node = compose(name, text, aliases=True)
    try:
        plain(node)
    except yaml.MarkedYAMLError as error:
        raise _bad_yaml(name, error) from None


def _bad_yaml(name: str, error: yaml.MarkedYAMLError) -> DataRefused:
    mark = error.problem_mark or error.context_mark
    place = f"{name}:{mark.line + 1}" if mark is not None else name
    return refused(place, "bad_yaml", f"This is not valid YAML: {error.problem or error.context}.")


def _refuse_dangerous(name: str, text: str, *, aliases: bool) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        place = f"{name}:{line}"
        if isinstance(event, yaml.AliasEvent) and not aliases:
            raise refused(place, "yaml_alias", "Anchors and aliases are not taken here.")
        if (tag := getattr(event, "tag", None)) is not None:
            raise refused(place, "yaml_tag", f"The tag {str(tag)[:60]} is not taken here.")
        if isinstance(event, yaml.ScalarEvent) and "${" in str(event.value):
            line += event.value[: event.value.index("${")].count("\n") + (event.style in ("|", ">"))
            raise refused(f"{name}:{line}", "variable", _VARIABLE)
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth > MAX_DEPTH:
            raise refused(place, "yaml_depth", f"This is nested deeper than {MAX_DEPTH} levels.")
        if count > MAX_NODES:
            raise refused(place, "yaml_size", f"The file has more than {MAX_NODES} values.")


def _expanded(node: yaml.Node, name: str, sizes: dict[int, int], above: tuple[int, ...]) -> int:
    """How many values a node has once every alias is followed; refuses circles, bombs and doubled keys."""
    place = f"{name}:{node.start_mark.line + 1}"
    if id(node) in above:
        raise refused(place, "yaml_alias", "This contains itself.")
    if id(node) in sizes:
        return sizes[id(node)]
    below: list[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        below = [part for pair in node.value for part in pair]
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
        if len(keys) != len(set(keys)):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise refused(place, "yaml_key_twice", f"The key {str(twice)[:60]} stands here twice.")
    elif isinstance(node, yaml.SequenceNode):
        below = list(node.value)
    size = 1
    for part in below:
        size += _expanded(part, name, sizes, (*above, id(node)))
        if size > MAX_NODES:
            raise refused(place, "yaml_size", f"Followed through, this has more than {MAX_NODES} values.")
    sizes[id(node)] = size
    return size


def plain(node: yaml.Node | None) -> object:
    """The node as plain data: dicts, lists, texts, numbers, truth values, None. Raises MarkedYAMLError."""
    if node is None:
        return None
    builder = yaml.SafeLoader("")
    try:
        return builder.construct_document(node)
    except ValueError as error:  # a number of thousands of digits
        raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from error
    finally:
        builder.dispose()
