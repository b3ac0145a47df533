"""Main story of the product, from a personal link to the digest; also with restarts, and with repeated updates."""

import logging
from datetime import timedelta

import pytest

from tests.stories.stage import Stage, start_stage

CANARY = "zanzibar"  # a word that customers write; it must never get into a log


async def run_story(stage: Stage) -> None:
    """link → consent → event → question → low score → reason → contact → case → answer → map → digest"""
    boss, group = await stage.set_up_company()
    olga = await stage.add_consenting_customer("Olga", "77")

    assert (await stage.post_event("77", "delivery"))["status"] == "accepted"
    question = olga.last
    assert "How did you feel" in question.words
    await olga.click("🙁")
    await stage.settle()
    await olga.click("2")
    await stage.settle()
    await olga.click("It came late")
    await stage.settle()
    await olga.send(f"The {CANARY} was late")
    await stage.settle()
    await olga.click("Yes, please")
    await stage.settle()
    assert "#1" in olga.last.words

    card = next(m for m in reversed(group.messages) if CANARY in m.words)
    await group.click(boss, "take it", card)
    await stage.settle()
    await group.send(boss, "We are sorry, it comes tomorrow.", reply_to=card)
    await stage.settle()
    assert any("it comes tomorrow" in m.words for m in olga.messages)
    assert sum("it comes tomorrow" in m.words for m in olga.messages) == 1

    made = await stage.call_api("GET", "/v1/journeys/shop/map")
    after = next(s for s in made["stages"] if s["key"] == "after_purchase")
    assert (made["totals"]["visits"], made["totals"]["invitations"], made["totals"]["complaints"]) == (1, 1, 1)
    assert after["scores"]["csat"]["answers"] == 1
    assert after["scores"]["csat"]["verdict"] == "withheld"
    assert after["barriers"] == [{"theme": "It came late", "n": 1}]

    await group.send(boss, "/map")
    await stage.settle()
    assert any(m.media is not None for m in group.messages)
    pictures = sum(m.media is not None for m in group.messages)

    await stage.pass_time(timedelta(days=7))
    assert sum(m.media is not None for m in group.messages) == pictures + 1, "one digest a week"
    await stage.pass_time(timedelta(hours=1))
    assert sum(m.media is not None for m in group.messages) == pictures + 1
    assert await stage.list_wrong_counters() == []


async def test_the_main_job_from_a_link_to_the_digest(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with start_stage(database_url) as stage:
            await run_story(stage)
    assert CANARY not in caplog.text


async def test_a_restart_after_every_step_changes_nothing(database_url: str) -> None:
    async with start_stage(database_url, restarting=True) as stage:
        await run_story(stage)


async def test_every_update_delivered_twice_changes_nothing(database_url: str) -> None:
    async with start_stage(database_url, twice=True) as stage:
        await run_story(stage)
