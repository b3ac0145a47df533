"""A customer is forgotten: no word of theirs stays anywhere, and no figure changes."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Table, func, select

from bot.db.delivery.tables import erasure_table, recall_table
from bot.db.upkeep.database_copy import copy_sqlite_file
from bot.sandbox.faults import server_error
from bot.sandbox.people import Group, Person
from tests.db.upkeep.test_database_copy import dump_tables
from tests.stories.stage import Stage, start_stage

CANARY = "zanzibar"


async def add_unhappy_customer(stage: Stage, customer: str) -> Person:
    """Return a customer who gave a low score with a reason, wants to be contacted, and wrote a complaint too."""
    person = await stage.add_consenting_customer(f"Customer {customer}", customer)
    await stage.post_event(customer, "delivery")
    for button in ("🙁", "2", "It came late"):
        await person.click(button)
        await stage.settle()
    await person.send(f"{CANARY} was late")
    await stage.settle()
    await person.click("Yes, please")
    await stage.settle()
    await person.send(f"and {CANARY} was broken")
    await stage.settle()
    return person


async def read_figures(stage: Stage) -> list[object]:
    """Return all figures but whether the number of people is exact: of people who are gone only the most is known."""
    journey_map = await stage.call_api("GET", "/v1/journeys/shop/map")
    scores = [score for stage_figures in journey_map["stages"] for score in stage_figures["scores"].values()]
    for score in scores:
        del score["n_is"]
    return [journey_map["totals"]["invitations"], journey_map["totals"]["complaints"]] + [
        s["scores"] for s in journey_map["stages"]
    ]


def visible_text(group: Group) -> str:
    return "\n".join(message.words for message in group.messages)


async def test_forget_command_erases_words_everywhere_and_changes_no_figure(sqlite_url: str) -> None:
    async with start_stage(sqlite_url) as stage:
        _boss, group = await stage.set_up_company()
        person = await add_unhappy_customer(stage, "77")
        before = await read_figures(stage)
        assert CANARY in visible_text(group)

        await person.send("/forget")
        await stage.settle()
        await person.click("Erase everything")
        await stage.settle()

        assert CANARY not in visible_text(group), "the team's cards hold a customer's words"
        assert await read_figures(stage) == before
        assert await stage.list_wrong_counters() == []
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    copy_sqlite_file(path, path.with_name("tropa.db.backup"))
    left = b"".join(file.read_bytes() for file in path.parent.glob("tropa.db*"))
    assert CANARY.encode() not in left, "nor in a backup that is made afterwards"


async def test_business_can_forget_a_customer_and_repeat_the_call(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        _boss, group = await stage.set_up_company()
        await add_unhappy_customer(stage, "77")
        before = await read_figures(stage)
        assert CANARY in repr(await stage.tropa.db.read(dump_tables))
        assert (await stage.call_api("DELETE", "/v1/customers/77"))["forgotten"] is True
        await stage.settle()
        assert (await stage.call_api("DELETE", "/v1/customers/77"))["forgotten"] is False
        assert CANARY not in visible_text(group)
        assert CANARY not in repr(await stage.tropa.db.read(dump_tables)), "a dump holds what the rows hold"
        assert await read_figures(stage) == before
        assert await stage.list_wrong_counters() == []


def list_quoting(stage: Stage) -> list[str]:
    """Return all messages of the bot, in any chat, that show the canary word."""
    chats = stage.sandbox.world.chats.values()
    ours = [message for chat in chats for message in chat.messages.values() if message.sender.is_bot]
    return [message.words for message in ours if CANARY in message.words]


async def count_rows(stage: Stage, table: Table) -> int:
    return await stage.tropa.db.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one())


async def forget(stage: Stage, person: Person) -> None:
    await person.send("/forget")
    await stage.settle()
    await person.click("Erase everything")
    await stage.settle()


async def test_card_of_three_days_is_emptied_and_the_customer_is_told_the_numbers(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        _boss, group = await stage.set_up_company()
        person = await add_unhappy_customer(stage, "77")
        await stage.pass_time(timedelta(days=3))
        await forget(stage, person)
        assert list_quoting(stage) == []
        assert "Erased at the customer's wish." in visible_text(group)
        assert "too old to be deleted" in person.last.words
        assert await count_rows(stage, erasure_table) == await count_rows(stage, recall_table) == 0


async def test_failing_deletions_are_repeated_after_a_restart(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        _boss, group = await stage.set_up_company()
        person = await add_unhappy_customer(stage, "77")
        stage.sandbox.plan_fault(server_error(), "deleteMessage", times=100)
        await forget(stage, person)
        assert CANARY in visible_text(group)
        assert await count_rows(stage, recall_table) > 0
        await stage.stop()
        stage.sandbox.faults.clear()
        await stage.start()
        await stage.pass_time(timedelta(hours=1))
        assert list_quoting(stage) == []
        assert "deleted" in person.last.words


async def test_voice_message_of_three_days_remains_is_listed_and_asked_to_be_deleted(sqlite_url: str) -> None:
    async with start_stage(sqlite_url) as stage:
        _boss, group = await stage.set_up_company()
        person = await stage.add_consenting_customer("Olga", "77")
        await person.send("/complain")
        await stage.settle()
        await person.send_voice(b"voice")
        await stage.settle()
        await stage.pass_time(timedelta(days=3))
        await forget(stage, person)
        assert list_quoting(stage) == []
        assert any("neither delete nor empty" in message.words for message in group.messages)
        assert "remains" in person.last.words


async def test_after_a_change_of_account_all_is_taken_away_and_lists_with_their_words_too(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        boss, group = await stage.set_up_company()
        old = await add_unhappy_customer(stage, "77")
        await old.send("/mycases")
        await group.send(boss, "/complaints")
        await boss.send("/voices shop")
        await stage.settle()
        assert len(list_quoting(stage)) >= 3
        await old.block()
        await stage.settle()
        new = stage.sandbox.add_person("Olga")
        await new.start(await stage.create_link("77"))
        await stage.settle()
        await new.click(0)
        await stage.settle()
        await forget(stage, new)
        await old.unblock()
        for _ in range(2):
            await stage.pass_time(timedelta(days=1, minutes=1))
        assert list_quoting(stage) == []
        assert await count_rows(stage, erasure_table) == await count_rows(stage, recall_table) == 0
