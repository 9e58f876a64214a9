"""The model server that Rasa servers ask: `GET /bot/models/{slot}` with the bot's token.

200 with the model, its digest as ETag; 304 for who has it; 404 when the slot has no version of the studio (then the
server keeps the model that it has); 401 without the token; 503 for a damaged file, which also leaves the old model.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

import structlog
from aiohttp import web

from hub.errors import HubError, NotFound
from hub.model.studio import BUILT_IN
from hub.store.rollouts import Rollouts
from hub.store.versions import Version, Versions

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ModelServer:
    """Answers the bot's servers; `token` is the secret that they share with the hub."""

    token: str
    rollouts: Rollouts
    versions: Versions

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one question."""
        given = request.headers.get("Authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, f"Bearer {self.token}".encode()):
            return web.Response(status=401)
        try:
            return await self._answer(request.match_info["slot"], request.headers.get("If-None-Match"))
        except NotFound:
            return web.Response(status=404)
        except HubError as error:
            log.warning("model_not_served", slot=request.match_info["slot"], code=error.code)
            return web.Response(status=503)

    async def _answer(self, slot: str, known: str | None) -> web.Response:
        slots = (await self.rollouts.get()).slots
        number = next((number for name, number in slots.items() if name == slot), BUILT_IN)
        version = await self.versions.get(number) if number != BUILT_IN else None
        if version is None or version.made is None:
            raise NotFound("This slot has no model of the studio.")
        if known == version.made.digest:
            return web.Response(status=304, headers={"ETag": known})
        return await self._model(version, version.made.digest)

    async def _model(self, version: Version, digest: str) -> web.Response:
        raw = await self.versions.model(version)
        headers = {"ETag": digest, "filename": f"peyk-{version.number}.tar.gz"}
        return web.Response(body=raw, content_type="application/gzip", headers=headers)
