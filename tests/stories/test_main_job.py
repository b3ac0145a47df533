"""Main story of the product, from a personal link to the digest; also with restarts, and with repeated updates."""

import logging
from datetime import timedelta

import pytest

from bot.sandbox.people import Group, Person
from tests.depth import choose_depth
from tests.stories.stage import Stage, start_stage

# The plain story is played on both engines, each other one on one of them; with DEEP=1 on both.
SQLITE, POSTGRESQL = "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)
on_sqlite = pytest.mark.parametrize("database_url", [SQLITE, POSTGRESQL][: choose_depth(1, 2)], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", [POSTGRESQL, SQLITE][: choose_depth(1, 2)], indirect=True)
CANARY = "zanzibar"  # a word that customers write; it must never get into a log


async def run_story(stage: Stage) -> None:
    """Play the main story. Every step is a claim about what people see next."""
    boss, group = await stage.set_up_company()
    olga = await stage.add_consenting_customer("Olga", "77")
    await customer_is_asked_and_complains(stage, olga)
    await team_takes_the_case_and_answers_once(stage, boss, group, olga)
    await map_counts_the_answer_and_withholds_its_figures(stage)
    await map_and_one_digest_a_week_reach_the_team(stage, boss, group)
    assert await stage.list_wrong_counters() == []


async def customer_is_asked_and_complains(stage: Stage, olga: Person) -> None:
    """Event, question, low score, reason, words, and the wish to be contacted."""
    assert (await stage.post_event("77", "delivery"))["status"] == "accepted"
    assert "How did you feel" in olga.last.words
    for button in ("🙁", "2", "It came late"):
        await olga.click(button)
        await stage.settle()
    await olga.send(f"The {CANARY} was late")
    await stage.settle()
    await olga.click("Yes, please")
    await stage.settle()
    assert "#1" in olga.last.words


async def team_takes_the_case_and_answers_once(stage: Stage, boss: Person, group: Group, olga: Person) -> None:
    card = next(m for m in reversed(group.messages) if CANARY in m.words)
    await group.click(boss, "take it", card)
    await stage.settle()
    await group.send(boss, "We are sorry, it comes tomorrow.", reply_to=card)
    await stage.settle()
    assert sum("it comes tomorrow" in m.words for m in olga.messages) == 1


async def map_counts_the_answer_and_withholds_its_figures(stage: Stage) -> None:
    journey_map = await stage.call_api("GET", "/v1/journeys/shop/map")
    totals = journey_map["totals"]
    assert (totals["visits"], totals["invitations"], totals["complaints"]) == (1, 1, 1)
    after_purchase = next(s for s in journey_map["stages"] if s["key"] == "after_purchase")
    assert after_purchase["scores"]["csat"]["answers"] == 1
    assert after_purchase["scores"]["csat"]["verdict"] == "withheld"
    assert after_purchase["barriers"] == [], "one person could be recognised by their reason"


async def map_and_one_digest_a_week_reach_the_team(stage: Stage, boss: Person, group: Group) -> None:
    def count_pictures() -> int:
        return sum(m.media is not None for m in group.messages)

    await group.send(boss, "/map")
    await stage.settle()
    pictures = count_pictures()
    assert pictures >= 1
    await stage.pass_time(timedelta(days=7))
    assert count_pictures() == pictures + 1, "one digest a week"
    await stage.pass_time(timedelta(hours=1))
    assert count_pictures() == pictures + 1


async def test_the_main_job_from_a_link_to_the_digest(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with start_stage(database_url) as stage:
            await run_story(stage)
    assert CANARY not in caplog.text


@on_sqlite
async def test_a_restart_after_every_step_changes_nothing(database_url: str) -> None:
    async with start_stage(database_url, restarting=True) as stage:
        await run_story(stage)


@on_postgresql
async def test_every_update_delivered_twice_changes_nothing(database_url: str) -> None:
    async with start_stage(database_url, twice=True) as stage:
        await run_story(stage)
