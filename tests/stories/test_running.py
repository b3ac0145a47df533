"""The house as a whole: what it listens to, when it is next at work, and what it does when a part of it fails."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.app.tropa import assemble_dispatcher
from bot.telegram.receiving.polling import UPDATE_KINDS
from tests.stories.stage import on_stage


async def test_words_that_a_customer_changes_in_the_chat_are_changed_here(sqlite_url: str) -> None:
    async with on_stage(sqlite_url) as stage:
        olga = await stage.consenting("Olga", "77")
        await stage.happens("77", "delivery")
        for button in ("🙁", "2", "It came late"):
            await olga.click(button)
            await stage.step()
        said = await olga.send("It raned")
        await stage.step()
        await olga.edit(said, "It rained")
        await stage.step()
        assert "It rained" in olga.last.words
        assert "It raned" not in olga.last.words


async def test_whatever_a_router_hears_telegram_is_asked_to_tell(sqlite_url: str) -> None:
    async with on_stage(sqlite_url) as stage:
        heard = assemble_dispatcher(stage.tropa.parts).resolve_used_update_types()
        assert set(heard) == set(UPDATE_KINDS)


async def test_the_next_moment_is_that_of_the_digest_when_nothing_else_is_due(sqlite_url: str) -> None:
    async with on_stage(sqlite_url) as stage:
        await stage.first_hour()
        stage.clock.advance(timedelta(hours=1))
        await stage.step()
        assert await stage.tropa.next_due() == datetime(2026, 11, 23, 8, tzinfo=UTC)  # 09:00 in Warsaw


async def test_a_part_that_nothing_works_without_is_missed_when_it_fails(sqlite_url: str) -> None:
    async def broken() -> None:
        raise RuntimeError

    async with on_stage(sqlite_url) as stage:
        stage.tropa._tasks.start_vital(broken())
        async with asyncio.timeout(5):
            await stage.tropa.failed.wait()
