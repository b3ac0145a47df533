"""Drafts: unexpected messages of customers, kept until the customer says what they are.

Drafts are stored as views of their owner's chat, because a draft, like a view, is found by the id in a button. The keys
of the stored data ("said", "case") keep their first names.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.db.delivery.tables import view_table
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection
from cjm.address import Address
from cjm.cases.case import CaseText


@dataclass(frozen=True, slots=True)
class Draft:
    """Unexpected messages of one customer, the first of them from ``at``.

    Once they became a case, ``case_number`` is set and ``texts`` is empty.
    """

    id: int
    texts: tuple[CaseText, ...]
    case_number: int | None
    at: datetime


def insert_draft(tx: Connection, owner: Address, text: CaseText, now: datetime) -> int:
    """Store a draft of one message and return its id."""
    values = {"kind": ViewKind.DRAFT, "owner": str(owner), "data": _draft_data([text]), "at": now}
    draft_id: int = tx.execute(insert(view_table).values(**values).returning(view_table.c.id)).scalar_one()
    return draft_id


def find_draft(tx: Connection, owner: Address, draft_id: int, *, for_update: bool = False) -> Draft | None:
    """Return a draft of this owner, or None; ``for_update`` locks it until the end of the transaction."""
    is_meant = (
        (view_table.c.id == draft_id) & (view_table.c.kind == ViewKind.DRAFT) & (view_table.c.owner == str(owner))
    )
    wanted = select(view_table).where(is_meant)
    row = tx.execute(wanted.with_for_update() if for_update else wanted).first()
    if row is None:
        return None
    texts = tuple(CaseText(**text) for text in row.data["said"])
    return Draft(row.id, texts, row.data.get("case"), row.at)


def append_text(tx: Connection, draft: Draft, text: CaseText) -> None:
    """Add a message to a draft that has not become a case."""
    tx.execute(update(view_table).where(view_table.c.id == draft.id).values(data=_draft_data([*draft.texts, text])))


def mark_as_case(tx: Connection, draft: Draft, case_number: int) -> None:
    """Record that a draft became a case, and empty it: the case holds the messages now."""
    tx.execute(update(view_table).where(view_table.c.id == draft.id).values(data={"said": [], "case": case_number}))


def delete_draft(tx: Connection, draft: Draft) -> None:
    tx.execute(delete(view_table).where(view_table.c.id == draft.id))


def delete_by_owner(tx: Connection, owner: Address) -> None:
    """Delete all drafts of a chat, as part of forgetting a person."""
    tx.execute(delete(view_table).where(view_table.c.kind == ViewKind.DRAFT, view_table.c.owner == str(owner)))


def delete_before(tx: Connection, before: datetime) -> None:
    """Delete drafts whose first message is older than this, whether they became a case or not."""
    tx.execute(delete(view_table).where(view_table.c.kind == ViewKind.DRAFT, view_table.c.at < before))


def _draft_data(texts: Sequence[CaseText]) -> dict[str, Any]:
    return {"said": [asdict(text) for text in texts]}
