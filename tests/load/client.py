"""A customer and an agent as programs: the two public sockets, used as the widget and the desk use them."""

import asyncio
import html
import re
import time
from dataclasses import dataclass

import aiohttp
from msgspec import convert
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from tests.load.frames import Event, Shown, encode
from tests.load.journal import Ack, Journal, Sight
from tests.load.line import Cut, Line, Refused, open_socket

_CSRF = re.compile(r'name="csrf"\s+value="([^"]+)"')
_LEFT = frozenset({"returned", "transferred", "to_bot", "resolved"})


@dataclass(frozen=True, slots=True)
class Target:
    """Where the hub is. `url` like http://127.0.0.1:8080; `http` is shared by all clients of this process."""

    url: str
    inbox: str
    http: aiohttp.ClientSession

    @property
    def ws(self) -> str:
        """The same address for websockets."""
        return self.url.replace("http", "ws", 1)


def sight(entry: Shown) -> Sight:
    """An entry as the journal keeps it."""
    return Sight(entry.seq, entry.author, entry.client_id)


class Customer(Line):
    """A visitor with the chat open. `address`: what a trusted proxy would say of where they come from."""

    def __init__(self, target: Target, name: str, journal: Journal, *, address: str | None = None) -> None:
        super().__init__(name)
        self.conversation: str | None = None
        self.visitor = ""
        self.owner = ""
        self.shown: list[Shown] = []
        self.refresh: str | None = None
        self._target = target
        self._journal = journal
        self._headers = {"X-Forwarded-For": address} if address else {}
        self._access = ""
        self._access_until = 0.0
        self._more = False

    async def send(self, client_id: str, text: str) -> Ack | None:
        """Send a message until it is acknowledged; None when it is refused for good."""
        self._journal.sent.setdefault(client_id, time.perf_counter())
        command = {"type": "send", "client_id": client_id, "conversation": self.conversation, "text": text}
        try:
            event = await self.insist(command)
        except Refused as error:
            self._journal.refused[client_id] = error.code
            return None
        data = event.data or {}
        ack = Ack(data["conversation"], data["seq"], "contact")
        self.conversation = ack.conversation
        self._journal.acked[client_id] = ack
        self._journal.acked_at.setdefault(client_id, time.perf_counter())
        return ack

    async def dial(self) -> ClientConnection:
        """Get a token when the old one is about to end, connect, say hello with the last number seen."""
        if time.time() > self._access_until - 30:
            await self._session()
        ws = await open_socket(
            f"{self._target.ws}/chat/{self._target.inbox}/socket", self._target.url, self._headers or None
        )
        after = self._journal.view(self.name, self.conversation).last if self.conversation else 0
        hello = {"type": "hello", "token": self._access, "conversation": self.conversation, "after": after}
        await ws.send(encode(hello), text=True)
        return ws

    def dismissed(self, event: Event) -> None:
        """A token that is no good any more (by the hub's clock) is replaced before the next hello."""
        super().dismissed(event)
        if event.reason == "unauthorized":
            self._access_until = 0.0

    def is_welcome(self, event: Event) -> bool:
        """The answer to the hello."""
        return event.type == "welcome"

    def welcomed(self, event: Event) -> None:
        """Show what is missing, or start over."""
        if not isinstance(event.state, dict):
            return
        self._keep_state(event.state)
        view = self._journal.view(self.name, self.conversation or "")
        self._more = event.more
        if event.start_over or not view.sights:
            view.start_over(sight(entry) for entry in event.entries)
            self.shown = list(event.entries)
        else:
            self._more = False
            for entry in event.entries:
                view.show(sight(entry))
            self.shown += event.entries

    async def greeted(self, event: Event) -> None:
        """Page back to the beginning, as somebody does who scrolls up."""
        while self._more and self.conversation:
            view = self._journal.view(self.name, self.conversation)
            command = {"type": "before", "conversation": self.conversation, "seq": view.sights[0].seq}
            page = (await self.ask_patiently(command)).data or {}
            entries = convert(page.get("entries", []), list[Shown])
            view.prepend(sight(entry) for entry in entries)
            self.shown[:0] = entries
            self._more = bool(page.get("more")) and bool(entries)

    def heard(self, event: Event) -> None:
        """An entry or a state."""
        if event.type == "entry" and event.entry is not None and isinstance(event.conversation, str):
            self.conversation = self.conversation or event.conversation
            self._journal.view(self.name, event.conversation).show(sight(event.entry))
            self.shown.append(event.entry)
        elif event.type == "state" and isinstance(event.state, dict):
            self._keep_state(event.state)

    def _keep_state(self, state: dict[str, object]) -> None:
        self.conversation = str(state["conversation"])
        self.owner = str(state["owner"])

    async def _session(self) -> None:
        body = encode({"refresh": self.refresh} if self.refresh else {})
        headers = {"Origin": self._target.url, "Content-Type": "application/json", **self._headers}
        url = f"{self._target.url}/chat/{self._target.inbox}/session"
        answer = await fetch(self._target.http, "POST", url, headers, body)
        self._access, self.refresh, self.visitor = answer["access"], answer["refresh"], answer["visitor"]
        self._access_until = answer["expires_at"] / 1000


class Agent(Line):
    """An agent at the desk: online, takes every offer, opens and follows every conversation of theirs."""

    def __init__(self, target: Target, login: str, password: str, journal: Journal) -> None:
        super().__init__(f"agent:{login}")
        self.accepts = True
        self.mine: set[str] = set()
        self.opened: dict[str, asyncio.Event] = {}
        self.events: list[tuple[str, Shown]] = []
        self.sights: dict[str, float] | None = None
        """When set: the time at which each client id first stood on this screen."""
        self._target = target
        self._login = login
        self._password = password
        self._journal = journal
        self._csrf = ""
        self._cookie = ""
        self._opening: dict[str, list[Shown]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def reply(self, conversation: str, client_id: str, text: str) -> Ack | None:
        """Answer a customer until it is acknowledged; None when it is refused for good (not mine any more)."""
        self._journal.sent.setdefault(client_id, time.perf_counter())
        command = {"type": "reply", "conversation": conversation, "client_id": client_id, "text": text}
        try:
            event = await self.insist(command)
        except Refused as error:
            self._journal.refused[client_id] = error.code
            return None
        ack = Ack(conversation, (event.data or {})["seq"], "agent")
        self._journal.acked[client_id] = ack
        self._journal.acked_at.setdefault(client_id, time.perf_counter())
        return ack

    async def stop(self) -> None:
        """Hang up and drop what is being done."""
        await super().stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def dial(self) -> ClientConnection:
        """Sign in if need be, get a ticket, connect."""
        ticket = await self._ticket()
        ws = await open_socket(f"{self._target.ws}/desk/socket", self._target.url)
        await ws.send(encode({"type": "auth", "ticket": ticket}), text=True)
        return ws

    def is_welcome(self, event: Event) -> bool:
        """The snapshot."""
        return event.type == "ready"

    def welcomed(self, event: Event) -> None:
        """From here on events of known conversations are held back until each is opened again."""
        self._opening = {conversation: [] for conversation in self.opened}
        self.mine = {row["id"] for row in event.mine}

    async def greeted(self, event: Event) -> None:
        """Be online, open what is mine or was open, take what is offered."""
        if (event.me or {}).get("status") != "online" and self.accepts:
            await self.ask_patiently({"type": "status.set", "status": "online"})
        for conversation in {*self.mine, *self.opened}:
            await self.open(conversation)
        for offer in event.offers:
            self._take(offer)

    def heard(self, event: Event) -> None:
        """Entries and offers."""
        if event.type == "entry" and event.entry is not None and isinstance(event.conversation, str):
            self._entry(event.conversation, event.entry)
        elif event.type == "offer" and isinstance(event.offer, dict):
            self._take(event.offer)

    async def open(self, conversation: str) -> None:
        """Follow a conversation from the last number on; fetch what is missing."""
        held = self._opening.setdefault(conversation, [])
        view = self._journal.view(self.name, conversation)
        command: dict[str, object] = {"type": "open", "conversation": conversation}
        if view.sights:
            command["after"] = view.last
        data = (await self.ask_patiently(command)).data or {}
        entries = convert(data["entries"], list[Shown])
        if data.get("start_over") or not view.sights:
            await self._from_the_start(conversation, entries, more=bool(data.get("more")))
        else:
            for entry in entries:
                self._show(conversation, entry)
        for entry in held:
            if entry.seq > view.last:
                self._show(conversation, entry)
        self._opening.pop(conversation, None)
        self.opened.setdefault(conversation, asyncio.Event()).set()

    async def _from_the_start(self, conversation: str, entries: list[Shown], *, more: bool) -> None:
        pages = list(entries)
        while more and pages:
            command = {"type": "history", "conversation": conversation, "before": pages[0].seq}
            page = (await self.ask_patiently(command)).data or {}
            older = convert(page["entries"], list[Shown])
            pages[:0] = older
            more = bool(page["more"]) and bool(older)
        self._journal.view(self.name, conversation).start_over([])
        for entry in pages:
            self._show(conversation, entry)

    def _entry(self, conversation: str, entry: Shown) -> None:
        if entry.event is not None:
            self.events.append((conversation, entry))
            if entry.event.get("type") in _LEFT:
                self.mine.discard(conversation)
        if conversation in self._opening:
            self._opening[conversation].append(entry)
        elif conversation in self.opened:
            self._show(conversation, entry)

    def _show(self, conversation: str, entry: Shown) -> None:
        self._journal.view(self.name, conversation).show(sight(entry))
        if self.sights is not None and entry.client_id is not None:
            self.sights.setdefault(entry.client_id, time.perf_counter())

    def _take(self, offer: dict[str, object]) -> None:
        if not self.accepts:
            return
        task = asyncio.create_task(self._accept(offer), name=f"accept-{self.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, offer: dict[str, object]) -> None:
        row = offer["conversation"]
        conversation = str(row["id"]) if isinstance(row, dict) else ""
        try:
            await self.ask({"type": "offer.accept", "offer": offer["id"]})
            self.mine.add(conversation)
            await self.open(conversation)
        except (Cut, Refused):
            return  # it went on, or the line broke: the snapshot after the next connect tells

    async def _ticket(self) -> str:
        for _ in range(2):
            if not self._csrf:
                await self._sign_in()
            headers = {"Origin": self._target.url, "X-CSRF-Token": self._csrf, "Cookie": self._cookie}
            try:
                url = f"{self._target.url}/api/desk/ticket"
                return str((await fetch(self._target.http, "POST", url, headers))["ticket"])
            except PermissionError:
                self._csrf = ""
        raise Cut

    async def _sign_in(self) -> None:
        http, url = self._target.http, self._target.url
        try:
            async with http.get(f"{url}/login") as page:
                found = _CSRF.search(await page.text())
                cookie = _cookies(page)
            if found is None:
                raise Cut
            form = {"login": self._login, "password": self._password, "csrf": html.unescape(found.group(1))}
            headers = {"Origin": url, "Cookie": cookie}
            async with http.post(f"{url}/login", data=form, headers=headers, allow_redirects=False) as answer:
                if answer.status != 303:
                    raise Cut(f"the login was refused: {answer.status}")
                self._cookie = _cookies(answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Cut from error
        self._csrf = str((await fetch(http, "GET", f"{url}/api/me", {"Cookie": self._cookie}))["csrf"])


def _cookies(answer: aiohttp.ClientResponse) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in answer.cookies.items() if morsel.value)


async def fetch(
    http: aiohttp.ClientSession, method: str, url: str, headers: dict[str, str], body: bytes | None = None
) -> dict[str, object]:
    """A JSON answer. Raises `Cut` when it can be tried again, PermissionError for 401 and 403."""
    try:
        async with http.request(method, url, headers=headers, data=body) as answer:
            if answer.status in {401, 403}:
                raise PermissionError(await answer.text())
            if answer.status >= 400:
                raise Cut(f"{url}: {answer.status}")
            return dict(await answer.json())
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        if isinstance(error, PermissionError):
            raise
        raise Cut from error


__all__ = ["Agent", "Customer", "Cut", "Refused", "Target", "WebSocketException", "fetch", "sight"]
