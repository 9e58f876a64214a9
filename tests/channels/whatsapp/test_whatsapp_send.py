"""What goes out, over real HTTP to a server that looks hard at it, and what its refusals mean."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from channels.contract import Button, ChannelError, DeliveryError, Feature, File, Inbound, Part, Sender, Signal
from channels.degrade import degrade
from channels.meta_events import Said
from channels.whatsapp.adapter import WhatsApp
from channels.whatsapp.settings import templates, whatsapp_settings
from tests.channels.meta_lab import Lab, configure, laboratory, outbound, stored
from tests.fakes.graph import FakeGraph, Refuse

NUMBER = "1122334455667"
YES_NO = (Button(title="Yes", payload="/affirm"), Button(title="No", payload="/deny"))


@pytest_asyncio.fixture
async def graph(no_task_left_behind: None) -> AsyncIterator[FakeGraph]:
    async with FakeGraph() as fake:
        fake.accounts[NUMBER] = {"verified_name": "Cafe", "display_phone_number": "+98 21 0000"}
        yield fake
        assert not fake.faults


@pytest_asyncio.fixture
async def lab(graph: FakeGraph) -> AsyncIterator[Lab]:
    async with laboratory(WhatsApp(patience=2), NUMBER, graph.url) as made:
        yield made


def text(words: str) -> Part:
    return Part(type="text", text=words)


def buttons(*choices: Button) -> Part:
    return Part(type="buttons", buttons=choices)


async def failure(lab: Lab, *parts: Part) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await lab.channel.send(outbound(*parts), lab.inlet)
    return caught.value


async def test_words_go_out_and_the_id_comes_back(lab: Lab, graph: FakeGraph) -> None:
    sent = await lab.channel.send(outbound(text("سلام")), lab.inlet)
    assert sent.external_id == "wamid.1"
    [body] = graph.sent
    assert (body["to"], body["text"]["body"], body["biz_opaque_callback_data"]) == ("989121234567", "سلام", "k1")


async def test_who_hides_the_number_is_written_to_by_user_id_and_the_newest_name_counts(
    lab: Lab, graph: FakeGraph
) -> None:
    await lab.channel.send(outbound(text("a"), to="IR.77"), lab.inlet)
    await lab.channel.send(outbound(text("b"), to="IR.77", reply={"to": "989121234567"}), lab.inlet)
    assert [(one.get("recipient"), one.get("to")) for one in graph.sent] == [("IR.77", None), (None, "989121234567")]


async def test_up_to_three_buttons_are_buttons_and_more_are_lines(lab: Lab, graph: FakeGraph) -> None:
    can = lab.channel.capabilities
    [few] = degrade(outbound(text("Sure?"), buttons(*YES_NO)), can)
    [many] = degrade(outbound(text("Which?"), buttons(*[Button(title=str(n), payload=str(n)) for n in range(4)])), can)
    await lab.channel.send(few, lab.inlet)
    await lab.channel.send(many, lab.inlet)
    assert [one["type"] for one in graph.sent] == ["interactive", "text"]
    assert graph.sent[0]["interactive"]["action"]["buttons"][0]["reply"] == {"id": "/affirm", "title": "Yes"}


@pytest.mark.parametrize(
    ("words", "choices"),
    [
        ("x" * 1_025, YES_NO),
        ("", YES_NO),
        ("Sure?", (Button(title="Yes", payload="x" * 257),)),
        ("Sure?", (Button(title="Yes", payload="1"), Button(title="Yes", payload="2"))),
        ("Sure?", (Button(title="A", payload="1"), Button(title="B", payload="1"))),
        ("Sure?", (Button(title="A", payload=""),)),
    ],
)
async def test_buttons_that_the_provider_would_not_take_are_lines(
    lab: Lab, graph: FakeGraph, words: str, choices: tuple[Button, ...]
) -> None:
    await lab.channel.send(outbound(text(words), buttons(*choices)), lab.inlet)
    [body] = graph.sent
    assert body["type"] == "text"
    assert all(choice.title in body["text"]["body"] for choice in choices)


async def test_a_text_that_its_lines_make_too_long_loses_none_of_them(lab: Lab, graph: FakeGraph) -> None:
    words = "word " * 819
    message = outbound(text(words.strip()), buttons(*YES_NO), locale="en")
    await lab.channel.send(message, lab.inlet)
    assert len(graph.sent) == 2
    assert graph.sent[1]["text"]["body"].endswith("1. Yes\n2. No")
    graph.sent.clear()
    graph.script.extend(["ok", Refuse(131000)])  # type: ignore[list-item]
    error = await failure(lab, *message.parts)
    assert (error.uncertain, error.retryable) == (True, False)


async def test_a_template_carries_its_values_in_order(lab: Lab, graph: FakeGraph) -> None:
    values = {"name": "order_ready", "language": "fa", "10": "ten", "2": "two\n\nlines", "1": "Sara"}
    await lab.channel.send(outbound(Part(type="template", text="…", values=values)), lab.inlet)
    template = graph.sent[0]["template"]
    assert template["name"] == "order_ready"
    assert template["language"] == {"code": "fa"}
    assert [one["text"] for one in template["components"][0]["parameters"]] == ["Sara", "two lines", "ten"]
    await lab.channel.send(outbound(Part(type="template", values={"name": "hello", "language": "en"})), lab.inlet)
    assert "components" not in graph.sent[1]["template"]


def test_templates_are_lines_of_the_settings() -> None:
    lines = ["order_ready|fa|سلام {{1}}، سفارش {{2}} آماده است {{1}}", "no template", "x|en_US|a|b", "bad name|fa|x"]
    ready, other = templates(whatsapp_settings({"templates": lines, "phone_number_id": "1"}))
    assert ready.blanks == ("1", "2")
    assert ready.filled({"1": "سارا"}) == "سلام سارا، سفارش {{2}} آماده است سارا"
    assert (other.language, other.text) == ("en_US", "a|b")
    assert [one.name for one in templates(whatsapp_settings({"templates": "\n".join(lines)}))] == ["order_ready", "x"]


async def test_a_piece_of_nothing_is_nothing(lab: Lab, graph: FakeGraph) -> None:
    assert (await lab.channel.send(outbound(), lab.inlet)).external_id is None
    assert not graph.sent


@pytest.mark.parametrize(
    ("name", "type_", "size", "kind"),
    [
        ("a.jpg", "image/jpeg", 100, "image"),
        ("سفارش.pdf", "application/pdf", 100, "document"),
        ("a.ogg", "audio/ogg", 100, "audio"),
        ("a.webp", "image/webp", 100, "document"),
        ("large.png", "image/png", 5 * 1024 * 1024 + 1, "document"),
    ],
)
async def test_a_file_is_uploaded_then_sent(
    lab: Lab, graph: FakeGraph, name: str, type_: str, size: int, kind: str
) -> None:
    file = await stored(lab.inlet, name, type_, b"x" * size)
    await lab.channel.send(outbound(Part(type="attachment", file=file)), lab.inlet)
    [(fields, _, sent_type, data)] = graph.uploads
    assert fields == {"messaging_product": "whatsapp", "type": type_}
    assert (sent_type, len(data)) == (type_, size)
    assert graph.sent[0]["type"] == kind
    assert graph.sent[0][kind].get("filename") == (name if kind == "document" else None)


async def test_an_upload_without_answer_is_simply_tried_again(lab: Lab, graph: FakeGraph) -> None:
    file = await stored(lab.inlet, "a.jpg", "image/jpeg", b"xy")
    graph.script.append("cut")
    error = await failure(lab, Part(type="attachment", file=file))
    assert (error.retryable, error.uncertain, graph.sent) == (True, False, [])
    gone = await failure(lab, Part(type="attachment", file=File(id="none", name="x", content_type="x/y", size=1)))
    assert not gone.retryable


@pytest.mark.parametrize(
    ("refusal", "code", "retryable"),
    [
        (Refuse(131047), "window_closed", False),
        (Refuse(131026), "bad_address", False),
        (Refuse(190, status=401), "misconfigured", False),
        (Refuse(10, status=403), "misconfigured", False),
        (Refuse(4), "rate_limited", True),
        (Refuse(80007), "rate_limited", True),
        (Refuse(130429), "rate_limited", True),
        (Refuse(131056), "rate_limited", True),
        (Refuse(131000, status=500), "unreachable", True),
        (Refuse(132001, status=404), "rejected", False),
        (Refuse(131050), "blocked", False),
        (Refuse(999_999, status=503), "unreachable", True),
    ],
)
async def test_what_a_refusal_means(lab: Lab, graph: FakeGraph, refusal: Refuse, code: str, retryable: bool) -> None:
    graph.script.append(refusal)
    error = await failure(lab, text("x"))
    assert (error.code, error.retryable, error.uncertain) == (code, retryable, False)
    assert str(refusal.code) in error.reason


async def test_it_is_said_when_to_come_again(lab: Lab, graph: FakeGraph) -> None:
    graph.script.append(Refuse(130429, status=429, headers=(("Retry-After", "17"),)))
    assert (await failure(lab, text("x"))).retry_after == 17
    graph.script.append(Refuse(131056))
    assert (await failure(lab, text("x"))).retry_after == 6


@pytest.mark.parametrize("mood", ["hang", "cut", "gateway"])
async def test_no_answer_after_the_request_went_out_is_uncertain(no_task_left_behind: None, mood: str) -> None:
    async with FakeGraph() as graph, laboratory(WhatsApp(patience=0.3), NUMBER, graph.url) as lab:
        graph.accounts[NUMBER] = {}
        graph.script.append(mood)  # type: ignore[arg-type]
        error = await failure(lab, text("x"))
        assert graph.arrived.is_set()
        assert (error.uncertain, error.retryable) == (True, False)


async def test_an_error_page_is_no_answer_but_a_no(lab: Lab, graph: FakeGraph) -> None:
    graph.script.append("garbage")
    error = await failure(lab, text("x"))
    assert (error.code, error.retryable, error.uncertain) == ("unreachable", True, False)


@pytest.mark.parametrize("mood", ["empty", "silent"])
async def test_a_yes_without_an_id_is_a_yes(lab: Lab, graph: FakeGraph, mood: str) -> None:
    graph.script.append(mood)  # type: ignore[arg-type]
    assert (await lab.channel.send(outbound(text("x")), lab.inlet)).external_id is None


async def test_where_nobody_listens_nothing_was_sent(lab: Lab) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody accepts
        configure(lab.inlet, lab.channel, NUMBER, f"http://127.0.0.1:{taken.getsockname()[1]}")
        error = await failure(lab, text("x"))
    assert (error.code, error.retryable, error.uncertain) == ("unreachable", True, False)


async def test_an_inbox_that_is_gone_or_broken_is_told(lab: Lab) -> None:
    lab.inlet.configure("whatsapp", "in1", phone_number_id=7)
    assert (await failure(lab, text("x"))).code == "misconfigured"
    lab.inlet.configured.clear()
    assert (await failure(lab, text("x"))).code == "misconfigured"


async def test_signals_show_under_the_newest_message_of_the_customer(lab: Lab, graph: FakeGraph) -> None:
    typing = Signal(type="typing", conversation="c1", who="agent", on=True)
    seen = Signal(type="read", conversation="c1", who="agent", seq=1)
    await lab.channel.signal("989121234567", "in1", typing)
    assert not graph.marks
    message = Inbound(inbox="in1", external_id="wamid.7", sender=Sender(address="x"), parts=())
    await lab.channel.place(Said(message=message, keys=("989121234567",)), lab.inlet)
    for signal in (typing, seen, typing, Signal(type="typing", conversation="c1", who="contact", on=True)):
        await lab.channel.signal("989121234567", "in1", signal)
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.7"}
    assert graph.marks == [{**mark, "typing_indicator": {"type": "text"}}, mark]
    configure(lab.inlet, lab.channel, NUMBER, "http://127.0.0.1:9")
    await lab.channel.signal("989121234567", "in1", seen)  # raises nothing


async def test_test_connection_says_what_is_wrong(lab: Lab, graph: FakeGraph) -> None:
    async def found(**settings: object) -> tuple[bool, str, str | None, str]:
        inbox = lab.inlet.configure("whatsapp", "in1", **{**lab.inbox.settings, **settings})
        [finding] = await lab.channel.check(inbox, lab.inlet)
        return finding.ok, finding.code, finding.field, finding.detail

    assert await found() == (True, "ok", None, "Cafe +98 21 0000")
    assert (await found(access_token="wrong"))[:3] == (False, "bad_token", "access_token")
    assert (await found(app_secret="wrong"))[:3] == (False, "bad_secret", "app_secret")
    assert (await found(phone_number_id="404404"))[:3] == (False, "not_found", "phone_number_id")
    assert (await found(api_base="http://127.0.0.1:9"))[:3] == (False, "unreachable", "api_base")
    assert (await found(phone_number_id=["x"]))[:2] == (False, "misconfigured")
    graph.script.append(Refuse(10, status=403))
    assert (await found())[:3] == (False, "missing_permission", "access_token")
    assert lab.channel.webhook(lab.inbox, "https://hub.example") == "https://hub.example/channels/whatsapp/in1/webhook"


async def read(lab: Lab, media: str) -> bytes:
    return b"".join([chunk async for chunk in lab.channel.fetch(lab.inbox, {"media": media})])


async def test_a_customers_file_is_asked_for_by_id_and_read_with_the_token(lab: Lab, graph: FakeGraph) -> None:
    graph.media["555"] = ("image/jpeg", b"picture" * 50_000)
    assert await read(lab, "555") == b"picture" * 50_000
    assert graph.asked == [("/files/555", True)]
    graph.places["556"] = f"{graph.url}/elsewhere/1"
    graph.redirects["1"] = f"{graph.url}/files/555"
    assert len(await read(lab, "556")) == 350_000
    with pytest.raises(ChannelError) as caught:
        await read(lab, "404")
    assert (caught.value.code, caught.value.retryable) == ("not_found", False)
    graph.script.append(Refuse(131000, status=500))
    with pytest.raises(ChannelError) as caught:
        await read(lab, "555")
    assert caught.value.retryable


async def test_the_declared_limits_are_the_providers() -> None:
    can = WhatsApp().capabilities
    assert (can.max_text, can.text_unit, can.max_buttons, can.max_button_title) == (4_096, "characters", 3, 20)
    assert can.window_seconds == 86_400
    assert Feature.TEMPLATES in can.features
