"""What an import of answers makes of each row: new, corrected, known, erased or refused, and what goes with a row."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection, Database
from bot.db.imports import imported_rows, table_imports
from bot.db.imports.table_imports import ImportOvertaken
from bot.db.imports.tables import imported_row_table
from bot.db.journeys.tables import cohort_table, visit_table
from bot.db.people import customers, links
from bot.db.people.links import LinkKind
from bot.db.people.tables import customer_attribute_table, customer_table
from bot.db.upkeep import counter_check
from bot.usecases.asking.record_visits import record_events
from bot.usecases.people.forget_customer import forget_customer
from bot.usecases.tables.rows.compare_rows import compare_rows, lock_people
from bot.usecases.tables.rows.import_answers import import_answers
from bot.usecases.upkeep.retire_rows import retire_until
from cjm.journeys.visit import Event
from cjm.tables.answer_rows import AnswerRow
from cjm.tables.row_outcome import RowOutcome, RowResult
from tests.statements import listen_to_statements
from tests.usecases.tables.random_answers import NOW, QUESTIONS, TableLife, make_answer, make_row

THEN = datetime(2026, 11, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SATISFIED = make_answer("pay_csat", 5)
NEW, KNOWN, CORRECTED = RowOutcome.NEW, RowOutcome.KNOWN, RowOutcome.CORRECTED
ERASED, REFUSED = RowOutcome.ERASED, RowOutcome.REFUSED


def take(tx: Connection, *rows: AnswerRow, name: str = "one") -> list[RowResult]:
    """Import rows as one batch of a file."""
    life = TableLife(tx, Random(0))
    unit = table_imports.start_run(tx, "small", name, "answers", None, NOW)
    results = import_answers(tx, unit, life.journey, rows, QUESTIONS, NOW)
    table_imports.finish_run(tx, unit)
    assert counter_check.list_wrong_counters(tx, life.journey) == []
    return results


def outcomes(results: list[RowResult]) -> list[RowOutcome]:
    return [result.outcome for result in results]


def undo(tx: Connection, name: str = "one") -> Any:
    life = TableLife(tx, Random(0))
    removed = life.undo(name)
    assert counter_check.list_wrong_counters(tx, life.journey) == []
    return removed


def count(tx: Connection, table: Any) -> int:
    return tx.scalar(select(func.count()).select_from(table)) or 0


def row_of(name: str, value: int = 5, *, at: datetime = THEN, **facts: Any) -> AnswerRow:
    return make_row(name, at, [make_answer("pay_csat", value)], **facts)


# ---- outcomes


async def test_a_row_is_new_then_known_then_corrected(any_db: Database) -> None:
    def work(tx: Connection) -> None:
        assert outcomes(take(tx, row_of("1"), row_of("2"))) == [NEW, NEW]
        assert outcomes(take(tx, row_of("1"), row_of("2", 3))) == [KNOWN, CORRECTED]
        assert list(tx.scalars(select(answer_table.c.value).order_by(answer_table.c.value))) == [3, 5]

    await any_db.write(work)


async def test_the_first_of_two_rows_with_one_name_counts(db: Database) -> None:
    def work(tx: Connection) -> None:
        rows = (row_of("1"), row_of("1", 2, line=3), row_of("1", line=4))
        results = take(tx, *rows)
        assert outcomes(results) == [NEW, REFUSED, KNOWN]
        assert "the same name and other content" in str(results[1].mistakes[0])
        # Also where the earlier row was in a batch before, and known from an earlier file.
        unit = table_imports.start_run(tx, "small", "one", "answers", None, NOW)
        for row, outcome in zip(rows, (KNOWN, REFUSED, KNOWN), strict=True):
            life = TableLife(tx, Random(0))
            assert outcomes(import_answers(tx, unit, life.journey, [row], QUESTIONS, NOW)) == [outcome]

    await db.write(work)


async def test_rows_without_a_customer_are_other_people_in_every_import(db: Database) -> None:
    def work(tx: Connection) -> None:
        take(tx, row_of("1"), row_of("2"))
        take(tx, row_of("1"), name="two")
        assert count(tx, customer_table) == 3

    await db.write(work)


CHANGES = [
    (row_of("1", customer="boris", channel="app", attributes={"class": "gold"}), ("customer",)),
    (row_of("1", customer="anna", channel="app", attributes={"class": "gold"}, at=THEN + DAY), ("at",)),
    (row_of("1", customer="anna", attributes={"class": "gold"}), ("channel",)),
    (row_of("1", customer="anna", channel="app", attributes={"class": "tin"}), ("class",)),
    (row_of("1", 2, customer="anna", channel="app"), ("class", "pay_csat")),
]


@pytest.mark.parametrize(("row", "changed"), CHANGES)
async def test_a_corrected_row_says_what_changed(db: Database, row: AnswerRow, changed: tuple[str, ...]) -> None:
    def work(tx: Connection) -> None:
        take(tx, row_of("1", customer="anna", channel="app", attributes={"class": "gold"}))
        (result,) = take(tx, row)
        assert (result.outcome, result.changed) == (CORRECTED, changed)

    await db.write(work)


async def test_a_run_ends_when_another_one_of_its_import_begins(db: Database) -> None:
    def work(tx: Connection) -> None:
        life = TableLife(tx, Random(0))
        unit = table_imports.start_run(tx, "small", "one", "answers", None, NOW)
        table_imports.start_run(tx, "small", "one", "answers", None, NOW)
        with pytest.raises(ImportOvertaken, match="has begun meanwhile"):
            import_answers(tx, unit, life.journey, [row_of("1")], QUESTIONS, NOW)
        life.undo("one")
        with pytest.raises(ImportOvertaken, match="was taken back meanwhile"):
            import_answers(tx, unit, life.journey, [row_of("1")], QUESTIONS, NOW)

    await db.write(work)


async def test_known_rows_take_a_few_statements_however_many_they_are(db: Database) -> None:
    def work(tx: Connection) -> list[int]:
        life = TableLife(tx, Random(0))
        counted = []
        for size in (2, 400):
            rows = [row_of(f"{number}") for number in range(size)]
            for _ in range(2):
                unit = table_imports.start_run(tx, "small", "one", "answers", None, NOW)
                with listen_to_statements() as sent:
                    import_answers(tx, unit, life.journey, rows, QUESTIONS, NOW)
            counted.append(len(sent))
        return counted

    few, many = await db.write(work)
    assert few == many <= 8


# ---- forgotten and retired


async def test_a_forgotten_person_never_comes_back_with_their_file(any_db: Database) -> None:
    def work(tx: Connection) -> None:
        rows = row_of("1", customer="anna", attributes={"class": "gold"}), row_of("2", customer="boris")
        take(tx, *rows)
        anna = customers.find_by_external_id(tx, "anna")
        assert anna is not None
        forget_customer(tx, anna.id, None, 5, NOW)
        in_order = select(imported_row_table).order_by(imported_row_table.c.id)
        kept = [(row.erased, row.customer_id is None, row.told, row.content) for row in tx.execute(in_order)]
        assert kept == [(True, True, None, b""), (False, False, None, rows[1].content)]
        assert outcomes(take(tx, *rows)) == [ERASED, KNOWN]
        assert outcomes(take(tx, row_of("1", 2, customer="anna"))) == [ERASED]
        (unit,) = table_imports.list_by_name(tx, "small", "one")
        assert (imported_rows.count_missing(tx, unit), count(tx, answer_table)) == (1, 1)
        removed = undo(tx)
        assert (removed.rows, removed.answers, removed.people) == (1, 1, 1)
        assert outcomes(take(tx, *rows)) == [ERASED, NEW]

    await any_db.write(work)


async def test_a_person_who_is_forgotten_between_two_looks_at_their_rows_stays_away(db: Database) -> None:
    def work(tx: Connection) -> None:
        take(tx, row_of("1", customer="anna"))
        anna = customers.find_by_external_id(tx, "anna")
        assert anna is not None
        unit = table_imports.start_run(tx, "small", "one", "answers", None, NOW)
        compared = compare_rows(tx, unit, [row_of("1", 2, customer="anna"), row_of("1", 2, customer="anna", line=3)])
        assert [one.outcome for one in compared] == [CORRECTED, KNOWN]
        forget_customer(tx, anna.id, None, 5, NOW)
        _, compared = lock_people(tx, compared, lambda row: row.customer or "")
        assert [one.outcome for one in compared] == [ERASED, ERASED]

    await db.write(work)


async def test_a_row_is_erased_when_all_its_facts_are_retired(any_db: Database) -> None:
    def work(tx: Connection) -> None:
        rows = (
            row_of("old", customer="anna", at=THEN - 9 * DAY),
            make_row("empty", THEN - 9 * DAY, [], customer="anna"),
            row_of("young", customer="anna"),
        )
        take(tx, *rows)
        retire_until(tx, TableLife(tx, Random(0)).journey, (THEN - DAY).date(), 5)
        assert outcomes(take(tx, *rows)) == [ERASED, KNOWN, KNOWN]

    await any_db.write(work)


# ---- people and what is known of them


async def test_people_go_with_their_rows_unless_something_else_knows_them(any_db: Database) -> None:
    def work(tx: Connection) -> None:
        people = ("anna", "boris", "celia", "dora", "ewa")
        take(tx, *(row_of(name, customer=name, attributes={"class": "gold"}) for name in people))
        take(tx, row_of("x", customer="boris"), name="two")
        ids = {name: customers.ensure_locked(tx, [name], NOW)[name] for name in people}
        links.issue(tx, LinkKind.CUSTOMER, customer_id=ids["celia"], now=NOW, secret="s" * 32)
        customers.update_customer(tx, ids["dora"], language="pl")
        removed = undo(tx)
        assert (removed.answers, removed.people) == (5, 2)
        assert set(tx.scalars(select(customer_table.c.external_id))) == {"boris", "celia", "dora"}
        assert count(tx, customer_attribute_table) == 0

    await any_db.write(work)


async def test_a_person_whose_only_row_moves_to_another_one_goes(db: Database) -> None:
    def work(tx: Connection) -> None:
        take(tx, row_of("1", customer="ana", attributes={"class": "gold"}))
        take(tx, row_of("1", customer="anna", attributes={"class": "gold"}))
        assert list(tx.scalars(select(customer_table.c.external_id))) == ["anna"]

    await db.write(work)


def classes_of_visits(tx: Connection) -> list[str]:
    found = select(cohort_table.c.attributes).join(visit_table, visit_table.c.cohort_id == cohort_table.c.id)
    return [text.split('"')[3] for text in tx.scalars(found.order_by(visit_table.c.at))]


async def test_later_visits_count_again_when_what_an_import_told_goes(any_db: Database) -> None:
    def visit(tx: Connection, number: int, **told: Any) -> None:
        at = THEN + number * DAY
        record_events(tx, [Event(f"e{number}", "anna", "small", at, "pay", **told)], None, NOW)

    def work(tx: Connection) -> None:
        life = TableLife(tx, Random(0))
        visit(tx, 1)
        take(tx, row_of("1", customer="anna", attributes={"class": "gold"}))
        visit(tx, 2)
        visit(tx, 4, attributes={"class": "tin"})
        visit(tx, 5)
        assert classes_of_visits(tx) == ["", "gold", "tin", "tin"], "what comes late moves no newer visit"
        take(tx, row_of("1", customer="anna", attributes={"class": "silver"}))
        assert classes_of_visits(tx) == ["", "silver", "tin", "tin"]
        life.undo("one")
        assert classes_of_visits(tx) == ["", "", "tin", "tin"]
        assert counter_check.list_wrong_counters(tx, life.journey) == []

    await any_db.write(work)


async def test_what_an_event_told_too_stays_when_the_import_goes(any_db: Database) -> None:
    def work(tx: Connection) -> None:
        row = row_of("1", customer="anna", attributes={"class": "gold"})
        event = Event("e", "anna", "small", THEN, "pay", attributes={"class": "gold"})
        for number, steps in enumerate((("row", "event"), ("event", "row"))):
            for step in steps:
                if step == "row":
                    take(tx, row)
                else:
                    record_events(tx, [event], None, NOW)
            undo(tx)
            assert list(tx.scalars(select(customer_attribute_table.c.value))) == ["gold"], number

    await any_db.write(work)
