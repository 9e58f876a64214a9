"""Jobs that earlier versions left in the store are done by this one; those of an erased conversation are gone."""

from __future__ import annotations

from hub.fetching import Fetch
from hub.model.ids import ConversationId, FileId
from hub.store.database import Database
from hub.store.jobs import Jobs
from hub.transcribing import Dictation


async def test_a_fetch_that_an_earlier_version_left_is_done(no_task_left_behind: None, database: Database) -> None:
    jobs = Jobs(database, "fetches", Fetch)
    left = {"inbox": "tg", "source": {"id": "x"}, "conversation": "c", "uploader": "tg:1", "name": "a.png"}
    await database.collection("fetches").insert_one({"_id": "f", **left, "due": 100, "tries": 2})
    assert await jobs.claim(99, 200) is None
    expected = Fetch(
        file=FileId("f"),
        conversation=ConversationId("c"),
        tries=3,
        inbox="tg",
        source={"id": "x"},
        uploader="tg:1",
        name="a.png",
    )
    assert await jobs.claim(100, 200) == expected
    assert await jobs.claim(199, 300) is None
    await jobs.rest(expected.file)
    assert [one.file for one in await jobs.resting()] == ["f"]
    assert await jobs.again(expected.file, ConversationId("another"), 400) is None
    assert (await jobs.again(expected.file, expected.conversation, 400)) is not None
    again = await jobs.claim(400, 500)
    assert (again.tries, again.name) == (1, "a.png") if again else False


async def test_a_recording_that_an_earlier_version_left_is_written_down_or_forgotten(
    no_task_left_behind: None, database: Database
) -> None:
    jobs = Jobs(database, "transcribing", Dictation)
    await database.collection("transcribing").insert_one({"_id": "f", "conversation": "c", "locale": "fa", "tries": 0})
    assert await jobs.claim(1_000, 2_000) is None
    assert await jobs.resting() == [Dictation(file=FileId("f"), conversation=ConversationId("c"), locale="fa")]
    assert await jobs.put_off(FileId("f"), 100)
    claimed = await jobs.claim(1_000, 2_000)
    assert claimed == Dictation(file=FileId("f"), conversation=ConversationId("c"), locale="fa", tries=1)
    await jobs.forget(ConversationId("c"))
    assert not await jobs.put_off(FileId("f"), 100)
