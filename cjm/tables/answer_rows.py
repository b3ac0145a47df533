"""Read the rows of a table as answers: each row gives all of its answers, or is refused with its mistakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from cjm.journeys.journey import Journey
from cjm.journeys.survey import Question, QuestionKind
from cjm.tables.cell import CellError
from cjm.tables.cells.answer_readers import Answered, make_answer_reader
from cjm.tables.cells.column_factory import ColumnFactory
from cjm.tables.cells.column_readers import RowValue
from cjm.tables.cells.labels import KeyFinder, place_finder, question_finder
from cjm.tables.cells.shared_columns import SharedColumns
from cjm.tables.columns import AnswerColumn
from cjm.tables.header import Header
from cjm.tables.mapping import TableMapping
from cjm.tables.row_identity import IdentifiedRow, RowNames, digest_answers
from cjm.tables.row_reader import RowReader, TimeReader
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

    @property
    def content(self) -> int | str:
        """Value on the scale, key of the option, or words."""
        return self.value if self.value is not None else self.choice or self.text or ""


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


class QuestionReader:
    """Reader of the answers of rows to one question, at the place where they count."""

    def __init__(self, journey: Journey, question: Question, subject: str, answers: RowValue[Answered]) -> None:
        place = journey.find_place(subject)
        assert place is not None  # a journey that was read is whole
        self._answers = answers
        self._is_text = question.kind is QuestionKind.TEXT
        self._blank = RowAnswer(
            question=question.key,
            kind=question.kind.value,
            subject=place.part.key,
            stage=place.stage.key,
            channel=place.touchpoint.channel if place.touchpoint else "other",
        )
        self._made_before: dict[Answered, tuple[RowAnswer, ...]] = {}

    def read(self, row: RowReader) -> tuple[RowAnswer, ...]:
        """Return the answers of a row; none where there is none, or where a cell is a mistake of the row."""
        answered = self._answers.read(row)
        if not answered:
            return ()
        try:
            return self._made_before[answered]
        except KeyError:
            made = tuple(map(self._make, answered))
        if not self._is_text:  # words hardly repeat: remembering them would only cost memory
            self._made_before[answered] = made
        return made

    def _make(self, value: int | str) -> RowAnswer:
        if isinstance(value, int):
            return replace(self._blank, value=value)
        return replace(self._blank, text=value) if self._is_text else replace(self._blank, choice=value)


class AnswerRowReader:
    """Reader of the rows of a table whose header holds every column that the mapping names.

    ``has_typed_cells`` is true for a workbook: its dates are ISO 8601, also where the mapping names a format.
    """

    def __init__(
        self, mapping: TableMapping, journey: Journey, header: Header, now: datetime, *, has_typed_cells: bool = False
    ) -> None:
        self._journey, self._factory = journey, ColumnFactory(mapping, header)
        self._subjects = {q.key: (q, q.about or s.on.subject) for s in journey.surveys for q in s.questions}
        self._shared = SharedColumns(self._factory, journey)
        self._names = RowNames(are_anonymous=mapping.customer is None)
        self._when: RowValue[tuple[datetime, date]]
        if mapping.at is not None:
            times = TimeReader(mapping.at, journey, now, has_typed_cells=has_typed_cells)
            self._when = self._factory.time(mapping.at, times.read, is_needed=True)
        else:
            assert mapping.day is not None  # read_mapping has checked it
            self._when = RowValue(_noon(mapping.day, journey))
        self._wide = [self._make_reader(key, column) for key, column in mapping.questions.items()]
        self._long: dict[str, QuestionReader] = {}
        self._question = self._make_question_key() if mapping.shape == "long" else None

    def read(self, row: TableRow) -> AnswerRow | BadRow:
        """Read a row. If a single cell cannot be read, the whole row is refused."""
        reader = RowReader(row.cells)
        when, shared = self._when.read(reader), self._shared.read(reader)
        found = [question.read(reader) for question in self._find_questions(reader)]
        if reader.mistakes or when is None:
            return BadRow(row.line, tuple(reader.mistakes), row.sheet)
        answers = tuple(answer for answers in found for answer in answers)
        at, day = _noon(when[1], self._journey) if self._journey.anonymous else when  # no time finer than the day
        content = digest_answers(
            name=shared.name,
            customer=shared.customer,
            at=at,
            channel=shared.channel,
            attributes=shared.attributes,
            answers=[(a.question, a.content) for a in answers],
        )
        return AnswerRow(
            line=row.line,
            sheet=row.sheet,
            name=self._names.name_row(content) if shared.name is None else shared.name,
            is_named=shared.name is not None,
            customer=shared.customer,
            content=content,
            at=at,
            day=day,
            channel=shared.channel,
            attributes=shared.attributes,
            answers=answers,
            left_out=sum(not answers for answers in found),
        )

    def _make_reader(self, key: str, column: AnswerColumn) -> QuestionReader:
        question, subject = self._subjects[key]
        return QuestionReader(self._journey, question, subject, make_answer_reader(self._factory, question, column))

    def _find_questions(self, row: RowReader) -> Sequence[QuestionReader]:
        """Return the readers of the questions that a row answers: all of a wide table, one of a long table."""
        if self._question is None:
            return self._wide
        key, value = self._question.read(row), self._factory.mapping.value
        if key is None:
            return ()
        if key not in self._long:
            assert value is not None  # read_mapping has checked it
            self._long[key] = self._make_reader(key, value)
        return (self._long[key],)

    def _make_question_key(self) -> RowValue[str]:
        mapping = self._factory.mapping
        if mapping.question is not None:
            return self._factory.key(mapping.question, question_finder(self._journey), is_needed=True)
        finder = TouchpointQuestionFinder(self._journey)
        return self._factory.key(mapping.touchpoint, finder, is_needed=True)


class TouchpointQuestionFinder(KeyFinder):
    """Finder of the question that a touchpoint or stage has on the journey's scale: its figure is made of it."""

    def __init__(self, journey: Journey) -> None:
        super().__init__("touchpoint")
        self._journey, self._places = journey, place_finder(journey)

    def find(self, text: str) -> str:
        place = self._journey.find_place(self._places.find(text))
        questions = ((q, q.about or survey.on.subject) for survey in self._journey.surveys for q in survey.questions)
        fitting = [
            question.key
            for question, subject in questions
            if question.kind.scale is self._journey.scale and self._journey.find_place(subject) == place
        ]
        if len(fitting) != 1:
            raise CellError("must be a touchpoint with exactly one question on the journey's scale")
        return fitting[0]


def _noon(day: date, journey: Journey) -> tuple[datetime, date]:
    return wall_to_utc(datetime.combine(day, time(12)), journey.zone), day
