"""The hub's routing, whole and real, over a database of its own: no sockets, no bot, a clock that is moved by hand."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from hub.acts import Acts
from hub.bus import Bus
from hub.clock import Clock
from hub.deadlines import Deadlines
from hub.errors import Conflict
from hub.lanes import Appended, Lanes
from hub.model.conversation import Conversation, Header
from hub.model.entry import Author, Draft, Part, text_part
from hub.model.ids import ContactId, ConversationId, InboxId
from hub.promises import Promises
from hub.routing.courtesy import Courtesy
from hub.routing.router import Router
from hub.routing.signpost import Signpost
from hub.simulation.plan import World
from hub.staff import AgentChanged, Staff
from hub.store.accounts import Accounts
from hub.store.agents import Agents
from hub.store.config import Config
from hub.store.contacts import Contacts
from hub.store.conversations import Conversations
from hub.store.database import Database
from hub.store.entries import Entries
from hub.store.intervals import Intervals

BEGIN = 1_800_000_000_000


@dataclass(slots=True)
class House:
    """The parts, wired as in `hub.app`."""

    clock: Clock
    bus: Bus
    config: Config
    conversations: Conversations
    entries: Entries
    lanes: Lanes
    acts: Acts
    staff: Staff
    router: Router
    deadlines: Deadlines
    overtaken: int = 0
    """Acts that came too late, because somebody else was faster."""

    async def enters(self, number: int, contact: str, channel: str, locale: str) -> Conversation:
        """A customer comes in and says what they want; their line is where the inbox's rules say."""
        header = Header(
            id=ConversationId(f"c-{number:06}"),
            number=number,
            inbox=InboxId("house"),
            channel=channel,
            contact=ContactId(contact),
            address=f"{contact}-{number}",
            created_at=self.clock.now(),
        )
        state = await self.conversations.create(header, locale=locale)
        if state is None:
            raise ValueError(f"conversation {number} has begun already")
        return state

    async def says(self, state: Conversation, words: str, parts: tuple[Part, ...] = ()) -> None:
        """A customer's message."""
        author = Author(kind="contact", id=state.header.contact)
        dedupe = f"sim:{state.id}:{words}"
        await self.lanes.append(
            Draft(conversation=state.id, author=author, dedupe=dedupe, parts=parts or text_part(words))
        )

    async def attempt(self, act: Awaitable[object]) -> bool:
        """Whether an act happened: somebody else may have been faster, and then nothing does."""
        try:
            await act
        except Conflict:
            self.overtaken += 1
            return False
        return True

    async def sweep(self) -> None:
        """Do what is due, by what the store says."""
        await self.lanes.roll_up()
        await self.deadlines.sweep(self.clock.now())

    async def calm(self) -> None:
        """Until everything that follows from what happened has happened."""
        while len(self.router.pool):
            await self.router.pool.drained()


@asynccontextmanager
async def open_house(database: Database, world: World, clock: Clock) -> AsyncIterator[House]:
    """Store the plan, start the parts, have every agent at their desk."""
    house = parts(database, clock)
    await store_plan(database, house, world)
    subscribe(house)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(house.lanes.running())
        await stack.enter_async_context(house.router.pool.open())
        await house.staff.load()
        await house.router.load()
        for agent in world.agents:
            await house.staff.arrived(agent.id)
            await house.staff.choose(agent.id, "online")
        yield house


async def store_plan(database: Database, house: House, world: World) -> None:
    """What an admin would have decided, and the accounts."""
    await house.entries.index()
    await house.conversations.index()
    await house.config.load()
    for queue in world.queues:
        await house.config.create(queue)
    await house.config.create(world.inbox)
    await house.config.save(world.workplace)
    await house.config.save(world.rules)
    accounts = Accounts(database)
    for agent in world.agents:
        await accounts.create(replace(agent, idle_since=BEGIN), "")


def parts(database: Database, clock: Clock, *, desks_here: bool = True) -> House:
    """The parts, not running yet."""
    bus, config = Bus(), Config(database)
    conversations, entries, contacts = Conversations(database), Entries(database), Contacts(database)
    house: House

    lanes = Lanes(entries, conversations, bus, clock, lambda state: house.deadlines.due(state))  # noqa: PLW0108 - the deadlines need the lanes
    staff = Staff(Agents(database), conversations, bus, config, clock, desks_here)
    signpost = Signpost(config, contacts, conversations, staff, clock)
    acts = Acts(lanes, clock, lambda _: True, lambda _: True, signpost.place)
    router = Router(acts, staff, config, conversations, Intervals(database), bus, clock)
    deadlines = Deadlines(
        lanes=lanes,
        acts=acts,
        staff=staff,
        config=config,
        conversations=conversations,
        courtesy=Courtesy(acts, staff, config, clock, router.places.expected, lambda _: True, lambda _: False),
        promises=Promises(acts, config, clock, router.pool),
        clock=clock,
    )
    house = House(clock, bus, config, conversations, entries, lanes, acts, staff, router, deadlines)
    return house


def subscribe(house: House) -> None:
    """The router hears what happens."""
    house.bus.on(Appended, house.router.on_appended)
    house.bus.on(AgentChanged, house.router.on_agent_changed)
    house.config.on_change(house.router.on_rules_changed)
    house.config.on_change(house.deadlines.on_rules_changed)
