"""A real Asterisk 22 for the tests, set up by `peyk voice-gateway config`, and telephones (baresip) that call it.

One Asterisk runs for the session, on free loopback ports; every test brings its own gateway, which it dials::

    from tests.asterisk import asterisk  # noqa: F401 (a fixture)
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from channels.voice.asterisk import config_files
from channels.voice.asterisk.settings import GatewaySettings, Sip
from hub.up import telephones
from tests.certificate import certificate

TOOLS = Path(__file__).parents[1] / "var" / "tools"
SECRET = "the-webhook-secret-of-the-tests"
KEY = "the-bearer-key-of-the-tests"
EXTENSIONS = ("101", "102", "103")


def free_port() -> int:
    """A port that nobody listens on, neither for streams nor for datagrams."""
    return free_pair()


def free_pair() -> int:
    """The first of two such ports: who speaks SIP takes the next one for TLS."""
    while True:
        with ExitStack() as held:
            try:
                port = _bound(held, 0, socket.SOCK_STREAM)
                for each in (port, port + 1):
                    _bound(held, each, socket.SOCK_DGRAM)
                _bound(held, port + 1, socket.SOCK_STREAM)
            except OSError:
                continue
            return port


def _bound(held: ExitStack, port: int, kind: socket.SocketKind) -> int:
    one = held.enter_context(socket.socket(type=kind))
    one.bind(("127.0.0.1", port))
    return int(one.getsockname()[1])


@dataclass(slots=True)
class Asterisk:
    """The server: `settings` are the gateway's that it dials, `folder` has its files."""

    root: Path
    folder: Path
    settings: GatewaySettings
    _process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Run it; that it is up is seen by its dialling the gateway."""
        command = telephones.command(self.root, "usr/sbin/asterisk")
        log = (self.folder / "log.txt").open("ab")
        self._process = subprocess.Popen(
            [*command, "-f", "-C", str(self.folder / "etc" / "asterisk.conf")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it as a restart of the machine does."""
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            self._process = None

    @property
    def sip(self) -> str:
        """Where SIP is spoken."""
        return f"127.0.0.1:{self.settings.sip.port}"

    @property
    def websocket(self) -> str:
        """Where browsers speak SIP."""
        return f"wss://127.0.0.1:{self.settings.sip.websocket_port}/ws"

    @property
    def log(self) -> str:
        """What it said."""
        return (self.folder / "log.txt").read_text(errors="replace")


@pytest.fixture
def asterisk(asterisk_server: Asterisk) -> Asterisk:
    """A running Asterisk.

    Version 22 can die of its own fault when the websocket that it dialled breaks while it has something to tell
    (`res_http_websocket.so`): as whoever runs it does, it is started again then.
    """
    if not asterisk_server.running:
        asterisk_server.start()
    return asterisk_server


@pytest.fixture(scope="session")
def asterisk_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asterisk]:
    """The one server of all tests. Without the telephones it skips, or fails when ``CI=true``."""
    if not telephones.there(TOOLS):
        reason = "no Asterisk (./peyk test fetches it)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    server = make(telephones.folder(TOOLS), tmp_path_factory.mktemp("asterisk"))
    server.start()
    try:
        yield server
    finally:
        server.stop()


def make(root: Path, folder: Path) -> Asterisk:
    """Files for a server on ports of its own."""
    gateway, first = free_port(), free_rtp()
    key, signed = certificate(folder)
    settings = GatewaySettings(
        hub="http://127.0.0.1:9",
        secret=SECRET,
        key=KEY,
        listen="127.0.0.1",
        port=gateway,
        public=f"http://127.0.0.1:{gateway}",
        asterisk=f"http://127.0.0.1:{free_port()}",
        password="the-password-of-asterisk",
        sounds=folder / "sounds",
        state=folder / "state",
        sip=Sip(
            bind="127.0.0.1",
            port=free_port(),
            websocket_port=free_port(),
            certificate=str(signed),
            key=str(key),
            trunk_host="127.0.0.1",
            extensions={name: f"secret-{name}" for name in EXTENSIONS},
            rtp=(first, first + 998),
        ),
    )
    spool, data = folder / "spool", root / "usr/share/asterisk"
    for part in ("run", "log", "var/keys", "spool/recording", "spool/tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "var" / "documentation").symlink_to(data / "documentation")
    places = config_files.Places(
        modules=str(telephones.libraries(root) / "asterisk" / "modules"),
        data=str(data),
        var=str(folder / "var"),
        spool=str(spool),
        run=str(folder / "run"),
        log=str(folder / "log"),
    )
    config_files.write(folder / "etc", settings, places)
    return Asterisk(root, folder, settings)


def free_rtp() -> int:
    """The first of a thousand ports for sound, below those that the system gives to others."""
    return 10_000 + os.getpid() % 20 * 1_000


async def reachable(port: int) -> None:
    """Wait until somebody listens there."""
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
