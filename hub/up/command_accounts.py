"""`peyk accounts`: print the demo accounts again."""

from __future__ import annotations

import argparse
import sys

from hub.cli import settings_or_exit
from hub.up.accounts import accounts_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There is nothing to choose."""


def main(arguments: argparse.Namespace) -> int:
    """Print them; status 1 if there are none yet."""
    path = settings_or_exit().accounts_file
    try:
        print(accounts_table(path))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if path.exists() else 1
