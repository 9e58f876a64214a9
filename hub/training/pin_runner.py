"""Tries a version that is ready with the pinned conversations as they are now."""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from bot.training.runs import Limits, RunFailed, tell_stories
from hub.clock import Clock
from hub.errors import HubError
from hub.store.pin_runs import PinRuns
from hub.store.stories import Stories
from hub.store.versions import Versions

log = structlog.get_logger(__name__)

SECONDS = 300.0
"""So long one run may take; a trainer that was killed in it holds it up for twice as long."""


@dataclass(frozen=True, slots=True)
class PinRunner:
    """Works off the queue. `home`: `<var>/bot`; `runs`: the folder where each run has one of its own."""

    versions: Versions
    home: Path
    runs: Path
    clock: Clock
    limits: Limits

    async def once(self) -> bool:
        """Try one version; False when none waits."""
        queue, now = PinRuns(self.versions.database), self.clock.now()
        number = await queue.claim(now, now + round(2 * SECONDS * 1000))
        if number is None:
            return False
        folder, failure = self.runs / f"{os.getpid()}-pins-{number}", ""
        stories = await Stories(self.versions.database).all()
        try:
            model = await self.versions.model(await self.versions.get(number))
            await asyncio.to_thread(_written, folder, model)
            limits = replace(self.limits, seconds=min(SECONDS, self.limits.seconds))
            told = await tell_stories(self.home, folder, folder / "model.tar.gz", stories, limits=limits)
            await queue.finish(number, told, {one.id: one.version for one in stories})
        except RunFailed as error:
            failure = error.code
        except HubError as error:
            failure = error.code
        except OSError:
            failure = "disk"
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        if failure:
            await queue.finish(number, (), {}, failure)
        log.info("pins_told", version=number, failure=failure)
        return True


def _written(folder: Path, model: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.tar.gz").write_bytes(model)
