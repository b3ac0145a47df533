"""Read rows of small tables with a mapping, as an import does."""

from collections.abc import Sequence
from datetime import UTC, datetime

from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.tables.answer_rows import AnswerRow, AnswerRowReader
from cjm.tables.event_rows import EventRow, EventRowReader
from cjm.tables.header import Header
from cjm.tables.mapping_file import read_mapping
from cjm.tables.table_file import BadRow, TableRow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

CASE = read_journey(
    """
key = "case"
title = "Case"
languages = ["en", "pl"]
timezone = "UTC"
attributes = [{ key = "city", title = "City" }]
[[stages]]
key = "s"
title = { en = "Stay", pl = "Pobyt" }
touchpoints = [
  { key = "t", title = { en = "Till", pl = "Kasa" }, channel = "site", was = ["checkout"] },
  { key = "desk-1", title = "Desk" },
  { key = "desk-2", title = "Desk" },
]
[[surveys]]
key = "v"
on = { touchpoint = "t" }
questions = [
  { key = "v_csat", kind = "csat", text = { en = "How was it?", pl = "Jak było?" } },
  { key = "v_why", kind = "choice", text = "Why?", options = [
    { key = "a", title = { en = "Rude", pl = "Niegrzecznie" } },
    { key = "b", title = "Dirty; or wet" },
    { key = "c", title = "None" } ] },
  { key = "v_words", kind = "text", text = "Anything else?" },
]
[[surveys]]
key = "w"
on = { touchpoint = "desk-1" }
questions = [
  { key = "w_nps", kind = "nps", text = "Recommend?" },
  { key = "w_ces", kind = "ces", text = "Easy?" },
  { key = "w_felt", kind = "emotion", text = "Felt?" },
  { key = "w_won", kind = "success", text = "Done?" },
  { key = "w_hope", kind = "expectation", text = "Hoped?" },
]
""",
    "case.toml",
)

Row = AnswerRow | EventRow | BadRow


def read_rows(mapping: str, header: Sequence[str], *rows: Sequence[str], journey: Journey = CASE) -> list[Row]:
    """Return what each row is read as; the first row of the table is its header."""
    meaning = read_mapping(mapping, "m.toml", journey)
    names = Header([header])
    assert meaning.find_missing_columns(names) == []
    make = AnswerRowReader if meaning.kind == "answers" else EventRowReader
    reader = make(meaning, journey, names, NOW)
    return [reader.read(TableRow(line, cells)) for line, cells in enumerate(rows, 2)]


def list_answers(row: Row) -> dict[str, list[int | str | None]]:
    """Return the answers of a row by question."""
    assert isinstance(row, AnswerRow), str(row)
    found: dict[str, list[int | str | None]] = {}
    for a in row.answers:
        found.setdefault(a.question, []).append(a.value if a.value is not None else a.choice or a.text)
    return found


def list_mistakes(row: Row) -> list[str]:
    """Return the mistakes of a refused row."""
    assert isinstance(row, BadRow), row
    return [str(mistake) for mistake in row.mistakes]
