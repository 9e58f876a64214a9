"""HTTP to addresses that somebody else names: callbacks, and files that lie elsewhere.

Such an address must not lead into our own network (server-side request forgery). So: https unless the admin allows the
own network; no user names, no odd ports; every address that a name resolves to is checked, and what was checked is
what is connected to, for the name is resolved once; the address of each socket is checked again when it is made.
Redirects are followed only when asked, by hand, each checked like the first; proxies of the environment and cookies are
not used, answers are read to a limit.
"""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from channels.contract import ChannelError

LONGEST_URL = 2_000
FIRST_BYTES = 65_536
"""So much of the answer to a POST is read."""
_PIECE = 65_536
_CONNECT_SECONDS = 10.0
_SILENT_SECONDS = 30.0
_MOVED = frozenset({301, 302, 303, 307, 308})

Reach = Literal["public", "private", "never"]

_PRIVATE = tuple(
    ip_network(one)
    for one in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
_NEVER = tuple(
    ip_network(one)
    for one in (
        # IANA's special-purpose registries (RFC 6890), and where clouds keep the keys of their machines.
        *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
        *("192.88.99.0/24", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
        *("100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::/32", "fd20:ce::/32"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)
_GLOBAL = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_BAD_PORTS = frozenset(
    # The Fetch standard's bad ports from 1024 on, and what databases, caches and machines' own daemons listen on.
    {1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5984, 6000, 6379}
    | {6566, *range(6665, 6670), 6679, 6697, 9042, 9200, 9300, 10080, 10250, 11211, *range(27017, 27020)}
)


class OutgoingError(Exception):
    """Nothing came back.

    `code`: refused_address (by us), unreachable, timeout. `uncertain`: the request had gone out, so that it may have
    been carried out.
    """

    def __init__(self, code: str, text: str, *, uncertain: bool = False) -> None:
        """Say what happened, without the address."""
        super().__init__(text)
        self.code = code
        self.text = text
        self.uncertain = uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: headers (names in lower case), and the first 64 KiB of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def reach(address: str) -> Reach:
    """Where an IP address lies; "never" also for what is no address.

    IPv6 addresses that carry an IPv4 address (mapped, NAT64) lie where that one does; 6to4 and Teredo are history.
    """
    try:
        ip: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return "never"
    if isinstance(ip, IPv6Address):
        if ip.scope_id is not None:
            return "never"
        if ip.ipv4_mapped is not None or ip in _NAT64:
            ip = IPv4Address(int(ip) & 0xFFFF_FFFF)
    if any(ip in network for network in _NEVER):
        return "never"
    if any(ip in network for network in _PRIVATE):
        return "private"
    return "public" if ip.version == 4 or ip in _GLOBAL else "never"


def checked_url(url: str, *, private: bool = False) -> URL:
    """An address that may be called, as far as can be told before its name is resolved.

    Raises:
        OutgoingError: `refused_address`, and why.
    """
    parsed = _parsed(url)
    port = parsed.port
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url or not parsed.host:
        raise _refused("This is not a web address.")
    if parsed.scheme != "https" and not (private and parsed.scheme == "http"):
        raise _refused("The address must begin with https://.")
    if parsed.user is not None or parsed.password is not None:
        raise _refused("The address must not hold a user name or a password.")
    if port not in {80, 443} and (port is None or port < 1024 or port in _BAD_PORTS):
        raise _refused("This port is not for the web.")
    if _is_literal(parsed.host):
        _check(parsed.host, private=private)
    return parsed


class Outgoing:
    """Calls what may be called. `private` also reaches the own network, and takes http.

    There is no state between calls: a connection that is kept would outlive what was checked.
    """

    def __init__(self, *, private: bool = False, resolver: AbstractResolver | None = None) -> None:
        """Resolve names with `resolver`; with the system's when there is none."""
        self._private = private
        self._resolver = resolver

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
        """Send a body; whatever the status, that is an answer. One that breaks off counts by its status.

        Raises:
            OutgoingError: `refused_address`, `unreachable` or `timeout`.
        """
        async with self._called("POST", url, headers, body=body, seconds=seconds) as response:
            return Answer(
                status=response.status,
                headers={name.lower(): value for name, value in response.headers.items()},
                body=await _beginning(response),
            )

    async def stream(
        self,
        url: str,
        *,
        most: int,
        seconds: float,
        headers: Mapping[str, str] | None = None,
        trusted: str = "",
        redirects: int = 0,
        body: bytes | None = None,
    ) -> AsyncIterator[bytes]:
        """The bytes of a file at an address, at most `most` of them; nothing is asked before the first is wanted.

        It is asked for by GET, or, where there is a `body`, by POST.

        `headers` (a token) go only to the origin that was asked first. What lies at the origin of `trusted`, the
        address that an admin set for a provider, may be in the own network. So many `redirects` are followed.

        Raises:
            ChannelError: `bad_url` (must not be called), `not_found`, `too_large`, `unavailable` (try again).
        """
        place, method = url, "GET" if body is None else "POST"
        try:
            for _ in range(redirects + 1):
                sent = headers if headers and _origin(place) == _origin(url) else {}
                client = Outgoing(private=True) if trusted and _origin(place) == _origin(trusted) else self
                async with client._called(method, place, sent, body=body, seconds=seconds) as response:
                    if not redirects or response.status not in _MOVED:
                        _check_answer(response, most)
                        size = 0
                        async for chunk in response.content.iter_chunked(_PIECE):
                            size += len(chunk)
                            if size > most:
                                raise _too_large(most)
                            yield chunk
                        return
                    place = _joined(place, response.headers.get("Location", ""))
        except OutgoingError as error:
            if error.code == "refused_address":
                raise ChannelError("bad_url", error.text) from error
            raise ChannelError("unavailable", error.text, status=503, retryable=True) from error
        raise ChannelError("bad_url", "There are too many redirects.")

    @asynccontextmanager
    async def _called(
        self, method: str, url: str, headers: Mapping[str, str], *, body: bytes | None, seconds: float
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        target = checked_url(url, private=self._private)
        gone_out = _GoneOut()
        connector = aiohttp.TCPConnector(
            resolver=_Guarded(self._resolver or aiohttp.ThreadedResolver(), private=self._private),
            socket_factory=self._socket,
            use_dns_cache=False,
            force_close=True,
        )
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    timeout=aiohttp.ClientTimeout(
                        total=seconds, sock_connect=_CONNECT_SECONDS, sock_read=_SILENT_SECONDS
                    ),
                    trace_configs=[gone_out.trace()],
                    auto_decompress=False,  # a few kilobytes can unpack to gigabytes
                    trust_env=False,
                ) as session,
                session.request(
                    method,
                    target,
                    data=body,
                    headers={"Accept-Encoding": "identity", "User-Agent": "Peyk", **headers},
                    allow_redirects=False,
                ) as response,
            ):
                yield response
        except TimeoutError as error:
            raise OutgoingError("timeout", "The other side did not answer in time.", uncertain=gone_out.yes) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise OutgoingError("unreachable", _why(error), uncertain=gone_out.yes) from error

    def _socket(self, address: "aiohttp.AddrInfoType") -> socket.socket:
        """The last net: whatever led here, this is the address that will be connected to."""
        family, kind, protocol, _, place = address
        _check(str(place[0]), private=self._private)
        return socket.socket(family, kind, protocol)


class _Guarded(AbstractResolver):
    """A resolver that refuses a name when any of its addresses is out of bounds."""

    def __init__(self, inner: AbstractResolver, *, private: bool) -> None:
        self._inner = inner
        self._private = private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for one in found:
            _check(one["host"], private=self._private)
        return found

    async def close(self) -> None:
        """The inner one is its maker's."""


class _GoneOut:
    """Whether the request has left."""

    yes = False

    def trace(self) -> aiohttp.TraceConfig:
        trace = aiohttp.TraceConfig()

        async def sent(*_: object) -> None:
            self.yes = True

        trace.on_request_headers_sent.append(sent)
        return trace


def _check(address: str, *, private: bool) -> None:
    where = reach(address)
    if where != "public" and not (private and where == "private"):
        raise _refused("The address leads into a network that must not be reached from here.")


def _is_literal(host: str) -> bool:
    """Whether a host is taken for an IP address, also in the forms that only C libraries read (2130706433, 127.1)."""
    return ":" in host or host.replace(".", "").isdigit()


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parsed = _parsed(url)
    return parsed.scheme, parsed.host, parsed.port


def _joined(place: str, target: str) -> str:
    return str(_parsed(place).join(_parsed(target)))


def _parsed(url: str) -> URL:
    try:
        return URL(url)
    except ValueError as error:
        raise _refused("This is not a web address.") from error


def _check_answer(response: aiohttp.ClientResponse, most: int) -> None:
    """Raises ChannelError unless a file comes."""
    status = response.status
    text = f"The other side answered with {status}."
    if status in {408, 425, 429} or status >= 500:
        raise ChannelError("unavailable", text, status=503, retryable=True)
    if status != 200:
        raise ChannelError("not_found", text, status=404)
    if (response.content_length or 0) > most:
        raise _too_large(most)


def _too_large(most: int) -> ChannelError:
    return ChannelError("too_large", f"The file has more than {most} bytes.", status=413)


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    kept = bytearray()
    try:
        async for chunk in response.content.iter_any():
            kept += chunk
            if len(kept) >= FIRST_BYTES:
                break
    except (TimeoutError, aiohttp.ClientError):
        return bytes(kept)
    return bytes(kept[:FIRST_BYTES])


def _refused(text: str) -> OutgoingError:
    return OutgoingError("refused_address", text)


def _why(error: Exception) -> str:
    """In words that hold neither the address nor what was sent."""
    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return "The other side's certificate is not good."
        case aiohttp.ClientConnectorDNSError():
            return "There is no such name."
        case aiohttp.ClientConnectorError():
            return "The other side cannot be reached."
        case _:
            return "The connection broke."
