"""Browser parts are built when a source changed, and only then; npm itself does the work."""

import json
from pathlib import Path

import pytest

from hub.up import browser_parts
from hub.up.tools import ToolError, node_version

BUILD = "const fs=require('fs');fs.mkdirSync('dist',{recursive:true});fs.appendFileSync('dist/out.js','x')"


@pytest.fixture
def widget(tmp_path: Path) -> Path:
    package = {"name": "w", "version": "1.0.0", "scripts": {"build": "node build.cjs"}}
    lock = {"name": "w", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "w", "version": "1.0.0"}}}
    folder = tmp_path / "widget"
    (folder / "node_modules").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps(package))
    (folder / "package-lock.json").write_text(json.dumps(lock))
    (folder / "build.cjs").write_text(BUILD)
    return folder


def build(widget: Path, said: list[str] | None = None) -> bool:
    lines: list[str] = [] if said is None else said
    return browser_parts.build(widget, widget.parent / "tools", widget.parent / "logs", lines.append)


def test_the_second_time_nothing_is_built(widget: Path) -> None:
    said: list[str] = []
    assert build(widget, said)
    assert said == ["npm packages", "building"]
    assert not build(widget)
    assert (widget / "dist/out.js").read_text() == "x"


def test_a_changed_source_is_built_again_without_installing(widget: Path) -> None:
    build(widget)
    (widget / "src.ts").write_text("export {}")
    said: list[str] = []
    assert build(widget, said)
    assert said == ["building"]


def test_a_deleted_result_is_built_again(widget: Path) -> None:
    build(widget)
    for file in (widget / "dist").iterdir():
        file.unlink()
    assert build(widget)


def test_a_failed_build_is_told_and_tried_again(widget: Path) -> None:
    (widget / "build.cjs").write_text("console.error('semicolon expected'); process.exit(1)")
    with pytest.raises(ToolError, match=r"exit status 1[\s\S]*semicolon expected"):
        build(widget)
    (widget / "build.cjs").write_text(BUILD)
    assert build(widget)


def test_this_machines_node_is_recognised() -> None:
    assert node_version() == (0, 0) or node_version() > (10, 0)
