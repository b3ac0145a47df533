"""Rows that a mapping leaves out by what one of their cells holds, such as a survey tool's own test answers."""

from cjm.tables.cells.labels import fold_label
from cjm.tables.columns import RowFilter
from cjm.tables.header import Header
from cjm.tables.table_file import TableRow


class RowExclusion:
    """Rule about the rows to leave out; without a ``rule`` there are none. The header has the rule's column."""

    def __init__(self, rule: RowFilter | None, header: Header) -> None:
        self._place = header.find(rule.reference) if rule is not None else 0
        self._cells = frozenset(map(fold_label, rule.cells)) if rule is not None else frozenset[str]()

    def leaves_out(self, row: TableRow) -> bool:
        """Return whether a row is left out. Case and white space of the cell make no difference."""
        return bool(self._cells) and fold_label(row.cells[self._place]) in self._cells
