"""`peyk up`: everything, on one machine."""

from __future__ import annotations

import argparse
import asyncio
import sys

from hub.cli import settings_or_exit
from hub.up.orchestrator import UpOptions, up
from hub.up.progress import Progress

NOT_OURS = (
    "--reset empties the private database only, and PEYK_MONGODB_URI names another one. "
    "Drop that one's database by hand, or leave PEYK_MONGODB_URI out."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; everything else is a PEYK_* variable."""
    parser.add_argument("--port", type=int, help="port of the hub (PEYK_PORT, 8080)")
    parser.add_argument("--shop-port", type=int, help="port of the demo shop (PEYK_SHOP_PORT, 8081)")
    parser.add_argument("--no-bot", action="store_true", help="people only: no bot is installed, trained or started")
    parser.add_argument("--no-build", action="store_true", help="leave the browser parts as they are")
    parser.add_argument("--reset", action="store_true", help="delete all conversations and accounts first (asks)")
    parser.add_argument("--yes", action="store_true", help="with --reset: do not ask")


def main(arguments: argparse.Namespace) -> int:
    """Run until Ctrl-C; status 1 if it could not start."""
    settings = settings_or_exit(
        port=arguments.port, shop_port=arguments.shop_port, bot_enabled=False if arguments.no_bot else None
    )
    if arguments.reset and settings.mongodb_uri is not None:
        # Only what `up` itself made is its to delete.
        print(f"{NOT_OURS}\nNothing was deleted.", file=sys.stderr)
        return 1
    if arguments.reset and not (arguments.yes or _confirmed(f"{settings.var_dir.resolve() / 'mongo'}")):
        print("Nothing was deleted.", file=sys.stderr)
        return 1
    options = UpOptions(build=not arguments.no_build, reset=arguments.reset)
    try:
        asyncio.run(up(settings, options, Progress()))
    except (RuntimeError, ValueError) as error:  # the sentences of UpError, ServiceError, MongodError, ToolError, ...
        print(f"\n{error}\n\n`./peyk doctor` looks for causes.", file=sys.stderr)
        return 1
    return 0


def _confirmed(what: str) -> bool:
    print(f"This deletes every conversation, account and setting in {what}. There is no way back.", file=sys.stderr)
    try:
        return input("Type yes to go on: ").strip().lower() == "yes"
    except EOFError:
        return False
