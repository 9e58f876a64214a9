"""Asking the application (the hub) what a call does next, as jambonz asks: JSON that is signed, an answer of verbs."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urldefrag, urljoin

import aiohttp
import msgspec
import structlog

from channels.voice.asterisk import verbs
from channels.voice.asterisk.verbs import Hook, Verbs
from channels.voice.jambonz.signature import sign

SECONDS = 10.0
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
MOST_BYTES = 1 << 20
_GOOD = frozenset({200, 202, 204})
_log = structlog.get_logger(__name__)
Payload = Mapping[str, object]


class HookError(Exception):
    """There is no answer that can be used. `kind`: ct (no connection), rt (too slow), 4xx, 5xx, nonsense."""

    def __init__(self, kind: str, text: str) -> None:
        """Say what happened."""
        super().__init__(text)
        self.kind = kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How often is asked again after the first time, and after which kinds of failure."""

    retries: int
    kinds: frozenset[str]


USUAL = Policy(retries=4, kinds=frozenset({"ct", "5xx"}))
"""jambonz itself asks once only; a hub that restarts is away for some seconds."""


def policy_of(url: str) -> Policy:
    """The policy in an address's fragment (`#rc=3&rp=ct,5xx`), else the usual one."""
    fields = parse_qs(urldefrag(url).fragment)
    if not fields.get("rc"):
        return USUAL
    count = fields["rc"][0]
    kinds = frozenset(fields.get("rp", ["ct"])[0].split(","))
    return Policy(retries=min(int(count), 5) if count.isdecimal() else 0, kinds=kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The hub. `base` is that of its hooks, without a trailing slash; `secret` signs what we send."""

    session: aiohttp.ClientSession
    base: str
    secret: str
    seconds: float = SECONDS

    def hook(self, kind: str) -> str:
        """The address of a hook of the application's own."""
        return f"{self.base}/{kind}"

    async def ask(self, hook: Hook, payload: Payload) -> Verbs:
        """What to do next; empty for "go on".

        Raises:
            HookError: there was no answer, or nonsense.
        """
        url = urljoin(f"{self.base}/", verbs.address(hook))
        policy, wait = policy_of(url), FIRST_WAIT
        for left in range(policy.retries, -1, -1):
            try:
                return await self._ask(urldefrag(url).url, payload)
            except HookError as error:
                again = left > 0 and (error.kind in policy.kinds or "all" in policy.kinds)
                _log.warning("gateway.hook_failed", kind=error.kind, again=again, call=payload.get("call_sid"))
                if not again:
                    raise
                await asyncio.sleep(wait)
                wait *= 2
        raise AssertionError

    async def tell(self, hook: Hook, payload: Payload) -> None:
        """Tell something whose answer does not matter, until it is taken: a refusal (4xx) counts as taken."""
        url, wait = urldefrag(urljoin(f"{self.base}/", verbs.address(hook))).url, FIRST_WAIT
        while True:
            try:
                await self._post(url, payload)
            except HookError as error:
                if error.kind in {"4xx", "nonsense"}:
                    _log.warning("gateway.hook_refused", kind=error.kind, call=payload.get("call_sid"))
                    return
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                return

    async def _ask(self, url: str, payload: Payload) -> Verbs:
        kind, body = await self._post(url, payload)
        if kind != "application/json" or not body.strip():
            return ()
        try:
            return verbs.read(msgspec.json.decode(body))
        except (msgspec.DecodeError, verbs.BadVerbsError) as error:
            raise HookError("nonsense", str(error)) from error

    async def _post(self, url: str, payload: Payload) -> tuple[str, bytes]:
        body = msgspec.json.encode(payload)
        headers = {
            "Content-Type": "application/json",
            "Jambonz-Signature": sign(body, self.secret, now=time.time_ns() // 1_000_000),
        }
        limit = aiohttp.ClientTimeout(total=self.seconds)
        try:
            async with self.session.post(
                url, data=body, headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                if answer.status not in _GOOD:
                    raise HookError("5xx" if answer.status >= 500 else "4xx", f"It answered {answer.status}.")
                read = await answer.content.read(MOST_BYTES + 1) if answer.status != 204 else b""
                while not answer.content.at_eof() and len(read) <= MOST_BYTES:
                    read += await answer.content.read(MOST_BYTES + 1 - len(read))
                if len(read) > MOST_BYTES:
                    raise HookError("nonsense", "The answer has no end.")
                return answer.content_type, read
        except TimeoutError as error:
            raise HookError("rt", f"There was no answer in {self.seconds:g} s.") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise HookError("ct", f"The application cannot be reached: {type(error).__name__}.") from error
