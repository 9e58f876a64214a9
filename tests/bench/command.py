"""`peyk bench`: how fast it is. Each bench runs a hub and a database of its own and ends with one line of JSON."""

from __future__ import annotations

import argparse
import resource
from collections.abc import Coroutine

import uvloop

from tests.bench.figures import last_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command per bench."""
    benches = parser.add_subparsers(dest="bench", required=True, metavar="bench")
    inbound = benches.add_parser("inbound", help="customer's send to agent's screen")
    inbound.add_argument("--conversations", type=_positive, default=64)
    inbound.add_argument("--seconds", type=_seconds, default=20.0)
    inbound.add_argument(
        "--rate", type=_seconds, help="messages a second, by the clock; without it: as many as it takes"
    )
    inbound.add_argument("--agents", type=_positive, default=2)
    idle = benches.add_parser("idle", help="memory of a hub with many quiet sockets")
    idle.add_argument("--sockets", type=_positive, default=5_000)
    stalled = benches.add_parser("stalled", help="does one desk that takes nothing slow down the others")
    stalled.add_argument("--rate", type=_seconds, default=300.0)
    stalled.add_argument("--seconds", type=_seconds, default=5.0, help="length of each of the eight phases")
    reconnect = benches.add_parser("reconnect", help="all sockets drop at once: until when are they back")
    reconnect.add_argument("--sockets", type=_positive, default=5_000)
    reconnect.add_argument("--kill", action="store_true", help="the hub is killed and started again, too")
    routing = benches.add_parser("routing", help="what a decision costs, and how soon an offer is on the screen")
    routing.add_argument("what", choices=("decisions", "offers"))
    routing.add_argument("--waiting", type=_positive, default=10_000, help="offers: so many in line")
    routing.add_argument("--rounds", type=_positive, default=200)
    bot = benches.add_parser("bot", help="does the bot answer as fast while a version is trained")
    bot.add_argument("--seconds", type=_seconds, default=20.0, help="length of the phase before the training")
    bot.add_argument("--rate", type=_seconds, default=5.0, help="questions a second")
    voice = benches.add_parser("voice", help="callers by sipp through a real Asterisk: what became of each")
    voice.add_argument("--rate", type=_seconds, default=5.0, help="calls a second")
    voice.add_argument("--seconds", type=_seconds, default=60.0)
    voice.add_argument("--agents", type=_positive, default=40)
    for each in (inbound, stalled, reconnect):
        each.add_argument("--first", action="store_true", help="run before everybody else's processes (root only)")
    for each in (inbound, idle, stalled, reconnect, routing, bot, voice):
        each.add_argument("--json", action="store_true", help="print nothing but the last line")


def main(arguments: argparse.Namespace) -> int:
    """Run a bench; 0 when it kept its promise (nothing lost, limits held), else 1."""
    _many_files()
    found = uvloop.run(_bench(arguments))
    last_line(found)
    promised = ("lost", "doubled", "reordered", "missed")
    return 1 if any(found.get(name) for name in promised) or found.get("good") is False else 0


def _bench(arguments: argparse.Namespace) -> Coroutine[None, None, dict[str, object]]:
    from tests.bench.bot import bot  # noqa: PLC0415
    from tests.bench.inbound import inbound  # noqa: PLC0415 (`--help` must be quick)
    from tests.bench.routing import routing as routing_bench  # noqa: PLC0415
    from tests.bench.sockets import idle, reconnect  # noqa: PLC0415
    from tests.bench.stalled import stalled  # noqa: PLC0415
    from tests.bench.voice import voice  # noqa: PLC0415

    match arguments.bench:
        case "inbound":
            return inbound(
                arguments.conversations, arguments.seconds, arguments.rate, arguments.agents, first=arguments.first
            )
        case "routing":
            return routing_bench(arguments.what, arguments.waiting, arguments.rounds)
        case "bot":
            return bot(arguments.seconds, arguments.rate)
        case "voice":
            return voice(arguments.rate, arguments.seconds, arguments.agents)
        case "idle":
            return idle(arguments.sockets)
        case "stalled":
            return stalled(arguments.rate, arguments.seconds, first=arguments.first)
        case _:
            return reconnect(arguments.sockets, kill=arguments.kill, first=arguments.first)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number


def _many_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
