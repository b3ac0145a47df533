"""Digests and names of rows: the same for the same content, whatever the table around it looks like."""

import random
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.journeys.visit import Event
from cjm.tables.answer_rows import AnswerRow
from cjm.tables.event_rows import EventRow
from cjm.tables.row_identity import RowNames, digest_answers, digest_events, name_event
from tests.cjm.tables.reading import Row, read_rows

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)


def identified(row: Row) -> AnswerRow | EventRow:
    assert isinstance(row, AnswerRow | EventRow), str(row)
    return row


def test_digests_are_the_same_in_every_version() -> None:
    # They are stored. If this test fails, no row of earlier imports is known any more.
    answers = digest_answers(
        name="1", customer=None, at=AT, channel=None, attributes={"b": "2", "a": "ż"}, answers=[("q", 4), ("p", "x")]
    )
    event = Event("id", "77", "j", AT, touchpoint="t", measures={"wait": 3}, amount=0.0)
    assert answers.hex() == "d43754583746ef95f7de4535f637fd44"
    assert (
        digest_events(name=None, customer="77", events=[event], places={"t": "old"}).hex()
        == "79c49364d7a8f5d01806c686e35ebc61"
    )


def test_what_is_equal_in_meaning_has_one_digest() -> None:
    one = Event("x", "77", "j", AT, touchpoint="t", measures={"a": 3, "b": -0.0}, attributes={})
    other = Event("y", "77", "j", AT.astimezone(), touchpoint="t", measures={"b": 0, "a": 3.0})
    found = {digest_events(name=None, customer="77", events=[event], places={}) for event in (one, other)}
    assert len(found) == 1


def test_equal_rows_are_people_of_their_own_only_without_customers() -> None:
    anonymous, known = RowNames(are_anonymous=True), RowNames(are_anonymous=False)
    assert [anonymous.name_row(c) for c in (b"x", b"y", b"x", b"x")] == ["78", "79", "78-2", "78-3"]
    assert [known.name_row(c) for c in (b"x", b"y", b"x")] == ["78", "79", "78"]


def test_event_ids_of_two_imports_never_meet() -> None:
    assert name_event("a:b", "c") != name_event("a", "b:c")
    assert name_event("a%3Ab", "c") != name_event("a:b", "c")
    assert len(name_event("n", "x" * 128, "t")) <= 128
    assert name_event("n", "x" * 128, "t") != name_event("n", "x" * 128, "s")


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from([("4", "rude;b"), ("Good", "B;a"), ("1", ""), ("5", "Dirty; or wet")]), max_size=6),
    st.randoms(use_true_random=False),
)
def test_other_columns_another_order_and_other_labels_do_not_rename_a_row(
    cells: list[tuple[str, str]], chance: random.Random
) -> None:
    one = read_rows(
        'day = 2026-10-02\n[questions]\nv_csat = { column = "s", values = { good = 4 } }\n'
        'v_why = { column = "w", separator = ";" }',
        ["s", "w"],
        *(list(row) for row in cells),
    )
    columns = ["new", "Why", "Score"]
    chance.shuffle(columns)
    written = [{"new": str(chance.random()), "Score": {"Good": "4"}.get(s, s), "Why": w.upper()} for s, w in cells]
    other = read_rows(
        'day = 2026-10-02\n[questions]\nv_why = { column = "Why", separator = ";" }\nv_csat = "Score"',
        columns,
        *([row[name] for name in columns] for row in written),
    )
    assert [(r.name, r.content) for r in map(identified, one)] == [(r.name, r.content) for r in map(identified, other)]
