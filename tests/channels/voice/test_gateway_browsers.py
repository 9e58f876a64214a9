"""Browsers as telephones: who is let in by the gateway registers at a real Asterisk over its secure websocket."""

from __future__ import annotations

import asyncio
import re
from hashlib import md5
from uuid import uuid4

import pytest

from tests.asterisk import KEY
from tests.channels.voice.switch import Lab

NAME = "web-agent_1"
LOGIN, PASSWORD = "login-of-the-browser", "password-of-the-browser"


async def admit(line: Lab, name: str = NAME, **fields: object) -> int:
    """Ask as the hub does; the status."""
    url = f"{line.settings.public}/v1/Accounts/peyk/Browsers/{name}"
    asked = {"login": LOGIN, "password": PASSWORD, "seconds": 60, **fields}
    async with line.session.post(url, json=asked, headers={"Authorization": f"Bearer {KEY}"}) as answer:
        return answer.status


async def registers(line: Lab, login: str = LOGIN, password: str = PASSWORD, url: str = "") -> int:
    """Register as JsSIP does; SIP's answer to the password."""
    async with line.session.ws_connect(url or line.asterisk.websocket, protocols=("sip",), ssl=False) as socket:
        call = uuid4().hex
        await socket.send_str(_register(call, 1))
        answer = await socket.receive_str()
        asked = dict(re.findall(r'(nonce|opaque)="([^"]*)"', answer))
        if asked:
            digest = _digest(login, password, asked["nonce"], asked.get("opaque", ""))
            await socket.send_str(_register(call, 2, digest))
            answer = await socket.receive_str()
        return int(answer.split(" ", 2)[1])


def _register(call: str, number: int, authorization: str = "") -> str:
    lines = [
        "REGISTER sip:asterisk SIP/2.0",
        f"Via: SIP/2.0/WSS browser.invalid;branch=z9hG4bK{call}{number}",
        "Max-Forwards: 69",
        f"To: <sip:{NAME}@asterisk>",
        f"From: <sip:{NAME}@asterisk>;tag=1",
        f"Call-ID: {call}",
        f"CSeq: {number} REGISTER",
        f"Contact: <sip:x{call}@browser.invalid;transport=ws>;expires=60",
        *([f"Authorization: {authorization}"] if authorization else []),
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""])


def _digest(login: str, password: str, nonce: str, opaque: str) -> str:
    """RFC 2617 with qop=auth."""
    one, two = _md5(f"{login}:asterisk:{password}"), _md5("REGISTER:sip:asterisk")
    answer = _md5(f"{one}:{nonce}:00000001:abc:auth:{two}")
    fields = {"username": login, "realm": "asterisk", "nonce": nonce, "uri": "sip:asterisk", "response": answer}
    quoted = ", ".join(f'{name}="{value}"' for name, value in {**fields, "cnonce": "abc", "opaque": opaque}.items())
    return f"Digest {quoted}, algorithm=MD5, qop=auth, nc=00000001"


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


async def test_who_is_let_in_registers_and_nobody_else(line: Lab, capfd: pytest.CaptureFixture[str]) -> None:
    assert await admit(line) == 204
    assert await registers(line) == 200
    assert await registers(line, password="password-of-somebody") == 401
    assert await registers(line, login="login-of-somebody") == 401
    # Renewed: a new password, the old one is good no longer.
    assert await admit(line, password="another-password-of-it", was=LOGIN) == 204
    assert await registers(line) == 401
    assert await registers(line, password="another-password-of-it") == 200
    # A second browser takes the name, and the first cannot have it back without saying so.
    assert await admit(line, login="login-of-the-laptop") == 204
    assert await admit(line, was=LOGIN) == 409
    assert await registers(line, login="login-of-the-laptop") == 200
    assert PASSWORD not in "".join(capfd.readouterr()) + line.asterisk.log


async def test_a_tls_proxy_may_stand_before_it(line: Lab) -> None:
    assert await admit(line) == 204
    assert await registers(line, url=f"{line.settings.asterisk}/ws") == 200


async def test_the_password_is_good_for_its_time_only(line: Lab) -> None:
    assert await admit(line, seconds=4) == 204
    assert await registers(line) == 200
    async with asyncio.timeout(20):
        while await registers(line) == 200:
            await asyncio.sleep(0.1)


async def test_a_gateway_that_restarts_leaves_browsers_the_telephones_that_they_are(line: Lab) -> None:
    assert await admit(line) == 204
    await line.stop()
    assert await registers(line) == 200
    await line.start()
    assert await registers(line) == 200
    # It knows who has the name: they renew it, somebody else does not.
    assert await admit(line, login="login-of-somebody", was="login-of-somebody") == 409
    assert await admit(line, password="another-password-of-it", was=LOGIN) == 204
    assert await registers(line, password="another-password-of-it") == 200


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("101", {}),
        ("web-", {}),
        ("web-a%0Ab", {}),
        (NAME, {"login": "short"}),
        (NAME, {"password": "a\nwebrtc=no and long enough"}),
        (NAME, {"seconds": "x"}),
    ],
)
async def test_what_is_no_browser_is_refused(line: Lab, name: str, fields: dict[str, object]) -> None:
    assert await admit(line, name, **fields) == 400
