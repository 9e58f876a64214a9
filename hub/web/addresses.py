"""Addresses: whose a request comes from, when proxies stand in between; the origin of one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from aiohttp import web

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Parse addresses and networks in CIDR form. Raises ValueError naming the bad one."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def client_address(request: web.Request, trusted: Sequence[Network]) -> str:
    """The address of the client.

    `X-Forwarded-For` is believed only as far as trusted proxies wrote it: from the right, the first address that is
    not one of theirs is the client; everything left of it is the client's own claim. IPv6 clients count as their /64.
    """
    peer = _parsed(request.remote or "")
    if peer is None:
        return "unknown"
    hops = [hop.strip() for value in request.headers.getall("X-Forwarded-For", []) for hop in value.split(",")]
    current = peer
    while hops and any(current in network for network in trusted):
        claimed = _parsed(hops.pop())
        if claimed is None:
            break
        current = claimed
    return _grouped(current)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _grouped(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def origin_of(url: str) -> str:
    """The origin of an address: scheme, host, and port unless it is the scheme's own. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError(f"not a web address: {url[:100]}")
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, usual) else "")
