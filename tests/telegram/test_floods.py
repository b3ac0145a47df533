"""One person writes a lot: nothing is lost, the team gets no more than its share, and can mute and unmute them."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.db.cases import cases, writer_mutes
from bot.db.cases.tables import case_message_table, case_table, kept_mute_table, writer_mute_table
from bot.db.engine.database import Connection, Database
from bot.usecases.people.forget_customer import ForgetCustomer
from cjm.address import Address
from cjm.cases.intake import CaseLimits
from tests.telegram.case_house import GROUP, House, opened_house

TEAM = int(GROUP.id)
ANNA, PIOTR, ME, OTHER = 5, 6, 7, 8
LIMITS = CaseLimits(most_open=2, most_messages_a_day=4)


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    async with opened_house(db, limits=LIMITS) as found:
        yield found


async def complain(house: House, words: str, person: int = ME) -> None:
    """Send a complaint without choosing a place."""
    await house.say(person, "/complain")
    await house.say(person, words)


def stored_words(tx: Connection) -> list[tuple[int, str, bool]]:
    rows = tx.execute(case_message_table.select().order_by(case_message_table.c.id))
    return [(row.case_id, row.text, row.kept) for row in rows]


def count_cases(tx: Connection) -> int:
    return len(tx.execute(case_table.select()).all())


async def test_who_has_many_open_cases_gets_no_other_and_is_told_where_their_words_are(house: House) -> None:
    for number in range(3):
        await complain(house, f"words {number}")
    assert await house.see(stored_words) == [(1, "words 0", False), (2, "words 1", False), (2, "words 2", False)]
    assert house.texts(ME)[-1].startswith("You have 2 open cases with the team already, so this is in case #2 now.")
    assert house.team_texts()[-1] == "Case #2, from the customer:\nwords 2"
    await complain(house, "from another person", OTHER)
    assert "from another person" in house.team_texts()[-1]


async def test_unexpected_words_of_who_has_many_cases_join_the_latest(house: House) -> None:
    for number in range(2):
        await complain(house, f"words {number}")
    await house.pass_time(hours=2)
    await house.say(ME, "one more thing")
    await house.tap(ME, "Complaint")
    assert (await house.see(stored_words))[-1] == (2, "one more thing", False)
    assert await house.see(count_cases) == 2


async def test_messages_beyond_a_days_share_are_kept_told_of_once_an_hour_and_read_by_a_tap(house: House) -> None:
    await complain(house, "words 0")
    for number in range(1, 20):
        await house.say(ME, f"words {number}")
    assert [words for _case, words, _kept in await house.see(stored_words)] == [f"words {n}" for n in range(20)]
    assert len(house.team_texts()) == LIMITS.most_messages_a_day
    told = [text for text in house.texts(ME) if "Everything is kept in case #1" in text]
    assert len(told) == 1

    await house.pass_time(hours=1)
    assert len(house.team_texts()) == LIMITS.most_messages_a_day + 1
    assert "16 messages are kept here without a notice." in house.team_texts()[-1]
    await house.tap(ANNA, "Read what is kept", chat=TEAM)
    assert house.team_texts()[-10:] == [f"Case #1, from the customer:\nwords {n}" for n in range(4, 14)]
    await house.tap(ANNA, "Read what is kept", chat=TEAM)
    assert house.team_texts()[-1].endswith("words 19")
    assert not any(kept for _case, _words, kept in await house.see(stored_words))


async def test_flood_of_praise_makes_no_card_each(house: House) -> None:
    for number in range(10):
        await house.say(ME, f"thanks {number}")
        await house.tap(ME, "Praise")
        await house.pass_time(hours=2)
    assert len(await house.see(stored_words)) == 10
    assert await house.see(count_cases) == LIMITS.most_messages_a_day


async def test_without_limits_nothing_is_kept(db: Database) -> None:
    async with opened_house(db, limits=CaseLimits(0, 0)) as house:
        for number in range(8):
            await complain(house, f"words {number}")
        assert await house.see(count_cases) == 8
        assert not any(kept for _case, _words, kept in await house.see(stored_words))


async def mute(house: House) -> None:
    await house.tap(ANNA, "Mute the customer…", chat=TEAM)
    await house.tap(ANNA, "Mute for a week", chat=TEAM)


async def test_muted_person_writes_on_and_the_team_reads_it_after_a_week(house: House) -> None:
    await complain(house, "words 0")
    await house.tap(ANNA, "Mute the customer…", chat=TEAM)
    assert "Mute this customer for a week?" in house.team_texts()[-1]
    await house.tap(ANNA, "‹ Back", chat=TEAM)
    assert "Mute this" not in house.team_texts()[-1]
    await mute(house)
    assert "Muted until 29 Nov" in house.team_texts()[-1]
    assert "by Person5" in house.team_texts()[-1]

    before = len(house.team_texts())
    for number in range(1, 4):
        await house.say(ME, f"words {number}")
    await complain(house, "words 4")
    assert len(house.team_texts()) == before
    assert len([text for text in house.texts(ME) if "The team looks at them" in text]) == 1
    assert [words for _case, words, _kept in await house.see(stored_words)] == [f"words {n}" for n in range(5)]
    await complain(house, "from another person", OTHER)
    assert "from another person" in house.team_texts()[-1]

    house.clock.advance(timedelta(days=7))
    assert await house.end_mutes() == 1
    await house.settle()
    assert "4 messages are kept here without a notice." in house.team_texts()[-1]
    assert await house.end_mutes() == 0


async def test_end_of_a_mute_shows_other_cases_with_news_and_who_did_it_is_recorded(house: House) -> None:
    await complain(house, "words 0")
    await mute(house)
    await house.say(ME, "words 1")
    await house.tap(PIOTR, "End the mute", chat=TEAM)
    assert "Muted" not in house.team_texts()[-1]
    assert "1 message is kept here without a notice." in house.team_texts()[-1]
    await house.say(ME, "words 2")
    assert house.team_texts()[-1] == "Case #1, from the customer:\nwords 2"
    (row,) = await house.see(lambda tx: tx.execute(writer_mute_table.select()).all())
    assert (row.muted_name, row.ended_name) == ("Person5", "Person6")


async def test_strangers_forged_tap_mutes_nobody(house: House) -> None:
    await complain(house, "words 0")
    await house.forge(OTHER, "ch:1")
    case = await house.see(lambda tx: cases.find_by_number(tx, 1))
    assert case is not None
    assert await house.see(lambda tx: writer_mutes.find_mute(tx, case.customer_id, case.journey)) is None


async def test_mute_of_a_stranger_holds_when_they_open_their_personal_link(house: House) -> None:
    await complain(house, "words 0")
    await mute(house)
    await house.visit(ME, "delivery", house.clock.now())  # links this account to a customer
    before = len(house.team_texts())
    await house.say(ME, "words 1")
    assert len(house.team_texts()) == before


def kept_mutes(tx: Connection) -> list[tuple[str, str]]:
    return [(row.account, row.muted_name) for row in tx.execute(kept_mute_table.select())]


async def forget(house: House) -> None:
    await ForgetCustomer(house.db, house.clock, 5).by_address(Address("telegram", str(ME)), "en")


async def test_mute_outlives_that_the_person_has_themself_forgotten_until_it_ends(house: House) -> None:
    await complain(house, "words 0")
    await mute(house)
    await forget(house)
    ((account, name),) = await house.see(kept_mutes)
    assert (len(account), name) == (64, "Person5")  # the hash of the account, and who has muted it
    before = len(house.team_texts())
    await complain(house, "words 1")
    assert len(house.team_texts()) == before
    assert await house.see(kept_mutes) == []  # it is an ordinary mute again
    house.clock.advance(timedelta(days=7))
    assert await house.end_mutes() == 1
    await house.settle()
    assert "1 message is kept here without a notice." in house.team_texts()[-1]


async def test_who_has_themself_forgotten_again_and_again_is_muted_for_a_day(house: House) -> None:
    """Else forgetting would lift the limits of one person, and take each card away before anybody could mute them."""
    for number in range(3):
        await complain(house, f"words {number}")
        assert len(await house.see(kept_mutes)) == 0
        await forget(house)
    assert {name for _, name in await house.see(kept_mutes)} == {"Tropa"}
    before = len(house.team_texts())
    await complain(house, "words 3")
    assert len(house.team_texts()) == before
    house.clock.advance(timedelta(days=1))
    await house.end_mutes()
    await house.settle()
    assert "words 3" in house.team_texts()[-1]


async def test_kept_mute_goes_when_its_time_is_over_though_nobody_writes(house: House) -> None:
    await complain(house, "words 0")
    await mute(house)
    await forget(house)
    house.clock.advance(timedelta(days=7))
    await house.end_mutes()
    assert await house.see(kept_mutes) == []


async def test_who_is_not_muted_leaves_nothing_when_they_are_forgotten(house: House) -> None:
    await complain(house, "words 0")
    await mute(house)
    await house.tap(PIOTR, "End the mute", chat=TEAM)
    await forget(house)
    assert await house.see(kept_mutes) == []


async def test_muted_customers_not_solved_rings_nobody_and_is_seen_at_the_end(house: House) -> None:
    await complain(house, "words 0")
    await mute(house)
    await house.tap(ANNA, "Close", chat=TEAM)
    await house.tap(ANNA, "Close without a reply", chat=TEAM)
    await house.pass_time(minutes=1)
    before = len(house.team_texts())
    await house.tap(ME, "It's not solved")
    assert len(house.team_texts()) == before
    assert (await house.see(lambda tx: cases.find_by_number(tx, 1))).is_closed is False  # type: ignore[union-attr]  # it is there
    await house.pass_time(days=7)
    assert len(house.team_texts()) == before + 1
