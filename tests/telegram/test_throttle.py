"""A flood loses no words, photos, commands or taps that mean something; only the replies to it become fewer."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from aiogram import types

from bot.db.cases import cases
from bot.db.engine.database import Database
from bot.db.people import customers
from bot.messages.callbacks import Action, MapVerb, pack_action
from bot.telegram.customer.customer_words import choose_words
from bot.telegram.customer.throttle import MOST_EVENTS, PERIOD_SECONDS, EventHandler, Throttle
from bot.usecases.people.change_settings import ChangeSettings
from cjm.address import Address
from tests.telegram.case_house import GROUP
from tests.telegram.talk_house import ANNA, BORIS, TalkHouse, opened_talk

WARNING = "a lot at once"
ASK = "How shall we pass it on?"


class ThrottledHouse:
    """House with the throttle in front of its handlers; ``seconds`` is the throttle's monotonic time."""

    def __init__(self, house: TalkHouse) -> None:
        self.house, self.seconds = house, 0.0
        self.broken: list[str] = []  # taps whose next try fails
        self._taps = 0
        settings = ChangeSettings(house.db, house.clock, None)
        throttle = Throttle(partial(choose_words, settings), lambda: self.seconds)
        house.dispatcher.message.outer_middleware(throttle)
        house.dispatcher.callback_query.outer_middleware(throttle)
        self.handled: list[str] = []
        house.dispatcher.callback_query.outer_middleware(self.note_tap)

    async def note_tap(self, handler: EventHandler, event: types.TelegramObject, data: dict[str, Any]) -> Any:
        """Record the taps that the throttle lets through."""
        assert isinstance(event, types.CallbackQuery)
        self.handled.append(event.data or "")
        if event.data in self.broken:
            self.broken.remove(event.data)
            raise LookupError
        return await handler(event, data)

    def count(self, part: str, person: int = ANNA) -> int:
        return sum(part in text for text in self.house.texts(person))

    async def case_texts(self) -> list[str]:
        messages = await self.house.see(lambda tx: cases.list_messages(tx, 1))
        return [message.text.file_id or message.text.text for message in messages]

    async def flood(self) -> None:
        for n in range(MOST_EVENTS):
            await self.house.say(ANNA, f"text {n}")

    async def feed_tap(self, data: str) -> None:
        """Hand a tap to the dispatcher, as the inbox does."""
        message = self.house.make_message(1, ANNA) | {"text": "ours"}
        person = {"id": ANNA, "is_bot": False, "first_name": "Anna"}
        self._taps += 1
        tap = {"id": f"tap {self._taps}", "from": person, "chat_instance": "1", "data": data, "message": message}
        update = types.Update.model_validate({"update_id": self._taps, "callback_query": tap})
        await self.house.dispatcher.feed_update(self.house.bot, update, received_at=self.house.clock.now())

    async def notices(self, *taps: str, on: str) -> list[str | None]:
        return [await self.house.forge(ANNA, data, on) for data in taps]


@pytest.fixture
async def throttled(db: Database) -> AsyncIterator[ThrottledHouse]:
    async with opened_talk(db) as found:
        yield ThrottledHouse(found)


async def test_25_quick_texts_are_all_kept_and_asked_about_once(throttled: ThrottledHouse) -> None:
    texts = [f"text {n}" for n in range(25)]
    for text in texts:
        await throttled.house.say(ANNA, text)
    assert (throttled.count(ASK), throttled.count(WARNING)) == (1, 0)
    await throttled.house.tap(ANNA, "Complaint")
    assert await throttled.case_texts() == texts


async def test_25_quick_texts_about_a_case_are_all_in_it_and_confirmed_once(throttled: ThrottledHouse) -> None:
    await throttled.house.say(ANNA, "first")
    await throttled.house.tap(ANNA, "Complaint")
    texts = [f"text {n}" for n in range(25)]
    for text in texts:
        await throttled.house.say(ANNA, text)
    assert await throttled.case_texts() == ["first", *texts]
    assert throttled.count("#1") == 2  # the case, and one addition for all
    await throttled.house.pass_time(seconds=PERIOD_SECONDS)
    await throttled.house.say(ANNA, "last")
    assert throttled.count("#1") == 3


async def test_flood_is_answered_in_the_language_that_the_customer_chose(throttled: ThrottledHouse) -> None:
    """Their app is in English, as that of nearly everybody here; what they chose wins."""
    await throttled.house.welcome()
    await throttled.house.say(ANNA, "/settings")
    await throttled.house.tap(ANNA, "🌐 Language")
    await throttled.house.tap(ANNA, "Polski")
    await throttled.flood()
    for _ in range(2):
        await throttled.house.say(ANNA, "/help")
    assert throttled.count(WARNING) == 0
    assert throttled.count("To dużo naraz") == 1


async def test_three_albums_of_ten_are_all_in_the_case(throttled: ThrottledHouse) -> None:
    photos = [f"photo {album}-{n}" for album in range(3) for n in range(10)]
    for photo in photos:
        await throttled.house.photo(ANNA, photo, media_group_id=photo.split("-")[0])
    assert throttled.count(ASK) == 1
    await throttled.house.tap(ANNA, "Complaint")
    assert await throttled.case_texts() == photos
    assert sum(message.upload is not None for message in throttled.house.messages_in(GROUP).values()) == len(photos)


async def test_stop_at_the_end_of_a_flood_works(throttled: ThrottledHouse) -> None:
    await throttled.house.welcome()
    for n in range(25):
        await throttled.house.say(ANNA, f"text {n}")
    await throttled.house.say(ANNA, "/stop")
    found = await throttled.house.see(lambda tx: customers.find_by_external_id(tx, "77"))
    assert found is not None
    assert found.stopped_at is not None
    assert throttled.count("no more questions") == 1


async def test_texts_that_waited_for_us_are_no_flood(throttled: ThrottledHouse) -> None:
    """By their own time they were written over an hour, although they all come now."""
    first = throttled.house.clock.now() - timedelta(hours=1)
    for n in range(25):
        await throttled.house.say(ANNA, f"text {n}", date=int((first + timedelta(minutes=n)).timestamp()))
    assert (throttled.count(ASK), throttled.count(WARNING)) == (1, 0)


async def test_a_tap_among_fifty_messages_is_taken(throttled: ThrottledHouse) -> None:
    await throttled.house.welcome()
    await throttled.house.delivery()
    for n in range(25):
        await throttled.house.say(ANNA, f"text {n}")
    assert await throttled.house.tap(ANNA, "🙁") == "Saved"
    for n in range(25, 50):
        await throttled.house.say(ANNA, f"text {n}")
    assert (throttled.count(ASK), throttled.count(WARNING)) == (1, 0)


async def test_of_a_flood_only_a_tap_that_repeats_the_one_before_is_dropped_and_acknowledged(
    throttled: ThrottledHouse,
) -> None:
    await throttled.house.welcome()
    await throttled.house.delivery()
    question, message = throttled.house.last(ANNA)
    faces = {button.label: button.action for row in message.buttons for button in row}
    good, bad = (pack_action(action) for face in "🙂🙁" if (action := faces[face]) is not None)
    await throttled.flood()
    throttled.handled.clear()
    notices = await throttled.notices(good, good, good, bad, bad, good, on=question)
    assert notices == ["Saved", None, None, "Changed", None, "Changed"]
    assert throttled.handled == [good, bad, good]
    assert len(notices) == len(throttled.house.line.notices) - 1  # the first was the consent's
    assert "🙂" in str(throttled.house.messages_in(Address("telegram", str(ANNA)))[question].text)


async def test_every_tap_of_a_button_that_steps_is_taken(throttled: ThrottledHouse) -> None:
    await throttled.flood()
    earlier, days = pack_action(Action.of(MapVerb.EARLIER, 1)), pack_action(Action.of(MapVerb.DAYS, 1, 28))
    await throttled.notices(*[earlier] * 3, *[days] * 3, on="1")
    assert throttled.handled == [*[earlier] * 3, days]


async def test_a_tap_that_could_not_be_handled_is_not_dropped_when_it_is_repeated(throttled: ThrottledHouse) -> None:
    await throttled.flood()
    data = pack_action(Action.of(MapVerb.DAYS, 1, 28))
    throttled.broken = [data]
    with pytest.raises(LookupError):
        await throttled.feed_tap(data)
    await throttled.feed_tap(data)
    await throttled.feed_tap(data)
    assert throttled.handled == [data] * 2  # the one that failed and the next one


async def test_a_command_that_was_just_answered_in_a_flood_is_not_answered_again(throttled: ThrottledHouse) -> None:
    for _ in range(MOST_EVENTS + 5):
        await throttled.house.say(BORIS, "/help")
    assert len(throttled.house.texts(BORIS)) == MOST_EVENTS + 1
    assert throttled.count(WARNING, BORIS) == 1
    await throttled.house.say(ANNA, "/help")
    assert "What you can do here" in throttled.house.screen()
    throttled.seconds = PERIOD_SECONDS
    await throttled.house.say(BORIS, "/help")
    assert "What you can do here" in throttled.house.texts(BORIS)[-1]


async def test_a_refusal_that_was_just_read_is_not_repeated(throttled: ThrottledHouse) -> None:
    sticker = {"file_id": "s", "file_unique_id": "u", "type": "regular", "width": 9, "height": 9}
    moving = {"is_animated": False, "is_video": False}
    for _ in range(10):
        await throttled.house.send(ANNA, sticker=sticker | moving)
    await throttled.house.say(ANNA, "/nonsense")
    assert (throttled.count("we cannot pass this on"), throttled.count("no such command")) == (1, 1)
    throttled.seconds = PERIOD_SECONDS
    await throttled.house.send(ANNA, sticker=sticker | moving)
    assert throttled.count("we cannot pass this on") == 2
