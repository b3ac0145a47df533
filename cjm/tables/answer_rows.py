"""Read the rows of a table as answers: each row gives all of its answers, or is refused with its mistakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from cjm.journeys.journey import Journey
from cjm.journeys.survey import Question, QuestionKind
from cjm.tables import cell
from cjm.tables.cell import CellError
from cjm.tables.columns import AnswerColumn
from cjm.tables.mapping import TableMapping
from cjm.tables.row_identity import AnswerContent, IdentifiedRow, RowNames, digest_answers
from cjm.tables.row_reader import (
    MOST_REMEMBERED,
    RowReader,
    TimeReader,
    place_columns,
    read_attributes,
    read_channel,
)
from cjm.tables.table_file import BadRow, TableRow
from cjm.wall_clock import wall_to_utc


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """One answer and the place where it counts; exactly one of ``value``, ``choice`` and ``text`` is set."""

    question: str
    kind: str
    subject: str
    stage: str
    channel: str
    value: int | None = None
    choice: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow(IdentifiedRow):
    """Answers of one row.

    ``channel`` is None where each touchpoint's own channel counts. A question for which several options were chosen has
    several answers. ``left_out`` counts the cells without an answer.
    """

    at: datetime
    day: date
    channel: str | None
    attributes: Mapping[str, str]
    answers: tuple[RowAnswer, ...]
    left_out: int


class AnswerCellReader:
    """Reader of the cells that answer one question, which remembers what it has read."""

    def __init__(
        self, journey: Journey, question: Question, subject: str, column: AnswerColumn, not_applicable: Sequence[str]
    ) -> None:
        place = journey.find_place(subject)
        assert place is not None  # a journey that was read is whole
        channel = place.touchpoint.channel if place.touchpoint else "other"
        self._question = question
        self._make_answer = partial(
            RowAnswer,
            question=question.key,
            kind=question.kind.value,
            subject=place.part.key,
            stage=place.stage.key,
            channel=channel,
        )
        self._not_applicable = frozenset(not_applicable if column.not_applicable is None else column.not_applicable)
        self._values = column.values
        self._read_before: dict[str, RowAnswer | None] = {}
        # A cell may hold an option's key or its title in any language, as an export of a form writes it.
        self._options = {t.casefold(): o.key for o in question.options for t in (o.key, *o.title.root.values())}

    def read(self, text: str) -> RowAnswer | None:
        """Return the answer in a cell; None if it is not applicable or holds no words. Raises CellError."""
        try:
            return self._read_before[text]
        except KeyError:
            answer = self._read_answer(text.strip())
        # Words of customers hardly repeat: remembering them would only cost memory.
        if len(self._read_before) < MOST_REMEMBERED and self._question.kind is not QuestionKind.TEXT:
            self._read_before[text] = answer
        return answer

    def _read_answer(self, text: str) -> RowAnswer | None:
        if text in self._not_applicable:
            return None
        if self._question.kind.scale is not None:
            return self._make_answer(value=self._read_scale(text))
        if self._question.kind is QuestionKind.CHOICE:
            return self._make_answer(choice=self._read_choice(text))
        words = cell.read_words(text)
        return self._make_answer(text=words) if words else None

    def _read_scale(self, text: str) -> int:
        assert self._question.kind.scale is not None
        values = self._question.kind.scale.spec.values
        replacement = self._values.get(text)
        try:
            value = cell.read_whole_number(text) if replacement is None else int(replacement)
        except ValueError:
            value = None
        if value is None or value not in values:
            raise CellError(f"is not a whole number from {values[0]} to {values[-1]}")
        return value

    def _read_choice(self, text: str) -> str:
        key = str(self._values.get(text, "")) or self._options.get(text.casefold())
        if key is None:
            raise CellError("is not one of the question's options")
        return key


class AnswerRowReader:
    """Reader of the rows of a table whose header holds every column that the mapping names."""

    def __init__(self, mapping: TableMapping, journey: Journey, header: Sequence[str], now: datetime) -> None:
        self._mapping, self._journey = mapping, journey
        self._places = place_columns(mapping, header)
        self._subjects = {q.key: (q, q.about or s.on.subject) for s in journey.surveys for q in s.questions}
        self._wide = [(column, self._cell_reader(key, column)) for key, column in mapping.questions.items()]
        self._long: dict[str, AnswerCellReader] = {}
        self._times = TimeReader(mapping.at, journey, now)
        self._names = RowNames(are_anonymous=mapping.customer is None)
        self._fixed_time = _noon(mapping.day, journey) if mapping.day else None

    def read(self, row: TableRow) -> AnswerRow | BadRow:
        """Read a row. If a single cell cannot be read, the whole row is refused."""
        m, reader = self._mapping, RowReader(self._places, row.cells)
        when = reader.take(m.at, self._times.read) if m.at is not None else self._fixed_time
        customer = reader.take(m.customer, cell.read_identifier) if m.customer else None
        name = reader.take(m.row, cell.read_identifier) if m.row else None
        channel = read_channel(m, reader)
        attributes = read_attributes(m, reader)
        answers, left_out = self._read_answers(reader)
        if reader.mistakes or when is None:
            return BadRow(row.line, tuple(reader.mistakes))
        at, day = when
        content = digest_answers(
            name=name, customer=customer, at=at, channel=channel, attributes=attributes, answers=_contents(answers)
        )
        return AnswerRow(
            line=row.line,
            name=self._names.name_row(content) if name is None else name,
            is_named=name is not None,
            customer=customer,
            content=content,
            at=at,
            day=day,
            channel=channel,
            attributes=attributes,
            answers=answers,
            left_out=left_out,
        )

    def _read_answers(self, reader: RowReader) -> tuple[tuple[RowAnswer, ...], int]:
        columns = self._wide if self._mapping.shape == "wide" else self._long_columns(reader)
        found = [reader.take(column, cells.read) for column, cells in columns]
        answers = tuple(answer for answer in found if answer is not None)
        return answers, len(found) - len(answers)

    def _cell_reader(self, key: str, column: AnswerColumn) -> AnswerCellReader:
        question, subject = self._subjects[key]
        merged = column.model_copy(update={"values": {**self._mapping.values, **column.values}})
        # "0" or "n/a" may be a customer's words: only an empty cell is no answer here, or one that the column names.
        not_applicable = ("",) if question.kind is QuestionKind.TEXT else self._mapping.not_applicable
        return AnswerCellReader(self._journey, question, subject, merged, not_applicable)

    def _long_columns(self, reader: RowReader) -> list[tuple[AnswerColumn, AnswerCellReader]]:
        """Return the column of the answer in a long row, with the reader for the question that the row names."""
        naming, value = self._mapping.question or self._mapping.touchpoint, self._mapping.value
        assert naming is not None  # read_mapping has checked it
        assert value is not None
        key = reader.take_mapped(naming, self._question_key)
        if key is None:
            return []
        if key not in self._long:
            self._long[key] = self._cell_reader(key, value)
        return [(value, self._long[key])]

    def _question_key(self, name: str) -> str:
        """Return the key of the question that a cell names, by itself or by the touchpoint that it is about."""
        if self._mapping.question is not None:
            if name not in self._subjects:
                raise CellError("is not a question of the journey")
            return name
        place = self._journey.find_place(name)
        if place is None:
            raise CellError("is not a touchpoint of the journey")
        about = [key for key, (_, subject) in self._subjects.items() if self._journey.find_place(subject) == place]
        # A touchpoint may have several questions; past answers by touchpoint mean the one that its figure is made of.
        fitting = [key for key in about if self._subjects[key][0].kind.scale is self._journey.scale]
        if len(fitting) != 1:
            raise CellError("must be a touchpoint with exactly one question on the journey's scale")
        return fitting[0]


def _contents(answers: Sequence[RowAnswer]) -> list[AnswerContent]:
    return [(a.question, a.value if a.value is not None else a.choice or a.text or "") for a in answers]


def _noon(day: date, journey: Journey) -> tuple[datetime, date]:
    return wall_to_utc(datetime.combine(day, time(12)), journey.zone), day
