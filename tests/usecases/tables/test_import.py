"""Tables of past answers: every shape, every reason with its lines, nothing twice."""

import gc
import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection

from bot.db.journeys import cohorts
from bot.db.upkeep import service_metrics
from bot.usecases.asking.explain_asking import ExplainAsking
from bot.usecases.tables.export_rows import ExportRows
from bot.usecases.tables.import_table import ImportTable
from cjm.tables.mapping_file import MappingError
from cjm.tables.own.columns import ExportKind
from cjm.tables.row_outcome import RowOutcome
from tests.statements import listen_to_statements
from tests.usecases.tables.cafe import (
    CLOCK,
    HEAD,
    NOW,
    NUMBERED,
    RULES,
    WIDE,
    Cafe,
    answer_counts,
    counts,
    numbered,
    reasons,
)

NEW, KNOWN, CORRECTED, REFUSED = RowOutcome.NEW, RowOutcome.KNOWN, RowOutcome.CORRECTED, RowOutcome.REFUSED


async def test_a_wide_table_has_a_row_for_each_customer(cafe: Cafe) -> None:
    row = 'Anna;24.10.2026 23:30;Gdańsk;great;Too slow;"=1+1, ""quoted""\nand more";9\n'
    found = await cafe.take(HEAD + row)
    assert (counts(found), answer_counts(found), found.left_out) == ({NEW: 1}, {"new": 4}, 0)
    csat, why, words, nps = await cafe.answers_of("Anna")
    assert (csat.value, csat.subject, csat.stage, csat.channel) == (5, "counter", "visit", "store")
    assert (csat.at, csat.day) == (datetime(2026, 10, 24, 21, 30, tzinfo=UTC), date(2026, 10, 24))
    assert (why.choice, words.text) == ("slow", '=1+1, "quoted"\nand more')
    assert (nps.value, nps.subject, nps.channel, nps.source) == (9, "visit", "other", "import")
    cities = await cafe.db.read(lambda tx: cohorts.list_by_journey(tx, "cafe"))
    assert cities[csat.cohort_id] == {"city": "Gdańsk"}


async def test_report_counts_answers_by_question_and_value_and_tells_people_and_days(cafe: Cafe) -> None:
    table = HEAD + (
        "Anna;24.10.2026 23:30;Gdańsk;5;slow;words;9\nBert;02.10.2026 10:00;Gdańsk;5;rude;;-1\n"
        "Cyd;02.10.2026 10:00;;4;rude;;\n"
    )
    found = await cafe.take(table)
    csat, why, words = (found.subjects[f"counter_{key}"] for key in ("csat", "why", "words"))
    assert (csat.outcomes, csat.values) == ({NEW: 2}, {5: 1, 4: 1})
    assert (why.values, words.outcomes, words.values) == ({"slow": 1, "rude": 1}, {NEW: 1}, {})
    assert (found.people, found.first_day, found.last_day) == (2, date(2026, 10, 2), date(2026, 10, 24))
    assert (found.left_out, counts(found)) == (2, {NEW: 2, REFUSED: 1})


async def test_counters_are_those_of_the_rows(cafe: Cafe) -> None:
    rows = "".join(f"c{n % 7};{n % 28 + 1:02}.10.2026 10:00;Warszawa;{n % 5 + 1};;;{n % 11}\n" for n in range(60))
    await cafe.take(HEAD + rows)
    await cafe.take(HEAD + rows + "c1;01.10.2026 11:00;Gdańsk;1;rude;;0\n")
    assert await cafe.count_wrong_counters() == 0


async def test_garbage_is_collected_seldom_while_a_table_goes_in_and_as_before_after_it(cafe: Cafe) -> None:
    before_test, as_python_does = gc.get_threshold(), (700, 10, 10)
    within: list[tuple[int, int, int]] = []
    source = cafe.write(HEAD + "c1;01.10.2026 11:00;Gdańsk;1;rude;;0\n")
    gc.set_threshold(*as_python_does)
    try:
        await ImportTable(cafe.db, CLOCK, RULES)(source, lambda _: within.append(gc.get_threshold()))
        after = gc.get_threshold()
    finally:
        gc.set_threshold(*before_test)
    assert within[0][0] > 10 * as_python_does[0]
    assert after == as_python_does


async def test_a_batch_passes_over_no_rows_that_are_stored_already(cafe: Cafe) -> None:
    """Else each batch of a large table takes longer than the one before. PostgreSQL goes by statistics."""
    with listen_to_statements() as statements:
        await cafe.take(numbered(*[5] * 120), NUMBERED)
        await cafe.take(numbered(*[4] * 120), NUMBERED)

    def explain(tx: Connection) -> list[str]:
        # At its end a run looks once for all rows that it saw, and for those that it did not see.
        is_once = re.compile(r"imported_row\.run !?=")
        of_batches = [one for one in statements if one.text.startswith("SELECT") and not is_once.search(one.text)]
        plans = [tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values) for text, values in of_batches]
        return [row.detail for plan in plans for row in plan]

    steps = await cafe.db.read(explain)
    assert [step for step in steps if "ix_answer_customer_id_day" in step]
    assert not [step for step in steps if re.search(r"(visit|response|import)_id=\?\)", step)]
    assert not [step for step in steps if re.match("SCAN (answer|customer|imported_row|visit)", step)]


async def test_an_import_is_the_same_on_both_engines(any_cafe: Cafe) -> None:
    db = any_cafe.db
    rows = "".join(f"c{n % 7};{n % 28 + 1:02}.10.2026 10:00;Warszawa;{n % 5 + 1};;;{n % 11}\n" for n in range(60))
    assert answer_counts(await any_cafe.take(HEAD + rows)) == {"new": 120}
    assert answer_counts(await any_cafe.take(HEAD + rows)) == {"known": 120}
    events = 'kind = "events"\nask = true\ncustomer = "who"\n[touchpoints]\ncounter = "came"'
    assert answer_counts(await any_cafe.take("who,came\nc1,2026-11-22T11:00Z\n", events, "visits")) == {"new": 1}
    assert await any_cafe.count_wrong_counters() == 0
    pieces = {what: [p async for p in ExportRows(db, 5)("cafe", what, "ndjson")] for what in ExportKind}
    assert [sum(p.count(b"\n") for p in pieces[what]) for what in ExportKind] == [120, 1, 1, 1, 0, 0]
    explained = await ExplainAsking(db)("c1")
    assert explained is not None
    assert [step.kind for story in explained.stories for step in story.surveys[0].steps] == ["waiting"]
    found = await db.read(lambda tx: service_metrics.collect(tx, NOW))
    assert (found.answers, found.decisions) == (120, {("hold", "no_chat"): 1})


async def test_the_same_row_again_is_known(cafe: Cafe) -> None:
    row = "Anna;24.10.2026 10:00;Gdańsk;4;;;\n"
    assert counts(await cafe.take(HEAD + row + row)) == {NEW: 1, KNOWN: 1}
    found = await cafe.take(HEAD + row + "Anna;25.10.2026 10:00;Gdańsk;4;;;\n")
    assert counts(found) == {NEW: 1, KNOWN: 1}


async def test_a_named_row_with_other_content_is_corrected(cafe: Cafe) -> None:
    mapping = 'row = "No"\n' + WIDE
    await cafe.take(f"No;{HEAD}r1;Anna;24.10.2026 10:00;Gdańsk;4;;;9\n", mapping)
    found = await cafe.take(f"No;{HEAD}r1;Anna;24.10.2026 10:00;Gdańsk;1;;;9\n", mapping)
    assert (counts(found), answer_counts(found)) == ({CORRECTED: 1}, {"corrected": 1, "known": 1})
    assert [a.value for a in await cafe.answers_of("Anna")] == [1, 9]
    assert await cafe.count_wrong_counters() == 0


async def test_without_a_customer_every_row_is_a_person(cafe: Cafe) -> None:
    mapping, table = WIDE.replace('customer = "Client"\n', ""), HEAD + "x;24.10.2026 10:00;Gdańsk;4;;;\n" * 3
    found = await cafe.take(table, mapping)
    assert (counts(found), found.people) == ({NEW: 3}, 3)
    assert counts(await cafe.take(table, mapping)) == {KNOWN: 3}


async def test_strange_rows_are_gathered_by_reason_and_good_ones_kept(cafe: Cafe) -> None:
    table = HEAD + (
        "Anna;24.10.2026 10:00;Gdańsk;kanarek;;;\n"
        "Bert;31.02.2026 10:00;Gdańsk;4;;;11\n"
        "\n"
        "Cyd;24.10.2026 10:00;Gdańsk;4\n"
        ";24.10.2026 10:00;Gdańsk;4;;;\n"
        "Dan;24.10.2126 10:00;Gdańsk;4;nobody;;\n"
        'Eve;24.10.2026 10:00;Gdańsk;4;;"two\nlines";\n'
        "Fay;24.10.2026 10:00;Gdańsk;4.5;;;\n"
        "Gil;24.10.2026 10:00;Gdańsk;5.0;;;\n"
        'Hal;24.10.2026 10:00;Gdańsk;"5"x;;;\n'
        "Ida;24.10.1999 10:00;Gdańsk;5;;;\n"
    )
    found = await cafe.take(table)
    assert (counts(found), answer_counts(found)) == ({NEW: 2, REFUSED: 8}, {"new": 3})
    said = reasons(found)
    assert sorted(line for _, lines in said for line in lines) == [2, 3, 3, 5, 6, 7, 7, 10, 12, 13]
    assert [lines for reason, lines in said if 'column "Counter": is not a whole number' in reason] == [[2], [10]]
    assert ("has 4 cells; the header has 7", [5]) in said
    assert ('column "Client": is empty', [6]) in said
    assert ('column "When": is before the year 2000', [13]) in said
    assert found.refusals.rows == 8


async def test_only_the_first_lines_of_a_reason_are_kept(cafe: Cafe) -> None:
    found = await cafe.take(numbered(4, *[9] * 40), NUMBERED)
    [(_, lines)] = reasons(found)
    assert lines == [3, 4, 5, 6, 7]
    assert found.refusals.reasons[0].rows == found.refused_rows == 40


async def test_a_quotation_mark_that_is_never_closed(cafe: Cafe) -> None:
    table = HEAD + 'Anna;24.10.2026 10:00;Gdańsk;4;;;\nBert;24.10.2026 10:00;Gdańsk;4;;"oops;\nCyd;;;;;;\n'
    found = await cafe.take(table)
    assert counts(found) == {NEW: 1, REFUSED: 1}
    assert reasons(found) == [("a quotation mark is opened and not closed; lines 3 to 4 were not read", [3])]


async def test_import_without_a_name_says_where_to_write_one(cafe: Cafe) -> None:
    with pytest.raises(MappingError, match=r'^mapping\.toml: name: is missing; write name = "…", or --name'):
        cafe.write(numbered(1), NUMBERED, None)
    assert cafe.write(numbered(1), f'name = "desk"\n{NUMBERED}', None).name == "desk"
    assert cafe.write(numbered(1), f'name = "desk"\n{NUMBERED}', "other").name == "other"


# ---- long


LONG = """
shape = "long"
customer = "who"
at = "at"
question = { column = "question", values = { "How was the counter?" = "counter_csat" } }
value = "value"
channel = { column = "device", values = { Phone = "app" } }
"""


async def test_a_long_table_has_a_row_for_each_answer(cafe: Cafe) -> None:
    table = (
        "who,at,question,value,device\n"
        "Anna,2026-10-24,How was the counter?,4,Phone\n"
        "Anna,2026-10-24,counter_words,0,\n"
        "Anna,2026-10-24T23:30:00Z,visit_nps,10,site\n"
        "Anna,2026-10-24,nothing,1,site\n"
        "Anna,2026-10-24,visit_nps,10,pigeon\n"
    )
    found = await cafe.take(table, LONG)
    csat, words, nps = await cafe.answers_of("Anna")
    assert (csat.channel, csat.day, words.text, words.channel) == ("app", date(2026, 10, 24), "0", "store")
    assert (nps.day, nps.channel) == (date(2026, 10, 25), "site")  # in Warsaw it is the next day already
    assert sorted(line for _, lines in reasons(found) for line in lines) == [5, 6]


async def test_a_touchpoint_means_the_question_of_the_journeys_scale(cafe: Cafe) -> None:
    mapping = 'shape = "long"\ncustomer = "who"\nday = 2026-10-24\ntouchpoint = "where"\nvalue = "value"'
    found = await cafe.take("who\twhere\tvalue\nAnna\ttable\t3\nAnna\treceipt\t3\n", mapping)
    assert [(a.question, a.value) for a in await cafe.answers_of("Anna")] == [("table_csat", 3)]
    assert "exactly one question" in reasons(found)[0][0]
