"""Errors of Tropa that are shown to the person who can mend their cause.

::

    TropaError  cjm.errors
        FileError  cjm.errors
            JourneyError  cjm.errors
            MappingError  cjm.tables.mapping_file
        TomlError  cjm.toml_file
        TableFileError  cjm.tables.table_file
        AnswerError  cjm.errors
        CaseError  cjm.errors
            CaseRefused  cjm.cases.case
        ConfigError  bot.config.reader
        ImportOvertaken  bot.db.imports.table_imports
        DatabaseError  bot.db.engine.errors
            DatabaseAway  bot.db.engine.errors
            AlreadyRunning  bot.db.engine.sqlite.files
        TokenError  bot.telegram.connection
        BotNameError  bot.app.messenger_check
        AddressError  bot.http.server
            AddressTaken  bot.http.server
        PortError  bot.demo.startup
        DemoFolderError  bot.demo.folder
        JourneyOvertaken  bot.usecases.journeys.apply_journey
        MapError  bot.usecases.maps.make_map
            CompareError  bot.usecases.maps.make_map
            PeriodError  bot.usecases.maps.make_map
            PageError  bot.usecases.maps.export_map
            LanesError  bot.usecases.maps.export_map
        MapProcessError  bot.usecases.maps.apart.map_process
        FontError  cjm.drawing.lettering.company_fonts
        LogoError  cjm.drawing.themes.logo_file
        ExportError  bot.usecases.tables.export_rows
        ParquetMissing  cjm.tables.own.parquet_writer
        TableError  bot.usecases.tables.import_source
        UnknownImport  bot.usecases.tables.list_imports

Invariants:

* Every message can be shown as it stands, but a TomlError's, which follows the name of its file.
* No message holds a customer's words, a token or another value that was typed, except keys and other names, which
  are short or cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


class TropaError(Exception):
    """Base of the errors that the people who caused them can mend; shown without a traceback."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing that is wrong in a file, a table or an event: where it stands, and what would be right.

    ``path`` is a key path such as "stages.pay.title", a column such as 'column "Score"', or "" for the whole. ``line``
    is that of a file, from 1, where it is known; two mistakes that differ in nothing else are one.
    """

    path: str
    message: str
    line: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message

    def under(self, path: str) -> "Mistake":
        """Return the mistake with ``path`` before its own: "stage" under "events[3]" is "events[3].stage"."""
        return Mistake(".".join(filter(None, (path, self.path))), self.message)


class FileError(TropaError):
    """File that cannot be applied; ``mistakes`` holds what is wrong with it, one a line of the message."""

    def __init__(self, file: str, mistakes: Sequence[Mistake]) -> None:
        self.file = file
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(f"{name_line(file, mistake.line)}: {mistake}" for mistake in self.mistakes))


def name_line(file: str, line: int) -> str:
    """Return the place of a mistake as editors and terminals know it: "shop.toml:12"; without a line, the file."""
    return f"{file}:{line}" if line else file


class JourneyError(FileError):
    """Journey file with mistakes."""


class AnswerError(TropaError):
    """Answer that does not fit its question."""


class CaseError(TropaError):
    """Step that cannot be taken with a case."""
