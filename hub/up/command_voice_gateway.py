"""`peyk voice-gateway`: a plain Asterisk's side of the telephone; `config DIR` writes what that Asterisk reads."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from channels.voice.asterisk.settings import GatewaySettings

FILE = Path("var/voice-gateway.toml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where the settings are, and what is to be written."""
    parser.add_argument("--settings", type=Path, default=FILE, metavar="FILE", help=f"the settings ({FILE})")
    commands = parser.add_subparsers(dest="action", metavar="config DIR")
    config = commands.add_parser("config", help="write Asterisk's files (and settings, if there are none)")
    config.add_argument("folder", type=Path, metavar="DIR", help="Asterisk's configuration folder")


def main(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM, or write the files; 2 where the settings cannot be used."""
    from channels.voice.asterisk import settings as gateway_settings  # noqa: PLC0415 (`--help` must be quick)

    try:
        if arguments.action == "config":
            gateway_settings.first_settings(arguments.settings)
        settings = gateway_settings.read_settings(arguments.settings)
    except gateway_settings.GatewaySettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.action == "config":
        return _write(arguments.folder, settings)
    from hub.telemetry import set_up_logging  # noqa: PLC0415 (as above)

    set_up_logging()
    asyncio.run(_serve(settings))
    return 0


def _write(folder: Path, settings: GatewaySettings) -> int:
    from channels.voice.asterisk import config_files  # noqa: PLC0415 (as above)

    for path in config_files.write(folder, settings):
        print(path)
    return 0


async def _serve(settings: GatewaySettings) -> None:
    from channels.voice.asterisk.gateway import gateway  # noqa: PLC0415 (as above)

    over = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, over.set)
    async with gateway(settings):
        await over.wait()
