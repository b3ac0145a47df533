"""Read an own export in NDJSON as a table, so that it is imported like one in CSV."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cjm.tables.header import Header
from cjm.tables.own.columns import ATTRIBUTE
from cjm.tables.table_file import BadRow, TableFileError, TableRow, refuse_row

_MOST_LINE = 1_000_000  # bytes: a longer one is no row of ours
_ENDINGS = (".ndjson", ".jsonl")
_NO_OBJECTS = "its first line is no object of names and values"


def is_ndjson(path: Path) -> bool:
    """Return whether a file is NDJSON by its name."""
    return path.suffix.lower() in _ENDINGS


class NdjsonFile:
    """NDJSON file as a `cjm.tables.table_file.TableFile`; its header are the names in its first line."""

    has_typed_cells = False

    def __init__(self, path: Path) -> None:
        self._path, self.bytes_read = path, 0
        try:
            self.bytes_total = path.stat().st_size
            first = next(self._lines(), None)
        except OSError as error:
            raise _make_unreadable(error) from None
        if first is None:
            raise TableFileError("is empty; there is nothing to import")
        values = _read_object(first[1])
        if values is None:
            raise TableFileError(_NO_OBJECTS)
        self._names = list(_flatten(values))
        self.header = Header([self._names])

    def rows(self) -> Iterator[TableRow | BadRow]:
        """Yield the rows. Raises TableFileError."""
        try:
            for number, line in self._lines():
                values = _read_object(line)
                if values is None:
                    yield refuse_row(number, "is no object of names and values")
                    continue
                cells = _flatten(values)
                if cells.keys() - set(self._names):
                    yield refuse_row(number, "has other names than the first line")
                else:
                    yield TableRow(number, [cells.get(name, "") for name in self._names])
        except OSError as error:
            raise _make_unreadable(error) from None

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        self.bytes_read = 0
        with self._path.open("rb") as file:
            number = 0
            while line := file.readline(_MOST_LINE):
                number += 1
                self.bytes_read += len(line)
                if len(line) >= _MOST_LINE:
                    raise TableFileError(f"line {number}: is too long")
                if line.strip():
                    yield number, line


def _make_unreadable(error: OSError) -> TableFileError:
    return TableFileError(f"cannot be read: {(error.strerror or 'it is no file').lower()}")


def _read_object(line: bytes) -> dict[str, Any] | None:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _flatten(values: dict[str, Any]) -> dict[str, str]:
    """Return the cells of a line by their names in a table; attributes are an object of their own."""
    cells: dict[str, str] = {}
    for name, value in values.items():
        if name == ATTRIBUTE.rstrip(".") and isinstance(value, dict):
            cells |= {f"{ATTRIBUTE}{key}": _cell(each) for key, each in value.items()}
        else:
            cells[name] = _cell(value)
    return cells


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value if isinstance(value, str) else json.dumps(value)
