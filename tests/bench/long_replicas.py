"""Three replicas behind the proxy of compose.yaml: restarted in turn under load, and leaders killed one after another.

`TROPA_BENCH_KILLS` makes it longer.
"""

import asyncio
import os
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bot.clock import monotonic
from bot.sandbox.people import Person
from tests.bench import check_ratio, note_figures
from tests.stories.replicas import ALLOWED, Load, Replicas, count_questions, open_replicas

KILLS = int(os.environ.get("TROPA_BENCH_KILLS", "5"))
PEOPLE = 100  # asked while the replicas are restarted
MOST_SECONDS = 10.0  # from the death of the leader to the first message of the next one


async def kill_leader(replicas: Replicas, person: Person, customer: str) -> float:
    """Kill the leader, post an event, and return the seconds from its death until the customer has their question."""
    leader = await replicas.find_leader()
    assert leader is not None
    await leader.kill()
    died = monotonic()
    assert await replicas.ask(customer) == "accepted"
    await replicas.stage.wait_until(lambda: count_questions(person) == 1)
    seconds = monotonic() - died
    await replicas.stage.wait_until_recorded()
    await leader.start(until="events at http://")
    return seconds


@pytest.mark.timeout(3600)
@pytest.mark.allow_hosts(ALLOWED)
def test_replicas_lose_and_double_nothing_and_a_dead_leader_is_replaced_in_time(
    postgresql_url: str, benchmark: BenchmarkFixture, tmp_path: Path
) -> None:
    async def measure() -> float:
        async with open_replicas(postgresql_url, tmp_path) as replicas:
            await replicas.start()
            stage = replicas.stage
            names = [str(n) for n in range(PEOPLE + KILLS)]
            people = [await stage.add_consenting_customer(f"Anna {name}", name) for name in names]
            async with Load(replicas, people[:PEOPLE]) as load:
                await replicas.restart_one_after_the_other()
            await load.wait_until_answered()
            counts = await load.count()
            note_figures(benchmark, f"three restarts in turn: {counts}")
            assert (counts.lost, counts.doubled, counts.unknown) == (0, 0, 0)
            await stage.wait_until_recorded()
            pairs = zip(people[PEOPLE:], names[PEOPLE:], strict=True)
            seconds = [await kill_leader(replicas, person, name) for person, name in pairs]
            told = ", ".join(f"{each:.1f}" for each in seconds)
            note_figures(benchmark, f"{KILLS} leaders killed: seconds until the next one has sent a question: {told}")
            return max(seconds) / MOST_SECONDS

    ratio: float = benchmark.pedantic(lambda: asyncio.run(measure()), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    check_ratio(benchmark, ratio, below=1)
