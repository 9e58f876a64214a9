"""Makes the reference of the wire protocols and the browser's types from the very types that the server decodes with.

`peyk api-docs` writes `docs/api/desk.md`, `docs/api/webchat.md`, `docs/api/openapi.json`, and the TypeScript unions in
`widget/src/wire/*.types.ts`. A test compares what is committed with what this module makes, so neither can grow stale.
"""

from __future__ import annotations

import argparse
import json
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import msgspec
from msgspec import Struct, structs

import channels.views
import channels.webchat.frames
import hub.desk.board_frames
import hub.desk.command_frames
import hub.desk.frames
import hub.desk.view_frames

Aliases = dict[frozenset[str], str]

_PLAIN: dict[object, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One socket protocol: its module, a title, and where the two documents go (relative to the project)."""

    module: ModuleType
    title: str
    markdown: str
    typescript: str


_PARTS: dict[str, tuple[ModuleType, ...]] = {
    hub.desk.frames.__name__: (hub.desk.view_frames, hub.desk.command_frames, hub.desk.board_frames)
}
"""Modules that a protocol's own one stands on, in the order in which a reader wants them."""

PROTOCOLS = (
    Protocol(
        module=hub.desk.frames,
        title="The desk's socket",
        markdown="docs/api/desk.md",
        typescript="widget/src/wire/desk.types.ts",
    ),
    Protocol(
        module=channels.webchat.frames,
        title="The chat widget's socket",
        markdown="docs/api/webchat.md",
        typescript="widget/src/wire/webchat.types.ts",
    ),
)


def documents() -> dict[str, str]:
    """Return every generated document: path within the project -> text."""
    from hub.web.openapi import document  # noqa: PLC0415 (the route table imports this package)

    made = {"docs/api/openapi.json": json.dumps(document(), indent=2, ensure_ascii=False) + "\n"}
    for protocol in PROTOCOLS:
        made[protocol.markdown] = markdown(protocol)
        made[protocol.typescript] = typescript(protocol.module)
    return made


def write(root: Path) -> list[Path]:
    """Write all documents below `root`; return the ones that changed."""
    changed = []
    for name, text in documents().items():
        path = root / name
        if not _is_fresh(path, text):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def typescript(module: ModuleType) -> str:
    """Return the TypeScript declarations of a module of frames.

    A field that the server leaves out when it has its default is optional; one that a client may leave out is, too, and
    may also be null where the server takes null.
    """
    inbound = set(_members(_names(module)["Command"])) | {
        struct for struct in _structs(module) if struct.__name__.endswith("Request")
    }
    aliases = _aliases(module)
    lines = [f"// Made by `peyk api-docs` from {_source(module)}. Do not edit.", ""]
    for literals, name in aliases.items():
        lines += [
            f"export type {name} = {_union(sorted(literals, key=_order(module, name)))}",
            "",
        ]
    for struct in _structs(module):
        lines += [*_comment(struct), f"export interface {struct.__name__} {{"]
        lines += [f"  {line}" for line in _interface(struct, inbound=struct in inbound, aliases=aliases)]
        lines += ["}", ""]
    for union in ("Command", "Event"):
        names = [struct.__name__ for struct in _members(_names(module)[union])]
        lines += [f"export type {union} =", *(f"  | {name}" for name in names), ""]
    return "\n".join(lines).rstrip() + "\n"


def markdown(protocol: Protocol) -> str:
    """Return the reference page of a protocol: module text, then commands, events and the shapes they share."""
    module = protocol.module
    commands, events = (_members(_names(module)[union]) for union in ("Command", "Event"))
    shared = [struct for struct in _structs(module) if struct not in commands and struct not in events]
    aliases = _aliases(module)
    lines = [
        f"# {protocol.title}",
        "",
        f"Made by `peyk api-docs` from `{_source(module)}`.",
        "",
        _text(module.__doc__),
        "",
    ]
    for title, group in (
        ("Client to server", commands),
        ("Server to client", events),
        ("Shapes", shared),
    ):
        lines += [f"## {title}", ""]
        for struct in group:
            lines += _section(struct, aliases)
    if aliases:
        lines += ["## Words", "", "| name | values |", "|---|---|"]
        for literals, name in aliases.items():
            values = ", ".join(f"`{value}`" for value in sorted(literals, key=_order(module, name)))
            lines.append(f"| {name} | {values} |")
    return "\n".join(lines).rstrip() + "\n"


def _section(struct: type[Struct], aliases: Aliases) -> list[str]:
    tag = struct.__struct_config__.tag
    lines = [
        f"### `{tag}` ({struct.__name__})" if tag else f"### {struct.__name__}",
        "",
        _text(struct.__doc__),
        "",
    ]
    fields = structs.fields(struct)
    if not fields:
        return lines
    lines += ["| field | type | |", "|---|---|---|"]
    for field in fields:
        kind = _type(field.type, aliases).replace("|", "\\|")
        lines.append(f"| {field.encode_name} | `{kind}` | {_presence(field)} |")
    return [*lines, ""]


def _presence(field: structs.FieldInfo) -> str:
    if field.required:
        return "required"
    plain = field.default is not msgspec.NODEFAULT and field.default is not msgspec.UNSET
    return f"default `{json.dumps(field.default)}`" if plain else "may be left out"


def _interface(struct: type[Struct], *, inbound: bool, aliases: Aliases) -> Iterator[str]:
    config = struct.__struct_config__
    if config.tag is not None:
        yield f"{config.tag_field}: {json.dumps(config.tag)}"
    omits = inbound or config.omit_defaults
    for field in structs.fields(struct):
        optional = not field.required and (omits or field.default is msgspec.UNSET)
        kind = _type(field.type, aliases)
        if optional and not inbound and field.default is None:
            kind = kind.removesuffix(" | null")
        yield f"{field.encode_name}{'?' if optional else ''}: {kind}"


def _type(kind: object, aliases: Aliases) -> str:
    """Write a type in TypeScript; any type that no frame uses yet is an error, not a guess."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Struct):
        return kind.__name__
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return aliases.get(frozenset(arguments)) or _union(list(arguments))
    if origin in (list, tuple):
        inner = _type(arguments[0], aliases)
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if origin is dict:
        return f"Record<string, {_type(arguments[1], aliases)}>"
    if origin in (types.UnionType, typing.Union):
        return " | ".join(_type(one, aliases) for one in arguments if one is not msgspec.UnsetType)
    raise TypeError(f"no TypeScript for {kind!r}")


def _structs(module: ModuleType) -> list[type[Struct]]:
    own = {part.__name__ for part in (module, channels.views, *_PARTS.get(module.__name__, ()))}
    found = _names(module).values()
    return [one for one in found if isinstance(one, type) and issubclass(one, Struct) and one.__module__ in own]


def _names(module: ModuleType) -> dict[str, object]:
    """Everything that a protocol's modules name."""
    return {name: one for part in (*_PARTS.get(module.__name__, ()), module) for name, one in vars(part).items()}


def _members(union: object) -> list[type[Struct]]:
    return list(typing.get_args(union))


def _aliases(module: ModuleType) -> Aliases:
    found = {name: one for name, one in _names(module).items() if typing.get_origin(one) is typing.Literal}
    return {frozenset(typing.get_args(one)): name for name, one in found.items()}


def _order(module: ModuleType, alias: str) -> typing.Callable[[str], int]:
    values = typing.get_args(_names(module)[alias])
    return values.index


def _union(values: list[str]) -> str:
    return " | ".join(json.dumps(value) for value in values)


def _comment(struct: type[Struct]) -> list[str]:
    lines = _text(struct.__doc__).splitlines()
    if len(lines) == 1:
        return [f"/** {lines[0]} */"]
    return ["/**", *(f" * {line}".rstrip() for line in lines), " */"]


def _text(doc: str | None) -> str:
    lines = (doc or "").strip().splitlines()
    return "\n".join(line.strip() for line in lines).replace("*/", "* /")


def _source(module: ModuleType) -> str:
    return module.__name__.replace(".", "/") + ".py"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There is one choice: only look."""
    parser.add_argument("--check", action="store_true", help="change nothing; status 1 if something is stale")


def main(arguments: argparse.Namespace) -> int:
    """Write the documents (`peyk api-docs`) or say which are stale; return the exit status."""
    root = Path(__file__).parents[2]
    if arguments.check:
        stale = [name for name, text in documents().items() if not _is_fresh(root / name, text)]
        print("\n".join(f"stale: {name}" for name in stale) or "fresh")
        return 1 if stale else 0
    for path in write(root):
        print(path.relative_to(root))
    return 0


def _is_fresh(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
