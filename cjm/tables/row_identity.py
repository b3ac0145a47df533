"""Identity of a table's rows: a digest of what a row says, and a name for a row that the table does not name.

Invariants:

* A digest is made of parsed values, never of cells: other columns beside, another order of columns, or another label
  for the same value give the same digest.
* Digests are stored, and compared with those of later files. They are the same in every run and on every version of
  Python; a change of what is digested needs another ``version``, and then no row of earlier imports is known.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cjm.journeys.journey import Journey, Stage, Touchpoint
from cjm.journeys.visit import Event
from cjm.tables.table_file import describe_place

_BYTES = 16
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
_MOST_EVENT_ID = 128  # characters, as over HTTP
AnswerContent = tuple[str, int | str]
"""Key of a question and what was answered: the value on its scale, the key of an option, or words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedRow:
    """Row of a table that was read.

    ``name`` is its name within the import; ``is_named`` says that the table gives it, else it is made of the content.
    ``customer`` is None where the table does not give one: then the row is a person of its own. Rows with the same
    ``content`` say the same.
    """

    line: int
    sheet: str = ""
    name: str
    is_named: bool
    customer: str | None
    content: bytes

    @property
    def place(self) -> str:
        """Place of the row in its file: "line 5", or 'sheet "May", row 5'."""
        return describe_place(self.line, self.sheet)


def digest_answers(
    *,
    name: str | None,
    customer: str | None,
    at: datetime,
    channel: str | None,
    attributes: Mapping[str, str],
    answers: Sequence[AnswerContent],
) -> bytes:
    """Return the digest of a row of answers; ``name`` and ``customer`` are None where the table does not give them."""
    return _digest(["answers-1", name, customer, _moment(at), channel, dict(attributes), sorted(map(list, answers))])


def lasting_keys(journey: Journey) -> dict[str, str]:
    """Return, for every key of a touchpoint or stage, the first that it had: it stays when the key changes."""
    parts: list[Stage | Touchpoint] = [*journey.stages, *(p for stage in journey.stages for p in stage.touchpoints)]
    return {key: part.was[0] if part.was else part.key for part in parts for key in (part.key, *part.was)}


def digest_events(*, name: str | None, customer: str, events: Sequence[Event], places: Mapping[str, str]) -> bytes:
    """Return the digest of a row of events of one customer.

    ``places`` gives the name of a touchpoint or stage that stays when its key changes.
    """
    return _digest(["events-1", name, customer, sorted((_event_parts(e, places) for e in events), key=json.dumps)])


def _event_parts(event: Event, places: Mapping[str, str]) -> list[Any]:
    place = event.touchpoint or event.stage or ""
    return [
        _moment(event.at),
        "touchpoint" if event.touchpoint else "stage",
        places.get(place, place),
        event.channel,
        event.passage,
        dict(event.attributes or {}),
        {key: _number(value) for key, value in (event.measures or {}).items()},
        None if event.amount is None else _number(event.amount),
        event.lost_reason,
    ]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _number(value: float) -> float:
    return float(value) + 0.0  # 3 and 3.0 are equal, and so are 0 and -0


def _digest(parts: list[Any]) -> bytes:
    # JSON keeps "1" and 1 apart, and "a", "b" apart from "ab". ASCII only, so that every text can be encoded.
    return hashlib.blake2b(_JSON.encode(parts).encode("ascii"), digest_size=_BYTES).digest()


class RowNames:
    """Names of the rows of one reading of a file, given in the order of the file.

    A row that the table does not name is named by its content. With ``are_anonymous`` rows (no customers), equal rows
    are different people who answered alike: the second is another name, so that each is counted, and the same file
    read again gives the same names.
    """

    def __init__(self, *, are_anonymous: bool) -> None:
        self._are_anonymous = are_anonymous
        self._rows_by_content: Counter[bytes] = Counter()

    def name_row(self, content: bytes) -> str:
        """Return the name of the next row with this content."""
        if not self._are_anonymous:
            return content.hex()
        self._rows_by_content[content] += 1
        return _name_ordinal(content.hex(), self._rows_by_content[content])


def repeat_name(first: str, n: int) -> list[str]:
    """Return the names of ``n`` equal rows that are named by their content; ``first`` is the name of the first."""
    return [_name_ordinal(first, ordinal) for ordinal in range(1, n + 1)]


def _name_ordinal(first: str, ordinal: int) -> str:
    return first if ordinal == 1 else f"{first}-{ordinal}"


def name_event(import_name: str, row_name: str, place: str | None = None) -> str:
    """Return the id of the event that a row of an import tells, by ``place`` where it tells several.

    Two imports never give the same id; ids of other sources are theirs to choose.
    """
    escaped = import_name.replace("%", "%25").replace(":", "%3A")
    whole = f"{escaped}:{row_name}" + (f":{place}" if place else "")
    return whole if len(whole) <= _MOST_EVENT_ID else hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()
