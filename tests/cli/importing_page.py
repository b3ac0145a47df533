"""The examples of docs/importing.md: their files, and what the readers and the command make of them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cjm.journeys.journey import Journey
from cjm.tables.answer_rows import AnswerRow, RowAnswer
from cjm.tables.event_rows import EventRow
from cjm.tables.table_file import BadRow

PAGE = "docs/importing.md"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_FENCED = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.M | re.S)
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


@dataclass(frozen=True, slots=True)
class PageExample:
    """Fenced block of a page: its section, its language with what stands behind it, and its text.

    ``number`` counts the blocks from 0; ``start`` is where the text begins in the page.
    """

    number: int
    section: str
    language: str
    options: str
    text: str
    start: int

    @property
    def file(self) -> str | None:
        """Name of the file that the block shows; None for a block that shows a result."""
        return self.option("file")

    @property
    def is_understood(self) -> bool:
        """True for a block that shows how rows are understood."""
        return self.options == "understood"

    def option(self, name: str) -> str | None:
        """Return what is written behind ``name=``."""
        found = re.search(rf"\b{name}=(\S+)", self.options)
        return found[1] if found else None


def read_examples(page: str) -> list[PageExample]:
    """Return the fenced blocks of a page, in order."""
    return [
        PageExample(
            number=number,
            section=_find_section(page, fence.start()),
            language=fence[1],
            options=fence[2] or "",
            text=fence[3],
            start=fence.start(3),
        )
        for number, fence in enumerate(_FENCED.finditer(page))
    ]


def replace_example(page: str, number: int, text: str) -> str:
    """Return the page with another text in one of its blocks."""
    example = read_examples(page)[number]
    return page[: example.start] + text + page[example.start + len(example.text) :]


def _find_section(page: str, place: int) -> str:
    headings = [line for line in page[:place].splitlines() if line.startswith("## ")]
    return headings[-1].removeprefix("## ") if headings else ""


def write_example(example: PageExample, folder: Path) -> Path:
    """Write the file that a block shows, in its encoding; a block with a sheet adds it to a workbook."""
    assert example.file is not None
    path = folder / example.file
    sheet = example.option("sheet")
    if sheet:
        _write_sheet(path, sheet, example.text)
    else:
        path.write_bytes(example.text.encode(example.option("encoding") or "utf-8"))
    return path


def _write_sheet(path: Path, sheet: str, text: str) -> None:
    from openpyxl import Workbook, load_workbook

    book = load_workbook(path) if path.exists() else Workbook()
    if not path.exists():
        book.remove(book.worksheets[0])
    page = book.create_sheet(sheet)
    for line in text.splitlines():
        page.append([_typed_cell(cell) for cell in line.split(",")])
    book.save(path)


def _typed_cell(text: str) -> date | int | str:
    """Return a cell as a person types it: Excel knows dates and numbers."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    return int(text) if text.isdigit() else text


def commands_in(console: str) -> list[str]:
    """Return the commands of a console block, without the output below each."""
    return re.findall(r"^\$ (.*)$", console, re.M)


def hide_times(output: str) -> str:
    """Return an output with the times of imports all the same: they differ from run to run."""
    return _TIME.sub("2026-11-26 18:30 UTC", output)


def understood_text(row: AnswerRow | EventRow | BadRow, journey: Journey) -> str:
    """Return how a row was understood, as the page writes it."""
    if isinstance(row, BadRow):
        return str(row)
    facts = _answers_text(row, journey.zone) if isinstance(row, AnswerRow) else _events_text(row, journey.zone)
    return f"{row.place}: {facts}"


def _answers_text(row: AnswerRow, zone: ZoneInfo) -> str:
    about = ["a new person" if row.customer is None else f"customer {row.customer}", _time_text(row.at, zone)]
    about += [f"{key} {value}" for key, value in row.attributes.items()]
    about += [f"channel {row.channel}"] if row.channel else []
    return f"{', '.join(about)}: {', '.join(map(_answer_text, row.answers)) or 'no answer'}"


def _answer_text(answer: RowAnswer) -> str:
    if answer.text is not None:
        return f'{answer.question} "{answer.text}"'
    return f"{answer.question} {answer.choice or str(answer.value).replace('-', '−')}"


def _events_text(row: EventRow, zone: ZoneInfo) -> str:
    texts = []
    for event in row.events:
        more = {"passage": event.passage, "amount": event.amount, "lost": event.lost_reason, **(event.measures or {})}
        told = [f"{name} {value}" for name, value in more.items() if value is not None]
        texts.append(" ".join([event.touchpoint or str(event.stage), _time_text(event.at, zone), *told]))
    return f"customer {row.events[0].customer if row.events else '?'}: {', '.join(texts) or 'no event'}"


def _time_text(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
