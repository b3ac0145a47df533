"""Buttons behind "⋯" that lead out of a question: own quiet hours, what is known about the customer, and forgetting.

Each opens in a message of its own, below the question, which shows its step again and stays open.
"""

from aiogram import Router, types

from bot.messages.callbacks import ConversationVerb
from bot.messages.message import Message
from bot.outbox.showings import NewMessage
from bot.screens.customer import my_data, setting_screens, welcome
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.customer.answering import (
    OWN_CONTROLS,
    ConversationTapFilter,
    list_showings,
    refuse_malformed,
    refuse_tap,
)
from bot.telegram.customer.customer_words import choose_words
from bot.telegram.handler_result import HandlerResult, show
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.show_conversation import ShowConversation
from bot.usecases.asking.turn import ConversationTap
from bot.usecases.people.change_settings import ChangeSettings
from bot.usecases.people.collect_personal_data import CollectPersonalData


def make_router(
    give: GiveAnswer, conversations: ShowConversation, settings: ChangeSettings, collect: CollectPersonalData
) -> Router:
    """Return the router of the buttons of `OWN_CONTROLS`."""
    router = Router(name="own controls")

    async def show_below(query: types.CallbackQuery, tap: ConversationTap, *pages: Message) -> HandlerResult:
        turn = await give.look(tap)
        if turn.context is None:
            return refuse_tap(query, tap, turn.notice)
        below = (NewMessage(tap.address, page) for page in pages)
        return show(*list_showings(tap, turn, conversations), *below)

    @router.callback_query(ConversationTapFilter(ConversationVerb.QUIET_HOURS))
    async def offer_quiet_hours(query: types.CallbackQuery, tap: ConversationTap) -> HandlerResult:
        current = await settings.read_settings(tap.address, senders.sender_language(query))
        return await show_below(query, tap, setting_screens.quiet_hours_choice(current))

    @router.callback_query(ConversationTapFilter(ConversationVerb.MY_DATA))
    async def show_my_data(query: types.CallbackQuery, tap: ConversationTap) -> HandlerResult:
        data = await collect(tap.address, senders.sender_language(query))
        return await show_below(query, tap, *my_data.data_pages(data, await choose_words(settings, query)))

    @router.callback_query(ConversationTapFilter(ConversationVerb.FORGET))
    async def ask_to_forget(query: types.CallbackQuery, tap: ConversationTap) -> HandlerResult:
        return await show_below(query, tap, welcome.forget_question(await choose_words(settings, query)))

    @router.callback_query(CallbackFilter(*OWN_CONTROLS))
    async def refuse_malformed_tap(query: types.CallbackQuery) -> HandlerResult:
        return refuse_malformed(query)

    return router
