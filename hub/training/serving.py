"""The model server that Rasa servers ask: `GET /bot/models/{slot}` with the bot's token.

200 with the model, its digest as ETag; 304 for who has it; 404 when the slot has no version of the studio (then the
server keeps the model that it has, unless that is one of the studio's: it gets the product's own, where it is at hand);
401 without the token; 503 for a damaged file, which also leaves the old model.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import structlog
from aiohttp import web

from hub.clock import Clock
from hub.errors import HubError, NotFound
from hub.model.rollout import BUILT_IN, Pending
from hub.store.rollouts import Rollouts
from hub.store.versions import Version, Versions

log = structlog.get_logger(__name__)

EVERYBODY_KNOWS_MS = 2_000
"""So long after a version lost its slot a hub may still send one of its conversations there (`hub.training.slots`)."""


@dataclass(frozen=True, slots=True)
class ModelServer:
    """Answers the bot's servers; `token` is the secret that they share with the hub."""

    token: str
    rollouts: Rollouts
    versions: Versions
    clock: Clock
    built_in: Callable[[], bytes | None] = lambda: None
    """The model that comes with the product, None where it lies elsewhere."""

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
        rollout = await self.rollouts.get()
        if rollout.pending is not None and rollout.pending.slot == slot and self._just_evicted(rollout.pending):
            raise NotFound("Somebody may still be answered by the version before.")
        number = next((number for name, number in rollout.slots.items() if name == slot), BUILT_IN)
        if number == BUILT_IN:
            return await self._product(known)
        version = await self.versions.get(number)
        if version.made is None:
            raise NotFound("This slot has no model of the studio.")
        if known == version.made.digest:
            return web.Response(status=304, headers={"ETag": known})
        return await self._model(version, version.made.digest)

    def _just_evicted(self, pending: Pending) -> bool:
        return pending.evicted is not None and self.clock.now() - pending.since < EVERYBODY_KNOWS_MS

    async def _product(self, known: str | None) -> web.Response:
        raw = None
        if known is not None and await self.versions.of_model(known):
            raw = await asyncio.to_thread(self.built_in)
        if raw is None:
            raise NotFound("This slot has no model of the studio.")
        headers = {"ETag": sha256(raw).hexdigest(), "filename": "peyk.tar.gz"}
        return web.Response(body=raw, content_type="application/gzip", headers=headers)

    async def _model(self, version: Version, digest: str) -> web.Response:
        raw = await self.versions.model(version)
        headers = {"ETag": digest, "filename": f"peyk-{version.number}.tar.gz"}
        return web.Response(body=raw, content_type="application/gzip", headers=headers)
