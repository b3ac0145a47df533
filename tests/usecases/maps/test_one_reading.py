"""Picture and words come from one reading of the database, whatever arrives while the picture is drawn."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.util import await_only

from bot.clock import FrozenClock
from bot.db.engine.database import Connection, Database
from bot.messages.message import Upload
from bot.screens.manager.map_composer import MapComposer
from bot.usecases.maps.make_map import MapRequest, make_map
from bot.usecases.maps.view_map import OpenedView, ViewMap
from bot.usecases.maps.views.load_view import ViewedMap
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address
from cjm.drawing import PictureChoice
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_view import ViewContent
from cjm.journeys.journey import Journey
from tests.usecases.past import apply_shop, store_answers

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANNA = Address("telegram", "7")
VIEWER = MapViewer(ANNA, ANNA, "Anna", "en")


class InterruptedDrawing:
    """Draws nothing, but while it does, five more people answer."""

    def __init__(self, db: Database, journey: Journey) -> None:
        self._db, self._journey = db, journey
        self.drawn: list[JourneyMap] = []

    async def __call__(self, journey_map: JourneyMap, choice: PictureChoice | None = None) -> Upload:
        self.drawn.append(journey_map)
        await self._db.write(lambda tx: answer_five_times(tx, self._journey))
        return Upload("map.png", b"png", cache_key="hash")


def answer_five_times(tx: Connection, journey: Journey) -> None:
    store_answers(tx, journey, "checkout", date(2026, 11, 21), [5, 4, 3, 2, 1])


@pytest.fixture
async def journey(any_db: Database) -> Journey:
    def write(tx: Connection) -> Journey:
        journey = apply_shop(tx, NOON)
        answer_five_times(tx, journey)
        return journey

    return await any_db.write(write)


@pytest.mark.parametrize("content", [ViewContent.MAP, ViewContent.DIGEST])
async def test_an_answer_that_arrives_while_the_picture_is_drawn_changes_neither_picture_nor_words(
    any_db: Database, journey: Journey, content: ViewContent
) -> None:
    view_map = ViewMap(any_db, FrozenClock(NOON), 5)
    drawing = InterruptedDrawing(any_db, journey)
    compose = MapComposer(drawing, caption_units=1024).compose  # type: ignore[arg-type]  # a drawing of our own
    opened = await view_map.open(VIEWER, content, "shop")
    assert isinstance(opened, OpenedView)
    for people in (5, 10):
        viewed = await view_map.load(VIEWER, opened.id)
        assert isinstance(viewed, ViewedMap)
        message, _ = await compose(viewed)
        assert drawing.drawn[-1].totals.answers == people
        assert f"{people} answers" in str(message.text)


async def test_a_map_is_made_of_one_state_of_the_database(any_db: Database, journey: Journey) -> None:
    loop = asyncio.get_running_loop()

    def read(tx: Connection) -> tuple[JourneyMap, JourneyMap]:
        before = make_map(tx, MapRequest("shop"), 5, NOON)
        writing = any_db.write(lambda other_tx: answer_five_times(other_tx, journey))
        if any_db.is_sqlite:  # a read has a thread
            asyncio.run_coroutine_threadsafe(writing, loop).result(30)
        else:
            await_only(writing)
        return before, make_map(tx, MapRequest("shop"), 5, NOON)

    before, after = await any_db.read(read)
    assert before == after
