"""Guess a mapping, and a journey where none is named, for a table of another tool; read its rows with them as a test.

Invariants:

* A sample of the first rows is looked at, however large the file is.
* The guess is tried on these rows by the very readers of the import: what they would refuse is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from bot.usecases.tables.import_report import RefusalTally, RowPlace
from bot.usecases.tables.import_source import TableError, open_table
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.survey import QuestionKind
from cjm.tables.files.raw_sample import MOST_ROWS, read_raw_sample
from cjm.tables.guessing.findings import ColumnFinding
from cjm.tables.guessing.journey_draft import draft_journey, find_language
from cjm.tables.guessing.mapping_draft import draft_mapping
from cjm.tables.guessing.match_questions import list_unmatched, match_journey
from cjm.tables.guessing.table_guess import TableGuess, guess_table
from cjm.tables.guessing.table_sample import TableSample
from cjm.tables.import_name import MOST_IN_AN_IMPORT_NAME
from cjm.tables.table_file import BadRow, TableFileError
from cjm.tables.tools.tool_profile import read_tool

_NO_ANSWERS = (
    "no column looks like an answer, and none tells events; write a mapping yourself: tropa import --guide explains it"
)
_NO_EVENTS = (
    "no events were found in it: it needs a column of customers, one of times and one of what happened; a table of "
    "answers is drafted by tropa import FILE --guess"
)
_ONLY_WORDS = (
    "only customers' words were found in it, and a survey begins with a question that is answered by a tap; write a "
    "journey that asks for them, and name it: --journey KEY"
)


@dataclass(frozen=True, slots=True)
class GuessRequest:
    """Table to be guessed at; ``name`` is that of the import.

    Without a ``journey`` one is drafted, in the ``language`` of the data if none is named. ``tool`` made the table.
    """

    path: Path
    name: str
    journey: Journey | None = None
    tool: str | None = None
    language: str | None = None
    needs_events: bool = False
    most_rows: int = MOST_ROWS


@dataclass(frozen=True, slots=True)
class GuessedFiles:
    """Texts of a mapping and of a journey draft, None where a journey was named, and what they were guessed by.

    ``rows`` rows were looked at, all of the table if it ``is_whole``; ``understood`` of them can be read by the
    mapping. ``unmatched`` are questions of the named journey for which the table has no column.
    """

    mapping: str
    journey: Journey
    journey_text: str | None
    tool: str | None
    findings: Sequence[ColumnFinding]
    rows: int
    is_whole: bool
    understood: int = 0
    left_out: int = 0
    refusals: RefusalTally = field(default_factory=RefusalTally)
    unmatched: Sequence[str] = ()


def import_name_of(path: Path) -> str:
    """Return a name for the import of a file, made of the file's name."""
    name = "".join(c if c.isprintable() else "-" for c in path.stem).strip()
    return name[:MOST_IN_AN_IMPORT_NAME].strip() or "import"


def guess_mapping(request: GuessRequest, now: datetime) -> GuessedFiles:
    """Return a mapping, and a journey, for a table. Raises TableError for a file that holds neither answers nor events.

    Of a named journey only what it has is mapped; the findings name the rest.
    """
    path, sample = request.path, _read_sample(request)
    guess = guess_table(sample, now, request.tool)
    if request.needs_events and guess.events is None:
        raise TableError(f"{path}: {_NO_EVENTS}")
    text: str | None = None
    if request.journey is None:
        _refuse_nothing(guess, path, _NO_ANSWERS)
        if guess.events is None and all(q.answers.kind is QuestionKind.TEXT for q in guess.questions):
            raise TableError(f"{path}: {_ONLY_WORDS}")
        text = draft_journey(guess, request.name, path.name, request.language or find_language(guess))
        journey = read_journey(text, "the drafted journey")
    else:
        journey = request.journey
        match_journey(guess, journey)
        _refuse_nothing(guess, path, f'no column belongs to a question or place of the journey "{journey.key}"')
    mapping = draft_mapping(guess, request.name, path.name)
    understood, left_out, refusals = _try_rows(path, journey, mapping, guess.layout.row_count, now)
    return GuessedFiles(
        mapping=mapping,
        journey=journey,
        journey_text=text,
        tool=read_tool(guess.layout.tool).title if guess.layout.tool else None,
        findings=guess.all_findings,
        rows=guess.layout.row_count,
        is_whole=sample.is_whole,
        understood=understood,
        left_out=left_out,
        refusals=refusals,
        unmatched=() if text or guess.events else tuple(list_unmatched(guess, journey)),
    )


def _read_sample(request: GuessRequest) -> TableSample:
    try:
        return read_raw_sample(request.path, request.most_rows)
    except TableFileError as error:
        raise TableError(f"{request.path}: {error}") from None


def _refuse_nothing(guess: TableGuess, path: Path, message: str) -> None:
    has_events = guess.events is not None and guess.events.places
    if not (guess.questions or has_events):
        raise TableError(f"{path}: {message}")


def _try_rows(
    path: Path, journey: Journey, mapping: str, most_rows: int, now: datetime
) -> tuple[int, int, RefusalTally]:
    """Return how many of the first rows can be read, how many are left out, and the reasons of the others."""
    understood, left_out, refusals = 0, 0, RefusalTally()

    def count_left_out() -> None:
        nonlocal left_out
        left_out += 1

    source = open_table(path, journey, mapping, "the guessed mapping")
    for row in islice(source.read_rows(now, count_left_out), most_rows):
        if isinstance(row, BadRow):
            refusals.add(RowPlace(row.line, row.sheet), row.mistakes)
        else:
            understood += 1
    return understood, left_out, refusals
