"""A real process is killed while it is not known whether a case's card arrived: after the restart the team has it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault, reset_after, reset_before
from bot.sandbox.people import Group, Person
from bot.sandbox.records import Message
from tests.stories.process import ProcessStage, start_process_stage

WORDS = "It came late and broken"
ANSWER = "A new one leaves today"

pytestmark = pytest.mark.timeout(180)


def find_cards(group: Group) -> list[Message]:
    return [message for message in group.messages if WORDS in message.words]


async def complain(stage: ProcessStage) -> tuple[Person, Group, Person, Callable[[], Awaitable[None]]]:
    """Set up a company; return the manager, the group, the customer, and the words that open the customer's case."""
    boss, group = await stage.set_up_company()
    olga = await stage.add_consenting_customer("Olga", "77")
    await olga.send("/complain")
    await olga.wait_for_message("What is it about?")

    async def write() -> None:
        await olga.send(WORDS)

    return boss, group, olga, write


async def work_with(stage: ProcessStage, boss: Person, group: Group, olga: Person, card: Message) -> None:
    """Answer the case by a reply to this card, and see that the customer has the answer and all cards agree."""
    await group.send(boss, ANSWER, reply_to=card)
    await stage.wait_until(lambda: any(ANSWER in message.words for message in olga.messages))
    await stage.wait_until(lambda: all(ANSWER in each.words for each in find_cards(group)))


# Starting a process takes seconds: each engine meets each end once, in one of the two stories.
@pytest.mark.parametrize(
    ("database_url", "fault", "copies"),
    [
        pytest.param("sqlite", reset_after(), 2, id="sqlite-arrived"),
        pytest.param("postgresql", reset_before(), 1, id="postgresql-lost", marks=pytest.mark.postgresql),
    ],
    indirect=["database_url"],
)
async def test_kill_after_the_card_became_unknown_and_before_its_repeat(
    database_url: str, tmp_path: Path, fault: Fault, copies: int
) -> None:
    async with start_process_stage(database_url, tmp_path) as stage:
        boss, group, olga, write = await complain(stage)
        stage.sandbox.plan_fault(fault, "sendMessage", chat=group.chat.id)
        await write()
        await stage.tropa.wait_for_line("letter may have arrived")
        await stage.tropa.restart()
        await stage.wait_until(lambda: len(find_cards(group)) == copies)
        await work_with(stage, boss, group, olga, find_cards(group)[0])
        assert len(find_cards(group)) == copies


@pytest.mark.parametrize(
    ("database_url", "carried_out", "copies"),
    [
        pytest.param("sqlite", False, 1, id="sqlite-lost"),
        pytest.param("postgresql", True, 2, id="postgresql-arrived", marks=pytest.mark.postgresql),
    ],
    indirect=["database_url"],
)
async def test_kill_while_the_card_is_being_sent(
    database_url: str, tmp_path: Path, carried_out: bool, copies: int
) -> None:
    async with start_process_stage(database_url, tmp_path) as stage:
        boss, group, olga, write = await complain(stage)
        held = stage.hold("sendMessage", chat=group.chat.id, carried_out=carried_out)
        await write()
        await held.wait_until_held()
        await stage.tropa.restart()
        await stage.tropa.wait_for_line("letter may have arrived")
        await stage.wait_until(lambda: len(find_cards(group)) == copies)
        await work_with(stage, boss, group, olga, find_cards(group)[0])
