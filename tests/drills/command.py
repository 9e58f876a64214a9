"""`peyk drill`: break it on purpose and see that nothing is lost. Each drill ends with one line of JSON."""

from __future__ import annotations

import argparse
import json
import os
import resource
import secrets
import subprocess
import sys

import uvloop

_MAIL = "tests/channels/email/test_imap.py", "tests/channels/email/test_outbound.py"
_TELEGRAM = "tests/channels/telegram/test_telegram_inbound.py", "tests/channels/telegram/test_telegram_outbound.py"
CASES = {
    "faults": ["tests/faults", "tests/bot/test_guarded.py", *_MAIL, *_TELEGRAM],
    "attacks": [
        "tests/attacks",
        "tests/browser/test_hostile_words.py",
        "tests/channels/api/test_api_inbound.py",
        "tests/channels/email",
        "tests/channels/test_outgoing.py",
        "tests/contracts/test_channels.py",
        "tests/hub/test_foreign_intake.py",
        "tests/web/test_inboxes.py",
    ],
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command per drill."""
    drills = parser.add_subparsers(dest="drill", required=True, metavar="drill")
    kill = drills.add_parser("kill", help="the hub is killed again and again, then its database is stopped")
    drain = drills.add_parser("drain", help="the hub is told to stop under load, again and again (F02)")
    channels = drills.add_parser(
        "channels", help="the hub is killed between webhooks that come twice and failing callbacks"
    )
    routes = drills.add_parser("routing", help="four routing processes at once, two of them killed again and again")
    drills.add_parser("faults", help="the fault cases of the tests (F)")
    drills.add_parser("attacks", help="the attack cases of the tests (A W B I C U S D L)")
    every = drills.add_parser("all", help="every drill, the long reconnect storm, the fault and the attack cases")
    for each in (kill, drain, channels, every):
        each.add_argument("--seconds", type=float, default=60.0)
        each.add_argument("--seed", type=int, help="repeats the same random moments; chosen and printed when not given")
        each.add_argument("--customers", type=int, default=24)
    routes.add_argument("--seconds", type=float, default=40.0)
    routes.add_argument("--seed", type=int, help="repeats the same random moments")
    for each in (kill, drain, channels, routes, every):
        each.add_argument("--json", action="store_true", help="no progress, only the last line")


def main(arguments: argparse.Namespace) -> int:
    """Run; 0 only when nothing was lost, doubled or reordered, and every case held."""
    if arguments.drill in CASES:
        return _cases(arguments.drill)
    from tests.drills.channels import channels  # noqa: PLC0415 (`--help` must be quick)
    from tests.drills.drain import drain  # noqa: PLC0415 (`--help` must be quick)
    from tests.drills.kill import kill, tell  # noqa: PLC0415
    from tests.drills.routing import routing  # noqa: PLC0415

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    say = (lambda line: None) if arguments.json else tell
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(1_000_000)
    if arguments.drill == "all":
        return _all(arguments.seconds, seed)
    if arguments.drill == "routing":
        found = uvloop.run(routing(arguments.seconds, seed=seed, say=say))
        print(json.dumps(found), flush=True)
        return 0 if found["good"] else 1
    drill = {"kill": kill, "drain": drain, "channels": channels}[arguments.drill]
    found = uvloop.run(drill(arguments.seconds, seed=seed, customers=arguments.customers, say=say))
    print(json.dumps(found), flush=True)
    return 0 if found["good"] else 1


def _cases(drill: str) -> int:
    """The cases of one part of the tests, all of them, as a build server runs them; the last line counts by number."""
    import pytest  # noqa: PLC0415 (`--help` must be quick)

    from tests.drills.tally import Tally  # noqa: PLC0415

    os.environ["CI"] = "true"
    tally = Tally()
    status = pytest.main([*CASES[drill], "-q", "-p", "no:cacheprovider"], plugins=[tally])
    found = {"drill": drill, **tally.as_dict(), "good": status == pytest.ExitCode.OK}
    print(json.dumps(found), flush=True)
    return 0 if found["good"] else 1


def _all(seconds: float, seed: int) -> int:
    """Each in a process of its own, so that none inherits the memory or the sockets of another."""
    peyk = [sys.executable, "-m", "hub.cli"]
    runs = {
        "kill": [*peyk, "drill", "kill", "--seconds", str(seconds), "--seed", str(seed), "--json"],
        "drain": [*peyk, "drill", "drain", "--seconds", str(seconds / 2), "--seed", str(seed), "--json"],
        "channels": [*peyk, "drill", "channels", "--seconds", str(seconds / 2), "--seed", str(seed), "--json"],
        "reconnect": [*peyk, "bench", "reconnect", "--sockets", "5000", "--kill"],
        "stalled": [*peyk, "bench", "stalled"],
        **{name: [*peyk, "drill", name] for name in CASES},
    }
    results = {name: subprocess.run(command, check=False).returncode == 0 for name, command in runs.items()}
    print(json.dumps({"drill": "all", "seed": seed, **results, "good": all(results.values())}), flush=True)
    return 0 if all(results.values()) else 1
