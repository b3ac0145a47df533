"""Find the header of a table among its first rows: lines above it, its rows, and totals below the data."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cjm.tables.cells.labels import fold_label
from cjm.tables.guessing.header_words import has_word
from cjm.tables.guessing.table_sample import SampleColumn, TableSample
from cjm.tables.header import Header, repeat_left
from cjm.tables.headers.plain_words import plain_words
from cjm.tables.headers.value_look import is_import_id, is_like_sample, is_surely_header, looks_like_value
from cjm.tables.table_file import TableRow
from cjm.tables.tools.tool_profile import ToolProfile, find_tool, read_tool

MOST_HEADER_ROWS = 4
_LEAST_COLUMNS = 3  # of a table above which a title can be told from a header
_MOST_TITLED = 20  # rows above a header
PART_HEADERS = frozenset({"response", "open ended response", "other please specify"})  # below SurveyMonkey's questions
_FEW_ROWS = 20  # that tell a header from a row of data


@dataclass(frozen=True, slots=True)
class TableLayout:
    """Header and columns of a sample. ``settings`` are the keys of a mapping about the file; ``tool`` made it."""

    header: Header
    columns: Sequence[SampleColumn]
    settings: dict[str, Any]
    tool: str | None

    @property
    def profile(self) -> ToolProfile | None:
        """Profile of the tool that made the file; None where it was not recognized."""
        return read_tool(self.tool) if self.tool else None

    @property
    def row_count(self) -> int:
        return len(self.columns[0].cells) if self.columns else 0


def find_layout(sample: TableSample, tool: str | None = None) -> TableLayout:
    """Return the layout of a table; ``tool`` says which tool made it, else the header tells."""
    rows = list(sample.rows)
    width = Counter(len(row.cells) for row in rows).most_common(1)[0][0] if rows else 0
    titled = _count_titles(rows, width)
    preamble = rows[titled].line - 1 if titled else 0
    rows = [row for row in rows[titled:] if len(row.cells) == width]
    cells = [row.cells for row in rows]
    tool = tool or find_tool(cells[:MOST_HEADER_ROWS])
    count = min(_count_header_rows(cells, read_tool(tool) if tool else None), len(cells))
    last = _count_totals(cells[count:]) if sample.is_whole else 0
    data = _drop_left_out(cells[:count], cells[count : len(cells) - last], tool)
    header = Header(cells[:count], data[:_FEW_ROWS], width=width)
    named = [*map(repeat_left, cells[: count - 1]), *cells[count - 1 : count]] if count else []
    columns = [
        SampleColumn(place, [row[place] for row in named], (row[place] for row in data), header)
        for place in range(width)
    ]
    settings: dict[str, Any] = {"encoding": sample.encoding, "delimiter": sample.delimiter, "sheet": sample.sheet}
    numbers = (("preamble", preamble, 0), ("header_rows", count, 1), ("skip_last", last, 0))
    settings |= {key: number for key, number, default in numbers if number != default}
    return TableLayout(header, columns, {k: v for k, v in settings.items() if v is not None}, tool)


def _drop_left_out(
    header: Sequence[Sequence[str]], rows: Sequence[Sequence[str]], tool: str | None
) -> Sequence[Sequence[str]]:
    """Return the rows without a tool's tests and previews: they would tell of options that nobody chose."""
    rule = read_tool(tool).leave_out if tool else None
    if rule is None:
        return rows
    named = {plain_words(str(rule.column))}
    places = [place for names in header for place, name in enumerate(names) if plain_words(name) in named]
    unwanted = frozenset(map(fold_label, rule.cells))
    return [row for row in rows if not places or fold_label(row[places[0]]) not in unwanted] or rows


def _count_titles(rows: Sequence[TableRow], width: int) -> int:
    """Return how many rows above the header are a title: of another width, or with little beside their first cell."""
    if width < _LEAST_COLUMNS:
        return 0
    for place, row in enumerate(rows[:_MOST_TITLED]):
        filled = [bool(cell.strip()) for cell in row.cells]
        is_title = len(row.cells) != width or (filled[0] and 2 * sum(filled) < width and sum(filled) <= 2)
        if not is_title:
            return place
    return 0


def _count_header_rows(rows: Sequence[Sequence[str]], profile: ToolProfile | None) -> int:
    if not rows:
        return 0
    for number, row in enumerate(rows[:MOST_HEADER_ROWS], 1):
        if any(map(is_import_id, row)):
            return number
    if profile is not None:
        count = min(profile.header_rows, len(rows))
        while count > 1 and looks_like_value(rows[count - 1][0]):  # a row of the header that this file lacks
            count -= 1
        return count
    if _has_second_row(rows):
        return 2
    data = rows[1:]
    if data and not is_surely_header([rows[0]], data[:_FEW_ROWS]):
        return 0 if is_like_sample(rows[0], data[:_FEW_ROWS], range(len(rows[0]))) else 1
    return 1


def _has_second_row(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the second row belongs to the header: it names parts of questions, or what stands below groups."""
    if len(rows) < 3:
        return False
    first, second, below = rows[0], rows[1], rows[2:]
    if any(map(looks_like_value, second)):
        return False
    if any(plain_words(cell) in PART_HEADERS for cell in second):
        return True
    has_gaps = any(not upper.strip() and lower.strip() for upper, lower in zip(first, second, strict=True))
    values = sum(any(looks_like_value(row[place]) for row in below[:_FEW_ROWS]) for place in range(len(second)))
    return has_gaps and values > 0 and any(cell.strip() for cell in first)


def _count_totals(rows: Sequence[Sequence[str]]) -> int:
    """Return how many of the last rows are totals: their first filled cell says so."""
    count = 0
    for row in reversed(rows[-3:]):
        first = next((plain_words(cell) for cell in row if cell.strip()), "")
        if not first or looks_like_value(first) or not has_word([first], "total") or first.count(" ") > 1:
            break
        count += 1
    return count if count < len(rows) else 0
