"""Following a mailbox on a real IMAP server: each mail once, whatever happens to the line, the server or us (F12)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Self

import pytest
import pytest_asyncio

from channels.contract import ChannelError
from tests.channels.email.lab import Lab, email_lab, letter
from tests.dovecot import PASSWORD, Dovecot, dovecot_folder
from tests.fakes.inlet import FakeInlet
from tests.ports import free_port


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Dovecot]:
    """A server of its own for each test; its mailboxes are empty."""
    with dovecot_folder() as folder:
        made = Dovecot(folder, free_port())
        await made.start()
        yield made
        await made.stop()


@pytest_asyncio.fixture
async def house(no_task_left_behind: None, server: Dovecot) -> AsyncIterator[tuple[Lab, Dovecot]]:
    """The channel with one mailbox that is followed."""
    async with email_lab() as lab:
        follow(lab, server)
        yield lab, server


def follow(lab: Lab, server: Dovecot, **more: object) -> None:
    settings: dict[str, object] = {
        "inbound": "imap",
        "imap_host": "127.0.0.1",
        "imap_port": server.port,
        "imap_tls": "none",
        "imap_user": "help",
        "imap_password": PASSWORD,
    }
    lab.configure(**{**settings, **more})


def mail(number: int) -> bytes:
    return letter(f"mail {number}", id_=f"{number}@customer.example")


def texts(lab: Lab) -> list[str | None]:
    return [one.parts[0].text for one in lab.inlet.received]


async def noted(inlet: FakeInlet, uid: int) -> None:
    """Wait until the cursor has come to a mail."""
    async with asyncio.timeout(20):
        while not any(value.get("uid") == uid for value in inlet.notes.values()):
            await asyncio.sleep(0.01)


async def test_what_is_there_and_what_comes_is_taken_once(house: tuple[Lab, Dovecot]) -> None:
    lab, server = house
    server.deliver("help", mail(1))
    async with lab.running():
        await lab.inlet.heard(1)
        server.deliver("help", mail(2))  # while we idle
        await lab.inlet.heard(2)
        await noted(lab.inlet, 2)
    server.deliver("help", mail(3))  # while we are away
    async with lab.running():
        await lab.inlet.heard(3)
    assert texts(lab) == ["mail 1", "mail 2", "mail 3"]


async def test_old_mail_that_somebody_has_read_is_left_alone(house: tuple[Lab, Dovecot]) -> None:
    lab, server = house
    server.deliver("help", mail(1))
    (one,) = (server.box("help") / "new").iterdir()
    one.rename(server.box("help") / "cur" / f"{one.name}:2,S")
    server.deliver("help", mail(2))
    async with lab.running():
        await lab.inlet.heard(1)
        await noted(lab.inlet, 2)
    assert texts(lab) == ["mail 2"]
    assert not list((server.box("help") / "cur").glob("*2.*S*"))  # peeked at, not marked


async def test_f12_a_backlog_comes_in_order(house: tuple[Lab, Dovecot]) -> None:
    lab, server = house
    for number in range(120):
        server.deliver("help", mail(number))
    async with lab.running():
        await lab.inlet.heard(120)
    assert texts(lab) == [f"mail {number}" for number in range(120)]


async def test_the_cursor_waits_for_the_store(house: tuple[Lab, Dovecot]) -> None:
    lab, server = house
    async with lab.running():
        server.deliver("help", mail(1))
        await lab.inlet.heard(1)
        await noted(lab.inlet, 1)
        lab.inlet.down = True
        server.deliver("help", mail(2))
        server.deliver("help", mail(3))
        lab.inlet.down = False
        await lab.inlet.heard(3)
    assert texts(lab) == ["mail 1", "mail 2", "mail 3"]


async def test_f12_a_death_between_store_and_cursor_doubles_nothing(
    house: tuple[Lab, Dovecot], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, server = house
    note, deaths = FakeInlet.note, iter(range(3))

    async def dying(self: FakeInlet, inbox: str, name: str, value: Mapping[str, object]) -> None:
        if self.received and next(deaths, None) is not None:
            raise ChannelError("unavailable", "Gone.", status=503, retryable=True)
        await note(self, inbox, name, value)

    monkeypatch.setattr(FakeInlet, "note", dying)
    server.deliver("help", mail(1))
    async with lab.running():
        await noted(lab.inlet, 1)
    assert next(deaths, None) is None
    assert texts(lab) == ["mail 1"]


async def test_f12_a_server_that_restarts_is_found_again(house: tuple[Lab, Dovecot]) -> None:
    lab, server = house
    async with lab.running():
        server.deliver("help", mail(1))
        await lab.inlet.heard(1)
        await server.stop()
        server.deliver("help", mail(2))
        await server.start()
        await lab.inlet.heard(2)
        server.deliver("help", mail(3))
        await lab.inlet.heard(3)
    assert texts(lab) == ["mail 1", "mail 2", "mail 3"]


async def test_f12_numbers_given_anew_lose_and_double_nothing(house: tuple[Lab, Dovecot]) -> None:
    lab, server = house
    async with lab.running():
        for number in (1, 2):
            server.deliver("help", mail(number))
        await lab.inlet.heard(2)
        await noted(lab.inlet, 2)
        before = [dict(one) for one in lab.inlet.notes.values()]
        await server.stop()
        server.renumber("help")
        server.deliver("help", mail(3))
        await server.start()
        await lab.inlet.heard(3)
        await noted(lab.inlet, 3)
    assert before != [dict(one) for one in lab.inlet.notes.values()]
    assert sorted(str(one) for one in texts(lab)) == ["mail 1", "mail 2", "mail 3"]


async def test_a_mail_that_is_too_large_is_told_of_once(house: tuple[Lab, Dovecot]) -> None:
    lab, server = house
    film = [("a", "video/mp4", b"x" * 2_100_000)]
    for number in (1, 2):
        server.deliver("help", letter("big", id_=f"{number}@customer.example", files=film))
    server.deliver("help", letter("loop", id_="3@x.example", auto_submitted="auto-replied", files=film))
    server.deliver("help", mail(4))
    async with lab.running():
        await lab.inlet.heard(1)
        (notice,) = await lab.post.took(1)
    assert texts(lab) == ["mail 4"]
    assert [(reason, len(raw) < 2_000) for reason, raw in lab.inlet.aside.values()] == [("too_large", True)] * 3
    assert notice.mail["Auto-Submitted"] == "auto-replied"
    assert notice.mail["In-Reply-To"] == "<1@customer.example>"
    assert "مگابایت" in notice.text
    assert len(lab.post.taken) == 1


async def test_two_mailboxes_do_not_wait_for_each_other(house: tuple[Lab, Dovecot]) -> None:
    lab, server = house
    follow(lab, server, inbox="sales", imap_user="sales", imap_password="wrong")
    async with lab.running():
        server.deliver("help", mail(1))
        await lab.inlet.heard(1)
        server.deliver("sales", letter("for sales", to="sales@shop.example", id_="s@customer.example"))
        follow(lab, server, inbox="sales", imap_user="sales")
        await lab.inlet.heard(2)
    assert [one.inbox for one in lab.inlet.received] == ["help", "sales"]


async def test_the_test_button_signs_in(house: tuple[Lab, Dovecot]) -> None:
    lab, server = house

    async def found(**more: object) -> tuple[bool, str, str | None]:
        follow(lab, server, **more)
        one = next(iter(await lab.channel.check(lab.box().inbox, lab.inlet)))
        return one.ok, one.code, one.field

    assert await found() == (True, "reads_ok", "imap_host")
    assert await found(imap_password="wrong") == (False, "bad_login", "imap_password")
    assert await found(imap_folder="Nowhere") == (False, "folder_missing", "imap_folder")
    assert await found(imap_port=free_port()) == (False, "unreachable", "imap_host")
    assert await found(imap_tls="tls") == (False, "tls_failed", "imap_host")
    assert await found(imap_user="") == (False, "missing", "imap_user")


class Cutter:
    """Stands between us and the server, and cuts the first lines after so many bytes."""

    def __init__(self, server: Dovecot, cuts: tuple[int, ...]) -> None:
        self.server, self.cuts = server, list(cuts)
        self.port = 0
        self._begun = 0
        self._over = asyncio.Semaphore(0)

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.close()
        for _ in range(self._begun):
            await self._over.acquire()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._begun += 1
        left = self.cuts.pop(0) if self.cuts else None
        up, down = await asyncio.open_connection("127.0.0.1", self.server.port)
        ways = {asyncio.create_task(one) for one in (self._copy(reader, down, None), self._copy(up, writer, left))}
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for one in (down, writer):
            one.close()
        self._over.release()

    async def _copy(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, left: int | None) -> None:
        try:
            while (left is None or left > 0) and (data := await source.read(4_096)):
                to.write(data)
                await to.drain()
                left = left - len(data) if left is not None else None
        except OSError:
            return


async def test_f12_a_line_that_is_cut_within_a_mail_brings_it_whole_in_the_end(house: tuple[Lab, Dovecot]) -> None:
    lab, server = house
    data = bytes(range(256)) * 1_000
    server.deliver("help", letter("with a file", files=[("a.bin", "application/zip", data)]))
    async with Cutter(server, (300, 100_000, 200_000)) as cutter:
        follow(lab, server, imap_port=cutter.port)
        async with lab.running():
            (message,) = await lab.inlet.heard(1)
            await noted(lab.inlet, 1)
        assert cutter.cuts == []
    assert message.parts[1].file is not None
    assert lab.inlet.files[message.parts[1].file.id][1] == data
