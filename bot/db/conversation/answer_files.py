"""Files of answers: the messenger's ids of photos and voice messages that customers sent where words were asked.

The files stay with the messenger. A row goes with its answer: by retention, by forgetting, and when that is sealed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select

from bot.db.asking.tables import answer_file_table
from bot.db.engine.database import Connection


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """Photo or voice message: its ``kind`` ("photo", "voice") and the messenger's lasting id of it."""

    kind: str
    file_id: str


def insert_file(tx: Connection, answer_id: int, file: AnswerFile) -> None:
    values = {"answer_id": answer_id, "kind": file.kind, "file_id": file.file_id}
    tx.execute(insert(answer_file_table).values(values))


def list_files(tx: Connection, answer_ids: Collection[int]) -> Mapping[int, list[AnswerFile]]:
    """Return the files of these answers, by the answer's id, in the order in which they came."""
    wanted = select(answer_file_table).where(answer_file_table.c.answer_id.in_(answer_ids))
    found: dict[int, list[AnswerFile]] = {}
    for row in tx.execute(wanted.order_by(answer_file_table.c.id)):
        found.setdefault(row.answer_id, []).append(AnswerFile(row.kind, row.file_id))
    return found
