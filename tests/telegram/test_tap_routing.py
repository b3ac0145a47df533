"""Taps go straight to the handlers of their button, in the order of the routers."""

from typing import Any

import pytest
from aiogram import Bot, Dispatcher, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, Update

from bot.messages.callbacks import Action, ConsentVerb, MapVerb, SettingVerb, pack_action
from bot.sandbox.server import TOKEN
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.customer.throttle import Throttle
from bot.telegram.receiving.dispatcher import make_dispatcher
from bot.texts import Words, words_in
from tests.telegram.doubles import tap


class AskedFilter(Filter):
    """Filter that notes that it was asked, and lets the tap through or not."""

    def __init__(self, asked: list[str], name: str, *, passes: bool) -> None:
        self.asked, self.name, self.passes = asked, name, passes

    async def __call__(self, _query: CallbackQuery) -> bool:
        self.asked.append(self.name)
        return self.passes


async def _speak_english(_event: Message | CallbackQuery) -> Words:
    return words_in("en")


async def feed(dispatcher: Dispatcher, data: str | None) -> Any:
    return await dispatcher.feed_update(Bot(TOKEN), Update(update_id=1, callback_query=tap(data)))


async def test_tap_asks_the_handlers_of_its_button_only_and_in_the_order_of_the_routers() -> None:
    asked: list[str] = []
    first, second = Router(), Router()

    @first.callback_query(AskedFilter(asked, "other button", passes=True), CallbackFilter(MapVerb.PAGE))
    async def turn_page(_query: CallbackQuery) -> str:
        return "page"

    @first.callback_query(CallbackFilter(SettingVerb.ZONE), AskedFilter(asked, "refuses", passes=False))
    async def set_zone(_query: CallbackQuery) -> str:
        return "zone"

    @second.callback_query(
        CallbackFilter(SettingVerb.ZONE, ConsentVerb.FORGET), AskedFilter(asked, "takes", passes=True)
    )
    async def open_list(_query: CallbackQuery, action: Action) -> str:
        return f"list {action.arg()}"

    dispatcher = make_dispatcher([first, second], Throttle(_speak_english))
    assert await feed(dispatcher, pack_action(Action.of(SettingVerb.ZONE, "Asia"))) == "list Asia"
    assert asked == ["refuses", "takes"]
    for odd in (None, "", "nobody's:1", pack_action(Action.of(ConsentVerb.CONSENT))):
        assert await feed(dispatcher, odd) is UNHANDLED


def test_handler_of_taps_without_a_button_is_refused_when_the_dispatcher_is_made() -> None:
    router = Router()

    @router.callback_query()
    async def take_any_tap(_query: CallbackQuery) -> None: ...

    with pytest.raises(ValueError, match="take_any_tap"):
        make_dispatcher([router], Throttle(_speak_english))
