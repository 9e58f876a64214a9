"""The composition root: wires every part."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from aiohttp import web

from bot.actions import Actions
from bot.contract import Bot
from bot.environment import built_in_model
from bot.orders import Orders
from channels.contract import Channel, Feature
from channels.voice.speech.writing import write_down
from hub.acts import Acts
from hub.adapters import Adapters
from hub.bot_watch import BotWatch
from hub.bus import Bus
from hub.calls import Calls
from hub.channel_config import ChannelConfig
from hub.clock import Clock
from hub.deadlines import Deadlines
from hub.delivery import Delivery
from hub.desk.commands import Commands
from hub.desk.ending import Ending
from hub.desk.endpoint import DeskEndpoint
from hub.desk.floor import Floor
from hub.desk.frames import BotView
from hub.desk.handling import Handling
from hub.desk.looking import Looking
from hub.desk.people import People
from hub.desk.reach import Reach
from hub.desk.supervision import Supervision
from hub.desk.views import Views
from hub.desk.wallboard import Wallboard
from hub.desk.writing import Writing
from hub.dialling import Dialler
from hub.dialogue import Dialogue
from hub.errands import Errands
from hub.fetching import Fetch, Fetching
from hub.inlet import HubInlet
from hub.intake import Intake
from hub.intervals import IntervalLog
from hub.lanes import Lanes
from hub.leases import Leases
from hub.lost_calls import LostCalls
from hub.mirror import Mirror
from hub.model.rollout import Slot
from hub.phones import Phones
from hub.placing import Placing
from hub.promises import Promises
from hub.reading import Reading
from hub.receipts import Receipts
from hub.routing.courtesy import Courtesy
from hub.routing.leaks import Leaks
from hub.routing.router import Router
from hub.routing.signpost import Signpost
from hub.settings import Settings
from hub.staff import Staff
from hub.store.agents import Agents
from hub.store.aside import Aside
from hub.store.config import Config
from hub.store.contacts import Contacts
from hub.store.conversations import Conversations
from hub.store.database import Database
from hub.store.entries import Entries
from hub.store.intervals import Intervals
from hub.store.jobs import Jobs
from hub.store.notes import Notes
from hub.store.rollouts import Rollouts
from hub.store.tickets import Tickets
from hub.store.versions import Versions
from hub.store.visits import Visits
from hub.today import Today
from hub.training.doubts import Doubts
from hub.training.serving import ModelServer
from hub.training.stay_log import StayLog
from hub.transcribing import Dictation, Transcribing
from hub.vault import Vault
from hub.web import setup as web_setup
from hub.web.context import Web
from hub.web.files import CustomerFiles, Fetched
from hub.workers import Pool

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
        self.fetches = Jobs(database, "fetches", Fetch)
        self.dictations = Jobs(database, "transcribing", Dictation)
        self.aside = Aside(database)
        self.background = Pool("background")
        self._more_channels = tuple(more_channels)
        self._key = settings.signing_key.get_secret_value().encode()

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
            jobs=self.fetches,
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
    def leaks(self) -> Leaks:
        """Beside step 3."""
        return Leaks(self.lanes, self.staff, self.clock)

    @cached_property
    def courtesy(self) -> Courtesy:
        """What customers are told when the conversation changes hands."""
        return Courtesy(
            self.acts, self.staff, self.config, self.clock, self.router.places.expected, self._live, self._speaks
        )

    @cached_property
    def desk(self) -> DeskEndpoint:
        """Step 4."""
        commands = Commands(
            reach=self.reach,
            looking=self.looking,
            writing=self.writing,
            handling=self.handling,
            staff=self.staff,
            floor=self.floor,
            config=self.config,
            people=self.people,
            board=self.board,
            supervision=self.supervision,
            reading=self.reading,
            phones=self.phones,
            bus=self.bus,
        )
        return DeskEndpoint(self.web.tickets, self.staff, self.floor, commands, self.clock, self._own_origins)

    @cached_property
    def reach(self) -> Reach:
        """Which conversations an agent may see and act on."""
        return Reach(self.lanes, self.config)

    @cached_property
    def looking(self) -> Looking:
        """What agents see."""
        return Looking(
            reach=self.reach,
            lanes=self.lanes,
            staff=self.staff,
            floor=self.floor,
            views=self.views,
            config=self.config,
            people=self.people,
            conversations=self.conversations,
            entries=self.entries,
            reading=self.reading,
            line=self.router.places,
            clock=self.clock,
        )

    @cached_property
    def writing(self) -> Writing:
        """What agents write."""
        return Writing(
            reach=self.reach,
            acts=self.acts,
            staff=self.staff,
            views=self.views,
            config=self.config,
            conversations=self.conversations,
            files=self.web.files,
            deliveries=self.delivery,
            attachments=self.fetching,
            clock=self.clock,
        )

    @cached_property
    def handling(self) -> Handling:
        """What agents do with conversations."""
        return Handling(
            reach=self.reach,
            acts=self.acts,
            staff=self.staff,
            floor=self.floor,
            config=self.config,
            ending=Ending(self.acts, self.config),
            conversations=self.conversations,
            reading=self.reading,
            clock=self.clock,
        )

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
            self.phones.watch,
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
    def lost_calls(self) -> LostCalls:
        """Calls whose end was never told."""
        return LostCalls(self.conversations, lambda: self.channels, self.clock)

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
            transcribing=self.transcribing,
            channels=lambda: self.channels,
            place=self.router.places.place,
            dialler=self.dialler,
            clock=self.clock,
        )

    @cached_property
    def transcribing(self) -> Transcribing:
        """Recordings that are written down."""
        listeners = {"fa": self.settings.listener_fa, "en": self.settings.listener_en}
        return Transcribing(
            jobs=self.dictations,
            files=self.web.files,
            lanes=self.lanes,
            acts=self.acts,
            listeners={locale: one for locale, one in listeners.items() if one},
            write_down=write_down,
            folder=self.settings.var_dir / "transcribing",
            clock=self.clock,
        )

    @cached_property
    def dialler(self) -> Dialler:
        """Who may have which number dialled."""
        return Dialler(self.config, self.clock, self.web.audit)

    @cached_property
    def phones(self) -> Phones:
        """What agents do with live calls."""
        return Phones(self.acts, self.config, self.staff, lambda: self.channels, self.dialler, self.calls.ended)

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
            jobs=(self.fetches, self.dictations),
            aside=self.aside,
            leases=Leases(self.notes, self.clock),
            channel_config=self.channel_config,
            base_url=self.settings.base_url,
            calls=lambda: self.calls,
            bus=self.bus,
            clock=self.clock,
        )

    @cached_property
    def adapters(self) -> Adapters:
        """Concrete channels."""
        return Adapters(self.settings, self.clock, self._key, lambda: self.web, self._more_channels)

    @cached_property
    def channels(self) -> dict[str, Channel]:
        """All adapters by name."""
        return self.adapters.by_name()

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
        var_dir = self.settings.var_dir
        return ModelServer(token, Rollouts(self.database), self.versions, self.clock, lambda: built_in_model(var_dir))

    @cached_property
    def doubts(self) -> Doubts:
        """What the bot may have got wrong."""
        return Doubts(self.web.review, self.entries)

    @cached_property
    def stay_log(self) -> StayLog:
        """What the bot's figures are made of."""
        return StayLog(self.web.bot_stays, self.conversations, self.entries, self.clock)

    @cached_property
    def versions(self) -> Versions:
        """Versions of the bot."""
        return Versions(self.database)

    @cached_property
    def web(self) -> Web:
        """Pages, accounts and the REST API."""
        return Web(
            base_url=self.settings.base_url.rstrip("/"),
            signing_key=self._key,
            trusted_proxies=self.settings.trusted_proxies,
            files_url=self.settings.files_url or "",
            database=self.database,
            config=self.config,
            clock=self.clock,
            channels=self.channel_config,
            inlet=lambda: self.inlet,
            aside=self.aside,
            mark=lambda conversation, seq: self.doubts.mark(conversation, seq),  # noqa: PLW0108 - doubts need the web
            bots=lambda slot: self._bots.get(slot, self.bot),
            mail_page=_mail_page,
            phone_socket=lambda: self.phones.browser_url(),  # noqa: PLW0108 - the phones need the web
            agent_changed=lambda agent: self.background.start(self.staff.refresh(agent), "refresh"),
            access_ended=lambda ended: self.desk.send_away(ended.agent, ended.reason),
        )

    def _can(self, channel: str, feature: Feature) -> bool:
        adapter = self.channels.get(channel)
        return adapter is not None and feature in adapter.capabilities.features

    def _live(self, channel: str) -> bool:
        adapter = self.channels.get(channel)
        return adapter is None or adapter.capabilities.live

    def _speaks(self, channel: str) -> bool:
        return self._can(channel, Feature.CALLS)

    def _own_origins(self) -> frozenset[str]:
        return frozenset({self.web.origin})


def _mail_page(raw: bytes, pictures: bool) -> str:
    from channels.email.page import mail_page  # noqa: PLC0415 (with the rest of the mail, when somebody looks at one)

    return mail_page(raw, pictures=pictures)


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
