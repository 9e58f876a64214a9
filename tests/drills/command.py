"""`peyk drill`: break it on purpose and see that nothing is lost. Each drill ends with one line of JSON."""

from __future__ import annotations

import argparse
import json
import resource
import secrets
import subprocess
import sys

import uvloop

DRILLS = ("kill", "drain", "faults", "reconnect")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command per drill."""
    drills = parser.add_subparsers(dest="drill", required=True, metavar="drill")
    kill = drills.add_parser("kill", help="the hub is killed again and again, then its database is stopped")
    drain = drills.add_parser("drain", help="the hub is told to stop under load, again and again (F02)")
    every = drills.add_parser("all", help="every drill, the long reconnect storm, and the fault cases of the tests")
    for each in (kill, drain, every):
        each.add_argument("--seconds", type=float, default=60.0)
        each.add_argument("--seed", type=int, help="repeats the same random moments; chosen and printed when not given")
        each.add_argument("--customers", type=int, default=24)
    for each in (kill, drain, every):
        each.add_argument("--json", action="store_true", help="no progress, only the last line")


def main(arguments: argparse.Namespace) -> int:
    """Run; 0 only when nothing was lost, doubled or reordered."""
    from tests.drills.drain import drain  # noqa: PLC0415 (`--help` must be quick)
    from tests.drills.kill import kill, tell  # noqa: PLC0415

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    say = (lambda line: None) if arguments.json else tell
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(1_000_000)
    if arguments.drill == "all":
        return _all(arguments.seconds, seed)
    drill = kill if arguments.drill == "kill" else drain
    found = uvloop.run(drill(arguments.seconds, seed=seed, customers=arguments.customers, say=say))
    print(json.dumps(found), flush=True)
    return 0 if found["good"] else 1


def _all(seconds: float, seed: int) -> int:
    """Each in a process of its own, so that none inherits the memory or the sockets of another."""
    peyk = [sys.executable, "-m", "hub.cli"]
    runs = {
        "kill": [*peyk, "drill", "kill", "--seconds", str(seconds), "--seed", str(seed), "--json"],
        "drain": [*peyk, "drill", "drain", "--seconds", str(seconds / 2), "--seed", str(seed), "--json"],
        "reconnect": [*peyk, "bench", "reconnect", "--sockets", "5000", "--kill"],
        "stalled": [*peyk, "bench", "stalled"],
        "faults": [sys.executable, "-m", "pytest", "tests/faults", "-q"],
    }
    results = {name: subprocess.run(command, check=False).returncode == 0 for name, command in runs.items()}
    print(json.dumps({"drill": "all", "seed": seed, **results, "good": all(results.values())}), flush=True)
    return 0 if all(results.values()) else 1
