"""Writes down what is said in a long sound, as a program of its own: it takes no core from calls, and may be ended.

`python -m channels.voice.speech.writing LISTENER LOCALE SOUND` prints the words. It ends with 1 where the listener or
the sound is of no use, and prints why; it ends, too, when whoever started it is gone.
"""

import asyncio
import os
import sys
import wave
from array import array
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from channels.contract import ChannelError
from channels.voice.script import Locale
from channels.voice.speech.cards import without_cards
from channels.voice.speech.port import SpeechError, Transcriber
from channels.voice.speech.sound import samples_of, sound_bytes
from channels.voice.speech.transcribers import Vosk, Whisper, chosen

PIECE_SECONDS = 30
"""So much is heard at once; it is cut where it is most quiet, in the last third."""
MOST_SECONDS = 3_600.0
MOST_CHARACTERS = 20_000
OF_NO_USE = 1


async def write_down(listener: str, locale: str, sound: Path) -> str:
    """The words in a WAV file, without numbers of cards; "" where nothing was understood.

    `listener`: see `listener_of`. It has the lowest priority and one thread, and is ended after `MOST_SECONDS`.

    Raises:
        ChannelError: `not_written`; retryable when it may be better another time.
    """
    program = (sys.executable, "-m", "channels.voice.speech.writing", listener, locale, str(sound))
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    process = await asyncio.create_subprocess_exec(
        *("nice", "-n", "19", *program),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=environment,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(MOST_SECONDS):
            text = await process.stdout.read()
            code = await process.wait()
    except TimeoutError as error:
        raise ChannelError("not_written", "It took too long.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    if code:
        why = text.decode("utf-8", "replace").strip() if code == OF_NO_USE else f"The listener ended with {code}."
        raise ChannelError("not_written", why, retryable=code != OF_NO_USE)
    return text.decode("utf-8", "replace").strip()


def listener_of(text: str) -> Transcriber:
    """`vosk:FOLDER`, `whisper:FOLDER`, or `pocketsphinx` (digits), `pocketsphinx:PHRASES`. Raises `SpeechError`."""
    match text.partition(":"):
        case ("pocketsphinx", _, phrases) if (found := chosen("pocketsphinx", Path(), phrases)) is not None:
            return found
        case ("vosk", _, model) if model:
            return Vosk(model=Path(model))
        case ("whisper", _, model) if model:
            return Whisper(model=Path(model))
        case _:
            raise SpeechError("unavailable", "There is no such listener.")


async def written(listener: Transcriber, locale: Locale, sound: Path) -> str:
    """The words of a WAV file of any length. Raises `SpeechError`."""
    said: list[str] = []
    with TemporaryDirectory(dir=sound.parent) as folder:
        piece = Path(folder) / "piece.wav"
        for samples, rate in _pieces(sound):
            _write(piece, samples, rate)
            heard = await listener.hear(piece, locale)
            if heard.text.strip():
                said.append(heard.text.strip())
    return without_cards(" ".join(said))[:MOST_CHARACTERS]


def _pieces(sound: Path) -> Iterator[tuple["array[int]", int]]:
    """A sound in pieces, with its rate. Raises `SpeechError`."""
    try:
        with wave.open(str(sound), "rb") as file:
            sides = file.getnchannels()
            if sides not in {1, 2} or file.getsampwidth() != 2:
                raise SpeechError("failed", "The sound is not of one or two channels and 16 bits.")
            rate = file.getframerate()
            rest = array("h")
            while True:
                rest += _together(samples_of(file.readframes(PIECE_SECONDS * rate - len(rest))), sides)
                if len(rest) < PIECE_SECONDS * rate:
                    break
                cut = _quietest(rest, rate)
                yield rest[:cut], rate
                rest = rest[cut:]
            if rest:
                yield rest, rate
    except (wave.Error, EOFError) as error:
        raise SpeechError("failed", "This is no WAV file.") from error


def _together(samples: "array[int]", sides: int) -> "array[int]":
    """Both who speak as one: some providers record the caller on one side and the agent on the other."""
    if sides == 1:
        return samples
    return array("h", ((one + other) // 2 for one, other in zip(samples[::2], samples[1::2], strict=False)))


def _quietest(samples: "array[int]", rate: int) -> int:
    """Where to cut: in the quietest fifth of a second of the last third."""
    step = rate // 5
    starts = range(len(samples) * 2 // 3, len(samples) - step + 1, step)
    return min(starts, key=lambda at: sum(map(abs, samples[at : at + step]))) + step // 2


def _write(piece: Path, samples: "array[int]", rate: int) -> None:
    with wave.open(str(piece), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound_bytes(samples))


def _end_with_parent() -> None:
    """Whoever started this holds the other end of its input."""
    while os.read(0, 1):  # not through sys.stdin, whose lock would be held at the end
        pass
    os._exit(OF_NO_USE)


def main(listener: str, locale: str, sound: str) -> int:
    """Write it down."""
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        text = asyncio.run(written(listener_of(listener), "en" if locale == "en" else "fa", Path(sound)))
    except SpeechError as error:
        sys.stdout.write(f"{error}\n")
        return OF_NO_USE
    sys.stdout.buffer.write(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
