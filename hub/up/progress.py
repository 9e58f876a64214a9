"""Progress for the person at the terminal: one calm line a step, with its seconds."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

TICK_SECONDS = 1.0
REMINDER_SECONDS = 30.0


class Progress:
    """Writes the steps. On a terminal the running step's line counts seconds; elsewhere it is repeated twice a minute.

    Steps may overlap (the bot trains while a crashed child restarts): then the newest running one has the live line.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        """Write to ``out``, standard error by default: standard output belongs to results."""
        self._out = out or sys.stderr
        self._live = self._out.isatty()
        self._lock = threading.Lock()
        self._shown = False

    def say(self, text: str) -> None:
        """Write lines of their own, above the running step."""
        with self._lock:
            self._clear()
            self._out.write(text + "\n")
            self._out.flush()

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Show ``name`` as running, then as done or failed with its seconds. The error goes on to the caller."""
        running = Step(self, name)
        stop = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(running, stop), name=f"progress {name}", daemon=True)
        ticker.start()
        try:
            yield running
        except BaseException:
            self._finish(running, stop, ticker, "✗")
            raise
        self._finish(running, stop, ticker, "✓")

    def _finish(self, step: Step, stop: threading.Event, ticker: threading.Thread, mark: str) -> None:
        stop.set()
        ticker.join()
        self.say(f"  {mark} {step.text} ({step.seconds:.0f} s)" if step.seconds >= 1 else f"  {mark} {step.text}")

    def _tick(self, step: Step, stop: threading.Event) -> None:
        # The first half second is silent: most steps have nothing to do and need no line that flickers.
        wait = 0.5 if self._live else REMINDER_SECONDS / 10
        while not stop.wait(wait):
            line = f"  … {step.text} ({step.seconds:.0f} s)"
            if self._live:
                with self._lock:
                    self._clear()
                    # A line that wraps could not be erased again.
                    self._out.write(line[: shutil.get_terminal_size().columns - 1])
                    self._out.flush()
                    self._shown = True
            else:
                self.say(line)
            wait = TICK_SECONDS if self._live else REMINDER_SECONDS

    def _clear(self) -> None:
        if self._shown:
            self._out.write("\r\x1b[K")  # ECMA-48 EL: erase to the end of the line
            self._shown = False


class Step:
    """One running step."""

    def __init__(self, progress: Progress, name: str) -> None:
        """Start its clock."""
        self._progress = progress
        self._name = name
        self._detail = ""
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self._began

    @property
    def text(self) -> str:
        """Its name, and what it is doing just now."""
        return f"{self._name}: {self._detail}" if self._detail else self._name

    def say(self, detail: str) -> None:
        """Change what it is doing just now."""
        self._detail = detail.strip().splitlines()[-1][:100] if detail.strip() else ""
