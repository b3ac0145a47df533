"""Drafts: what somebody sent out of the blue, kept until they say what it is. A button holds a draft's number."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.db.delivery.tables import view_table
from bot.db.engine.database import Connection
from cjm.address import Address
from cjm.cases.case import CaseText

KIND = "draft"


@dataclass(frozen=True, slots=True)
class Draft:
    """``case`` is the case it became; what was said is then no longer kept here."""

    id: int
    texts: tuple[CaseText, ...]
    case_number: int | None
    at: datetime


def insert_draft(tx: Connection, owner: Address, text: CaseText, now: datetime) -> int:
    values = {"kind": KIND, "owner": str(owner), "data": _draft_data([text]), "at": now}
    made: int = tx.execute(insert(view_table).values(**values).returning(view_table.c.id)).scalar_one()
    return made


def find_for_update(tx: Connection, owner: Address, draft_id: int) -> Draft | None:
    """Somebody's own draft; None when it is not theirs, or gone. Others who want to change it wait."""
    mine = (view_table.c.id == draft_id) & (view_table.c.kind == KIND) & (view_table.c.owner == str(owner))
    row = tx.execute(select(view_table).where(mine).with_for_update()).first()
    return Draft(row.id, tuple(CaseText(**s) for s in row.data["said"]), row.data.get("case"), row.at) if row else None


def append_text(tx: Connection, draft: Draft, text: CaseText) -> None:
    tx.execute(update(view_table).where(view_table.c.id == draft.id).values(data=_draft_data([*draft.texts, text])))


def mark_as_case(tx: Connection, draft: Draft, case_number: int) -> None:
    tx.execute(update(view_table).where(view_table.c.id == draft.id).values(data={"said": [], "case": case_number}))


def delete_draft(tx: Connection, draft: Draft) -> None:
    tx.execute(delete(view_table).where(view_table.c.id == draft.id))


def delete_by_owner(tx: Connection, owner: Address) -> None:
    """Part of forgetting a person."""
    tx.execute(delete(view_table).where(view_table.c.kind == KIND, view_table.c.owner == str(owner)))


def delete_before(tx: Connection, before: datetime) -> None:
    """What nobody decided on by then is not kept."""
    tx.execute(delete(view_table).where(view_table.c.kind == KIND, view_table.c.at < before))


def _draft_data(texts: Sequence[CaseText]) -> dict[str, Any]:
    return {"said": [asdict(s) for s in texts]}
