"""The trainer: takes queued versions one by one, trains each in a folder of its own, keeps model and report.

It holds a lease while it works. Killed, it loses the lease and the version is trained again, by whoever comes next.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import structlog

from bot.training.data import DataRefused, Example
from bot.training.pipeline import fitted_config, threshold_of
from bot.training.project import write_project
from bot.training.report import judge
from bot.training.runs import STANDARD, Limits, Progress, RunFailed, Trained, train
from channels.tasks import end
from hub.clock import Clock
from hub.errors import HubError
from hub.model.ids import new_id
from hub.processes import is_alive
from hub.store.rollouts import Rollouts
from hub.store.versions import LostLease, Made, Snapshot, Version, Versions
from hub.training.comparing import compared
from hub.training.pin_runner import PinRunner
from hub.training.pruning import prune
from hub.training.trying import Trying

log = structlog.get_logger(__name__)

LEASE_MS = 30_000
RENEW_SECONDS = 2.0
ASK_SECONDS = 1.0
RUNS = "runs"
"""Folder of the runs below `<var>/bot`, each named after its process."""


@dataclass(slots=True)
class Trainer:
    """Trains what is queued. `home`: `<var>/bot`, where Rasa is installed."""

    versions: Versions
    home: Path
    clock: Clock
    limits: Limits = STANDARD
    holder: str = field(default_factory=new_id)

    async def run(self) -> None:
        """Train for ever, and answer who tries a version meanwhile; a store that is away is waited for."""
        await asyncio.to_thread(self.sweep)
        trying = Trying(self.versions, self.home, self.home / RUNS, self.clock, self.limits)
        async with asyncio.TaskGroup() as both:
            both.create_task(trying.run(), name="trying")
            both.create_task(self._train_queued(), name="training")

    async def _train_queued(self) -> None:
        tidied = False
        while True:
            try:
                if not tidied:
                    await self._tidy()
                    tidied = True
                worked = await self.once()
            except HubError as error:
                log.warning("trainer_waits", code=error.code)
                worked = False
            if not worked:
                await asyncio.sleep(ASK_SECONDS)

    def sweep(self) -> None:
        """Remove what killed trainers left; in a container each of them had the number of this one."""
        for folder in (self.home / RUNS).glob("*-*"):
            process = int(folder.name.split("-")[0])
            if process == os.getpid() or not is_alive(process):
                shutil.rmtree(folder, ignore_errors=True)

    async def once(self) -> bool:
        """Train the oldest version that waits, or try one with the pinned conversations; False when none waits."""
        now = self.clock.now()
        version = await self.versions.claim(self.holder, now, now + LEASE_MS)
        if version is None:
            return await PinRunner(self.versions, self.home, self.home / RUNS, self.clock, self.limits).once()
        log.info("training_begins", version=version.number, tries=version.tries)
        try:
            await self._train(version)
        except LostLease:
            log.info("training_dropped", version=version.number)
        except asyncio.CancelledError:
            await asyncio.shield(self._put_back(version))
            raise
        return True

    async def _tidy(self) -> None:
        """Old models go, and what killed trainers and full disks left of files."""
        rollouts = Rollouts(self.versions.database)
        await prune(self.versions, rollouts)
        await self.versions.sweep(self.clock.now(), (await rollouts.get()).held)

    async def _train(self, version: Version) -> None:
        progress = _Shown()
        try:
            async with self._leased(version, progress) as leased, leased:
                await self._made(version, progress)
        except TimeoutError:
            await self._given_up(version)
        except (RunFailed, DataRefused) as error:
            code = error.code if isinstance(error, RunFailed) else "data"
            await self.versions.fail(version.number, self.holder, code, str(error), self.clock.now())
            log.warning("training_failed", version=version.number, code=code)

    async def _given_up(self, version: Version) -> None:
        """The lease is gone: an admin stopped it, somebody else has it, or the store was away too long."""
        if (await self.versions.get(version.number)).stop:
            await self.versions.fail(version.number, self.holder, "cancelled", "", self.clock.now())
            log.info("training_cancelled", version=version.number)
        else:
            await self._put_back(version)

    async def _made(self, version: Version, progress: _Shown) -> None:
        snapshot = await self.versions.snapshot(version.number)
        test = [one for one in snapshot.examples if one.split == "test"]
        folder = self.home / RUNS / f"{os.getpid()}-{version.number}"
        try:
            await asyncio.to_thread(write_project, folder, snapshot.files, snapshot.examples)
            texts = [one.text for one in test]
            trained = await train(
                self.home, folder, texts, stories=snapshot.stories, limits=self.limits, tell=progress.show
            )
            model = await asyncio.to_thread(trained.model.read_bytes)
            await self._finish(version, snapshot, test, trained, model)
        except OSError as error:
            raise RunFailed("disk", f"The training could not write: {error.strerror}.") from error
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _finish(
        self, version: Version, snapshot: Snapshot, test: list[Example], trained: Trained, model: bytes
    ) -> None:
        n_train = len(snapshot.examples) - len(test)
        seconds, peak_mb = trained.train_seconds, trained.peak_mb
        threshold = threshold_of(fitted_config(snapshot.files["config.yml"], snapshot.examples, []))
        report = judge(test, trained.read, n_train=n_train, train_seconds=seconds, peak_mb=peak_mb, threshold=threshold)
        fixed, broken = await compared(self.versions, version.base, report, test)
        finished = replace(
            await self.versions.get(version.number),
            state="ready",
            ended_at=self.clock.now(),
            report=report,
            fixed=fixed,
            broken=broken,
            stories=trained.stories,
            pins={one.id: one.version for one in snapshot.stories},
            made=Made(
                file=f"{version.number}.{self.holder}.model",
                id=trained.model_id,
                rasa_version=trained.rasa_version,
                digest=sha256(model).hexdigest(),
                size=len(model),
            ),
        )
        await self.versions.finish(finished, self.holder, model)
        await self._tidy()
        log.info("training_done", version=version.number, accuracy=report.accuracy, seconds=report.train_seconds)

    @asynccontextmanager
    async def _leased(self, version: Version, progress: _Shown) -> AsyncIterator[asyncio.Timeout]:
        """Renew the lease and tell the progress; when that is refused, the yielded time-out expires at once."""
        held = asyncio.timeout(None)
        task = asyncio.create_task(self._renew(version, progress, held), name=f"train-{version.number}")
        try:
            yield held
        finally:
            await end([task])

    async def _renew(self, version: Version, progress: _Shown, held: asyncio.Timeout) -> None:
        loop = asyncio.get_running_loop()
        good_until = loop.time() + LEASE_MS / 1000
        while loop.time() < good_until:
            await _news(progress.changed)
            try:
                until = self.clock.now() + LEASE_MS
                await self.versions.renew(version.number, self.holder, until, progress.fields())
                good_until = loop.time() + LEASE_MS / 1000
            except LostLease:
                break
            except HubError as error:
                log.warning("training_lease_not_renewed", version=version.number, code=error.code)
        held.reschedule(loop.time())

    async def _put_back(self, version: Version) -> None:
        try:
            await self.versions.put_back(version, self.holder)
        except HubError as error:  # the lease runs out by itself
            log.warning("training_not_put_back", version=version.number, code=error.code)


class _Shown:
    """The last progress, and whether it is news."""

    def __init__(self) -> None:
        self.last = Progress(stage="queued")
        self.changed = asyncio.Event()

    def show(self, progress: Progress) -> None:
        self.last = progress
        self.changed.set()

    def fields(self) -> dict[str, object]:
        self.changed.clear()
        last = self.last
        return {"stage": last.stage, "detail": last.detail, "done": last.done, "of": last.of}


async def _news(changed: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(changed.wait(), RENEW_SECONDS)
