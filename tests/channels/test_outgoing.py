"""Addresses that somebody else names never lead into our own network (attack case S01)."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from channels.contract import ChannelError
from channels.outgoing import FIRST_BYTES, Outgoing, OutgoingError, Reach, checked_url, reach
from tests.fakes.callback import Callback
from tests.ports import free_port


class Names(AbstractResolver):
    """A name server: each question takes the next answer; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = deque(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if not found:
            raise OSError(None, "no such name")
        return [
            ResolveResult(
                hostname=host,
                host=one,
                port=port,
                family=socket.AF_INET6 if ":" in one else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for one in found
        ]

    async def close(self) -> None:
        """Nothing is open."""


class Watched(Outgoing):
    """Remembers to which addresses it was going to connect."""

    def __init__(self, *, private: bool = False, resolver: AbstractResolver | None = None) -> None:
        super().__init__(private=private, resolver=resolver)
        self.tried: list[str] = []

    def _socket(self, address: aiohttp.AddrInfoType) -> socket.socket:
        self.tried.append(str(address[4][0]))
        return super()._socket(address)


@pytest_asyncio.fixture
async def other(no_task_left_behind: None) -> AsyncIterator[Callback]:
    async with Callback() as server:
        yield server


async def read(url: str, client: Outgoing | None = None, *, seconds: float = 5, **more: Any) -> bytes:
    chunks = (client or Outgoing()).stream(url, most=100, seconds=seconds, redirects=3, **more)
    return b"".join([chunk async for chunk in chunks])


async def refusal(url: str, client: Outgoing | None = None, **more: Any) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await read(url, client, **more)
    return caught.value


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("93.184.216.34", "public"),
        ("8.8.8.8", "public"),
        ("172.32.0.1", "public"),
        ("100.63.255.255", "public"),
        ("100.128.0.1", "public"),
        ("2606:4700::1111", "public"),
        ("::ffff:8.8.8.8", "public"),
        ("64:ff9b::808:808", "public"),
        ("127.0.0.1", "private"),
        ("127.255.255.254", "private"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"),
        ("::1", "private"),
        ("fd12:3456::1", "private"),
        ("::ffff:127.0.0.1", "private"),
        ("::ffff:10.1.2.3", "private"),
        ("64:ff9b::7f00:1", "private"),
        ("0.0.0.0", "never"),
        ("0.1.2.3", "never"),
        ("169.254.169.254", "never"),
        ("::ffff:169.254.169.254", "never"),
        ("64:ff9b::a9fe:a9fe", "never"),
        ("64:ff9b:1::a00:1", "never"),
        ("100.100.100.200", "never"),
        ("168.63.129.16", "never"),
        ("192.0.0.192", "never"),
        ("192.0.2.1", "never"),
        ("198.18.0.1", "never"),
        ("198.51.100.7", "never"),
        ("203.0.113.9", "never"),
        ("224.0.0.1", "never"),
        ("239.255.255.250", "never"),
        ("240.0.0.1", "never"),
        ("255.255.255.255", "never"),
        ("::", "never"),
        ("::7f00:1", "never"),
        ("::ffff:0:7f00:1", "never"),
        ("2002:7f00:1::", "never"),
        ("2002:808:808::1", "never"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "never"),
        ("2001:db8::1", "never"),
        ("fe80::1", "never"),
        ("fe80::1%1", "never"),
        ("2606:4700::1111%1", "never"),
        ("fec0::1", "never"),
        ("ff02::1", "never"),
        ("fd00:ec2::254", "never"),
        ("4000::1", "never"),
        ("127.1", "never"),
        ("0x7f.0.0.1", "never"),
        ("localhost", "never"),
        ("", "never"),
    ],
)
def test_s01_every_address_lies_somewhere(address: str, where: Reach) -> None:
    assert reach(address) == where


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook",
        "//a.example/",
        "http://a.example/",
        "ftp://a.example/",
        "file:///etc/passwd",
        "gopher://a.example/",
        "https:///path",
        "https://user@a.example/",
        "https://user:secret@a.example/",
        "https://:secret@a.example/",
        "https://a.example:22/",
        "https://a.example:25/",
        "https://a.example:6379/",
        "https://a.example:27017/",
        "https://a.example:0/",
        "https://a.example:99999/",
        "https://a.example/ b",
        "https://a.example/\r\nX: y",
        "https://a.example/\u202e",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://١٢٧.٠.٠.١/",
        "https://１２７.0.0.1/",
        "https://10.0.0.1:8443/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fe80::1%25eth0]/",
        "https://[64:ff9b::a00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://a.example/" + "x" * 2_000,
    ],
)
async def test_s01_an_address_that_must_not_be_called_is_refused_before_anything_happens(url: str) -> None:
    names = Names(["93.184.216.34"])
    with pytest.raises(OutgoingError) as refused:
        await Outgoing(resolver=names).post(url, b"", {}, seconds=5)
    assert refused.value.code == "refused_address"
    assert (await refusal(url, Outgoing(resolver=names))).code == "bad_url"
    assert names.asked == []
    assert not url or url not in refused.value.text


@pytest.mark.parametrize(
    "url",
    ["https://a.example/hook?x=1", "https://a.example:8443/", "https://پیک.example/", "https://93.184.216.34/"],
)
def test_an_ordinary_address_may_be_called(url: str) -> None:
    assert checked_url(url).scheme == "https"


@pytest.mark.parametrize("url", ["https://169.254.169.254/", "https://[::]/", "https://0.0.0.0/", "https://a:22/"])
def test_the_own_network_does_not_hold_what_nobody_may_reach(url: str) -> None:
    with pytest.raises(OutgoingError):
        checked_url(url, private=True)


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "127.0.0.1"],
        ["127.0.0.1", "93.184.216.34"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["169.254.169.254"],
        ["64:ff9b::7f00:1"],
    ],
)
async def test_s01_a_name_of_which_any_address_is_ours_is_refused(answer: list[str]) -> None:
    client = Watched(resolver=Names(answer))
    with pytest.raises(OutgoingError) as refused:
        await client.post("https://a.example/", b"", {}, seconds=5)
    assert (refused.value.code, refused.value.uncertain) == ("refused_address", False)
    assert client.tried == []  # not the public ones either


@pytest.mark.parametrize("host", ["localhost", "0x7f000001", "0x7f.1"])
async def test_s01_names_and_spellings_that_the_system_resolves_to_itself_are_refused(host: str) -> None:
    with pytest.raises(OutgoingError) as refused:
        await Outgoing().post(f"https://{host}/", b"", {}, seconds=5)
    assert refused.value.code in {"refused_address", "unreachable"}


async def test_s01_what_was_checked_is_what_is_connected_to(other: Callback) -> None:
    """A name that leads elsewhere at the second look is looked up once only, and each call looks anew."""
    names = Names(["127.0.0.1"], ["169.254.169.254"])
    url = other.url.replace("127.0.0.1", "rebinding.example")
    client = Outgoing(private=True, resolver=names)
    assert (await client.post(url, b"one", {}, seconds=5)).status == 200
    assert names.asked == ["rebinding.example"]
    with pytest.raises(OutgoingError) as refused:
        await client.post(url, b"two", {}, seconds=5)
    assert refused.value.code == "refused_address"
    assert [one.body for one in other.taken] == [b"one"]


async def test_s01_the_socket_itself_refuses_what_slipped_past_the_names(other: Callback) -> None:
    client = Outgoing()
    with pytest.raises(OutgoingError):
        client._socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 443)))
    made = Outgoing(private=True)._socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 443)))
    made.close()


async def test_s01_redirects_proxies_and_cookies_are_not_used(other: Callback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    other.status, other.headers = 302, {"Location": other.url, "Set-Cookie": "a=b"}
    client = Outgoing(private=True)
    for _ in range(2):
        answer = await client.post(other.url, b"x", {"X-Own": "1"}, seconds=5)
        assert (answer.status, answer.headers["location"]) == (302, other.url)
    assert len(other.taken) == 2
    assert all("cookie" not in one.headers and one.headers["accept-encoding"] == "identity" for one in other.taken)


async def test_s01_of_a_huge_answer_only_the_beginning_is_read(other: Callback) -> None:
    other.answer = bytes(5_000_000)
    assert len((await Outgoing(private=True).post(other.url, b"x", {}, seconds=5)).body) == FIRST_BYTES


async def test_s01_a_packed_answer_is_not_unpacked(other: Callback) -> None:
    other.answer, other.headers = b"\x1f\x8b\x08junk", {"Content-Encoding": "gzip"}
    assert (await Outgoing(private=True).post(other.url, b"x", {}, seconds=5)).body == other.answer


async def test_a_name_that_does_not_exist_is_unreachable(other: Callback) -> None:
    with pytest.raises(OutgoingError) as failed:
        await Outgoing(resolver=Names([])).post("https://nobody.example/", b"", {}, seconds=5)
    assert (failed.value.code, failed.value.uncertain) == ("unreachable", False)


async def test_https_needs_a_good_certificate_and_plain_http_on_its_port_is_none(other: Callback) -> None:
    with pytest.raises(OutgoingError) as failed:
        await Outgoing(private=True).post(other.url.replace("http:", "https:"), b"", {}, seconds=5)
    assert (failed.value.code, failed.value.uncertain) == ("unreachable", False)
    assert other.taken == []


@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"], ids=["silent", "drips"])
async def test_s01_who_does_not_come_to_an_end_is_left(words: bytes) -> None:
    closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await closed.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    client = Outgoing(private=True)
    if words:
        assert (await client.post(url, b"x", {}, seconds=1)).body == b"abc"  # the status has said all
    else:
        with pytest.raises(OutgoingError) as failed:
            await client.post(url, b"x", {}, seconds=1)
        assert (failed.value.code, failed.value.uncertain) == ("timeout", True)
    assert (await refusal(url, client, seconds=1)).retryable
    closed.set()
    server.close()
    await server.wait_closed()


@pytest_asyncio.fixture
async def provider(no_task_left_behind: None) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.StreamResponse:
        match request.match_info["what"]:
            case "file":
                return web.Response(text=request.headers.get("Authorization", "none"))
            case "long":
                return web.Response(body=b"x" * 101)
            case "endless":
                response = web.StreamResponse()
                response.enable_chunked_encoding()
                await response.prepare(request)
                for _ in range(11):
                    await response.write(b"x" * 10)
                return response
            case "short":
                response = web.StreamResponse(headers={"Content-Length": "50"})
                await response.prepare(request)
                await response.write(b"x")
                request.transport.abort()  # type: ignore[union-attr]
                return response
            case "to":
                return web.Response(status=302, headers={"Location": request.query["url"]})
            case status:
                return web.Response(status=int(status))

    app = web.Application()
    app.router.add_get("/{what}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_the_origin_that_an_admin_named_may_be_in_the_own_network(provider: str) -> None:
    told = {"Authorization": "Bearer t"}
    assert await read(f"{provider}/file", trusted=f"{provider}/v1", headers=told) == b"Bearer t"
    assert (await refusal(f"{provider}/file")).code == "bad_url"
    assert (await refusal(f"{provider}/file", trusted="https://graph.example")).code == "bad_url"
    assert (await refusal("https://169.254.169.254/x", trusted="https://169.254.169.254")).code == "bad_url"


@pytest.mark.parametrize("what", ["long", "endless"])
async def test_what_is_too_long_is_cut_off_whether_it_says_so_or_not(provider: str, what: str) -> None:
    assert (await refusal(f"{provider}/{what}", trusted=provider)).code == "too_large"


@pytest.mark.parametrize(
    ("what", "code", "again"),
    [
        ("404", "not_found", False),
        ("410", "not_found", False),
        ("500", "unavailable", True),
        ("429", "unavailable", True),
        ("short", "unavailable", True),
    ],
)
async def test_what_an_answer_means(provider: str, what: str, code: str, again: bool) -> None:
    error = await refusal(f"{provider}/{what}", trusted=provider)
    assert (error.code, error.retryable) == (code, again)


async def test_who_is_away_is_asked_again() -> None:
    closed = f"http://127.0.0.1:{free_port()}"
    assert (await refusal(f"{closed}/x", trusted=closed)).retryable


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:1/x", "https://169.254.169.254/latest", "https://localhost/x", "file:///etc/passwd", "//[", ""],
)
async def test_s01_a_redirect_leads_nowhere_that_the_address_may_not(provider: str, target: str) -> None:
    url = str(URL(f"{provider}/to").with_query(url=target))
    assert (await refusal(url, trusted=provider)).code == "bad_url"


async def test_a_redirect_is_followed_without_the_token_to_another_origin_and_only_when_asked(provider: str) -> None:
    url = str(URL(f"{provider}/to").with_query(url=provider.replace("127.0.0.1", "localhost") + "/file"))
    client, told = Outgoing(private=True), {"Authorization": "Bearer t"}
    assert await read(url, client, headers=told) == b"none"
    with pytest.raises(ChannelError) as refused:
        _ = [chunk async for chunk in client.stream(url, most=100, seconds=5)]
    assert refused.value.code == "not_found"


async def test_redirects_end(provider: str) -> None:
    url = f"{provider}/file"
    for _ in range(3):
        url = str(URL(f"{provider}/to").with_query(url=url))
    assert await read(url, trusted=provider) == b"none"
    url = str(URL(f"{provider}/to").with_query(url=url))
    assert "too many redirects" in (await refusal(url, trusted=provider)).text
