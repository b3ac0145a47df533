"""The watch for public groups sees every message and tap, and never spoils what was handled."""

from aiogram import Dispatcher
from aiogram.types import Chat, InaccessibleMessage

from bot.db.engine.errors import DatabaseAway
from bot.telegram.team.public_groups import PublicGroupWatch
from cjm.address import Address
from tests.telegram.doubles import tap


async def test_messages_and_taps_of_all_chats_are_watched(real_dispatcher: Dispatcher) -> None:
    for observer in (real_dispatcher.message, real_dispatcher.callback_query):
        assert PublicGroupWatch in {type(each) for each in observer.outer_middleware}


async def test_database_that_is_away_fails_nothing_that_was_handled() -> None:
    reported: list[Address] = []

    async def report(group: Address) -> None:
        reported.append(group)
        raise DatabaseAway("away")

    async def handle(event: object, data: object) -> str:
        return "handled"

    group = Chat(id=-1001, type="supergroup", title="Team", username="our_shop")
    event = tap("x").model_copy(update={"message": InaccessibleMessage(chat=group, message_id=1, date=0)})
    assert await PublicGroupWatch(report)(handle, event, {}) == "handled"
    assert reported == [Address("telegram", "-1001")]
