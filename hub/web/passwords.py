"""Passwords: argon2id in a small pool, so that twenty people signing in at once never stall the conversations.

Parameters: m = 46 MiB, t = 1, p = 1 (OWASP Password Storage Cheat Sheet, first choice). One check costs about 80 ms
of one core.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from hub.errors import BadInput, TooMany
from hub.telemetry import PASSWORD_QUEUE

T = TypeVar("T")

SHORTEST = 10
LONGEST = 256

_TOO_COMMON = frozenset(
    [
        "1234567890",
        "12345678910",
        "0987654321",
        "qwertyuiop",
        "password12",
        "password123",
        "password1234",
        "iloveyou12",
        "administrator",
        "letmein1234",
        "welcome123",
        "welcome1234",
        "changeme123",
        "aaaaaaaaaa",
        "1111111111",
        "0000000000",
        "1q2w3e4r5t",
        "qwerty1234",
        "asdfghjkl;",
        "admin12345",
    ]
)

_MOST_WAITING = 32


class Passwords:
    """Makes and checks password hashes. Use as an async context manager, or call `close`.

    At most two checks run at a time, and at most `_MOST_WAITING` wait; beyond that `TooMany` is raised at once.
    """

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1, type=Type.ID)
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")
        self._waiting = 0
        self._dummy = self._hasher.hash(secrets.token_urlsafe(24))

    async def hash(self, password: str) -> str:
        """Hash a new password. Raises BadInput if it is too short, too long or among the first that anybody tries."""
        check_strength(password)
        return await self._run(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password fits. For an unknown account (`stored` None) it costs the same time and says no."""
        matches = await self._run(
            self._matches,
            stored if stored is not None else self._dummy,
            password[:LONGEST],
        )
        return matches is True and stored is not None and len(password) <= LONGEST

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters and should be made again."""
        return self._hasher.check_needs_rehash(stored)

    async def close(self) -> None:
        """Let running checks finish and refuse others."""
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    async def __aenter__(self) -> Self:
        """Enter; the pool is ready already."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let running checks finish."""
        await self.close()

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., T], *args: str) -> T:
        if self._waiting >= _MOST_WAITING:
            raise TooMany("Too many people are signing in right now; try again in a moment.")
        self._waiting += 1
        PASSWORD_QUEUE.set(self._waiting)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *args)
        finally:
            self._waiting -= 1
            PASSWORD_QUEUE.set(self._waiting)


def check_strength(password: str) -> None:
    """Raise BadInput (field `password`) unless it is 10-256 characters and not among the first that anybody tries."""
    if len(password) < SHORTEST:
        raise BadInput(
            f"A password needs at least {SHORTEST} characters.",
            code="weak_password",
            field="password",
        )
    if len(password) > LONGEST:
        raise BadInput(
            f"A password has at most {LONGEST} characters.",
            code="weak_password",
            field="password",
        )
    if password.lower() in _TOO_COMMON or len(set(password)) < 4:
        raise BadInput(
            "This password is among the first that anybody tries.",
            code="weak_password",
            field="password",
        )


def generate() -> str:
    """A password of 96 random bits that can be read out and typed: four groups of letters and digits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))
