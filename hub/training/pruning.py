"""Old models go, reports stay: a version of long ago is trained again from its data rather than kept at 10 MB."""

from __future__ import annotations

import structlog

from hub.store.rollouts import Rollouts
from hub.store.versions import Versions

log = structlog.get_logger(__name__)

KEPT_MODELS = 10
"""Models of so many of the newest versions stay, besides those in use and those that are pinned."""


async def prune(versions: Versions, rollouts: Rollouts, keep: int = KEPT_MODELS) -> list[int]:
    """Remove the models of old versions; their numbers.

    Somebody may activate one in this moment: it is taken off first, and given back when it is in use then. Whoever
    activates looks the other way round (`Launch.activate`), so that one of the two always notices.
    """
    gone = []
    for number in (await versions.with_models())[keep:]:
        if number in (await rollouts.get()).held:
            continue
        made = await versions.take_model(number)
        if made is None:
            continue
        if number in (await rollouts.get()).held:
            await versions.give_model(number, made)
            continue
        await versions.drop_model(made)
        gone.append(number)
    if gone:
        log.info("models_pruned", versions=gone)
    return gone
