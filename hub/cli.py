"""The `peyk` command. Every sub-command's code is imported only when it is asked for, so that `--help` is quick."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from hub.settings import Settings


class CommandModule(Protocol):
    """What a sub-command's module offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare its options and, with ``parser.add_subparsers``, commands of its own."""

    def main(self, arguments: argparse.Namespace) -> int:
        """Do it; return the exit status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One line of the table below.

    Attributes:
        module: A ``CommandModule``, imported when the command is asked for.
        help: One line for `peyk --help`.
        raw: Hand everything after the command over unread, as ``arguments.words``.
    """

    module: str
    help: str
    raw: bool = False


COMMANDS: dict[str, Command] = {
    "up": Command(module="hub.up.command_up", help="install, build and start everything; Ctrl-C stops it"),
    "accounts": Command(module="hub.up.command_accounts", help="print the demo accounts"),
    "doctor": Command(module="hub.up.command_doctor", help="say what is wrong on this machine"),
    "test": Command(module="hub.up.command_test", help="install what the tests need and run them", raw=True),
    "check": Command(module="hub.up.command_check", help="style, types, import rules, bundle sizes"),
    "serve": Command(module="hub.up.command_serve", help="run the hub alone (PEYK_MONGODB_URI must be set)"),
    "shop": Command(module="hub.up.command_shop", help="run the demo shop alone"),
    "voice-gateway": Command(
        module="hub.up.command_voice_gateway", help="connect a plain Asterisk; `config DIR` writes its configuration"
    ),
    "fastagi": Command(module="hub.up.command_fastagi", help="let an old Asterisk ask by AGI which way a call goes"),
    "bench": Command(module="tests.bench.command", help="measure how fast it is"),
    "drill": Command(module="tests.drills.command", help="break it on purpose and see that nothing is lost"),
    "bot": Command(module="hub.up.command_bot", help="train and judge the bot, export and import what it knows"),
    "trainer": Command(module="hub.up.command_trainer", help="train what the studio's admins ask for"),
    "screens": Command(module="tests.browser.screens", help="take the screenshots that stand in docs/"),
    "simulate": Command(module="hub.up.command_simulate", help="try the routing in virtual time, with checks"),
    "mail": Command(module="hub.up.command_mail", help="take mails apart, without a hub"),
    "api-docs": Command(module="hub.web.apidocs", help="write docs/api from the protocol's types"),
}
"""Register a new sub-command here: one line, and a module with ``add_arguments`` and ``main``."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status (2: it was misused or misconfigured, 130: interrupted)."""
    words = list(sys.argv[1:] if argv is None else argv)
    name = next((word for word in words if not word.startswith("-")), None)
    rest: list[str] = []
    if name in COMMANDS and COMMANDS[name].raw:
        rest = words[words.index(name) + 1 :]
        del words[words.index(name) + 1 :]
    arguments = _parser(name).parse_args(words)
    arguments.words = rest
    try:
        return cast("int", arguments.run(arguments))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (`| head`) is gone: nothing is left to be said, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def settings_or_exit(**given: object) -> Settings:
    """Read the settings; on a bad one print the sentence and exit with status 2. None values count as not given."""
    from hub.settings import SettingsError, load_settings  # noqa: PLC0415 (`--help` must be quick)

    try:
        return load_settings(**{name: value for name, value in given.items() if value is not None})
    except SettingsError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


def _parser(name: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="peyk", description="Peyk: one inbox for every channel, a bot first, people behind it."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for each, command in COMMANDS.items():
        sub = commands.add_parser(each, help=command.help, description=command.help[0].upper() + command.help[1:] + ".")
        if each == name:
            module = cast("CommandModule", importlib.import_module(command.module))
            module.add_arguments(sub)
            sub.set_defaults(run=module.main)
    return parser


if __name__ == "__main__":
    sys.exit(main())
