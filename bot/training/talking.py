"""A talk with a model that no bot server has loaded: a run of Rasa that answers turn by turn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bot.training.runs import STANDARD, Limits, RunFailed, begin, end

SECONDS = 120.0
"""So long a model may take to be loaded and to answer."""


class _Line(msgspec.Struct):
    """A line of the child; with neither it is progress."""

    answer: msgspec.Raw = msgspec.Raw()
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A child with a model, which begins to load it at once. Actions outside of the model say and change nothing."""

    process: asyncio.subprocess.Process

    @classmethod
    async def begin(cls, home: Path, folder: Path, model: Path, *, limits: Limits = STANDARD) -> Talk:
        """Start it in `folder`; see `runs.begin`."""
        job = {"model": str(model), "test": [], "stories": [], "talk": True}
        return cls(await begin(home, folder, job, limits, heard=True))

    async def say(self, body: Mapping[str, object]) -> bytes:
        """The answer to a turn's body, as the bot's server gives it.

        Raises:
            RunFailed: The turn was `refused`, it took too long (`time`), or the child `died`; it is of no use then.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            async with asyncio.timeout(SECONDS):
                self.process.stdin.write(json.dumps(body).encode() + b"\n")
                await self.process.stdin.drain()
                async for line in self.process.stdout:
                    said = msgspec.json.decode(line, type=_Line)
                    if said.refused is not None:
                        raise RunFailed("refused", said.refused)
                    if bytes(said.answer):
                        return bytes(said.answer)
        except TimeoutError:
            raise RunFailed("time", "The model did not answer in time.") from None
        except (OSError, ValueError, msgspec.DecodeError) as error:
            raise RunFailed("died", str(error)) from error
        raise RunFailed("died", "The model could not be loaded.")

    async def end(self) -> None:
        """Let it go."""
        await end(self.process)
