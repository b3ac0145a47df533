"""Words narrowed by the score beside them and by a reason: on both engines, and never down to a few people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select, update

from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection, Database
from bot.db.figures import voices
from bot.db.figures.map_sums import MapScope
from bot.db.figures.voices import VoiceFilter
from bot.db.imports.tables import imported_row_table, table_import_table
from bot.usecases.maps.make_map import MapRequest, make_map
from bot.usecases.maps.views.read_voices import VoicePage, read_voice_page
from cjm.figures.map_view import MapView, ViewContent
from cjm.figures.views.voice_filter import MoodGroup, list_shown_themes
from cjm.journeys.journey import Journey
from tests.statements import listen_to_statements
from tests.usecases.past import PastTalk, apply_shop, store_talks

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOON.date()
MINIMUM = 5
VOICES = MapView(ViewContent.VOICES, "shop", place="delivery")
LATE = "after_purchase/delivery_barrier/late"


def store_past(tx: Connection) -> Journey:
    """Store six unhappy people who chose "late", six happy ones, and three in between, with words of each."""
    journey = apply_shop(tx, NOON)
    talks = [PastTalk(1, "late", f"late {n}") for n in range(6)]
    talks += [PastTalk(5, None, f"fine {n}") for n in range(6)]
    talks += [PastTalk(3, None, f"so-so {n}") for n in range(3)]
    store_talks(tx, journey, "delivery", TODAY, talks)
    return journey


def read_page(tx: Connection, journey: Journey, view: MapView) -> VoicePage:
    journey_map = make_map(tx, MapRequest("shop", language="en"), MINIMUM, NOON)
    return read_voice_page(tx, view, journey, journey_map)


def first_words(page: VoicePage) -> set[str]:
    return {voice.text.split()[0] for voice in page.voices}


async def test_words_are_narrowed_while_nobody_can_be_recognised(any_db: Database) -> None:
    journey = await any_db.write(store_past)

    def read(tx: Connection) -> None:
        unhappy = read_page(tx, journey, replace(VOICES, mood="unhappy"))
        assert (first_words(unhappy), unhappy.has_more, unhappy.is_withheld) == ({"late"}, True, False)
        assert {voice.value for voice in unhappy.voices} == {1}
        assert len(read_page(tx, journey, replace(VOICES, mood="unhappy", page=1)).voices) == 1
        assert first_words(read_page(tx, journey, replace(VOICES, mood="happy"))) == {"fine"}
        # Three people are in between: fewer than may be told apart, and as if there were none.
        few, none = (read_page(tx, journey, replace(VOICES, mood="middling", place=p)) for p in ("delivery", "product"))
        assert few == VoicePage(is_withheld=True)
        assert none == VoicePage(), "a place without a shown figure has no words at all"
        of_late = read_page(tx, journey, replace(VOICES, theme=LATE))
        assert first_words(of_late) == {"late"}
        assert of_late.theme is not None
        assert of_late.theme.title == "It came late"
        assert read_page(tx, journey, replace(VOICES, theme=LATE, mood="happy")).is_withheld
        assert read_page(tx, journey, replace(VOICES, theme="after_purchase/delivery_barrier/damaged")).is_withheld

    await any_db.read(read)


def move_into_table(tx: Connection, journey: Journey) -> None:
    """Make each conversation a row of an imported table: then no conversation holds its answers together."""
    unit = tx.scalar(
        insert(table_import_table).returning(table_import_table.c.id).values(
            journey=journey.key, name="past", kind="answers", salt=bytes(16), run=1, first_at=NOON, last_at=NOON
        )
    )  # fmt: skip
    for line, response in enumerate(tx.scalars(select(answer_table.c.response_id).distinct()).all()):
        row = tx.scalar(
            insert(imported_row_table).returning(imported_row_table.c.id).values(
                import_id=unit, name=line.to_bytes(16), content=line.to_bytes(16), run=1, line=line
            )
        )  # fmt: skip
        ours = update(answer_table).where(answer_table.c.response_id == response)
        tx.execute(ours.values(response_id=None, import_row_id=row, source="import"))


async def test_imported_words_are_narrowed_by_the_other_answers_of_their_row(db: Database) -> None:
    journey = await db.write(store_past)
    await db.write(lambda tx: move_into_table(tx, journey))

    def read(tx: Connection) -> None:
        unhappy = read_page(tx, journey, replace(VOICES, mood="unhappy"))
        assert (first_words(unhappy), {voice.value for voice in unhappy.voices}) == ({"late"}, {1})
        assert first_words(read_page(tx, journey, replace(VOICES, theme=LATE))) == {"late"}
        assert read_page(tx, journey, replace(VOICES, mood="middling")).is_withheld

    await db.read(read)


async def test_a_reason_that_would_tell_what_the_others_did_not_choose_leads_to_no_words(db: Database) -> None:
    """Six chose it and two others wrote words: beside the list of all words, these two would be known by the rest."""

    def store(tx: Connection) -> Journey:
        journey = apply_shop(tx, NOON)
        talks = [PastTalk(1, "late", f"late {n}") for n in range(6)] + [
            PastTalk(5, None, f"fine {n}") for n in range(2)
        ]
        store_talks(tx, journey, "delivery", TODAY, talks)
        return journey

    journey = await db.write(store)

    def read(tx: Connection) -> None:
        assert len(read_page(tx, journey, VOICES).voices) == 5
        assert read_page(tx, journey, replace(VOICES, theme=LATE)).is_withheld
        # So is every part of that list: together they would be the list again.
        assert read_page(tx, journey, replace(VOICES, theme=LATE, mood="unhappy")).is_withheld

    await db.read(read)


async def test_anonymous_words_are_not_narrowed_by_what_their_writers_answered(db: Database) -> None:
    journey = await db.write(store_past)
    anonymous = journey.model_copy(update={"anonymous": True})

    def read(tx: Connection) -> None:
        journey_map = make_map(tx, MapRequest("shop"), MINIMUM, NOON)
        pages = [
            read_voice_page(tx, view, anonymous, journey_map) for view in (VOICES, replace(VOICES, mood="unhappy"))
        ]
        assert pages[0] == pages[1]
        assert read_voice_page(tx, replace(VOICES, theme=LATE), anonymous, journey_map).is_withheld

    await db.read(read)


async def test_narrowed_words_are_found_by_indexes(db: Database) -> None:
    journey = await db.write(store_past)

    def explain(tx: Connection) -> list[str]:
        journey_map = make_map(tx, MapRequest("shop"), MINIMUM, NOON)
        (theme,) = list_shown_themes(journey_map, journey)
        scored = frozenset({("delivery", "csat")})
        wanted = VoiceFilter(frozenset({"after_purchase"}), "delivery", MoodGroup.UNHAPPY, scored, theme)
        scope = MapScope(journey, TODAY - timedelta(days=27), TODAY)
        with listen_to_statements() as statements:
            voices.list_latest(tx, scope, wanted, 6)
            voices.count_writers(tx, scope, wanted)
        plans = [tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values) for text, values in statements]
        return [row.detail for plan in plans for row in plan]

    steps = await db.read(explain)
    assert [step for step in steps if "ix_answer_words" in step]
    assert [step for step in steps if "uq_answer_choice" in step], "the reason is looked up by the conversation"
    assert [step for step in steps if "uq_answer_one" in step], "and so is the score"
    assert not [step for step in steps if step.startswith("SCAN answer")]
