"""Request bodies: read with a cap, decoded into a declared type or refused.

No dict of a client ever reaches the store.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec
from aiohttp import web

from channels.bodies import whole_body
from channels.contract import ChannelError
from hub.errors import BadInput, HubError, TooLarge

T = TypeVar("T")

JSON_LIMIT = 64 * 1024
BODY_SECONDS = 15.0
"""A body that takes longer is a slow-loris or a dead line."""


class WrongTypeError(HubError):
    """The body is of a kind that this address does not take."""

    code = "wrong_type"
    status = 415


async def read_json(request: web.Request, type_: type[T], *, limit: int = JSON_LIMIT) -> T:
    """Read a JSON body as `type_`.

    Raises:
        WrongTypeError: It is not declared as JSON.
        TooLarge: It has more than `limit` bytes.
        BadInput: It is not JSON, too deep, or not of this shape; `field` names the place.
    """
    if request.content_type != "application/json":
        raise WrongTypeError("Send JSON, with Content-Type: application/json.")
    return decode(await read_limited(request, limit), type_)


async def read_limited(request: web.Request, limit: int) -> bytes:
    """Read a body of at most `limit` bytes. Raises TooLarge without reading further, ChannelError (408) after 15 s."""
    try:
        return await whole_body(request, most=limit, seconds=BODY_SECONDS)
    except ChannelError as error:
        if error.code == "too_large":
            raise TooLarge(error.text) from error
        raise


def decode(body: bytes, type_: type[T]) -> T:
    """Decode JSON bytes as `type_`; every way in which they can be wrong is BadInput."""
    try:
        return msgspec.json.decode(body, type=type_)
    except msgspec.ValidationError as error:
        raise _in_words(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput("This is not valid JSON.", code="bad_json") from error
    except RecursionError as error:
        raise BadInput("This is nested too deeply.", code="bad_json") from error


def _in_words(message: str) -> BadInput:
    """Msgspec says "Expected `str`, got `object` - at `$.login`"; only the place and the expectation go out."""
    what, _, place = message.partition(" - at `")
    field = place.rstrip("`").removeprefix("$").lstrip(".") or None
    if "unknown field" in what:
        name = what.rpartition("field `")[2].rstrip("`")[:60]
        return BadInput("There is no such field.", code="unknown_field", field=name)
    if "missing required field" in what:
        name = what.rpartition("field `")[2].rstrip("`")
        return BadInput(f"The field {name} is missing.", code="missing_field", field=name)
    return BadInput(f"{what[:120]}.", code="bad_field", field=field)
