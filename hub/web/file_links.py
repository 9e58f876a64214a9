"""Links to a stranger's file that need no cookie: signed, for one file and a minute, perhaps at a host of their own.

Whoever is signed in asks for `/files/<id>`, is checked, and is sent on. What a browser then opens stands at an address
that looks at no cookie; where `PEYK_FILES_URL` names another host, browsers do not even send one there.
"""

from __future__ import annotations

from dataclasses import dataclass

from channels.signatures import BadToken, sign, verify
from hub.clock import Clock
from hub.errors import NotFound
from hub.model.ids import FileId

LINK_MS = 60_000
_PURPOSE = "desk-file"


@dataclass(frozen=True, slots=True)
class FileLinks:
    """Makes and reads them. `host` is where they lead, without a trailing slash; empty for the hub's own address."""

    key: bytes
    clock: Clock
    host: str = ""

    def make(self, file: FileId) -> str:
        """A link to a file, good for a minute."""
        token = sign(self.key, _PURPOSE, {"file": file}, expires_at=self.clock.now() + LINK_MS)
        return f"{self.host}/download/{token}"

    def file(self, token: str) -> FileId:
        """The file that a link was made for. Raises NotFound, also when its minute is over."""
        try:
            return FileId(str(verify(self.key, _PURPOSE, token, now=self.clock.now())["file"]))
        except BadToken as error:
            raise NotFound("There is no such file.") from error
