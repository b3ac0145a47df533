"""Readers of answers to one question of the journey: from a cell, from several columns, from a column an option."""

from collections.abc import Callable, Iterable, Mapping

from cjm.journeys.survey import Question, QuestionKind
from cjm.tables import cell
from cjm.tables.cell import CellError
from cjm.tables.cells.column_factory import ColumnFactory
from cjm.tables.cells.column_readers import (
    CellReader,
    ColumnReader,
    FileColumn,
    FirstFilledReader,
    RowValue,
    find_each_column,
)
from cjm.tables.cells.labels import FoldedLabels, fold_label, option_finder
from cjm.tables.cells.numbers import list_readings
from cjm.tables.cells.rescaling import Rescaling
from cjm.tables.columns import AnswerColumn, DecimalSign
from cjm.tables.row_reader import RowReader

Answered = tuple[int | str, ...]
"""What a person answered: one value of a scale, keys of options in the question's order, or one text."""

ANY_CELL = "*"  # in `yes`: every filled cell chooses the option
_YES = frozenset(map(fold_label, ("1", "x", "✓", "✔", "☑", "yes", "true", "да", "tak")))
_NO = frozenset(map(fold_label, ("0", "no", "false", "☐", "нет", "nie")))


def make_answer_reader(factory: ColumnFactory, question: Question, column: AnswerColumn) -> RowValue[Answered]:
    """Return the reader of the answers to ``question`` in ``column``."""
    if column.chosen:
        return ChosenReader(factory, question, column)
    columns = find_each_column(column, factory.header)
    cells = _make_cells(factory, question, column)
    return ColumnReader(columns[0], cells) if len(columns) == 1 else FirstFilledReader(columns, cells)


def _make_cells(factory: ColumnFactory, question: Question, column: AnswerColumn) -> CellReader[Answered]:
    if question.kind is QuestionKind.TEXT:
        # Words hardly repeat: remembering them would only cost memory.
        return CellReader(_read_words, no_value=factory.no_value(column.not_applicable, "words"), most_remembered=0)
    labels = _labels_of(factory.mapping.values, column)
    is_choice = question.kind is QuestionKind.CHOICE
    decimal = factory.decimal(column)
    cells = _ChoiceCells(question, column, labels) if is_choice else _ScaleCells(question, column, labels, decimal)
    no_value = factory.no_value(column.not_applicable, "keys" if is_choice else "numbers")
    # A label means what `values` says, also where a list of the mapping or the words of databases say "no value".
    listed = frozenset(map(fold_label, column.not_applicable or ()))
    return CellReader(cells.read, no_value=no_value - (frozenset(map(fold_label, labels)) - listed))


def _labels_of(of_mapping: Mapping[str, int | str], column: AnswerColumn) -> dict[str, int | str]:
    """Return the labels that count in a column: its own, and those of the mapping."""
    own = {fold_label(label) for label in column.values}
    return {label: value for label, value in of_mapping.items() if fold_label(label) not in own} | column.values


def _read_words(text: str) -> Answered | None:
    words = cell.read_words(text)
    return (words,) if words else None


class _ScaleCells:
    """Reader of the values of a scale."""

    def __init__(
        self, question: Question, column: AnswerColumn, labels: Mapping[str, int | str], decimal: DecimalSign | None
    ) -> None:
        assert question.kind.scale is not None
        self._values, self._decimal = question.kind.scale.spec.values, decimal
        self._labels = FoldedLabels({label: value for label, value in labels.items() if isinstance(value, int)})
        self._rescaling = Rescaling(column.range, self._values, decimal) if column.range is not None else None

    def read(self, text: str) -> Answered:
        value = self._labels.find(text)
        if value is None:
            value = self._rescaling.read(text) if self._rescaling is not None else self._read_value(text)
        elif value not in self._values:
            raise CellError(f"has a label whose value in the mapping is not from {self._ends}")
        return (value,)

    @property
    def _ends(self) -> str:
        return f"{self._values[0]} to {self._values[-1]}"

    def _read_value(self, text: str) -> int:
        readings = list_readings(text, self._decimal)
        if not readings:
            raise CellError(
                f"is not a whole number from {self._ends}; name words in values, and cells without a value in "
                "not_applicable"
            )
        fitting = [value for value in readings if value in self._values]
        if not fitting:
            raise CellError(f"is not a whole number from {self._ends}; write range if the table has another scale")
        return int(fitting[0])  # "4.000" is also four thousand, but never on a scale


class _ChoiceCells:
    """Reader of options, by their keys, titles and labels; with a separator several in one cell."""

    def __init__(self, question: Question, column: AnswerColumn, labels: Mapping[str, int | str]) -> None:
        self._finder, self._separator = option_finder(question), column.separator
        self._labels = FoldedLabels({label: value for label, value in labels.items() if isinstance(value, str)})
        self._order = {option.key: place for place, option in enumerate(question.options)}

    def read(self, text: str) -> Answered:
        try:
            # A title may hold the separator itself, so the whole cell is tried first.
            return (self._find(text),)
        except CellError:
            if self._separator is None or self._separator not in text:
                raise
        parts = filter(None, map(str.strip, text.split(self._separator)))
        return order_options((self._find(part) for part in parts), self._order)

    def _find(self, text: str) -> str:
        label = self._labels.find(text)
        return self._finder.find(text if label is None else label)


def order_options(keys: Iterable[str], order: Mapping[str, int]) -> tuple[str, ...]:
    """Return each option once, in the order of the question: however a table lists them, the answer is the same."""
    return tuple(sorted(set(keys), key=order.__getitem__))


class ChosenReader(RowValue[Answered]):
    """Reader of the options that were chosen in a row, from a column for each option."""

    def __init__(self, factory: ColumnFactory, question: Question, column: AnswerColumn) -> None:
        super().__init__()
        finder = option_finder(question)
        self._order = {option.key: place for place, option in enumerate(question.options)}
        no_value = factory.no_value(column.not_applicable, "keys")
        self._columns: list[tuple[str, FileColumn, Callable[[str], bool]]] = []
        for (name, place), found in zip(column.chosen.items(), find_each_column(column, factory.header), strict=True):
            option = question.find_option(finder.find(name))
            assert option is not None
            labels = [
                option.key,
                *option.title.root.values(),
                *([place.column] if isinstance(place.column, str) else []),
            ]
            self._columns.append((option.key, found, _YesOrNo(column.yes, no_value, labels).read))

    def read(self, row: RowReader) -> Answered | None:
        found = [(key, row.take(c.label, c.join_cells(row), is_yes)) for key, c, is_yes in self._columns]
        return order_options((key for key, is_chosen in found if is_chosen), self._order) or None


class _YesOrNo:
    """Reader of the cells that say whether an option was chosen: by ``yes``, else by words, titles and headers."""

    def __init__(self, yes: Iterable[str], no_value: frozenset[str], titles: Iterable[str]) -> None:
        declared = frozenset(map(fold_label, yes))
        self._takes_any = ANY_CELL in declared
        self._yes = declared or (_YES | frozenset(map(fold_label, titles))) - no_value
        self._no = (no_value | _NO) - declared

    def read(self, text: str) -> bool:
        label = fold_label(text)
        if label in self._yes or label in self._no:
            return label in self._yes
        if not self._takes_any:
            raise CellError(
                "is neither yes nor no; name the cells that choose the option in yes, the others in not_applicable"
            )
        return True
