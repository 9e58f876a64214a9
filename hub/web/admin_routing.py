"""Admins and the routing: rules, and trying out who would get a conversation before anything is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from hub.errors import BadInput
from hub.model.config import Agent
from hub.model.conversation import Conversation, Header, Owner
from hub.model.ids import ContactId, ConversationId, InboxId
from hub.model.queues import ANYBODY, Queue, Ring, Rule, Rules
from hub.routing.choose import Plan, candidates, choose, stage
from hub.routing.plan import CHANNELS, MOST_RINGS, Problem, need_problems, rule_problems
from hub.routing.signpost import Facts, first_rule, line_that_takes
from hub.store.config import Config
from hub.web.diff import changes
from hub.web.http import Call
from hub.web.names import line as one_line
from hub.web.plan_words import sentence

Text = Annotated[str, Meta(max_length=200)]


class RuleList(Struct, frozen=True, forbid_unknown_fields=True):
    """The rules in order: the first that holds decides."""

    rules: Annotated[list[Rule], Meta(max_length=100)]


class DryRun(Struct, frozen=True, forbid_unknown_fields=True):
    """A conversation that has not happened: who would get it? `queue`: a line as it would be saved.

    `channel`: the inbox's own, if none is named.
    `at`: the hour that it is asked for (ms, now without one), by which rules and hours go; people are as they are now.
    """

    inbox: Text
    channel: Text | None = None
    locale: Literal["fa", "en"] = "fa"
    intent: Text | None = None
    attributes: dict[Text, Text] = field(default_factory=dict)
    waited_seconds: Annotated[int, Meta(ge=0, le=86_400)] = 0
    at: Annotated[int, Meta(ge=0, le=32_503_680_000_000)] | None = None
    queue: Queue | None = None
    rules: Annotated[list[Rule], Meta(max_length=100)] | None = None


class VerdictView(Struct, frozen=True):
    """An agent and why they would get it or not; codes of `hub.routing.choose.Verdict`."""

    agent: str
    name: str
    fits: bool
    reason: str
    detail: str


class RingView(Struct, frozen=True):
    """Who may be asked until an item is so old; the last ring ends with the line (`until_seconds` None)."""

    until_seconds: int | None
    names: list[str]


class DryRunResult(Struct, frozen=True):
    """Who would get it now, and why; `rule` is the name of the one that decided.

    `ever`: somebody could take it, now or later, if everybody were at work with nothing at hand. Where nobody could,
    `verdicts` tell why not even then.
    """

    rule: str | None
    queue: str | None
    ring: int
    rings: list[RingView]
    exit: str
    exit_queue: str | None
    exit_seconds: int
    gets: list[str]
    ever: bool
    verdicts: list[VerdictView]


async def read_rules(call: Call) -> RuleList:
    """The rules."""
    return RuleList(rules=list(call.web.config.rules.rules))


async def change_rules(call: Call) -> RuleList:
    """Replace the rules."""
    wanted = call.body_as(RuleList)
    config = call.web.config
    found = rule_problems(wanted.rules, config.queues, config.calendars, config.inboxes)
    refuse(found + need_problems(wanted.rules, await call.web.accounts.all(), config.workplace))
    named = [
        replace(rule, name=one_line(rule.name, f"rules.{number}.name", longest=60))
        for number, rule in enumerate(wanted.rules)
    ]
    wanted = RuleList(rules=named)
    before = RuleList(rules=list(config.rules.rules))
    difference = changes(before, wanted)
    if not difference:
        raise BadInput("Nothing to change.", code="nothing_to_change")
    await config.save(Rules(rules=tuple(wanted.rules)))
    await call.record("rules.change", "rules", difference)
    return wanted


async def dry_run(call: Call) -> DryRunResult:
    """Who would get a conversation at some hour, and why: with the functions that decide it for real."""
    asked, config = call.body_as(DryRun), call.web.config
    facts = _facts(asked, config, call.web.clock.now())
    rule = _rule(asked, facts, config)
    line = asked.queue or _line(rule, facts, config)
    if line is None:
        return DryRunResult(rule.name if rule else None, None, 0, [], "form", None, 0, [], False, [])
    people = {agent.id: agent for agent in await call.web.accounts.all()}
    plan = Plan(queues={**config.queues, line.id: line}, rules=config.workplace, agents=people)
    return _result(_item(asked, facts, line, rule), plan, rule, facts.at)


def refuse(problems: list[Problem]) -> None:
    """Raise BadInput that names every problem; the first one's code and place are the answer's."""
    if problems:
        words = " ".join(sentence(one) for one in problems)
        raise BadInput(words, code=problems[0].code, field=problems[0].place)


def _facts(asked: DryRun, config: Config, now: int) -> Facts:
    """What rules may ask about it. Raises BadInput where there is no such thing."""
    inbox = config.inbox(asked.inbox)
    if inbox is None:
        raise BadInput("There is no such inbox.", code="no_such_inbox", field="inbox")
    channel = inbox.channel if asked.channel is None else asked.channel
    if channel not in {*CHANNELS, inbox.channel}:
        raise BadInput("There is no such channel.", code="unknown_channel", field="channel")
    if asked.queue is not None and len(asked.queue.rings) > MOST_RINGS:
        refuse([Problem(code="too_many_rings", place="queue.rings")])
    return Facts(
        inbox=asked.inbox,
        channel=channel,
        locale=asked.locale,
        intent=asked.intent,
        attributes=asked.attributes,
        at=now if asked.at is None else asked.at,
    )


def _rule(asked: DryRun, facts: Facts, config: Config) -> Rule | None:
    """The rule that decides; none that leads elsewhere than to the line that is asked about."""
    rule = first_rule(config.rules.rules if asked.rules is None else asked.rules, facts, config.calendars)
    elsewhere = asked.queue is not None and rule is not None and rule.queue not in {None, asked.queue.id}
    return None if elsewhere else rule


def _line(rule: Rule | None, facts: Facts, config: Config) -> Queue | None:
    """The line that takes it; none where there are no lines."""
    usual = config.queue_for(None, facts.inbox)
    wanted = config.queue_for(rule.queue if rule is not None else None, facts.inbox)
    return line_that_takes(wanted, usual, facts.channel, facts.locale)[0] if wanted is not None else None


def _result(item: Conversation, plan: Plan, rule: Rule | None, now: int) -> DryRunResult:
    line, choice, begins = plan.queue_of(item), choose(item, plan, now), stage(item, plan, now).index
    ideal = replace(plan, agents={id_: _at_work(agent) for id_, agent in plan.agents.items()})
    rings = [_ring(item, ring, line, ideal, last=ring is line.rings[-1]) for ring in line.rings]
    ever = any(ring.names for ring in rings[begins:] or [_ring(item, ANYBODY, line, ideal, last=True)])
    return DryRunResult(
        rule=rule.name if rule is not None else None,
        queue=line.id,
        ring=begins,
        rings=rings,
        exit=line.exit,
        exit_queue=line.exit_queue,
        exit_seconds=line.max_wait_seconds,
        gets=[agent.name for agent in choice.agents] if choice is not None else [],
        ever=ever,
        verdicts=[
            VerdictView(one.agent.id, one.agent.name, one.fits, one.reason, one.detail)
            for one in candidates(item, plan if ever else ideal, now)
        ],
    )


def _ring(item: Conversation, ring: Ring, line: Queue, plan: Plan, *, last: bool) -> RingView:
    """Who may be asked in a ring."""
    alone = replace(plan, queues={line.id: replace(line, rings=(ring,), preferred_seconds=0)})
    fitting = [one.agent.name for one in candidates(item, alone, item.entered_at or 0) if one.fits]
    return RingView(until_seconds=None if last else ring.until_seconds, names=fitting)


def _at_work(agent: Agent) -> Agent:
    """An agent as at work with nothing at hand."""
    return replace(agent, status="online", connected=True, phone_ready=True, load=())


def _item(asked: DryRun, facts: Facts, line: Queue, rule: Rule | None) -> Conversation:
    header = Header(
        id=ConversationId("dry-run"),
        number=0,
        inbox=InboxId(asked.inbox),
        channel=facts.channel,
        contact=ContactId("dry-run"),
        address="",
        created_at=facts.at,
    )
    since = facts.at - asked.waited_seconds * 1000
    return Conversation(
        header=header,
        locale=asked.locale,
        owner=Owner(kind="queue"),
        queue=line.id,
        queued_at=since,
        entered_at=since,
        contact_seq=1,
        priority=rule.priority if rule is not None else 0,
        needs=rule.needs if rule is not None else (),
    )
