"""The calls to the provider, for one number."""

from collections.abc import AsyncIterator

from channels.contract import DeliveryError, File, Inlet, Outbound, Sent
from channels.graph import Answer, AwayError, Graph, RefusedError, app_proof, file_bytes, finding
from channels.setup import Finding
from channels.whatsapp import compose
from channels.whatsapp.settings import WhatsAppSettings


class Number:
    """One phone number of ours."""

    def __init__(self, settings: WhatsAppSettings, patience: float) -> None:
        """Speak for the number of these settings; wait so many seconds for an answer."""
        self._settings = settings
        self._id = settings.phone_number_id
        self._graph = Graph(
            base=settings.api_base, version=settings.graph_version, token=settings.access_token, seconds=patience
        )

    async def send(self, message: Outbound, inlet: Inlet) -> Sent:
        """Upload what must be, then send. Raises `DeliveryError`."""
        media = {
            part.file.id: await self._upload(message, part.file, inlet)
            for part in message.parts
            if part.type == "attachment" and part.file is not None
        }
        requests = compose.requests(message, media)
        return Sent(external_id=_id(await self._graph.send_each(f"{self._id}/messages", requests)))

    async def mark(self, message_id: str, *, typing: bool) -> None:
        """Show that a message was seen, or that an answer is being written. Raises `DeliveryError`."""
        await self._graph.quick.send(f"{self._id}/messages", compose.seen(message_id, typing=typing))

    async def read(self, media: str, *, most: int) -> AsyncIterator[bytes]:
        """The bytes of a file of a customer. Raises `ChannelError`."""
        url = await self._graph.media_url(media)
        async for chunk in self._graph.read(url, most=most, with_token=True):
            yield chunk

    async def check(self) -> Finding:
        """Look at the number with the token, and at the token with the app secret."""
        proof = app_proof(self._settings.access_token, self._settings.app_secret)
        wanted = {"fields": "display_phone_number,verified_name", "appsecret_proof": proof}
        try:
            answer = await self._graph.quick.get(self._id, wanted)
        except (RefusedError, AwayError) as error:
            return finding(error, account_field="phone_number_id")
        named = [answer.get("verified_name"), answer.get("display_phone_number")]
        return Finding(ok=True, code="ok", detail=" ".join(str(one) for one in named if one)[:200])

    async def _upload(self, message: Outbound, file: File, inlet: Inlet) -> str:
        found, data = await file_bytes(inlet, message, file)
        fields = {"messaging_product": "whatsapp", "type": found.content_type}
        media = (await self._graph.upload(f"{self._id}/media", fields, "file", found, data)).get("id")
        if not isinstance(media, str):
            raise DeliveryError("The provider gave the file no id.", retryable=False)
        return media


def _id(answer: Answer) -> str | None:
    """The id of the message that was taken."""
    listed = answer.get("messages")
    first = listed[0] if isinstance(listed, list) and listed else None
    found = first.get("id") if isinstance(first, dict) else None
    return found if isinstance(found, str) else None
