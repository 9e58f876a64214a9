"""Reading from an address that somebody else named."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from yarl import URL

from channels.contract import ChannelError
from channels.outside import NotPublicError, PublicResolver, download, public


@pytest.mark.parametrize(
    ("address", "open_"),
    [
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("168.63.129.16", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("not an address", False),
    ],
)
def test_which_addresses_are_public(address: str, open_: bool) -> None:
    assert public(address) is open_


async def test_a_name_that_leads_inside_is_refused_where_the_connection_is_made() -> None:
    with pytest.raises(NotPublicError):
        await PublicResolver().resolve("localhost", 443)


async def refusal(url: str, **more: object) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        async for _ in download(url, most=100, **more):  # type: ignore[arg-type]
            pass
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "http://scontent.xx.fbcdn.net/a.jpg",
        "https://127.0.0.1/a",
        "https://127.1/a",
        "https://2130706433/a",
        "https://0x7f000001/a",
        "https://0177.0.0.1/a",
        "https://[::1]/a",
        "https://[::ffff:169.254.169.254]/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/a",
        "https://localhost./a",
        "https://user:pass@scontent.xx.fbcdn.net/a",
        "https://scontent.xx.fbcdn.net:8443/a",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "gopher://example.org/x",
        "//example.org/x",
        "nonsense",
        "",
        "https://",
        "https://exa mple.org:99999999/x",
    ],
)
async def test_what_is_no_public_https_address_is_not_asked(url: str) -> None:
    assert (await refusal(url)).code == "refused"


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


async def test_the_origin_that_an_admin_named_is_read_whatever_it_is(provider: str) -> None:
    told = {"Authorization": "Bearer t"}
    got = [one async for one in download(f"{provider}/file", most=100, trusted=f"{provider}/v1", headers=told)]
    assert got == [b"Bearer t"]
    assert (await refusal(f"{provider}/file")).code == "refused"
    assert (await refusal(f"{provider}/file", trusted="https://graph.example")).code == "refused"


@pytest.mark.parametrize("what", ["long", "endless"])
async def test_what_is_too_long_is_cut_off_whether_it_says_so_or_not(provider: str, what: str) -> None:
    assert (await refusal(f"{provider}/{what}", trusted=provider)).code == "too_large"


@pytest.mark.parametrize(
    ("what", "code", "again"),
    [
        ("404", "not_found", False),
        ("410", "not_found", False),
        ("500", "unreachable", True),
        ("429", "unreachable", True),
    ],
)
async def test_what_an_answer_means(provider: str, what: str, code: str, again: bool) -> None:
    error = await refusal(f"{provider}/{what}", trusted=provider)
    assert (error.code, error.retryable) == (code, again)


async def test_what_breaks_off_is_tried_again(provider: str) -> None:
    assert (await refusal(f"{provider}/short", trusted=provider)).retryable
    assert (await refusal("http://127.0.0.1:9/x", trusted="http://127.0.0.1:9")).retryable


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:1/x", "https://169.254.169.254/latest", "https://localhost/x", "file:///etc/passwd", "//[", ""],
)
async def test_a_redirect_leads_nowhere_that_the_address_may_not(provider: str, target: str) -> None:
    url = str(URL(f"{provider}/to").with_query(url=target))
    error = await refusal(url, trusted=provider)
    assert error.code in {"refused", "not_found"}
    if target:
        assert error.code == "refused"


async def test_redirects_end(provider: str) -> None:
    url = f"{provider}/file"
    for _ in range(5):
        url = str(URL(f"{provider}/to").with_query(url=url))
    assert "too many redirects" in (await refusal(url, trusted=provider)).text
