"""Files: stored by their bytes, given out as harmless downloads, to those who may."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import FormData

from hub.errors import TooLarge
from hub.model.ids import ConversationId, FileId
from hub.store.files import CHUNK
from tests.hub_server import Answer, Browser, LiveHub

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    + (320).to_bytes(4, "big")
    + (200).to_bytes(4, "big")
    + b"\x08\x06"
    + b"\0" * 60
)


async def send(browser: Browser, data: bytes, name: str, content_type: str = "application/octet-stream") -> Answer:
    form = FormData()
    form.add_field("file", data, filename=name, content_type=content_type)
    headers = {"Origin": browser.url, "X-CSRF-Token": browser.csrf}
    return await browser.request("POST", "/api/files", data=form, headers=headers)


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_an_image_comes_back_as_it_was_with_its_size(live: LiveHub) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        view = (await send(ali, PNG, "عکس کالا.png")).json
        assert (view["content_type"], view["width"], view["height"]) == ("image/png", 320, 200)
        answer = await ali.request("GET", view["url"])
        assert answer.body == PNG
        assert answer.headers["Content-Type"] == "image/png"


async def test_a_file_of_many_pieces_comes_back_whole(live: LiveHub) -> None:
    data = b"%PDF-1.7\n" + bytes(range(256)) * 4096
    assert len(data) > 4 * CHUNK
    async with live.browser() as ali:
        await ali.sign_in("ali")
        view = (await send(ali, data, "big.pdf")).json
        assert (await ali.download(view["url"])).body == data


async def test_a_part_of_a_file_is_that_part_so_that_a_recording_can_be_moved_about_in(live: LiveHub) -> None:
    data = b"RIFF\x00\x00\x10\x00WAVEfmt " + bytes(range(256)) * 4096
    async with live.browser() as ali:
        await ali.sign_in("ali")
        talk = await live.hub.web.uploads.keep(
            FileId("talk"), pieces(data), "talk.wav", "call:c1", ConversationId("c1")
        )
        link = f"/files/{talk.id}"
        assert (await ali.request("GET", link)).body == data
        for asked, first, end in (("5-9", 5, 10), (f"{CHUNK - 3}-{CHUNK + 3}", CHUNK - 3, CHUNK + 4), ("-4", -4, None)):
            part = await ali.request("GET", link, headers={"Range": f"bytes={asked}"})
            assert (part.status, part.body) == (206, data[first:end])
        assert part.headers["Content-Range"] == f"bytes {len(data) - 4}-{len(data) - 1}/{len(data)}"
        beyond = await ali.request("GET", link, headers={"Range": f"bytes={len(data)}-"})
        assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{len(data)}")
        for nonsense in ("bytes=1-2,4-5", "lines=1-2", "bytes=x-"):
            assert (await ali.request("GET", link, headers={"Range": nonsense})).body == data
        deeds = [one.deed for one in await live.hub.web.audit.page()]
        heard = [one for one in deeds if one.action == "recording.listen"]
        assert [(one.target, f"agent:{one.actor}") for one in heard] == [("conversation:c1", _uploader(live, "ali"))]


async def test_who_listens_to_a_call_is_noted_whatever_kind_of_sound_a_provider_has_made_of_it(live: LiveHub) -> None:
    sound, said = b"ID3\x04" + bytes(2_000), b"RIFF\x00\x00\x10\x00WAVEfmt " + bytes(2_000)
    async with live.browser() as ali:
        await ali.sign_in("ali")
        keep = live.hub.web.uploads.keep
        await keep(FileId("call"), pieces(sound), "recording-1.wav", "call:c1", ConversationId("c1"))
        await keep(FileId("chat"), pieces(said), "a.wav", "box:visitor", ConversationId("c2"))
        for one in ("call", "chat"):
            assert (await ali.request("GET", f"/files/{one}")).status in {200, 303}
        heard = [one.deed for one in await live.hub.web.audit.page() if one.deed.action == "recording.listen"]
        assert [one.target for one in heard] == ["conversation:c1"]


async def test_nobody_listens_without_a_record_also_when_it_could_not_be_kept_the_first_time(live: LiveHub) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        sound = pieces(b"RIFF\x00\x00\x10\x00WAVEfmt " + bytes(2_000))
        await live.hub.web.uploads.keep(FileId("call"), sound, "recording-1.wav", "call:c1", ConversationId("c1"))
        store = live.hub.database.collection("audit").database
        await store.command("collMod", "audit", validator={"nothing": {"$exists": True}})
        assert (await ali.request("GET", "/files/call")).status >= 500
        await store.command("collMod", "audit", validator={})
        assert (await ali.request("GET", "/files/call")).status == 200
        heard = [one.deed for one in await live.hub.web.audit.page() if one.deed.action == "recording.listen"]
        assert [one.target for one in heard] == ["conversation:c1"]


async def test_what_a_colleague_has_not_sent_yet_is_nobody_elses(live: LiveHub) -> None:
    async with live.browser() as ali, live.browser() as sara:
        await ali.sign_in("ali")
        await sara.sign_in("sara")
        view = (await send(ali, PNG, "a.png")).json
        foreign = await sara.request("GET", view["url"])
        missing = await sara.request("GET", "/files/there-is-none")
        assert (foreign.status, foreign.body) == (404, missing.body)
        await live.hub.web.files.attach([FileId(view["id"])], _uploader(live, "ali"), ConversationId("c1"))
        assert (await sara.request("GET", view["url"])).status == 200


async def test_too_large_a_file_leaves_nothing_behind(live: LiveHub) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        answer = await send(ali, b"%PDF-1.7\n" + b"x" * (10 * 1024 * 1024), "big.pdf")
        assert (answer.status, answer.code) == (413, "too_large")
        assert await live.hub.database.collection("file_chunks").count_documents({}) == 0
        talk = b"RIFF\x00\x00\x10\x00WAVEfmt " + b"x" * 100
        with pytest.raises(TooLarge):  # of a recording that may have less than this
            await live.hub.web.uploads.keep(FileId("talk"), pieces(talk), "t.wav", "call:c1", most=100)
        assert await live.hub.database.collection("file_chunks").count_documents({}) == 0


async def test_unsent_files_and_stray_pieces_are_swept(live: LiveHub) -> None:
    async with live.browser() as ali:
        await ali.sign_in("ali")
        kept = (await send(ali, PNG, "kept.png")).json["id"]
        await send(ali, PNG, "unsent.png")
        files = live.hub.web.files
        await files.attach([FileId(kept)], _uploader(live, "ali"), ConversationId("c1"))
        await files.add_chunk(FileId("stray"), 0, b"x", 1)
        assert await files.sweep(live.hub.clock.now() + 1000) == 1
        assert await live.hub.database.collection("file_chunks").count_documents({}) == 1
        assert (await ali.request("GET", f"/files/{kept}")).body == PNG


def _uploader(live: LiveHub, login: str) -> str:
    return next(f"agent:{agent.id}" for agent in live.hub.staff.agents if agent.login == login)
