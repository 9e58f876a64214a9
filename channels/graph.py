"""A client of Meta's Graph API: the few calls that WhatsApp, Messenger and Instagram need."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as field_
from pathlib import PurePath
from typing import Self

import aiohttp
from msgspec import DecodeError
from msgspec.json import decode

from channels.contract import ChannelError, DeliveryError, File, Inlet, Outbound
from channels.graph_codes import Problem, problem
from channels.outgoing import Outgoing
from channels.setup import Finding

MAX_ANSWER = 1024 * 1024
PATIENCE = 30.0
"""So many seconds is an answer waited for."""
_CONNECT = 10.0
_QUICK = 5.0
_FILE = 300.0
_REDIRECTS = 3
_CONNECTING = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
"""Errors from before anything was written."""

Answer = Mapping[str, object]


class RefusedError(Exception):
    """The API answered, and said no."""

    def __init__(self, why: Problem) -> None:
        """Keep why."""
        super().__init__(why.text)
        self.why = why


class AwayError(Exception):
    """There was no answer. `written`: the request had gone out, so that it may have been obeyed."""

    def __init__(self, reason: str, *, written: bool) -> None:
        """Keep how far it went."""
        super().__init__(reason)
        self.reason = reason
        self.written = written


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The API as one inbox sees it. `base` and `version` make the address, `token` opens it; `seconds`: patience."""

    base: str
    version: str
    token: str = field_(repr=False)
    seconds: float = PATIENCE

    @property
    def quick(self) -> Self:
        """The same for what is not worth waiting for."""
        return replace(self, seconds=min(self.seconds, _QUICK))

    async def send(self, path: str, body: Mapping[str, object]) -> Answer:
        """Post a message. Raises `DeliveryError`, uncertain when no answer came after the request had gone out."""
        try:
            return await self._call("POST", path, json=body)
        except RefusedError as error:
            raise error.why.delivery_error() from error
        except AwayError as error:
            raise DeliveryError(
                error.reason, retryable=not error.written, code="unreachable", uncertain=error.written
            ) from error

    async def send_each(self, path: str, bodies: Sequence[Mapping[str, object]]) -> Answer:
        """Post what one piece of a message became, and give the last answer. Raises `DeliveryError`.

        When the first of two is with the customer and the second is not, neither "failed" nor a second try would be
        true: it is uncertain, too.
        """
        answer: Answer = {}
        for place, body in enumerate(bodies):
            try:
                answer = await self.send(path, body)
            except DeliveryError as error:
                if place == 0:
                    raise
                raise DeliveryError(error.reason, retryable=False, code=error.code, uncertain=True) from error
        return answer

    async def upload(self, path: str, fields: Mapping[str, str], field: str, file: File, data: bytes) -> Answer:
        """Post a file that a message will name later; nobody sees it before, so it may be tried again."""
        form = aiohttp.FormData()
        for name, value in fields.items():
            form.add_field(name, value)
        ending = PurePath(file.name).suffix[:12]
        name = f"file{ending}" if ending.isascii() else "file"  # other letters are not taken here
        form.add_field(field, data, filename=name, content_type=file.content_type)
        try:
            return await replace(self, seconds=_FILE)._call("POST", path, data=form)
        except RefusedError as error:
            raise error.why.delivery_error() from error
        except AwayError as error:
            raise DeliveryError(error.reason, retryable=True, code="unreachable") from error

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """Read an object. Raises `RefusedError`, `AwayError`."""
        return await self._call("GET", path, params=params)

    async def media_url(self, media: str) -> str:
        """Where the file lies that a message names by id, for some minutes. Raises `ChannelError`."""
        if not media.isalnum():
            raise ChannelError("not_found", "This is no id of a file.", status=404)
        try:
            answer = await self.get(media)
        except RefusedError as error:
            code = "unreachable" if error.why.retryable else "not_found"
            raise ChannelError(code, error.why.text, status=502, retryable=error.why.retryable) from error
        except AwayError as error:
            raise ChannelError("unreachable", error.reason, status=502, retryable=True) from error
        url = answer.get("url")
        if not isinstance(url, str):
            raise ChannelError("not_found", "The provider does not say where this file is.", status=404)
        return url

    def read(self, url: str, *, most: int, with_token: bool = False) -> AsyncIterator[bytes]:
        """The bytes of a file that the provider named; see `Outgoing.stream`."""
        headers = {"Authorization": f"Bearer {self.token}"} if with_token else {}
        return Outgoing().stream(
            url, most=most, seconds=_FILE, headers=headers, trusted=self.base, redirects=_REDIRECTS
        )

    async def _call(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, object] | None = None,
        data: aiohttp.FormData | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        # A fresh connection for each call: one that was kept open may be closed by the other side in the very moment
        # that it is used, and then nobody knows whether the message was taken.
        connector = aiohttp.TCPConnector(force_close=True)
        headers = {"Authorization": f"Bearer {self.token}"}
        timeout = aiohttp.ClientTimeout(total=self.seconds, connect=min(self.seconds, _CONNECT))
        url = f"{self.base.rstrip('/')}/{self.version}/{path}"
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=timeout, headers=headers) as session,
                session.request(method, url, json=json, data=data, params=params, allow_redirects=False) as response,
            ):
                raw = await _read(response)
        except _CONNECTING as error:
            raise AwayError(type(error).__name__, written=False) from error
        except TimeoutError as error:
            raise AwayError("no answer in time", written=True) from error
        except (aiohttp.ClientError, OSError) as error:
            raise AwayError(type(error).__name__, written=True) from error
        return _answer(response, raw)


def app_proof(token: str, app_secret: str) -> str:
    """Shows that who has the token has the app's secret: developers.facebook.com, "Graph API: securing requests"."""
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


async def file_bytes(inlet: Inlet, message: Outbound, file: File) -> tuple[File, bytes]:
    """A file that we send, as it is stored; whole, because the provider wants to know its length.

    Raises:
        DeliveryError: it cannot be read (now).
    """
    try:
        found, chunks = await inlet.open_file(message.inbox, message.to, file.id)
        return found, b"".join([chunk async for chunk in chunks])
    except ChannelError as error:
        raise DeliveryError(error.text, retryable=error.retryable, code="unreachable") from error


async def _read(response: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        raw += chunk
        if len(raw) > MAX_ANSWER:
            break  # not an answer of this API; what stands here will not decode
    return bytes(raw)


def _answer(response: aiohttp.ClientResponse, raw: bytes) -> Answer:
    try:
        body = decode(raw)
    except (DecodeError, RecursionError, UnicodeError):
        body = None
    found = body if isinstance(body, dict) else {}
    if response.status == 200 and "error" not in found:
        return found
    error = found.get("error")
    if not isinstance(error, dict):
        if response.status in {502, 504}:  # a gateway gave up waiting for who may have done it all the same
            raise AwayError(f"status {response.status}", written=True)
        error = {}
    raise RefusedError(problem(error, status=response.status, retry_after=_seconds(response.headers)))


def _seconds(headers: Mapping[str, str]) -> float | None:
    text = headers.get("Retry-After", "")
    return min(float(text), 3_600.0) if text.isascii() and text.isdigit() else None


_FINDINGS = {102: "bad_token", 190: "bad_token", 463: "bad_token", 467: "bad_token"}
_FINDINGS |= {3: "missing_permission", 10: "missing_permission"}
_FINDINGS |= {33: "not_found", 100: "not_found", 803: "not_found"}
_TELLING = frozenset({"rate_limited", "misconfigured", "unreachable", "not_allowed"})
"""What a refusal to send can also say of a mere look; the rest is about messages."""


def finding(error: RefusedError | AwayError, *, account_field: str) -> Finding:
    """What a refused or unanswered look at the account says of the settings; `account_field` holds its id."""
    if isinstance(error, AwayError):
        return Finding(ok=False, code="unreachable", field="api_base", detail=error.reason)
    why = error.why
    code = _FINDINGS.get(why.number, "missing_permission" if 200 <= why.number <= 299 else "")
    if "appsecret_proof" in why.text:
        code = "bad_secret"
    elif not code:
        code = "not_found" if why.text == "status 404" else why.code if why.code in _TELLING else "rejected"
    fields = {"bad_token": "access_token", "missing_permission": "access_token", "bad_secret": "app_secret"}
    fields |= {"not_found": account_field, "unreachable": "api_base"}
    return Finding(ok=False, code=code, field=fields.get(code), detail=why.text)
