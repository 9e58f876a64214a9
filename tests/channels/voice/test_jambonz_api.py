"""What the hub asks of jambonz, against a server that answers as its API does (jambonz-api-server, swagger)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.voice.hooks import Hooks
from channels.voice.jambonz.api import JambonzApi
from channels.voice.script import Say, Target
from channels.voice.system import CallApiError

HOOKS = Hooks(base="https://hub.example/v/in1/s")


@dataclass
class Account:
    """What it was asked, and how it answers."""

    asked: list[tuple[str, str, object]] = field(default_factory=list)
    status: int = 202
    body: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.Response(status=self.status, text=self.body)
        self.asked.append((request.path, request.headers["Authorization"], await request.json()))
        return web.Response(status=self.status, text=self.body)


@pytest.fixture
def account() -> Account:
    return Account()


@pytest_asyncio.fixture
async def api(account: Account) -> AsyncIterator[JambonzApi]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", account.answer)
    async with TestServer(app) as server:
        yield JambonzApi(f"http://127.0.0.1:{server.port}/", "acc 1", "k3y")


async def test_a_call_is_made_and_its_id_kept(api: JambonzApi, account: Account) -> None:
    account.status, account.body = 201, '{"sid":"c9"}'
    target = Target(kind="user", to="101@pbx.example")
    assert await api.create_call(target, HOOKS, token="t1", caller_id="02191000000") == "c9"
    [(path, key, asked)] = account.asked
    assert (path, key) == ("/v1/Accounts/acc 1/Calls", "Bearer k3y")
    assert asked == {
        "from": "02191000000",
        "to": {"type": "user", "name": "101@pbx.example"},
        "call_hook": {"url": f"{HOOKS.base}/continue?token=t1", "method": "POST"},
        "call_status_hook": {"url": f"{HOOKS.base}/status?token=t1", "method": "POST"},
        "timeout": 30,
        "headers": {},
        "tag": {"token": "t1"},
    }


async def test_a_live_call_is_changed(api: JambonzApi, account: Account) -> None:
    await api.redirect("c/9", HOOKS, token="t2")
    await api.redirect("c9", HOOKS, token="t2", child=True)
    await api.hang_up("c9")
    await api.mute("c9", on=True)
    await api.announce("c9", Say(text="This is recorded.", locale="en"))
    await api.record("c9", "pause", HOOKS, token="t2")
    hook = {"url": f"{HOOKS.base}/continue?token=t2", "method": "POST"}
    assert [asked for _, _, asked in account.asked] == [
        {"call_hook": hook},
        {"child_call_hook": hook},
        {"call_status": "completed"},
        {"mute_status": "mute"},
        {"whisper": {"verb": "say", "text": "This is recorded.", "synthesizer": {"language": "en-US"}}},
        {"record": {"action": "pauseCallRecording"}},
    ]


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        (200, '{"call_status":"in-progress"}', None),
        (200, '{"call_status":"completed"}', "completed"),
        (404, "", "lost"),
    ],
)
async def test_how_a_call_has_ended_is_told(
    api: JambonzApi, account: Account, status: int, body: str, fate: str | None
) -> None:
    account.status, account.body = status, body
    assert await api.fate("c9") == fate


@pytest.mark.parametrize(("status", "body"), [(503, ""), (200, "[")])
async def test_who_does_not_know_how_a_call_ended_says_nothing(
    api: JambonzApi, account: Account, status: int, body: str
) -> None:
    account.status, account.body = status, body
    with pytest.raises(CallApiError):
        await api.fate("c9")


@pytest.mark.parametrize(
    ("status", "body", "gone", "retryable", "uncertain"),
    [
        (404, "", True, False, False),
        (400, '{"msg":"no"}', False, False, False),
        (503, "", False, True, False),
        (201, "", False, False, True),
        (201, "[", False, False, True),
    ],
)
async def test_what_can_become_of_it(
    api: JambonzApi, account: Account, status: int, body: str, gone: bool, retryable: bool, uncertain: bool
) -> None:
    account.status, account.body = status, body
    with pytest.raises(CallApiError) as refused:
        await api.create_call(Target(kind="phone", to="+98"), HOOKS, token="t", caller_id="1")
    assert (refused.value.gone, refused.value.retryable, refused.value.uncertain) == (gone, retryable, uncertain)
    assert "k3y" not in repr(api)


async def test_nobody_is_there(unused_tcp_port: int) -> None:
    with pytest.raises(CallApiError) as refused:
        await JambonzApi(f"http://127.0.0.1:{unused_tcp_port}", "acc", "k").hang_up("c9")
    assert refused.value.retryable
