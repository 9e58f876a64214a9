"""Recordings and voicemails written down by a real listener, from speech that a real voice spoke."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import wave
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp import web

from channels.calls import Call, Recording
from channels.contract import ChannelError, Inbound, Sender
from channels.tasks import end
from channels.voice.speech import writing
from channels.voice.speech.cards import without_cards
from channels.voice.speech.port import RATE, Understood
from channels.voice.speech.programs import espeak
from channels.voice.speech.sound import read_wav, telephone_wav
from channels.voice.speech.writing import listener_of, write_down
from hub.clock import HeldClock
from hub.fetching import FileCame
from hub.jobs import HELD_MS
from hub.lanes import Appended
from hub.model.entry import Event, EventType
from hub.model.ids import ConversationId, FileId, InboxId
from hub.store.database import Database
from hub.transcribing import Dictation, Transcribing, WriteDown
from hub.workers import supervised
from tests.hub_server import LiveHub, live_hub

pytestmark = pytest.mark.skipif(
    shutil.which("espeak-ng") is None and os.environ.get("CI") != "true", reason="espeak-ng is not installed"
)

CARD = "six zero three seven nine nine one eight one two three four five six seven eight"
VOICE = replace(espeak(words_a_minute=140), languages={"en": "en-us+f5"})


@dataclass
class Line:
    """A number of a hub, whose telephone system has sounds; what was told of transcripts."""

    live: LiveHub
    url: str
    sounds: dict[str, bytes] = field(default_factory=dict)
    told: list[Event] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def on_appended(self, event: Appended) -> None:
        """Remember transcripts."""
        told = event.entry.event
        if told is not None and told.type is EventType.CALL and told.reason == "transcript":
            self.told.append(told)
        self._news.set()

    def on_file(self) -> None:
        """Wake who waits for one."""
        self._news.set()

    async def called(self, sid: str, locale: str = "en") -> Call:
        """A call has come in."""
        sender = Sender(address="+989121234567", everywhere=True)
        message = Inbound(
            inbox="tel", external_id=f"call:{sid}", sender=sender, parts=(), locale=locale, thread=sid, context={}
        )
        receipt = await self.live.hub.calls.begin(message)
        return Call(inbox="tel", sid=sid, address=sender.address, conversation=receipt.conversation)

    async def recorded(self, call: Call, name: str, sound: bytes) -> None:
        """A sound of it can be fetched."""
        self.sounds[name] = sound
        source = {"url": f"{self.url}/{name}"}
        await self.live.hub.calls.recorded(
            call, Recording(kind="voicemail", key=name, seconds=3, source=source, most=1_000_000)
        )

    async def file_of(self, call: Call, number: int = 1) -> FileId:
        """The n-th sound of a call, once it is here."""
        async with asyncio.timeout(10):
            while True:
                self._news.clear()
                entries = await self.live.hub.entries.after(ConversationId(call.conversation), 0)
                files = [part.file for one in entries for part in one.parts if part.file is not None]
                if len(files) >= number and files[number - 1].state == "here":
                    return files[number - 1].id
                await self._news.wait()

    async def transcripts(self, number: int) -> list[Event]:
        """Wait for so many."""
        async with asyncio.timeout(30):
            while len(self.told) < number:
                self._news.clear()
                await self._news.wait()
        return self.told


@asynccontextmanager
async def line(database: Database, folder: Path, **settings: object) -> AsyncIterator[Line]:
    """A hub with a number."""
    sounds: dict[str, bytes] = {}

    async def sound(request: web.Request) -> web.Response:
        return web.Response(body=sounds[request.path[1:]])

    app = web.Application()
    app.router.add_get("/{name}", sound)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with live_hub(database, folder / "var", **settings) as live:
            made = Line(live, url, sounds)
            live.hub.bus.on(Appended, made.on_appended)
            live.hub.bus.on(FileCame, lambda _: made.on_file())
            shop = next(iter(live.hub.config.inboxes.values()))
            own = {"api_url": url, "api_key": "k" * 16, "webhook_secret": "w" * 16}
            await live.hub.config.create(replace(shop, id=InboxId("tel"), name="Tel", channel="voice", settings=own))
            yield made
    finally:
        await runner.cleanup()


async def test_what_was_said_is_written_down_in_the_language_of_the_call(
    no_task_left_behind: None, database: Database, tmp_path: Path
) -> None:
    async with line(database, tmp_path, listener_en="pocketsphinx") as tel:
        await tel.recorded(await tel.called("c-fa", "fa"), "fa.wav", await VOICE.sound("one two", "en"))
        call = await tel.called("c-en")
        await tel.recorded(call, "said.wav", await VOICE.sound("five two zero one", "en"))
        await tel.recorded(call, "card.wav", await VOICE.sound(CARD, "en"))
        await tel.recorded(call, "odd.wav", b"RIFF\x00\x00\x00\x00WAVEfmt nothing of the kind")
        told = {one.note or one.values["outcome"]: one.values for one in await tel.transcripts(3)}
        assert set(told) == {"five two zero one", "\u2022\u2022\u2022\u2022", "failed"}
        assert {one["locale"] for one in told.values()} == {"en"}
        entries = await tel.live.hub.entries.after(ConversationId(call.conversation), 0)
        files = {part.file.id for one in entries for part in one.parts if part.file is not None}
        assert {one["file"] for one in told.values()} == files
        assert all(part.file.state == "here" for one in entries for part in one.parts if part.file is not None)
        # The customer's words are erased with the rest.
        await tel.live.hub.inlet.forget("tel", "+989121234567")
        after = await tel.live.hub.entries.after(ConversationId(call.conversation), 0)
        assert not [one for one in after if one.event is not None and one.event.note]
    assert not list((tmp_path / "var" / "transcribing").iterdir())


async def test_a_kill_in_the_middle_repeats_it_and_one_that_kills_each_time_is_given_up(
    no_task_left_behind: None, database: Database, tmp_path: Path
) -> None:
    clock, begun = HeldClock(1_790_000_000_000), asyncio.Event()
    async with line(database, tmp_path) as tel:
        hub, call = tel.live.hub, await tel.called("c")
        await tel.recorded(call, "a.wav", await VOICE.sound("one", "en"))
        file = await tel.file_of(call)

        async def hangs(listener: str, locale: str, sound: Path) -> str:
            begun.set()
            await asyncio.Event().wait()
            return ""

        async def writes(listener: str, locale: str, sound: Path) -> str:
            return "one"

        def transcribing(write: WriteDown) -> Transcribing:
            return Transcribing(
                jobs=hub.dictations,
                clock=clock,
                files=hub.web.files,
                lanes=hub.lanes,
                acts=hub.acts,
                listeners={"en": "x"},
                write_down=write,
                folder=tmp_path / "t",
            )

        async def killed() -> None:
            begun.clear()
            task = asyncio.create_task(transcribing(hangs).run())
            await asyncio.wait_for(begun.wait(), 10)
            await end([task])
            clock.advance(HELD_MS)

        job = Dictation(file=file, conversation=ConversationId(call.conversation), locale="en")
        await hub.dictations.add(job)
        for _ in range(len(Transcribing.pauses) + 1):
            await killed()
        assert tel.told == []
        async with supervised("transcripts", transcribing(writes).run):
            [told] = await tel.transcripts(1)
        assert (told.values["outcome"], told.note) == ("failed", None)
        await tel.recorded(call, "b.wav", await VOICE.sound("one", "en"))
        await hub.dictations.add(replace(job, file=await tel.file_of(call, 2)))
        await killed()
        async with supervised("transcripts", transcribing(writes).run):
            assert (await tel.transcripts(2))[1].note == "one"


async def test_a_long_sound_is_cut_where_nobody_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[array[int]] = []

    class Ear:
        async def hear(self, sound: Path, locale: str) -> Understood:
            heard.append(read_wav(await asyncio.to_thread(sound.read_bytes))[0])
            return Understood(text="words", confidence=1)

    monkeypatch.setattr(writing, "PIECE_SECONDS", 3)
    said = array("h", [*[9_000] * 18_000, *[0] * 4_000, *[9_000] * 18_000])
    sound = tmp_path / "long.wav"
    await asyncio.to_thread(sound.write_bytes, telephone_wav(said.tobytes(), rate=RATE))
    assert await writing.written(Ear(), "en", sound) == "words words"
    assert heard[0] + heard[1] == said
    assert (heard[0][-1], heard[1][0]) == (0, 0)


async def test_two_who_stand_on_two_sides_of_a_recording_are_both_written_down(tmp_path: Path) -> None:
    sound = tmp_path / "dual.wav"
    caller, agent = [read_wav(await VOICE.sound(words, "en")) for words in ("two one", "zero two")]
    one = [*caller[0], *[0] * len(agent[0])]
    other = [*[0] * len(caller[0]), *agent[0]]
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(caller[1])
        file.writeframes(array("h", [side for both in zip(one, other, strict=True) for side in both]).tobytes())
    assert await write_down("pocketsphinx", "en", sound) == "two one zero two"


async def test_a_listener_ends_with_whoever_started_it(tmp_path: Path) -> None:
    sound = tmp_path / "a.wav"
    await asyncio.to_thread(sound.write_bytes, await VOICE.sound("one two three four five. " * 8, "en"))
    program = (sys.executable, "-m", "channels.voice.speech.writing", "pocketsphinx", "en", str(sound))
    child = await asyncio.create_subprocess_exec(
        *program, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdin is not None
    child.stdin.close()
    out, _ = await asyncio.wait_for(child.communicate(), 10)
    assert (out, child.returncode) == (b"", 1)
    with pytest.raises(ChannelError) as refused:
        await write_down("vosk:/nowhere", "fa", sound)
    assert (refused.value.retryable, refused.value.text) == (False, "vosk is not installed.")


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (f"it is {CARD}, thanks", "it is ••••, thanks"),
        ("کارت ۶۰۳۷-۹۹۱۸ 1234 5678 است", "کارت •••• است"),
        ("کارتم شصت سی و هفت نود و نه هجده دوازده سی و چهار پنجاه و شش هفتاد و هشت بود", "کارتم •••• بود"),
        ("sixty thirty seven ninety nine eighteen twelve thirty four fifty six seventy eight", "••••"),
        ("call zero nine one two three four five six seven eight nine", None),
        ("+98 912 345 6789, order 1042, two hundred thousand tomans", None),
    ],
)
def test_cards_are_not_written_down_and_telephones_are(said: str, written: str | None) -> None:
    assert without_cards(said) == (written or said)


def test_a_listener_is_one_that_there_is() -> None:
    for name in ("", "vosk:", "whisper", "cloud:x"):
        with pytest.raises(Exception, match="no such listener"):
            listener_of(name)
