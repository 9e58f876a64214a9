"""Whether it is our Simotel that calls: it signs nothing, so it comes from where we know, with a password.

The third lock is the secret in the address. Whoever fails at any of them learns nothing about the others.
"""

import base64
import binascii
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from channels.signatures import same


def permitted(
    authorization: str | None, remote: str | None, *, user: str, password: str, networks: Sequence[str]
) -> bool:
    """Whether a request may come in. No `networks`: from anywhere; no `password`: nobody may."""
    given = _basic(authorization)
    right = bool(password) and same(given[0], user) & same(given[1], password)
    return right and (not networks or within(remote, networks))


def _basic(authorization: str | None) -> tuple[str, str]:
    scheme, _, encoded = (authorization or "")[:1_000].partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    return user, password


def within(remote: str | None, networks: Sequence[str]) -> bool:
    """Whether an address lies in one of the networks."""
    try:
        address = ip_address(remote or "")
        return any(address in ip_network(one, strict=False) for one in networks)
    except ValueError:
        return False
