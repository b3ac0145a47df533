"""An outage lasts from the afternoon into the night: no question goes out at night, and none is forgotten."""

from datetime import UTC, datetime, timedelta

from bot.sandbox.people import Person
from tests.stories.stage import Stage, start_stage

# The shop is in Warsaw, an hour ahead of UTC, and quiet from 21:00 to 09:00. A delivery is asked about for 18 hours.
NOON, AFTERNOON, NIGHT, MORNING = (
    datetime(2026, 11, day, hour, tzinfo=UTC) for day, hour in ((16, 12), (16, 15), (16, 22), (17, 8))
)
FRESH, STALE = 24, 6


def has_question(person: Person) -> bool:
    return "🙂" in person.last.buttons


async def add_consenting_customers(stage: Stage, count: int) -> list[Person]:
    people = [stage.sandbox.add_person(f"Customer {number}") for number in range(count)]
    for number, person in enumerate(people):
        await person.start(await stage.create_link(str(number)))
    await stage.settle()
    for person in people:
        await person.click(0)
    await stage.settle()
    return people


async def report_deliveries(stage: Stage, customers: range, at: datetime) -> None:
    events = [
        {"id": f"e{number}", "customer": str(number), "journey": "shop", "touchpoint": "delivery", "at": at.isoformat()}
        for number in customers
    ]
    answer = await stage.call_api("POST", "/v1/events", events)
    assert {result["status"] for result in answer["results"]} == {"accepted"}


async def test_after_an_outage_into_the_night_questions_leave_in_the_morning_unless_they_are_too_old(
    database_url: str,
) -> None:
    async with start_stage(database_url) as stage:
        people = await add_consenting_customers(stage, FRESH + STALE)
        port = int(stage.sandbox.url.rpartition(":")[2])
        await stage.sandbox.stop()
        stage.clock.advance(AFTERNOON - stage.clock.now())
        await report_deliveries(stage, range(FRESH), at=AFTERNOON)
        await report_deliveries(stage, range(FRESH, FRESH + STALE), at=NOON)
        await stage.tropa.run_asking_tick()  # in the afternoon it is decided to ask all of them

        stage.clock.advance(NIGHT - stage.clock.now())
        await stage.sandbox.start(port=port)
        await stage.settle()
        assert not any(has_question(person) for person in people)

        await stage.pass_time(MORNING - NIGHT - timedelta(minutes=1))
        assert not any(has_question(person) for person in people)
        await stage.pass_time(timedelta(minutes=1))
        assert [has_question(person) for person in people] == [True] * FRESH + [False] * STALE
        assert await stage.list_wrong_counters() == []
