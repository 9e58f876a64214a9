"""F04 and F03 by mail: the hub is killed between sending and recording it, and between storing and acknowledging."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.model.config import Inbox
from hub.model.ids import InboxId
from hub.store.config import Config
from hub.store.database import connect
from hub.store.embedded import Mongod
from tests.channels.email.lab import SECRET, deliver, letter, open_port
from tests.fakes.smtp import FakeSmtp
from tests.faults.tools import own_database
from tests.load.crowd import eventually
from tests.load.lab import QUEUE, Lab, Plan, lab
from tests.ports import free_port

HELP = "help@shop.example"


@asynccontextmanager
async def mailbox(mongod: Mongod, post: FakeSmtp, port: int) -> AsyncIterator[Lab]:
    """A hub, not yet started, with one mailbox."""
    settings = {
        "address": HELP,
        "inbound": "lmtp",
        "lmtp_port": port,
        "smtp_host": "127.0.0.1",
        "smtp_port": post.port,
        "smtp_tls": "none",
        "reply_token_secret": SECRET,
    }
    async with lab(Plan(settings=own_database()), uri=mongod.uri, start=False) as running:
        async with connect(running.uri, running.hub.settings.database) as database:
            config = Config(database)
            await config.load()
            inbox = Inbox(id=InboxId("help"), name="Help", channel="email", queue=QUEUE, locale="en", settings=settings)
            await config.create(inbox)
        yield running


async def start(running: Lab, failpoint: str, port: int) -> None:
    running.hub.extra.pop("PEYK_FAILPOINT", None)
    if failpoint:
        running.hub.extra["PEYK_FAILPOINT"] = failpoint
    await running.hub.start()
    await open_port(port)


async def test_f04_killed_between_sending_and_recording_the_second_copy_can_be_told(mongod_server: Mongod) -> None:
    port = free_port()
    async with FakeSmtp() as post, mailbox(mongod_server, post, port) as running:
        await start(running, "after_send:1", port)
        answers = await asyncio.to_thread(deliver, port, letter("hello"), [HELP])
        assert answers[HELP][0] == 250
        await eventually(lambda: not running.hub.alive(), 20, "the hub did not die at the failpoint")
        await start(running, "", port)
        first, second = await post.took(2)
        assert first.mail["Message-ID"] == second.mail["Message-ID"]
        kept = await running.kept()
    assert sorted(one.author for one in kept) == ["contact", "system"]


async def test_f03_killed_between_durable_and_acknowledged_the_mail_comes_again_and_is_one(
    mongod_server: Mongod,
) -> None:
    port = free_port()
    async with FakeSmtp() as post, mailbox(mongod_server, post, port) as running:
        await start(running, "after_commit:1", port)
        (lost,) = await asyncio.gather(
            asyncio.to_thread(deliver, port, letter("hello"), [HELP]), return_exceptions=True
        )
        assert isinstance(lost, smtplib.SMTPException | OSError)
        await eventually(lambda: not running.hub.alive(), 20, "the hub did not die at the failpoint")
        await start(running, "", port)
        for _ in range(2):
            answers = await asyncio.to_thread(deliver, port, letter("hello"), [HELP])
            assert answers[HELP][0] == 250
        await post.took(1)
        kept = await running.kept()
        assert [one.author for one in kept if one.author == "contact"] == ["contact"]
        assert len({one.conversation for one in kept}) == 1
