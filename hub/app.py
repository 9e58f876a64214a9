"""The composition root: the only module that names concrete adapters, and the list of every subscription."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

import structlog
import uvloop
from aiohttp import web

from bot.actions import Actions
from bot.contract import Bot, BotStatus
from bot.guarded import GuardedBot
from bot.hours import OpeningHours, opening_hours
from bot.orders import HttpOrders, Orders
from bot.rasa import RasaBot
from channels.contract import Channel
from channels.webchat.adapter import WebChat
from hub import figures, recovery
from hub.acts import Acts
from hub.bot_watch import BotWatch
from hub.bus import Bus
from hub.clock import Clock, SystemClock
from hub.deadlines import Deadlines
from hub.delivery import Delivered, Delivery
from hub.desk.commands import AgentTyping, Commands
from hub.desk.endpoint import DeskEndpoint
from hub.desk.floor import Floor
from hub.desk.frames import BotView
from hub.desk.views import Views
from hub.dialogue import Dialogue
from hub.inlet import ContactTyping, HubInlet
from hub.intake import Intake
from hub.intervals import IntervalLog
from hub.lanes import Appended, Lanes
from hub.mirror import Mirror
from hub.model.ids import AgentId, ConversationId
from hub.reading import Reading, ReadMoved
from hub.routing.courtesy import Courtesy
from hub.routing.router import LineMoved, Router
from hub.seed import seed
from hub.settings import LogFormat, Settings
from hub.staff import AgentChanged, Staff
from hub.store.agents import Agents
from hub.store.config import Config
from hub.store.contacts import Contacts
from hub.store.conversations import Conversations
from hub.store.database import Database, connect
from hub.store.entries import Entries
from hub.store.intervals import Intervals
from hub.store.tickets import Tickets
from hub.telemetry import set_up_logging
from hub.web import setup as web_setup
from hub.web import upkeep
from hub.web.addresses import client_address
from hub.web.chat_pages import ChatPages
from hub.web.context import Web
from hub.web.files import CustomerFiles
from hub.web.limits import Buckets
from hub.web.sessions import AccessEnded
from hub.workers import Pool, supervised

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 8.0
MAX_BODY = 12 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Everything that makes a hub, wired."""

    settings: Settings
    database: Database
    clock: Clock
    bus: Bus
    config: Config
    lanes: Lanes
    acts: Acts
    staff: Staff
    router: Router
    courtesy: Courtesy
    deadlines: Deadlines
    dialogue: Dialogue
    delivery: Delivery
    interval_log: IntervalLog
    reading: Reading
    mirror: Mirror
    floor: Floor
    desk: DeskEndpoint
    inlet: HubInlet
    intake: Intake
    watch: BotWatch
    actions: Actions
    channels: dict[str, Channel]
    webchat: WebChat
    web: Web
    entries: Entries
    conversations: Conversations
    contacts: Contacts
    intervals: Intervals
    background: Pool


def make_hub(settings: Settings, database: Database, bot: Bot, orders: Orders, clock: Clock) -> Hub:
    """Wire the parts. Nothing runs and nothing is read yet."""
    bus, config = Bus(), Config(database)
    entries, conversations, contacts = Entries(database), Conversations(database), Contacts(database)
    intervals = Intervals(database)
    background = Pool("background")
    staff = Staff(Agents(database), conversations, bus, clock)
    key = settings.signing_key.get_secret_value().encode()

    def send_away(ended: AccessEnded) -> None:
        desk.send_away(ended.agent, ended.reason)

    def profile_changed(agent: AgentId) -> None:
        background.start(staff.refresh(agent), "refresh")

    web_parts = web_setup.make_web(
        database,
        config,
        clock,
        web_setup.WebOptions(base_url=settings.base_url, signing_key=key, trusted_proxies=settings.trusted_proxies),
        on_access_ended=send_away,
        on_agent_changed=profile_changed,
    )

    def own_origins() -> frozenset[str]:
        return frozenset({web_parts.origin})

    pages = ChatPages(web_parts.assets, Buckets(clock, per_second=1.0, burst=300))
    webchat = WebChat(
        key=sha256(b"peyk chat\0" + key).digest(),
        own_origins=own_origins,
        pages=pages,
        address_of=lambda request: client_address(request, web_parts.trusted),
    )
    channels: dict[str, Channel] = {webchat.name: webchat}

    lanes = Lanes(entries, conversations, bus, clock, lambda state: deadlines.due(state))  # noqa: PLW0108 - wired below
    acts = Acts(lanes, clock, lambda channel: delivery.mailbox(channel))  # noqa: PLW0108 - wired below
    delivery = Delivery(channels, lanes, entries, staff, bus)
    router = Router(acts, staff, config, conversations, intervals, bus, clock)
    courtesy = Courtesy(acts, staff, config, clock, router.staffed)
    deadlines = Deadlines(lanes, acts, staff, config, conversations, courtesy, clock)
    reading = Reading(conversations, bus)
    views = Views(staff, config)
    floor = Floor(views, lanes, config, reading, router, clock)
    watch = BotWatch(bot, settings.bot_enabled, lambda status: floor.on_bot(_bot_view(status)))
    intake = Intake(
        lanes=lanes,
        acts=acts,
        config=config,
        contacts=contacts,
        conversations=conversations,
        entries=entries,
        files=web_parts.files,
        clock=clock,
        bot_refuses=watch.refuses,
    )

    async def owner_of(conversation: str) -> tuple[str, str] | None:
        row = await conversations.get(ConversationId(conversation))
        return (row.state.header.inbox, row.state.header.address) if row else None

    inlet = HubInlet(
        intake=intake,
        acts=acts,
        lanes=lanes,
        config=config,
        contacts=contacts,
        conversations=conversations,
        entries=entries,
        staff=staff,
        router=router,
        reading=reading,
        files=CustomerFiles(web_parts.uploads, web_parts.files, owner_of),
        bus=bus,
        clock=clock,
    )
    mirror = Mirror(delivery, lanes, inlet.state_of)
    dialogue = Dialogue(bot, lanes, acts, config, entries, mirror.bot_typing)
    commands = Commands(
        acts=acts,
        lanes=lanes,
        staff=staff,
        floor=floor,
        views=views,
        config=config,
        contacts=contacts,
        conversations=conversations,
        entries=entries,
        files=web_parts.files,
        reading=reading,
        line=router,
        bus=bus,
        clock=clock,
    )
    desk = DeskEndpoint(web_parts.tickets, staff, floor, commands, clock, own_origins)
    hub = Hub(
        settings=settings,
        database=database,
        clock=clock,
        bus=bus,
        config=config,
        lanes=lanes,
        acts=acts,
        staff=staff,
        router=router,
        courtesy=courtesy,
        deadlines=deadlines,
        dialogue=dialogue,
        delivery=delivery,
        interval_log=IntervalLog(intervals, conversations, clock),
        reading=reading,
        mirror=mirror,
        floor=floor,
        desk=desk,
        inlet=inlet,
        intake=intake,
        watch=watch,
        actions=_actions(settings, orders, acts, lanes, config, Tickets(database), clock),
        channels=channels,
        webchat=webchat,
        web=web_parts,
        entries=entries,
        conversations=conversations,
        contacts=contacts,
        intervals=intervals,
        background=background,
    )
    _subscribe(hub)
    return hub


def _subscribe(hub: Hub) -> None:
    """Who hears what: all of it, in order."""
    on = hub.bus.on
    on(Appended, hub.router.on_appended)
    on(Appended, hub.delivery.on_appended)
    on(Appended, hub.floor.on_appended)
    on(Appended, hub.mirror.on_appended)
    on(Appended, hub.dialogue.on_appended)
    on(Appended, hub.courtesy.on_appended)
    on(Appended, hub.interval_log.on_appended)
    on(Appended, figures.on_appended)
    on(AgentChanged, hub.router.on_agent_changed)
    on(AgentChanged, hub.floor.on_agent_changed)
    on(AgentChanged, hub.interval_log.on_agent_changed)
    on(LineMoved, hub.mirror.on_line_moved)
    on(ReadMoved, hub.mirror.on_read)
    on(ReadMoved, hub.floor.on_read)
    on(AgentTyping, hub.mirror.on_agent_typing)
    on(ContactTyping, lambda event: hub.floor.on_typing(event.conversation, on=event.on))
    on(Delivered, lambda event: hub.floor.on_delivery(event.conversation, event.seq, event.state, event.reason))
    figures.watch("backlog", lambda: hub.lanes.backlog)
    figures.watch("desks", lambda: hub.floor.open_desks)
    figures.watch("chats", lambda: hub.webchat.open_sockets)
    figures.watch("line", lambda: len(hub.router.line()))
    figures.watch("deadline_late_ms", lambda: hub.deadlines.late_ms)
    hub.config.on_change(hub.router.on_rules_changed)
    hub.config.on_change(hub.floor.on_config_changed)


def make_app(hub: Hub) -> web.Application:
    """The HTTP side of a hub."""
    app = web.Application(client_max_size=MAX_BODY)
    web_setup.attach(app, hub.web)
    app.router.add_get("/desk/socket", hub.desk.handle)
    app.router.add_post("/bot/actions", hub.actions.handle)
    for channel in hub.channels.values():
        app.add_routes(channel.routes(hub.inlet))
    return app


@asynccontextmanager
async def running(hub: Hub) -> AsyncIterator[None]:
    """Load, repair, and run everything until the block ends; then finish what was accepted."""
    await _index(hub)
    await hub.config.load()
    await seed(hub.web, hub.settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(hub.lanes.running())
        repaired = await recovery.roll_forward(hub.conversations, hub.entries, hub.lanes, hub.deadlines)
        await hub.staff.load()
        await hub.router.load()
        await hub.interval_log.load()
        await hub.watch.ask()
        log.info("hub_loaded", repaired=repaired)
        pools = (hub.background, hub.router, hub.courtesy, hub.delivery, hub.mirror, hub.dialogue)
        for one in pools:
            await stack.enter_async_context((one if isinstance(one, Pool) else one.pool).open())
        for name, work in _workers(hub).items():
            await stack.enter_async_context(supervised(name, work))
        hub.background.start(
            recovery.resume(hub.conversations, hub.lanes, hub.dialogue, hub.courtesy, hub.delivery), "resume"
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
        "places": hub.router.tell_places,
        "deadlines": hub.deadlines.run,
        "reading": hub.reading.run,
        "intervals": hub.interval_log.run,
        "summaries": hub.floor.run_summaries,
        "queues": hub.floor.run_queues,
        "bot-watch": hub.watch.run,
        "upkeep": partial(upkeep.run, hub.web),
    }
    for name, channel in hub.channels.items():
        workers[f"channel-{name}"] = partial(channel.run, hub.inlet)
    return workers


async def _index(hub: Hub) -> None:
    for part in (hub.entries, hub.conversations, hub.contacts, hub.intervals):
        await part.index()
    await web_setup.index(hub.web)


def _bot_view(status: BotStatus) -> BotView:
    return BotView(available=status.available, detail=status.detail)


def _actions(
    settings: Settings, orders: Orders, acts: Acts, lanes: Lanes, config: Config, tickets: Tickets, clock: Clock
) -> Actions:
    async def register(conversation: str, text: str) -> str:
        key = sha256(f"{conversation}\0{text}".encode()).hexdigest()
        number = await tickets.register(conversation=conversation, text=text, key=key, now=clock.now())
        await acts.note_ticket(ConversationId(conversation), number)
        return number

    async def hours(conversation: str) -> OpeningHours:
        state = await lanes.state(ConversationId(conversation))
        inbox = config.inbox(state.header.inbox)
        calendar = inbox.calendar if inbox else None
        if calendar is None:
            return opening_hours(week={}, time_zone="UTC", at=clock.now(), always_open=True)
        return opening_hours(
            week=calendar.week,
            time_zone=calendar.time_zone,
            at=clock.now(),
            holidays=calendar.holidays,
            always_open=calendar.always_open,
        )

    token = settings.rasa_token.get_secret_value()
    return Actions(token=token, orders=orders, register_ticket=register, opening_hours=hours)


def serve(settings: Settings) -> None:
    """Run a hub until SIGTERM or SIGINT, then drain and return."""
    as_json = {LogFormat.JSON: True, LogFormat.CONSOLE: False}.get(settings.log_format)
    set_up_logging(as_json=as_json)
    uvloop.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        uri = settings.mongodb_uri
        database = await stack.enter_async_context(
            connect(uri.get_secret_value() if uri else "mongodb://127.0.0.1:27017", settings.database)
        )
        rasa = await stack.enter_async_context(RasaBot(settings.bot_url, settings.rasa_token.get_secret_value()))
        orders = await stack.enter_async_context(HttpOrders(settings.order_service))
        hub = make_hub(settings, database, GuardedBot(rasa, observe=figures.on_bot_turn), orders, SystemClock())
        await stack.enter_async_context(running(hub))
        await stack.enter_async_context(_listening(hub))
        log.info("hub_ready", host=settings.host, port=settings.port)
        await stop.wait()
        log.info("hub_draining")


@asynccontextmanager
async def _listening(hub: Hub) -> AsyncIterator[None]:
    """Accept connections; at the end refuse new ones and send the open sockets away politely."""
    runner = web.AppRunner(
        make_app(hub), access_log=None, shutdown_timeout=DRAIN_SECONDS, handle_signals=False, lingering_time=2.0
    )
    await runner.setup()
    site = web.TCPSite(runner, hub.settings.host, hub.settings.port, backlog=4_096)
    await site.start()
    try:
        yield
    finally:
        await site.stop()
        hub.desk.drain()
        await hub.webchat.drain()
        await runner.cleanup()
