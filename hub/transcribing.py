"""Recordings and voicemails are written down, one at a time, after their sound has come; a kill repeats the one.

What became of it is an event of the conversation (`call`, `transcript`), named by the file: the words, that there were
none, or that it failed. The recording is as usable as before in any case.
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hub.acts import Acts
from hub.fetching import FileCame
from hub.jobs import JobLoop
from hub.lanes import Lanes
from hub.model.conversation import Conversation
from hub.model.ids import FileId
from hub.store.files import Files
from hub.store.jobs import Job
from hub.workers import Pool

WriteDown = Callable[[str, str, Path], Awaitable[str]]
"""By a listener, in a language, the words of a WAV file. Raises `ChannelError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictation(Job):
    """One recording to write down, in the language of its call. It rests until the file is here."""

    locale: str


@dataclass(slots=True, kw_only=True)
class Transcribing(JobLoop[Dictation]):
    """Writes recordings down. `listeners`: by language, only those that there are. `folder`: for sounds meanwhile."""

    pauses = (60, 600)
    look_seconds = 10.0

    files: Files
    lanes: Lanes
    acts: Acts
    listeners: Mapping[str, str]
    write_down: WriteDown
    folder: Path
    pool: Pool = field(default_factory=lambda: Pool("transcribing"))

    async def expect(self, state: Conversation, file: FileId) -> None:
        """A recording is about to be attached to a call."""
        if state.locale in self.listeners:
            await self.jobs.add(Dictation(file=file, conversation=state.id, locale=state.locale))

    def on_file(self, event: FileCame) -> None:
        """A file has come: if it is a recording, it is written down."""
        here = [part.file.id for part in event.entry.parts if part.file is not None and part.file.state == "here"]
        if event.entry.kind == "note" and self.listeners:
            for file in here:
                self.pool.start(self.now(file), "begin")

    async def recover(self) -> None:
        """Remove what a killed process left; begin with recordings that came when nobody could be told."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for one in await self.jobs.resting():
            if await self.files.get(one.file) is not None:
                await self.now(one.file)

    async def do(self, job: Dictation) -> None:
        """Write one down, unless its listener was configured away or it was erased."""
        listener = self.listeners.get(job.locale)
        if listener is None or await self.files.get(job.file) is None:
            return
        async with self._sound(job) as sound:
            text = await self.write_down(listener, job.locale, sound)
        await self._tell(job, text)

    async def give_up(self, job: Dictation) -> None:
        """It failed."""
        await self._tell(job, None)
        await self.jobs.done(job.file)

    async def _tell(self, job: Dictation, text: str | None) -> None:
        if await self.files.get(job.file) is None:  # erased meanwhile
            return
        state = await self.lanes.state(job.conversation)
        what = "failed" if text is None else "written" if text else "nothing"
        values = {"file": job.file, "locale": job.locale, "outcome": what}
        await self.acts.call_happens(state, "transcript", f"transcript:{job.file}", values, note=text or None)

    @asynccontextmanager
    async def _sound(self, job: Dictation) -> AsyncIterator[Path]:
        """The recording as a file that is gone afterwards."""
        self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        path = self.folder / f"{job.file}.wav"
        try:
            with path.open("wb") as out:
                async for piece in self.files.read(job.file):
                    out.write(piece)
            yield path
        finally:
            path.unlink(missing_ok=True)
