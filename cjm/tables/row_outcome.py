"""Outcome of one row of a table after the import has compared it with what it knows."""

from dataclasses import dataclass
from enum import StrEnum

from cjm.errors import Mistake
from cjm.tables.answer_rows import AnswerRow
from cjm.tables.event_rows import EventRow


class RowOutcome(StrEnum):
    """Outcome of a row.

    Rows are known by their names within their import::

        name not known                         NEW
        name known, the same content           KNOWN
        name known, other content              CORRECTED
        name known, its facts were forgotten   ERASED      stays away, also with other content
        mistakes, or a name that this run      REFUSED     nothing of the row is stored
        has seen with other content
    """

    NEW = "new"
    CORRECTED = "corrected"
    KNOWN = "known"
    ERASED = "erased"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowResult:
    """Row with its outcome.

    A refused row has ``mistakes``. ``changed`` names what a correction changed: keys of questions and attributes,
    "at", "channel", "customer".
    """

    row: AnswerRow | EventRow
    outcome: RowOutcome
    mistakes: tuple[Mistake, ...] = ()
    changed: tuple[str, ...] = ()
