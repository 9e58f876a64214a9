"""The signed API channel: what goes out is posted to the inbox's callback address; links to files; the test button."""

import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

import structlog
from aiohttp import web
from msgspec import ValidationError

from channels.api import compose, parse
from channels.api.api import MAX_FILE, ApiRoutes, Upload
from channels.api.settings import FIELDS, ApiSettings, api_settings
from channels.api.shapes import UploadIn, UploadTicket
from channels.api.signing import signed_headers
from channels.contract import (
    Capabilities,
    Channel,
    Configured,
    DeliveryError,
    Feature,
    Inlet,
    Outbound,
    Sent,
    Signal,
)
from channels.outgoing import Answer, Outgoing, OutgoingError
from channels.setup import Finding
from channels.signatures import BadToken, sign, verify
from channels.views import FileUrl

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 5.0
FETCH_SECONDS = 60.0
LINK_MS = 24 * 3_600_000
UPLOAD_MS = 15 * 60_000
CAPABILITIES = Capabilities(
    features=frozenset({Feature.BUTTONS, Feature.ATTACHMENTS, Feature.RECEIPTS}),
    max_text=4_000,
    max_attachment=MAX_FILE,
    max_buttons=10,
    max_button_title=80,
    resend=True,
)


def system_now() -> int:
    """Milliseconds since the epoch, UTC."""
    return time.time_ns() // 1_000_000


def _outgoing(private: bool) -> Outgoing:
    return Outgoing(private=private)


class ApiChannel(Channel):
    """The channel `api`."""

    name = "api"
    capabilities = CAPABILITIES
    fields = FIELDS

    def __init__(
        self,
        *,
        key: bytes,
        strike: Callable[[web.Request], float] = lambda _: 0.0,
        now: Callable[[], int] = system_now,
        outgoing: Callable[[bool], Outgoing] = _outgoing,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Sign links with `key`.

        `strike` counts a forged request against its network address and says how long to wait when there were too many.
        `outgoing` makes the client that calls out, given whether the own network may be called.
        """
        self._key = key
        self._strike = strike
        self._now = now
        self._outgoing = outgoing
        self._seconds = answer_seconds

    def routes(self, inlet: Inlet) -> Sequence[web.RouteDef]:
        """What the other system calls."""
        return ApiRoutes(inlet, self).routes()

    def webhook(self, inbox: Configured, base: str) -> str:
        """Where the other system posts messages."""
        return f"{base}/channels/api/{inbox.id}/messages"

    async def send(self, message: Outbound, inlet: Inlet) -> Sent:
        """Post a message to the callback address, once; the hub tries again."""
        if not message.parts:
            return Sent()
        settings = await self._settings(message.inbox, inlet)
        id_ = compose.webhook_id(message.key)
        body = compose.event(message, self.file_url(inlet, message.inbox, message.to))
        try:
            answer = await self._post(settings, id_, body)
        except OutgoingError as error:
            raise parse.not_taken(error) from error
        return parse.taken(answer, id_, now=self._now())

    async def signal(self, address: str, inbox: str, signal: Signal) -> None:
        """Typing and read marks are not passed on: nobody could tell a late one from a true one."""

    def fetch(self, inbox: Configured, source: Mapping[str, str]) -> AsyncIterator[bytes]:
        """The bytes of an attachment that was named by its address."""
        return self._fetched(api_settings(inbox.settings), source.get("url", ""))

    async def check(self, inbox: Configured, inlet: Inlet) -> Sequence[Finding]:
        """Send a ping as messages are sent, and say what comes of it."""
        try:
            settings = api_settings(inbox.settings)
        except ValidationError:
            return [_wrong("missing", "callback_url")]
        if not settings.callback_url:
            return [_wrong("missing", "callback_url")]
        if not settings.secrets:
            return [_wrong("secret_too_short", "secret")]
        id_ = f"ping_{uuid.uuid4().hex}"
        try:
            answer = await self._post(settings, id_, compose.ping(id_, inbox.id))
        except OutgoingError as error:
            return [_wrong(error.code, "callback_url", error.text)]
        return [_finding(answer)]

    def now(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return self._now()

    def strike(self, request: web.Request) -> float:
        """Count a forged request against its network address."""
        return self._strike(request)

    def upload_url(self, inlet: Inlet, inbox: str, upload: UploadIn, webhook_id: str) -> UploadTicket:
        """Where the bytes of a file go, for a quarter of an hour."""
        expires = self._now() + UPLOAD_MS
        claims = {
            "inbox": inbox,
            "address": upload.sender,
            "name": upload.name[:100],
            "key": webhook_id,
            "sha256": upload.sha256 or "",
        }
        token = sign(self._key, "api-upload", claims, expires_at=expires)
        return UploadTicket(url=f"{inlet.public_url}/channels/api/{inbox}/uploads?t={token}", expires_at=expires)

    def upload_of(self, inbox: str, token: str) -> Upload:
        """What an upload link was made for. Raises `BadToken`."""
        claims = verify(self._key, "api-upload", token, now=self._now())
        if claims["inbox"] != inbox:
            raise BadToken("This link is for another inbox.")
        return Upload(
            address=str(claims["address"]),
            name=str(claims["name"]),
            key=f"upload:{claims['address']}:{claims['key']}",
            sha256=str(claims["sha256"]),
        )

    def file_url(self, inlet: Inlet, inbox: str, address: str) -> FileUrl:
        """Maker of links that open one file for a day."""

        def url(file: str) -> str:
            claims = {"inbox": inbox, "address": address, "file": file}
            token = sign(self._key, "api-file", claims, expires_at=self._now() + LINK_MS)
            return f"{inlet.public_url}/channels/api/{inbox}/files/{file}?t={token}"

        return url

    def file_address(self, inbox: str, file: str, token: str) -> str:
        """The customer for whom a file link was made. Raises `BadToken`."""
        claims = verify(self._key, "api-file", token, now=self._now())
        if (claims["inbox"], claims["file"]) != (inbox, file):
            raise BadToken("This link is for another file.")
        return str(claims["address"])

    async def _settings(self, inbox: str, inlet: Inlet) -> ApiSettings:
        raw = await inlet.inbox_settings(inbox)
        try:
            settings = api_settings(raw) if raw is not None and raw.get("channel") == self.name else ApiSettings()
        except ValidationError as error:
            raise DeliveryError("The inbox is not set up.", retryable=False, code="misconfigured") from error
        if not settings.callback_url or not settings.secrets:
            raise DeliveryError("The inbox is not set up.", retryable=False, code="misconfigured")
        return settings

    async def _post(self, settings: ApiSettings, id_: str, body: bytes) -> Answer:
        headers = signed_headers(settings.secrets, id_, body, now=self._now())
        headers["Content-Type"] = "application/json"
        client = self._outgoing(settings.allow_private)
        return await client.post(settings.callback_url, body, headers, seconds=self._seconds)

    async def _fetched(self, settings: ApiSettings, url: str) -> AsyncIterator[bytes]:
        client = self._outgoing(settings.allow_private)
        try:
            async for chunk in client.stream(url, most=MAX_FILE, seconds=FETCH_SECONDS):
                yield chunk
        except OutgoingError as error:
            raise parse.not_fetched(error) from error


def _finding(answer: Answer) -> Finding:
    match answer.status:
        case status if 200 <= status < 300:
            return Finding(ok=True, code="reached", field="callback_url")
        case status if 300 <= status < 400:
            return _wrong("redirected", "callback_url")
        case 410:
            return _wrong("gone", "callback_url")
        case 429:
            return _wrong("rate_limited", "callback_url")
        case status if status >= 500:
            return _wrong("other_side_failed", "callback_url", _said(answer))
        case _:
            return _wrong("rejected", "callback_url", _said(answer))


def _said(answer: Answer) -> str:
    return parse.words(answer.body) or f"HTTP {answer.status}"


def _wrong(code: str, field: str, detail: str = "") -> Finding:
    return Finding(ok=False, code=code, field=field, detail=detail)
