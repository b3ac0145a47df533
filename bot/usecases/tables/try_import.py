"""Try an import on a copy of the database: nothing changes in the database itself.

The very same import runs there, so the trial's report is the one that the import would give.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.db.engine.database import Database
from bot.db.upkeep.database_copy import open_copy
from bot.usecases.asking.record_visits import FOR_GOOD
from bot.usecases.maps.make_map import MakeMap, MapRequest
from bot.usecases.tables.import_report import ImportReport
from bot.usecases.tables.import_source import ImportSource
from bot.usecases.tables.import_table import ImportTable, ReportProgress, ignore_progress, never
from cjm.asking.decision import AskingRules
from cjm.figures.journey_map import JourneyMap

MOST_MAP_DAYS = 366
"""Days of a trial's map: it shows the last ones of a longer file."""


@dataclass(frozen=True, slots=True)
class ImportTrial:
    """Import on a copy: its report, and the map that it would give, unless it was stopped or no row has a day."""

    report: ImportReport
    map: JourneyMap | None = None


class TryImport:
    """``await try_import(source, on_progress, mirror=True) -> ImportTrial``.

    ``minimum`` is the number of answers below which figures are withheld. Raises TableError like the import, and
    DatabaseError when the copy cannot be made.
    """

    def __init__(
        self, db: Database, clock: Clock, rules: AskingRules, minimum: int, retention: timedelta = FOR_GOOD
    ) -> None:
        self._db, self._clock, self._rules, self._minimum, self._retention = db, clock, rules, minimum, retention

    async def __call__(
        self,
        source: ImportSource,
        on_progress: ReportProgress = ignore_progress,
        *,
        mirror: bool = False,
        draws_map: bool = True,
        is_stopped: Callable[[], bool] = never,
    ) -> ImportTrial:
        async with open_copy(self._db) as copy:
            import_table = ImportTable(copy, self._clock, self._rules, self._retention)
            report = await import_table(source, on_progress, mirror=mirror, is_stopped=is_stopped)
            report.is_trial = True
            if not draws_map or report.is_stopped or report.last_day is None or report.first_day is None:
                return ImportTrial(report)
            first = max(report.first_day, report.last_day - timedelta(days=MOST_MAP_DAYS - 1))
            request = MapRequest(source.journey.key, first, report.last_day)
            return ImportTrial(report, await MakeMap(copy, self._clock, self._minimum)(request))


class ImportAllOrNothing:
    """``await import_strictly(source, on_progress) -> ImportReport``: import only when no row is refused.

    The whole import is tried on a copy first. When a row is refused there, nothing is stored and the trial's report is
    returned. ``on_progress`` gets the bytes of both readings.

    The import itself goes in batches, like every other one: when its process dies in the middle, a part of the good
    rows is stored. The same command goes on then, and undo takes the part back.
    """

    def __init__(self, try_import: TryImport, import_table: ImportTable) -> None:
        self._try_import, self._import_table = try_import, import_table

    async def __call__(
        self,
        source: ImportSource,
        on_progress: ReportProgress = ignore_progress,
        *,
        mirror: bool = False,
        is_stopped: Callable[[], bool] = never,
    ) -> ImportReport:
        trial = await self._try_import(source, on_progress, mirror=mirror, draws_map=False, is_stopped=is_stopped)
        if trial.report.refused_rows or trial.report.is_stopped:
            return trial.report
        total = source.file.bytes_total
        return await self._import_table(
            source, lambda done: on_progress(total + done), mirror=mirror, is_stopped=is_stopped
        )
