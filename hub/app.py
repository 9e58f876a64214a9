"""The composition root: names the concrete channels, wires every part, lists every subscription."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cached_property, partial
from hashlib import sha256
from types import MappingProxyType

import structlog
from aiohttp import web

from bot.actions import Actions
from bot.contract import Bot
from bot.orders import Orders
from channels.api.adapter import ApiChannel
from channels.contract import Channel, Feature
from channels.deferred import Deferred
from channels.email.settings import CAPABILITIES, FIELDS
from channels.messenger.adapter import Messenger, instagram
from channels.telegram.adapter import Telegram
from channels.voice.adapter import VoiceChannel
from channels.webchat.adapter import WebChat
from channels.whatsapp.adapter import WhatsApp
from hub import figures, recovery
from hub.acts import Acts
from hub.bot_watch import BotWatch
from hub.bus import Bus
from hub.calls import Calls
from hub.channel_config import ChannelConfig
from hub.clock import Clock
from hub.deadlines import Deadlines
from hub.delivery import Delivery
from hub.desk.commands import AgentTyping, Commands
from hub.desk.ending import Ending
from hub.desk.endpoint import DeskEndpoint
from hub.desk.floor import Floor
from hub.desk.frames import BotView
from hub.desk.people import People, PersonChanged
from hub.desk.supervision import Supervision
from hub.desk.views import Views
from hub.desk.wallboard import Wallboard
from hub.dialogue import Dialogue
from hub.errands import Errands
from hub.fetching import AT_ONCE, Fetching, FileCame
from hub.inlet import ContactTyping, HubInlet
from hub.intake import Intake
from hub.intervals import IntervalLog
from hub.lanes import Appended, Lanes
from hub.leases import Leases
from hub.mirror import Mirror
from hub.model.studio import Slot
from hub.placing import Placing
from hub.promises import Promises
from hub.reading import Reading, ReadMoved
from hub.receipts import Delivered, Receipts
from hub.routing.courtesy import Courtesy
from hub.routing.places import LineMoved
from hub.routing.router import Router
from hub.routing.signpost import Signpost
from hub.seed import seed
from hub.settings import Settings
from hub.staff import AgentChanged, OffersMissed, Staff
from hub.store.agents import Agents
from hub.store.aside import Aside
from hub.store.config import Config
from hub.store.contacts import Contacts
from hub.store.conversations import Conversations
from hub.store.database import Database
from hub.store.entries import Entries
from hub.store.fetches import Fetches
from hub.store.intervals import Intervals
from hub.store.notes import Notes
from hub.store.rollouts import Rollouts
from hub.store.tickets import Tickets
from hub.store.versions import Versions
from hub.store.visits import Visits
from hub.today import Today
from hub.training.doubts import Doubts
from hub.training.serving import ModelServer
from hub.vault import Vault
from hub.web import setup as web_setup
from hub.web import upkeep
from hub.web.addresses import client_address
from hub.web.chat_pages import ChatPages
from hub.web.context import Web
from hub.web.files import CustomerFiles, Fetched
from hub.web.limits import Buckets
from hub.workers import Pool, supervised

log = structlog.get_logger(__name__)

MAX_BODY = 12 * 1024 * 1024


class Hub:
    """Everything that makes a hub. Each part is made when it is first asked for, from the parts that it names.

    Nothing runs and nothing is read before `running`.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        bot: Bot,
        orders: Orders,
        clock: Clock,
        *,
        more_channels: Sequence[Channel] = (),
        bots: Mapping[Slot, Bot] = MappingProxyType({}),
    ) -> None:
        """Wire a hub around what differs between production and tests. `bots`: what `bot` is made of, to try out."""
        self.settings = settings
        self.database = database
        self.bot = bot
        self._bots = bots
        self.orders = orders
        self.clock = clock
        self.bus = Bus()
        self.config = Config(database)
        self.entries = Entries(database)
        self.conversations = Conversations(database)
        self.contacts = Contacts(database)
        self.intervals = Intervals(database)
        self.visits = Visits(database)
        self.tickets = Tickets(database)
        self.notes = Notes(database)
        self.fetches = Fetches(database)
        self.aside = Aside(database)
        self.background = Pool("background")
        self._more_channels = tuple(more_channels)
        self._key = settings.signing_key.get_secret_value().encode()
        _subscribe(self)

    @cached_property
    def lanes(self) -> Lanes:
        """The only writers of timelines."""
        return Lanes(self.entries, self.conversations, self.bus, self.clock, lambda state: self.deadlines.due(state))  # noqa: PLW0108 - the deadlines need the lanes

    @cached_property
    def acts(self) -> Acts:
        """Everything that can be done to a conversation."""
        return Acts(
            self.lanes,
            self.clock,
            self.delivery.mailbox,
            lambda channel: self._can(channel, Feature.FORMS),
            self.signpost.place,
        )

    @cached_property
    def signpost(self) -> Signpost:
        """Which line a conversation goes to."""
        return Signpost(self.config, self.contacts, self.conversations, self.staff, self.clock)

    @cached_property
    def staff(self) -> Staff:
        """Agents at work."""
        return Staff(Agents(self.database), self.conversations, self.bus, self.config, self.clock)

    @cached_property
    def intake(self) -> Intake:
        """Step 1."""
        return Intake(
            lanes=self.lanes,
            acts=self.acts,
            config=self.config,
            contacts=self.contacts,
            conversations=self.conversations,
            entries=self.entries,
            files=self.web.files,
            clock=self.clock,
            bot_refuses=self.watch.refuses,
            placing=Placing(self.lanes, self.config, self.contacts, self.conversations, self.entries, self.clock),
            fetching=self.fetching,
        )

    @cached_property
    def fetching(self) -> Fetching:
        """Attachments that come after the acknowledgement."""
        return Fetching(
            channels=self.channels,
            fetches=self.fetches,
            entries=self.entries,
            keeper=Fetched(self.web.uploads),
            configured=self.channel_config.one,
            bus=self.bus,
            clock=self.clock,
        )

    @cached_property
    def channel_config(self) -> ChannelConfig:
        """How inboxes are configured, with their secrets."""
        return ChannelConfig(self.config, Vault(self.settings.secrets_keys), lambda: self.channels)

    @cached_property
    def dialogue(self) -> Dialogue:
        """Step 2."""
        return Dialogue(
            bot=self.bot,
            lanes=self.lanes,
            acts=self.acts,
            config=self.config,
            entries=self.entries,
            typing=self.mirror.bot_typing,
            live=self._live,
            numbered=lambda channel: not self.delivery.mailbox(channel),
        )

    @cached_property
    def router(self) -> Router:
        """Step 3."""
        return Router(self.acts, self.staff, self.config, self.conversations, self.intervals, self.bus, self.clock)

    @cached_property
    def courtesy(self) -> Courtesy:
        """What customers are told when the conversation changes hands."""
        return Courtesy(self.acts, self.staff, self.config, self.clock, self.router.places.expected, self._live)

    @cached_property
    def desk(self) -> DeskEndpoint:
        """Step 4."""
        commands = Commands(
            acts=self.acts,
            lanes=self.lanes,
            staff=self.staff,
            floor=self.floor,
            views=self.views,
            config=self.config,
            people=self.people,
            board=self.board,
            supervision=self.supervision,
            ending=Ending(self.acts, self.config),
            conversations=self.conversations,
            entries=self.entries,
            files=self.web.files,
            reading=self.reading,
            line=self.router.places,
            deliveries=self.delivery,
            attachments=self.fetching,
            phones=self.calls,
            bus=self.bus,
            clock=self.clock,
        )
        return DeskEndpoint(self.web.tickets, self.staff, self.floor, commands, self.clock, self._own_origins)

    @cached_property
    def board(self) -> Wallboard:
        """What supervisors see."""
        return Wallboard(self.floor, self.staff, self.config, self.today, self.conversations, self.clock)

    @cached_property
    def supervision(self) -> Supervision:
        """What supervisors do."""
        return Supervision(
            self.acts,
            self.lanes,
            self.staff,
            self.floor,
            self.config,
            self.web.audit,
            self.web.end_sessions,
            self.calls.watch,
        )

    @cached_property
    def people(self) -> People:
        """Customers as agents see them."""
        return People(
            contacts=self.contacts,
            conversations=self.conversations,
            config=self.config,
            views=self.views,
            staff=self.staff,
            trail=self.web.audit,
            bus=self.bus,
            clock=self.clock,
        )

    @cached_property
    def views(self) -> Views:
        """From the model to the desk's frames."""
        capabilities = {name: channel.capabilities for name, channel in self.channels.items()}
        return Views(self.staff, self.config, capabilities, self.promises.most_urgent)

    @cached_property
    def floor(self) -> Floor:
        """Every open desk."""
        return Floor(self.views, self.lanes, self.config, self.reading, self.router.places, self.clock)

    @cached_property
    def today(self) -> Today:
        """How well each line has been served since midnight."""
        return Today(self.config, self.visits, self.clock)

    @cached_property
    def delivery(self) -> Delivery:
        """Step 5."""
        return Delivery(
            channels=self.channels,
            lanes=self.lanes,
            entries=self.entries,
            receipts=self.receipts,
            staff=self.staff,
            bus=self.bus,
            clock=self.clock,
            inlet=lambda: self.inlet,
        )

    @cached_property
    def receipts(self) -> Receipts:
        """What providers say of what we sent."""
        return Receipts(self.entries, self.conversations, self.notes, self.reading, self.bus, self.clock)

    @cached_property
    def deadlines(self) -> Deadlines:
        """Every timer."""
        return Deadlines(
            lanes=self.lanes,
            acts=self.acts,
            staff=self.staff,
            config=self.config,
            conversations=self.conversations,
            courtesy=self.courtesy,
            promises=self.promises,
            clock=self.clock,
        )

    @cached_property
    def calls(self) -> Calls:
        """Live calls."""
        return Calls(
            intake=self.intake,
            acts=self.acts,
            lanes=self.lanes,
            config=self.config,
            staff=self.staff,
            conversations=self.conversations,
            fetching=self.fetching,
            channels=lambda: self.channels,
            place=self.router.places.place,
            clock=self.clock,
        )

    @cached_property
    def promises(self) -> Promises:
        """Service levels."""
        return Promises(self.acts, self.config, self.clock, self.background)

    @cached_property
    def reading(self) -> Reading:
        """How far each side has read."""
        return Reading(self.conversations, self.bus)

    @cached_property
    def mirror(self) -> Mirror:
        """What customers see besides words."""
        return Mirror(self.delivery, self.lanes, self.inlet.state_of)

    @cached_property
    def interval_log(self) -> IntervalLog:
        """Where everything was, from when to when."""
        return IntervalLog(self.intervals, self.visits, self.conversations, self.entries, self.clock)

    @cached_property
    def watch(self) -> BotWatch:
        """Whether the bot can serve."""
        return BotWatch(
            self.bot,
            self.settings.bot_enabled,
            lambda status: self.floor.on_bot(BotView(available=status.available, detail=status.detail)),
        )

    @cached_property
    def inlet(self) -> HubInlet:
        """The hub as channels see it."""
        return HubInlet(
            intake=self.intake,
            acts=self.acts,
            lanes=self.lanes,
            config=self.config,
            contacts=self.contacts,
            conversations=self.conversations,
            entries=self.entries,
            tickets=self.tickets,
            staff=self.staff,
            places=self.router.places,
            reading=self.reading,
            files=CustomerFiles(self.web.uploads, self.web.files, self.conversations.owner_of),
            receipts=self.receipts,
            notes=self.notes,
            fetches=self.fetches,
            aside=self.aside,
            leases=Leases(self.notes, self.clock),
            channel_config=self.channel_config,
            base_url=self.settings.base_url,
            calls=lambda: self.calls,
            bus=self.bus,
            clock=self.clock,
        )

    @cached_property
    def webchat(self) -> WebChat:
        """The website chat."""
        return WebChat(
            key=sha256(b"peyk chat\0" + self._key).digest(),
            own_origins=self._own_origins,
            pages=ChatPages(self.web.assets, Buckets(self.clock, per_second=1.0, burst=300)),
            address_of=lambda request: client_address(request, self.web.trusted),
        )

    @cached_property
    def api(self) -> ApiChannel:
        """Anything else that speaks HTTP."""
        forged = Buckets(self.clock, per_second=1.0, burst=60)
        return ApiChannel(
            key=sha256(b"peyk api\0" + self._key).digest(),
            strike=lambda request: forged.take(client_address(request, self.web.trusted)),
            now=self.clock.now,
        )

    @cached_property
    def email(self) -> Channel:
        """Mailboxes."""

        def make() -> Channel:
            from channels.email.adapter import EmailChannel  # noqa: PLC0415 (12 MB that a hub without mail has no use for)

            return EmailChannel(now=self.clock.now)

        return Deferred("email", CAPABILITIES, FIELDS, make)

    @cached_property
    def voice(self) -> VoiceChannel:
        """Telephones."""
        forged = Buckets(self.clock, per_second=1.0, burst=60)
        return VoiceChannel(
            strike=lambda request: forged.take(client_address(request, self.web.trusted)), now=self.clock.now
        )

    @cached_property
    def channels(self) -> dict[str, Channel]:
        """All adapters by name."""
        own = (self.webchat, self.api, self.email, WhatsApp(), Messenger(), instagram(), Telegram(), self.voice)
        return {one.name: one for one in (*own, *self._more_channels)}

    @cached_property
    def actions(self) -> Actions:
        """The bot's action server."""
        errands = Errands(self.acts, self.lanes, self.config, self.tickets, self.clock)
        return Actions(
            token=self.settings.rasa_token.get_secret_value(),
            orders=self.orders,
            register_ticket=errands.register_ticket,
            opening_hours=errands.hours,
        )

    @cached_property
    def model_server(self) -> ModelServer:
        """Where the bot's servers get their models."""
        token = self.settings.rasa_token.get_secret_value()
        return ModelServer(token, Rollouts(self.database), self.versions)

    @cached_property
    def doubts(self) -> Doubts:
        """What the bot may have got wrong."""
        return Doubts(self.web.review, self.entries)

    @cached_property
    def versions(self) -> Versions:
        """Versions of the bot."""
        return Versions(self.database)

    @cached_property
    def web(self) -> Web:
        """Pages, accounts and the REST API."""
        return web_setup.make_web(
            self.database,
            self.config,
            self.clock,
            web_setup.WebOptions(
                base_url=self.settings.base_url,
                signing_key=self._key,
                trusted_proxies=self.settings.trusted_proxies,
                files_url=self.settings.files_url or "",
            ),
            channels=self.channel_config,
            inlet=lambda: self.inlet,
            aside=self.aside,
            mark=lambda conversation, seq: self.doubts.mark(conversation, seq),  # noqa: PLW0108 - doubts need the web
            bots=lambda slot: self._bots.get(slot, self.bot),
            on_access_ended=lambda ended: self.desk.send_away(ended.agent, ended.reason),
            mail_page=_mail_page,
            on_agent_changed=lambda agent: self.background.start(self.staff.refresh(agent), "refresh"),
            phone_socket=self._phone_socket,
        )

    def _can(self, channel: str, feature: Feature) -> bool:
        adapter = self.channels.get(channel)
        return adapter is not None and feature in adapter.capabilities.features

    def _live(self, channel: str) -> bool:
        adapter = self.channels.get(channel)
        return adapter is None or adapter.capabilities.live

    def _phone_socket(self) -> str:
        return self.calls.browser_url()

    def _own_origins(self) -> frozenset[str]:
        return frozenset({self.web.origin})


def _mail_page(raw: bytes, pictures: bool) -> str:
    from channels.email.page import mail_page  # noqa: PLC0415 (with the rest of the mail, when somebody looks at one)

    return mail_page(raw, pictures=pictures)


def _subscribe(hub: Hub) -> None:
    """Who hears what: all of it, in order."""
    on = hub.bus.on
    on(Appended, hub.router.on_appended)
    on(Appended, hub.delivery.on_appended)
    on(Appended, hub.floor.on_appended)
    on(Appended, hub.mirror.on_appended)
    on(Appended, hub.calls.on_appended)
    on(Appended, hub.dialogue.on_appended)
    on(Appended, hub.courtesy.on_appended)
    on(Appended, hub.interval_log.on_appended)
    on(Appended, hub.promises.on_appended)
    on(Appended, hub.today.on_appended)
    on(Appended, hub.doubts.on_appended)
    on(Appended, figures.on_appended)
    on(Appended, hub.board.on_appended)
    on(AgentChanged, hub.router.on_agent_changed)
    on(AgentChanged, hub.floor.on_agent_changed)
    on(AgentChanged, hub.interval_log.on_agent_changed)
    on(AgentChanged, hub.board.on_agent_changed)
    on(OffersMissed, hub.floor.on_offers_missed)
    on(LineMoved, hub.mirror.on_line_moved)
    on(ReadMoved, hub.mirror.on_read)
    on(ReadMoved, hub.floor.on_read)
    on(AgentTyping, hub.mirror.on_agent_typing)
    on(ContactTyping, lambda event: hub.floor.on_typing(event.conversation, on=event.on))
    on(Delivered, hub.floor.on_delivered)
    on(FileCame, lambda event: hub.floor.on_entry_changed(event.entry))
    on(PersonChanged, lambda event: hub.floor.on_person(event.conversations))
    figures.watch("backlog", lambda: hub.lanes.backlog)
    figures.watch("desks", lambda: hub.floor.open_desks)
    figures.watch("calls", lambda: hub.voice.live)
    figures.watch("chats", lambda: hub.webchat.open_sockets)
    figures.watch("line", lambda: len(hub.router.places.in_order()))
    figures.watch("deadline_late_ms", lambda: hub.deadlines.late_ms)
    hub.config.on_change(hub.router.on_rules_changed)
    hub.config.on_change(hub.deadlines.on_rules_changed)
    hub.config.on_change(hub.floor.on_config_changed)
    hub.config.on_change(hub.board.on_rules_changed)


def make_app(hub: Hub) -> web.Application:
    """The HTTP side of a hub."""
    app = web.Application(client_max_size=MAX_BODY)
    web_setup.attach(app, hub.web)
    app.router.add_get("/desk/socket", hub.desk.handle)
    app.router.add_post("/bot/actions", hub.actions.handle)
    app.router.add_get("/bot/models/{slot}", hub.model_server.handle)
    for channel in hub.channels.values():
        app.add_routes(channel.routes(hub.inlet))
    return app


@asynccontextmanager
async def running(hub: Hub) -> AsyncIterator[None]:
    """Load, repair, and run everything until the block ends; then finish what was accepted."""
    await _index(hub)
    await hub.config.load()
    await hub.channel_config.renew()
    await seed(hub.web, hub.settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(hub.lanes.running())
        repaired = await recovery.roll_forward(hub.conversations, hub.entries, hub.lanes, hub.deadlines)
        await hub.staff.load()
        await hub.router.load()
        await hub.interval_log.load(hub.staff.agents)
        await hub.interval_log.flush()
        await hub.today.load()
        await hub.board.load()
        await hub.watch.ask()
        log.info("hub_loaded", repaired=repaired)
        pools = (
            *(hub.background, hub.router, hub.courtesy, hub.delivery, hub.mirror, hub.dialogue),
            *(hub.calls, hub.doubts),
        )
        for one in pools:
            await stack.enter_async_context((one if isinstance(one, Pool) else one.pool).open())
        for name, work in _workers(hub).items():
            await stack.enter_async_context(supervised(name, work))
        hub.background.start(hub.delivery.resume(), "resume-delivery")
        hub.background.start(hub.calls.resume(), "resume-calls")
        hub.background.start(
            recovery.resume(hub.conversations, hub.entries, hub.lanes, hub.dialogue, hub.courtesy), "resume"
        )
        try:
            yield
        finally:
            await hub.reading.flush()
            await hub.interval_log.flush()
            await web_setup.close(hub.web)


def _workers(hub: Hub) -> dict[str, Callable[[], Awaitable[None]]]:
    workers: dict[str, Callable[[], Awaitable[None]]] = {
        "router": hub.router.run,
        "places": hub.router.places.tell,
        "deadlines": hub.deadlines.run,
        "reading": hub.reading.run,
        "intervals": hub.interval_log.run,
        "board": hub.board.run,
        "summaries": hub.floor.run_summaries,
        "queues": hub.floor.run_queues,
        "bot-watch": hub.watch.run,
        "delivery": hub.delivery.run,
        **{f"fetching-{number}": hub.fetching.run for number in range(AT_ONCE)},
        "upkeep": partial(upkeep.run, hub.web),
    }
    for name, channel in hub.channels.items():
        workers[f"channel-{name}"] = partial(channel.run, hub.inlet)
    return workers


async def _index(hub: Hub) -> None:
    parts = (hub.entries, hub.conversations, hub.contacts, hub.intervals, hub.visits, hub.notes, hub.fetches, hub.aside)
    for part in (*parts, hub.versions):
        await part.index()
    await web_setup.index(hub.web)
