"""`peyk simulate routing`: a contact centre's days in virtual time, with the routing that serves real customers."""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from pathlib import Path

import structlog
import uvloop

from hub.cli import settings_or_exit
from hub.simulation.plan import world
from hub.simulation.run import simulate
from hub.store.database import connect
from hub.store.embedded import private_mongod


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command: routing."""
    what = parser.add_subparsers(dest="what", required=True, metavar="what")
    routing = what.add_parser("routing", help="customers, lines, agents, offers, and checks after every event")
    routing.add_argument("--arrivals", type=_positive, default=10_000)
    routing.add_argument("--agents", type=_positive, default=40)
    routing.add_argument("--queues", type=_positive, default=5)
    routing.add_argument("--seed", type=int, default=7)
    routing.add_argument(
        "--profile",
        choices=("mixed", "mmc", "mmca"),
        default="mixed",
        help="mixed: a working day; mmc, mmca: what Erlang C and A have formulas for (try --agents 14)",
    )
    routing.add_argument("--json", action="store_true", help="print nothing but the last line")


def main(arguments: argparse.Namespace) -> int:
    """Run it; 0 when nobody was stranded and no check failed, else 1."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if not arguments.json:
        print(f"{arguments.arrivals} customers, {arguments.agents} agents, seed {arguments.seed} ...", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="peyk-simulation-") as folder,
        private_mongod(Path(folder), settings_or_exit().tools_dir) as server,
    ):
        found = uvloop.run(_run(server.uri, arguments))
    print(json.dumps(found, ensure_ascii=False, allow_nan=False))
    return 1 if found["violations"] or found["stranded"] else 0


async def _run(uri: str, arguments: argparse.Namespace) -> dict[str, object]:
    plan = world(arguments.profile, agents=arguments.agents, queues=arguments.queues, seed=arguments.seed)
    async with connect(uri, "simulation", throwaway=True) as database:
        return await simulate(database, plan, arrivals=arguments.arrivals, seed=arguments.seed)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a number from 1 on")
    return number
