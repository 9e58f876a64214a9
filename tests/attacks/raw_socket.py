"""A websocket spoken by hand, so that it can be spoken wrongly (RFC 6455)."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

TEXT, PING, CLOSE = 0x1, 0x9, 0x8


@dataclass(slots=True)
class RawSocket:
    """An open connection after its handshake. `status` is the handshake's; `head` its lower-cased headers."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    status: int
    head: str

    def send(self, opcode: int, payload: bytes, *, fin: bool = True, masked: bool = True, rsv: int = 0) -> None:
        """Queue one frame, well-formed or not."""
        first = (0x80 if fin else 0) | (rsv << 4) | opcode
        bit = 0x80 if masked else 0
        if len(payload) < 126:
            header = struct.pack(">BB", first, bit | len(payload))
        elif len(payload) < 65_536:
            header = struct.pack(">BBH", first, bit | 126, len(payload))
        else:
            header = struct.pack(">BBQ", first, bit | 127, len(payload))
        mask = os.urandom(4) if masked else b""
        body = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)) if masked else payload
        self.writer.write(header + mask + body)

    async def close_code(self) -> int:
        """Read until the server closes; its close code, 1006 when it just cut the line."""
        async with asyncio.timeout(15):
            try:
                while True:
                    opcode, payload = await self.receive()
                    if opcode == CLOSE:
                        return int(struct.unpack(">H", payload[:2])[0]) if len(payload) >= 2 else 1005
            except (asyncio.IncompleteReadError, ConnectionError):
                return 1006

    async def receive(self) -> tuple[int, bytes]:
        """One frame of the server: opcode and payload."""
        first, second = await self.reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", await self.reader.readexactly(8))
        return first & 0x0F, await self.reader.readexactly(length)


@asynccontextmanager
async def raw_socket(url: str, path: str, *, origin: str | None, extra: str = "") -> AsyncIterator[RawSocket]:
    """Connect and shake hands; `extra` are further header lines."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    key = base64.b64encode(os.urandom(16)).decode()
    head = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    head += f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{extra}"
    head += f"Origin: {origin}\r\n\r\n" if origin is not None else "\r\n"
    writer.write(head.encode())
    answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    try:
        yield RawSocket(reader, writer, int(answer.split()[1]), answer)
    finally:
        writer.close()
