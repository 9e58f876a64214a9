"""Reading from an address that somebody else named: only HTTPS, only public hosts, only so many bytes.

The guard stands where the connection is made: a name is looked up once, every address that it has must be public, and
the connection goes to what was checked. Redirects are followed by hand, and each is checked like the first.
"""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from channels.contract import ChannelError

CHUNK = 64 * 1024
REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_TIMEOUT = aiohttp.ClientTimeout(total=300, connect=10, sock_read=30)
_CARRIERS = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("2002::/16"))
"""Ranges that lead to an IPv4 address which they hold (RFC 6052, RFC 8215, RFC 3056)."""


_AZURE = IPv4Address("168.63.129.16")
"""A global address that leads to the host of a virtual machine there."""


class NotPublicError(OSError):
    """A name leads to an address that is not public."""


def public(address: str) -> bool:
    """Whether an IP address is one of the open internet's."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found.teredo is not None or any(found in one for one in _CARRIERS):
            return False
    return found.is_global and not found.is_multicast and found != _AZURE


class PublicResolver(AbstractResolver):
    """Looks names up and refuses those of which any address is not public."""

    def __init__(self) -> None:
        """Use the system's resolver."""
        self._system = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises `NotPublicError`."""
        found = await self._system.resolve(host, port, family)
        if not all(public(one["host"]) for one in found):
            raise NotPublicError("not a public address")
        return found

    async def close(self) -> None:
        """Nothing is open."""
        await self._system.close()


async def download(
    url: str, *, most: int, trusted: str = "", headers: Mapping[str, str] | None = None
) -> AsyncIterator[bytes]:
    """The bytes behind an address, at most `most` of them; nothing is asked before the first is wanted.

    `trusted` is the base address that an admin set for the provider: what lies at the same origin may be read whatever
    it is. `headers` (a token) go only to the origin that was asked first.

    Raises:
        ChannelError: `refused` (not a public HTTPS address), `not_found`, `too_large`, `unreachable` (try again).
    """
    base = _url(trusted) if trusted else None
    first = place = _url(url)
    for _ in range(REDIRECTS + 1):
        sent = headers if headers and _same_origin(place, first) else {}
        async with _asked(place, sent, guarded=base is None or not _same_origin(place, base)) as response:
            if response.status not in _MOVED:
                _check_answer(response, most)
                count = 0
                async for chunk in response.content.iter_chunked(CHUNK):
                    count += len(chunk)
                    if count > most:
                        raise _too_large(most)
                    yield chunk
                return
            target = response.headers.get("Location", "")
        place = place.join(_url(target))
    raise _refused("too many redirects")


@asynccontextmanager
async def _asked(url: URL, headers: Mapping[str, str], *, guarded: bool) -> AsyncIterator[aiohttp.ClientResponse]:
    if guarded:
        _check(url)
    connector = aiohttp.TCPConnector(force_close=True, resolver=PublicResolver() if guarded else None)
    sent = {"Accept-Encoding": "identity", **headers}  # a few kilobytes can unpack to gigabytes
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT, auto_decompress=False) as session,
            session.get(url, headers=sent, allow_redirects=False) as response,
        ):
            yield response
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, NotPublicError):
            raise _refused("not a public address") from error
        raise _unreachable(error) from error
    except (aiohttp.ClientError, OSError) as error:  # time-outs are among the latter
        raise _unreachable(error) from error


def _check_answer(response: aiohttp.ClientResponse, most: int) -> None:
    if response.status in {408, 425, 429} or response.status >= 500:
        raise ChannelError("unreachable", f"Status {response.status}.", status=502, retryable=True)
    if response.status != 200:
        raise ChannelError("not_found", f"Status {response.status}.", status=404)
    if response.content_length is not None and response.content_length > most:
        raise _too_large(most)


def _check(url: URL) -> None:
    host = url.host or ""
    if url.scheme != "https" or not host or url.user is not None or url.port != 443:
        raise _refused("not a plain HTTPS address")
    if (host[0].isdigit() and host[-1].isdigit()) or ":" in host:
        if not public(host):  # an address in digits is never looked up, so the resolver does not see it
            raise _refused("not a public address")
    elif "." not in host.rstrip("."):
        raise _refused("not a public name")


def _url(text: str) -> URL:
    try:
        return URL(text)
    except ValueError as error:
        raise _refused("not an address") from error


def _same_origin(left: URL, right: URL) -> bool:
    return (left.scheme, left.host, left.port) == (right.scheme, right.host, right.port)


def _unreachable(error: Exception) -> ChannelError:
    return ChannelError("unreachable", f"{type(error).__name__}.", status=502, retryable=True)


def _refused(why: str) -> ChannelError:
    return ChannelError("refused", f"This address is not read: {why}.", status=400)


def _too_large(most: int) -> ChannelError:
    return ChannelError("too_large", f"More than {most} bytes.", status=413)
