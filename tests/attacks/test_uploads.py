"""Attack cases U: files."""

from __future__ import annotations

import asyncio
import gzip
import io
import struct
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import FormData

from hub.clock import HeldClock
from hub.model.ids import ConversationId, FileId
from hub.store.database import Database
from hub.web.file_links import FileLinks
from tests.attacks.visitor import Visitor
from tests.hub_server import Answer, Browser, LiveHub, live_hub


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height) + b"\x08\x06\0\0\0" + b"\0" * 40


@pytest_asyncio.fixture
async def ali(live: LiveHub) -> AsyncIterator[Browser]:
    async with live.browser() as browser:
        await browser.sign_in("ali")
        yield browser


async def send(browser: Browser, data: bytes, name: str, content_type: str = "image/png") -> Answer:
    form = FormData()
    form.add_field("file", data, filename=name, content_type=content_type)
    return await browser.request(
        "POST", "/api/files", data=form, headers={"Origin": browser.url, "X-CSRF-Token": browser.csrf}
    )


async def test_u01_u02_what_could_run_or_lies_about_itself_is_refused(ali: Browser) -> None:
    for data, name in [
        (b"<!doctype html><script>alert(1)</script>", "a.txt"),
        (b"   \n<HTML><body onload=alert(1)>", "a.png"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.svg"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "a.xml"),
        (b"<?php system($_GET[0]);", "x.php"),
        (b"MZ\x90\x00" + b"\0" * 60, "a.png"),
        (b"\x7fELF" + b"\0" * 60, "a.jpg"),
        (b"\x89PNG\r\n\x1a\n", "short.png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "short.jpg"),
        (gzip.compress(b"x" * 1000), "a.gz"),
    ]:
        answer = await send(ali, data, name)
        assert (answer.status, answer.code) == (415, "type_refused")


async def test_u01_what_is_taken_comes_back_as_a_harmless_download(ali: Browser) -> None:
    polyglot = b"GIF89a" + struct.pack("<HH", 10, 10) + b"\0\0\0/*<script>alert(1)</script>*/"
    for data, name, way, kind in (
        (b"%PDF-1.7\n/JS (app.alert(1))", "x\u202efdp.exe", "attachment", "application/pdf"),
        (b"just words", ".htaccess", "attachment", "text/plain"),
        (polyglot, "evil.html", "inline", "image/gif"),
    ):
        view = (await send(ali, data, name)).json
        answer = await ali.download(view["url"])
        headers = answer.headers
        assert headers["Content-Type"].partition(";")[0] == kind
        assert headers["Content-Disposition"].startswith(way)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].endswith("sandbox")
        assert not view["name"].endswith((".exe", ".html", ".htaccess"))
        assert name not in view["url"]
        assert len(view["id"]) >= 20


async def test_u02_the_declared_type_does_not_count(ali: Browser) -> None:
    view = (await send(ali, b"plain words", "a.html", "text/html")).json
    assert (view["content_type"], view["name"]) == ("text/plain", "a.txt")


async def test_u03_bombs_are_never_opened(ali: Browser) -> None:
    assert (await send(ali, png(100_000, 100_000), "bomb.png")).code == "type_refused"
    assert (await send(ali, png(15_000, 15_000), "bomb.png")).code == "type_refused"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 50_000_000)
    view = (await send(ali, packed.getvalue(), "bomb.zip")).json
    assert view["size"] == len(packed.getvalue())
    answer = await ali.download(view["url"])
    assert answer.headers["Content-Disposition"].startswith("attachment")


async def test_u04_only_who_may_write_may_upload(live: LiveHub) -> None:
    async with live.browser() as stranger:
        form = FormData()
        form.add_field("file", b"words", filename="a.txt")
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer " + "A" * 100}):
            given = {"Origin": live.url, **headers}
            form = FormData()
            form.add_field("file", b"words", filename="a.txt")
            answer = await stranger.request("POST", "/chat/shop/files", data=form, headers=given)
            assert answer.status == 401


async def test_u04_too_many_files_at_once_are_refused(ali: Browser) -> None:
    answers = [(await send(ali, b"words", "a.txt")).status for _ in range(22)]
    assert answers[:20] == [200] * 20
    assert 429 in answers[20:]


async def test_u04_broken_forms_are_refused_in_words(ali: Browser, live: LiveHub) -> None:
    for body in [b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--x--\r\n']:
        headers = {"Origin": live.url, "X-CSRF-Token": ali.csrf, "Content-Type": "multipart/form-data; boundary=x"}
        answer = await ali.request("POST", "/api/files", data=body, headers=headers)
        assert answer.status == 400
        assert answer.code == "bad_form"


async def test_u04_half_an_upload_leaves_no_file(live: LiveHub, ali: Browser) -> None:
    async def stalls() -> AsyncIterator[bytes]:
        yield b"%PDF-" + b"x" * 600_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await live.hub.web.uploads.store(stalls(), "a.pdf", "agent:x")
    assert await live.hub.database.collection("files").count_documents({}) == 0
    assert await live.hub.database.collection("file_chunks").count_documents({}) == 0


async def test_u05_a_customers_link_is_for_one_file_one_visitor_and_some_hours(
    live: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live.browser() as browser:
        visitor = await Visitor.arrive(browser)
        form = FormData()
        form.add_field("file", b"my receipt", filename="r.txt")
        headers = {"Origin": live.url, "Authorization": f"Bearer {visitor.access}"}
        view = (await browser.request("POST", "/chat/shop/files", data=form, headers=headers)).json
        url = view["url"]
        good = await browser.request("GET", url)
        assert (good.status, good.body) == (200, b"my receipt")
        assert good.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in good.headers["Content-Security-Policy"]
        for bad in (url.partition("?")[0], url[:-2] + "AA", url.replace(view["id"], "A" * 20)):
            assert (await browser.request("GET", bad)).status == 404, bad
        monkeypatch.setattr("channels.webchat.adapter._now", lambda: live.hub.clock.now() + 13 * 3_600_000)
        assert (await browser.request("GET", url)).status == 404


async def test_u01_u05_what_an_agent_downloads_stands_at_an_address_without_cookies_for_a_minute(
    no_task_left_behind: None, database: Database, tmp_path: Path, clock: HeldClock
) -> None:
    async with live_hub(database, tmp_path / "var", clock=clock) as live, live.browser() as ali:
        await ali.sign_in("ali")

        async def words() -> AsyncIterator[bytes]:
            yield b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><!doctype html><script>alert(1)</script>"

        for name in ("logo.svg", "page.html"):
            file = await live.hub.inlet.store_file("shop", "v1", name, words(), key=name)
            asked = await ali.request("GET", f"/files/{file.id}")
            assert (asked.status, asked.body) == (303, b"")
            link = asked.headers["Location"]
            answer = await ali.download(f"/files/{file.id}")
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "application/octet-stream"
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"].endswith("sandbox")
            assert "Set-Cookie" not in answer.headers
            for bad in (link[:-2] + "AA", link.replace("/download/", "/files/"), "/download/x.y"):
                assert (await ali.request("GET", bad)).status == 404, bad
            async with live.browser() as stranger:
                assert (await stranger.request("GET", f"/files/{file.id}")).headers.get("Location") is None
            clock.advance(60_000)
            assert (await ali.request("GET", link)).status == 404


async def test_u01_downloads_lead_to_a_host_of_their_own_where_there_is_one(clock: HeldClock) -> None:
    links = FileLinks(b"k" * 32, clock, "https://files.example")
    link = links.make(FileId("f1"))
    assert link.startswith("https://files.example/download/")
    assert links.file(link.rpartition("/")[2]) == "f1"


async def test_u05_an_erased_conversations_files_are_gone(live: LiveHub, ali: Browser) -> None:
    view = (await send(ali, b"words", "a.txt")).json
    uploader = next(f"agent:{agent.id}" for agent in live.hub.staff.agents if agent.login == "ali")
    await live.hub.web.files.attach([FileId(view["id"])], uploader, ConversationId("c1"))
    assert await live.hub.web.files.erase(ConversationId("c1")) == 1
    assert (await ali.request("GET", view["url"])).status == 404
    assert await live.hub.database.collection("file_chunks").count_documents({}) == 0
    await asyncio.sleep(0)
