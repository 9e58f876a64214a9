"""Who hears what: every subscription, in order."""

from hub import figures
from hub.app import Hub
from hub.desk.commands import AgentTyping
from hub.desk.people import PersonChanged
from hub.fetching import FileCame
from hub.inlet import ContactTyping
from hub.lanes import Appended
from hub.reading import ReadMoved
from hub.receipts import Delivered
from hub.routing.places import LineMoved
from hub.staff import AgentChanged, OffersMissed, Watched


def subscribe(hub: Hub) -> None:
    """Connect the parts. `figures` asks for what is counted now."""
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
    on(Appended, hub.stay_log.on_appended)
    on(Appended, figures.on_appended)
    on(Appended, hub.board.on_appended)
    on(AgentChanged, hub.router.on_agent_changed)
    on(AgentChanged, hub.floor.on_agent_changed)
    on(AgentChanged, hub.interval_log.on_agent_changed)
    on(AgentChanged, hub.board.on_agent_changed)
    on(Watched, hub.board.on_watched)
    on(OffersMissed, hub.floor.on_offers_missed)
    on(LineMoved, hub.mirror.on_line_moved)
    on(ReadMoved, hub.mirror.on_read)
    on(ReadMoved, hub.floor.on_read)
    on(AgentTyping, hub.mirror.on_agent_typing)
    on(ContactTyping, lambda event: hub.floor.on_typing(event.conversation, on=event.on))
    on(Delivered, hub.floor.on_delivered)
    on(FileCame, hub.transcribing.on_file)
    on(FileCame, lambda event: hub.floor.on_entry_changed(event.entry))
    on(PersonChanged, lambda event: hub.floor.on_person(event.conversations))
    figures.watch("backlog", lambda: hub.lanes.backlog)
    figures.watch("desks", lambda: hub.floor.open_desks)
    figures.watch("calls", lambda: hub.adapters.voice.live)
    figures.watch("chats", lambda: hub.adapters.webchat.open_sockets)
    figures.watch("line", lambda: len(hub.router.places.in_order()))
    figures.watch("deadline_late_ms", lambda: hub.deadlines.late_ms)
    hub.config.on_change(hub.router.on_rules_changed)
    hub.config.on_change(hub.deadlines.on_rules_changed)
    hub.config.on_change(hub.floor.on_config_changed)
    hub.config.on_change(hub.board.on_rules_changed)
