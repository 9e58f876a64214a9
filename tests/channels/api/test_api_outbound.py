"""What we post to another system: signed, once per try, and what its answers mean."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email.utils import formatdate

import pytest

from channels.api import parse
from channels.api.adapter import ApiChannel
from channels.contract import Button, ChannelError, Configured, DeliveryError, File, Part, Sent
from channels.outgoing import Answer, OutgoingError
from tests.channels.api.lab import NOON, OLD_SECRET, SECRET, Lab
from tests.fakes.inlet import FakeInlet


async def test_a_message_is_posted_signed_with_the_key_as_its_id(lab: Lab) -> None:
    lab.other.answer = b'{"id": "theirs-1"}'
    buttons = (Button(title="پیگیری", payload="/track"),)
    parts = (Part(type="text", text="سلام"), Part(type="buttons", buttons=buttons))
    assert await lab.channel.send(lab.message(parts=parts), lab.inlet) == Sent(external_id="theirs-1")
    (taken,) = lab.other.taken
    assert taken.signed_with(SECRET)
    assert taken.headers["webhook-id"] == taken.json["id"] == "say:c-1:4"
    assert taken.headers["content-type"] == "application/json"
    assert taken.json["type"] == "message"
    assert (taken.json["to"], taken.json["number"], taken.json["author_name"]) == ("user-7", 12, "Ali")
    assert [part["type"] for part in taken.json["parts"]] == ["text", "buttons"]
    assert taken.json["parts"][1]["buttons"] == [{"title": "پیگیری", "payload": "/track"}]


@pytest.mark.parametrize("answer", [b"", b"OK", b"{}", b'{"id": 5}', b'{"id": "a b"}', b"\xff", b"[" * 60_000])
async def test_without_an_id_of_theirs_a_message_goes_by_ours(lab: Lab, answer: bytes) -> None:
    lab.other.answer = answer
    assert await lab.channel.send(lab.message(), lab.inlet) == Sent(external_id="say:c-1:4")


async def test_the_id_is_the_same_at_each_try_and_fits_a_header(lab: Lab) -> None:
    for attempt in range(2):
        await lab.channel.send(lab.message(key="k\r\nx: ی", attempt=attempt), lab.inlet)
    first, second = (one.headers["webhook-id"] for one in lab.other.taken)
    assert first == second
    assert len(first) == 64


async def test_while_secrets_change_it_is_signed_with_both(lab: Lab) -> None:
    lab.configure(previous_secret=OLD_SECRET)
    await lab.channel.send(lab.message(), lab.inlet)
    assert lab.other.taken[0].signed_with(SECRET)
    assert lab.other.taken[0].signed_with(OLD_SECRET)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, {"Retry-After": "7"}, ("rate_limited", True, 7.0)),
        (429, {}, ("rate_limited", True, None)),
        (503, {"Retry-After": "120"}, ("unreachable", True, 120.0)),
        (503, {"Retry-After": formatdate(NOON / 1000 + 90, usegmt=True)}, ("unreachable", True, 90.0)),
        (503, {"Retry-After": "9" * 30}, ("unreachable", True, 86_400.0)),
        (503, {"Retry-After": "-5"}, ("unreachable", True, None)),
        (500, {}, ("unreachable", True, None)),
        (502, {}, ("unreachable", True, None)),
        (408, {}, ("unreachable", True, None)),
        (400, {}, ("rejected", False, None)),
        (401, {}, ("rejected", False, None)),
        (404, {}, ("rejected", False, None)),
        (413, {}, ("too_large", False, None)),
        (410, {}, ("misconfigured", False, None)),
        (302, {"Location": "http://127.0.0.1/"}, ("misconfigured", False, None)),
        (304, {}, ("misconfigured", False, None)),
    ],
)
async def test_answers_are_told_apart(
    lab: Lab, status: int, headers: dict[str, str], expected: tuple[str, bool, float | None]
) -> None:
    lab.other.status, lab.other.headers = status, headers
    with pytest.raises(DeliveryError) as failed:
        await lab.channel.send(lab.message(), lab.inlet)
    assert (failed.value.code, failed.value.retryable, failed.value.retry_after) == expected
    assert len(lab.other.taken) == 1  # no try of its own, no redirect followed


async def test_the_receivers_words_are_kept_short_and_clean(lab: Lab) -> None:
    lab.other.status = 422
    lab.other.answer = "شماره\u200cی \u202eاشتباه\x1b[31m\n\n".encode() + b"x" * 1_000 + b"\xff"
    with pytest.raises(DeliveryError) as failed:
        await lab.channel.send(lab.message(), lab.inlet)
    assert failed.value.reason.startswith("شماره\u200cی اشتباه [31m xxx")
    assert len(failed.value.reason) == 300


@pytest.mark.parametrize("status", [0, -1], ids=["hangs", "breaks off"])
async def test_who_may_have_taken_it_makes_it_uncertain(lab: Lab, status: int) -> None:
    lab.other.status = status
    with pytest.raises(DeliveryError) as failed:
        await lab.channel.send(lab.message(), lab.inlet)
    assert (failed.value.retryable, failed.value.uncertain) == (True, True)
    assert lab.channel.capabilities.resend


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address at which nobody listens, and nobody can begin to."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/hook"


async def test_who_is_not_there_has_not_taken_it(lab: Lab, nobody: str) -> None:
    lab.configure(callback_url=nobody)
    with pytest.raises(DeliveryError) as failed:
        await lab.channel.send(lab.message(), lab.inlet)
    assert (failed.value.retryable, failed.value.uncertain, failed.value.code) == (True, False, "unreachable")


@pytest.mark.parametrize(
    "settings", [{"allow_private": False}, {"callback_url": ""}, {"secret": ""}, {"callback_url": 7}]
)
async def test_an_inbox_that_is_set_up_wrongly_fails_for_good_and_calls_nobody(
    lab: Lab, settings: dict[str, object]
) -> None:
    lab.configure(**settings)
    with pytest.raises(DeliveryError) as failed:
        await lab.channel.send(lab.message(), lab.inlet)
    assert (failed.value.code, failed.value.retryable) == ("misconfigured", False)
    assert lab.other.taken == []


async def test_nothing_to_send_is_not_sent(lab: Lab) -> None:
    assert await lab.channel.send(lab.message(parts=()), lab.inlet) == Sent()
    assert lab.other.taken == []


async def test_a_file_goes_out_as_a_link_that_only_downloads(lab: Lab) -> None:
    async def data() -> object:
        yield b"<script>alert(1)</script>"

    file = await lab.inlet.store_file("desk", "user-7", "evil\u202e\n.html", data())  # type: ignore[arg-type]
    file = File(id=file.id, name=file.name, content_type="text/html", size=file.size)
    lab.inlet.files[file.id] = (file, b"<script>alert(1)</script>")
    await lab.channel.send(lab.message(parts=(Part(type="attachment", file=file),)), lab.inlet)
    url = str(lab.other.taken[0].json["parts"][0]["file"]["url"])
    assert url.startswith("https://hub.example/channels/api/desk/files/")
    answer = await lab.raw("GET", url)
    assert (answer.status, answer.body) == (200, b"<script>alert(1)</script>")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''evil")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    lab.inlet.configure("api", "second", secret=SECRET)
    for wrong in (url.replace("/desk/", "/second/"), url.replace(file.id, "f" * 20), url[:-3], url.partition("?")[0]):
        assert (await lab.raw("GET", wrong)).status == 404
    lab.clock.advance(24 * 3_600_000)
    assert (await lab.raw("GET", url)).code == "not_found"


async def test_a_file_by_address_is_fetched_to_a_limit(lab: Lab) -> None:
    inbox = lab.configure()
    lab.other.files = {"a.bin": b"a" * 100_000, "big.bin": bytes(10 * 1024 * 1024 + 1)}
    got = await fetched(lab, inbox, lab.other.file_url("a.bin"))
    assert got == b"a" * 100_000
    assert await refusal(lab, inbox, lab.other.file_url("big.bin")) == ("too_large", False)
    assert await refusal(lab, inbox, lab.other.file_url("none.bin")) == ("not_found", False)
    assert await refusal(lab, lab.configure(allow_private=False), lab.other.file_url("a.bin")) == ("bad_url", False)
    lab.other.status = 503
    assert await refusal(lab, inbox, lab.other.file_url("a.bin")) == ("unavailable", True)


async def fetched(lab: Lab, inbox: Configured, url: str) -> bytes:
    return b"".join([chunk async for chunk in lab.channel.fetch(inbox, {"url": url})])


async def refusal(lab: Lab, inbox: Configured, url: str) -> tuple[str, bool]:
    with pytest.raises(ChannelError) as failed:
        await fetched(lab, inbox, url)
    return failed.value.code, failed.value.retryable


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (204, "reached"),
        (302, "redirected"),
        (410, "gone"),
        (429, "rate_limited"),
        (500, "other_side_failed"),
        (401, "rejected"),
        (0, "timeout"),
        (-1, "unreachable"),
    ],
)
async def test_the_test_button_says_what_is_wrong(lab: Lab, status: int, code: str) -> None:
    lab.other.status = status
    (finding,) = await lab.channel.check(lab.configure(), lab.inlet)
    assert (finding.code, finding.ok, finding.field) == (code, code == "reached", "callback_url")
    assert lab.other.taken[0].json["type"] == "ping"
    assert lab.other.taken[0].signed_with(SECRET)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"callback_url": ""}, "missing"),
        ({"callback_url": None}, "missing"),
        ({"callback_url": 3}, "missing"),
        ({"secret": "short"}, "secret_too_short"),
        ({"allow_private": False}, "refused_address"),
    ],
)
async def test_the_test_button_says_what_is_not_set_up(lab: Lab, settings: dict[str, object], code: str) -> None:
    (finding,) = await lab.channel.check(lab.configure(**settings), lab.inlet)
    assert (finding.ok, finding.code) == (False, code)


async def test_the_test_button_says_that_nobody_is_there(lab: Lab, nobody: str) -> None:
    (finding,) = await lab.channel.check(lab.configure(callback_url=nobody), lab.inlet)
    assert (finding.ok, finding.code) == (False, "unreachable")


def test_the_address_to_call_is_told() -> None:
    inbox = FakeInlet().configure("api", "desk")
    assert (
        ApiChannel(key=b"k").webhook(inbox, "https://hub.example") == "https://hub.example/channels/api/desk/messages"
    )


def test_what_may_be_tried_again() -> None:
    assert parse.not_taken(OutgoingError("unreachable", "x")).retryable
    assert not parse.not_taken(OutgoingError("refused_address", "x")).retryable
    assert parse.retry_after(Answer(status=503, headers={"retry-after": "nonsense"}, body=b""), now=NOON) is None
