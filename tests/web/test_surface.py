"""What the hub shows of itself: fresh references, figures, health, pages for errors, sentences in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.phrases import PhraseError, phrases, say
from hub.routing.courtesy import RETURNED
from hub.web import apidocs
from tests.hub_server import LiveHub

ROOT = Path(__file__).parents[2]


def test_the_committed_references_are_what_the_types_say() -> None:
    stale = [name for name, text in apidocs.documents().items() if (ROOT / name).read_text(encoding="utf-8") != text]
    assert not stale, "run `uv run peyk api-docs`"


def test_a_field_with_an_unknown_kind_of_type_is_an_error_not_a_guess() -> None:
    with pytest.raises(TypeError, match="no TypeScript"):
        apidocs._type(complex, {})


async def test_health_readiness_and_figures_answer_without_a_session(live: LiveHub) -> None:
    async with live.browser() as machine:
        assert (await machine.request("GET", "/healthz")).json == {"status": "ok"}
        assert (await machine.request("GET", "/readyz")).json == {"status": "ok"}
        figures = (await machine.request("GET", "/metrics")).body.decode()
        assert 'peyk_http_requests_total{method="GET",route="/healthz",status="200"}' in figures
        assert (await machine.request("GET", "/openapi.json")).json["openapi"] == "3.1.0"


async def test_a_person_gets_a_page_and_a_program_gets_json_for_what_is_not_there(live: LiveHub) -> None:
    async with live.browser() as visitor:
        page = await visitor.request("GET", "/nothing", headers={"Accept": "text/html", "Accept-Language": "fa"})
        data = await visitor.request("GET", "/nothing", headers={"Accept": "application/json"})
        assert page.status == data.status == 404
        assert "در این نشانی چیزی نیست".encode() in page.body
        assert data.code == "not_found"


def test_phrases_are_in_both_languages_with_the_same_values_and_numbers_in_their_own_digits() -> None:
    assert set(phrases()) == {"fa", "en"}
    assert say("fa", "ticket", ticket=1042).find("۱۰۴۲") > 0
    assert "T-1042" in say("fr", "ticket", ticket="T-1042")
    with pytest.raises(PhraseError):
        say("fa", "ticket")
    with pytest.raises(PhraseError):
        say("fa", "no_such_phrase")


def test_a_value_is_never_looked_into() -> None:
    assert "{ticket} {{7*7}}" in say("en", "agent_joined", agent="{ticket} {{7*7}}")


def test_every_phrase_that_the_code_says_is_written() -> None:
    said: set[str] = set()
    for path in (ROOT / "hub").rglob("*.py"):
        said |= set(re.findall(r"\.(?:tell|ask_form)\(\s*state,\s*\"(\w+)\"", path.read_text(encoding="utf-8")))
    returned = {"back_in_line", *RETURNED.values()}
    said |= {"offline_form", "closed_form", *returned, *(f"{phrase}_alone" for phrase in returned)}
    assert said <= set(phrases()["en"])
