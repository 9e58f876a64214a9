"""Files: stored by their bytes, given out as harmless downloads, to those who may."""

from __future__ import annotations

from aiohttp import FormData

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
