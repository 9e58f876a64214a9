"""Whatever is sent to a number, in any dialect: a clear no, or a call of its own; nobody else's is disturbed."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

import aiohttp
from twilio.request_validator import RequestValidator
from yarl import URL

from hub.lanes import Appended
from hub.model.calendar import Calendar
from hub.model.config import Inbox
from hub.model.ids import InboxId
from hub.seed import QUEUE
from hub.store.database import Database
from tests.calls import CallDesk, Clerk
from tests.hub_server import live_hub

Dialect = Literal["jambonz", "twiml", "simotel"]
DIALECTS: tuple[Dialect, ...] = ("jambonz", "twiml", "simotel")
SECRET = "a-secret-of-the-hostile-tests-42"
FLOW = {
    "name": "f",
    "version": 1,
    "entry": {"node": "menu", "locale": "en"},
    "locales": ["en"],
    "nodes": {
        "menu": {
            "type": "menu",
            "text": {"en": "People 1."},
            "choices": {"1": "line"},
            "otherwise": "bye",
            "retries": 9,
        },
        "line": {"type": "queue", "queue": QUEUE},
        "bye": {"type": "hangup"},
    },
}
SETTINGS: dict[Dialect, dict[str, Any]] = {
    "jambonz": {"api_url": "http://127.0.0.1:9", "api_key": SECRET, "webhook_secret": SECRET},
    "twiml": {"account_sid": "AC1", "auth_token": SECRET, "twiml_url": "http://127.0.0.1:9"},
    "simotel": {"password": SECRET, "announcements": ["menu = People 1."], "exits": [f"{QUEUE} = 3"]},
}
NAMES = (
    '"\x00Robert\'); DROP TABLE" <sip:x"y@z>',
    "'; return 1; var x='\u202e\ufeff",
    "<Response><Dial>+98900</Dial></Response>",
    "$where\x00.",
    "\ud83d\ude00" * 2_000,
)


JUNK = (
    b"",
    b"\xff\xfe",
    b"{" * 50_000,
    b"[" * 50_000,
    b'{"call_sid": 1e999, "unique_id": []}',
    b"CallSid=%00&a=%ff&" * 900,
)
PATHS: dict[Dialect, tuple[str, str, str]] = {
    "jambonz": ("call", "collect", "status"),
    "twiml": ("call", "collect", "status"),
    "simotel": ("simotel/smart", "simotel/smart", "simotel/events"),
}


@dataclass
class Line:
    """One number, as its telephone system uses it."""

    dialect: Dialect
    url: str
    session: aiohttp.ClientSession

    async def post(self, path: str, body: bytes, *, signed: bool = True, token: str = "") -> tuple[int, bytes]:
        """Anything."""
        query = f"?{urlencode({'token': token}, errors='replace')}" if token else ""
        url, headers = f"{self.url}/channels/voice/{self.dialect}/{path}{query}", dict[str, str]()
        if self.dialect == "twiml":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if signed:
            headers |= self._signed(url, body)
        async with self.session.post(URL(url, encoded=True), data=body, headers=headers) as answer:
            return answer.status, await answer.read()

    def _signed(self, url: str, body: bytes) -> dict[str, str]:
        match self.dialect:
            case "jambonz":
                at = int(time.time())
                mac = hmac.digest(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hex()
                return {"Jambonz-Signature": f"t={at},v1={mac}"}
            case "twiml":
                fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
                return {"X-Twilio-Signature": RequestValidator(SECRET).compute_signature(url, fields)}
            case "simotel":
                return {"Authorization": aiohttp.encode_basic_auth("peyk", SECRET)}

    async def tells(self, what: int, call: str, token: str = "", **fields: str) -> tuple[int, bytes]:
        """A call comes in (0), has keyed something (1), or is over (2); `who`, `digits`, `name`."""
        who, digits, name = (fields.get(one, "") for one in ("who", "digits", "name"))
        more: dict[str, str]
        match self.dialect:
            case "jambonz":
                more = {"call_sid": call, "from": who, "to": "100", "caller_name": name, "direction": "inbound"}
                more |= {"reason": "dtmfDetected", "digits": digits} if what == 1 else {}
                more |= {"call_status": "completed"} if what == 2 else {}
            case "twiml":
                more = {"CallSid": call, "From": who, "To": "100", "CallerName": name, "Digits": digits}
                more |= {"CallStatus": "completed"} if what == 2 else {}
            case "simotel":
                more = {"unique_id": call, "src": who, "dst": "100", "data": digits, "app_name": name}
                more |= {"event_name": "Cdr", "disposition": "ANSWERED"} if what == 2 else {}
        body = urlencode(more, errors="replace") if self.dialect == "twiml" else json.dumps(more)
        return await self.post(PATHS[self.dialect][what], body.encode(), token=token)


async def attacks(line: Line) -> None:
    """Everything, each with the answer that it deserves."""
    paths = PATHS[line.dialect]
    for path in paths:
        assert (await line.post(path, b"{}", signed=False))[0] == 401
        assert (await line.post(path, b"a=" + b"x" * (10 << 20)))[0] == 413
        for junk in JUNK:
            status, _ = await line.post(path, junk, token="\x00\ud800".encode("utf-8", "surrogatepass").hex())
            assert 400 <= status < 500 or (status, line.dialect) == (204, "twiml"), (path, junk[:40], status)
    if line.dialect != "simotel":  # which has no id of its own for a call that nobody knows: it begins
        assert (await line.tells(1, "nobody", digits="1"))[0] == 404
        assert (await line.tells(2, "no-one"))[0] == 404
    for number, name in enumerate(NAMES):
        assert (await line.tells(0, f"odd-{number}", who=name, name=name))[0] == 200
        assert (await line.tells(0, name, who="+989121111111", name=name))[0] < 500
        for digits in ("1" * 100_000, "\x00", name):
            assert (await line.tells(1, f"odd-{number}", digits=digits, token=name[:100]))[0] < 500
        for _ in range(2):
            assert (await line.tells(2, f"odd-{number}"))[0] < 300
        assert (await line.tells(1, f"odd-{number}", digits="1"))[0] < 500
    for _ in range(20):
        assert (await line.tells(1, "flood", digits="9"))[0] < 500


async def test_nothing_that_is_sent_disturbs_another_call(
    no_task_left_behind: None, database: Database, tmp_path: Path
) -> None:
    async with live_hub(database, tmp_path / "var", bot=Clerk()) as live, aiohttp.ClientSession() as session:
        house = CallDesk(live=live)
        live.hub.bus.on(Appended, house.on_appended)
        lines = [Line(one, live.url, session) for one in DIALECTS]
        tokens: list[bytes] = []
        for line in lines:
            own = {**SETTINGS[line.dialect], "dialect": line.dialect, "flow": json.dumps(FLOW)}
            await live.hub.config.create(
                Inbox(
                    id=InboxId(line.dialect),
                    name=line.dialect,
                    channel="voice",
                    queue=QUEUE,
                    locale="en",
                    calendar=Calendar(always_open=True),
                    settings=own,
                )
            )
            await house.adopts()
            status, asked = await line.tells(0, "bystander", who="+989121234567")
            assert status == 200, (line.dialect, asked)
            tokens += re.findall(rb"token=(\w+)", asked)[-1:] or [b""]
        for line in lines:
            await attacks(line)
        for line, token, waits in zip(lines, tokens, (b"enqueue", b"<Enqueue", b"Exit('3')"), strict=True):
            status, answer = await line.tells(1, "bystander", token.decode(), digits="1")
            assert (status, waits in answer) == (200, True), answer
