"""/stop, /forget and /mydata: how customers end the questions, are erased, and see what is stored about them."""

from aiogram import Router, types

from bot.clock import Clock
from bot.messages import commands
from bot.messages.callbacks import YES, Action, ConsentVerb
from bot.outbox.letters import question
from bot.outbox.replies import Replies
from bot.screens.customer import my_data, welcome
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.customer.customer_words import choose_words
from bot.telegram.tapped_message import replace_tapped
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.people.change_settings import ChangeSettings
from bot.usecases.people.collect_personal_data import CollectPersonalData
from bot.usecases.people.forget_customer import ForgetCustomer


def make_router(
    stop: StopAsking,
    give: GiveAnswer,
    forget: ForgetCustomer,
    collect: CollectPersonalData,
    settings: ChangeSettings,
    clock: Clock,
    replies: Replies,
) -> Router:
    """Return the router for /stop, /forget and /mydata."""
    router = Router(name="leaving")
    _add_stopping(router, stop, give, settings, clock, replies)
    _add_forgetting(router, forget, settings, replies)

    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.MY_DATA))
    async def show_my_data(message: types.Message) -> None:
        chat = senders.chat_address(message)
        data = await collect(chat, senders.sender_language(message))
        for page in my_data.data_pages(data, await choose_words(settings, message)):
            await replies.send(chat, page)

    return router


def _add_forgetting(router: Router, forget: ForgetCustomer, settings: ChangeSettings, replies: Replies) -> None:
    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.FORGET))
    async def ask_to_forget(message: types.Message) -> None:
        chat, words = senders.chat_address(message), await choose_words(settings, message)
        is_known = await forget.is_known(chat)
        await replies.send(
            chat, welcome.forget_question(words) if is_known else welcome.forget_reply(words, was_known=False)
        )

    @router.callback_query(CallbackFilter(ConsentVerb.FORGET))
    async def forget_customer(query: types.CallbackQuery, action: Action) -> None:
        words = await choose_words(settings, query)  # read first: the chosen language is erased, too
        if action.number() != YES:
            await replace_tapped(replies, query, welcome.forget_cancellation(words))
            return
        forgotten = await forget.by_address(senders.person_address(query.from_user))
        await replace_tapped(replies, query, welcome.forget_reply(words, was_known=forgotten.was_known))
        # After the reply, because there may be many and each waits for the sending pace.
        for chat, message_id in forgotten.messages_to_delete:
            await replies.delete(chat, message_id)


def _add_stopping(
    router: Router, stop: StopAsking, give: GiveAnswer, settings: ChangeSettings, clock: Clock, replies: Replies
) -> None:
    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.STOP))
    async def stop_asking(message: types.Message) -> None:
        chat = senders.chat_address(message)
        stopped = await stop.stop_all(chat)
        await replies.send(chat, welcome.stop_reply(stopped.asking, await choose_words(settings, message)))
        response = stopped.context.response if stopped.context is not None else None
        if stopped.context is None or response is None or response.message_id is None:
            return
        # The open question loses its buttons, so that nobody answers what has ended.
        if (
            await replies.edit(chat, response.message_id, question.render_step(stopped.context, clock.now()))
            is not None
        ):
            await give.mark_shown(stopped.context)

    @router.callback_query(CallbackFilter(ConsentVerb.ASK_AGAIN))
    async def resume_asking(query: types.CallbackQuery) -> None:
        change = await stop.ask_again(senders.person_address(query.from_user))
        await replace_tapped(replies, query, welcome.resume_reply(change, await choose_words(settings, query)))
