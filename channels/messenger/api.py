"""The calls to the provider, for one page or account."""

from collections.abc import AsyncIterator

from msgspec.json import encode

from channels.contract import DeliveryError, File, Inlet, Outbound, Sent
from channels.graph import AwayError, Graph, RefusedError, app_proof, file_bytes, finding
from channels.messenger import compose
from channels.messenger.dialect import Dialect
from channels.messenger.settings import PageSettings
from channels.setup import Finding

MAX_MEDIA = 100 * 1024 * 1024


class Account:
    """One page, or one Instagram account, of ours."""

    def __init__(self, settings: PageSettings, dialect: Dialect, patience: float) -> None:
        """Speak for the account of these settings; wait so many seconds for an answer."""
        self._settings = settings
        self._dialect = dialect
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
        # "me" is whose token it is: for Instagram, too, the page that the account is joined to.
        answer = await self._graph.send_each("me/messages", compose.requests(message, media, self._dialect))
        mid = answer.get("message_id")
        return Sent(external_id=mid if isinstance(mid, str) else None)

    async def act(self, address: str, name: str) -> None:
        """Show something short-lived. Raises `DeliveryError`."""
        await self._graph.quick.send("me/messages", compose.action(address, name))

    def read(self, url: str) -> AsyncIterator[bytes]:
        """The bytes of a customer's file, for which nobody asks a token. Raises `ChannelError`."""
        return self._graph.read(url, most=MAX_MEDIA)

    async def check(self) -> Finding:
        """Look at the account with the token, and at the token with the app secret."""
        proof = app_proof(self._settings.access_token, self._settings.app_secret)
        try:
            answer = await self._graph.quick.get(
                self._settings.page_id, {"fields": self._dialect.name_field, "appsecret_proof": proof}
            )
        except (RefusedError, AwayError) as error:
            return finding(error, account_field="page_id")
        return Finding(ok=True, code="ok", detail=str(answer.get(self._dialect.name_field, ""))[:200])

    async def _upload(self, message: Outbound, file: File, inlet: Inlet) -> str:
        kind = compose.media_kind(file, self._dialect)
        found, data = await file_bytes(inlet, message, file)
        fields = {"message": encode(compose.upload(kind)).decode()}
        if not self._dialect.marks:
            fields["platform"] = "instagram"
        answer = await self._graph.upload("me/message_attachments", fields, "filedata", found, data)
        media = answer.get("attachment_id")
        if not isinstance(media, str):
            raise DeliveryError("The provider gave the file no id.", retryable=False)
        return media
