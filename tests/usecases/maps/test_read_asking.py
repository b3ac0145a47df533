"""The asking as a report: each question has its outcome, counters equal rows, and every visitor stands in one group."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cli.map_description import describe_map
from bot.db.asking import mutes
from bot.db.engine.database import Connection, Database
from bot.db.figures.asking import visitors
from bot.db.journeys import journeys
from bot.texts import LANGUAGES
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.maps.make_map import MapRequest, find_map_choice, make_map
from bot.usecases.maps.read_asking import name_surveys, read_asking_report
from bot.usecases.people.record_reachability import RecordReachability
from cjm import templates
from cjm.figures.asking.asking_outcome import AskingOutcome
from cjm.figures.asking.reach import Reach
from cjm.figures.findings.asking.report import AskingReport
from cjm.figures.map_json import map_as_json
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.usecases.asking.world import ALICE, CSAT, DELIVERY, EXPIRE, FELT, JOURNEY, PACKED, REMIND, World, make_world

MINIMUM = 5
Out = AskingOutcome
ANONYMOUS = JOURNEY.replace('title = "Shop"', 'title = "Shop"\nanonymous = true', 1)


async def read_report(world: World) -> AskingReport:
    now = world.clock.now()

    def read(tx: Connection) -> AskingReport:
        request = MapRequest("shop", days=56, language="en")
        rate = make_map(tx, request, MINIMUM, now, REMIND).totals.response_rate
        return read_asking_report(tx, find_map_choice(tx, request, now), MINIMUM, now, REMIND, rate)

    return await world.db.read(read)


async def live(world: World) -> None:
    """Let each outcome occur once: a question at a time, since a person has one open at most."""
    for number, what in enumerate(("answer", "begin", "snooze", "mute", "stop", "block", "leave", "open")):
        invitation = await world.visit(f"event-{number}")
        tap = world.make_tap(invitation)
        if what == "answer":
            for place, value in ((FELT, 2), (CSAT, 5), (PACKED, 10)):
                await world.answer(invitation, place, value)
        elif what == "begin":
            await world.answer(invitation, FELT, 2)
        elif what == "snooze":
            await world.stop.snooze(tap)
        elif what == "mute":
            await world.stop.mute(tap)
        elif what == "stop":
            await world.stop.stop(tap)
        elif what == "block":
            await RecordReachability(world.db, world.clock)(ALICE, False)
        if what != "open":
            world.clock.advance(EXPIRE if what in ("begin", "snooze", "block", "leave") else timedelta(days=1))
            await world.remind()
        if what == "mute":
            await world.db.write(lambda tx: mutes.unmute(tx, world.person.id, [DELIVERY]))
        elif what == "stop":
            await world.stop.ask_again(ALICE)
        elif what == "block":
            await RecordReachability(world.db, world.clock)(ALICE, True)


async def test_each_delivered_question_has_its_outcome_and_counters_equal_rows(any_db: Database) -> None:
    world = await make_world(any_db)
    await live(world)
    report = await read_report(world)
    assert report.total.counts == {
        Out.ANSWERED: 1, Out.PARTLY: 1, Out.SNOOZED: 1, Out.DECLINED: 1, Out.STOPPED: 1, Out.BLOCKED: 1, Out.SILENT: 1,
        Out.OPEN: 1,
    }  # fmt: skip
    assert (report.total.young, report.response_rate, report.total.response_rate) == (1, 2 / 7, 2 / 7)
    assert [(part.title, part.tally) for part in report.surveys] == [("Delivery", report.total)]
    assert [(part.key, part.tally) for part in report.channels] == [("courier", report.total)]
    assert report.hours == {13: report.total}, "noon in UTC is one o'clock for the customer, who lives in Warsaw"
    assert report.heard.groups == {Reach.HEARD: 1}
    assert await world.wrong_counters() == []


async def test_of_an_anonymous_journey_only_that_people_were_asked_is_told(any_db: Database) -> None:
    world = await make_world(any_db)
    now = world.clock.now()
    await any_db.write(lambda tx: journeys.apply(tx, read_journey(ANONYMOUS, "shop.toml"), ANONYMOUS, now=now))
    invitation = await world.visit()
    await world.answer(invitation, FELT, 2)
    report = await read_report(world)
    assert (report.total.counts, report.hours) == ({Out.UNTOLD: 1}, {})
    assert (report.response_rate, report.total.response_rate) == (None, None)
    assert report.heard.groups == {Reach.ASKED: 1}
    assert await world.wrong_counters() == []


@pytest.fixture
async def busy_world(any_db: Database) -> World:
    """A world with visitors without a chat, without consent, and one whom a limit refused."""
    world = await make_world(any_db)
    world.rules = replace(world.rules, any_survey=timedelta(days=7))
    world.record = RecordVisits(any_db, world.clock, world.rules)
    await world.visit("alice-1")
    later = world.clock.now() + timedelta(minutes=5)
    await world.record([
        Event("bob-1", "bob", "shop", later, touchpoint="delivery"),
        Event("eve-1", "eve", "shop", later, touchpoint="delivery"),
        Event("eve-2", "eve", "shop", later, touchpoint="box"),
        Event("max-1", "max", "shop", later, touchpoint="box"),
    ])  # fmt: skip
    return world


async def test_visitors_are_told_by_what_kept_them_from_being_heard(busy_world: World) -> None:
    report = await read_report(busy_world)
    assert report.heard.groups == {Reach.SILENT: 1, Reach.NO_CHAT: 2, Reach.NO_SURVEY: 1}
    assert not report.heard.is_sample


async def test_of_many_visitors_a_sample_is_read(busy_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "MOST_VISITS", 2)
    report = await read_report(busy_world)
    assert report.heard.is_sample
    assert report.heard.visitors == 4, "all that were drawn"


async def test_description_and_json_say_who_was_heard_and_what_became_of_a_stages_questions(busy_world: World) -> None:
    now = busy_world.clock.now()
    request = MapRequest("shop", language="en", with_heard=True)
    journey_map = await busy_world.db.read(lambda tx: make_map(tx, request, MINIMUM, now, REMIND))
    lines = [line.strip() for line in describe_map(journey_map)]
    assert "Visitors: 4. 0% answered, 25% were asked and did not answer, 75% were not asked." in lines
    assert "Asked: 1" in lines
    told = map_as_json(journey_map)
    assert told["heard"]["groups"] == {"silent": 1, "no_chat": 2, "no_survey": 1}
    assert told["stages"][0]["silence"] == {"delivered": 1, "answered": 0, "declined": 0, "expired": 0}


@pytest.mark.parametrize("language", LANGUAGES)
def test_surveys_of_the_template_are_named_by_places_and_never_by_their_keys(language: str) -> None:
    shop = read_journey(templates.text("shop"), "shop.toml")
    keys = [survey.key for survey in shop.surveys]
    titles = name_surveys(shop, keys, language)
    assert len(set(titles.values())) == len(keys)
    assert not [title for key, title in titles.items() if f"({key})" in title or title == key]
    assert name_surveys(shop, ["used"], "ru") == {"used": "Сам товар"}
