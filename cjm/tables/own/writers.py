"""Formats of an export, and the writer of each."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from cjm.tables.own.columns import ExportColumn, ExportKind
from cjm.tables.own.csv_writer import CsvWriter
from cjm.tables.own.ndjson_writer import NdjsonWriter
from cjm.tables.own.parquet_writer import ParquetWriter
from cjm.tables.own.workbook_writer import WorkbookWriter


class ExportFormat(StrEnum):
    """Format of an export, named as the ending of its file."""

    CSV = "csv"
    XLSX = "xlsx"
    NDJSON = "ndjson"
    PARQUET = "parquet"


EXPORT_CONTENT_TYPES: Mapping[ExportFormat, str] = {
    ExportFormat.CSV: "text/csv",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.NDJSON: "application/x-ndjson",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}


class TableWriter(Protocol):
    """Writer of one file, piece by piece: `begin`, then `write` for each page of rows, then `end`."""

    def begin(self) -> bytes:
        """Return the beginning of the file."""

    def write(self, rows: Sequence[Sequence[object]]) -> bytes:
        """Return what some rows add, each a value for every column."""

    def end(self) -> bytes:
        """Return the end of the file."""


def make_writer(
    file_format: ExportFormat, columns: Sequence[ExportColumn], kind: ExportKind, *, has_coarse_days: bool = False
) -> TableWriter:
    """Return the writer of a format. Raises ParquetMissing for Parquet without its package."""
    if file_format is ExportFormat.XLSX:
        return WorkbookWriter(columns, kind.value)
    if file_format is ExportFormat.PARQUET:
        return ParquetWriter(columns, has_coarse_days=has_coarse_days)
    return CsvWriter(columns) if file_format is ExportFormat.CSV else NdjsonWriter(columns)
