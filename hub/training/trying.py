"""Answers admins who try a version that no bot server has loaded; the model of the last one stays for some minutes."""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.training.runs import Limits, RunFailed
from bot.training.talking import Talk
from hub.clock import Clock
from hub.errors import HubError
from hub.store.trials import Heard, Trial, Trials
from hub.store.versions import Versions

log = structlog.get_logger(__name__)

ASK_SECONDS = 0.5
IDLE_MS = 300_000
"""So long a model is kept in memory after the last word."""


@dataclass(slots=True)
class Trying:
    """Works beside the trainer. `home`: `<var>/bot`; `runs`: the folder where each run has one of its own."""

    versions: Versions
    home: Path
    runs: Path
    clock: Clock
    limits: Limits
    _talk: Talk | None = None
    _number: int = 0
    _last: int = 0

    async def run(self) -> None:
        """Answer for ever; a store that is away is waited for."""
        try:
            while True:
                try:
                    worked = await self.once()
                except HubError as error:
                    log.warning("trying_waits", code=error.code)
                    worked = False
                if not worked:
                    await asyncio.sleep(ASK_SECONDS)
        finally:
            await self.end()

    async def once(self) -> bool:
        """Answer the oldest question; False when there is none."""
        now = self.clock.now()
        trial = await Trials(self.versions.database).claim(now)
        if trial is None:
            if now - self._last > IDLE_MS:
                await self.end()
            return False
        heard = await self._heard(trial)
        self._last = self.clock.now()
        await Trials(self.versions.database).answer(trial.id, heard)
        log.info("version_tried", version=trial.number, failure=heard.failure)
        return True

    async def end(self) -> None:
        """Let the model go."""
        talk, self._talk = self._talk, None
        if talk is not None:
            await talk.end()
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _heard(self, trial: Trial) -> Heard:
        try:
            return Heard(answer=await (await self._with(trial.number)).say(trial.body))
        except RunFailed as error:
            failure = error.code
        except HubError as error:
            failure = error.code
        except OSError:
            failure = "disk"
        if failure != "refused":
            await self.end()
        return Heard(failure=failure)

    async def _with(self, number: int) -> Talk:
        if self._talk is None or self._number != number:
            await self.end()
            model = await self.versions.model(await self.versions.get(number))
            await asyncio.to_thread(_written, self._folder, model)
            file = self._folder / "model.tar.gz"
            self._talk, self._number = await Talk.begin(self.home, self._folder, file, limits=self.limits), number
        return self._talk

    @property
    def _folder(self) -> Path:
        return self.runs / f"{os.getpid()}-try"


def _written(folder: Path, model: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.tar.gz").write_bytes(model)
