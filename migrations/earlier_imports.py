"""Rows of earlier imports, made out of the answers that are left of them; a part of the migration 0008.

It names every table and column by itself and holds copies of what it computes, because the code of the program goes on
changing and this step must not.
"""

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.engine.columns import Id, Json, UtcDateTime

_AT_ONCE = 1000
_TOLD: Any = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_IMPORT = sa.table(
    "table_import",
    sa.column("id", Id),
    *(sa.column(name, sa.String()) for name in ("journey", "name", "kind")),
    sa.column("day", sa.Date()),
    sa.column("salt", sa.LargeBinary()),
    sa.column("run", sa.Integer()),
    sa.column("finished_run", sa.Integer()),
    sa.column("first_at", UtcDateTime()),
    sa.column("last_at", UtcDateTime()),
)
_ROW = sa.table(
    "imported_row",
    sa.column("id", Id),
    sa.column("import_id", Id),
    sa.column("name", sa.LargeBinary()),
    sa.column("content", sa.LargeBinary()),
    sa.column("run", sa.Integer()),
    sa.column("line", sa.Integer()),
    sa.column("customer_id", Id),
    sa.column("told", _TOLD),
)
_ANSWER = sa.table(
    "answer",
    *(sa.column(name, Id) for name in ("id", "customer_id", "import_row_id")),
    *(sa.column(name, sa.String()) for name in ("journey", "question", "choice", "text", "subject", "channel")),
    *(sa.column(name, sa.String()) for name in ("source", "source_key")),
    sa.column("value", sa.Integer()),
    sa.column("at", UtcDateTime()),
)
_CUSTOMER = sa.table("customer", sa.column("id", Id), sa.column("external_id", sa.String()))
_ATTRIBUTE = sa.table(
    "customer_attribute",
    sa.column("customer_id", Id),
    sa.column("key", sa.String()),
    sa.column("since", UtcDateTime()),
    sa.column("value", Json),
    sa.column("imported", sa.Boolean()),
)
_VISIT = sa.table("visit", sa.column("customer_id", Id), sa.column("at", UtcDateTime()))
_VERSION = sa.table(
    "journey_version", sa.column("key", sa.String()), sa.column("version", sa.Integer()), sa.column("source", sa.Text())
)

_NAME = "earlier-imports"
_HASH_BYTES = 16
_BY_CONTENT = re.compile(r"[0-9a-f]{24}(-\d+)?")  # name of a row that its table did not name


@dataclass
class _OldRow:
    """Row of an earlier import, as far as its answers tell it."""

    journey: str
    name: str
    customer_id: int
    customer: str | None
    at: datetime
    answers: list[Any] = field(default_factory=list)

    @property
    def given_name(self) -> str | None:
        return None if _BY_CONTENT.fullmatch(self.name) else self.name

    @property
    def given_customer(self) -> str | None:
        return None if self.customer == f"import-{self.name}"[:128] else self.customer

    def holds(self, source_key: str) -> bool:
        """Return whether an answer with this key may belong to the row."""
        return source_key.startswith(f"{self.journey}:{self.name}:")


def make_units() -> None:
    """Make one unit a journey of all imported answers, and name in each answer the row that it came from."""
    tx, units = op.get_bind(), _Units()
    if (
        tx.dialect.name == "postgresql"
    ):  # pages are read in the order of bytes, in which the answers of a row come together
        op.execute('CREATE INDEX ix_answer_old_key ON answer (source_key COLLATE "C") WHERE source_key IS NOT NULL')
    batch: list[_OldRow] = []
    for row in _list_old_rows():
        batch.append(row)
        if len(batch) == _AT_ONCE:
            units.store(batch)
            batch = []
    units.store(batch)
    if tx.dialect.name == "postgresql":
        op.execute("DROP INDEX ix_answer_old_key")
        op.execute(
            "SELECT setval(pg_get_serial_sequence('imported_row', 'id'), COALESCE(MAX(id), 1)) FROM imported_row"
        )


def _list_old_rows() -> Iterator[_OldRow]:
    """Yield the rows that the answers of earlier imports came from.

    Answers come in the order of their keys. A row is whole as soon as a key comes that does not begin as its own do.
    """
    open_rows: dict[str, _OldRow] = {}
    for answer in _list_imported_answers():
        for name in [name for name, row in open_rows.items() if not row.holds(answer.source_key)]:
            yield open_rows.pop(name)
        name = _row_name(answer)
        row = open_rows.setdefault(
            name, _OldRow(answer.journey, name, answer.customer_id, answer.external_id, answer.at)
        )
        row.answers.append(answer)
    yield from open_rows.values()


def _list_imported_answers() -> Iterator[Any]:
    tx, last = op.get_bind(), ""
    key: Any = _ANSWER.c.source_key
    if tx.dialect.name == "postgresql":
        key = sa.collate(key, "C")
    imported = (
        sa.select(_ANSWER, _CUSTOMER.c.external_id)
        .join(_CUSTOMER, _CUSTOMER.c.id == _ANSWER.c.customer_id)
        .where(_ANSWER.c.source == "import")
        .order_by(key)
        .limit(_AT_ONCE)
    )
    while answers := tx.execute(imported.where(key > last)).all():
        yield from answers
        last = answers[-1].source_key


def _row_name(answer: Any) -> str:
    """Return the name of an answer's row; a key that was too long was hashed, and then each answer is a row."""
    start, end = f"{answer.journey}:", f":{answer.question}"
    key = answer.source_key
    if key.startswith(start) and key.endswith(end) and len(key) > len(start) + len(end):
        return str(key[len(start) : -len(end)])
    return str(key)


class _Units:
    """Units that are made of earlier imports, one a journey, and the rows in them."""

    def __init__(self) -> None:
        self._tx = op.get_bind()
        self._ids: dict[str, int] = {}
        self._salts: dict[str, bytes] = {}
        self._last_row = 0
        self._rows_by_content: dict[tuple[str, bytes], int] = {}
        self._channels = _list_channels()

    def store(self, rows: Sequence[_OldRow]) -> None:
        """Store rows, and say in their answers which row each came from."""
        if not rows:
            return
        told = self._mark_told(rows)
        stored, answers = [], []
        for row in rows:
            self._last_row += 1
            stored.append(self._row_columns(row, told.get((row.customer_id, row.at), {})))
            answers += [{"answer_id": answer.id, "row_id": self._last_row} for answer in row.answers]
        self._tx.execute(sa.insert(_ROW), stored)
        of_row = sa.update(_ANSWER).where(_ANSWER.c.id == sa.bindparam("answer_id"))
        self._tx.execute(of_row.values(import_row_id=sa.bindparam("row_id")), answers)

    def _row_columns(self, row: _OldRow, attributes: Mapping[str, Any]) -> dict[str, Any]:
        content = _digest_row(row, self._find_channel(row), attributes)
        import_id = self._ensure_unit(row.journey)
        name = row.given_name or self._name_by_content(row.journey, content)
        since = row.at.astimezone(UTC).isoformat()
        return {
            "id": self._last_row,
            "import_id": import_id,
            "name": _hash(name.encode("utf-8", "replace"), self._salts[row.journey]),
            "content": content,
            "run": 1,
            "line": 0,
            "customer_id": row.customer_id,
            "told": {since: dict(attributes)} if attributes else None,
        }

    def _ensure_unit(self, journey: str) -> int:
        if journey not in self._ids:
            self._salts[journey] = os.urandom(_HASH_BYTES)
            self._ids[journey] = self._insert_unit(journey)
        return self._ids[journey]

    def _insert_unit(self, journey: str) -> int:
        now = datetime.now(UTC)
        unit = sa.insert(_IMPORT).values(
            journey=journey,
            name=_NAME,
            kind="answers",
            salt=self._salts[journey],
            run=1,
            finished_run=1,
            first_at=now,
            last_at=now,
        )
        return int(self._tx.execute(unit.returning(_IMPORT.c.id)).scalar_one())

    def _name_by_content(self, journey: str, content: bytes) -> str:
        ordinal = self._rows_by_content.get((journey, content), 0) + 1
        self._rows_by_content[journey, content] = ordinal
        return content.hex() if ordinal == 1 else f"{content.hex()}-{ordinal}"

    def _find_channel(self, row: _OldRow) -> str | None:
        """Return the channel that the row gave; None if each answer counts under its touchpoint's own."""
        own = self._channels.get(row.journey, {})
        if all(answer.channel == own.get(answer.subject, "other") for answer in row.answers):
            return None
        return str(row.answers[0].channel)

    def _mark_told(self, rows: Sequence[_OldRow]) -> dict[tuple[int, datetime], dict[str, Any]]:
        """Return what the rows told, by customer and moment, and mark it as told by imports.

        A visit of the same moment may have told it too: then it stays when the import goes.
        """
        people, moments = sorted({row.customer_id for row in rows}), {(row.customer_id, row.at) for row in rows}
        told: dict[tuple[int, datetime], dict[str, Any]] = {}
        for chunk in (people[start : start + 400] for start in range(0, len(people), 400)):
            visited = {
                (visit.customer_id, visit.at)
                for visit in self._tx.execute(sa.select(_VISIT).where(_VISIT.c.customer_id.in_(chunk)))
            }
            for one in self._tx.execute(sa.select(_ATTRIBUTE).where(_ATTRIBUTE.c.customer_id.in_(chunk))):
                if (moment := (one.customer_id, one.since)) in moments - visited:
                    told.setdefault(moment, {})[one.key] = one.value
        is_meant = (_ATTRIBUTE.c.customer_id == sa.bindparam("person")) & (_ATTRIBUTE.c.since == sa.bindparam("moment"))
        if told:
            marked = sa.update(_ATTRIBUTE).where(is_meant).values(imported=True)
            self._tx.execute(marked, [{"person": person, "moment": moment} for person, moment in told])
        return told


def _list_channels() -> dict[str, dict[str, str]]:
    """Return the channels of touchpoints by journey and key, as the newest journey files name them."""
    channels: dict[str, dict[str, str]] = {}
    for version in op.get_bind().execute(sa.select(_VERSION).order_by(_VERSION.c.version)):
        stages = tomllib.loads(version.source).get("stages", [])
        points = [point for stage in stages for point in stage.get("touchpoints", [])]
        channels[version.key] = {str(point.get("key")): str(point.get("channel", "other")) for point in points}
    return channels


# Copies of `cjm.tables.row_identity` and of `bot.db.imports` as they were: those may change, this step may not.


def _digest_row(row: _OldRow, channel: str | None, attributes: Mapping[str, Any]) -> bytes:
    answers = [[a.question, next(v for v in (a.value, a.choice, a.text) if v is not None)] for a in row.answers]
    moment = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = ["answers-1", row.given_name, row.given_customer, moment, channel, dict(attributes), sorted(answers)]
    return _hash(json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii"))


def _hash(data: bytes, key: bytes = b"") -> bytes:
    return hashlib.blake2b(data, digest_size=_HASH_BYTES, key=key).digest()
