"""From the rows of a table to answers: what each row says, or why it is not taken."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from cjm.journeys.journey import CHANNELS, Journey
from cjm.journeys.survey import Question, QuestionKind
from cjm.tables import cell
from cjm.tables.cell import CellError, RowReader
from cjm.tables.csv_file import BadRow, CsvRow
from cjm.tables.mapping import AnswerColumn, FixedValues, MappedColumn, TableMapping, TimeColumn
from cjm.wall_clock import wall_to_utc


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """One answer, and where it counts; one of ``value``, ``choice`` and ``text``."""

    question: str
    kind: str
    subject: str
    stage: str
    channel: str
    value: int | None = None
    choice: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What one row says. ``row`` is the row's own name: the same row again has the same."""

    line: int
    row: str
    customer: str
    at: datetime
    day: date
    channel: str | None
    attributes: Map[str, str]
    answers: tuple[RowAnswer, ...]
    left_out: int  # answers that are none: not applicable


_MOST_KNOWN = 10_000  # different cells of a question that are remembered


class AnswerCellReader:
    """One question: how the cells that answer it are read. What was read once is remembered."""

    def __init__(
        self, journey: Journey, question: Question, subject: str, cells: AnswerColumn, none: Sequence[str]
    ) -> None:
        place = journey.place(subject)
        assert place is not None  # a journey that exists is whole
        stage, point = place
        channel = point.channel if point else "other"
        self._question = question
        self._place = (question.key, question.kind.value, (point or stage).key, stage.key, channel)
        self._none = frozenset(none if cells.not_applicable is None else cells.not_applicable)
        self._values = cells.values
        self._known: dict[str, RowAnswer | None] = {}
        self._titles = {t.casefold(): o.key for o in question.options for t in (o.key, *o.title.root.values())}

    def read(self, text: str) -> RowAnswer | None:
        """Raises CellError."""
        try:
            return self._known[text]
        except KeyError:
            found = self._read_answer(text.strip())
        if len(self._known) < _MOST_KNOWN and self._question.kind is not QuestionKind.TEXT:
            self._known[text] = found
        return found

    def _read_answer(self, text: str) -> RowAnswer | None:
        if text in self._none:
            return None
        if self._question.kind.scale is not None:
            return RowAnswer(*self._place, value=self._read_scale(text))
        if self._question.kind is QuestionKind.CHOICE:
            return RowAnswer(*self._place, choice=self._read_choice(text))
        said = cell.read_words(text)
        return RowAnswer(*self._place, text=said) if said else None

    def _read_scale(self, text: str) -> int:
        assert self._question.kind.scale is not None
        scale = self._question.kind.scale.spec.values
        meant = self._values.get(text)
        try:
            found = cell.read_whole_number(text) if meant is None else int(meant)
        except ValueError:
            found = None
        if found is None or found not in scale:
            raise CellError(f"is not a whole number from {scale[0]} to {scale[-1]}")
        return found

    def _read_choice(self, text: str) -> str:
        key = str(self._values.get(text, "")) or self._titles.get(text.casefold())
        if key is None:
            raise CellError("is none of the question's options")
        return key


class AnswerRowReader:
    """Reads the rows of a table whose header holds every column that the mapping names."""

    def __init__(self, mapping: TableMapping, journey: Journey, header: Sequence[str], now: datetime) -> None:
        self._m, self._journey = mapping, journey
        self._places = {name: place for place, name in enumerate(header)}
        self._subjects = {q.key: (q, q.about or s.on.subject) for s in journey.surveys for q in s.questions}
        self._wide = [(c.column, self._cell_reader(key, c)) for key, c in mapping.questions.items()]
        self._long: dict[str, AnswerCellReader] = {}
        self._times = TimeReader(mapping.at, journey, now)
        self._met: Counter[str] = Counter()
        self._fixed = _noon(mapping.day, journey) if mapping.day else None

    def read(self, row: CsvRow) -> AnswerRow | BadRow:
        """What a row says. One cell that cannot be understood, and none of it is taken."""
        m, reading = self._m, RowReader(self._places, row.cells)
        when = self._fixed
        if m.at is not None:
            when = reading.take(m.at.column, self._times.read)
        customer = m.customer and reading.take(m.customer.column, cell.read_identifier)
        name = m.row and reading.take(m.row.column, cell.read_identifier)
        channel = read_channel(m, reading)
        attributes = read_attributes(m, reading)
        given, left_out = self._read_answers(reading)
        if reading.wrong or when is None:
            return BadRow(row.line, "; ".join(reading.wrong))
        name = name or self._name_by_content(row)
        customer = customer or f"import-{name}"[:128]
        at, day = when
        return AnswerRow(row.line, name, customer, at, day, channel, attributes, given, left_out)

    def _read_answers(self, reading: RowReader) -> tuple[tuple[RowAnswer, ...], int]:
        slots = self._wide if self._m.shape == "wide" else self._long_cell_reader(reading)
        found = [reading.take(column, slot.read) for column, slot in slots]
        given = tuple(answer for answer in found if answer is not None)
        return given, len(found) - len(given)

    def _cell_reader(self, key: str, cells: AnswerColumn) -> AnswerCellReader:
        question, subject = self._subjects[key]
        merged = cells.model_copy(update={"values": {**self._m.values, **cells.values}})
        own_words = question.kind is QuestionKind.TEXT  # "0" may be what somebody wrote
        return AnswerCellReader(
            self._journey, question, subject, merged, ("",) if own_words else self._m.not_applicable
        )

    def _long_cell_reader(self, reading: RowReader) -> list[tuple[str, AnswerCellReader]]:
        m = self._m
        said = m.question or m.touchpoint
        assert said is not None  # read_mapping has looked
        assert m.value is not None
        key = reading.take(said.column, lambda text: self._question_key(said.values.get(text, text)))
        if key is None:
            return []
        if key not in self._long:
            self._long[key] = self._cell_reader(key, m.value)
        return [(m.value.column, self._long[key])]

    def _question_key(self, said: str) -> str:
        """The key of the question that a cell names, by itself or by the touchpoint it is about."""
        if self._m.question is not None:
            if said not in self._subjects:
                raise CellError("is none of the journey's questions")
            return said
        place = self._journey.place(said)
        if place is None:
            raise CellError("is none of the journey's touchpoints")
        about = [k for k, (q, s) in self._subjects.items() if self._journey.place(s) == place]
        fitting = [k for k in about if self._subjects[k][0].kind.scale is self._journey.scale]
        if len(fitting) != 1:
            raise CellError("is a touchpoint about which not exactly one question of the journey's scale is asked")
        return fitting[0]

    def _name_by_content(self, row: CsvRow) -> str:
        """A row without a name of its own is called by what it holds."""
        name = hashlib.sha256("\x1f".join(row.cells).encode("utf-8", "replace")).hexdigest()[:24]
        if self._m.customer is not None:
            return name
        self._met[name] += 1  # two people may have answered alike
        return name if self._met[name] == 1 else f"{name}-{self._met[name]}"


class TimeReader:
    """Reads a column of dates; what was read once is remembered."""

    def __init__(self, when: TimeColumn | None, journey: Journey, now: datetime) -> None:
        self._form = when.format if when else None
        self._own = ZoneInfo(when.timezone) if when and when.timezone else None
        self._zone, self._now = journey.zone, now
        self._known: dict[str, tuple[datetime, date]] = {}

    def read(self, text: str) -> tuple[datetime, date]:
        """The moment, and its day in the journey's zone. Raises CellError."""
        if text not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[text] = cell.read_time(text, self._form, self._own, self._zone, self._now)
        return self._known[text]


def _noon(day: date, journey: Journey) -> tuple[datetime, date]:
    return wall_to_utc(datetime.combine(day, time(12)), journey.zone), day


def read_channel(mapping: TableMapping, reading: RowReader) -> str | None:
    """The channel of a row; None where the touchpoint's own is meant."""
    channel = mapping.channel
    if channel is None:
        return None
    if isinstance(channel, FixedValues):
        return channel.fixed
    return reading.take(channel.column, lambda text: _check_channel(channel.values.get(text, text)))


def _check_channel(said: str) -> str | None:
    if said and said not in CHANNELS:
        raise CellError(f"is not a channel; one of {', '.join(CHANNELS)}")
    return said or None


def read_attributes(mapping: TableMapping, reading: RowReader) -> dict[str, str]:
    """What a row tells its customer apart by; empty cells tell nothing."""
    found = {key: reading.take(column.column, _attribute_reader(column)) for key, column in mapping.attributes.items()}
    return {key: said for key, said in found.items() if said}


def _attribute_reader(column: MappedColumn) -> Callable[[str], str]:
    def read(text: str) -> str:
        said = column.values.get(text, text)
        return cell.read_identifier(said, 256) if said else ""

    return read
