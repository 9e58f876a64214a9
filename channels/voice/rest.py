"""What the clients of telephone systems' REST APIs share: JSON comes back, a failure says what is left of a call."""

from collections.abc import AsyncIterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

import msgspec

from channels.contract import ChannelError
from channels.outgoing import Answer, Outgoing, OutgoingError
from channels.voice.events import BadCall
from channels.voice.system import SOUND_SECONDS, CallApiError, fate_of_missing
from channels.voice.wire import json_object, text, whole

_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """One account. `root`: the API's address, under which its recordings are; `account`: that of the account in it.

    `over`: codes of errors that mean that a call is over.
    """

    root: str
    account: str
    authorization: str = field(repr=False)
    outgoing: Outgoing
    over: Set[int] = frozenset()

    async def get(self, path: str) -> Mapping[str, object]:
        """What stands at a path. Raises `ChannelError`."""
        try:
            return json_object(await self._read(path))
        except BadCall as error:
            raise ChannelError("unavailable", "The answer cannot be read.", status=502) from error

    async def rows(self, path: str) -> Sequence[Mapping[str, object]]:
        """The rows that stand at a path. Raises `ChannelError`."""
        try:
            return msgspec.json.decode(await self._read(path), type=list[dict[str, object]])
        except msgspec.DecodeError as error:
            raise ChannelError("unavailable", "The answer cannot be read.", status=502) from error

    async def _read(self, path: str) -> bytes:
        headers = {"Authorization": self.authorization}
        pieces = self.outgoing.stream(f"{self.account}{path}", most=1 << 20, seconds=_SECONDS, headers=headers)
        return b"".join([one async for one in pieces])

    async def post(
        self, path: str, body: bytes, content_type: str, more: Mapping[str, str] | None = None
    ) -> Mapping[str, object]:
        """Change something; `more` headers. Raises `CallApiError`."""
        headers = {"Authorization": self.authorization, "Content-Type": content_type, **(more or {})}
        try:
            answer = await self.outgoing.post(f"{self.account}{path}", body, headers, seconds=_SECONDS)
        except OutgoingError as error:
            raise CallApiError(error.text, retryable=not error.uncertain, uncertain=error.uncertain) from error
        told = _told(answer)
        if not 200 <= answer.status < 300:
            gone = answer.status in {404, 410} or (told is not None and whole(told, "code") in self.over)
            again = answer.status in {429, 502, 503, 504}
            words = f"The telephone system answered {answer.status}."
            raise CallApiError(words, gone=gone, taken=answer.status == 409, retryable=again)
        if told is None:
            raise CallApiError("The answer cannot be read.", uncertain=True)
        return told

    async def fate(self, path: str, field: str, ends: Set[str]) -> str | None:
        """How a leg has ended, by the field of its record; None while it is there. Raises `CallApiError`."""
        try:
            status = text(await self.get(path), field)
        except ChannelError as error:
            return fate_of_missing(error)
        return status if status in ends else None

    async def sound(self, source: Mapping[str, str], *, most: int) -> AsyncIterator[bytes]:
        """A recording of the account's, from the API's own address. Raises `ChannelError`."""
        url = source.get("url", "")
        if not url.startswith(f"{self.root}/"):
            raise ChannelError("not_found", "This recording is not at the telephone system.", status=404)
        headers = {"Authorization": self.authorization}
        async for piece in self.outgoing.stream(url, most=most, seconds=SOUND_SECONDS, headers=headers):
            yield piece


def made(answer: Mapping[str, object]) -> str:
    """The id of a call that was made. Raises `CallApiError`."""
    sid = text(answer, "sid", longest=128)
    if not sid:
        raise CallApiError("The answer names no call.", uncertain=True)
    return sid


def _told(answer: Answer) -> Mapping[str, object] | None:
    try:
        return json_object(answer.body) if answer.body.strip() else {}
    except BadCall:
        return None
