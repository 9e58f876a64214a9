"""An agent's presence: what they chose, whether a socket lives, and since when. Pure.

Chosen status and computed presence are kept apart: a dead laptop does not change what its owner chose, but nobody is
offered anything meanwhile, and after the grace time the choice lapses to `offline`.
"""

from dataclasses import replace

from hub.model.config import Agent

NOT_RESPONDING = "not_responding"


def arrived(agent: Agent) -> Agent:
    """The first socket opened."""
    return replace(agent, connected=True, gone_at=None)


def left(agent: Agent, now: int) -> Agent:
    """The last socket is gone; the grace time runs from the moment it went."""
    return agent if not agent.connected else replace(agent, connected=False, gone_at=now)


def chose(agent: Agent, status: str, now: int) -> Agent:
    """The agent chose a status: online, offline, finishing, or break:<reason>."""
    if status == agent.status:
        return agent
    return replace(agent, status=status, status_since=now, idle_since=now if status == "online" else agent.idle_since)


def missed_offer(agent: Agent, now: int) -> Agent:
    """An offer expired: parked until they say that they are there. Whoever went off work meanwhile stays off work."""
    missed = replace(agent, misses=agent.misses + 1)
    return chose(missed, NOT_RESPONDING, now) if agent.status == "online" else missed


def answered(agent: Agent) -> Agent:
    """An offer was accepted or declined: whoever answers is there."""
    return replace(agent, misses=0) if agent.misses else agent


def grace_over(agent: Agent, now: int) -> Agent:
    """Gone for too long: off work, until they come back and say otherwise."""
    return agent if agent.connected else chose(agent, "offline", now)


def is_lost(agent: Agent, now: int, grace_ms: int) -> bool:
    """Whether what the agent holds must go to somebody else now."""
    return not agent.connected and agent.gone_at is not None and agent.gone_at + grace_ms <= now


def at_work(agent: Agent) -> bool:
    """Whether an agent means to take work, be their desk connected or not."""
    return agent.active and agent.status == "online"


def takes_offers(agent: Agent) -> bool:
    """Whether offers may stand with this agent; those that do not return at once."""
    return agent.available
