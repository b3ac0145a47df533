"""Write rows as NDJSON: an object a line, attributes in one of their own, times with their offset."""

import json
from collections.abc import Sequence
from datetime import date

from cjm.tables.own.columns import ATTRIBUTE, ExportColumn


class NdjsonWriter:
    """Writer of one file: `begin`, then `write` for each page of rows, then `end`."""

    def __init__(self, columns: Sequence[ExportColumn]) -> None:
        names = [column.name for column in columns]
        self._names = [name for name in names if not name.startswith(ATTRIBUTE)]
        self._keys = [name.removeprefix(ATTRIBUTE) for name in names[len(self._names) :]]
        self._encode = json.JSONEncoder(ensure_ascii=False, default=_iso_time).encode

    def begin(self) -> bytes:
        """Return nothing: each line names its values."""
        return b""

    def write(self, rows: Sequence[Sequence[object]]) -> bytes:
        """Return the lines of some rows."""
        return "".join(self._write_line(row) for row in rows).encode()

    def end(self) -> bytes:
        """Return nothing."""
        return b""

    def _write_line(self, row: Sequence[object]) -> str:
        values: dict[str, object] = dict(zip(self._names, row, strict=False))
        if self._keys:
            values["attributes"] = dict(zip(self._keys, row[len(self._names) :], strict=True))
        return self._encode(values) + "\n"


def _iso_time(value: date) -> str:
    return value.isoformat()
