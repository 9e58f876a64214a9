"""What the gateway lets in, what it reads of a hub's answer, and the files that it writes for Asterisk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from channels.voice.asterisk import config_files, verbs
from channels.voice.asterisk.gateway import Gateway, gateway
from channels.voice.asterisk.journal import Facts, Journal
from channels.voice.asterisk.lines import Lines
from channels.voice.asterisk.settings import (
    GatewaySettings,
    GatewaySettingsError,
    Sip,
    first_settings,
    read_settings,
)
from channels.voice.asterisk.webhook import USUAL, Policy, policy_of
from hub.cli import main
from tests.asterisk import KEY, SECRET
from tests.ports import free_port


@pytest_asyncio.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway that no Asterisk has dialled."""
    port = free_port()
    settings = GatewaySettings(
        hub="http://127.0.0.1:9",
        secret=SECRET,
        key=KEY,
        password="the-password-of-asterisk",
        port=port,
        public=f"http://127.0.0.1:{port}",
        sounds=tmp_path / "sounds",
        state=tmp_path / "state",
    )
    async with gateway(settings) as made:
        yield made


@pytest.mark.parametrize(
    ("account", "key", "status"), [("peyk", "", 401), ("peyk", "wrong", 401), ("other", KEY, 404), ("peyk", KEY, 503)]
)
async def test_only_who_has_the_key_may_ask(alone: Gateway, account: str, key: str, status: int) -> None:
    url = f"{alone.settings.public}/v1/Accounts/{account}/Calls/c1"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with aiohttp.ClientSession() as session, session.post(url, json={}, headers=headers) as answer:
        assert answer.status == status


@pytest.mark.parametrize("header", ["", "Basic !", "Basic cGV5azp3cm9uZw==", "Bearer x"])
async def test_no_other_asterisk_gets_in(alone: Gateway, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{alone.settings.public}/ari", headers=headers)
    assert refused.value.status == 401


async def test_it_says_that_nobody_is_connected(alone: Gateway) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{alone.settings.public}/health") as answer:
        assert (answer.status, await answer.json()) == (503, {"connected": False, "calls": 0})


@pytest.mark.parametrize("body", ["{}", "[7]", ""])
async def test_an_asterisk_that_cannot_be_understood_may_dial_again(
    alone: Gateway, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.voice.asterisk.gateway._AGAIN_SECONDS", 0)
    settings = alone.settings
    login = aiohttp.encode_basic_auth(settings.user, settings.password)
    async with (
        asyncio.timeout(15),
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{settings.public}/ari", headers={"Authorization": login}) as socket,
    ):
        await socket.send_json({"type": "ApplicationRegistered", "application": settings.app})
        async for message in socket:
            asked = message.json()
            answer = {"type": "RESTResponse", "request_id": asked["request_id"], "status_code": 200}
            await socket.send_json({**answer, "message_body": body})
    assert alone.exchange is None


def test_verbs_that_cannot_be_done_are_left_out_and_nonsense_is_refused() -> None:
    read = verbs.read([{"verb": "transcribe", "transcriptionHook": "/t"}, {"verb": "say", "text": "x", "stream": True}])
    assert [type(one).__name__ for one in read] == ["Say"]
    for wrong in ([{"verb": "fly"}], ["say"], [{"verb": "say"}], [{"verb": "dial", "target": [{"type": "moon"}]}], 7):
        with pytest.raises(verbs.BadVerbsError):
            verbs.read(wrong)


def test_a_verb_survives_the_journal(tmp_path: Path) -> None:
    [verb] = verbs.read([{"verb": "enqueue", "name": "صف", "actionHook": {"url": "/q"}, "waitHook": "/w"}])
    assert verbs.read([verbs.plain(verb)]) == (verb,)
    journal = Journal(tmp_path)
    facts = Facts(sid="../../etc/x", direction="inbound", caller="علی", callee="1", began=5)
    journal.keep(facts)
    (tmp_path / "broken.json").write_text("{")
    assert journal.all() == [facts]
    assert {one.parent for one in tmp_path.iterdir()} == {tmp_path}
    journal.forget(facts)
    assert journal.all() == []


@pytest.mark.parametrize(
    ("url", "policy"),
    [
        ("http://h/x", USUAL),
        ("http://h/x#rc=3&rp=ct,5xx", Policy(retries=3, kinds=frozenset({"ct", "5xx"}))),
        ("http://h/x#rc=99", Policy(retries=5, kinds=frozenset({"ct"}))),
        ("http://h/x#rc=no", Policy(retries=0, kinds=frozenset({"ct"}))),
    ],
)
def test_how_often_is_asked_again_stands_in_the_address(url: str, policy: Policy) -> None:
    assert policy_of(url) == policy


async def test_a_line_is_in_order_and_who_seeks_waits(tmp_path: Path) -> None:
    lines = Lines()
    seeking = asyncio.create_task(lines.take("a", "", 5))
    await asyncio.sleep(0)
    lines.join("a", "late", 5, 30)
    taken = await seeking
    assert taken is not None
    assert taken.sid == "late"
    first, second = lines.join("a", "second", 5, 20), lines.join("a", "first", 5, 10)
    assert [lines.place(one) for one in (first, second)] == [1, 0]
    assert lines.place(lines.join("a", "important", 1, 99)) == 0
    assert await lines.take("a", "nobody", 0.001) is None
    assert lines.leave("nobody") is None


def test_the_files_for_asterisk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings, folder = tmp_path / "gateway.toml", tmp_path / "etc"
    assert main(["voice-gateway", "--settings", str(settings), "config", str(folder)]) == 0
    assert settings.stat().st_mode & 0o777 == 0o600
    assert str(folder / "pjsip.conf") in capsys.readouterr().out
    kept = read_settings(settings)
    first_settings(settings)
    assert read_settings(settings) == kept
    assert kept.password in (folder / "ari.conf").read_text()
    assert (folder / "ari.conf").stat().st_mode & 0o777 == 0o600


def test_the_softphone_and_the_trunk_are_in_the_files(tmp_path: Path) -> None:
    sip = Sip(websocket_port=8443, certificate="/c.pem", key="/k.pem", trunk_host="sip.example", trunk_user="u")
    sip = msgspec.structs.replace(sip, extensions={"101": "p"}, silence=45, external="203.0.113.7")
    texts = config_files.files(tmp_path, GatewaySettings(sip=sip), config_files.Places())
    assert "protocol=wss" in texts["pjsip.conf"]
    assert texts["pjsip.conf"].count("rtp_timeout=45") == 2
    assert "endpoint=memory" in texts["sorcery.conf"]
    assert "server_uri=sip:sip.example" in texts["pjsip.conf"]
    assert "external_media_address=203.0.113.7" in texts["pjsip.conf"]
    assert "tlsbindaddr=0.0.0.0:8443" in texts["http.conf"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hub = ", "Invalid"),
        ("hubb = 'x'", "unknown field"),
        ("hub = 'http://h'\nsecret = 'short'", "secret"),
        ("", "secret"),
    ],
)
def test_settings_that_cannot_be_used_say_why(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(GatewaySettingsError, match=said):
        read_settings(path)


def test_a_voice_that_is_not_there_is_said(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    first_settings(path)
    path.write_text(path.read_text() + f'\n[voices]\nfa = "{tmp_path}/fa.onnx"\n')
    with pytest.raises(GatewaySettingsError, match=r"fa\.onnx is no model of piper"):
        read_settings(path)


def test_folders_are_settings_too(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    first_settings(path)
    path.write_text(f'state = "{tmp_path}/calls"\n' + path.read_text())
    assert read_settings(path).state == tmp_path / "calls"


def test_missing_settings_are_an_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voice-gateway", "--settings", str(tmp_path / "none.toml")]) == 2
    assert "voice-gateway config DIR" in capsys.readouterr().err


def test_the_trunk_is_known_by_its_address_and_never_by_a_name_that_a_stranger_gives(tmp_path: Path) -> None:
    sip = Sip(trunk_host="sip.example")
    text = config_files.files(tmp_path, GatewaySettings(sip=sip), config_files.Places())["pjsip.conf"]
    endpoint = text.partition("[trunk]\ntype=endpoint")[2].partition("\n[")[0]
    assert "identify_by=ip\n" in endpoint
