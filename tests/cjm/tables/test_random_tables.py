"""Random mappings and random tables: no traceback, and every row is read or refused with a reason."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.tables.answer_rows import AnswerRow, AnswerRowReader
from cjm.tables.event_rows import EventRow, EventRowReader
from cjm.tables.header import Header
from cjm.tables.mapping import TableMapping
from cjm.tables.mapping_file import MappingError, read_mapping
from cjm.tables.table_file import BadRow, TableRow
from tests.cjm.tables.reading import CASE, NOW

SECRET = "s3cret"  # part of some cells, and of no message
NAMES = ["A", "b", "B ", "Score", "", "2026"]
CELLS = st.sampled_from(
    [
        "", " ", "1", "4", "5.0", "-2", "10", "4/5", "85 %", "★★★☆☆", "Good", "good ", "NULL", "n/a", "-", "0", "yes",
        "rude;b", "Dirty; or wet", "t", "Till", "Desk", "s", "site", "2026-10-01", "01.10.2026 10:00", "1760000000",
        "2026-10-01T10:00+02:00", "v_csat", "Why?", "77", "\x00", "\ud800", "x" * 300, "½", "1e5", "9" * 40, "NaN",
        f"{SECRET} words", f"{SECRET}@example.com", f"1{SECRET}", "%", "/", "★", ";", "\\", "\u202e", "一",
    ]
) | st.text(max_size=12)  # fmt: skip
WORDS = st.sampled_from(["Good", "good", "", "-", "0", "NULL", "x", "*", "ż"])
PLACES = st.sampled_from(["A", "b", "score", 1, 2, 3, 9, {"column": "B", "nth": 1}, True, ""])
VALUES = st.dictionaries(
    WORDS, st.sampled_from([1, 4, 99, "a", "b", "t", "s", "site", "Why?", "Desk", "1"]), max_size=2
)
TIMES = st.sampled_from(["%d.%m.%Y %H:%M", "unix", "excel", "%Y", "%"])
COLUMNS: st.SearchStrategy[Any] = PLACES | st.fixed_dictionaries(
    {},
    optional={
        "column": PLACES,
        "columns": st.lists(PLACES, max_size=2),
        "values": VALUES,
        "not_applicable": st.lists(WORDS, max_size=2),
        "range": st.sampled_from([[1, 10], [0, 100], [5, 1], "stars", [1], 3, [0, 0]]),
        "separator": st.sampled_from([";", ",", ""]),
        "chosen": st.dictionaries(st.sampled_from(["a", "Rude", "zz"]), PLACES, max_size=2),
        "yes": st.lists(WORDS, max_size=2),
        "format": TIMES,
    },
)
NEEDED = {"at": 1, "customer": 2, "touchpoint": 1, "value": 2, "question": 1, "questions": {"v_csat": 1}}
KNOWN = ["v_csat", "v_why", "v_words", "w_nps", "nothing"]
MAPPINGS = st.fixed_dictionaries(
    {"kind": st.sampled_from(["answers", "events"]), "shape": st.sampled_from(["wide", "long"])},
    optional={
        "name": st.sampled_from(["n", "a:b"]),
        "customer": COLUMNS,
        "row": COLUMNS,
        "event": COLUMNS,
        "at": COLUMNS,
        "channel": COLUMNS | st.sampled_from(["site", "Store"]),
        "not_applicable": st.lists(WORDS, max_size=3),
        "values": VALUES,
        "questions": st.dictionaries(st.sampled_from(KNOWN), COLUMNS, min_size=1, max_size=3),
        "question": COLUMNS,
        "touchpoint": COLUMNS,
        "stage": COLUMNS,
        "value": COLUMNS,
        "touchpoints": st.dictionaries(st.sampled_from(["t", "s", "desk-1"]), COLUMNS, min_size=1, max_size=2),
        "passage": COLUMNS,
        "amount": COLUMNS,
        "lost_reason": COLUMNS,
        "attributes": st.dictionaries(st.sampled_from(["city", "none"]), COLUMNS, max_size=1),
        "measures": st.dictionaries(st.sampled_from(["wait", "Wait"]), COLUMNS, max_size=1),
    },
)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.tuples(
        st.lists(st.sampled_from(NAMES), min_size=width, max_size=width),
        st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=5),
    )
)


def write_toml(value: object) -> str:
    """Return a value as TOML; tables are inline."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {write_toml(v)}" for k, v in value.items()) + " }"
    return f"[{', '.join(map(write_toml, value))}]" if isinstance(value, list) else json.dumps(value)


def try_mapping(parts: dict[str, Any]) -> TableMapping | None:
    """Return the mapping, if need be without the settings that it refuses and with those that it misses."""
    for _ in range(4):
        text = "\n".join(f"{key} = {write_toml(value)}" for key, value in parts.items())
        try:
            return read_mapping(text, "m.toml", CASE)
        except MappingError as error:
            refused = {mistake.path.partition(".")[0] for mistake in error.mistakes}
        needed = {key: value for key, value in NEEDED.items() if key in refused and key not in parts}
        parts = {key: value for key, value in parts.items() if key not in refused} | needed
    return None


def check_row(found: AnswerRow | EventRow | BadRow, row: TableRow) -> None:
    """Fail if a row was lost, has no identity, or was refused without a reason or with what its cells hold."""
    assert found.line == row.line
    if isinstance(found, BadRow):
        assert found.mistakes
        assert SECRET not in str(found)
    else:
        assert found.name
        assert len(found.content) == 16
        assert all(len(event.id) <= 128 for event in getattr(found, "events", ()))


@settings(max_examples=40, deadline=None)
@given(MAPPINGS, TABLES)
def test_every_row_of_any_table_is_read_or_refused(
    parts: dict[str, Any], table: tuple[list[str], list[list[str]]]
) -> None:
    mapping = try_mapping(parts)
    header = Header([table[0]])
    if mapping is None or mapping.find_missing_columns(header):
        return
    make = AnswerRowReader if mapping.kind == "answers" else EventRowReader
    reader = make(mapping, CASE, header, NOW)
    for line, cells in enumerate(table[1], 2):
        row = TableRow(line, cells)
        check_row(reader.read(row), row)
