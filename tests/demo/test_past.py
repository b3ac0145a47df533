"""A simulated past leaves nothing to do to people without a chat on the demo's page; its customers have many words."""

from collections import Counter
from datetime import UTC, datetime
from random import Random

from bot.config.settings import Settings
from bot.db.asking import responses
from bot.db.delivery import letters
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.demo.opinions import choose_words
from bot.demo.past import SimulatedPast
from bot.outbox.kinds import LetterName
from cjm import templates
from cjm.journeys.journey_file import read_journey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_past_leaves_no_message_to_repair_and_no_letter_to_send(db: Database) -> None:
    source = templates.text("shop")
    await db.write(lambda tx: journeys.apply(tx, read_journey(source, "shop.toml"), source, now=NOW))
    settings = Settings.model_validate({})
    await SimulatedPast(db=db, settings=settings, language="en", weeks=1, now=NOW).simulate(lambda _share: None)

    def read(tx: Connection) -> tuple[list[responses.Response], datetime | None, bool]:
        has_conversations = any(responses.find_by_id(tx, number) for number in range(1, 50))
        return responses.list_not_shown(tx, NOW, LetterName.STEP), letters.find_next_due(tx), has_conversations

    assert await db.read(read) == ([], None, True)


def test_customers_say_everything_else_before_they_repeat_something() -> None:
    said: Counter[str] = Counter()
    random = Random(5)
    texts = [choose_words("delivery", "late", "en", said, random) for _ in range(20)]
    assert len(set(texts[:10])) == len(set(texts[10:])) == 10
