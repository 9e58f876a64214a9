"""Lists of the admin part: a thousand of something, and a part of the page that does not come."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.fixtures import BROWSER
from tests.browser.people import PATIENCE_MS, Agent, People
from tests.browser.stack import Stack

pytestmark = BROWSER
LACKING = (
    ("people/new", "queues"),
    ("people/new", "settings"),
    ("routes", "settings"),
    ("inboxes/shop", "queues"),
    ("inboxes/new", "queues"),
    ("dialling", "calendars"),
    ("skills", "settings"),
)


async def _at(agent: Agent, place: str) -> Page:
    await agent.page.goto(f"{agent.hub}/desk/admin/{place}")
    return agent.page


@pytest.mark.parametrize(("place", "lacks"), LACKING)
async def test_a_page_that_lacks_something_says_so_and_tries_again(crew: People, place: str, lacks: str) -> None:
    admin = await crew.agent("admin")

    async def away(route: Route) -> None:
        await route.fulfill(status=503, json={"error": {"code": "unavailable", "text": "-"}})

    await admin.page.route(f"**/api/admin/{lacks}", away)
    page = await _at(admin, place)
    alert = page.locator(".admin-main [role=alert]")
    await expect(alert).to_be_visible(timeout=PATIENCE_MS)
    await page.unroute(f"**/api/admin/{lacks}")
    await alert.get_by_role("button").click()
    await expect(alert).to_have_count(0, timeout=PATIENCE_MS)
    await expect(page.locator(".admin-main .waiting")).to_have_count(0, timeout=PATIENCE_MS)


async def test_of_a_thousand_intents_those_in_view_are_made_and_the_last_is_found(
    crew: People, people_alone: Stack
) -> None:
    rows = "".join(f"sentence {n} of many,topic_{n // 2:04d},en\n" for n in range(2000))
    boss = await people_alone.staff("admin")
    headers = {"Origin": boss.url, "X-CSRF-Token": boss.csrf, "Content-Type": "text/csv"}
    body = f"text,intent,lang\n{rows}".encode()
    made = await boss.request("POST", "/api/admin/bot/import?name=many.csv", data=body, headers=headers)
    assert made.status == 200, made.body
    page = await _at(await crew.agent("admin"), "intents")
    links = page.locator(".table .row-link")
    await expect(links).to_have_count(100, timeout=PATIENCE_MS)
    await links.last.focus()
    await expect(links).to_have_count(200, timeout=PATIENCE_MS)
    await page.keyboard.press("ArrowDown")
    await expect(links.nth(100)).to_be_focused()
    await page.get_by_role("searchbox").fill("topic 0999")
    await expect(links).to_have_text(["topic_0999"])


async def test_among_many_queues_one_is_searched_and_what_was_chosen_stays(crew: People, people_alone: Stack) -> None:
    boss = await people_alone.staff("admin")
    for n in range(24):
        made = await boss.call("POST", "/api/admin/queues", {"id": f"line{n}", "name": f"Line {n}"})
        assert made.status == 201, made.body
    known = (await boss.call("GET", "/api/admin/agents")).json["agents"]
    ali = next(one for one in known if one["login"] == "ali")
    page = await _at(await crew.agent("admin"), f"people/{ali['id']}")
    search = page.get_by_role("searchbox").first
    chosen = page.locator(".ticks-many .tick input:checked")
    await expect(chosen).to_have_count(1, timeout=PATIENCE_MS)
    await search.fill("line 17")
    await page.locator(".ticks-many").get_by_label("Line 17").check()
    await expect(page.locator(".ticks-many .tick")).to_have_count(1)
    await search.fill("")
    await expect(chosen).to_have_count(2)
    await page.keyboard.press("Control+s")
    await expect(page.locator(".save-bar")).to_have_count(0)
    now = (await boss.call("GET", "/api/admin/agents")).json["agents"]
    assert next(one["queues"] for one in now if one["login"] == "ali") == [*ali["queues"], "line17"]
