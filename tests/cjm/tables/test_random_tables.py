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
from tests.depth import choose_depth

SECRET = "s3cret"  # part of some cells, and of no message
NASTY = st.sampled_from(
    [
        "", " ", "NULL", "n/a", "-", "0", "x", "\x00", "\ud800", "x" * 300, "½", "1e5", "9" * 40, "NaN", "%", "/", "★",
        ";", "\\", "\u202e", "一", f"{SECRET} words", f"{SECRET}@example.com", f"1{SECRET}",
    ]
) | st.text(max_size=8)  # fmt: skip
FITTING = {
    "When": ["2026-10-01", "2026-10-01T10:00+02:00", "2026-09-03 08:15"],
    "who ": ["77", "Anna", "A-1"],
    "Score": ["1", "4", "5.0", "Good", "4/5", "85 %", "★★★☆☆", "NULL"],
    "Why?": ["rude;b", "Dirty; or wet", "A", "niegrzecznie", ""],
    "Where": ["t", "Till", "s", "STAY", "v_csat", "How was it?", "Desk"],
    "": ["12,50", "3", "site", "APP", "-"],
}
"""Columns of the tables, and cells that a mapping may expect in them."""


def rarely(usual: st.SearchStrategy[Any], rare: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 11).flatmap(lambda n: rare if n == 0 else usual)


def column(*usual: str | int) -> st.SearchStrategy[Any]:
    """Return what a mapping may write for a column: mostly one of the ``usual``, sometimes anything."""
    return rarely(st.sampled_from(usual), PLACES | TABLES_OF_A_COLUMN)


WORDS = st.sampled_from(["Good", "good", "", "-", "0", "NULL", "x", "*", "ż"])
PLACES = st.sampled_from(["When", "who", "score", 1, 2, 3, 9, {"column": "Why?", "nth": 1}, True, ""])
MEANINGS = st.sampled_from([1, 4, 99, "a", "b", "t", "s", "site", "Why?", "Desk", "1"])
VALUES = st.dictionaries(WORDS, MEANINGS, max_size=2)
TABLES_OF_A_COLUMN = st.fixed_dictionaries(
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
        "format": st.sampled_from(["%d.%m.%Y %H:%M", "unix", "excel", "%Y", "%"]),
    },
)
QUESTIONS = st.fixed_dictionaries(
    {},
    optional={
        "v_csat": rarely(
            st.sampled_from(["Score", {"column": "score", "range": "stars", "values": {"good": 4}}]), column("Why?")
        ),
        "v_why": rarely(
            st.sampled_from([{"column": "Why?", "separator": ";"}, {"chosen": {"a": 1, "b": "Score"}, "yes": ["*"]}]),
            column("Why?"),
        ),
        "v_words": column("Why?", "Where"),
        "w_nps": rarely(st.just({"columns": ["Score", 6], "range": [0, 100]}), column("")),
        "nothing": column("Score"),
    },
)
OPTIONAL: dict[tuple[str, str], dict[str, st.SearchStrategy[Any]]] = {
    ("answers", "wide"): {"questions": QUESTIONS, "at": column("When"), "values": VALUES},
    ("answers", "long"): {"at": column("When"), "question": column("Where"), "values": VALUES},
    ("events", "wide"): {"touchpoints": st.dictionaries(st.sampled_from(["t", "s", "x"]), column("When"), max_size=2)},
    ("events", "long"): {
        "touchpoint": column("Where"),
        "stage": column("Where"),
        "event": column("who"),
        "amount": column(6),
        "lost_reason": column("Why?"),
        "measures": st.dictionaries(st.sampled_from(["wait", "Wait"]), column(6), max_size=1),
    },
}
NEEDED: dict[str, Any] = {
    "at": "When", "customer": "WHO", "touchpoint": "Where", "value": {"column": "Score", "values": {"good": 4}},
    "questions": {"v_words": "Why?"}, "touchpoints": {"t": "When"},
}  # fmt: skip
MAPPINGS = st.sampled_from(list(OPTIONAL)).flatmap(
    lambda form: st.fixed_dictionaries(
        {"kind": st.just(form[0]), "shape": st.just(form[1])},
        optional={
            "name": st.sampled_from(["n", "a:b"]),
            "customer": column("Who"),
            "row": column("who", 2),
            "passage": column("Who"),
            "channel": column(6, "site", "Store"),
            "attributes": st.dictionaries(st.sampled_from(["city", "none"]), column("Why?"), max_size=1),
            "not_applicable": st.lists(WORDS, max_size=3),
        }
        | OPTIONAL[form],
    )
)
ROWS = st.lists(
    st.tuples(*(rarely(st.sampled_from(cells), NASTY) for cells in FITTING.values())), min_size=1, max_size=5
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


@settings(max_examples=choose_depth(25, 500), deadline=None)
@given(MAPPINGS, ROWS)
def test_every_row_of_any_table_is_read_or_refused(parts: dict[str, Any], rows: list[tuple[str, ...]]) -> None:
    mapping = try_mapping(parts)
    header = Header([list(FITTING)])
    if mapping is None or mapping.find_missing_columns(header):
        return
    make = AnswerRowReader if mapping.kind == "answers" else EventRowReader
    reader = make(mapping, CASE, header, NOW)
    for line, cells in enumerate(rows, 2):
        row = TableRow(line, cells)
        check_row(reader.read(row), row)
