"""Stored blocks of durations: moved, and deleted at zero. See `cjm.figures.facts.duration_blocks`."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Executable, delete, select, tuple_

from bot.db.counters.tables import BLOCK_SUMS, bucket_column, duration_table
from bot.db.engine.database import Connection
from bot.db.engine.upsert import Insert, PreparedRows
from cjm.figures.facts.duration_blocks import BLOCK, BlockKey, BlockSums, block_moves
from cjm.figures.tally import Move, sum_moves

BLOCK_COLUMNS = tuple(bucket_column(name, place) for name in BLOCK_SUMS for place in range(BLOCK))
"""Names of the columns of all sums of a block."""

_COLUMNS_OF_PLACE = [[(bucket_column(name, place), name) for name in BLOCK_SUMS] for place in range(BLOCK)]
_NOTHING = dict.fromkeys(BLOCK_COLUMNS, 0)


def _add_on_conflict(new: Insert) -> Executable:
    sums = {name: duration_table.c[name] + new.excluded[name] for name in BLOCK_COLUMNS}
    return new.on_conflict_do_update(index_elements=list(duration_table.primary_key), set_=sums)


_ADD = PreparedRows(duration_table, _add_on_conflict)


def add_durations(tx: Connection, moves: Iterable[Move]) -> None:
    """Add the moves of counters of durations to their blocks; moves of other counters are passed over."""
    blocks = sum_moves(block_moves(moves))
    if blocks:
        _ADD.insert(tx, [_write_row(key, blocks[key]) for key in sorted(blocks)])


def _write_row(key: BlockKey, block: BlockSums) -> Mapping[str, Any]:
    row = _NOTHING | key._asdict()
    for place, sums in block.buckets.items():
        for column, name in _COLUMNS_OF_PLACE[place]:
            row[column] = getattr(sums, name)
    return row


def delete_empty_blocks(tx: Connection, condition: ColumnElement[bool]) -> None:
    """Delete the blocks that meet a condition and count nothing, but none that another transaction is adding to."""
    key = list(duration_table.primary_key)
    empty = select(*key).where(condition, *_counts_nothing()).with_for_update(skip_locked=True)
    tx.execute(delete(duration_table).where(tuple_(*key).in_(empty)))


def _counts_nothing() -> Iterator[ColumnElement[bool]]:
    return (duration_table.c[bucket_column("n", place)] == 0 for place in range(BLOCK))
