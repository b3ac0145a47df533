"""/stop, /forget and /mydata: being left alone, being forgotten, being told what we know."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.clock import Clock
from bot.messages.callbacks import Action, ConsentVerb
from bot.outbox.letters.question import screen
from bot.outbox.replies import Replies
from bot.screens.customer import my_data, welcome
from bot.telegram import senders
from bot.telegram.callbacks import CallbackFilter
from bot.telegram.customer.showing import show
from bot.texts import Words, words_in
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.people.change_settings import ChangeSettings
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.tell_my_data import TellMyData
from cjm.address import Address


def make_router(
    stop: StopAsking,
    give: GiveAnswer,
    forget: ForgetCustomer,
    tell: TellMyData,
    settings: ChangeSettings,
    clock: Clock,
    replies: Replies,
) -> Router:
    router = Router(name="leaving")

    async def words(event: Message | CallbackQuery, person: Address) -> Words:
        return words_in((await settings.view(person, senders.sender_language(event))).language)

    _stopping(router, stop, give, settings, clock, replies)

    @router.message(senders.PrivateChatFilter(), Command("forget"))
    async def forget_me(message: Message) -> None:
        await replies.send(
            senders.chat_address(message), welcome.forget_question(await words(message, senders.chat_address(message)))
        )

    @router.callback_query(CallbackFilter(ConsentVerb.FORGET))
    async def confirmed(query: CallbackQuery, action: Action) -> None:
        person = senders.person_address(query.from_user)
        w = await words(query, person)  # before the language is forgotten, too
        if action.args != ("1",):
            await show(replies, query, welcome.forget_cancellation(w))
            return
        gone = await forget.by_address(person)
        await show(replies, query, welcome.forget_reply(w, found=gone.found))
        for where, message_id in gone.messages:
            await replies.delete(where, message_id)

    @router.message(senders.PrivateChatFilter(), Command("mydata"))
    async def my_data_wanted(message: Message) -> None:
        told = await tell(senders.chat_address(message), senders.sender_language(message))
        w = await words(message, senders.chat_address(message))
        for page in my_data.data_pages(told, w):
            await replies.send(senders.chat_address(message), page)

    return router


def _stopping(
    router: Router, stop: StopAsking, give: GiveAnswer, settings: ChangeSettings, clock: Clock, replies: Replies
) -> None:
    @router.message(senders.PrivateChatFilter(), Command("stop"))
    async def stopped(message: Message) -> None:
        person = senders.chat_address(message)
        done = await stop.stop_all(person)
        view = await settings.view(person, senders.sender_language(message))
        await replies.send(person, welcome.stop_reply(done.asking, words_in(view.language)))
        response = done.context.response if done.context is not None else None
        if done.context is None or response is None or response.message_id is None:
            return
        if await replies.edit(person, response.message_id, screen(done.context, clock.now())) is not None:
            await give.mark_shown(done.context)

    @router.callback_query(CallbackFilter(ConsentVerb.ASK_AGAIN))
    async def again(query: CallbackQuery) -> None:
        person = senders.person_address(query.from_user)
        done = await stop.ask_again(person)
        view = await settings.view(person, senders.sender_language(query))
        await show(replies, query, welcome.resume_reply(done, words_in(view.language)))
