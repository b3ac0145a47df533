"""A simulated past leaves nothing to do to people without a chat on the demo's page; its customers have many words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.db.asking import responses
from bot.db.delivery import letters
from bot.db.diary.diary_counts import count_diaries
from bot.db.diary.entries import list_diary_entries
from bot.db.engine.database import Connection, Database
from bot.db.figures.map_sums import MapScope
from bot.db.journeys import journeys
from bot.demo.folder import DemoFolder
from bot.demo.journey import read_demo_source
from bot.demo.past import SimulatedPast
from bot.demo.simulated import volunteers
from bot.outbox.kinds import LetterName
from bot.texts import LANGUAGES
from cjm.figures.asking.diary_counts import DiaryCounts
from cjm.journeys.journey_file import read_journey
from cjm.journeys.parts.diary_question import DiaryQuestion

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_past_leaves_no_message_to_repair_and_no_letter_to_send_and_has_words_of_diaries(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volunteers, "JOINING_SHARE", 1.0)  # two weeks have few who are invited
    source = read_demo_source("shop", "en")
    journey = read_journey(source, "shop.toml")
    await db.write(lambda tx: journeys.apply(tx, journey, source, now=NOW))
    settings = DemoFolder(tmp_path).make_settings_of_the_past(journey, "en")
    past = SimulatedPast(db=db, template="shop", settings=settings, language="en", weeks=2, now=NOW)
    await past.simulate(lambda _share: None)

    def read(tx: Connection) -> tuple[list[responses.Response], datetime | None, bool]:
        has_conversations = any(responses.find_by_id(tx, number) for number in range(1, 50))
        return responses.list_not_shown(tx, NOW, LetterName.STEP), letters.find_next_due(tx), has_conversations

    assert await db.read(read) == ([], None, True)
    scope = MapScope(journey, NOW.date() - timedelta(days=14), NOW.date())
    entries = await db.read(lambda tx: list_diary_entries(tx, scope))
    assert {entry.kind for entry in entries} == set(DiaryQuestion)
    assert len({entry.part for entry in entries}) > 1
    written = {(each.person, each.day, each.part) for each in entries}
    assert await db.read(lambda tx: count_diaries(tx, scope)) == DiaryCounts(volunteers=0, answered=len(written))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["appointment", "saas", "shop"])
def test_journey_of_a_demo_speaks_its_language_first_and_invites_to_a_diary(template: str, language: str) -> None:
    journey = read_journey(read_demo_source(template, language), template)
    assert journey.languages[0] == language
    assert journey.diary is not None
    assert journey.diary.purpose is not None
    for question in DiaryQuestion:
        text = journey.diary.find_text(question)
        assert text is not None
        assert text.in_language(language)
