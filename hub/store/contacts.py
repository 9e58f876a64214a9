"""Contacts, found by an identity: (inbox, address)."""

from dataclasses import dataclass
from typing import Any

from pymongo import ReturnDocument

from hub.model.contact import Contact
from hub.model.ids import ContactId, new_id
from hub.store.codec import decoded
from hub.store.database import Database, guard


@dataclass(frozen=True, slots=True)
class Contacts:
    """The `contacts` collection; `keys` lists its identities (inbox, unit separator, address), unique over all."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("contacts")

    async def index(self) -> None:
        """One contact per identity."""
        async with guard():
            await self._rows.create_index("keys", unique=True, sparse=True, name="one_contact")

    async def find_or_create(
        self,
        *,
        channel: str,
        inbox: str,
        address: str,
        name: str,
        locale: str,
        verified: bool,
        now: int,
        everywhere: bool = False,
    ) -> Contact:
        """The contact with this identity, made if new. Strangers are never merged: one identity, one contact.

        `everywhere`: the address is the same person's in all inboxes of the channel.
        """
        key = f"{channel if everywhere else inbox}\x1f{address}"
        fresh = {
            "_id": new_id(),
            "name": name,
            "locale": locale,
            "created_at": now,
            "identities": [
                {
                    "channel": channel,
                    "inbox": inbox,
                    "address": address,
                    "verified": verified,
                }
            ],
            "attributes": {},
        }
        async with guard():
            row = await self._rows.find_one_and_update(
                {"keys": key},
                {"$setOnInsert": fresh},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        return _contact(row)

    async def by_identity(self, *, channel: str, inbox: str, address: str, everywhere: bool) -> Contact | None:
        """The contact with this identity, if there is one."""
        async with guard():
            row = await self._rows.find_one({"keys": f"{channel if everywhere else inbox}\x1f{address}"})
        return _contact(row) if row else None

    async def get(self, contact: ContactId) -> Contact | None:
        """One contact."""
        async with guard():
            row = await self._rows.find_one({"_id": contact})
        return _contact(row) if row else None

    async def claim(self, contact: ContactId, *, name: str | None, attributes: dict[str, str]) -> None:
        """Keep what a customer says of themselves (claimed, never an identity)."""
        change: dict[str, object] = {f"attributes.{key}": value for key, value in attributes.items()}
        if name:
            change["name"] = name
        if change:
            async with guard():
                await self._rows.update_one({"_id": contact}, {"$set": change})

    async def set_locale(self, contact: ContactId, locale: str) -> None:
        """Remember the language a customer chose."""
        async with guard():
            await self._rows.update_one({"_id": contact}, {"$set": {"locale": locale}})

    async def erase(self, contact: ContactId) -> None:
        """Blank a contact; the row stays, so that figures stay."""
        blank = {
            "$set": {"name": "", "attributes": {}, "identities": []},
            "$unset": {"keys": ""},
        }
        async with guard():
            await self._rows.update_one({"_id": contact}, blank)


def _contact(row: dict[str, Any]) -> Contact:
    row = dict(row)
    row["id"] = row.pop("_id")
    row.pop("keys", None)
    return decoded(row, Contact)
