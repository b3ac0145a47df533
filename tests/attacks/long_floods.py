"""Floods in chat, measured: how long customers, managers and the team wait for an answer while strangers write a lot.

``uv run python -m tests.attacks.long_floods [groups|many|person]`` takes some minutes and prints the waits in seconds.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.sandbox.people import Group, Person
from tests.stories.stage import Stage, start_stage

GROUPS, COMMANDS = 8, 40
MANY_GROUPS = 300
COMPLAINTS = 29
LONGEST_WAIT = 120.0
ROUNDS = 14  # of questions, two seconds apart: a group takes 20 messages a minute
Ask = Callable[[], Awaitable[object]]


def count_answers(viewer: Person | Group) -> int:
    return sum(message.sender.id == viewer.world.bot.id for message in viewer.messages)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


async def time_answer(viewer: Person | Group, ask: Ask) -> float:
    """Return the seconds until the bot has said one thing more."""
    before, began = count_answers(viewer), time.monotonic()
    await ask()
    while count_answers(viewer) == before:
        if time.monotonic() - began > LONGEST_WAIT:
            return float("inf")
        await asyncio.sleep(0.01)
    return time.monotonic() - began


async def make_stranger_groups(stage: Stage, count: int) -> list[tuple[Group, Person]]:
    """Return groups of strangers who added the bot; nothing is answered yet."""
    made = []
    for number in range(count):
        stranger = stage.sandbox.add_person(f"Stranger {number}")
        group = stage.sandbox.add_group(f"Group {number}", stranger)
        await group.add_bot(by=stranger)
        made.append((group, stranger))
    return made


async def flood_from_groups(stage: Stage, groups: int, commands: int) -> None:
    """Print the waits for answers while strangers' groups ask for a team."""
    boss, team = await stage.set_up_company()
    customer = await stage.add_consenting_customer("Olga", "77")
    strangers = await make_stranger_groups(stage, groups)
    for _ in range(commands):
        for group, stranger in strangers:
            await group.send(stranger, "/team")
    waits: dict[str, list[float]] = {"customer": [], "manager": [], "team": []}
    for _ in range(ROUNDS):
        asked = await asyncio.gather(
            time_answer(customer, lambda: customer.send("/settings")),
            time_answer(boss, lambda: boss.send("/managers")),
            time_answer(team, lambda: team.send(boss, "/complaints")),
        )
        for who, wait in zip(waits, asked, strict=True):
            waits[who].append(wait)
        await asyncio.sleep(2)
    say(f"{groups} groups of strangers, {commands} times /team each")
    for who, times in waits.items():
        say(f"  {who:9} median {sorted(times)[len(times) // 2]:6.2f} s, longest {max(times):6.2f} s")
    answers = sum(count_answers(group) for group, _ in strangers)
    say(f"  answers in groups of strangers: {answers}")


async def flood_from_a_person(stage: Stage, complaints: int) -> None:
    """Print how long a complaint takes to reach the team while one person sends many."""
    _boss, team = await stage.set_up_company()
    flooder, customer = stage.sandbox.add_person("Flooder"), stage.sandbox.add_person("Olga")
    for number in range(complaints):
        await flooder.send("/complain")
        await flooder.send(f"flood {number}")
    while not any("flood" in message.words for message in team.messages):  # noqa: ASYNC110 - it watches from outside
        await asyncio.sleep(0.01)
    await asyncio.sleep(5)
    began = time.monotonic()
    await customer.send("/complain")
    await customer.send("It came late")
    while not any("It came late" in message.words for message in team.messages):
        if time.monotonic() - began > LONGEST_WAIT:
            break
        await asyncio.sleep(0.01)
    say(f"one person, {complaints} complaints; then somebody else's")
    say(f"  reached the team after {time.monotonic() - began:6.2f} s")
    say(f"  messages in the team's chat: {count_answers(team)}")


async def main(what: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'tropa.db'}"
        if what in ("groups", "all"):
            async with start_stage(url) as stage:
                await flood_from_groups(stage, GROUPS, COMMANDS)
        if what in ("person", "all"):
            async with start_stage(f"{url}3") as stage:
                await flood_from_a_person(stage, COMPLAINTS)
        if what in ("many", "all"):
            async with start_stage(f"{url}2") as stage:
                await flood_from_groups(stage, MANY_GROUPS, 4)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
