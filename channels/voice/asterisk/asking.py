"""What a caller is asked: keys, speech, a message. What was keyed stands in no log line."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import aiohttp

from channels.tasks import end
from channels.voice.asterisk import prompts
from channels.voice.asterisk.ari import AriError, Event
from channels.voice.asterisk.exchange import Exchange
from channels.voice.asterisk.leg import Leg
from channels.voice.asterisk.room import snoop
from channels.voice.asterisk.sounds import locale_of
from channels.voice.asterisk.verbs import Gather, Listen
from channels.voice.asterisk.webhook import Payload
from channels.voice.speech.port import SpeechError, Understood

MOST_DIGITS = 64
LONGEST_SPEECH = 30.0
LONGEST_MESSAGE = 600


async def gather(x: Exchange, leg: Leg, verb: Gather) -> Payload:
    """Ask, and return what is told of it: `reason`, and `digits` or `speech`."""
    speech = "speech" in verb.input and x.transcriber is not None
    if not speech and "digits" not in verb.input:
        await leg.pick_up()
        await _prompt(x, leg, verb)
        return {"reason": "error", "details": {"error": "Nobody here understands speech."}}
    async with _keys(leg) as keys:  # before it is answered: who keys at once is heard too
        await leg.pick_up()
        asked = asyncio.create_task(_prompt(x, leg, verb), name=f"prompt:{leg.sid}")
        try:
            return await _heard(x, leg, verb, keys, asked, speech=speech)
        finally:
            await end([asked])


@asynccontextmanager
async def _keys(leg: Leg) -> AsyncIterator["asyncio.Queue[str]"]:
    keys: asyncio.Queue[str] = asyncio.Queue()

    def take(digit: str) -> None:
        if keys.qsize() < MOST_DIGITS:
            keys.put_nowait(digit)

    leg.on_digit = take
    try:
        yield keys
    finally:
        leg.on_digit = None


async def _prompt(x: Exchange, leg: Leg, verb: Gather) -> None:
    if verb.say is not None:
        await prompts.say(x, leg, verb.say)
    if verb.play is not None:
        await prompts.play(x, leg, verb.play)


async def _heard(
    x: Exchange, leg: Leg, verb: Gather, keys: "asyncio.Queue[str]", asked: "asyncio.Task[None]", *, speech: bool
) -> Payload:
    first = asyncio.create_task(keys.get(), name=f"keys:{leg.sid}")
    words: asyncio.Task[Payload] | None = None
    try:
        watched: set[asyncio.Task[str] | asyncio.Task[None]] = {first, asked} if verb.dtmf_bargein else {asked}
        await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        if asked.done() and not first.done():
            if speech:
                words = asyncio.create_task(_speech(x, leg, verb), name=f"speech:{leg.sid}")
            limit = verb.timeout if verb.timeout > 0 and words is None else None
            await asyncio.wait({first, words} if words else {first}, timeout=limit, return_when="FIRST_COMPLETED")
        if first.done():
            await _hush(leg, asked)
            return await _digits(verb, first.result(), keys)
        return words.result() if words is not None and words.done() else {"reason": "timeout"}
    finally:
        await end([first])
        await end([words] if words else [])


async def _hush(leg: Leg, asked: "asyncio.Task[None]") -> None:
    if not asked.done():
        await end([asked])
        await leg.silence()


async def _digits(verb: Gather, first: str, keys: "asyncio.Queue[str]") -> Payload:
    """From the first key on: until there are enough, the finish key, or a pause."""
    most = min(verb.num_digits or verb.max_digits or MOST_DIGITS, MOST_DIGITS)
    digits, key = "", first
    while key != verb.finish_on_key:
        digits += key
        if len(digits) >= most:
            break
        try:
            async with asyncio.timeout(verb.inter_digit_timeout or 3):
                key = await keys.get()
        except TimeoutError:
            break
    return {"reason": "dtmfDetected", "digits": digits} if digits else {"reason": "timeout"}


async def _speech(x: Exchange, leg: Leg, verb: Gather) -> Payload:
    """Listen until the caller has spoken; the time-out is for silence alone."""
    assert x.transcriber is not None
    language = (verb.recognizer.language if verb.recognizer else "") or leg.language or "fa-IR"
    sound = await _spoken(x, leg, verb)
    if sound is None:
        return {"reason": "timeout"}
    with tempfile.TemporaryDirectory(prefix="peyk-heard-") as folder:
        place = Path(folder) / "heard.wav"
        await asyncio.to_thread(place.write_bytes, sound)
        try:
            heard = await x.transcriber.hear(place, locale_of(language))
        except SpeechError as error:
            return {"reason": "error", "details": {"error": error.code}}
    return {"reason": "speechDetected", "speech": _told(heard, language)} if heard.text else {"reason": "timeout"}


def _told(heard: Understood, language: str) -> Payload:
    alternative = {"transcript": heard.text, "confidence": heard.confidence}
    return {"language_code": language, "channel_tag": 1, "is_final": True, "alternatives": [alternative]}


async def _spoken(x: Exchange, leg: Leg, verb: Gather) -> bytes | None:
    """The sound of what the caller says, None for silence."""
    pause = round(max(verb.speech_timeout, 0.5) * 1000)
    await x.ari.request(
        "POST", f"channels/{leg.sid}/variable", variable="TALK_DETECT(set)", value=f"{pause},256", report_events=False
    )
    began, ended = (x.ari.expect(f"ChannelTalking{one}:{leg.sid}") for one in ("Started", "Finished"))
    ear = await snoop(x.ari, leg.sid, spy="in", whisper="none")
    name, kept = f"peyk-{uuid4().hex}", False
    done: asyncio.Future[Event] = x.ari.expect(f"RecordingFinished:{name}")
    try:
        await x.ari.request("POST", f"channels/{ear}/record", name=name, format="wav")
        if not await _in_time(began, verb.timeout or None):
            return None
        await _in_time(ended, LONGEST_SPEECH)
        await x.ari.request("POST", f"recordings/live/{name}/stop")
        await done
        kept = True
        return await fetch(x, name)
    finally:
        for one in (began, ended, done):
            one.cancel()
        await leg.quietly("DELETE", f"recordings/{'stored' if kept else 'live'}/{name}")
        await leg.quietly("DELETE", f"channels/{ear}")


async def _in_time(event: "asyncio.Future[Event]", seconds: float | None) -> bool:
    done, _ = await asyncio.wait({event}, timeout=seconds)
    return bool(done)


async def message(x: Exchange, leg: Leg, verb: Listen) -> Payload:
    """Record what the caller says, until silence, the finish key or the limit; what is told of it."""
    await leg.pick_up()
    if verb.play_beep:
        await leg.play(await x.sounds.beep())
    name = f"peyk-{uuid4().hex}"
    done: asyncio.Future[Event] = x.ari.expect(f"RecordingFinished:{name}", f"RecordingFailed:{name}")
    try:
        await x.ari.request(
            "POST",
            f"channels/{leg.sid}/record",
            name=name,
            format="wav",
            maxDurationSeconds=min(verb.max_length or LONGEST_MESSAGE, LONGEST_MESSAGE),
            maxSilenceSeconds=max(verb.timeout, 0),
            terminateOn=verb.finish_on_key if verb.finish_on_key in {"#", "*"} else "none",
        )
        leg.change(taped=name)
        event = await done
    except AriError as error:
        return {"reason": "error", "details": {"error": str(error.status)}}
    finally:
        done.cancel()
    if event.recording is None or event.type == "RecordingFailed":
        return {"reason": "error", "details": {"error": "nothing was recorded"}}
    leg.change(taped="")
    return x.tapes.about(event.recording)


async def fetch(x: Exchange, name: str) -> bytes | None:
    """A recording's sound, None when there is none."""
    url = f"{x.settings.asterisk}/ari/recordings/stored/{name}/file"
    headers = {"Authorization": aiohttp.encode_basic_auth(x.settings.user, x.settings.password)}
    async with x.application.session.get(url, headers=headers) as answer:
        return await answer.read() if answer.status == 200 else None
