"""Writers about the same people: each of them finds a row for everybody, whatever happened while it waited."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from bot.db.engine.database import Connection, Database
from bot.db.people import customers

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_somebody_who_was_made_and_forgotten_meanwhile_is_made_anew(
    any_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen without a lock, because another writer had just made them, and gone when the lock is there."""
    lock_external_ids, calls = customers.lock_external_ids, []

    def lock_late(tx: Connection, external_ids: Iterable[str]) -> set[str]:
        calls.append(set(external_ids))
        if len(calls) == 1:
            customers.ensure_external_ids(tx, ["anna"], NOW)  # another writer's, committed after our first look
            return set()
        if len(calls) == 2:
            customers.delete_customer(tx, customers.ensure_external_ids(tx, ["anna"], NOW)["anna"].id)
        return lock_external_ids(tx, calls[-1])

    def write(tx: Connection) -> dict[str, int]:
        known = customers.ensure_locked(tx, ["anna", "ben"], NOW)
        rows = customers.list_by_external_ids(tx, ["anna", "ben"])
        assert known == {name: person.id for name, person in rows.items()}
        return known

    monkeypatch.setattr(customers, "lock_external_ids", lock_late)
    assert (await any_db.write(write)).keys() == {"anna", "ben"}
