"""The story of a visit as it is read back: decisions, reminders, answers; and what an anonymous one keeps to itself."""

from datetime import timedelta

from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.usecases.asking.explain_asking import AskingExplanation, explain_asking
from cjm.asking.decision import AskingReason
from cjm.conversation.asking_story import StoryStepKind
from cjm.journeys.visit import Event
from tests.usecases.asking.test_departures import SECOND_SURVEY, apply_journey, happen
from tests.usecases.asking.world import CSAT, FELT, JOURNEY, NOON, PACKED, REMIND, World, make_world

HOUR = timedelta(hours=1)


async def explain(world: World) -> AskingExplanation:
    found = await world.db.read(lambda tx: explain_asking(tx, "77"))
    assert found is not None
    return found


async def tell_kinds(world: World) -> list[str]:
    """Return the kinds of the steps about the newest visit."""
    return [step.kind for step in (await explain(world)).stories[0].surveys[0].steps]


async def test_question_that_waited_for_the_morning_is_told_from_night_to_answer(world: World) -> None:
    world.clock.advance(10 * HOUR)  # 23:00 in Warsaw
    await happen(world, "e1")
    [night] = (await explain(world)).stories[0].surveys[0].steps
    morning = NOON + 20 * HOUR
    assert (night.kind, night.at, night.until, night.reason) == (
        StoryStepKind.WAITING, NOON + 10 * HOUR, morning, AskingReason.QUIET_HOURS
    )  # fmt: skip
    world.clock.advance(10 * HOUR)
    await world.ask_due()
    assert await tell_kinds(world) == ["held", "sending"]
    await world.deliver()
    assert await tell_kinds(world) == ["held", "sent", "open"]
    world.clock.advance(REMIND)
    await world.remind()
    await world.deliver()
    await world.answer(1, FELT, 1)
    assert await tell_kinds(world) == ["held", "sent", "reminded", "partly", "open"]
    for place, value in ((CSAT, 5), (PACKED, 9)):
        await world.answer(1, place, value)
    assert await tell_kinds(world) == ["held", "sent", "reminded", "answered"]


async def test_visits_have_stories_of_their_own_and_surveys_of_one_visit_share_one(world: World) -> None:
    second = SECOND_SURVEY.replace("{timing}", "").replace('"box" }', '"delivery" }')
    await apply_journey(world, JOURNEY + second)
    await happen(world, "e1")
    world.clock.advance(HOUR)
    await world.record([Event("e2", "77", "shop", world.clock.now(), touchpoint="delivery")])
    stories = (await explain(world)).stories
    assert [story.at for story in stories] == [NOON + HOUR, NOON]
    assert [[told.survey for told in story.surveys] for story in stories] == [["delivered", "unpacked"]] * 2


async def test_story_in_an_anonymous_journey_is_the_same_for_who_answered_and_who_did_not(db: Database) -> None:
    world = await make_world(db)
    await apply_journey(world, JOURNEY.replace("timezone", "anonymous = true\ntimezone", 1))
    await world.visit()
    before = (await explain(world)).stories
    await world.answer(1, FELT, 1)
    await world.answer(1, CSAT, 5)
    assert (await explain(world)).stories == before
    assert [step.kind for step in before[0].surveys[0].steps] == ["sent", "undisclosed"]


async def test_explanation_says_who_is_staff(world: World) -> None:
    def write(tx: Connection) -> None:
        customers.update_customer(tx, world.person.id, is_staff=True)

    await world.db.write(write)
    await happen(world, "e1")
    found = await explain(world)
    assert found.is_staff
    assert found.stories[0].surveys[0].steps[0].reason is AskingReason.STAFF
