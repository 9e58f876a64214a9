"""The plan of the routing over REST: what cannot work is refused with its place, what would happen can be tried out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hub_server import Browser, LiveHub

QUEUE = "/api/admin/queues/support"


@pytest.fixture
def rings() -> list[dict[str, Any]]:
    return [
        {"until_seconds": 30, "needs": [{"skill": "billing", "level": 4}]},
        {"until_seconds": 90, "needs": [{"skill": "billing", "level": 2}]},
    ]


async def skilled(admin: Browser, live: LiveHub) -> str:
    """Billing is a skill, and Sara knows it well."""
    answer = await admin.call("PATCH", "/api/admin/settings", {"skills": ["billing"], "teams": ["night"]})
    assert answer.status == 200, answer.body
    sara = next(agent.id for agent in live.hub.staff.agents if agent.login == "sara")
    answer = await admin.call("PATCH", f"/api/admin/agents/{sara}", {"skills": {"billing": 5}, "phone": "102"})
    assert answer.status == 200, answer.body
    assert answer.json["skills"] == {"billing": 5}
    return sara


async def test_a_line_gets_rings_and_a_dry_run_says_who_and_why(live: LiveHub, rings: list[dict[str, Any]]) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        sara = await skilled(admin, live)
        answer = await admin.call("PATCH", QUEUE, {"rings": rings, "strategy": "most_proficient"})
        assert answer.status == 200, answer.body
        assert [ring["until_seconds"] for ring in answer.json["rings"]] == [30, 90]
        await live.hub.staff.arrived(live.hub.staff.roster[sara].id)  # type: ignore[index]
        await live.hub.staff.choose(live.hub.staff.roster[sara].id, "online")  # type: ignore[index]
        tried = (await admin.call("POST", "/api/admin/routing/dry-run", {"inbox": "shop"})).json
        assert (tried["queue"], tried["ring"], tried["gets"]) == ("support", 0, ["سارا محمدی"])
        reasons = {one["name"]: one["reason"] for one in tried["verdicts"]}
        assert reasons == {
            "سارا محمدی": "most_proficient",
            "علی رضایی": "offline",
            "مینا کریمی": "offline",
            "مدیر سامانه": "offline",
        }
        assert [ring["names"] for ring in tried["rings"]] == [["سارا محمدی"], ["سارا محمدی"]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rings": [{"until_seconds": 90}, {"until_seconds": 30}]}, "rings_not_ascending"),
        ({"rings": [{"until_seconds": 0}]}, "rings_not_ascending"),
        ({"rings": [{"until_seconds": 30, "needs": [{"skill": "juggling"}]}]}, "unknown_skill"),
        ({"rings": [{"until_seconds": 30, "needs": [{"skill": "billing", "level": 9}]}]}, "level_out_of_range"),
        ({"rings": [{"until_seconds": 30, "teams": ["day"]}]}, "unknown_team"),
        ({"rings": [{"until_seconds": 30, "teams": ["night"]}]}, "nobody_in_ring"),
        ({"exit": "queue"}, "no_such_queue"),
        ({"exit": "queue", "exit_queue": "gone"}, "no_such_queue"),
        ({"exit": "queue", "exit_queue": "support"}, "overflow_in_a_circle"),
        ({"channels": ["pigeon"]}, "unknown_channel"),
        ({"languages": ["tlh"]}, "unknown_language"),
        ({"target": {"percent": 120}}, "target_out_of_range"),
        ({"auto_accept": ["pigeon"]}, "unknown_channel"),
        ({"wrap_up": {"mode": "fixed", "seconds": 0}}, "wrap_up_out_of_range"),
        ({"calendar": "never"}, "no_such_calendar"),
    ],
)
async def test_a_line_that_cannot_work_is_refused_with_the_reason(
    live: LiveHub, change: dict[str, Any], code: str
) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        await skilled(admin, live)
        answer = await admin.call("PATCH", QUEUE, change)
        assert (answer.status, answer.code) == (400, code)


async def test_a_circle_of_any_length_is_refused_and_named(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        for id_, after in (("second", "support"), ("third", "second")):
            assert (await admin.call("POST", "/api/admin/queues", {"name": id_, "id": id_})).status == 201
            path = f"/api/admin/queues/{id_}"
            assert (await admin.call("PATCH", path, {"exit": "queue", "exit_queue": after})).status == 200
        answer = await admin.call("PATCH", QUEUE, {"exit": "queue", "exit_queue": "third"})
        assert (answer.status, answer.code) == (400, "overflow_in_a_circle")
        assert "support > third > second > support" in answer.body.decode()
        assert (await admin.call("DELETE", "/api/admin/queues/second")).code == "in_use"


async def test_what_something_uses_cannot_be_taken_away(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        await skilled(admin, live)
        answer = await admin.call("PATCH", "/api/admin/settings", {"skills": []})
        assert (answer.status, answer.code) == (409, "in_use")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"costs": {"webchat": 5_000}}, "cost_out_of_range"),
        ({"costs": {"webchat": 500}}, "nobody_has_room"),
        ({"maxima": {"webchat": 0}}, "maximum_out_of_range"),
    ],
)
async def test_costs_under_which_nobody_could_work_are_refused(
    live: LiveHub, change: dict[str, Any], code: str
) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        answer = await admin.call("PATCH", "/api/admin/settings", change)
        assert (answer.status, answer.code) == (400, code)


async def test_rules_are_checked_as_a_whole(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        hours = {"week": {"sat": [["08:00", "16:00"]]}, "holidays": ["jalali:01-01"]}
        calendar = {"id": "office", "name": "office", "calendar": hours}
        assert (await admin.call("PATCH", "/api/admin/calendars/office", calendar)).status == 200
        good = {
            "rules": [{"name": "VIP", "when": {"attributes": {"vip": ["yes"]}, "calendar": "office"}, "priority": 3}]
        }
        assert (await admin.call("PATCH", "/api/admin/rules", good)).status == 200
        assert (await admin.call("DELETE", "/api/admin/calendars/office")).code == "in_use"
        await skilled(admin, live)
        for change, code, place in (
            ({"name": " "}, "no_name", "name"),
            ({"when": {"inboxes": ["gone"]}}, "no_such_inbox", "inboxes"),
            ({"when": {"calendar": "gone"}}, "no_such_calendar", "calendar"),
            ({"when": {"channels": ["pigeon"]}}, "unknown_channel", "channels"),
            ({"when": {"attributes": {"vip": []}}}, "attribute_without_value", "attributes"),
            ({"queue": "gone"}, "no_such_queue", "queue"),
            ({"priority": 99}, "priority_out_of_range", "priority"),
            ({"needs": [{"skill": "juggling"}]}, "unknown_skill", "needs"),
        ):
            rules = [*good["rules"], {"name": "x", **change}]
            answer = await admin.call("PATCH", "/api/admin/rules", {"rules": rules})
            assert (answer.status, answer.code) == (400, code)
            assert answer.json["error"]["field"] == f"rules.1.{place}"
        sara = next(agent.id for agent in live.hub.staff.agents if agent.login == "sara")
        assert (await admin.call("PATCH", f"/api/admin/agents/{sara}", {"skills": {"billing": 3}})).status == 200
        asks = {"rules": [{"name": "x", "needs": [{"skill": "billing", "level": 4}]}]}
        assert (await admin.call("PATCH", "/api/admin/rules", asks)).code == "nobody_has_skill"


async def test_an_agent_without_any_capacity_is_refused(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        ali = next(agent.id for agent in live.hub.staff.agents if agent.login == "ali")
        answer = await admin.call("PATCH", f"/api/admin/agents/{ali}", {"capacity": 0})
        assert (answer.status, answer.code) == (400, "no_capacity")
        above = {"capacity": 0, "role": "supervisor"}
        assert (await admin.call("PATCH", f"/api/admin/agents/{ali}", above)).status == 200
        assert (await admin.call("PATCH", f"/api/admin/agents/{ali}", {"role": "agent"})).code == "no_capacity"


async def test_hours_that_never_begin_and_promises_without_a_target_are_refused(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        never = {"id": "never", "name": "never", "calendar": {"week": {}}}
        assert (await admin.call("PATCH", "/api/admin/calendars/never", never)).code == "never_open"
        odd = {
            "id": "odd",
            "name": "odd",
            "calendar": {"week": {"sat": [["08:00", "16:00"]]}, "holidays": ["jalali:13-01"]},
        }
        assert (await admin.call("PATCH", "/api/admin/calendars/odd", odd)).code == "bad_calendar"
        gold = {"id": "gold", "name": "gold", "targets": {"first_response": 600}}
        assert (await admin.call("PATCH", "/api/admin/slas/gold", gold)).status == 200
        assert (
            await admin.call("PATCH", "/api/admin/slas/bad", {**gold, "id": "bad", "targets": {}})
        ).code == "bad_target"
        for wrong, code in (
            ({"calendar": "gone"}, "no_such_calendar"),
            ({"queues": ["gone"]}, "no_such_queue"),
            ({"inboxes": ["gone"]}, "no_such_inbox"),
            ({"channels": ["pigeon"]}, "no_such_channel"),
        ):
            assert (await admin.call("PATCH", "/api/admin/slas/bad", {**gold, "id": "bad", **wrong})).code == code
        assert (await admin.call("DELETE", "/api/admin/slas/gold")).status == 204


@pytest.mark.parametrize(
    "day", ["jalali:13-01", "jalali:12-31", "gregorian:02-30", "gregorian:1-1", "lunar:01-01", "2026-02-30", ":01-01"]
)
async def test_days_that_never_come_are_no_holidays(live: LiveHub, day: str) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        hours = {"week": {"sat": [["08:00", "16:00"]]}, "holidays": [day]}
        answer = await admin.call("PATCH", "/api/admin/calendars/odd", {"id": "odd", "name": "odd", "calendar": hours})
        assert (answer.status, answer.code) == (400, "bad_calendar")


async def test_a_line_that_a_promise_names_stays(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        assert (await admin.call("POST", "/api/admin/queues", {"id": "vip", "name": "VIP"})).status == 201
        gold = {"id": "gold", "name": "gold", "targets": {"resolution": 600}, "queues": ["vip"]}
        assert (await admin.call("PATCH", "/api/admin/slas/gold", gold)).status == 200
        assert (await admin.call("DELETE", "/api/admin/queues/vip")).code == "in_use"
        assert (await admin.call("DELETE", "/api/admin/slas/gold")).status == 204
        assert (await admin.call("DELETE", "/api/admin/queues/vip")).status == 204


async def test_agents_may_not_plan(live: LiveHub) -> None:
    async with live.browser() as agent:
        await agent.sign_in("ali")
        for method, path in (("GET", "/api/admin/rules"), ("POST", "/api/admin/routing/dry-run")):
            assert (await agent.call(method, path, {"inbox": "shop"} if method == "POST" else None)).status == 403
