"""One address for a person whom the provider knows by a phone number, by a user id, or by both.

Since 2026 a customer may hide the number; then a message names only a business-scoped user id, and another one of the
same person may name both. The address is the number where the first message had one, else the user id; under each name
that a message had, the address is noted, so that either name leads to it later on. Where both names have begun alone
before a message joined them, two addresses stay two: an agent merges them.
"""

from channels.contract import Inlet


async def address_of(inlet: Inlet, inbox: str, *, user: str, phone: str) -> str:
    """The address of who is known by `user` or `phone` ("" what is missing). Raises `ChannelError`."""
    keys = [key for key in (user, phone) if key]
    noted = [await _noted(inlet, inbox, key) for key in keys]
    address = next((known for known in noted if known), phone or user)
    for key, known in zip(keys, noted, strict=True):
        if known is None:
            await inlet.note(inbox, _name(key), {"address": address})
    return address


async def _noted(inlet: Inlet, inbox: str, key: str) -> str | None:
    found = await inlet.recall(inbox, _name(key))
    address = found.get("address") if found else None
    return address if isinstance(address, str) else None


def _name(key: str) -> str:
    return f"person:{key}"
