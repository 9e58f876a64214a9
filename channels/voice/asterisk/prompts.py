"""What a caller hears and does not answer: speech, files, pauses."""

import asyncio
import random
from collections.abc import Sequence

import structlog

from channels.voice.asterisk.exchange import Exchange
from channels.voice.asterisk.leg import Leg
from channels.voice.asterisk.room import snoop
from channels.voice.asterisk.sounds import SoundError
from channels.voice.asterisk.verbs import Dub, DubSay, Play, PromptPlay, PromptSay, Say, Synthesizer
from channels.voice.phrases import phrase

MOST_LOOPS = 1_000
_log = structlog.get_logger(__name__)


async def say(x: Exchange, leg: Leg, verb: Say | PromptSay) -> bool:
    """Speak to the end; what cannot be spoken is left out."""
    text = _one_of(verb.text)
    try:
        media = await x.sounds.spoken(text, *_voice(leg, verb.synthesizer))
    except SoundError as error:
        _log.warning("gateway.not_said", call=leg.sid, error=str(error)[:200])
        return False
    return await _loop(leg, media, verb.loop)


async def play(x: Exchange, leg: Leg, verb: Play | PromptPlay) -> bool:
    """Play to the end; whether it could be. `silence_stream://<ms>` is a pause."""
    if (url := _one_of(verb.url)).startswith("silence_stream://"):
        await pause(int("".join(one for one in url[17:25] if one.isdecimal()) or 0) / 1000)
        return True
    try:
        media = await x.sounds.fetched(url)
    except SoundError as error:
        _log.warning("gateway.not_played", call=leg.sid, error=str(error)[:200])
        return False
    return await _loop(leg, media, verb.loop)


async def pause(seconds: float) -> None:
    """Silence."""
    await asyncio.sleep(min(max(seconds, 0), 3_600))


async def sorry(x: Exchange, leg: Leg) -> None:
    """Tell the caller that it does not go on, in the call's language, or in both."""
    await leg.pick_up()
    for locale in ("fa", "en"):
        if not leg.language or leg.language.startswith(locale):
            text = phrase("sorry", "fa" if locale == "fa" else "en")
            await say(x, leg, Say(text=text, synthesizer=Synthesizer(language=locale)))


async def whisper(x: Exchange, leg: Leg, verb: Say | Play) -> None:
    """Say something to this leg alone, whatever it does; whom it speaks with goes on to be heard."""
    try:
        if isinstance(verb, Say):
            media = await x.sounds.spoken(_one_of(verb.text), *_voice(leg, verb.synthesizer))
        else:
            media = await x.sounds.fetched(_one_of(verb.url))
    except SoundError as error:
        _log.warning("gateway.not_whispered", call=leg.sid, error=str(error)[:200])
        return
    mouth = await snoop(x.ari, leg.sid, spy="none", whisper="out")
    name = f"{mouth}-voice"
    done = x.ari.expect(f"PlaybackFinished:{name}", f"ChannelDestroyed:{mouth}")
    try:
        await x.ari.request("POST", f"channels/{mouth}/play/{name}", media=media)
        await done
    finally:
        done.cancel()
        await leg.quietly("DELETE", f"channels/{mouth}")


async def dub(x: Exchange, leg: Leg, verb: Dub) -> None:
    """Sound beside everything else; it goes on while the script does."""
    if verb.action == "sayOnTrack" and verb.say:
        text, voice = (verb.say.text, verb.say.synthesizer) if isinstance(verb.say, DubSay) else (verb.say, None)
        x.spawn(whisper(x, leg, Say(text=text, synthesizer=voice)), f"dub:{leg.sid}")
    elif verb.play and verb.action in {"playOnTrack", "addTrack"}:
        x.spawn(whisper(x, leg, Play(url=verb.play)), f"dub:{leg.sid}")


def _one_of(texts: str | Sequence[str]) -> str:
    return texts if isinstance(texts, str) else random.choice(texts) if texts else ""  # noqa: S311 (no secret)


def _voice(leg: Leg, synthesizer: Synthesizer | None) -> tuple[str, str]:
    language = synthesizer.language if synthesizer else ""
    if language:
        leg.language = language
    return language or leg.language, synthesizer.voice if synthesizer else ""


async def _loop(leg: Leg, media: str, loop: int | str) -> bool:
    times = int(loop) if str(loop).isdecimal() and int(loop) > 0 else MOST_LOOPS
    for _ in range(min(times, MOST_LOOPS)):
        if not await leg.play(media):
            return False
    return True
