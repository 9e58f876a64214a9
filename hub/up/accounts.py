"""The demo accounts, as the hub's seeding wrote them: a JSON list of ``login name role password``."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One demo account. The password stands here in the clear: the file is mode 0600 and for the demo alone."""

    login: str
    name: str
    role: str
    password: str


def read_accounts(path: Path) -> list[Account]:
    """Return the accounts; empty if the hub has not been started yet.

    Raises:
        ValueError: The file is damaged.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Account])
    except FileNotFoundError:
        return []
    except msgspec.MsgspecError as error:
        raise ValueError(f"{path} is damaged ({error}). `./peyk up --reset` makes new accounts.") from None


def accounts_table(path: Path) -> str:
    """Return the accounts as an aligned table, or a sentence if there are none."""
    accounts = read_accounts(path)
    if not accounts:
        return f"There are no demo accounts yet ({path})."
    rows = [("sign in as", "password", "role", "name")]
    rows += [(account.login, account.password, account.role, account.name) for account in accounts]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join("  " + "".join(f"{row[c]:<{widths[c] + 2}}" for c in range(3)) + row[3] for row in rows)
