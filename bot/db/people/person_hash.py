"""Keyed hashes of people: what is left to compare with when a person was forgotten.

A hash says whether a row is about somebody whose id is given, and nothing else. The key is a secret of this database,
made by migration 0012. With the whole database one can try ids until one fits, so a hash is still personal data, and
`docs/privacy.md` says so. With a new key no hash would be found again.
"""

import hashlib
import hmac
from collections.abc import Iterable

from sqlalchemy import select

from bot.db.engine.database import Connection
from bot.db.people.tables import secret_table
from cjm.address import Address

SECRET = "person"  # noqa: S105 - the name of a row, not its value


def hash_external_id(tx: Connection, external_id: str) -> str:
    """Return the hash of the business's own id of a person: 64 characters."""
    return _hash(_find_key(tx), _name_person(external_id))


def hash_external_ids(tx: Connection, external_ids: Iterable[str]) -> dict[str, str]:
    """Return these people's ids by hash."""
    key = _find_key(tx)
    return {_hash(key, _name_person(one)): one for one in external_ids}


def hash_address(tx: Connection, address: Address) -> str:
    """Return the hash of a messenger account: 64 characters."""
    return _hash(_find_key(tx), f"account\0{address}")


def _name_person(external_id: str) -> str:
    return f"id\0{external_id}"


def _find_key(tx: Connection) -> bytes:
    key = tx.scalar(select(secret_table.c.value).where(secret_table.c.name == SECRET))
    if key is None:
        # A new one would fit none of the hashes that are stored.
        raise LookupError(f"the database has no secret {SECRET!r}; migration 0012 makes it")
    return str(key).encode()


def _hash(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
