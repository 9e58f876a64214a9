"""What every `Channel` promises, whoever it is: one suite over all adapters.

To add an adapter: write `tests/contracts/bench_<name>.py` with a subclass of `tests.contracts.bench.Bench` (how to make
the adapter with its provider's fake, bring it messages, and make the provider refuse, limit or hang), and name it in
`BENCHES` below. What cannot be asked of a channel is an entry of its `exempt`, with a reason that a reader can judge;
everything else runs by itself. A folder under `channels/` with an adapter and without a bench fails the suite.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog

from channels.contract import Button, Capabilities, DeliveryError, Feature, File, Outbound, Part, Sent
from channels.degrade import degrade, size
from channels.setup import SettingField
from tests.contracts.bench import REFUSAL, WAIT_SECONDS, WORDS, Bench, Mood, Outcome, Promise
from tests.contracts.bench_api import ApiBench
from tests.contracts.bench_email import EmailBench
from tests.contracts.bench_meta import InstagramBench, MessengerBench, WhatsAppBench
from tests.contracts.bench_telegram import TelegramBench
from tests.contracts.bench_voice import VoiceBench
from tests.contracts.bench_webchat import WebChatBench

BENCHES: tuple[type[Bench], ...] = (
    ApiBench,
    EmailBench,
    InstagramBench,
    MessengerBench,
    TelegramBench,
    VoiceBench,
    WebChatBench,
    WhatsAppBench,
)

CHANNELS = Path(__file__).parents[2] / "channels"
RULES = (
    "signature checked",
    "duplicates refused",
    "payloads captured",
    "limits declared",
    "retry classified",
    "redaction tested",
)
_ROW = re.compile(r"^\|([^|]+)\|([^|]+)\|(.+)\|\s*$", re.MULTILINE)


@pytest_asyncio.fixture
async def bench(request: pytest.FixtureRequest, no_task_left_behind: None) -> AsyncIterator[Bench]:
    """One adapter with everything around it."""
    kind: type[Bench] = request.param
    async with kind.open() as opened:
        yield opened


def every(promise: Promise | None = None) -> pytest.MarkDecorator:
    """Run over all adapters that are not exempt from the promise."""
    kinds = [one for one in BENCHES if promise not in one.exempt]
    return pytest.mark.parametrize("bench", kinds, indirect=True, ids=lambda kind: kind.name)


@every(Promise.STORED_FIRST)
async def test_nothing_is_acknowledged_before_it_is_stored(bench: Bench) -> None:
    bench.inlet.down = True
    assert await bench.deliver("m-1") is Outcome.AGAIN
    assert bench.inlet.received == []
    bench.inlet.down = False
    assert await bench.deliver("m-1") is Outcome.STORED
    assert [part.text for part in bench.inlet.received[0].parts if part.type != "mail"] == [WORDS]
    assert bench.inlet.received[0].sender.address == bench.address


@every(Promise.ONCE)
async def test_the_same_provider_id_twice_is_received_once(bench: Bench) -> None:
    for id_ in ("m-1", "m-1", "m-2", "m-1"):
        assert await bench.deliver(id_) is Outcome.STORED
    assert len(bench.inlet.received) == 2
    assert len({one.external_id for one in bench.inlet.received}) == 2


@every(Promise.ONCE)
async def test_the_same_provider_id_at_the_same_time_is_received_once(bench: Bench) -> None:
    outcomes = await asyncio.gather(*(bench.deliver("m-1") for _ in range(5)))
    assert set(outcomes) == {Outcome.STORED}
    assert len(bench.inlet.received) == 1


@every(Promise.AUTHENTIC)
async def test_what_is_forged_is_refused_and_nothing_stored(bench: Bench) -> None:
    outcomes = await bench.forge()
    assert outcomes
    assert set(outcomes) == {Outcome.REFUSED}
    assert bench.inlet.received == []
    assert await bench.deliver("m-1") is Outcome.STORED  # the genuine one, with the same set-up


@every(Promise.NONSENSE)
async def test_nonsense_is_refused_and_not_an_error_of_ours(bench: Bench) -> None:
    outcomes = await bench.garble()
    assert outcomes
    assert set(outcomes) <= {Outcome.REFUSED, Outcome.STORED}  # stored: understood as an event that says nothing
    assert bench.inlet.received == []
    assert await bench.deliver("m-1") is Outcome.STORED


@every(Promise.SENDS)
async def test_a_message_goes_out_and_again_under_the_same_key(bench: Bench) -> None:
    bench.set_mood(Mood.TAKES)
    sent = [await _sent(bench, seq) for seq in (4, 5)]
    assert bench.taken() == [WORDS, WORDS]
    ids = [one for one in sent if one is not None]
    assert len(set(ids)) == len(ids)
    if Feature.RECEIPTS in bench.channel.capabilities.features:
        assert ids  # a receipt names it


@every(Promise.REFUSED)
async def test_a_refusal_is_final_and_in_the_providers_words(bench: Bench) -> None:
    bench.set_mood(Mood.REFUSES)
    error = await _refusal(bench)
    assert not error.retryable
    assert not error.uncertain
    assert REFUSAL in error.reason
    bench.set_mood(Mood.TAKES)
    await bench.channel.send(bench.message(5), bench.inlet)


@every(Promise.LIMITED)
async def test_a_limit_is_waited_for_as_long_as_the_provider_says(bench: Bench) -> None:
    bench.set_mood(Mood.LIMITS)
    error = await _refusal(bench)
    assert (error.retryable, error.code) == (True, "rate_limited")
    assert error.retry_after is not None
    assert WAIT_SECONDS <= error.retry_after <= WAIT_SECONDS + 5
    assert not error.uncertain


@every(Promise.HANGS)
async def test_silence_is_tried_again_or_uncertain(bench: Bench) -> None:
    bench.set_mood(Mood.HANGS)
    error = await _refusal(bench)
    assert error.retryable or error.uncertain
    if error.uncertain and error.retryable:
        assert bench.channel.capabilities.resend  # else two copies might arrive


@every()
async def test_an_inbox_that_is_gone_is_a_final_delivery_error_at_most(bench: Bench) -> None:
    message = replace(bench.message(), inbox="nowhere")
    (outcome,) = await asyncio.gather(bench.channel.send(message, bench.inlet), return_exceptions=True)
    assert isinstance(outcome, Sent) or (isinstance(outcome, DeliveryError) and not outcome.retryable)


@every()
async def test_the_test_button_never_raises(bench: Bench) -> None:
    (inbox,) = [one for one in bench.inlet.inboxes(bench.name) if one.id == "box"]
    for settings in (inbox.settings, {}, dict.fromkeys(inbox.settings, 7), dict.fromkeys(inbox.settings)):
        for finding in await bench.channel.check(replace(inbox, settings=settings), bench.inlet):
            assert re.fullmatch(r"[a-z_]+", finding.code)
            assert not any(secret in finding.detail for secret in bench.secrets)


@every()
async def test_capabilities_and_fields_are_declared_sanely(bench: Bench) -> None:
    channel = bench.channel
    assert channel.name == bench.name
    _check_capabilities(channel.capabilities)
    names = [field.name for field in channel.fields]
    assert len(set(names)) == len(names)
    for field in channel.fields:
        _check_field(field, names)


@every(Promise.FITS)
async def test_degraded_messages_fit(bench: Bench) -> None:
    can = bench.channel.capabilities
    for message in _rich(bench.message(), can):
        for piece in degrade(message, can):
            text = "".join(part.text or "" for part in piece.parts if part.type == "text")
            assert size(text, can) <= can.max_text
            buttons = [button for part in piece.parts for button in part.buttons]
            assert len(buttons) <= can.max_buttons
            assert all(len(button.title) <= can.max_button_title for button in buttons)
            bench.set_mood(Mood.TAKES)
            await bench.channel.send(piece, bench.inlet)


@every(Promise.PREFIX)
async def test_routes_stand_under_the_channels_name(bench: Bench) -> None:
    routes = [one.path for one in bench.channel.routes(bench.inlet)]
    assert all(one.startswith(f"/channels/{bench.name}/{{inbox}}") for one in routes), routes
    (inbox,) = [one for one in bench.inlet.inboxes(bench.name) if one.id == "box"]
    address = bench.channel.webhook(inbox, "https://hub.example")
    assert address is None or address.startswith(f"https://hub.example/channels/{bench.name}/box")


@every()
async def test_no_word_address_or_secret_stands_in_a_log(bench: Bench, logged: list[str]) -> None:
    await bench.deliver("m-1")
    await bench.forge()
    await bench.garble()
    bench.inlet.down = True
    await bench.deliver("m-2")
    bench.inlet.down = False
    for mood in Mood:
        if _asked_for(bench, mood):
            bench.set_mood(mood)
            await asyncio.gather(bench.channel.send(bench.message(), bench.inlet), return_exceptions=True)
    structlog.get_logger("the-test").info("here")
    text = "\n".join(logged)
    assert "here" in text
    for secret in (WORDS, bench.address, *bench.secrets):
        assert secret not in text


@pytest.mark.parametrize("kind", BENCHES, ids=lambda kind: kind.name)
def test_the_quality_page_has_every_row(kind: type[Bench]) -> None:
    page = (CHANNELS / kind.package / "QUALITY.md").read_text(encoding="utf-8")
    rows = {rule.strip().lower(): (state.strip(), where.strip()) for rule, state, where in _ROW.findall(page)}
    for rule in RULES:
        state, where = next((row for name, row in rows.items() if name.startswith(rule)), ("missing", ""))
        assert state in {"done", "todo", "exempt"}, f"{rule}: {state}"
        assert len(where) >= 20, f"{rule}: say where, or why not"


@pytest.mark.parametrize("kind", BENCHES, ids=lambda kind: kind.name)
def test_an_exemption_says_why(kind: type[Bench]) -> None:
    assert all(len(reason) >= 20 for reason in kind.exempt.values())


def test_every_adapter_has_a_bench() -> None:
    packages = {one.parent.name for one in CHANNELS.glob("*/adapter.py")}
    assert packages == {kind.package for kind in BENCHES}, "see the head of this file"


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Everything that is logged meanwhile, at any level, before it is redacted."""
    lines: list[str] = []

    def keep(_: object, __: str, event: Any) -> Any:
        lines.append(repr(event))
        raise structlog.DropEvent

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.getMessage()} {record.exc_info}")

    root, handler = logging.getLogger(), Handler()
    level = root.level
    kept = structlog.get_config()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.format_exc_info, keep],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        cache_logger_on_first_use=False,
    )
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)
    structlog.configure(**kept)


async def _sent(bench: Bench, seq: int) -> str | None:
    async with bench.listening():
        return (await bench.channel.send(bench.message(seq), bench.inlet)).external_id


async def _refusal(bench: Bench) -> DeliveryError:
    with pytest.raises(DeliveryError) as failed:
        await bench.channel.send(bench.message(), bench.inlet)
    return failed.value


def _asked_for(bench: Bench, mood: Mood) -> bool:
    asks = {Mood.REFUSES: Promise.REFUSED, Mood.LIMITS: Promise.LIMITED, Mood.HANGS: Promise.HANGS}
    return asks.get(mood) not in bench.exempt


def _check_capabilities(can: Capabilities) -> None:
    assert can.max_text >= 100
    assert (Feature.ATTACHMENTS in can.features) == (can.max_attachment > 0)
    assert can.give_up_seconds >= 60
    if Feature.BUTTONS in can.features and Feature.MAILBOX not in can.features:
        assert can.max_buttons > 0
        assert can.max_button_title > 0
    if can.window_seconds is not None:
        assert can.window_seconds > 0
    if Feature.TEMPLATES in can.features:
        assert can.window_seconds is not None  # else nobody needs them


def _check_field(field: SettingField, names: list[str]) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", field.name)
    assert (field.kind == "choice") == bool(field.choices)
    if field.when is not None:
        assert field.when[0] in names
    if field.pattern is not None:
        re.compile(field.pattern)
    if field.kind == "choice" and field.default is not None:
        assert field.default in field.choices
    if re.search(r"secret|password|token|private_key", field.name):
        assert field.kind in {"secret", "generated"}


def _rich(message: Outbound, can: Capabilities) -> list[Outbound]:
    """Messages that no channel carries as they are."""
    long = Part(type="text", text="سلام! چطور می‌توانم کمک کنم؟ " * (can.max_text // 10))
    many = Part(type="buttons", buttons=tuple(Button(title=f"Choice {n} " * 9, payload=f"/{n}") for n in range(30)))
    few = Part(type="buttons", buttons=(Button(title="Yes", payload="/yes"),))
    large = Part(
        type="attachment",
        file=File(id="f" * 20, name="large.bin", content_type="application/octet-stream", size=can.max_attachment + 1),
    )
    both = (long, many), (Part(type="text", text=WORDS), few), (large,), (Part(type="form", form="offline"),)
    return [replace(message, key=f"rich:{n}", parts=parts) for n, parts in enumerate(both)]
