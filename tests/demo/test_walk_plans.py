"""Each template has a plan of its simulated customers that fits its journey."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.demo.simulated.walk_plan import BREAKDOWN, RECOVERY, SLUMP, find_trouble, read_plan
from bot.demo.simulated.walks import SimulatedWalks
from bot.demo.startup import MORNING, find_beginning
from bot.texts import LANGUAGES
from cjm import templates
from cjm.journeys.event_mistakes import find_event_mistakes
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.survey import TriggerKind

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
JOURNEYS = [read_journey(templates.text(name), name) for name in templates.names()]
each_template = pytest.mark.parametrize("journey", JOURNEYS, ids=[journey.key for journey in JOURNEYS])


@each_template
def test_walks_go_through_the_journey_and_tell_what_it_declares(journey: Journey) -> None:
    plan = read_plan(journey.key)
    walks = SimulatedWalks(plan, journey.key, BEGIN, journey.zone)
    people = walks.create_customers(6, Random(3))
    events = walks.simulate_past(people, 6, Random(4))
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert not [
        m for event in events for m in find_event_mistakes(event, {journey.key: journey}, BEGIN + timedelta(weeks=20))
    ]
    live = {key for key, place in journey.touchpoints.items() if place.touchpoint.status == "live"}
    assert {event.touchpoint for event in events} <= live
    stages = {journey.touchpoints[event.touchpoint or ""].stage.key for event in events}
    assert stages == {stage.key for stage in journey.stages}
    told = {key for event in events for key in event.measures or {}}
    assert told == {measure.key for measure in journey.measures}


@each_template
def test_attributes_values_and_places_of_a_plan_are_those_of_the_journey(journey: Journey) -> None:
    plan = read_plan(journey.key)
    assert set(plan.attributes) == {attribute.key for attribute in journey.attributes}
    for attribute in journey.attributes:
        assert not attribute.values or set(plan.attributes[attribute.key]) == set(attribute.values)
    subjects = {survey.on.subject for survey in journey.surveys}
    assert set(plan.moods) | set(plan.in_trouble) <= subjects
    for key, option in plan.usual.items():
        question = journey.find_question(key)
        assert question is not None
        assert option in {each.key for each in question.options}


@each_template
def test_those_who_leave_tell_reasons_that_the_journey_asks_for(journey: Journey) -> None:
    asked = {
        option.key
        for survey in journey.surveys
        if survey.on.kind in (TriggerKind.EXIT, TriggerKind.DWELL)
        for question in survey.questions
        for option in question.options
    }
    steps = read_plan(journey.key).steps
    lost = {reason for step in steps for reason in step.lost}
    assert lost <= asked
    assert bool(lost) == bool(asked)
    assert all(step.leaving for step in steps if step.lost)


@each_template
def test_changes_are_about_places_and_reasons_of_the_journey_in_each_language(journey: Journey) -> None:
    changes = read_plan(journey.key).changes
    assert changes
    for change in changes:
        assert journey.find_place(change.subject) is not None
        assert all(set(text.root) == set(LANGUAGES) for text in (change.title, change.owner))
        if change.question is not None:
            question = journey.find_question(change.question)
            assert question is not None
            assert change.option in {option.key for option in question.options}


def test_demo_begins_in_daytime_on_a_day_on_which_everything_may_be_asked() -> None:
    b2b = next(journey for journey in JOURNEYS if journey.key == "b2b")
    shop = next(journey for journey in JOURNEYS if journey.key == "shop")
    sunday, night = datetime(2026, 11, 22, 12, tzinfo=b2b.zone), datetime(2026, 11, 23, 22, tzinfo=b2b.zone)
    assert find_beginning(sunday, shop) == sunday
    assert find_beginning(sunday, b2b) == datetime(2026, 11, 23, MORNING, tzinfo=b2b.zone)
    assert find_beginning(night, b2b) == datetime(2026, 11, 24, MORNING, tzinfo=b2b.zone)
    assert find_beginning(night.replace(hour=3), b2b) == datetime(2026, 11, 23, MORNING, tzinfo=b2b.zone)


def test_trouble_comes_breaks_out_and_passes() -> None:
    times = (-SLUMP - HOUR, -SLUMP + HOUR, -BREAKDOWN + HOUR, RECOVERY - HOUR, RECOVERY + HOUR)
    troubles = [find_trouble(BEGIN + each, BEGIN) for each in times]
    assert troubles[0] == troubles[4] == 0
    assert 0 < troubles[1] < troubles[2] == troubles[3] == 1


def test_trouble_changes_where_people_go() -> None:
    """Late deliveries bring customers to the help desk, and keep them from ordering again."""
    shop = next(journey for journey in JOURNEYS if journey.key == "shop")
    walks = SimulatedWalks(read_plan("shop"), "shop", BEGIN, shop.zone)
    people = walks.create_customers(8, Random(5))

    def count(start: datetime) -> Counter[str | None]:
        return Counter(event.touchpoint for event in walks.simulate_week(people, start, Random(6)))

    well, bad = count(BEGIN - timedelta(weeks=20)), count(BEGIN - timedelta(days=8))
    assert bad["help"] / bad["delivery"] > 1.5 * well["help"] / well["delivery"]
    assert bad["repeat_order"] / bad["delivery"] < well["repeat_order"] / well["delivery"]
