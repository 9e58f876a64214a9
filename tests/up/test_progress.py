"""Progress: one line a step; a live line on a terminal that leaves no remains."""

import io
import re
import threading

import pytest

from hub.up import progress as module
from hub.up.progress import Progress


class Terminal(io.StringIO):
    def __init__(self) -> None:
        super().__init__()
        self.live = threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if "epoch 1" in text:
            self.live.set()
        return super().write(text)


def test_a_step_is_one_line() -> None:
    out = io.StringIO()
    with Progress(out).step("database"):
        pass
    assert out.getvalue() == "  ✓ database\n"


def test_a_failed_step_says_so_and_lets_the_error_through() -> None:
    out = io.StringIO()

    def fail() -> None:
        with Progress(out).step("database") as step:
            step.say("unpacking")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert out.getvalue() == "  ✗ database: unpacking\n"


def test_the_live_line_is_erased_before_anything_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TICK_SECONDS", 0.01)
    out = Terminal()
    progress = Progress(out)
    with progress.step("training") as step:
        step.say("epoch 1")
        assert out.live.wait(10)
        progress.say("the hub is back")
    lines = re.sub(r"[^\n]*\r\x1b\[K", "", out.getvalue()).splitlines()
    assert lines[0] == "the hub is back"
    assert lines[1].startswith("  ✓ training: epoch 1")
    assert len(lines) == 2
