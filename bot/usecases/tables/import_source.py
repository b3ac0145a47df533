"""Open a table to be imported: its mapping, its header, and the name of the import."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from cjm.errors import Mistake, TropaError
from cjm.journeys.journey import Journey
from cjm.tables.answer_rows import AnswerRow, AnswerRowReader
from cjm.tables.cells.row_exclusion import RowExclusion
from cjm.tables.event_rows import EventRow, EventRowReader
from cjm.tables.files.open_table import open_table_file
from cjm.tables.import_name import check_import_name
from cjm.tables.mapping import TableMapping
from cjm.tables.mapping_file import MappingError, read_mapping
from cjm.tables.table_file import BadRow, TableFile, TableFileError

NO_NAME = Mistake("name", 'is missing; write name = "…", or --name on the command line: the import is known by it')
_NO_ROWS = "has no rows of data; if its first row is one, write header_rows = 0"
_ALL_LEFT_OUT = "leave_out in the mapping leaves out every row"
_DATA_IN_HEADER = (
    "its first row looks like data, and would not be imported; write header_rows = 0, and preamble = 1 too if that row "
    "is a header"
)


class TableError(TropaError):
    """The file cannot be read as a table."""


@dataclass(frozen=True, slots=True)
class ImportSource:
    """Table whose header was read, how its columns are read, and the name of its import."""

    journey: Journey
    mapping: TableMapping
    file: TableFile
    path: Path
    name: str

    @property
    def has_answers(self) -> bool:
        return self.mapping.kind == "answers"

    @property
    def questions(self) -> frozenset[str]:
        """Keys of the questions that the mapping names: an import corrects no others."""
        mapping = self.mapping
        if mapping.shape == "wide":
            return frozenset(mapping.questions)
        return frozenset(q.key for survey in self.journey.surveys for q in survey.questions)

    def read_rows(
        self, now: datetime, on_left_out: Callable[[], None] = lambda: None
    ) -> Iterator[AnswerRow | EventRow | BadRow]:
        """Yield the rows of the file from its beginning. Raises TableError when they cannot be read any more.

        ``on_left_out`` is called for each row that the mapping leaves out; it is not yielded.
        """
        make = AnswerRowReader if self.has_answers else EventRowReader
        reader = make(self.mapping, self.journey, self.file.header, now, has_typed_cells=self.file.has_typed_cells)
        exclusion = RowExclusion(self.mapping.leave_out, self.file.header)
        try:
            for row in self.file.rows():
                if isinstance(row, BadRow):
                    yield row
                elif exclusion.leaves_out(row):
                    on_left_out()
                else:
                    yield reader.read(row)
        except TableFileError as error:
            raise TableError(f"{self.path}: {error}") from None


def open_table(path: Path, journey: Journey, mapping: str, mapping_file: str, name: str | None = None) -> ImportSource:
    """Read the mapping and the table's header; ``name`` wins over the mapping's.

    Raises MappingError for a mapping with mistakes, without a name, or for columns that the table lacks, TableError for
    an unreadable file or a name that cannot be used.
    """
    table_mapping = read_mapping(mapping, mapping_file, journey)
    if name is not None:
        table_mapping = table_mapping.model_copy(update={"name": _check_name(name)})
    if table_mapping.name is None:
        raise MappingError(mapping_file, [NO_NAME])
    try:
        expected = [reference for _, reference in table_mapping.references]
        file = open_table_file(path, table_mapping.layout, expected)
    except TableFileError as error:
        raise TableError(f"{path}: {error}") from None
    if none_found := file.header.describe_none_found():
        raise MappingError(mapping_file, [Mistake("", none_found)])
    missing = table_mapping.find_missing_columns(file.header)
    if missing:
        raise MappingError.with_lines(mapping_file, missing, mapping)
    source = ImportSource(journey, table_mapping, file, path, table_mapping.name)
    _refuse_lost_rows(source)
    return source


def _refuse_lost_rows(source: ImportSource) -> None:
    """Raise TableError for data in the header, and for a table without rows, with which `mirror` would remove all."""
    if source.file.header.may_be_data:
        raise TableError(f"{source.path}: {_DATA_IN_HEADER}")
    try:
        rows, exclusion = source.file.rows(), RowExclusion(source.mapping.leave_out, source.file.header)
        if (first := next(rows, None)) is None:
            raise TableError(f"{source.path}: {_NO_ROWS}")
        if not any(isinstance(row, BadRow) or not exclusion.leaves_out(row) for row in chain([first], rows)):
            raise TableError(f"{source.path}: {_ALL_LEFT_OUT}")
    except TableFileError as error:
        raise TableError(f"{source.path}: {error}") from None


def _check_name(name: str) -> str:
    try:
        return check_import_name(name)
    except ValueError as error:
        raise TableError(f"--name: {error}") from None
