"""Admins and the people: accounts, roles, what somebody may do and how much."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from hub.errors import BadInput, Conflict, NotFound
from hub.model.config import OTHERS, Agent
from hub.model.ids import AgentId, QueueId, new_id
from hub.routing.plan import CHANNELS
from hub.store.config import Config
from hub.web.account import HIDDEN
from hub.web.diff import changes
from hub.web.http import Call
from hub.web.names import line

Role = Literal["agent", "supervisor", "bot_admin", "admin"]
Locale = Literal["fa", "en"]
Login = Annotated[str, Meta(max_length=200)]
Name = Annotated[str, Meta(max_length=200)]
Names = Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=100)]
Capacity = Annotated[int, Meta(ge=0, le=1000)]
Skills = Annotated[dict[Annotated[str, Meta(max_length=40)], Annotated[int, Meta(ge=1, le=5)]], Meta(max_length=50)]
Maxima = Annotated[dict[Annotated[str, Meta(max_length=40)], Annotated[int, Meta(ge=1, le=1000)]], Meta(max_length=20)]
Phone = Annotated[str, Meta(max_length=100, pattern=r"^[A-Za-z0-9+*#@.:_-]*$")]
Password = Annotated[str, Meta(max_length=1024)]

_ENDS_SESSIONS = frozenset({"role", "active", "password"})


class AgentRecord(Struct, frozen=True):
    """An account. `capacity` in units (a chat costs 25), `status` as at the desk, `connected`: has a live socket."""

    id: str
    login: str
    name: str
    role: str
    locale: str
    languages: list[str]
    queues: list[str]
    capacity: int
    active: bool
    status: str
    connected: bool
    skills: dict[str, int]
    teams: list[str]
    maxima: dict[str, int]
    phone: str


class AgentList(Struct, frozen=True):
    """All accounts, by name."""

    agents: list[AgentRecord]


class NewAgent(Struct, frozen=True, forbid_unknown_fields=True):
    """A new account. `password`: 10-256 characters."""

    login: Login
    name: Name
    password: Password
    role: Role = "agent"
    locale: Locale = "fa"
    languages: list[Locale] = field(default_factory=lambda: ["fa", "en"])
    queues: Names = []
    capacity: Capacity = 100
    active: bool = True
    skills: Skills = {}
    teams: Names = []
    maxima: Maxima = {}
    phone: Phone = ""


class AgentChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What changes of an account. A new role, password or deactivation ends all of its sessions at once."""

    login: Login | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    password: Password | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    languages: list[Locale] | UnsetType = UNSET
    queues: Names | UnsetType = UNSET
    capacity: Capacity | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    skills: Skills | UnsetType = UNSET
    teams: Names | UnsetType = UNSET
    maxima: Maxima | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET


async def list_agents(call: Call) -> AgentList:
    """Everybody who has an account."""
    return AgentList(agents=[_record(agent) for agent in await call.web.accounts.all()])


async def create_agent(call: Call) -> AgentRecord:
    """Make an account."""
    wanted = call.body_as(NewAgent)
    _refuse_idle(wanted.role, wanted.capacity)
    agent = Agent(
        id=AgentId(new_id()),
        login=_login(wanted.login),
        name=line(wanted.name, "name", longest=80),
        role=wanted.role,
        locale=wanted.locale,
        languages=tuple(dict.fromkeys(wanted.languages)),
        queues=_queues(call.web.config, wanted.queues),
        capacity=wanted.capacity,
        active=wanted.active,
        skills=_skills(call.web.config, wanted.skills),
        teams=_teams(call.web.config, wanted.teams),
        maxima=_maxima(wanted.maxima),
        phone=wanted.phone,
    )
    password = await call.web.passwords.hash(wanted.password)
    await call.web.accounts.create(agent, password)
    await call.record("agent.create", f"agent:{agent.id}", changes(None, _record(agent), without=_LIVE))
    call.web.agent_changed(agent.id)
    return _record(agent)


async def change_agent(call: Call) -> AgentRecord:
    """Change an account; the last active admin stays one."""
    wanted = call.body_as(AgentChange)
    parts, id_ = call.web, AgentId(call.path("id"))
    fields = await _fields(call, wanted)
    async with parts.last_admin:
        before = await parts.accounts.get(id_)
        if before is None:
            raise NotFound("There is no such agent.")
        await _refuse_last_admin(call, before, fields)
        if {"role", "capacity"} & fields.keys():
            _refuse_idle(fields.get("role", before.role), fields.get("capacity", before.capacity))
        ends = any(name in _ENDS_SESSIONS and getattr(before, name, None) != value for name, value in fields.items())
        after = await parts.accounts.change(id_, fields, end_sessions=ends)
    if ends:
        await parts.doorkeeper.ended(id_, _reason(before, after))
    difference = changes(_record(before), _record(after), without=_LIVE)
    if "password" in fields:
        difference["password"] = [HIDDEN, HIDDEN]
    await call.record("agent.change", f"agent:{id_}", difference)
    parts.agent_changed(id_)
    return _record(after)


_LIVE = ("status", "connected")


async def _fields(call: Call, wanted: AgentChange) -> dict[str, object]:
    fields: dict[str, object] = {
        name: value
        for name in ("role", "locale", "capacity", "active", "phone")
        if (value := getattr(wanted, name)) is not UNSET
    }
    if wanted.login is not UNSET:
        fields["login"] = _login(wanted.login)
    if wanted.name is not UNSET:
        fields["name"] = line(wanted.name, "name", longest=80)
    if wanted.languages is not UNSET:
        fields["languages"] = tuple(dict.fromkeys(wanted.languages))
    if wanted.queues is not UNSET:
        fields["queues"] = _queues(call.web.config, wanted.queues)
    if wanted.skills is not UNSET:
        fields["skills"] = _skills(call.web.config, wanted.skills)
    if wanted.teams is not UNSET:
        fields["teams"] = _teams(call.web.config, wanted.teams)
    if wanted.maxima is not UNSET:
        fields["maxima"] = _maxima(wanted.maxima)
    if wanted.password is not UNSET:
        fields["password"] = await call.web.passwords.hash(wanted.password)
    if not fields:
        raise BadInput("Nothing to change.", code="nothing_to_change")
    return fields


async def _refuse_last_admin(call: Call, before: Agent, fields: dict[str, object]) -> None:
    is_admin = before.role == "admin" and before.active
    stays = fields.get("role", "admin") == "admin" and fields.get("active", True) is True
    if is_admin and not stays and await call.web.accounts.count_admins(besides=before.id) == 0:
        raise Conflict("This is the last admin; make somebody else one first.", code="last_admin")


def _refuse_idle(role: object, capacity: object) -> None:
    """An agent for whom there is never room would only seem to work."""
    if role == "agent" and capacity == 0:
        raise BadInput("With no capacity, nothing would ever be offered.", code="no_capacity", field="capacity")


def _reason(before: Agent, after: Agent) -> str:
    if not after.active:
        return "deactivated"
    return "role" if before.role != after.role else "password"


def _login(text: str) -> str:
    login = line(text, "login", longest=60, shortest=2)
    if any(letter.isspace() or letter in "<>\"'&$" for letter in login):
        raise BadInput("A user name has no spaces, quotes or brackets.", code="bad_text", field="login")
    return login


def _queues(config: Config, queues: list[str]) -> tuple[QueueId, ...]:
    for queue in queues:
        if config.queue(queue) is None:
            raise BadInput("There is no such queue.", code="no_such_queue", field="queues")
    return tuple(QueueId(queue) for queue in dict.fromkeys(queues))


def _maxima(wanted: dict[str, int]) -> dict[str, int]:
    if not set(wanted) <= {*CHANNELS, OTHERS}:
        raise BadInput("There is no such channel.", code="unknown_channel", field="maxima")
    return wanted


def _skills(config: Config, skills: dict[str, int]) -> dict[str, int]:
    for skill in skills:
        if skill not in config.workplace.skills:
            raise BadInput("There is no such skill.", code="unknown_skill", field="skills")
    return skills


def _teams(config: Config, teams: list[str]) -> tuple[str, ...]:
    for team in teams:
        if team not in config.workplace.teams:
            raise BadInput("There is no such team.", code="unknown_team", field="teams")
    return tuple(dict.fromkeys(teams))


def _record(agent: Agent) -> AgentRecord:
    return AgentRecord(
        id=agent.id,
        login=agent.login,
        name=agent.name,
        role=agent.role,
        locale=agent.locale,
        languages=list(agent.languages),
        queues=list(agent.queues),
        capacity=agent.capacity,
        active=agent.active,
        status=agent.status,
        connected=agent.connected,
        skills=dict(agent.skills),
        teams=list(agent.teams),
        maxima=dict(agent.maxima),
        phone=agent.phone,
    )
