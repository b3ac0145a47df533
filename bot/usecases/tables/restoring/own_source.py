"""Open an own export: which kind of rows it has, and the name of its import."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.usecases.tables.import_source import TableError
from cjm.journeys.journey import Journey
from cjm.tables.file_layout import ALL_SHEETS, FileLayout
from cjm.tables.files.open_table import open_table_file
from cjm.tables.import_name import check_import_name
from cjm.tables.own.columns import ATTRIBUTE, ExportKind, find_kind
from cjm.tables.own.ndjson_file import NdjsonFile, is_ndjson
from cjm.tables.own.own_rows import OwnRow, OwnRowReader
from cjm.tables.table_file import BadRow, TableFile, TableFileError

OWN_NAME = "tropa export"
"""Name of an import of own exports that nobody named."""


@dataclass(frozen=True, slots=True)
class OwnSource:
    """Own export whose header was read, the journey that it is imported into, and the name of the import."""

    journey: Journey
    kind: ExportKind
    file: TableFile
    path: Path
    name: str

    def read_rows(self) -> Iterator[OwnRow | BadRow]:
        """Yield the rows from the beginning. Raises TableError when they cannot be read any more."""
        reader = OwnRowReader(self.kind, self.file.header.names, self.journey.zone)
        try:
            yield from reader.read(self.file.rows())
        except TableFileError as error:
            raise TableError(f"{self.path}: {error}") from None


def open_own_export(path: Path, journey: Journey, name: str | None = None) -> OwnSource | None:
    """Open a file that `tropa export` wrote; None for any other table.

    Raises TableError for an unreadable file, a name that cannot be used, and an export of a journey that has other
    attributes or is anonymous: its rows would not count as they did.
    """
    try:
        file = _open_file(path)
        kind = find_kind(file.header.names)
        if kind is None:
            return None
        _check_journey(file, kind, journey)
        return OwnSource(journey, kind, file, path, check_import_name(name or OWN_NAME))
    except TableFileError as error:
        raise TableError(f"{path}: {error}") from None
    except ValueError as error:
        raise TableError(f"--name: {error}") from None


def _open_file(path: Path) -> TableFile:
    if is_ndjson(path):
        return NdjsonFile(path)
    try:
        with path.open("rb") as file:
            is_workbook = file.read(2) == b"PK"
    except OSError:  # `open_table_file` says what is wrong with it
        is_workbook = False
    return open_table_file(path, FileLayout(sheet=ALL_SHEETS) if is_workbook else FileLayout(), ())


def _check_journey(file: TableFile, kind: ExportKind, journey: Journey) -> None:
    if kind is ExportKind.CHANGES:  # they name no customer
        return
    if journey.anonymous:
        raise TableFileError("the journey is anonymous, and the rows name customers; make it a named one first")
    told = {name.removeprefix(ATTRIBUTE) for name in file.header.names if name.startswith(ATTRIBUTE)}
    declared = {attribute.key for attribute in journey.attributes}
    if told != declared:
        raise TableFileError(
            f"the journey {journey.key} has other attributes than the export; apply the file of its journey first"
        )
