"""`peyk doctor`: what is wrong here, in words."""

from __future__ import annotations

import argparse

from hub.cli import settings_or_exit
from hub.up.doctor import examine, report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There is nothing to choose."""


def main(arguments: argparse.Namespace) -> int:
    """Examine and report; status 1 if something keeps Peyk from working."""
    text, status = report(examine(settings_or_exit()))
    print(text)
    return status
