"""FastAGI: an old box asks over a connection of its own which way a call goes out, and tells that it is over.

`AGI(agi://HOST/INBOX,${KEYS})` is answered with the channel's variable `WAY`, empty where the flow asks something
first; `AGI(agi://HOST/INBOX/end,${CDR(disposition)},${CDR(billsec)})` with nothing. The protocol, as Asterisk has it
since 1.2: lines `agi_name: value` up to an empty one, then commands, each answered with a line. It knows no password,
so it is only listened to from the networks that are named.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from urllib.parse import quote

import aiohttp
import structlog

from channels.voice.simotel.guard import within

log = structlog.get_logger(__name__)

PORT = 4573
MOST_LINES = 100
LONGEST_LINE = 1_000
READ_SECONDS = 2.0
ASK_SECONDS = 3.0
_ARGUMENTS: Mapping[str, tuple[str, ...]] = {"case": ("data",), "events/Cdr": ("disposition", "billsec")}


class FastAgi:
    """Asks a hub's routes of the dialect `simotel` (`api.py`) what Asterisk asks here."""

    def __init__(self, session: aiohttp.ClientSession, hub: str, user: str, password: str) -> None:
        """`hub` like https://desk.example; the user and password of the inbox."""
        self._session = session
        self._base = f"{hub.rstrip('/')}/channels/voice"
        self._headers = {"Authorization": aiohttp.encode_basic_auth(user, password, "utf-8")}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, networks: Sequence[str]) -> None:
        """One connection, to its end. Whatever goes wrong, the box goes on by its own dial plan."""
        remote = str((writer.get_extra_info("peername") or ("",))[0])
        try:
            if not within(remote, networks):
                log.warning("fastagi_stranger", remote=remote)
                return
            async with asyncio.timeout(READ_SECONDS):
                variables = await _variables(reader)
            way = await self._asked(variables)
            if way is not None:
                writer.write(f'SET VARIABLE WAY "{way}"\n'.encode())
                await writer.drain()
                async with asyncio.timeout(READ_SECONDS):
                    await reader.readline()  # "200 result=1"
        except (TimeoutError, ValueError, ConnectionError, aiohttp.ClientError) as error:
            log.warning("fastagi_failed", error=type(error).__name__)
        finally:
            writer.close()

    async def _asked(self, variables: Mapping[str, str]) -> str | None:
        """The way out; None for what only tells."""
        inbox, _, what = variables.get("agi_network_script", "").strip("/").partition("/")
        path = "events/Cdr" if what == "end" else "case"
        query = {
            "unique_id": variables.get("agi_uniqueid", ""),
            "src": _known(variables.get("agi_callerid", "")),
            "dst": _known(variables.get("agi_dnid", "")) or variables.get("agi_extension", ""),
            "app_name": "fastagi",
            **{name: variables.get(f"agi_arg_{n}", "") for n, name in enumerate(_ARGUMENTS[path], start=1)},
        }
        async with self._session.get(
            f"{self._base}/{quote(inbox, safe='')}/simotel/{path}",
            params=query,
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(ASK_SECONDS),
        ) as answer:
            if answer.status >= 400:
                log.warning("fastagi_refused", status=answer.status)
            if path != "case":
                return None
            way = (await answer.text()) if answer.ok else ""
            return way if way.isascii() and way.isalnum() else ""


@asynccontextmanager
async def listening(
    hub: str, user: str, password: str, *, host: str, port: int, networks: Sequence[str]
) -> AsyncIterator[int]:
    """Answer Asterisks at `host`; gives the port, which 0 leaves to the system."""
    async with aiohttp.ClientSession() as session:
        agi = FastAgi(session, hub, user, password)
        server = await asyncio.start_server(
            lambda reader, writer: agi.serve(reader, writer, networks), host, port, limit=LONGEST_LINE
        )
        async with server:
            yield server.sockets[0].getsockname()[1]


async def _variables(reader: asyncio.StreamReader) -> dict[str, str]:
    """What Asterisk says of the call. Raises `ValueError` where it says too much."""
    found: dict[str, str] = {}
    for _ in range(MOST_LINES):
        line = (await reader.readline()).decode("utf-8", "replace").strip()
        if not line:
            return found
        name, _, value = line.partition(":")
        found[name.strip()] = value.strip()
    raise ValueError("too many lines")


def _known(number: str) -> str:
    """Asterisk says "unknown" of hidden numbers."""
    return "" if number == "unknown" else number
