"""Secrets of inboxes at rest: sealed with a key that never stands in the database.

A sealed secret is `{"sealed": "<token>"}`; the token is Fernet's (AES-128-CBC, HMAC-SHA256, see the Fernet
specification) over the secret and the place that it was sealed for, so that it cannot be moved to another setting.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

SEALED = "sealed"


class UnreadableError(ValueError):
    """A sealed secret that none of the keys opens: the key was lost, or the token is not ours."""


class Vault:
    """Seals and opens secrets. The first key seals; all of them open, so that a key can be replaced.

    The library comes with the first secret: it weighs 7 MB, and a hub with the website chat alone has none.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """Work with keys of any form and at least 32 characters, the newest first."""
        self._keys = tuple(keys)

    @cached_property
    def _newest(self) -> Fernet:
        return _fernet(self._keys[0])

    @cached_property
    def _all(self) -> MultiFernet:
        from cryptography.fernet import MultiFernet  # noqa: PLC0415 (see the class)

        return MultiFernet([_fernet(key) for key in self._keys])

    def seal(self, place: str, secret: str) -> dict[str, str]:
        """The secret as it may be stored; `place` names where it belongs ("<inbox>:<field>")."""
        return {SEALED: self._newest.encrypt(msgspec.json.encode((place, secret))).decode()}

    def open(self, place: str, stored: object) -> str:
        """The secret that was sealed for a place. Raises UnreadableError."""
        return _opened(self._all, place, stored)

    def renewed(self, place: str, stored: object) -> dict[str, str] | None:
        """The same secret under the newest key; None when it is under that key already, or cannot be opened."""
        if not is_sealed(stored):
            return None
        try:
            _opened(self._newest, place, stored)
        except UnreadableError:
            try:
                return self.seal(place, self.open(place, stored))
            except UnreadableError:
                return None
        return None


def is_sealed(value: object) -> bool:
    """Whether a stored setting is a sealed secret."""
    return isinstance(value, dict) and set(value) == {SEALED}


def _opened(keys: Fernet | MultiFernet, place: str, stored: object) -> str:
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 (see the class)

    if not isinstance(stored, dict) or not isinstance(token := stored.get(SEALED), str):
        raise UnreadableError("this is not a sealed secret")
    try:
        sealed_for, secret = msgspec.json.decode(keys.decrypt(token), type=tuple[str, str])
    except (InvalidToken, msgspec.DecodeError) as error:
        raise UnreadableError("no key opens this secret") from error
    if sealed_for != place:
        raise UnreadableError("this secret was sealed for another place")
    return secret


def _fernet(key: str) -> Fernet:
    from cryptography.fernet import Fernet  # noqa: PLC0415 (see the class)
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    # Any text of enough entropy becomes a key of the length that Fernet wants (RFC 5869).
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"peyk inbox secrets").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
