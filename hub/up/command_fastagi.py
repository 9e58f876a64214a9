"""`peyk fastagi`: an old Asterisk (Issabel, Elastix, FreePBX) asks by `AGI(agi://...)` which way a call goes."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys

VARIABLE = "FASTAGI_PASSWORD"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare whom it asks, and whom it answers."""
    parser.add_argument("--hub", default="http://127.0.0.1:8080", metavar="URL", help="the hub (%(default)s)")
    parser.add_argument("--user", default="peyk", help=f"user of the inbox (%(default)s); its password: {VARIABLE}")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    parser.add_argument("--port", type=int, default=4573, help="(%(default)s)")
    parser.add_argument(
        "--network", action="append", metavar="CIDR", help="from where it may be asked (127.0.0.0/8); may be repeated"
    )


def main(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM; 2 without the password."""
    password = os.environ.get(VARIABLE, "")
    if not password:
        print(f"Set {VARIABLE} to the password of the inbox.", file=sys.stderr)
        return 2
    asyncio.run(_serve(arguments, password))
    return 0


async def _serve(arguments: argparse.Namespace, password: str) -> None:
    from channels.voice.simotel.fastagi import listening  # noqa: PLC0415 (`--help` must be quick)

    over = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, over.set)
    networks = tuple(arguments.network or ("127.0.0.0/8",))
    async with listening(
        arguments.hub, arguments.user, password, host=arguments.host, port=arguments.port, networks=networks
    ) as port:
        print(f"Asterisks are answered at {arguments.host}:{port}.", flush=True)
        await over.wait()
