"""A telephone: baresip, steered over its control socket. It plays a tone of its own and keeps what it hears."""

from __future__ import annotations

import asyncio
import io
import json
import math
import struct
import subprocess
import time
import wave
from array import array
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hub.up import telephones
from tests.asterisk import Asterisk
from tests.ports import free_pair, free_port

RATE = 8_000
WINDOW = 1_600
"""Samples in which a tone is looked for: a fifth of a second."""


@dataclass
class Phone:
    """One device. `events` are the types of what happened to it, in order; `times` when each was first told (ms)."""

    folder: Path
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    process: subprocess.Popen[bytes]
    events: list[str] = field(default_factory=list)
    times: dict[str, int] = field(default_factory=dict)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def dial(self, address: str) -> None:
        await self.ask("dial", address)

    async def answer(self) -> None:
        await self.ask("accept")

    async def hang_up(self) -> None:
        await self.ask("hangup")

    async def press(self, keys: str) -> None:
        """One after the other, as a person does."""
        for key in keys:
            await self.ask("sndcode", key)

    async def plays(self, sound: Path) -> None:
        """Have it send another sound from now on."""
        await self.ask("ausrc", f"aufile,{sound}")

    async def ask(self, command: str, params: str = "") -> None:
        """Have it do something."""
        text = json.dumps({"command": command, "params": params, "token": command}).encode()
        self.writer.write(b"%d:%s," % (len(text), text))
        await self.writer.drain()

    async def event(self, kind: str, *, times: int = 1) -> None:
        """Wait until this has happened so many times."""
        async with asyncio.timeout(15), self.changed:
            await self.changed.wait_for(lambda: self.events.count(kind) >= times)

    async def listen(self) -> None:
        """Read what it says, to its end."""
        while True:
            try:
                head = await self.reader.readuntil(b":")
                text = await self.reader.readexactly(int(head[:-1]) + 1)
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            said = json.loads(text[:-1])
            async with self.changed:
                if said.get("event"):
                    self.events.append(said["type"])
                    self.times.setdefault(said["type"], time.time_ns() // 1_000_000)
                self.changed.notify_all()

    # What it hears

    def heard(self) -> array[int]:
        """All samples of its latest call."""
        files = sorted(self.folder.glob("dump-*-dec.wav"), key=lambda one: one.stat().st_mtime_ns)
        raw = files[-1].read_bytes()[44:] if files else b""
        return array("h", raw[: len(raw) // 2 * 2])

    async def hears(self, tone: float) -> None:
        """Wait until the tone is in what comes from now on."""
        await self._hears(lambda sound: has(sound, tone), len(self.heard()))

    async def _hears(self, true: Callable[[array[int]], bool], start: int) -> None:
        """Look at each piece of sound once: this runs beside the gateway, which must not wait for it."""
        async with asyncio.timeout(15):
            while not true((sound := self.heard())[start:]):
                start = max(start, len(sound) - WINDOW)
                await asyncio.sleep(0.05)

    async def hears_no_more(self, tone: float) -> None:
        """Wait until the tone has not been there for half a second; where nobody speaks, nothing at all comes."""
        async with asyncio.timeout(15):
            while True:
                start = len(self.heard())
                await asyncio.sleep(0.5)
                if not has(self.heard()[start:], tone):
                    return

    async def hears_silence(self) -> None:
        """Wait until there has been no sound for half a second."""
        async with asyncio.timeout(15):
            while True:
                start = len(self.heard())
                await asyncio.sleep(0.5)
                if not loud(self.heard()[start:]):
                    return

    def ever_heard(self, tone: float, *, since: int = 0) -> bool:
        """Whether the tone is anywhere in what it heard, from a sample on."""
        return has(self.heard()[since:], tone)

    async def hears_something(self, *, since: int = 0) -> None:
        """Wait until there has been sound in its latest call, from a sample on."""
        await self._hears(lambda sound: any(loud(piece) for piece in _pieces(sound)), since)


def _pieces(sound: array[int]) -> Iterator[array[int]]:
    return (sound[at : at + WINDOW] for at in range(0, len(sound) - WINDOW, WINDOW // 2))


def loud(samples: array[int]) -> bool:
    """Whether this is sound, and not the hiss of a line."""
    return bool(samples) and sum(map(abs, samples)) / len(samples) > 100


def has(samples: array[int], tone: float) -> bool:
    """Whether a tone is somewhere in a sound."""
    return any(share(piece, tone) > 0.3 for piece in _pieces(samples) if loud(piece))


def spans(samples: array[int], tone: float) -> list[tuple[float, float]]:
    """From when to when a tone was there (ms from the beginning), with gaps of half a second at least."""
    found: list[tuple[float, float]] = []
    for number, piece in enumerate(_pieces(samples)):
        if not loud(piece) or share(piece, tone) <= 0.3:
            continue
        at = number * WINDOW / 2 / RATE * 1_000
        if found and at - found[-1][1] < 500:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found


def samples_of_wav(raw: bytes) -> array[int]:
    """The samples of a WAV file, 16 bits and one channel."""
    with wave.open(io.BytesIO(raw), "rb") as file:
        return array("h", file.readframes(file.getnframes()))


def share(samples: array[int], tone: float) -> float:
    """How much of a sound's power is in one tone, from 0 to 1 (Goertzel)."""
    power = sum(one * one for one in samples)
    if not power:
        return 0.0
    factor = 2 * math.cos(2 * math.pi * tone / RATE)
    before = last = 0.0
    for one in samples:
        before, last = last, one + factor * last - before
    found = before * before + last * last - factor * before * last
    return found / (power * len(samples) / 2)


def tone_file(path: Path, tone: float, seconds: int = 60, silence: int = 0) -> None:
    """A WAV file with one tone, and then silence."""
    one = array("h", (round(8_000 * math.sin(2 * math.pi * tone * at / RATE)) for at in range(RATE)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(one)}h", *one) * seconds + bytes(2 * RATE * silence))


@asynccontextmanager
async def phone(
    server: Asterisk, folder: Path, *, tone: float, extension: str = "", speaks: int = 60
) -> AsyncIterator[Phone]:
    """A telephone: a registered device of Asterisk's, or (without a name) one that calls in through the trunk.

    Its tone lasts for `speaks` seconds, and is silence after that.
    """
    control = free_port()
    process = _start(server, folder, control, (tone, speaks), extension)
    try:
        reader, writer = await _connected(control, process, folder)
        one = Phone(folder, reader, writer, process)
        listening = asyncio.create_task(one.listen())
        if extension:
            await _registered(folder / "log.txt")
        try:
            yield one
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            writer.close()
    finally:
        process.kill()
        process.wait(10)


def _start(
    server: Asterisk, folder: Path, control: int, tone: tuple[float, int], extension: str
) -> subprocess.Popen[bytes]:
    folder.mkdir(parents=True)
    sip = free_pair()
    tone_file(folder / "tone.wav", *tone, silence=60 - tone[1])
    login = f";auth_pass=secret-{extension};regint=600" if extension else ";regint=0"
    name = extension or "caller"
    (folder / "accounts").write_text(f"<sip:{name}@{server.sip};transport=udp>{login};audio_codecs=PCMA/8000/1\n")
    (folder / "contacts").write_text("")
    (folder / "config").write_text(_config(server.root, folder, sip, control))
    log = (folder / "log.txt").open("wb")
    process = subprocess.Popen(
        [*telephones.command(server.root, "usr/bin/baresip"), "-f", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=folder,
    )
    log.close()
    return process


async def _connected(
    port: int, process: subprocess.Popen[bytes], folder: Path
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(15):
        while True:
            assert process.poll() is None, (folder / "log.txt").read_text()
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)


async def _registered(log: Path) -> None:
    """It registers before anybody can listen to its events."""
    async with asyncio.timeout(15):
        while "200 OK" not in _text(log):
            await asyncio.sleep(0.02)


def _text(path: Path) -> str:
    return path.read_text(errors="replace")


def _config(root: Path, folder: Path, sip: int, control: int) -> str:
    modules = "\n".join(
        f"module {one}.so" for one in ("g711", "aufile", "aubridge", "sndfile", "account", "menu", "ctrl_tcp")
    )
    return f"""
sip_listen 127.0.0.1:{sip}
audio_player aubridge,nobody
audio_source aufile,{folder}/tone.wav
audio_alert aubridge,nobody
audio_srate 8000
audio_channels 1
rtp_stats no
net_interface 127.0.0.1
call_local_timeout 60
call_max_calls 4
module_path {root}/usr/lib/baresip/modules
{modules}
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {folder}
audio_path {folder}
"""
