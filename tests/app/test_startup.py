"""The start waits for what is away, tells it once, and ends at what a person has to mend."""

from collections.abc import Awaitable, Callable

import pytest

from bot.app.life.startup import ask_messenger, wait_for_database
from bot.db.engine.errors import DatabaseAway, DatabaseError
from bot.outbox.messenger import DeliveryError, NeverLeft, Rejected, Throttled, Uncertain


def script(*ends: Exception | str) -> Callable[[], Awaitable[str]]:
    """Return a step that ends as told, one after the other."""
    left = list(ends)

    async def step() -> str:
        end = left.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    return step


async def test_database_that_is_away_is_waited_for_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="bot")
    away = DatabaseAway("the database x: cannot be reached")
    assert await wait_for_database(script(away, away, away, "up"), waits=(0.0,)) == "up"
    assert [record.message for record in caplog.records] == [
        "the start waits for the database",
        "the database answers; the start goes on",
    ]


async def test_database_that_a_person_has_to_mend_ends_the_start() -> None:
    with pytest.raises(DatabaseError, match="no database of this name"):
        await wait_for_database(script(DatabaseError("there is no database of this name"), "up"))


@pytest.mark.parametrize("error", [NeverLeft("no connection"), Uncertain("Bad Gateway"), Throttled(0.0)])
async def test_messenger_is_asked_again_after_a_passing_failure(error: DeliveryError) -> None:
    assert await ask_messenger(script(error, error, "the bot"), waits=(0.0, 0.0)) == "the bot"
    with pytest.raises(type(error)):
        await ask_messenger(script(error, error, error), waits=(0.0, 0.0))


async def test_messenger_that_refuses_is_not_asked_again() -> None:
    with pytest.raises(Rejected, match="bad webhook"):
        await ask_messenger(script(Rejected("bad webhook: HTTPS url must be provided"), "fine"))
