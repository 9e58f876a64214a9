"""`peyk serve`: the hub alone, as a process manager or `peyk up` runs it."""

from __future__ import annotations

import argparse
import sys

from hub.cli import settings_or_exit
from hub.processes import allow_open_files


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything is set through PEYK_* variables; only the port is handy on the command line."""
    parser.add_argument("--port", type=int, help="port of the hub (PEYK_PORT)")


def main(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM; returns when drained."""
    settings = settings_or_exit(port=arguments.port)
    if settings.mongodb_uri is None:
        print(
            "PEYK_MONGODB_URI is not set. `./peyk up` starts a private database; `serve` needs one to be there.",
            file=sys.stderr,
        )
        return 2
    from hub.serving import serve  # noqa: PLC0415 (only once the settings are good)

    allow_open_files()
    serve(settings)
    return 0
