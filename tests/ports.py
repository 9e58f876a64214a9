"""Ports for the servers of tests, below those that the system gives to others, in a block of this process alone.

A port that was only seen to be free may be anybody's before its server has started, or while it is down in a test.
"""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import IO

FIRST, BLOCK, BLOCKS = 10_000, 1_400, 16
SOUND = 1_000
"""How many of a block are a telephone system's."""
_claims: list[IO[bytes]] = []


@cache
def block() -> int:
    """The first port of this process's block; it is claimed until the process ends."""
    folder = Path(tempfile.gettempdir()) / f"peyk-test-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for number in range(BLOCKS):
        claim = (folder / str(number)).open("wb")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return FIRST + number * BLOCK
    raise RuntimeError("more processes test on this machine than there are blocks of ports")


def free_port() -> int:
    """A port that nobody listens on, neither for streams nor for datagrams, and that nobody else is given."""
    return free_pair()


def free_pair() -> int:
    """The first of two such ports; it is long before they come again."""
    for port in _pairs():
        with ExitStack() as held:
            try:
                for each in (port, port + 1):
                    _bind(held, each, socket.SOCK_STREAM)
                    _bind(held, each, socket.SOCK_DGRAM)
            except OSError:
                continue
            return port
    raise AssertionError("a circle has no end")


@cache
def _pairs() -> Iterator[int]:
    return cycle(range(block() + SOUND, block() + BLOCK, 2))


def _bind(held: ExitStack, port: int, kind: socket.SocketKind) -> None:
    held.enter_context(socket.socket(type=kind)).bind(("127.0.0.1", port))
