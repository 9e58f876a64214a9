"""The plan of the routing over REST: what cannot work is refused with its place, what would happen can be tried out."""

from __future__ import annotations

from typing import Any

import pytest

from hub.model.config import Inbox
from hub.model.ids import InboxId, QueueId
from tests.hub_server import Browser, LiveHub

SATURDAY_NOON = 1_797_062_400_000
"""12 December 2026, half past eleven in Tehran."""
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
        ({"rings": [{"until_seconds": 30}, {"until_seconds": 90}], "max_wait_seconds": 30}, "ring_never_begins"),
        ({"rings": [{"until_seconds": 30, "needs": [{"skill": "juggling"}]}]}, "unknown_skill"),
        ({"rings": [{"until_seconds": 30, "needs": [{"skill": "billing", "level": 9}]}]}, "level_out_of_range"),
        ({"rings": [{"until_seconds": 30, "teams": ["day"]}]}, "unknown_team"),
        ({"rings": [{"until_seconds": 30, "teams": ["night"]}]}, "nobody_in_ring"),
        ({"exit": "queue"}, "no_such_queue"),
        ({"exit": "queue", "exit_queue": "gone"}, "no_such_queue"),
        ({"exit": "queue", "exit_queue": "support"}, "overflow_in_a_circle"),
        ({"exit": "voicemail", "channels": ["webchat"]}, "voicemail_without_calls"),
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
        assert code not in answer.json["error"]["text"]  # but words


async def test_a_line_that_would_cut_off_who_is_led_there_is_refused(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        assert (await admin.call("POST", "/api/admin/queues", {"name": "Second", "id": "second"})).status == 201
        calls = {"exit": "queue", "exit_queue": "second", "channels": ["webchat"]}
        assert (await admin.call("PATCH", QUEUE, calls)).status == 200
        second = "/api/admin/queues/second"
        answer = await admin.call("PATCH", second, {"channels": ["email"]})
        assert (answer.status, answer.code, answer.json["error"]["field"]) == (400, "cuts_off_overflow", "channels")
        rule = {"name": "Mail", "queue": "second", "when": {"channels": ["email"]}}
        assert (await admin.call("PATCH", "/api/admin/rules", {"rules": [rule]})).status == 200
        answer = await admin.call("PATCH", second, {"channels": ["webchat"]})
        assert (answer.status, answer.code) == (400, "cuts_off_rule")
        assert (await admin.call("PATCH", second, {"channels": ["webchat", "email"]})).status == 200


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


async def test_an_admin_says_who_may_dial_what(live: LiveHub) -> None:
    rule = {"name": " Abroad ", "roles": ["supervisor"], "numbers": ["۰۰۴۹", "+44", "1*"], "calendar": "office"}
    async with live.browser() as admin:
        await admin.sign_in("admin")
        for change, code, field in (
            ({"name": ""}, "bad_length", "rules.0.name"),
            ({"calendar": "never"}, "no_such_calendar", "rules.0.calendar"),
            ({"numbers": ["0912a"]}, "bad_number", "rules.0.numbers"),
            ({"roles": ["king"]}, "bad_role", "rules.0.roles"),
        ):
            answer = await admin.call("PATCH", "/api/admin/dialling", {"rules": [{**rule, **change}]})
            assert (answer.status, answer.code, answer.json["error"]["field"]) == (400, code, field)
        hours = {"id": "office", "name": "Office", "calendar": {"always_open": True}}
        assert (await admin.call("PATCH", "/api/admin/calendars/office", hours)).status == 200
        kept = await admin.call("PATCH", "/api/admin/dialling", {"rules": [rule], "otherwise": True})
        assert kept.json["rules"][0]["numbers"] == ["+49", "+44", "1*"]
        assert (await admin.call("DELETE", "/api/admin/calendars/office")).code == "in_use"
        again = await admin.call("GET", "/api/admin/dialling")
        assert (again.json, again.json["rules"][0]["name"]) == (kept.json, "Abroad")


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
        ({"costs": {"webchat": 0}}, "cost_out_of_range"),  # so many as come would be one agent's
        ({"costs": {"webchat": 500}}, "nobody_has_room"),
        ({"maxima": {"webchat": 0}}, "maximum_out_of_range"),
        ({"costs": {"pigeon": 5}}, "unknown_channel"),
        ({"maxima": {"pigeon": 5}}, "unknown_channel"),
    ],
)
async def test_costs_under_which_nobody_could_work_are_refused(
    live: LiveHub, change: dict[str, Any], code: str
) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        answer = await admin.call("PATCH", "/api/admin/settings", change)
        assert (answer.status, answer.code) == (400, code)


async def test_a_dry_run_comes_by_the_inboxs_channel_unless_another_is_named(live: LiveHub) -> None:
    await live.hub.config.create(Inbox(id=InboxId("mail"), name="Mail", channel="email", queue=QueueId("support")))
    async with live.browser() as admin:
        await admin.sign_in("admin")
        for agent in [agent.id for agent in live.hub.staff.agents]:
            assert (await admin.call("PATCH", f"/api/admin/agents/{agent}", {"capacity": 20})).status == 200
        for channel, ever in ((None, True), ("email", True), ("webchat", False)):
            asked = {"inbox": "mail", "channel": channel}
            assert (await admin.call("POST", "/api/admin/routing/dry-run", asked)).json["ever"] == ever
        answer = await admin.call("POST", "/api/admin/routing/dry-run", {"inbox": "mail", "channel": "pigeon"})
        assert (answer.status, answer.code, answer.json["error"]["field"]) == (400, "unknown_channel", "channel")


async def test_a_channel_that_is_named_twice_is_kept_once(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        twice = ["webchat", "webchat"]
        answer = await admin.call("PATCH", QUEUE, {"channels": twice, "languages": ["fa", "fa"], "auto_accept": twice})
        assert (answer.json["channels"], answer.json["languages"]) == (["webchat"], ["fa"])
        assert answer.json["auto_accept"] == ["webchat"]


async def test_what_nobody_has_units_for_is_seen_in_a_dry_run_and_bars_no_other_change(live: LiveHub) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        people = [agent.id for agent in live.hub.staff.agents]
        for agent in people:
            assert (await admin.call("PATCH", f"/api/admin/agents/{agent}", {"capacity": 20})).status == 200
        tried = (await admin.call("POST", "/api/admin/routing/dry-run", {"inbox": "shop"})).json
        assert (tried["gets"], tried["ever"]) == ([], False)
        assert {(one["reason"], one["detail"]) for one in tried["verdicts"]} == {("too_small", "25")}
        rings = {"rings": [{"until_seconds": 30}, {"until_seconds": 60}]}
        queue = {**(await admin.call("GET", "/api/admin/queues")).json["queues"][0], **rings}
        asked = {"inbox": "shop", "queue": queue}
        assert (await admin.call("POST", "/api/admin/routing/dry-run", asked)).json["ever"] is False
        assert (await admin.call("PATCH", "/api/admin/settings", {"grace_seconds": 7})).status == 200
        answer = await admin.call("PATCH", "/api/admin/settings", {"costs": {"webchat": 30, "*": 5}})
        assert (answer.code, answer.json["error"]["field"]) == ("nobody_has_room", "costs.webchat")
        assert (await admin.call("PATCH", f"/api/admin/agents/{people[0]}", {"capacity": 25})).status == 200
        tried = (await admin.call("POST", "/api/admin/routing/dry-run", asked)).json
        assert (tried["gets"], tried["ever"]) == ([], True)
        assert {one["reason"] for one in tried["verdicts"]} == {"offline"}
        queue["rings"] = [{"until_seconds": 30}] * 11
        answer = await admin.call("POST", "/api/admin/routing/dry-run", {"inbox": "shop", "queue": queue})
        assert (answer.status, answer.code) == (400, "too_many_rings")


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
        asked = {"inbox": "shop", "attributes": {"vip": "yes"}}
        for hour, rule in ((SATURDAY_NOON, "VIP"), (SATURDAY_NOON + 86_400_000, None)):
            tried = await admin.call("POST", "/api/admin/routing/dry-run", {**asked, "at": hour})
            assert (tried.json["rule"], tried.json["queue"]) == (rule, "support")
        await skilled(admin, live)
        for change, code, place in (
            ({"name": " "}, "no_name", "name"),
            ({"name": "\0"}, "bad_text", "name"),
            ({"name": "x" * 61}, "bad_length", "name"),
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
        assert (await admin.call("PATCH", "/api/admin/calendars/odd", odd)).code == "bad_holiday"
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
    "day",
    [
        *("jalali:13-01", "jalali:12-31", "gregorian:02-30", "gregorian:1-1", "lunar:01-01", "2026-02-30", ":01-01"),
        "jalali:01-۱۲",
    ],
)
async def test_days_that_never_come_are_no_holidays(live: LiveHub, day: str) -> None:
    async with live.browser() as admin:
        await admin.sign_in("admin")
        hours = {"week": {"sat": [["08:00", "16:00"]]}, "holidays": [day]}
        answer = await admin.call("PATCH", "/api/admin/calendars/odd", {"id": "odd", "name": "odd", "calendar": hours})
        assert (answer.status, answer.code) == (400, "bad_holiday")


@pytest.mark.parametrize(
    ("wrong", "code", "place"),
    [
        ({"time_zone": "Asia/Atlantis"}, "no_such_time_zone", "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "no_such_time_zone", "time_zone"),
        ({"week": {"someday": [["09:00", "17:00"]]}}, "no_such_weekday", "week"),
        ({"week": {"sun": [["9:00", "17:00"]]}}, "bad_opening_time", "week.sun"),
        ({"week": {"sun": [["0۹:0۰", "17:00"]]}}, "bad_opening_time", "week.sun"),
        ({"week": {"mon": [["09:00", "12:00"], ["11:00", "17:00"]]}}, "windows_out_of_order", "week.mon"),
        ({"week": {"mon": [["22:00", "06:00"]]}}, "windows_out_of_order", "week.mon"),
        ({"holidays": ["jalali:01-01", "2026-02-30"]}, "bad_holiday", "holidays.1"),
        ({"week": {}}, "never_open", ""),
    ],
)
async def test_what_is_wrong_with_hours_is_said_at_its_place(
    live: LiveHub, wrong: dict[str, object], code: str, place: str
) -> None:
    hours = {"week": {"sat": [["09:00", "17:00"]]}, **wrong}
    field = f"calendar.{place}" if place else "calendar"
    async with live.browser() as admin:
        await admin.sign_in("admin")
        named = await admin.call("PATCH", "/api/admin/calendars/odd", {"id": "odd", "name": "odd", "calendar": hours})
        assert (named.status, named.code, named.json["error"]["field"]) == (400, code, field)
        own = await admin.call("PATCH", "/api/admin/inboxes/shop", {"calendar": hours})
        assert (own.status, own.code, own.json["error"]["field"]) == (400, code, field)


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
