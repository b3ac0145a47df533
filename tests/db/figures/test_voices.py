"""Words for the map and for the list of voices: the latest ones, from a bounded read."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.db.asking import answers
from bot.db.asking.answers import NewAnswer
from bot.db.engine.database import Connection, Database
from bot.db.figures import voices
from bot.db.figures.map_sums import MapScope
from bot.db.figures.voices import VoiceFilter
from cjm.journeys.journey import Journey
from cjm.scales import Scale
from tests.db.figures.returning_rows import Fact, apply_journey, store_facts
from tests.statements import listen_to_statements

FIRST = date(2026, 3, 1)
# Day, channel, cohort, stage and touchpoint under which the words number 0, 1, 2 … were written.
WRITTEN = [
    (0, "site", 0, "buy", "pay"),
    (2, "app", 1, "checkout", "till"),
    (1, "site", 1, "buy", "call"),
    (2, "site", 0, "find", "search"),
    (9, "site", 0, "buy", "pay"),
]


def store_words(tx: Connection) -> tuple[Journey, dict[int, int]]:
    journey = apply_journey(tx)
    facts = [Fact(0, FIRST, "open", "use", Scale.CSAT, 5, cohort, "site") for cohort in (0, 1)]
    ids = store_facts(tx, journey, facts)
    new = [
        NewAnswer(
            customer_id=1,
            journey=journey.key,
            version=1,
            question="words",
            kind="text",
            subject=subject,
            stage=stage,
            day=FIRST + timedelta(days=day),
            channel=channel,
            cohort_id=ids[cohort],
            at=datetime(2026, 4, 1, number, tzinfo=UTC),
            text=f"words {number}",
        )
        for number, (day, channel, cohort, stage, subject) in enumerate(WRITTEN)
    ]
    answers.insert_new_answers(tx, journey, new)
    return journey, ids


async def test_the_latest_words_come_first_and_others_not_at_all(any_db: Database) -> None:
    journey, ids = await any_db.write(store_words)
    scope = MapScope(journey, FIRST, FIRST + timedelta(days=5))

    async def quote(narrow: MapScope, limit: int = 200) -> list[int]:
        quotes = await any_db.read(lambda tx: voices.list_quotes(tx, narrow, limit))
        return [int(each.text.removeprefix("words ")) for each in quotes]

    async def list_latest(stages: set[str], subject: str | None, limit: int = 9, skip: int = 0) -> list[int]:
        wanted = VoiceFilter(frozenset(stages), subject)
        rows = await any_db.read(lambda tx: voices.list_latest(tx, scope, wanted, limit, skip))
        return [int(each.text.removeprefix("words ")) for each in rows]

    assert await quote(scope) == [3, 1, 2, 0]
    assert await quote(scope, 2) == [3, 1]
    assert await quote(replace(scope, channel="site")) == [3, 2, 0]
    assert await quote(replace(scope, cohorts=(ids[1],))) == [1, 2]
    assert await list_latest({"buy"}, None) == [1, 2, 0]
    assert await list_latest({"buy"}, None, limit=1, skip=1) == [2]
    assert await list_latest({"buy", "find"}, "pay") == [1, 0]
    assert await list_latest(set(), None) == []  # no stage whose words may be shown


async def test_words_are_found_in_their_order(db: Database) -> None:
    journey, _ = await db.write(store_words)
    scope = MapScope(journey, FIRST, FIRST + timedelta(days=5))

    def explain(tx: Connection) -> list[str]:
        with listen_to_statements() as statements:
            voices.list_quotes(tx, scope)
        statement, parameters = statements[0]
        return [row.detail for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]

    plan = await db.read(explain)
    at = next(number for number, step in enumerate(plan) if "ix_answer_words" in step)
    assert "journey=? AND day>? AND day<?" in plan[at]
    scan = next(number for number, step in enumerate(plan) if step.startswith("SCAN latest"))
    # Sorted in between, all words of the window would be read.
    assert not [step for step in plan[at:scan] if "TEMP B-TREE" in step]
    assert any("ix_invitation_seal_at" in step for step in plan[at:scan]), "few conversations are to be sealed"


async def test_quotes_name_their_writer_and_none_is_anonymous_while_it_names_one(db: Database) -> None:
    journey, _ = await db.write(store_words)

    async def list_writers(journey: Journey) -> set[int | None]:
        scope = MapScope(journey, FIRST, FIRST + timedelta(days=5))
        quotes = await db.read(lambda tx: voices.list_quotes(tx, scope))
        rows = await db.read(lambda tx: voices.list_latest(tx, scope, VoiceFilter(frozenset({"buy"})), 9))
        return {quote.writer for quote in quotes} | {row.writer for row in rows}

    assert await list_writers(journey) == {1}
    assert await list_writers(journey.model_copy(update={"anonymous": True})) == set()
