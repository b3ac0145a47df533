"""The customer as a reader: the language in which to answer them."""

from aiogram import types

from bot.telegram import senders
from bot.texts import Words, words_in
from bot.usecases.people.change_settings import ChangeSettings


async def choose_words(settings: ChangeSettings, event: types.Message | types.CallbackQuery) -> Words:
    """Return the texts in the language of this customer: the one they chose, else their app's or the journey's."""
    current = await settings.read_settings(senders.customer_address(event), senders.sender_language(event))
    return words_in(current.language)
