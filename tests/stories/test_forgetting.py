"""A customer is forgotten: no word of theirs stays anywhere, and no figure changes."""

from pathlib import Path

from bot.sandbox.people import Group, Person
from tests.stories.stage import Stage, start_stage

CANARY = "zanzibar"


async def add_unhappy_customer(stage: Stage, customer: str) -> Person:
    """Return a customer who gave a low score with a reason, wants to be contacted, and wrote a complaint too."""
    person = await stage.add_consenting_customer(f"Customer {customer}", customer)
    await stage.post_event(customer, "delivery")
    for button in ("🙁", "2", "It came late"):
        await person.click(button)
        await stage.settle()
    await person.send(f"{CANARY} was late")
    await stage.settle()
    await person.click("Yes, please")
    await stage.settle()
    await person.send(f"and {CANARY} was broken")
    await stage.settle()
    return person


async def read_figures(stage: Stage) -> list[object]:
    """Return all figures but whether the number of people is exact: of people who are gone only the most is known."""
    journey_map = await stage.call_api("GET", "/v1/journeys/shop/map")
    scores = [score for stage_figures in journey_map["stages"] for score in stage_figures["scores"].values()]
    for score in scores:
        del score["n_is"]
    return [journey_map["totals"]["invitations"], journey_map["totals"]["complaints"]] + [
        s["scores"] for s in journey_map["stages"]
    ]


def visible_text(group: Group) -> str:
    return "\n".join(message.words for message in group.messages)


async def test_forget_command_erases_words_everywhere_and_changes_no_figure(sqlite_url: str) -> None:
    async with start_stage(sqlite_url) as stage:
        _boss, group = await stage.set_up_company()
        person = await add_unhappy_customer(stage, "77")
        before = await read_figures(stage)
        assert CANARY in visible_text(group)

        await person.send("/forget")
        await stage.settle()
        await person.click("Erase everything")
        await stage.settle()

        assert CANARY not in visible_text(group), "the team's cards hold a customer's words"
        assert await read_figures(stage) == before
        assert await stage.list_wrong_counters() == []
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    left = b"".join(file.read_bytes() for file in path.parent.glob("tropa.db*"))
    assert CANARY.encode() not in left


async def test_business_can_forget_a_customer_and_repeat_the_call(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        _boss, group = await stage.set_up_company()
        await add_unhappy_customer(stage, "77")
        before = await read_figures(stage)
        assert (await stage.call_api("DELETE", "/v1/customers/77"))["forgotten"] is True
        await stage.settle()
        assert (await stage.call_api("DELETE", "/v1/customers/77"))["forgotten"] is False
        assert CANARY not in visible_text(group)
        assert await read_figures(stage) == before
        assert await stage.list_wrong_counters() == []
