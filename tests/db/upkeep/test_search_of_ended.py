"""What is looked for again and again is found by few rows, however many conversations have ended before."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest

from bot.db.engine.database import Connection, Database
from bot.db.sealing import ended_conversations
from tests.statements import listen_to_statements

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SEARCHES: dict[str, tuple[Callable[[Connection], object], str]] = {
    "those to seal, each half minute": (
        partial(ended_conversations.list_ended_people, now=NOW, limit=9),
        "invitation USING INDEX ix_invitation_seal_at",
    ),
    "those of a batch": (
        partial(ended_conversations.list_ended, invitation_ids=[1, 2], now=NOW),
        "invitation USING INTEGER PRIMARY KEY",
    ),
    "those that are made due": (
        partial(ended_conversations.end_at_once, invitation_ids=[1, 2], now=NOW),
        "invitation USING INTEGER PRIMARY KEY",
    ),
    "imports from before a journey was anonymous": (
        partial(ended_conversations.list_imported_days, journey="shop"),
        "answer USING INDEX ix_answer_import_row_id",
    ),
}


@pytest.mark.parametrize("search", SEARCHES)
async def test_no_search_of_the_sealing_walks_through_all_that_ended(db: Database, search: str) -> None:
    """PostgreSQL goes by statistics, so its plans for small tables tell nothing."""
    find, index = SEARCHES[search]

    def explain(tx: Connection) -> list[str]:
        with listen_to_statements() as statements:
            find(tx)
        plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statements[0].text}", statements[0].parameters)
        return [row.detail for row in plan]

    assert any(index in step for step in await db.write(explain))
