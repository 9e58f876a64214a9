"""HTTP routes of the chat: the frame's page, the loader, sessions and files."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Protocol

from aiohttp import web
from msgspec import DecodeError, ValidationError
from msgspec.json import Decoder, encode

from channels.bodies import whole_body
from channels.contract import ChannelError, File, Inlet
from channels.signatures import BadToken
from channels.views import FileUrl, file_view
from channels.webchat.frames import Session, SessionRequest
from channels.webchat.settings import ChatSettings, chat_settings

MAX_BODY = 8_192
BODY_SECONDS = 15.0
_request = Decoder(SessionRequest)


class Pages(Protocol):
    """What the hub's web layer does for the chat's pages."""

    def frame(
        self, request: web.Request, *, title: str, origins: Sequence[str], config: Mapping[str, object]
    ) -> web.Response:
        """The page inside the frame; only `origins` may embed it."""

    def loader(self, request: web.Request) -> web.Response:
        """The script that a shop puts on its pages."""

    async def upload(self, request: web.Request) -> tuple[str, AsyncIterator[bytes]]:
        """The name and bytes of the multipart field `file`."""

    async def download(self, request: web.Request, file: File, chunks: AsyncIterator[bytes]) -> web.StreamResponse:
        """A file as a harmless download."""

    def allow_session(self, request: web.Request) -> None:
        """Count a new session against its network address. Raises `ChannelError("too_fast")`."""


class Tokens(Protocol):
    """What the API needs of the adapter."""

    def who(self, inbox: str, token: str) -> str:
        """The visitor of an access token. Raises `BadToken`."""

    def refreshed(self, inbox: str, token: str) -> str | None:
        """The visitor of a refresh token, None when it is no good."""

    def issue(self, inbox: str, visitor: str) -> tuple[str, str, int]:
        """Access token, refresh token, end of the access (ms)."""

    def file_url(self, inbox: str, visitor: str) -> FileUrl:
        """Maker of links to files."""

    def file_visitor(self, inbox: str, file: str, token: str) -> str:
        """The visitor of a file link. Raises `BadToken`."""


class ChatApi:
    """The routes."""

    def __init__(
        self, *, inlet: Inlet, tokens: Tokens, pages: Pages, own_origins: Callable[[], frozenset[str]]
    ) -> None:
        """Answer with the hub's `inlet` behind."""
        self._inlet = inlet
        self._tokens = tokens
        self._pages = pages
        self._own_origins = own_origins

    def routes(self) -> Sequence[web.RouteDef]:
        """Loader, frame, session, upload, download."""
        return [
            web.get("/chat/{inbox}/loader.js", self._loader),
            web.get("/chat/{inbox}/app", self._app),
            web.post("/chat/{inbox}/session", self._session),
            web.post("/chat/{inbox}/files", self._upload),
            web.get("/chat/{inbox}/files/{file}", self._download),
        ]

    async def _settings(self, request: web.Request) -> tuple[str, ChatSettings]:
        inbox = request.match_info["inbox"]
        raw = await self._inlet.inbox_settings(inbox)
        if raw is None or raw.get("channel") != "webchat":
            raise web.HTTPNotFound
        return inbox, chat_settings(raw)

    async def _loader(self, request: web.Request) -> web.Response:
        await self._settings(request)
        return self._pages.loader(request)

    async def _app(self, request: web.Request) -> web.Response:
        inbox, settings = await self._settings(request)
        asked = request.query.get("locale")
        config: dict[str, object] = {
            "inbox": inbox,
            "name": settings.name,
            "brand": {
                "fa": settings.brand or settings.name,
                "en": settings.brand_en or settings.brand or settings.name,
            },
            "accent": settings.accent,
            "locales": ["fa", "en"],
            "default_locale": asked if asked in {"fa", "en"} else settings.locale,
            "origins": settings.origins,
            "limits": {"text": 4_000, "file": 10 * 1024 * 1024, "files": settings.files},
        }
        return self._pages.frame(
            request, title=settings.brand or settings.name, origins=settings.origins, config=config
        )

    async def _session(self, request: web.Request) -> web.Response:
        inbox, _ = await self._settings(request)
        try:
            self._own_origin(request)
            asked = await _asked(request)
            visitor = self._tokens.refreshed(inbox, asked.refresh) if asked.refresh else None
            if visitor is None:
                self._pages.allow_session(request)
                visitor = f"v_{secrets.token_urlsafe(16)}"
        except ChannelError as error:
            return _refused(error)
        access, refresh, expires = self._tokens.issue(inbox, visitor)
        return _json(Session(access=access, refresh=refresh, visitor=visitor, expires_at=expires))

    async def _upload(self, request: web.Request) -> web.Response:
        inbox, settings = await self._settings(request)
        try:
            self._own_origin(request)
            visitor = self._bearer(request, inbox)
            if not settings.files:
                raise ChannelError("bad_file", "Files are switched off here.", status=403)
            name, chunks = await self._pages.upload(request)
            file = await self._inlet.store_file(inbox, visitor, name, chunks)
        except ChannelError as error:
            return _refused(error)
        url = self._tokens.file_url(inbox, visitor)
        return _json(file_view(file, url))

    async def _download(self, request: web.Request) -> web.StreamResponse:
        inbox, _ = await self._settings(request)
        file = request.match_info["file"]
        try:
            visitor = self._tokens.file_visitor(inbox, file, request.query.get("t", ""))
            found, chunks = await self._inlet.open_file(inbox, visitor, file)
        except BadToken as error:
            return _refused(ChannelError("not_found", str(error), status=404))
        except ChannelError as error:
            return _refused(error)
        return await self._pages.download(request, found, chunks)

    def _own_origin(self, request: web.Request) -> None:
        if request.headers.get("Origin") not in self._own_origins():
            raise ChannelError("forbidden", "This page may not use the chat.", status=403)

    def _bearer(self, request: web.Request, inbox: str) -> str:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme == "Bearer":
                return self._tokens.who(inbox, token)
        except BadToken as error:
            raise ChannelError("unauthorized", str(error), status=401) from error
        raise ChannelError("unauthorized", "Open the chat first.", status=401)


async def _asked(request: web.Request) -> SessionRequest:
    raw = await whole_body(request, most=MAX_BODY, seconds=BODY_SECONDS)
    try:
        return _request.decode(raw)
    except (DecodeError, ValidationError, RecursionError) as error:
        raise ChannelError("bad_frame", str(error)[:200]) from error


def _refused(error: ChannelError) -> web.Response:
    body = encode({"error": {"code": error.code, "text": error.text}})
    return web.Response(status=error.status, body=body, content_type="application/json")


def _json(view: object) -> web.Response:
    return web.Response(body=encode(view), content_type="application/json", headers={"Cache-Control": "no-store"})
