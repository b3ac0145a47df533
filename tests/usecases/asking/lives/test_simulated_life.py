"""Months of a shop through the database, with all that goes wrong: no promise is broken, and the same seed repeats.

With DEEP=1 it is 300 people for 120 days, which takes many minutes.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.db.engine.database import Database
from bot.messages.callbacks import ConversationVerb
from tests.depth import choose_depth
from tests.usecases.asking.lives.chat import MessagePart
from tests.usecases.asking.lives.plan import BEGIN, LifeChange, make_plan
from tests.usecases.asking.lives.simulated_life import SimulatedLife
from tests.usecases.asking.sent_checker import Fault, PersonFacts, SentQuestion, Switch

pytestmark = pytest.mark.timeout(choose_depth(240, 7200))
PACE = timedelta(minutes=choose_depth(240, 180))
ALWAYS = Switch([(BEGIN, True)])
PLACES = ("page", "checkout", "delivery", "get", "help", "order", "find", "use", "buy")
PLANTED: dict[Fault, Callable[[PersonFacts], PersonFacts]] = {
    Fault.NIGHT: lambda facts: replace(facts, quiet_hours=[(BEGIN, time(1), time(0))]),
    Fault.NO_CONSENT: lambda facts: replace(facts, consent=Switch()),
    Fault.STOPPED: lambda facts: replace(facts, stop=ALWAYS),
    Fault.MUTED: lambda facts: replace(facts, mutes=dict.fromkeys(PLACES, ALWAYS)),
    Fault.STAFF: lambda facts: replace(facts, staff=ALWAYS),
    Fault.TOO_SOON: lambda facts: replace(facts, less_often=ALWAYS),
}
"""Facts that were not so, each with the fault that they make of what was sent."""


async def test_months_of_customers_break_no_promise(db: Database) -> None:
    life = SimulatedLife(db, 1, choose_depth(36, 300), choose_depth(20, 120), PACE)
    sent = await life.live()
    assert life.find_faults(sent) == []
    check_worth(life, sent)
    for fault, plant in PLANTED.items():
        assert fault in {found for found, _ in life.find_faults(sent, plant)}


def check_worth(life: SimulatedLife, sent: list[SentQuestion]) -> None:
    """Check that the life was worth its check: people did everything, and everything went wrong."""
    assert len(sent) > len(life.people) / 2
    assert {question.survey for question in life.asked.values()} >= {"looked", "delivered", "paid", "pulse"}
    assert sum(len(question.reminders) for question in sent) > len(sent) / 10
    assert any(question.kept_promises for question in sent)
    assert {*LifeChange, "answer", "write", ConversationVerb.TOMORROW} <= {*life.done}
    messages = life.messenger.messages.values()
    assert any(message.is_lost for message in messages)
    assert any(message.is_doubted and not message.is_lost for message in messages)
    assert any(message.part is MessagePart.REMINDER and message.dead_since for message in messages)


async def test_the_same_seed_sends_the_same_messages(sqlite_template: Path, tmp_path: Path) -> None:
    async def live(name: str) -> list[object]:
        shutil.copy(sqlite_template, tmp_path / name)
        db = Database(f"sqlite:///{tmp_path / name}")
        life = SimulatedLife(db, 2, 30, 6, timedelta(hours=4))
        sent = await life.live()
        await db.close()
        return [*life.list_sent(), *sent]

    once = await live("once.db")
    assert len(once) > 15
    assert await live("again.db") == once
    assert make_plan(2, 12, 7, PACE) == make_plan(2, 12, 7, PACE) != make_plan(3, 12, 7, PACE)
