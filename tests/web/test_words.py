"""Whatever channels ask of an admin, and whatever they say by a code, has words on the screens in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from channels.api.shapes import FailureCode
from channels.graph import AwayError, RefusedError, finding
from channels.graph_codes import Problem, problem
from hub.desk.view_frames import EntryView
from tests.hub_server import Browser, LiveHub

ROOT = Path(__file__).parents[2]
ADMIN, DESK = ROOT / "widget/src/desk/admin/words", ROOT / "widget/src/desk/i18n"
LANGUAGES = ("fa", "en")
ELSEWHERE: dict[str, dict[str, set[str]]] = {
    "code": {
        "channels/api/adapter.py code": set(),  # what `_wrong` was given
        "channels/api/adapter.py error.code": {"refused_address", "unreachable", "timeout"},
        "channels/graph.py code": set(),  # see `what_meta_finds`
        "channels/email/checking.py code": set(),
        "channels/email/checking.py error.code": {"bad_login", "folder_missing"},
        "channels/email/checking.py where(error)": {
            "bad_certificate",
            "tls_failed",
            "timeout",
            "unreachable",
            "refused",
        },
    },
    "reason": {
        "channels/meta.py reason": set(),  # what its own `_set_aside` was given
        "channels/telegram/adapter.py reason": {"too_large", "unreadable"},
        "channels/email/inbound/taking.py reason": set(),
    },
    "delivery": {
        "channels/graph.py error.code": set(),
        "channels/graph_codes.py self.code": set(),  # see `what_meta_refuses`
        "channels/telegram/api.py _code(error.status, error.said.lower())": {
            *("blocked", "bad_address", "too_large", "misconfigured", "not_allowed", "rejected")
        },
    },
    "why": {
        "hub/placing.py clue.why": set(),
        "channels/email/inbound/reading.py why": {"in_reply_to", "references"},
    },
}
"""What an argument that is no literal can be. A new one is not known here, and fails: say what it can be."""


def words(folder: Path, language: str) -> set[str]:
    """The keys of all words in a language."""
    files = [*folder.glob(f"*.{language}.ts"), folder / f"{language}.ts"]
    return {key for file in files for key in re.findall(r'^  "([\w.]+)":', file.read_text(), re.MULTILINE)}


def lacking(needed: set[str], folder: Path) -> list[str]:
    """What has no words."""
    return [f"{language}: {key}" for language in LANGUAGES for key in sorted(needed - words(folder, language))]


def given(keyword: str, place: int, *names: str, folder: str = "channels", known: str | None = None) -> set[str]:
    """All values that an argument of some functions has in the sources."""
    elsewhere, found = ELSEWHERE.get(known or keyword, {}), set[str]()
    for file in sorted((ROOT / folder).rglob("*.py")):
        for call in _calls(file, names):
            value = next((one.value for one in call.keywords if one.arg == keyword), None)
            value = value or (call.args[place] if len(call.args) > place else None)
            found |= _values(value, f"{file.relative_to(ROOT)} ", elsewhere)
    return found


def _calls(file: Path, names: tuple[str, ...]) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in names:
            yield node


def _values(value: ast.expr | None, where: str, elsewhere: dict[str, set[str]]) -> set[str]:
    match value:
        case None:
            return set()
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return _values(one, where, elsewhere) | _values(other, where, elsewhere)
        case _:
            assert where + ast.unparse(value) in elsewhere, "nobody knows what this can be"
            return elsewhere[where + ast.unparse(value)]


def what_meta_refuses() -> Iterator[Problem]:
    """Everything that the Graph API's numbers can become."""
    for status in (400, 401, 404, 429, 500):
        yield problem({}, status=status)
    for number in (*range(1_000), *range(2_000, 3_000), *range(80_000, 81_000), *range(130_000, 136_000)):
        yield problem({"code": number})
    for sub in (33, *range(1_545_000, 1_546_000), *range(2_018_000, 2_019_000), *range(2_534_000, 2_535_000)):
        yield problem({"code": 100, "error_subcode": sub})


def what_meta_finds() -> Iterator[str]:
    """Everything that a test of a connection says of them."""
    yield finding(AwayError("ConnectError", written=False), account_field="page_id").code
    for why in (*what_meta_refuses(), problem({"code": 100, "message": "Invalid appsecret_proof"})):
        yield finding(RefusedError(why), account_field="page_id").code


async def test_every_setting_of_every_channel_has_a_label_and_names_for_its_choices(admin: Browser) -> None:
    channels = (await admin.call("GET", "/api/admin/channels")).json["channels"]
    ours = [one for one in channels if one["name"] != "parrot"]
    assert len(ours) >= 6
    needed: set[str] = set()
    for channel in ours:
        needed |= {f"channel.{channel['name']}", f"channel.{channel['name']}.lead"}
        for field in channel["fields"]:
            key = f"channel.{channel['name']}.{field['name']}"
            needed |= {key, *(f"{key}.{choice}" for choice in field["choices"])}
    assert lacking(needed, ADMIN) == []


async def test_agents_know_every_channel_by_a_name(live: LiveHub) -> None:
    assert lacking({f"channel.{name}" for name in live.hub.channels}, DESK) == []


def test_every_finding_of_a_test_of_a_connection_has_words() -> None:
    codes = given("code", 1, "Finding") | given("code", 0, "_wrong") | given("code", 1, "Finding", folder="hub/web")
    codes |= set(what_meta_finds())
    assert {"ok", "bad_token", "bad_secret", "refused_address", "timeout"} <= codes
    assert lacking({f"finding.{code}" for code in codes}, ADMIN) == []


def test_every_reason_to_set_something_aside_has_words_and_a_short_name() -> None:
    reasons = given("reason", 2, "set_aside", "_set_aside") | given("reason", 2, "_put") | given("reason", 3, "_aside")
    assert {"unreadable", "refused", "too_large"} <= reasons
    assert lacking({f"aside.{kind}.{one}" for kind in ("reason", "short") for one in reasons}, ADMIN) == []


def test_every_way_in_which_a_message_fails_has_words() -> None:
    codes = given("code", 9, "DeliveryError", known="delivery") | set(get_args(FailureCode))
    codes |= {why.code for why in what_meta_refuses()} | {"gave_up", "uncertain"}
    assert "misconfigured" in codes
    assert lacking({f"delivery.code.{code}" for code in codes}, DESK) == []


def test_every_clue_that_placed_a_message_has_words() -> None:
    whys = given("why", 0, "Clue") | given("why", 1, "Placed", folder="hub")
    assert "matched" in EntryView.__struct_fields__
    assert {"stranger", "long_closed"} <= whys
    assert lacking({f"matched.{why}" for why in whys}, DESK) == []
