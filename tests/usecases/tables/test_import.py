"""Tables of past answers and events: every shape, every mistake by its line, nothing twice."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import FrozenClock
from bot.db.asking import answers, decisions
from bot.db.asking.answers import Answer
from bot.db.engine.database import Connection, Database
from bot.db.figures.exports import ExportKind
from bot.db.journeys import cohorts, journeys, visits
from bot.db.people import customers
from bot.db.upkeep import counter_check, service_metrics
from bot.usecases.asking.explain_asking import ExplainAsking
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.tables.export_rows import ExportRows
from bot.usecases.tables.import_table import ImportReport, ImportTable, TableError, open_table
from cjm.asking.decision import AskingRules
from cjm.journeys.journey_file import read_journey
from cjm.tables.mapping_file import MappingError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOURCE = """
key = "cafe"
title = "Café"
timezone = "Europe/Warsaw"
[[attributes]]
key = "city"
title = "City"
values = ["Warszawa", "Gdańsk"]
[[stages]]
key = "visit"
title = "Visit"
[[stages.touchpoints]]
key = "counter"
title = "Counter"
channel = "store"
[[stages.touchpoints]]
key = "table"
title = "Table"
channel = "person"
[[stages]]
key = "after"
title = "After"
[[stages.touchpoints]]
key = "receipt"
title = "Receipt"
channel = "email"
[[surveys]]
key = "counter"
on = { touchpoint = "counter" }
[[surveys.questions]]
key = "counter_csat"
kind = "csat"
text = "How was it?"
[[surveys.questions]]
key = "counter_why"
kind = "choice"
text = "Why?"
options = [{ key = "slow", title = "Too slow" }, { key = "rude", title = "Rude" }]
[[surveys.questions]]
key = "counter_words"
kind = "text"
text = "In your words?"
[[surveys]]
key = "table"
on = { touchpoint = "table" }
[[surveys.questions]]
key = "table_csat"
kind = "csat"
text = "How was it?"
[[surveys.questions]]
key = "visit_nps"
kind = "nps"
about = "visit"
text = "Would you?"
"""
CAFE = read_journey(SOURCE, "cafe.toml")

WIDE = """
customer = "Client"
at = { column = "When", format = "%d.%m.%Y %H:%M" }
attributes = { city = "City" }
[questions]
counter_csat = { column = "Counter", values = { great = 5 }, not_applicable = ["-", ""] }
counter_why = "Why"
counter_words = "Words"
visit_nps = "NPS"
"""
HEAD = "Client;When;City;Counter;Why;Words;NPS\n"


@pytest.fixture
async def cafe(db: Database) -> Database:
    await ApplyJourney(db, FrozenClock(NOW)).apply(SOURCE, "cafe.toml")
    return db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


async def import_table(
    db: Database, file: Path, table: str | bytes, mapping: str, *, strict: bool = False
) -> ImportReport:
    file.write_bytes(table if isinstance(table, bytes) else table.encode())
    opened = open_table(file, CAFE, mapping, "mapping.toml")
    return await ImportTable(db, FrozenClock(NOW), AskingRules())(opened, strict=strict)


async def stored_answers(db: Database, who: str) -> list[Answer]:
    def read(tx: Connection) -> list[Answer]:
        person = customers.find_by_external_id(tx, who)
        return sorted(answers.list_by_customer(tx, person.id), key=lambda a: a.question) if person else []

    return await db.read(read)


def bad_rows(found: ImportReport) -> list[str]:
    return [str(row) for row in found.bad]


async def test_a_wide_table_has_a_row_for_each_customer(cafe: Database, file: Path) -> None:
    row = 'Anna;24.10.2026 23:30;Gdańsk;great;Too slow;"=1+1, ""quoted""\nand more";9\n'
    found = await import_table(cafe, file, HEAD + row, WIDE)
    assert (found.rows, found.new, found.known, found.left_out, found.bad) == (1, 4, 0, 0, [])
    csat, why, words, nps = await stored_answers(cafe, "Anna")
    assert (csat.value, csat.subject, csat.stage, csat.channel) == (5, "counter", "visit", "store")
    assert (csat.at, csat.day) == (datetime(2026, 10, 24, 21, 30, tzinfo=UTC), date(2026, 10, 24))
    assert (why.choice, words.text) == ("slow", '=1+1, "quoted"\nand more')
    assert (nps.value, nps.subject, nps.channel, nps.source) == (9, "visit", "other", "import")
    cities = await cafe.read(lambda tx: cohorts.list_by_journey(tx, "cafe"))
    assert cities[csat.cohort_id] == {"city": "Gdańsk"}


async def test_counters_are_those_of_the_rows(cafe: Database, file: Path) -> None:
    rows = "".join(f"c{n % 7};{n % 28 + 1:02}.10.2026 10:00;Warszawa;{n % 5 + 1};;;{n % 11}\n" for n in range(60))
    await import_table(cafe, file, HEAD + rows, WIDE)
    await import_table(cafe, file, HEAD + rows + "c1;01.10.2026 11:00;Gdańsk;1;rude;;0\n", WIDE)
    assert await cafe.read(lambda tx: counter_check.list_wrong_counters(tx, journeys.list_current(tx)["cafe"])) == []


async def test_an_import_is_the_same_on_both_engines(any_db: Database, file: Path) -> None:
    await ApplyJourney(any_db, FrozenClock(NOW)).apply(SOURCE, "cafe.toml")
    rows = "".join(f"c{n % 7};{n % 28 + 1:02}.10.2026 10:00;Warszawa;{n % 5 + 1};;;{n % 11}\n" for n in range(60))
    assert (await import_table(any_db, file, HEAD + rows, WIDE)).new == 120
    assert (await import_table(any_db, file, HEAD + rows, WIDE)).known == 120
    events = 'kind = "events"\nask = true\ncustomer = "who"\n[touchpoints]\ncounter = "came"'
    assert (await import_table(any_db, file, "who,came\nc1,2026-11-22T11:00Z\n", events)).new == 1
    assert await any_db.read(lambda tx: counter_check.list_wrong_counters(tx, journeys.list_current(tx)["cafe"])) == []
    pieces = {what: [p async for p in ExportRows(any_db, 5)("cafe", what, "ndjson")] for what in ExportKind}
    assert [sum(p.count("\n") for p in pieces[what]) for what in ExportKind] == [120, 1, 0]
    explained = await ExplainAsking(any_db)("c1")
    assert explained is not None
    assert [d.verdict for d in explained.decisions] == ["hold"]
    found = await any_db.read(lambda tx: service_metrics.collect(tx, NOW))
    assert (found.answers, found.decisions) == (120, {("hold", "no_chat"): 1})


async def test_the_same_row_again_is_known(cafe: Database, file: Path) -> None:
    row = "Anna;24.10.2026 10:00;Gdańsk;4;;;\n"
    assert (await import_table(cafe, file, HEAD + row + row, WIDE)).new == 1
    found = await import_table(cafe, file, HEAD + row + "Anna;25.10.2026 10:00;Gdańsk;4;;;\n", WIDE)
    assert (found.new, found.known) == (1, 1)


async def test_a_named_row_is_known_by_its_name(cafe: Database, file: Path) -> None:
    mapping = 'row = "No"\n' + WIDE
    await import_table(cafe, file, f"No;{HEAD}r1;Anna;24.10.2026 10:00;Gdańsk;4;;;\n", mapping)
    found = await import_table(cafe, file, f"No;{HEAD}r1;Anna;24.10.2026 10:00;Gdańsk;1;;;\n", mapping)
    assert (found.new, found.known) == (0, 1)
    assert [a.value for a in await stored_answers(cafe, "Anna")] == [4]


async def test_without_a_customer_every_row_is_a_person(cafe: Database, file: Path) -> None:
    mapping, table = WIDE.replace('customer = "Client"\n', ""), HEAD + "x;24.10.2026 10:00;Gdańsk;4;;;\n" * 3
    assert (await import_table(cafe, file, table, mapping)).new == 3
    assert (await import_table(cafe, file, table, mapping)).known == 3


async def test_bad_rows_are_told_by_line_and_good_ones_kept(cafe: Database, file: Path) -> None:
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
    found = await import_table(cafe, file, table, WIDE)
    assert (found.rows, found.new) == (2, 3)
    assert bad_rows(found) == [
        'line 2: column "Counter": is not a whole number from 1 to 5',
        (
            'line 3: column "When": is not a date of the format %d.%m.%Y %H:%M; '
            'column "NPS": is not a whole number from 0 to 10'
        ),
        "line 5: has 4 cells; the header has 7",
        'line 6: column "Client": is empty',
        'line 7: column "When": is more than a day ahead of now; column "Why": is not one of the question\'s options',
        'line 10: column "Counter": is not a whole number from 1 to 5',
        'line 12: a quotation mark inside a cell must be doubled ("")',
        'line 13: column "When": is before the year 2000',
    ]


async def test_strict_keeps_nothing_if_one_row_is_bad(cafe: Database, file: Path) -> None:
    table = HEAD + "Anna;24.10.2026 10:00;Gdańsk;4;;;\nBert;24.10.2026 10:00;Gdańsk;6;;;\n"
    found = await import_table(cafe, file, table, WIDE, strict=True)
    assert (found.rows, found.new, len(found.bad)) == (0, 0, 1)
    assert await stored_answers(cafe, "Anna") == []


async def test_a_quotation_mark_that_is_never_closed(cafe: Database, file: Path) -> None:
    table = HEAD + 'Anna;24.10.2026 10:00;Gdańsk;4;;;\nBert;24.10.2026 10:00;Gdańsk;4;;"oops;\nCyd;;;;;;\n'
    found = await import_table(cafe, file, table, WIDE)
    assert found.rows == 1
    assert bad_rows(found) == ["line 3: a quotation mark is opened and not closed; lines 3 to 4 were not read"]


# ---- long


LONG = """
shape = "long"
customer = "who"
at = "at"
question = { column = "question", values = { "How was the counter?" = "counter_csat" } }
value = "value"
channel = { column = "device", values = { Phone = "app" } }
"""


async def test_a_long_table_has_a_row_for_each_answer(cafe: Database, file: Path) -> None:
    table = (
        "who,at,question,value,device\n"
        "Anna,2026-10-24,How was the counter?,4,Phone\n"
        "Anna,2026-10-24,counter_words,0,\n"
        "Anna,2026-10-24T23:30:00Z,visit_nps,10,site\n"
        "Anna,2026-10-24,nothing,1,site\n"
        "Anna,2026-10-24,visit_nps,10,pigeon\n"
    )
    found = await import_table(cafe, file, table, LONG)
    csat, words, nps = await stored_answers(cafe, "Anna")
    assert (csat.channel, csat.day, words.text, words.channel) == ("app", date(2026, 10, 24), "0", "store")
    assert (nps.day, nps.channel) == (date(2026, 10, 25), "site")  # in Warsaw it is the next day already
    assert [row.line for row in found.bad] == [5, 6]


async def test_a_touchpoint_means_the_question_of_the_journeys_scale(cafe: Database, file: Path) -> None:
    mapping = 'shape = "long"\ncustomer = "who"\nday = 2026-10-24\ntouchpoint = "where"\nvalue = "value"'
    found = await import_table(cafe, file, "who\twhere\tvalue\nAnna\ttable\t3\nAnna\treceipt\t3\n", mapping)
    assert [(a.question, a.value) for a in await stored_answers(cafe, "Anna")] == [("table_csat", 3)]
    assert "exactly one question" in bad_rows(found)[0]


# ---- events


async def test_a_long_table_has_a_row_for_each_event(cafe: Database, file: Path) -> None:
    mapping = """
kind = "events"
shape = "long"
customer = "who"
at = "at"
event = "id"
touchpoint = "where"
amount = "paid"
attributes = { city = "city" }
"""
    table = (
        "id,who,at,where,paid,city\n"
        'e1,Anna,2026-10-24 10:00,counter,"12,50",Gdańsk\n'
        "e2,Anna,2026-10-25 10:00,receipt,,\n"
        "e3,Anna,2026-10-25 10:00,nowhere,,\n"
        "e4,Anna,2026-10-25 10:00,counter,much,\n"
        "e5,Anna,2026-10-25 10:00,,1,\n"
    )
    found = await import_table(cafe, file, table, mapping)
    assert (found.rows, found.new) == (2, 2)
    assert [row.line for row in found.bad] == [4, 5, 6]
    known = await cafe.read(lambda tx: visits.list_by_event_ids(tx, ["e1", "e2"]))
    assert (known["e1"].amount, known["e2"].touchpoint) == (12.5, "receipt")
    assert (await import_table(cafe, file, table, mapping)).known == 2


async def test_every_mistake_of_an_event_is_told_by_its_line(cafe: Database, file: Path) -> None:
    mapping = 'kind = "events"\nshape = "long"\ncustomer = "who"\nat = "at"\nrow = "id"\ntouchpoint = "where"'
    table = "id,who,at,where\ne1,Anna,2026-10-24 10:00,counter\ne1,Bert,2026-10-24 10:00,\n"
    found = await import_table(cafe, file, table, mapping)
    [mistakes] = bad_rows(found)
    assert mistakes == (
        "line 3: touchpoint: is missing; name a touchpoint or a stage; "
        "id: an event of another customer or journey has this id already"
    )


async def test_a_wide_table_has_a_column_for_each_touchpoint(cafe: Database, file: Path) -> None:
    mapping = 'kind = "events"\ncustomer = "who"\n[touchpoints]\ncounter = "came"\nafter = "left"'
    found = await import_table(
        cafe, file, "who,came,left\nAnna,2026-10-24 10:00,2026-10-24 11:00\nBert,2026-10-24,\n", mapping
    )
    assert (found.rows, found.new) == (2, 3)
    assert await cafe.read(lambda tx: counter_check.list_wrong_counters(tx, journeys.list_current(tx)["cafe"])) == []


@pytest.mark.parametrize(("ask", "decided"), [("", 0), ("ask = true\n", 1)])
async def test_nobody_is_asked_about_the_past_unless_that_is_wanted(
    cafe: Database, file: Path, ask: str, decided: int
) -> None:
    mapping = f'kind = "events"\n{ask}customer = "who"\n[touchpoints]\ncounter = "came"'
    await import_table(cafe, file, "who,came\nAnna,2026-11-22T11:00Z\n", mapping)

    def made(tx: Connection) -> int:
        anna = customers.find_by_external_id(tx, "Anna")
        return len(decisions.list_by_customer(tx, anna.id)) if anna else -1

    assert await cafe.read(made) == decided


# ---- files


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff", "sep={}\n"])
async def test_delimiters_are_found_out(cafe: Database, file: Path, delimiter: str, start: str) -> None:
    table = start.format(delimiter) + HEAD.replace(";", delimiter)
    table += "Anna;24.10.2026 10:00;Gdańsk;4;;;".replace(";", delimiter)
    assert (await import_table(cafe, file, table, WIDE)).new == 1


async def test_another_encoding_and_delimiter_by_the_mapping(cafe: Database, file: Path) -> None:
    mapping = 'encoding = "cp1250"\ndelimiter = "|"\n' + WIDE
    table = (HEAD + "Zażółć;24.10.2026 10:00;Gdańsk;4;;;\r\n").replace(";", "|").encode("cp1250")
    assert (await import_table(cafe, file, table, mapping)).new == 1
    assert len(await stored_answers(cafe, "Zażółć")) == 1


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (HEAD.encode() + "Zażółć;".encode("cp1250"), "line 2, byte 3: is not UTF-8"),
        (HEAD.encode("utf-16"), "saved as UTF-16"),
        (b"a" * 1_100_000, "longer than a megabyte"),
    ],
)
async def test_a_file_that_is_no_table(cafe: Database, file: Path, table: bytes, says: str) -> None:
    with pytest.raises(TableError, match=r"table\.csv: ") as caught:
        await import_table(cafe, file, table, WIDE)
    assert says in str(caught.value)


async def test_a_file_that_is_not_there(cafe: Database, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="cannot be read: no such file"):
        open_table(tmp_path / "none.csv", CAFE, WIDE, "mapping.toml")
    with pytest.raises(TableError, match="cannot be read: is a directory"):
        open_table(tmp_path, CAFE, WIDE, "mapping.toml")


async def test_missing_columns_are_told_all_at_once(cafe: Database, file: Path) -> None:
    with pytest.raises(MappingError) as caught:
        await import_table(cafe, file, "Client;when;City;Counter;Counter;Why\n", WIDE)
    assert str(caught.value).splitlines() == [
        'mapping.toml: at: the table has no column "When"; did you mean "when"?',
        'mapping.toml: questions.counter_csat: the table has the column "Counter" more than once',
        (
            'mapping.toml: questions.counter_words: the table has no column "Words"; '
            'it has "Client", "when", "City", "Counter", "Counter", "Why"'
        ),
        (
            'mapping.toml: questions.visit_nps: the table has no column "NPS"; '
            'it has "Client", "when", "City", "Counter", "Counter", "Why"'
        ),
    ]


# ---- mappings


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: (HEAD + t).encode("utf-8", "surrogatepass")))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_table_breaks_anything(tmp_path: Path, table: bytes) -> None:
    from cjm.tables.answer_rows import AnswerRowReader
    from cjm.tables.table_file import BadRow

    file = tmp_path / "any.csv"
    file.write_bytes(table)
    try:
        opened = open_table(file, CAFE, WIDE, "mapping.toml")
    except (TableError, MappingError):
        return
    rows = AnswerRowReader(opened.mapping, CAFE, opened.file.header.names, NOW)
    for row in opened.file.rows():
        read = row if isinstance(row, BadRow) else rows.read(row)
        assert read.line >= 2
