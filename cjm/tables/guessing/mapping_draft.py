"""Write a guess as a mapping that people read and change."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cjm.tables.guessing.findings import Certainty
from cjm.tables.guessing.table_guess import QuestionGuess, TableGuess
from cjm.tables.guessing.table_sample import SampleColumn
from cjm.tables.guessing.toml_text import fits_a_line, write_value

_MOST_COMMENTS = 200
_MOST_IN_A_COMMENT = 100  # characters of a header


def draft_mapping(guess: TableGuess, name: str, source: str) -> str:
    """Return the text of a mapping; ``name`` is that of the import, ``source`` the file's name, for its first line."""
    lines = [
        f"# Guessed from {_comment(source)}{_tool_note(guess)}. docs/importing.md explains every key.",
        f"name = {write_value(name)}",
        *_list_settings(guess),
    ]
    tables = _list_event_tables(guess) if guess.events is not None else _list_question_tables(guess)
    return "\n".join([*filter(fits_a_line, lines), *tables, *_list_left_out(guess)]) + "\n"


def _tool_note(guess: TableGuess) -> str:
    return f", an export of {guess.layout.profile.title}" if guess.layout.profile else ""


def _list_settings(guess: TableGuess) -> Iterator[str]:
    """Yield the keys above the tables."""
    roles, events = guess.roles, guess.events
    if events is not None:
        yield 'kind = "events"'
    is_long = guess.value is not None or (events is not None and events.column is not None)
    if is_long:
        yield 'shape = "long"'
    yield from (f"{key} = {write_value(value)}" for key, value in guess.layout.settings.items())
    if roles.filter is not None:
        yield f"leave_out = {write_value(roles.filter)}"
    for key, column in (("row", roles.row), ("customer", roles.customer)):
        if column is not None:
            yield f"{key} = {write_value(column.reference)}"
    if roles.at:
        yield f"at = {_write_time(guess)}{_doubt(guess, roles.at[0])}"
    elif guess.day is not None:
        yield f"day = {guess.day.isoformat()}  # unsure: the table has no dates; write the day of the answers"
    if roles.channel is not None:
        # A text alone would be one channel for all rows.
        meanings = {"values": roles.channels} if roles.channels else {}
        yield f"channel = {write_value({'column': roles.channel.reference, **meanings})}"
    if guess.value is not None and guess.question is not None:
        yield f"value = {_write_column({'column': guess.value.reference, **_join_settings(guess.questions)})}"
    elif events is not None:
        yield from _list_event_settings(guess)


def _write_time(guess: TableGuess) -> str:
    roles = guess.roles
    assert roles.time is not None
    references = [column.reference for column in roles.at]
    where = {"column": references[0]} if len(references) == 1 else {"columns": references}
    return _write_column({**where, "format": roles.time.format, "timezone": roles.timezone})


def _write_column(settings: Mapping[str, Any]) -> str:
    """Return a column as short as a mapping may write it."""
    said = {key: value for key, value in settings.items() if value not in (None, {}, [], ())}
    return write_value(said["column"] if list(said) == ["column"] else said)


def _doubt(guess: TableGuess, column: SampleColumn) -> str:
    unsure = [f for f in guess.all_findings if f.column == column.shown_name and f.certainty is Certainty.UNSURE]
    return f"  # unsure: {unsure[0].reason}" if unsure else ""


def _join_settings(questions: Sequence[QuestionGuess]) -> dict[str, Any]:
    """Return the settings that one column of answers has for all of its questions."""
    joined: dict[str, Any] = {}
    for question in questions:
        settings = dict(question.settings)
        joined["values"] = {**settings.get("values", {}), **joined.get("values", {})}
        joined.setdefault("not_applicable", settings.get("not_applicable"))
        if question.answers.kind.scale is not None:
            joined.setdefault("range", settings.get("range"))
    return joined


# ---- events


def _list_event_settings(guess: TableGuess) -> Iterator[str]:
    events = guess.events
    assert events is not None
    for key, column in (("passage", events.passage), ("lost_reason", events.lost_reason)):
        if column is not None:
            yield f"{key} = {write_value(column.reference)}"


def _list_event_tables(guess: TableGuess) -> Iterator[str]:
    events = guess.events
    assert events is not None
    yield from _list_attributes(guess)
    if events.column is not None:
        yield from _list_labelled(guess.event_key, events.column, guess.labels)
        return
    yield "\n[touchpoints]"
    for label, (column, time) in events.time_columns.items():
        if label in guess.labels:
            written = _write_column({"column": column.reference, "format": time.format})
            yield f"{guess.labels[label]} = {written}"


def _list_labelled(name: str, column: SampleColumn, labels: Mapping[str, str]) -> Iterator[str]:
    """Yield a column whose cells name questions or places, with their keys in the journey."""
    yield f"\n[{name}]"
    yield f"column = {write_value(column.reference)}"
    if labels:
        yield f"\n[{name}.values]  # what each of them is called in the journey"
        yield from (f"{write_value(label)} = {write_value(key)}" for label, key in labels.items())


# ---- answers


def _list_question_tables(guess: TableGuess) -> Iterator[str]:
    yield from _list_attributes(guess)
    if guess.question is not None:
        yield from _list_labelled("question", guess.question, guess.labels)
        return
    for question in guess.questions:
        yield f"\n[questions.{question.key}]{_doubt_of(guess, question)}"
        for key, value in question.settings.items():
            line = f"{key} = {write_value(value, quotes_keys=key == 'values')}"
            if fits_a_line(line):
                yield line


def _list_attributes(guess: TableGuess) -> Iterator[str]:
    if guess.attributes:
        yield "\n[attributes]"
        yield from (f"{key} = {write_value(column.reference)}" for key, column in guess.attributes.items())


def _doubt_of(guess: TableGuess, question: QuestionGuess) -> str:
    taken_for = f"questions.{question.key}"
    found = [f for f in guess.all_findings if f.taken_for == taken_for and f.certainty is Certainty.UNSURE]
    return f"  # unsure: {found[0].reason}" if found else ""


def _list_left_out(guess: TableGuess) -> Iterator[str]:
    left = [f for f in guess.all_findings if f.certainty is Certainty.LEFT_OUT and f.column]
    if left:
        yield "\n# Left out:"
        yield from (f"#   {_comment(f.column)}: {_comment(f.reason)}" for f in left[:_MOST_COMMENTS])
    if len(left) > _MOST_COMMENTS:
        yield f"#   and {len(left) - _MOST_COMMENTS} more"


def _comment(text: str) -> str:
    """Return a text that stays on one line of a comment."""
    return "".join(c if c.isprintable() else " " for c in text)[:_MOST_IN_A_COMMENT]
