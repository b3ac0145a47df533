"""Scenario of a run: the named points one by one, then kills at random moments, and what must hold after them."""

import asyncio
import math
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

from alembic import command

import migrations
from bot.clock import monotonic
from bot.db.engine.database import Connection, Database
from tests.crashes.ledger import SentKind
from tests.crashes.points import IN_A_DAY, WHEN_FORGETTING, CrashPoint
from tests.crashes.run import CrashRun

KILLS_OF_A_WEEK = 50
STARTS_CUT_OFF = 4  # each such start is not waited for: the next kill may come in its middle
MOST_CALLS = 40  # of Tropa between a start and a kill at random, so that a slow machine gets as far
LONGEST_MOMENT = 0.1  # seconds between the last of these calls and the kill
REMINDED = timedelta(hours=49)  # a question without an answer has had its reminder
FIRST_TICKS = 3.0  # seconds in which every tick has run after a start


def list_points_of_work(points: Collection[CrashPoint]) -> list[CrashPoint]:
    """Return those of the points that everyday work reaches, in order.

    The next start takes over the letter that was marked, so that is cut off right after it.
    """
    work: list[CrashPoint] = [point for point in IN_A_DAY if point in points]
    if CrashPoint.TAKING_OVER in points:
        work.insert(work.index(CrashPoint.MARKED) + 1, CrashPoint.TAKING_OVER)
    return work


async def pass_named_points(
    run: CrashRun, url: str, customers: int, points: Collection[CrashPoint] = tuple(CrashPoint)
) -> None:
    """Kill the process once at each of these points."""
    await step_back_one_version(url)
    at_start = [point for point in (CrashPoint.MIGRATING, CrashPoint.STARTING) if point in points]
    await run.start(at_start[0])
    await run.crash_through(at_start)
    await run.set_up_company(customers)
    work = list_points_of_work(points)
    async with run.under_load():
        run.arm(work[0])
        await run.crash_through(work)
    await run.settle()
    if CrashPoint.DIGEST_CLAIMED in points:
        await run.restart_later(run.find_next_digest(), CrashPoint.DIGEST_CLAIMED)
        await run.crash_through([CrashPoint.DIGEST_CLAIMED])
        await run.settle()
    if forgetting := [point for point in WHEN_FORGETTING if point in points]:
        await forget_somebody(run, forgetting)


async def step_back_one_version(url: str) -> None:
    """Take a database to the schema before the newest, so that the next start migrates it."""
    db = Database(url)

    def downgrade(tx: Connection) -> None:
        config = migrations.config()
        config.attributes["connection"] = tx
        command.downgrade(config, "-1")

    await db.write(downgrade)
    await db.close()


async def forget_somebody(run: CrashRun, points: Sequence[CrashPoint]) -> None:
    """Let somebody complain, and be forgotten through a kill at each of these points of that."""
    leaver = run.lives.pop()
    await leaver.complain(SentKind.TEXT)
    await run.settle()
    run.arm(points[0])
    leaving = asyncio.create_task(leaver.be_forgotten())
    await run.crash_through(points)
    await leaving
    await run.settle()


async def pass_random_kills(
    run: CrashRun, kills: int, most_seconds: float = math.inf, say: Callable[[str], None] = lambda _text: None
) -> None:
    """Kill the process at random moments, week after week. Each week somebody comes and somebody is forgotten.

    After ``most_seconds`` no week begins. ``say`` is told how far it is.
    """
    began = monotonic()
    while kills > 0 and monotonic() - began < most_seconds:
        leaver = run.lives.pop(0)
        run.add_customers(1)
        async with run.under_load():
            leaving = asyncio.create_task(leaver.be_forgotten())
            for number in range(min(kills, KILLS_OF_A_WEEK)):
                await run.live_on(run.random.randrange(MOST_CALLS), run.random.uniform(0, LONGEST_MOMENT))
                await run.kill()
                await run.start(waits=number % STARTS_CUT_OFF != 0)
            await run.kill()
            await run.start()
            await leaving
        await run.settle()
        await end_week(run)
        kills -= KILLS_OF_A_WEEK
        say(f"{len(run.ledger.kills)} kills, business time {run.now:%Y-%m-%d %H:%M}")


async def end_week(run: CrashRun) -> None:
    """Let reminders come, and be answered; then the digest."""
    for duration in (REMINDED, run.find_next_digest()):
        await run.restart_later(duration)
        await asyncio.sleep(FIRST_TICKS)
        await run.settle()
        await run.answer_what_is_open()


async def go_on(run: CrashRun) -> None:
    """Let somebody new come, be asked, answer and complain: what was killed so often works as before."""
    run.add_customers(1)
    newcomer = run.lives[-1]
    await newcomer.join()
    await newcomer.visit("pay")
    await newcomer.answer(await newcomer.wait_for_question())
    await newcomer.complain(SentKind.PHOTO)
    await run.settle()
