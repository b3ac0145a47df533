"""Examples of a dry run: some rows of each outcome as they were understood, question by question.

Invariant: no line repeats a customer's id, the name of a row, or what a customer wrote: of words only the length is
told, and of attributes only values that the journey declares.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli.importing.report_wording import OUTCOME_TEXTS, align
from bot.cli.importing.wording import count_text
from cjm.tables.answer_rows import AnswerRow, RowAnswer
from cjm.tables.row_outcome import RowOutcome

if TYPE_CHECKING:
    from bot.usecases.tables.import_report import ImportReport
    from bot.usecases.tables.import_source import ImportSource
    from cjm.journeys.journey import Journey
    from cjm.journeys.visit import Event
    from cjm.tables.event_rows import EventRow
    from cjm.tables.row_outcome import RowResult


def example_lines(report: "ImportReport", source: "ImportSource") -> Iterator[str]:
    """Yield some rows of each outcome: new ones whole, of corrected ones what changes, of the others their places.

    Refused rows stand with their reasons.
    """
    yield from _table_lines(report.examples.get(RowOutcome.NEW, ()), source)
    yield from _table_lines(report.examples.get(RowOutcome.CORRECTED, ()), source)
    for outcome in (RowOutcome.KNOWN, RowOutcome.ERASED):
        if found := report.examples.get(outcome):
            yield f"{_title(found[0])}: {'; '.join(result.row.place for result in found)}"


def _title(result: "RowResult") -> str:
    return f"{OUTCOME_TEXTS[result.outcome][1]}, for example"


def _table_lines(results: "Sequence[RowResult]", source: "ImportSource") -> Iterator[str]:
    """Yield a table with a column for each row, and a line for each of its facts, or of those that change."""
    if not results:
        return
    columns = [_list_facts(result, source) for result in results]
    labels = dict.fromkeys(label for column in columns for label in column)
    yield from align([
        [_title(results[0]), *(result.row.place for result in results)],
        *([f"  {label}", *(column.get(label, "") for column in columns)] for label in labels),
    ])  # fmt: skip


def _list_facts(result: "RowResult", source: "ImportSource") -> Mapping[str, str]:
    """Return what a row says, by keys and other words for it; of a corrected row, what changes."""
    row, journey = result.row, source.journey
    facts = _list_row_facts(row, source) if isinstance(row, AnswerRow) else _list_event_facts(row.events, source)
    if result.outcome is not RowOutcome.CORRECTED:
        return facts
    return {key: facts.get(key, "changed" if _is_hidden(key, row, journey) else "–") for key in result.changed}


def _is_hidden(key: str, row: "AnswerRow | EventRow", journey: "Journey") -> bool:
    """Return whether a row says something of what changed that is not shown, such as a customer's id."""
    if isinstance(row, AnswerRow):
        return key == "customer" or key in row.attributes
    return journey.find_place(key) is None  # a touchpoint that is not shown has no event any more


def _list_row_facts(row: AnswerRow, source: "ImportSource") -> dict[str, str]:
    facts = {"at": str(row.day) if source.mapping.day else _local_time(row.at, source.journey)}
    if row.channel is not None:
        facts["channel"] = row.channel
    declared = {attribute.key: attribute.values for attribute in source.journey.attributes}
    for key, value in row.attributes.items():
        if declared[key]:
            facts[key] = value if value in declared[key] else "other"
    for answer in row.answers:
        several = f"{facts[answer.question]}, " if answer.question in facts else ""
        facts[answer.question] = several + _describe_answer(answer)
    return facts


def _describe_answer(answer: RowAnswer) -> str:
    return str(answer.content) if answer.text is None else count_text(len(answer.text), "character")


def _list_event_facts(events: "Sequence[Event]", source: "ImportSource") -> dict[str, str]:
    journey = source.journey
    if source.mapping.shape == "wide":
        return {event.touchpoint or event.stage or "": _local_time(event.at, journey) for event in events}
    (event,) = events
    facts = {
        "at": _local_time(event.at, journey),
        "touchpoint": event.touchpoint,
        "stage": event.stage,
        "channel": event.channel,
        "amount": _number_text(event.amount),
        **{key: _number_text(value) for key, value in (event.measures or {}).items()},
    }
    return {key: value for key, value in facts.items() if value is not None}


def _number_text(value: float | None) -> str | None:
    return None if value is None else f"{value:,.10g}"


def _local_time(at: datetime, journey: "Journey") -> str:
    return f"{at.astimezone(journey.zone):%Y-%m-%d %H:%M}"
