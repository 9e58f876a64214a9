"""Contacts, found by an identity: (inbox, address); and which of them are one person by agents' word.

A merge lives in the document of the contact that points away (`merged_into`, and its record in `merges`): one write
makes or takes back all of it. `match` holds the keys of its mail addresses and phone numbers, to find their like.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from pymongo import ReturnDocument, UpdateOne

from hub.errors import Conflict
from hub.model.contact import Contact, Identity, Merge, Person, keys
from hub.model.ids import AgentId, ContactId, InboxId, new_id
from hub.store.codec import decoded, document
from hub.store.database import Database, guard

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Contacts:
    """The `contacts` collection; `keys` lists its identities (inbox, unit separator, address), unique over all."""

    database: Database

    @property
    def _rows(self) -> Any:
        return self.database.collection("contacts")

    async def index(self) -> None:
        """One contact per identity; and what finds the others of a person. Older documents get their `match`."""
        async with guard():
            await self._rows.create_index("keys", unique=True, sparse=True, name="one_contact")
            await self._rows.create_index("merged_into", sparse=True, name="members")
            await self._rows.create_index("merges.id", sparse=True, name="merge")
            await self._rows.create_index("merges.into", sparse=True, name="merged_here")
            await self._rows.create_index("match", name="alike")
            await self._match_older()

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

        `everywhere`: the address is the same person's in all inboxes of the channel. What was only claimed before is
        verified from now on, never the other way round.
        """
        key = f"{channel if everywhere else inbox}\x1f{address}"
        identity = Identity(channel=channel, inbox=InboxId(inbox), address=address, verified=verified)
        fresh = {
            "_id": new_id(),
            "name": name,
            "locale": locale,
            "created_at": now,
            "identities": [msgspec.to_builtins(identity)],
            "attributes": {},
            "match": _keys(identity),
        }
        async with guard():
            row = await self._rows.find_one_and_update(
                {"keys": key},
                {"$setOnInsert": fresh},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
            if verified and any(one["address"] == address and not one.get("verified") for one in row["identities"]):
                row = await self._verify(key, address) or row
        return _contact(row)

    async def _verify(self, key: str, address: str) -> Any:
        doubted = {"address": address, "verified": {"$ne": True}}
        return await self._rows.find_one_and_update(
            {"keys": key, "identities": {"$elemMatch": doubted}},
            {"$set": {"identities.$.verified": True}},
            return_document=ReturnDocument.AFTER,
        )

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
            alike = keys((Contact(id=contact, attributes=attributes),))
            also = {"$addToSet": {"match": {"$each": list(alike)}}} if alike else {}
            async with guard():
                await self._rows.update_one({"_id": contact}, {"$set": change, **also})

    async def set_owner(self, contacts: Sequence[ContactId], owner: AgentId | None) -> None:
        """Say which agent looks after them; None: nobody in particular."""
        async with guard():
            await self._rows.update_many({"_id": {"$in": list(contacts)}}, {"$set": {"owner": owner}})

    async def set_locale(self, contact: ContactId, locale: str) -> None:
        """Remember the language a customer chose."""
        async with guard():
            await self._rows.update_one({"_id": contact}, {"$set": {"locale": locale}})

    async def erase(self, contact: ContactId) -> None:
        """Blank a contact; the row stays, so that figures stay, and what it is merged with, without the reasons."""
        blank = {
            "$set": {"name": "", "attributes": {}, "identities": [], "match": []},
            "$unset": {"keys": ""},
        }
        async with guard():
            await self._rows.update_one({"_id": contact}, blank)
            involved = {"$or": [{"_id": contact, "merges.source": contact}, {"merges.into": contact}]}
            about = [{"$or": [{"one.source": contact}, {"one.into": contact}]}]
            await self._rows.update_many(involved, {"$set": {"merges.$[one].reason": ""}}, array_filters=about)

    async def person(self, contact: ContactId) -> Person:
        """Everybody who is one person with a contact; alone where nothing was merged."""
        head = await self.get(contact) or Contact(id=contact)
        above = {head.id}
        while head.merged_into is not None and head.merged_into not in above:
            above.add(head.merged_into)
            head = await self.get(head.merged_into) or Contact(id=head.merged_into)
        members, edge = {head.id: head}, [head.id]
        while edge:
            async with guard():
                rows = await self._rows.find({"merged_into": {"$in": edge}}).sort("created_at", 1).to_list()
            fresh = [one for one in map(_contact, rows) if one.id not in members]
            members |= {one.id: one for one in fresh}
            edge = [one.id for one in fresh]
        return Person(members=tuple(members.values()))

    async def alike(self, person: Person, *, limit: int = 20) -> list[Contact]:
        """Contacts outside a person that have an address in common with it."""
        wanted = keys(person.members)
        if not wanted:
            return []
        query = {"match": {"$in": list(wanted)}, "_id": {"$nin": list(person.ids)}}
        async with guard():
            rows = await self._rows.find(query).sort("created_at", -1).limit(limit).to_list()
        return [_contact(row) for row in rows]

    async def merge(self, merge: Merge) -> None:
        """Let `source`, the head of its person, point to another.

        Raises:
            Conflict: it points somewhere already, or the other side was merged the other way round at this moment.
        """
        change = {"$set": {"merged_into": merge.into}, "$push": {"merges": document(merge)}}
        async with guard():
            written = await self._rows.update_one({"_id": merge.source, "merged_into": None}, change)
        if not written.modified_count:
            raise Conflict("Somebody merged this contact just now.", code="already_merged")
        if (await self.person(merge.into)).head.merged_into is not None:  # a ring: two agents, one moment
            async with guard():
                await self._rows.update_one(
                    {"_id": merge.source, "merges.id": merge.id},
                    {"$unset": {"merged_into": ""}, "$pull": {"merges": {"id": merge.id}}},
                )
            raise Conflict("Somebody merged these contacts just now.", code="already_merged")

    async def merge_of(self, merge: str) -> Merge | None:
        """One merge, also one that was undone."""
        async with guard():
            row = await self._rows.find_one({"merges.id": merge})
        return next((one for one in _contact(row).merges if one.id == merge), None) if row else None

    async def undo(self, merge: str, *, by: AgentId, now: int) -> bool:
        """Take a merge back; False when that was done before."""
        change = {"$unset": {"merged_into": ""}, "$set": {"merges.$.undone_at": now, "merges.$.undone_by": by}}
        async with guard():
            written = await self._rows.update_one({"merges": {"$elemMatch": {"id": merge, "undone_at": None}}}, change)
        return bool(written.modified_count)

    async def _match_older(self) -> None:
        batch: list[UpdateOne] = []
        async for row in self._rows.find({"match": {"$exists": False}}):
            batch.append(UpdateOne({"_id": row["_id"]}, {"$set": {"match": list(keys((_contact(row),)))}}))
            if len(batch) == _BATCH:
                await self._rows.bulk_write(batch, ordered=False)
                batch.clear()
        if batch:
            await self._rows.bulk_write(batch, ordered=False)


def _keys(identity: Identity) -> list[str]:
    return list(keys((Contact(id=ContactId(""), identities=(identity,)),)))


def _contact(row: dict[str, Any]) -> Contact:
    row = dict(row)
    row["id"] = row.pop("_id")
    row.pop("keys", None)
    row.pop("match", None)
    return decoded(row, Contact)
