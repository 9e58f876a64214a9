"""A TwiML provider on a real port: its REST API, and calls that ask the hub for documents and are sent elsewhere by it.

Every document is built again with the makers' own library, every post is signed with it::

    async with twilio("https://calls.example", live.url, inbox="phone") as provider:
        caller = await provider.call("+989121234567")
        await caller.answers(Digits="1")
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode
from xml.etree.ElementTree import Element, SubElement, fromstring

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator
from twilio.twiml import TwiML
from twilio.twiml.voice_response import VoiceResponse
from yarl import URL

ACCOUNT = "AC00000000000000000000000000000001"
Found = TypeVar("Found")
TOKEN = "the-auth-token-of-the-tests-0042"


def validated(document: bytes) -> Element:
    """A document, once the library has built the same."""
    ours, theirs = fromstring(document), VoiceResponse()
    _build_again(theirs, ours)
    assert _same(ours, fromstring(str(theirs)))
    return ours


def _build_again(parent: TwiML, ours: Element) -> None:
    """The same by the library's builder: it has a method for each child and a parameter for each attribute."""
    for child in ours:
        method = getattr(parent, _snake(child.tag))
        known = inspect.signature(method).parameters
        attributes = {_snake(name): value for name, value in child.attrib.items()}
        assert set(attributes) <= set(known), f"{child.tag} has no {set(attributes) - set(known)}"
        first, parameter = next(iter(known.items()))
        needed = child.text is not None or parameter.default is inspect.Parameter.empty
        text = {first: child.text or ""} if needed and parameter.kind is not inspect.Parameter.VAR_KEYWORD else {}
        _build_again(method(**attributes, **text), child)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _same(left: Element, right: Element) -> bool:
    return (
        (left.tag, left.attrib, left.text or "", len(left)) == (right.tag, right.attrib, right.text or "", len(right))
    ) and all(_same(one, other) for one, other in zip(left, right, strict=True))


@dataclass
class Leg:
    """A call at the provider. `document`: what it does now. `recorded_at`: where its tape is told of."""

    provider: Twilio
    sid: str
    to: str
    from_: str
    direction: str
    told_at: str
    document: Element = field(default_factory=lambda: Element("Response"))
    recorded_at: str = ""
    over: bool = False

    @property
    def verbs(self) -> list[str]:
        """What it does, by name."""
        return [one.tag for one in self.document]

    @property
    def says(self) -> str:
        """The words in what it does."""
        return " ".join(one.text or "" for one in self.document.iter("Say"))

    @property
    def room(self) -> Element | None:
        """The room that it is in."""
        return self.document.find("Dial/Conference") if not self.over else None

    def where(self, tag: str, attribute: str) -> str:
        """An address in what it does."""
        found = next(self.document.iter(tag))
        return found.attrib[attribute]

    async def asks(self, url: str, **fields: str) -> None:
        """Ask the hub what to do now, at an address, and do that."""
        status, body = await self.provider.post(url, self.fields(**fields))
        assert status == 200, (status, body)
        self.document = validated(body)
        if (tape := self.document.find("Start/Recording")) is not None:
            self.recorded_at = tape.attrib["recordingStatusCallback"]
        await self.provider.news()

    async def picks_up(self) -> None:
        """An agent picks up: it asks what it was told to ask."""
        await self.asks(next(self.document.iter("Redirect")).text or "")

    async def keys(self, digits: str) -> None:
        """Key an answer to what is asked."""
        await self.asks(self.where("Gather", "action"), Digits=digits)

    async def speaks(self, words: str) -> None:
        """Say an answer."""
        await self.asks(self.where("Gather", "action"), SpeechResult=words, Confidence="0.9")

    async def waits(self) -> Element:
        """What a caller in line hears next."""
        status, body = await self.provider.post(self.where("Enqueue", "waitUrl"), self.fields(QueuePosition="1"))
        assert status == 200, (status, body)
        return validated(body)

    async def tells(self, status: str, **fields: str) -> None:
        """Tell how it fares."""
        answer = await self.provider.post(self.told_at, self.fields(CallStatus=status, **fields))
        assert answer[0] == 204, answer

    async def hangs_up(self, status: str = "completed") -> None:
        """It ends; so does a room that ends with it."""
        room, self.over = self.room, True
        others = self.provider.in_room(room.text or "") if room is not None else []
        await self.tells(status, CallDuration="9")
        if room is not None and room.attrib.get("endConferenceOnExit") == "true":
            for one in others:
                await one.asks(one.where("Dial", "action"), DialCallStatus="completed")
        await self.provider.news()

    def fields(self, **more: str) -> list[tuple[str, str]]:
        """What every post of it has."""
        own = {"CallSid": self.sid, "AccountSid": ACCOUNT, "From": self.from_, "To": self.to}
        return list({**own, "Direction": self.direction, "CallStatus": "in-progress", **more}.items())


@dataclass
class Twilio:
    """All of it. `public`: the hub's address as the inbox has it; `hub`: where it is found.

    `asked`: what the hub asked of the REST API, in order, as (path, form).
    """

    public: str
    hub: str
    inbox: str
    session: aiohttp.ClientSession
    url: str = ""
    token: str = TOKEN
    legs: dict[str, Leg] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, object]:
        """Those of an inbox that is reached through this provider."""
        return {
            "dialect": "twiml",
            "account_sid": ACCOUNT,
            "auth_token": TOKEN,
            "twiml_url": self.url,
            "public_url": self.public,
            "caller_id": "+982191000000",
        }

    @property
    def account_url(self) -> str:
        """Where recordings of the account are."""
        return f"{self.url}/2010-04-01/Accounts/{ACCOUNT}"

    async def call(self, caller: str) -> Leg:
        """Somebody calls the number."""
        sid, told = f"CA{len(self.legs) + 1:032d}", f"{self.public}/channels/voice/{self.inbox}/status"
        leg = self.legs[sid] = Leg(self, sid, "+982191000000", caller, "inbound", told)
        await leg.asks(f"{self.public}/channels/voice/{self.inbox}/call", CallStatus="ringing")
        return leg

    async def rung(self, to: str) -> Leg:
        """The leg with which the hub has this number rung, once it does."""
        return await self.when(lambda: next((one for one in self.legs.values() if one.to == to and not one.over), None))

    async def when(self, true: Callable[[], Found | None]) -> Found:
        """Wait for something to be there."""
        async with asyncio.timeout(10), self._changed:
            while (found := true()) is None:
                await self._changed.wait()
            return found

    async def news(self) -> None:
        """Wake who waits."""
        async with self._changed:
            self._changed.notify_all()

    def in_room(self, name: str) -> list[Leg]:
        """The legs in a room."""
        return [one for one in self.legs.values() if one.room is not None and one.room.text == name]

    async def post(self, url: str, fields: Sequence[tuple[str, str]]) -> tuple[int, bytes]:
        """A signed post to the hub."""
        signature = RequestValidator(self.token).compute_signature(url, dict(fields))
        assert url.startswith(self.public)
        target = URL(self.hub + url.removeprefix(self.public), encoded=True)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        async with self.session.post(target, data=urlencode(fields), headers=headers) as answer:
            return answer.status, await answer.read()

    async def fetched(self, url: str) -> bytes:
        """A sound that the hub has named."""
        assert url.startswith(self.public)
        async with self.session.get(self.hub + url.removeprefix(self.public)) as answer:
            assert (answer.status, answer.content_type) == (200, "audio/wav")
            return await answer.read()

    # The REST API

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """What the hub asks."""
        if request.headers.get("Authorization") != "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode():
            return web.json_response({"code": 20003}, status=401)
        path = request.match_info["path"].removesuffix(".json").strip("/")
        if request.method == "GET":
            return self._read(path, request)
        form = dict(parse_qsl(await request.text(), keep_blank_values=True))
        self.asked.append((path, form))
        await self.news()
        return self._change(path.split("/"), form)

    def _read(self, path: str, request: web.Request) -> web.Response:
        if path.startswith("Recordings/"):
            return web.Response(body=self.files[path.partition("/")[2]], content_type="audio/wav")
        if path == "Calls":
            there = [one for one in self.legs.values() if one.to == request.query["To"]]
            rows = [
                {"sid": one.sid, "direction": one.direction, "status": "completed" if one.over else "in-progress"}
                for one in reversed(there)
            ]
            return web.json_response({"calls": rows})
        if path == "Conferences":
            found = self.in_room(request.query["FriendlyName"])
            return web.json_response({"conferences": [{"sid": f"CF{request.query['FriendlyName']}"}] if found else []})
        if path.startswith("Calls/"):
            leg = self.legs[path.partition("/")[2]]
            return web.json_response({"sid": leg.sid, "status": "completed" if leg.over else "in-progress"})
        return web.json_response({"sid": ACCOUNT})

    def _change(self, path: list[str], form: dict[str, str]) -> web.Response:
        match path:
            case ["Calls"]:
                sid = f"CA{len(self.legs) + 1:032d}"
                leg = Leg(self, sid, form["To"], form["From"], "outbound-api", form["StatusCallback"])
                self.legs[sid] = leg
                SubElement(leg.document, "Redirect").text = form["Url"]
                self._soon(self.news())
                return web.json_response({"sid": sid}, status=201)
            case ["Calls", sid] if self.legs[sid].over:
                return web.json_response({"code": 21220}, status=400)
            case ["Calls", sid] if form.get("Status") == "completed":
                self._soon(self.legs[sid].hangs_up())
            case ["Calls", sid]:
                self._soon(self.legs[sid].asks(form["Url"]))
            case _:
                pass
        return web.json_response({"sid": path[-1]})

    def _soon(self, doing: Coroutine[None, None, None]) -> None:
        self._tasks.append(asyncio.create_task(doing))


@asynccontextmanager
async def twilio(public: str, hub: str, *, inbox: str) -> AsyncIterator[Twilio]:
    """A provider, until the block ends; whatever it did for itself went well."""
    async with aiohttp.ClientSession() as session:
        provider = Twilio(public=public, hub=hub, inbox=inbox, session=session)
        app = web.Application()
        app.router.add_route("*", f"/2010-04-01/Accounts/{ACCOUNT}{{path:.*}}", provider.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield provider
            await asyncio.gather(*provider._tasks)
        finally:
            for one in provider._tasks:
                one.cancel()
            await asyncio.gather(*provider._tasks, return_exceptions=True)
            await runner.cleanup()
