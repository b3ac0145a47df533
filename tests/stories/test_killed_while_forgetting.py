"""A real process is killed right after it has forgotten a customer, whose card may have arrived: it is taken away."""

from pathlib import Path

import pytest

from tests.stories.process import start_process_stage
from tests.stories.test_killed_in_doubt import complain, find_cards

pytestmark = pytest.mark.timeout(180)


# Starting a process takes seconds: each engine meets one way in which the message becomes known.
@pytest.mark.parametrize(
    ("database_url", "answers"),
    [
        pytest.param("sqlite", False, id="sqlite-tapped"),
        pytest.param("postgresql", True, id="postgresql-answered", marks=pytest.mark.postgresql),
    ],
    indirect=["database_url"],
)
async def test_kill_after_forgetting_while_the_card_is_in_flight(
    database_url: str, tmp_path: Path, answers: bool
) -> None:
    async with start_process_stage(database_url, tmp_path) as stage:
        boss, group, _olga, write = await complain(stage)
        held = stage.hold("sendMessage", chat=group.chat.id, carried_out=True)
        await write()
        await held.wait_until_held()
        assert (await stage.call_api("DELETE", "/v1/customers/77"))["forgotten"] is True
        await stage.tropa.restart()
        await stage.tropa.wait_for_line("letter may have arrived")
        (card,) = find_cards(group)
        await (group.send(boss, "I will call you", reply_to=card) if answers else group.click(boss, 0, card))
        await stage.wait_until(lambda: not find_cards(group))


@pytest.mark.parametrize(
    "database_url",
    [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgresql)],
    indirect=True,
)
async def test_kill_right_after_the_answer_to_the_business_loses_no_recall(database_url: str, tmp_path: Path) -> None:
    async with start_process_stage(database_url, tmp_path) as stage:
        _boss, group, _olga, write = await complain(stage)
        await write()
        await stage.wait_until(lambda: find_cards(group))
        await stage.wait_until_recorded()  # else the card is in doubt after the kill, and only a tap takes it away
        assert (await stage.call_api("DELETE", "/v1/customers/77"))["forgotten"] is True
        await stage.tropa.restart()
        await stage.wait_until(lambda: not find_cards(group))
