"""A real IMAP server (Dovecot) as a private process: its own folder, a port of its own, one mailbox for each user."""

from __future__ import annotations

import asyncio
import getpass
import grp
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
PASSWORD = "the-mailbox-password-of-the-tests"


@dataclass(slots=True)
class Dovecot:
    """The server. Mails are put into its mailboxes as a delivery agent does it: as files."""

    folder: Path
    port: int
    tls: tuple[Path, Path] | None = None
    _process: subprocess.Popen[bytes] | None = None
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def start(self) -> None:
        """Run, and wait until it greets."""
        (self.folder / "dovecot.conf").write_text(self._config())
        self._process = self._run()
        async with asyncio.timeout(20):
            while True:
                assert self._process.poll() is None, (self.folder / "log").read_text()
                try:
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    greeting = b"" if self.tls else await reader.readline()
                    writer.close()
                    if self.tls or greeting.startswith(b"* OK"):
                        return
                except OSError:
                    await asyncio.sleep(0.02)

    def _run(self) -> subprocess.Popen[bytes]:
        assert DOVECOT is not None
        command = [DOVECOT, "-F", "-c", str(self.folder / "dovecot.conf")]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    async def stop(self) -> None:
        """End it, as a restart of the machine would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(self._process.wait, 20)
            self._process = None

    def deliver(self, user: str, raw: bytes) -> None:
        """Put a mail into somebody's mailbox."""
        box = self.box(user)
        number = next(self._numbers)
        name = f"{1_790_000_000 + number}.M{number}P1.test"
        (box / "tmp" / name).write_bytes(raw)
        _own(box / "tmp" / name)
        (box / "tmp" / name).rename(box / "new" / name)

    def box(self, user: str) -> Path:
        """The folder of somebody's mailbox."""
        box = self.folder / "mail" / user
        if not box.exists():
            for part in ("tmp", "new", "cur"):
                (box / part).mkdir(parents=True)
                _own(box / part)
            _own(box)
        return box

    def renumber(self, user: str) -> None:
        """Forget all numbers of a mailbox, as a restored backup does: it gets another UIDVALIDITY. Stop it first."""
        for one in self.box(user).glob("dovecot*"):
            one.unlink()
        fresh = self.box(user) / "dovecot-uidlist"
        fresh.write_text(f"3 V{next(self._numbers)} N1\n")
        _own(fresh)

    def _config(self) -> str:
        me = getpass.getuser()
        root = os.geteuid() == 0
        group = grp.getgrgid(os.getegid()).gr_name
        people = f"default_internal_user = {me}\ndefault_internal_group = {group}\ndefault_login_user = {me}\n"
        owner = _owner()
        port, secure = (0, self.port) if self.tls else (self.port, 0)
        keys = f"ssl_cert = <{self.tls[0]}\nssl_key = <{self.tls[1]}\n" if self.tls else ""
        return f"""
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/log
protocols = imap
listen = 127.0.0.1
ssl = {"required" if self.tls else "no"}
{keys}disable_plaintext_auth = no
auth_failure_delay = 0
{"" if root else people}first_valid_uid = 1
mailbox_idle_check_interval = 1 secs
mail_location = maildir:{self.folder}/mail/%u
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={self.folder}/mail/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {secure}
  }}
}}
"""


def _owner() -> pwd.struct_passwd:
    """Who owns the mails: not root, whom Dovecot refuses."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _own(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, _owner().pw_uid, _owner().pw_gid)


@contextmanager
def dovecot_folder() -> Iterator[Path]:
    """A folder for a server; its path is short, for sockets lie in it."""
    if DOVECOT is None:
        reason = "Dovecot is missing (apt-get install dovecot-imapd)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="peyk-imap-"))
    folder.chmod(0o755)
    (folder / "mail").mkdir()
    _own(folder / "mail")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
