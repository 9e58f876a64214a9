"""Sound as numbers: WAV in, WAV of a telephone's rate out. No library for it is left in Python's own (PEP 594)."""

import io
import struct
import sys
import wave
from array import array
from functools import cache
from math import cos, gcd, pi, sin
from operator import mul

from channels.voice.speech.port import RATE, SpeechError

_REACH = 12
"""So many samples on either side take part in one new sample."""


def telephone_wav(raw: bytes, *, rate: int | None = None) -> bytes:
    """A WAV file at a telephone's rate, of a WAV file, or of bare 16-bit samples where `rate` is given.

    Raises:
        SpeechError: `failed`, it is no sound of one channel and 16 bits, or `empty`.
    """
    samples, had = (samples_of(raw), rate) if rate else read_wav(raw)
    if not samples:
        raise SpeechError("empty", "There is no sound in it.")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound_bytes(resampled(samples, had, RATE)))
    return out.getvalue()


@cache
def ringing() -> bytes:
    """A WAV file with what is heard in Iran while it rings somewhere, once: 425 Hz, 1 s of 5 (ITU-T E.180)."""
    tone = array("h", (round(6_000 * sin(2 * pi * 425 * at / RATE)) for at in range(RATE)))
    return telephone_wav(sound_bytes(tone) + bytes(8 * RATE), rate=RATE)


def resampled(samples: "array[int]", had: int, wanted: int) -> "array[int]":
    """The same sound at another rate, without what the new rate cannot carry (windowed sinc, in phases)."""
    if had == wanted:
        return samples
    shared = gcd(had, wanted)
    up, down = wanted // shared, had // shared
    reach = _reach(up, down)
    padded = array("h", bytes(2 * reach)) + samples + array("h", bytes(2 * reach))
    taps = _taps(up, down)
    made = array("h")
    for number in range(len(samples) * up // down):
        at, phase = divmod(number * down, up)
        value = round(sum(map(mul, taps[phase], padded[at : at + 2 * reach])))
        made.append(min(max(value, -32_768), 32_767))
    return made


def _reach(up: int, down: int) -> int:
    return -(-_REACH * max(down, up) // up)


@cache
def _taps(up: int, down: int) -> tuple[tuple[float, ...], ...]:
    """For each phase between two old samples: how much each of its neighbours counts."""
    cut = min(1.0, up / down) * 0.92
    reach = _reach(up, down)
    found = []
    for phase in range(up):
        row = [_weight(place - reach - phase / up, cut, reach) for place in range(2 * reach)]
        whole = sum(row)
        found.append(tuple(one / whole for one in row))
    return tuple(found)


def _weight(distance: float, cut: float, reach: int) -> float:
    if abs(distance) >= reach:
        return 0.0
    sinc = 1.0 if distance == 0 else sin(pi * cut * distance) / (pi * cut * distance)
    return sinc * (0.5 + 0.5 * cos(pi * distance / reach))


def read_wav(raw: bytes) -> tuple["array[int]", int]:
    """The samples of a WAV file and its rate; one that was streamed tells a wrong length, and is read to its end.

    Raises:
        SpeechError: `failed`.
    """
    try:
        with wave.open(io.BytesIO(_measured(raw)), "rb") as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise SpeechError("failed", "The sound is not of one channel and 16 bits.")
            return samples_of(file.readframes(file.getnframes())), file.getframerate()
    except (wave.Error, EOFError, struct.error) as error:
        raise SpeechError("failed", "This is no WAV file.") from error


def _measured(raw: bytes) -> bytes:
    at = raw.find(b"data", 12, 4_096)
    if not raw.startswith(b"RIFF") or at < 0:
        return raw
    body = raw[at + 8 :]
    told = int.from_bytes(raw[at + 4 : at + 8], "little")
    body = body[: min(told, len(body)) // 2 * 2]
    return raw[:4] + (at + len(body)).to_bytes(4, "little") + raw[8 : at + 4] + len(body).to_bytes(4, "little") + body


def samples_of(raw: bytes) -> "array[int]":
    """Bare samples as they stand in a file; half a sample at the end is dropped."""
    samples = array("h", raw[: len(raw) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def sound_bytes(samples: "array[int]") -> bytes:
    """Samples as they stand in a file, the low byte first."""
    if sys.byteorder == "big":
        samples = array("h", samples)
        samples.byteswap()
    return samples.tobytes()
