"""`docs/api/channel.md` is true: its example client runs against the channel, and it names every field and code."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from channels.api import shapes
from channels.contract import Outbound
from tests.channels.api.lab import SECRET, Lab

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs/api/channel.md").read_text(encoding="utf-8")


def example() -> dict[str, Any]:
    """The example client, as the page has it."""
    (lines,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    assert len([line for line in lines.splitlines() if line.strip()]) <= 20
    client: dict[str, Any] = {}
    exec(compile(lines, "docs/api/channel.md", "exec"), client)
    return client


@pytest.fixture
def today(lab: Lab) -> Lab:
    """The channel at the time that the example's own clock shows."""
    lab.clock.advance(time.time_ns() // 1_000_000 - lab.clock.now())
    return lab


async def test_the_example_client_writes_and_reads(today: Lab) -> None:
    client, url = example(), f"{today.url}/channels/api/desk/messages"
    answer = await asyncio.to_thread(client["post"], url, SECRET, {"sender": {"id": "user-7"}, "text": "Hello"})
    assert answer["duplicate"] is False
    assert [part.text for part in today.inlet.received[0].parts] == ["Hello"]
    message: Outbound = today.message()
    await today.channel.send(message, today.inlet)
    (taken,) = today.other.taken
    event = client["received"](SECRET, taken.headers, taken.body)
    assert (event["type"], event["to"], event["parts"][0]["text"]) == ("message", "user-7", "سلام")


async def test_the_example_client_refuses_what_is_not_from_the_hub(today: Lab) -> None:
    client = example()
    await today.channel.send(today.message(), today.inlet)
    today.clock.advance(-301_000)
    await today.channel.send(today.message(), today.inlet)
    fresh, old = today.other.taken
    for secret, headers, body in (
        ("x" * 30, fresh.headers, fresh.body),
        (SECRET, fresh.headers, fresh.body + b" "),
        (SECRET, {**fresh.headers, "webhook-signature": "v1,AAAA v2,BBBB"}, fresh.body),
        (SECRET, old.headers, old.body),
    ):
        with pytest.raises(PermissionError):
            client["received"](secret, headers, body)


def test_every_field_of_every_body_is_named() -> None:
    structs = [one for one in vars(shapes).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    fields = {field.encode_name for struct in structs for field in msgspec.structs.fields(struct)}
    named = set(re.findall(r"\b[a-z_]+\d*\b", DOCUMENT))
    assert fields - named == set()


def test_every_code_of_a_refusal_is_named() -> None:
    source = "".join(path.read_text() for path in (ROOT / "channels/api").glob("*.py"))
    codes = set(re.findall(r'(?:ChannelError|UnsignedError)\(\s*"([a-z_]+)"', source))
    assert {"stale", "bad_url", "too_large"} <= codes
    assert {code for code in codes if f"`{code}`" not in DOCUMENT} == set()
