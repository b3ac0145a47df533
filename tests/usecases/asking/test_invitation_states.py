"""Every change of an invitation's state is a transition of the table, and every transition of the table happens.

A trigger of the database records the changes, so that no way of writing a state escapes.
"""

from itertools import chain, count
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from cjm.asking.invitation_state import TRANSITIONS, InvitationState
from cjm.journeys.journey_file import read_journey
from tests.depth import choose_depth
from tests.usecases.asking.test_random_lives import BEGIN, Enough, Life, random_journey

Change = tuple[InvitationState, InvitationState]

ALLOWED = {(before, after) for before, afters in TRANSITIONS.items() for after in afters}
RICH_LIVES = (0, 3)  # seeds of lives that together take every transition today; more are tried when they do not
MOST_LIVES = 100
RECORDING = (
    "CREATE TEMP TABLE state_change (before TEXT, after TEXT)",
    """
    CREATE TEMP TRIGGER record_state_change AFTER UPDATE OF state ON main.invitation WHEN OLD.state <> NEW.state
    BEGIN INSERT INTO state_change VALUES (OLD.state, NEW.state); END
    """,
)


class QuickLife(Life):
    """Random life without a check after each step: `test_random_lives` checks the counters and the rules."""

    def check(self) -> None:
        pass


async def list_changes_of_life(db: Database, seed: int, most_steps: int) -> set[Change]:
    """Live one random life in a transaction that is rolled back, and return the changes of state in it."""
    random = Random(seed)
    source = random_journey(random)
    changes: set[Change] = set()

    def live(tx: Connection) -> None:
        for statement in RECORDING:
            tx.execute(text(statement))
        journey = read_journey(source, "random")
        journeys.apply(tx, journey, source, now=BEGIN)
        QuickLife(tx, journey, random).live(most_steps)
        found = tx.execute(text("SELECT DISTINCT before, after FROM state_change"))
        changes.update((InvitationState(r.before), InvitationState(r.after)) for r in found)
        raise Enough

    with pytest.raises(Enough):
        await db.write(live)
    return changes


@settings(max_examples=choose_depth(8, 200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_no_life_takes_a_transition_that_the_table_does_not_have(db: Database, seed: int) -> None:
    assert await list_changes_of_life(db, seed, most_steps=50) <= ALLOWED


async def test_every_transition_of_the_table_is_taken_by_some_life(db: Database) -> None:
    # Closing is for anonymous journeys: its lives are those of test_sealing.
    missing = {change for change in ALLOWED if InvitationState.CLOSED not in change}
    for seed in chain(RICH_LIVES, count()):
        missing -= await list_changes_of_life(db, seed, most_steps=500)
        if not missing:
            break
        assert seed < MOST_LIVES, f"never taken: {sorted(missing)}"
