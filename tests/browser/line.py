"""The network between one browser and everything else: a small SOCKS5 server whose cable can be pulled.

Chromium speaks SOCKS5 per browser context, so that each person in a test has a line of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum


class Cable(Enum):
    """What the line does."""

    WHOLE = "whole"
    CUT = "cut"
    """Connections break and new ones are refused, as when the router is switched off."""
    SILENT = "silent"
    """Nothing passes and nobody is told, as when one walks out of the radio's reach."""


@dataclass(slots=True)
class Line:
    """One person's way to the network."""

    port: int = 0
    cable: Cable = Cable.WHOLE
    refused: int = 0
    passed: asyncio.Event = field(default_factory=asyncio.Event)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def server(self) -> str:
        """For Playwright's `proxy`."""
        return f"socks5://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        self.cable = Cable.CUT
        self._open.clear()
        for writer in list(self._writers):
            writer.transport.abort()

    def hush(self) -> None:
        """Let nothing through, silently."""
        self.cable = Cable.SILENT
        self._open.clear()

    def mend(self) -> None:
        """Let everything through again; what was held back by silence comes now."""
        self.cable = Cable.WHOLE
        self._open.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser."""
        self._writers.add(writer)
        try:
            if self.cable is Cable.CUT:
                self.refused += 1
                return
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._relay(reader, writer)
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = await _greeting(reader, writer)
        await self._open.wait()
        far_reader, far_writer = await asyncio.open_connection(host, port)
        self._writers.add(far_writer)
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        pumps = [
            asyncio.create_task(self._pump(reader, far_writer)),
            asyncio.create_task(self._pump(far_reader, writer)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._writers.discard(far_writer)
            far_writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65_536):
            await self._open.wait()
            writer.write(chunk)
            await writer.drain()
        await self._open.wait()


async def _greeting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    """SOCKS5 without authentication, command CONNECT (RFC 1928): where the browser wants to go."""
    _, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(b"\x05\x00")
    _, _, _, kind = await reader.readexactly(4)
    if kind == 1:
        host = ".".join(str(byte) for byte in await reader.readexactly(4))
    else:
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode("ascii")
    return host, int.from_bytes(await reader.readexactly(2))


@asynccontextmanager
async def own_line() -> AsyncIterator[Line]:
    """A whole line until the block ends."""
    line = Line()
    line.mend()
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        line.cut()
        line.mend()
