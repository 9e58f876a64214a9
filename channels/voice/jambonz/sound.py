"""Sound that jambonz sends to a websocket (`listen`): the message of a caller, which it does not keep itself.

The first frame is text, a JSON object that names the call; then come bare samples (16 bits, mono) in binary frames, and
text frames with keys. Closing the socket ends the verb. Neither a silence nor a limit ends it by itself, so we do.
"""

from array import array
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from channels.voice.events import BadCall
from channels.voice.speech.port import RATE
from channels.voice.speech.sound import samples_of, telephone_wav
from channels.voice.wire import call_id, json_object, whole

PROTOCOLS = ("audio.jambonz.org", "audio.drachtio.org")
_FIRST_SECONDS = 10.0
_GOODBYE_SECONDS = 2.0
_QUIET = 300
"""A piece whose samples are smaller than this on average is silence (a whisper on a telephone is about 1,000)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a caller said: the call's id, a WAV file of a telephone's rate, and how many seconds it lasts."""

    call: str
    sound: bytes
    seconds: float


async def take_message(request: web.Request, *, longest: int, silence: int) -> tuple[web.WebSocketResponse, Message]:
    """Listen until the caller stops, is silent for `silence` seconds, or has spoken for `longest`; then close.

    Raises:
        BadCall: it is not jambonz that speaks (`unreadable`, `not_a_call`), or no sound came (`empty`).
    """
    socket = web.WebSocketResponse(protocols=PROTOCOLS, max_msg_size=1 << 20, timeout=_GOODBYE_SECONDS)
    await socket.prepare(request)
    try:
        call = await _greeting(socket)
        samples = await _samples(socket, longest, silence)
    finally:
        await socket.close()
    if not samples:
        raise BadCall("empty", "No sound came.")
    seconds = len(samples) / 2 / RATE
    return socket, Message(call=call, sound=telephone_wav(bytes(samples), rate=RATE), seconds=seconds)


async def _greeting(socket: web.WebSocketResponse) -> str:
    try:
        first = await socket.receive(timeout=_FIRST_SECONDS)
    except TimeoutError as error:
        raise BadCall("unreadable", "Nothing came.") from error
    if first.type is not WSMsgType.TEXT:
        raise BadCall("unreadable", "The first frame is no text.")
    told = json_object(first.data.encode())
    if whole(told, "sampleRate") not in {None, RATE}:
        raise BadCall("unreadable", "This is not the rate that was asked for.")
    return call_id(told, "callSid")


async def _samples(socket: web.WebSocketResponse, longest: int, silence: int) -> bytearray:
    taken, quiet = bytearray(), 0
    while len(taken) < longest * RATE * 2 and quiet < silence * RATE * 2:
        try:
            frame = await socket.receive(timeout=silence + _FIRST_SECONDS)
        except TimeoutError:
            break
        if frame.type is WSMsgType.TEXT:
            continue
        if frame.type is not WSMsgType.BINARY:
            break
        taken += frame.data
        quiet = quiet + len(frame.data) if _is_quiet(samples_of(frame.data)) else 0
    return taken[: longest * RATE * 2]


def _is_quiet(piece: "array[int]") -> bool:
    return not piece or sum(map(abs, piece)) / len(piece) < _QUIET
