"""A real Asterisk 22 for the tests, set up by `peyk voice-gateway config`, and telephones (baresip) that call it.

One Asterisk runs for the session, on loopback ports of its own; every test brings its own gateway, which it dials.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from channels.voice.asterisk import config_files
from channels.voice.asterisk.gateway import Gateway
from channels.voice.asterisk.settings import GatewaySettings, Sip
from hub.up import telephones
from tests.certificate import certificate
from tests.ports import SOUND, block, free_port

TOOLS = Path(__file__).parents[1] / "var" / "tools"
SECRET = "the-webhook-secret-of-the-tests"
KEY = "the-bearer-key-of-the-tests"
EXTENSIONS = ("101", "102", "103")


@dataclass
class Asterisk:
    """The server: `settings` are the gateway's that it dials, `folder` has its files.

    Version 22 can die of its own fault when the websocket that it dialled breaks while it has something to tell
    (`res_http_websocket.so`). As whoever runs it does, it is started again then; `deaths` counts that.
    """

    root: Path
    folder: Path
    settings: GatewaySettings
    deaths: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Run it; that it is up is seen by its dialling the gateway."""
        command = telephones.command(self.root, "usr/sbin/asterisk")
        with (self.folder / "log.txt").open("ab") as log:
            process = self._process = subprocess.Popen(
                [*command, "-f", "-C", str(self.folder / "etc" / "asterisk.conf")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        threading.Thread(target=self._mind, args=(process,), daemon=True).start()

    def _mind(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        with self._turn:
            if self._process is process:
                self.deaths += 1
                self.start()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it as a restart of the machine does."""
        with self._turn:
            process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)

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


@pytest.fixture(scope="session")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asterisk]:
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
        if server.deaths:
            warnings.warn(f"Asterisk died {server.deaths} times by itself and was started again", stacklevel=1)


async def dialled(server: Asterisk, gateway: Gateway) -> None:
    """Wait until Asterisk is connected to a gateway."""
    try:
        async with asyncio.timeout(30):
            while gateway.exchange is None:
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"Asterisk has not dialled the gateway (it died {server.deaths} times):\n{server.log[-3_000:]}")


async def hung_up(gateway: Gateway) -> None:
    """End every call, and wait until Asterisk has nothing more to tell of them."""
    exchange = gateway.exchange
    if exchange is None:
        return
    for leg in list(exchange.legs.values()):
        await leg.hang_up()
    async with asyncio.timeout(10):
        while gateway.exchange is exchange and exchange.legs:
            await asyncio.sleep(0.02)


def make(root: Path, folder: Path) -> Asterisk:
    """Files for a server on ports of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    # Asterisk dials the gateway again and again while none is there. Who got that port meanwhile and answered nothing
    # would be waited for without end.
    first = block()
    gateway = first + SOUND - 1
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
            rtp=(first, gateway - 1),
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
