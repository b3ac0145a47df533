"""Somebody is forgotten: no word of theirs stays anywhere, and no figure moves."""

from pathlib import Path

from bot.sandbox.people import Group, Person
from tests.stories.stage import Stage, on_stage

CANARY = "zanzibar"


async def unhappy(stage: Stage, customer: str) -> Person:
    """A customer who was asked, wrote why it went wrong, wants to be contacted, and complains besides."""
    person = await stage.consenting(f"Customer {customer}", customer)
    await stage.happens(customer, "delivery")
    for button in ("🙁", "2", "It came late"):
        await person.click(button)
        await stage.step()
    await person.send(f"{CANARY} was late")
    await stage.step()
    await person.click("Yes, please")
    await stage.step()
    await person.send(f"and {CANARY} was broken")
    await stage.step()
    return person


async def figures(stage: Stage) -> list[object]:
    made = await stage.http("GET", "/v1/journeys/shop/map")
    return [made["totals"]["invitations"], made["totals"]["complaints"]] + [s["scores"] for s in made["stages"]]


def shown(group: Group) -> str:
    return "\n".join(message.words for message in group.messages)


async def test_forgetting_by_command_erases_words_everywhere_and_moves_no_figure(sqlite_url: str) -> None:
    async with on_stage(sqlite_url) as stage:
        _boss, group = await stage.first_hour()
        person = await unhappy(stage, "77")
        before = await figures(stage)
        assert CANARY in shown(group)

        await person.send("/forget")
        await stage.step()
        await person.click("Erase everything")
        await stage.step()

        assert CANARY not in shown(group), "the team's cards hold a customer's words"
        assert await figures(stage) == before
        assert await stage.wrong_counters() == []
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    left = b"".join(file.read_bytes() for file in path.parent.glob("tropa.db*"))
    assert CANARY.encode() not in left


async def test_forgetting_by_the_business_is_the_same_and_may_come_twice(database_url: str) -> None:
    async with on_stage(database_url) as stage:
        _boss, group = await stage.first_hour()
        await unhappy(stage, "77")
        before = await figures(stage)
        assert (await stage.http("DELETE", "/v1/customers/77"))["forgotten"] is True
        await stage.step()
        assert (await stage.http("DELETE", "/v1/customers/77"))["forgotten"] is False
        assert CANARY not in shown(group)
        assert await figures(stage) == before
        assert await stage.wrong_counters() == []
