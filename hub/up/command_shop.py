"""`peyk shop`: the demo shop alone, as `peyk up` runs it."""

from __future__ import annotations

import argparse

from hub.cli import settings_or_exit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything is set through PEYK_* variables; only the port is handy on the command line."""
    parser.add_argument("--shop-port", type=int, help="port of the shop (PEYK_SHOP_PORT)")


def main(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM."""
    settings = settings_or_exit(shop_port=arguments.shop_port)
    from hub.demo.shop import run  # noqa: PLC0415 (`--help` must be quick)

    run(host=settings.host, port=settings.shop_port, hub_url=settings.base_url)
    return 0
