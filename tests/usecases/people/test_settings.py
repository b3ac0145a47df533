"""A customer's own settings, stopping, forgetting, and their personal data."""

from datetime import timedelta

import pytest

from bot.conversation.context import load_context
from bot.db.asking import answers, awaited_texts, mutes
from bot.db.asking.awaited_texts import AwaitedTextKind
from bot.db.cases import cases
from bot.db.cases.cases import NewCase
from bot.db.counters import tallies
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.usecases.asking.stop_asking import AskingChange
from bot.usecases.people.change_settings import ChangeSettings, SettingMistake
from bot.usecases.people.collect_personal_data import CollectPersonalData
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.time_zones import city_name, find_zone, zones_by_offset
from cjm.address import Address
from cjm.cases.case import CaseAuthor, CaseKind, CaseOrigin, CaseText
from cjm.conversation.conversation import ClosingStep
from cjm.journeys.visit import Event
from tests.usecases.asking.world import ALICE, CSAT, DELIVERY, FELT, NOON, QUIET, WHY, World, make_world

NOBODY = Address("telegram", "99")


@pytest.fixture
async def world(db: Database) -> World:
    return await make_world(db)


def change(world: World) -> ChangeSettings:
    return ChangeSettings(world.db, world.clock, QUIET)


async def test_settings_show_what_applies_now(world: World) -> None:
    view = await change(world).read_settings(ALICE, "de")
    assert (view.language, view.zone.key, view.has_chosen_zone) == ("en", "Europe/Warsaw", False)
    assert str(view.quiet_hours) == "21:00-09:00"
    assert (view.has_consented, view.has_stopped) == (True, False)


async def test_language_quiet_hours_and_zone_are_kept(world: World) -> None:
    settings = change(world)
    await settings.set_language(ALICE, None, "ru")
    await settings.set_quiet_hours(ALICE, None, "23:00-07:00")
    view = await settings.set_zone(ALICE, None, "Asia/Almaty")
    assert (view.language, str(view.quiet_hours), view.zone.key, view.has_chosen_zone) == (
        "ru", "23:00-07:00", "Asia/Almaty", True
    )  # fmt: skip


async def test_no_quiet_hours_is_a_choice_of_its_own(world: World) -> None:
    assert (await change(world).set_quiet_hours(ALICE, None, "")).quiet_hours is None
    assert (await world.customer()).quiet_hours == ""


async def test_a_forged_setting_changes_nothing(world: World) -> None:
    settings = change(world)
    await settings.set_language(ALICE, None, "xx")
    await settings.set_quiet_hours(ALICE, None, "25:00-99:00")
    await settings.set_zone(ALICE, None, "Mars/Olympus")
    person = await world.customer()
    assert (person.language, person.quiet_hours, person.timezone) == ("en", None, None)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("22:30-7:15", "22:30-07:15"),
        (" 9:00 – 18:00 ", "09:00-18:00"),
        ("00:00-06:00", "00:00-06:00"),
        ("22-8", "22:00-08:00"),
        ("22–8", "22:00-08:00"),
        ("22:00 − 8", "22:00-08:00"),
    ],
)
async def test_hours_can_be_typed(world: World, text: str, kept: str) -> None:
    settings = change(world)
    await settings.await_text(ALICE, None, AwaitedTextKind.QUIET_HOURS, "5")
    done = await settings.take_text(ALICE, None, text)
    assert done is not None
    assert (done.mistake, str(done.settings.quiet_hours)) == (None, kept)
    assert not await settings.is_awaiting_text(ALICE)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("later", SettingMistake.UNREADABLE), ("", SettingMistake.UNREADABLE), ("22:00-22:00", SettingMistake.ALL_DAY),
     ("24:00-24:00", SettingMistake.UNREADABLE), ("00:00-00:00", SettingMistake.ALL_DAY),
     ("22-22:00", SettingMistake.ALL_DAY), ("x" * 4000, SettingMistake.UNREADABLE)],
)  # fmt: skip
async def test_hours_that_cannot_be_read_are_asked_for_again(world: World, text: str, wrong: SettingMistake) -> None:
    settings = change(world)
    await settings.await_text(ALICE, None, AwaitedTextKind.QUIET_HOURS, "5")
    done = await settings.take_text(ALICE, None, text)
    assert done is not None
    assert done.mistake is wrong
    assert await settings.is_awaiting_text(ALICE)
    assert (await world.customer()).quiet_hours is None


async def test_a_text_an_hour_later_is_no_setting(world: World) -> None:
    settings = change(world)
    await settings.await_text(ALICE, None, AwaitedTextKind.TIME_ZONE, "5")
    world.clock.advance(timedelta(hours=1))
    assert not await settings.is_awaiting_text(ALICE)
    assert await settings.take_text(ALICE, None, "Warszawa") is None
    assert (await world.customer()).timezone is None


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Warszawa", "Europe/Warsaw"), ("варшава", "Europe/Warsaw"), ("Kraków", "Europe/Warsaw"),
        ("Мосва", None), ("Atlantyda", None), ("europe/warsaw", "Europe/Warsaw"),
        ("New  York", "America/New_York"),
        ("Киев", "Europe/Kyiv"), ("UTC", "UTC"), ("Atlantis", None), ("", None), ("🙂", None), ("a" * 5000, None),
    ],
)  # fmt: skip
def test_a_place_is_found_by_its_name_in_any_language_and_never_guessed(text: str, zone: str | None) -> None:
    assert find_zone(text) == zone


@pytest.mark.parametrize(
    ("text", "zone"),
    [("Мосва", "Europe/Moscow"), ("екатеренбург", "Asia/Yekaterinburg"), ("Atlantyda", "America/New_York"),
     ("Atlantis", None), ("Lond", None), ("a" * 5000, None)],
)  # fmt: skip
async def test_a_similar_place_is_asked_about_and_not_saved(world: World, text: str, zone: str | None) -> None:
    settings = change(world)
    await settings.await_text(ALICE, None, AwaitedTextKind.TIME_ZONE, "5")
    done = await settings.take_text(ALICE, None, text)
    assert done is not None
    assert (done.mistake, done.similar_zone) == (SettingMistake.UNREADABLE, zone)
    assert (await world.customer()).timezone is None


def test_every_common_zone_has_a_name_and_a_time() -> None:
    found = zones_by_offset(NOON)
    assert found[60].count("Europe/Warsaw") == 1
    assert city_name("Europe/Warsaw", "ru") == "Варшава"
    assert all(city_name(zone, "pl") for zones in found.values() for zone in zones)


async def test_a_stranger_can_choose_a_language_too(world: World) -> None:
    view = await change(world).set_language(NOBODY, "en", "pl")
    assert (view.language, view.has_consented) == ("pl", False)


async def test_what_was_muted_can_be_asked_about_again(world: World) -> None:
    await world.db.write(lambda tx: mutes.mute(tx, world.person.id, DELIVERY))
    assert (await change(world).read_settings(ALICE, None)).muted_titles == ("Delivery",)
    assert (await change(world).unmute_everything(ALICE, None)).muted_titles == ()


# ---- stop and forget -------------------------------------------------------------------------------------------------


async def test_stop_ends_the_open_question_and_can_be_undone(world: World) -> None:
    invitation = await world.visit()
    done = await world.stop.stop_all(ALICE)
    assert done.asking is AskingChange.STOPPED
    assert done.context is not None
    assert done.context.conversation.step == ClosingStep.STOPPED
    assert (await world.stop.stop_all(ALICE)).asking is AskingChange.ALREADY
    assert await world.stop.ask_again(ALICE) is AskingChange.ON
    assert (await world.customer()).stopped_at is None
    assert (await world.context(invitation)).invitation.state == "declined"
    assert await world.wrong_counters() == []


async def test_there_is_nothing_to_stop_without_a_consent(world: World) -> None:
    assert (await world.stop.stop_all(NOBODY)).asking is AskingChange.NEVER
    assert await world.stop.ask_again(NOBODY) is AskingChange.NEVER


async def test_forgetting_takes_the_words_and_leaves_the_counts(any_db: Database) -> None:
    world = await make_world(any_db)
    invitation = await world.visit()
    for place, value in ((FELT, 1), (CSAT, 3), (WHY, 0)):
        await world.answer(invitation, place, value)
    await world.write("It rained")
    forget = ForgetCustomer(world.db, world.clock, 5)
    assert (await forget.by_address(ALICE, "en")).was_known
    assert not (await forget.by_address(ALICE, "en")).was_known
    left = await world.db.read(lambda tx: _left(tx, world.person.id, invitation))
    assert left == (None, [], None, None)
    assert await world.wrong_counters() == []
    settled = await world.db.read(lambda tx: tallies.list_counters(tx, "shop", settled=True))
    assert sum(sums.n for counter, sums in settled.items() if counter.measure == "csat") == 1


def _left(tx: Connection, customer_id: int, invitation: int) -> tuple[object, ...]:
    return (
        customers.find_by_id(tx, customer_id),
        answers.list_by_customer(tx, customer_id),
        awaited_texts.find(tx, ALICE),
        load_context(tx, invitation),
    )


# ---- my data ---------------------------------------------------------------------------------------------------------


async def test_personal_data_is_shown_in_words(world: World) -> None:
    invitation = await world.visit()
    for place, value in ((FELT, -1), (CSAT, 3), (WHY, 1)):
        await world.answer(invitation, place, value)
    await world.write("It <i>rained</i>")
    told = await CollectPersonalData(world.db, world.clock, QUIET)(ALICE, "en")
    assert told is not None
    assert [(v.title, v.day.isoformat()) for v in told.visits] == [("Delivery", "2026-11-22")]
    # In the order of the survey's questions.
    given = [answer.answer for answer in told.answers]
    assert given == ["🙁 disappointed", "3\u00a0of\u00a05", "The box was torn", "It <i>rained</i>"]
    assert told.answer_count == 4


async def test_personal_data_count_everything_and_quote_only_the_customer(world: World) -> None:
    """The lists are short; a case that began with a photo is not shown with the words of the team."""

    def fill(tx: Connection) -> None:
        for number in range(12):
            new = NewCase(world.person.id, CaseKind.COMPLAINT, CaseOrigin.COMMAND, NOON.date(), "other", NOON)
            case = cases.insert_case(tx, new)
            cases.insert_message(tx, case.number, CaseAuthor.CUSTOMER, CaseText("photo", "", f"p{number}"), NOON)
            cases.insert_message(tx, case.number, CaseAuthor.TEAM, CaseText("text", "Sorry!"), NOON, "Anna")

    await world.db.write(fill)
    for number in range(11):
        await world.record([Event(f"e{number}", "77", "shop", NOON, touchpoint="delivery")])
    data = await CollectPersonalData(world.db, world.clock, QUIET)(ALICE, "en")
    assert data is not None
    assert (data.case_count, len(data.cases)) == (12, 10)
    assert {case.first_text for case in data.cases} == {""}
    assert (data.visit_count, len(data.visits)) == (11, 10)


async def test_a_stranger_has_no_personal_data(world: World) -> None:
    assert await CollectPersonalData(world.db, world.clock, QUIET)(NOBODY, "en") is None


async def test_answers_to_a_removed_survey_are_still_shown(world: World) -> None:
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)

    def replace_journey(tx: Connection) -> None:
        found = journeys.find_current(tx, "shop")
        assert found is not None
        source = journeys.list_versions_in_force(tx)["shop"].source.split("[[surveys]]")[0]
        journeys.apply(tx, found.model_copy(update={"surveys": ()}), source, now=NOON)

    await world.db.write(replace_journey)
    told = await CollectPersonalData(world.db, world.clock, QUIET)(ALICE, "en")
    assert told is not None
    assert [a.answer for a in told.answers] == ["🙂 pleased"]
