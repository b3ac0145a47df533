"""/map and other views of a journey: for managers and teams only, changed in place by buttons that work for weeks."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.config.settings import TeamSettings
from bot.db.engine.database import Connection, Database
from bot.db.figures.voices import VoiceRow
from bot.db.journeys import journeys
from bot.db.people import managers
from bot.messages.message import utf16_length
from bot.outbox.letters.digest_words import digest_text
from bot.outbox.messenger import Rejected
from bot.screens.manager.map_composer import is_drawn, waiting_message
from bot.telegram.limits import TELEGRAM_LIMITS
from bot.texts import LANGUAGES
from bot.usecases.maps.make_digest import MakeDigest
from bot.usecases.maps.view_map import OpenedView
from bot.usecases.maps.views.read_voices import hide_withheld_score
from cjm import templates
from cjm.address import Address
from cjm.drawing import Layout
from cjm.figures.journey_map import MapKind
from cjm.figures.map_view import ViewContent
from cjm.journeys.journey_file import read_journey
from tests.telegram.case_house import GROUP, NOON
from tests.telegram.map_house import MapHouse, action, map_house, second_journey
from tests.usecases.past import apply_shop, store_answers

ANNA, EVE, BEN = 7, 666, 8
TEAM = TeamSettings.model_validate({"key": "care", "chat": GROUP, "language": "en"})
CARE = int(GROUP.id)


@pytest.fixture
async def house(db: Database) -> AsyncIterator[MapHouse]:
    async with map_house(db, managers=(ANNA,), teams=(TEAM,)) as found:
        yield found


@pytest.fixture
async def empty(db: Database) -> AsyncIterator[MapHouse]:
    async with map_house(db, past=False, managers=(ANNA,), teams=(TEAM,)) as found:
        yield found


async def test_a_manager_gets_a_picture_with_the_key_findings(house: MapHouse) -> None:
    await house.say(ANNA, "/map")
    message_id, message = house.last(ANNA)
    assert [str(m.text) for to, m in house.messenger.arrived] == ["Drawing the map…"]  # at once, then changed
    assert message_id == "1"
    text = str(message.text)
    assert "Buying in our shop" in text
    assert "Best: Purchase – 80% satisfied" in text
    assert "Weakest: After purchase" in text
    assert "Next step:" in text
    assert utf16_length(text) <= TELEGRAM_LIMITS.caption_units
    assert message.upload is not None
    assert not message.upload.as_file


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_waiting_text_names_what_is_drawn(language: str) -> None:
    drawn = [OpenedView(1, content) for content in ViewContent if is_drawn(content)]
    kinds = (MapKind.FUTURE, MapKind.BLUEPRINT, MapKind.DIFFERENCE, MapKind.DAY)
    opened = [*drawn, *(OpenedView(1, ViewContent.MAP, kind) for kind in kinds)]
    texts = {str(waiting_message(each, language).text) for each in opened}
    assert len(texts) == len(opened)
    assert all(text.endswith("…") for text in texts)


async def test_buttons_change_the_same_message(house: MapHouse) -> None:
    await house.say(ANNA, "/map")
    await house.tap(ANNA, "7 days")
    assert "16–22 Nov" in str(house.last(ANNA)[1].text)
    await house.tap(ANNA, "◀ 7 days")
    assert "9–15 Nov" in str(house.last(ANNA)[1].text)
    await house.tap(ANNA, "7 days ▶")
    assert "7 days ▶" not in house.labels(ANNA)
    await house.tap(ANNA, "◀ yesterday")
    assert "15–21 Nov" in str(house.last(ANNA)[1].text)
    await house.tap(ANNA, "1 day ▶")
    assert "16–22 Nov" in str(house.last(ANNA)[1].text)
    await house.tap(ANNA, "84 days")
    assert "• 84 days" in house.labels(ANNA)
    assert len(house.messenger.arrived) == 1


async def test_of_several_quick_taps_the_last_view_is_drawn_and_others_wait_for_no_picture(house: MapHouse) -> None:
    await house.say(ANNA, "/map 7")
    earlier, before = action(house, "◀ 7 days"), len(house.drawer.drawn)
    house.drawer.gate.clear()
    for _ in range(4):
        await house.handle(house.make_tap(ANNA, earlier, "1"))
    member = {"id": BEN, "is_bot": False, "first_name": "Ben"}
    await house.handle({"message": house.make_message(99, CARE) | {"text": "/help", "from": member}})
    await house.messenger.wait_for_arrivals(2)  # the help is there before the picture
    house.drawer.gate.set()
    await house.settle()
    assert "19–25 Oct" in str(house.last(ANNA)[1].text), "four weeks earlier"
    assert len(house.drawer.drawn) - before <= 2, "the steps between were overtaken"


async def test_picture_comes_below_when_the_waiting_text_was_deleted_or_never_came(house: MapHouse) -> None:
    house.messenger.will_raise(Rejected("the waiting text is refused"))
    await house.say(ANNA, "/map")
    assert [message.upload is not None for _to, message in house.messenger.arrived] == [True]

    house.drawer.gate.clear()
    command = {"text": "/map 7", "from": {"id": ANNA, "is_bot": False, "first_name": "Anna"}}
    await house.handle({"message": house.make_message(99, ANNA) | command})
    await house.messenger.wait_for_arrivals(2)
    house.messenger.will_raise(Rejected("message to edit not found"))
    house.drawer.gate.set()
    await house.settle()
    assert [message.upload is not None for _to, message in house.messenger.arrived] == [True, False, True]
    assert house.messenger.edits == []


async def test_buttons_work_after_weeks_and_a_restart(house: MapHouse) -> None:
    await house.say(ANNA, "/map")
    house.clock.advance(timedelta(days=30))
    house.restart()
    await house.begin()
    assert await house.tap(ANNA, "◀ 28 days") is None
    assert "28 Oct\u2009–\u200924 Nov" in str(house.last(ANNA)[1].text)


async def test_a_segment_and_a_channel_are_chosen_from_menus(house: MapHouse) -> None:
    await house.say(ANNA, "/map")
    await house.tap(ANNA, "Segment: everyone")
    assert house.labels(ANNA)[0] == "• everyone"
    assert house.labels(ANNA)[-1] == "‹ Back"
    chosen = house.labels(ANNA)[1]
    await house.tap(ANNA, chosen)
    assert chosen in str(house.last(ANNA)[1].text)
    await house.tap(ANNA, "Channel: all")
    await house.tap(ANNA, "courier")
    assert "Channel: courier" in house.labels(ANNA)
    assert house.drawer.drawn[-1][0].channel == "courier"


async def test_the_same_map_is_drawn_once_and_uploaded_once(house: MapHouse) -> None:
    await house.say(ANNA, "/map")
    await house.tap(ANNA, "7 days")
    await house.tap(ANNA, "28 days")
    assert len(house.drawer.drawn) == 2
    house.clock.advance(timedelta(minutes=5))
    await house.say(CARE, "/map", chat=CARE)
    assert len(house.drawer.drawn) == 2


async def test_what_was_uploaded_is_sent_by_its_id(house: MapHouse) -> None:
    await house.say(ANNA, "/map")
    await house.tap(ANNA, "As a file…")
    await house.tap(ANNA, "Wall map, PNG")
    assert house.picture(ANNA).as_file
    assert house.drawer.drawn[-1][1] is Layout.WALL
    await house.tap(ANNA, "Wall map, PNG", on="1")
    assert house.picture(ANNA).file_id == "file-1"


async def test_arguments_name_journey_and_days(house: MapHouse) -> None:
    await house.say(ANNA, "/map shop 7")
    assert "• 7 days" in house.labels(ANNA)
    await house.say(ANNA, "/map 30")
    assert "24 Oct\u2009–\u200922 Nov" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "◀ 30 days")
    assert "24 Sept\u2009–\u200923 Oct" in house.texts(ANNA)[-1]
    for days in ("0", "1000", "9" * 40):
        await house.say(ANNA, f"/map {days}")
        assert house.texts(ANNA)[-1] == "I can show from 1\u00a0to\u00a0999 days, such as /map 30."
    await house.say(ANNA, "/map nothing")
    assert house.texts(ANNA)[-1] == "There is no journey with this key here. Send /map without a key."


async def test_with_several_journeys_one_is_chosen(house: MapHouse) -> None:
    await second_journey(house)
    await house.say(ANNA, "/map shop")
    await house.tap(ANNA, "Another journey")
    await house.tap(ANNA, "Renting")
    assert str(house.last(ANNA)[1].text).startswith("Renting")


async def test_while_nothing_has_happened_the_map_says_what_to_do(empty: MapHouse) -> None:
    house = empty
    await house.say(ANNA, "/map")
    assert "There is no journey yet" in house.texts(ANNA)[-1]
    source = templates.text("shop")
    await house.db.write(lambda tx: journeys.apply(tx, read_journey(source, "s"), source, now=NOON))
    await house.say(ANNA, "/map")
    assert "Nothing has happened on this journey yet" in house.texts(ANNA)[-1]
    assert house.last(ANNA)[1].upload is not None


@pytest.mark.parametrize("command", ["/map", "/stages", "/voices", "/digest", "/barriers", "/channels", "/persona"])
async def test_to_a_stranger_a_command_is_a_text_like_any_other(house: MapHouse, command: str) -> None:
    await house.say(EVE, command)
    commanded = house.texts(EVE)
    await house.say(EVE, "/nonsense")
    assert house.texts(EVE)[len(commanded) :] == commanded
    await house.say(EVE, command, chat=-4)  # a group that is no team's
    assert house.texts(-4) == []
    assert house.drawer.drawn == []


@pytest.mark.parametrize(
    "data",
    ["me:1", "md:1:7", "mo:1:1", "mc:1:1", "mf:1", "mt:1:0", "mn:1", "mq", "ma:1", "mx:1", "mg:1:0", "mi", "mz:1"],
)
async def test_a_strangers_forged_button_does_and_reveals_nothing(house: MapHouse, data: str) -> None:
    await house.say(ANNA, "/map")
    before = len(house.messenger.arrived), len(house.messenger.edits), len(house.drawer.drawn)
    assert await house.forge(EVE, data) is None
    assert await house.forge(EVE, data, chat=-4) is None
    assert (len(house.messenger.arrived), len(house.messenger.edits), len(house.drawer.drawn)) == before


@pytest.mark.parametrize(
    "data", ["me", "me:x", "me:99999999999999999", "md:1:-5", "mo:1:77", "mc:1:9", "mt:1:99", "mp:1:-9"]
)
async def test_a_broken_button_breaks_nothing(house: MapHouse, data: str) -> None:
    await house.say(ANNA, "/map")
    await house.forge(ANNA, data)
    assert "Buying in our shop" in str(house.messages_in(Address("telegram", str(ANNA)))["1"].text)


async def test_one_chats_button_does_nothing_in_another(house: MapHouse) -> None:
    await house.say(ANNA, "/map")
    notice = await house.forge(EVE, "md:1:7", chat=CARE)  # a member of the team, with the manager's view
    assert notice == "This button no longer works. Please send the command again, such as /map."
    await house.tap(ANNA, "◀ 28 days")
    assert "• 28 days" in house.labels(ANNA)


async def test_everybody_in_the_teams_chat_may_look_in_its_topic(house: MapHouse) -> None:
    await house.send(EVE, chat=CARE, text="/map", message_thread_id=5, is_topic_message=True)
    assert house.messenger.arrived[-1][1].thread == 5
    await house.tap(EVE, "7 days", chat=CARE)
    assert "• 7 days" in house.labels(CARE)


async def test_a_manager_of_some_journeys_sees_only_those(house: MapHouse) -> None:
    ben = Address("telegram", str(BEN))
    await house.db.write(
        lambda tx: managers.save(tx, ben, name="Ben", language="ru", journeys=["other"], added_by="", now=NOON)
    )
    await house.say(BEN, "/map")
    assert "Пока нет ни одного пути" in house.texts(BEN)[-1]
    await house.say(BEN, "/map shop")
    assert house.drawer.drawn == []
    await house.say(ANNA, "/map")
    await house.forge(BEN, "me:1")
    assert len(house.texts(BEN)) == 2


async def test_stages_in_words_hold_every_figure(house: MapHouse) -> None:
    await house.say(ANNA, "/stages")
    text = str(house.last(ANNA)[1].text)
    assert "1. Awareness" in text
    assert "80% satisfied, 95% range" in text
    assert "no answers yet" in text
    assert utf16_length(text) <= TELEGRAM_LIMITS.text_units


async def test_voices_are_turned_and_narrowed_to_a_touchpoint(house: MapHouse) -> None:
    await house.say(ANNA, "/voices")
    assert "Voice number 12" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "older ▶")
    assert "Voice number 7" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "◀ newer")
    await house.tap(ANNA, "Place: whole journey")
    await house.tap(ANNA, "Purchase")
    assert "no words to show" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Place: Purchase")
    assert "Checkout" in house.labels(ANNA)


async def test_few_peoples_words_are_withheld(empty: MapHouse) -> None:
    house = empty

    def write(tx: Connection) -> None:
        journey = apply_shop(tx, NOON)
        store_answers(tx, journey, "delivery", house.today, [1, 2])
        store_answers(tx, journey, "delivery", house.today, ["It was the tall courier"])

    await house.db.write(write)
    await house.say(ANNA, "/voices")
    assert "courier" not in house.texts(ANNA)[-1]


async def test_words_about_a_touchpoint_of_few_are_words_about_its_stage(empty: MapHouse) -> None:
    """The touchpoint's own figure is withheld, and so is whose words belong to it."""
    house = empty

    def write(tx: Connection) -> None:
        journey = apply_shop(tx, NOON)
        store_answers(tx, journey, "checkout", house.today, [5] * 9)
        store_answers(tx, journey, "payment", house.today, [1, "My card was refused"])

    await house.db.write(write)
    await house.say(ANNA, "/voices")
    assert "My card was refused\nPurchase · 22 Nov" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Place: whole journey")
    await house.tap(ANNA, "Purchase")
    assert "My card was refused" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Place: Purchase")
    await house.tap(ANNA, "Payment")
    assert "no words to show" in house.texts(ANNA)[-1]


def test_a_score_beside_words_is_told_only_where_its_figure_is() -> None:
    journey = read_journey(templates.text("shop"), "shop.toml")
    voice = VoiceRow("My card was refused", "payment", "purchase", NOON.date(), "csat", 1)
    assert hide_withheld_score(voice, journey, {("purchase", "csat"), ("payment", "csat")}) == voice
    without_score = replace(voice, kind=None, value=None)
    assert hide_withheld_score(voice, journey, {("purchase", "csat"), ("payment", "nps")}) == without_score
    about_stage = replace(without_score, subject="purchase")
    assert hide_withheld_score(voice, journey, {("purchase", "csat")}) == about_stage


async def test_a_channel_with_few_answers_says_how_many_are_missing(empty: MapHouse) -> None:
    house = empty
    await house.db.write(lambda tx: store_answers(tx, apply_shop(tx, NOON), "delivery", house.today, [5, 4]))
    await house.say(ANNA, "/channels")
    assert "After purchase: 2 people so far, 3 more needed to show a figure" in str(house.last(ANNA)[1].text)
    await house.say(ANNA, "/stages")
    assert "Satisfied: 2 people so far, 3 more needed to show a figure." in house.texts(ANNA)[-1]


async def test_barriers_are_shown_in_words(house: MapHouse) -> None:
    await house.say(ANNA, "/barriers")
    assert "Buying in our shop" in house.texts(ANNA)[-1]
    assert len(house.texts(ANNA)[-1]) > 60


async def test_channels_are_a_picture_with_their_words_below(house: MapHouse) -> None:
    await house.say(ANNA, "/channels")
    message = house.last(ANNA)[1]
    assert message.upload is not None
    assert "Channels that nobody used" in str(message.text)


async def test_each_persona_has_a_card_and_all_of_them_a_picture_of_their_curves(house: MapHouse) -> None:
    await house.say(ANNA, "/persona")
    first = house.last(ANNA)[1]
    assert first.upload is not None
    assert "Olga compares everything" in str(first.text)
    assert "Assumed by the team: " in str(first.text)
    await house.tap(ANNA, "Page 1\u00a0of\u00a03 ▶")
    assert "Max needs a gift" in str(house.last(ANNA)[1].text)
    assert not [label for label in house.labels(ANNA) if "Segment" in label or "Channel" in label]
    await house.tap(ANNA, "Compare personas")
    compared = house.last(ANNA)[1]
    assert compared.upload is not None
    assert "Anna comes back" in str(compared.text)
    assert "Persona cards" in house.labels(ANNA)


async def test_the_asking_is_a_picture_with_its_findings_and_buttons_to_the_details(house: MapHouse) -> None:
    await house.say(ANNA, "/asking 7")
    message = house.last(ANNA)[1]
    assert message.upload is not None
    assert "Asking: Buying in our shop" in str(message.text)
    assert "16–22 Nov" in str(message.text)
    assert "In these days no question was delivered." in str(message.text), "these answers were imported"
    for button in ("By survey", "By hour", "By channel", "Who was not heard"):
        await house.tap(ANNA, button)
        assert "16–22 Nov" in str(house.last(ANNA)[1].text)
        assert "Asking: overview" in house.labels(ANNA)
    assert len(house.drawer.reports) == 1


async def test_a_digest_now_does_not_count_as_the_weekly_one(house: MapHouse) -> None:
    from bot.db.figures import digest_runs

    await house.say(CARE, "/digest", chat=CARE)
    text = house.texts(CARE)[-1]
    report = await MakeDigest(house.db, house.clock, 5)("shop", "en")
    assert text == str(digest_text(report).split_to_fit(TELEGRAM_LIMITS.caption_units)[0])
    assert await house.see(digest_runs.list_periods) == {}


async def test_when_nothing_can_be_drawn_the_figures_come_in_words(house: MapHouse) -> None:
    from bot.usecases.maps.apart.map_process import MapProcessError

    async def fails(*_: object, **__: object) -> bytes:
        raise MapProcessError("the process died twice")

    house.drawer.draw = fails  # type: ignore[method-assign]  # this one always fails
    await house.say(ANNA, "/map")
    assert "could not be drawn" in house.texts(ANNA)[-1]
    assert "80% satisfied" in house.texts(ANNA)[-1]


async def test_update_that_comes_twice_is_answered_once(house: MapHouse) -> None:
    house.twice = True
    await house.say(ANNA, "/map")
    assert len(house.messenger.arrived) == 1
    await house.tap(ANNA, "◀ 28 days")
    drawn = house.drawer.drawn[-1][0].period
    house.twice = False
    assert (NOON.date() - drawn.last).days == 28


async def test_the_weekly_digests_button_opens_a_map(house: MapHouse) -> None:
    from bot.usecases.maps.send_digests import SendDigests

    monday = TEAM.digest
    assert monday is not None
    tick = SendDigests(house.db, house.clock, (TEAM,))
    await tick()
    house.clock.set(monday.next_after(house.clock.now(), TEAM.zone) + timedelta(minutes=1))
    assert await tick() == 1
    await house.settle()
    await house.tap(EVE, "Open the map", chat=CARE)
    assert "• 28 days" in house.labels(CARE)
    assert len(house.texts(CARE)) == 2  # the digest stays
