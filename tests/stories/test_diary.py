"""A volunteer's diary from the invitation to the thank-you, with a restart after every step; and its end on request."""

from datetime import timedelta

from bot.sandbox.people import Person
from bot.usecases.journeys.apply_journey import ApplyJourney
from cjm import templates
from tests.stories.stage import Stage, start_stage

DIARY = f"""{templates.text("shop")}
[diary]
invite_after = "delivery"
days = 1
"""


async def join(stage: Stage, name: str, customer: str) -> Person:
    """Return a customer who answered about a delivery, read what a diary means, and keeps one."""
    await ApplyJourney(stage.tropa.db, stage.clock).apply(DIARY, "shop.toml")
    person = await stage.add_consenting_customer(name, customer)
    await stage.post_event(customer, "delivery")
    while not any("Keep a diary" in button for button in person.last.buttons):
        await person.click(0)
        await stage.settle()
    await person.click("📓 Keep a diary: 1 day, 2 short messages a day")
    await stage.settle()
    assert "That is 2 messages in all" in person.last.words
    await person.click("Yes, I will keep it")
    await stage.settle()
    assert "Leave the diary" in person.last.buttons
    return person


async def pass_until_news(stage: Stage, person: Person) -> None:
    before = len(person.messages)
    while len(person.messages) == before:
        await stage.pass_time(timedelta(minutes=45))


async def test_a_diary_is_kept_to_its_end_and_then_forgotten(database_url: str) -> None:
    async with start_stage(database_url, restarting=True) as stage:
        olga = await join(stage, "Olga", "77")
        await pass_until_news(stage, olga)
        assert "message 1 of 2" in olga.last.words
        for words in ("Cooking", "A quiet hour"):
            await olga.send(words)
            await stage.settle()
        await olga.click("Skip")
        await stage.settle()
        assert "Written down" in olga.last.words
        await pass_until_news(stage, olga)
        assert "message 2 of 2" in olga.last.words
        await pass_until_news(stage, olga)
        assert "with words from you in 1 message" in olga.last.words
        await stage.pass_time(timedelta(days=1))
        assert "with words from you in 1 message" in olga.last.words, "nothing more of it comes"
        assert await stage.list_wrong_counters() == []
        await olga.send("/forget")
        await stage.settle()
        await olga.click(0)
        await stage.settle()
        assert not any("Cooking" in message.words for message in olga.messages if message.sender.is_bot)


async def test_a_diary_is_left_in_the_settings(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        olga = await join(stage, "Olga", "77")
        await olga.send("/settings")
        await stage.settle()
        assert "Diary: 2 messages are still to come" in olga.last.words
        await olga.click("Leave the diary")
        await stage.settle()
        assert "Diary" not in olga.last.words
        before = len(olga.messages)
        for _ in range(48):
            await stage.pass_time(timedelta(hours=1))
        assert len(olga.messages) == before
