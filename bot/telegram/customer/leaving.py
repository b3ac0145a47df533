"""/stop, /forget and /mydata: how customers end the questions, are erased, and see what is stored about them."""

from aiogram import Router, types

from bot.messages import commands
from bot.messages.callbacks import YES, Action, ConsentVerb, OwnDataVerb
from bot.outbox.showings import NewMessage
from bot.screens.customer import my_data, welcome
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.customer.customer_words import choose_words
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.tapped_message import replace_tapped
from bot.usecases.asking.show_conversation import ShowConversation
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.people.change_settings import ChangeSettings
from bot.usecases.people.collect_personal_data import CollectPersonalData
from bot.usecases.people.forget_customer import NOBODY, ForgetCustomer
from bot.usecases.people.make_person_file import MakePersonFile


def make_router(
    stop: StopAsking,
    conversations: ShowConversation,
    forget: ForgetCustomer,
    collect: CollectPersonalData,
    make_file: MakePersonFile,
    settings: ChangeSettings,
) -> Router:
    """Return the router for /stop, /forget and /mydata."""
    router = Router(name="leaving")
    _add_stopping(router, stop, conversations, settings)
    _add_forgetting(router, forget, settings)

    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.MY_DATA))
    async def show_my_data(message: types.Message) -> HandlerResult:
        chat = senders.chat_address(message)
        data = await collect(chat, senders.sender_language(message))
        pages = my_data.data_pages(data, await choose_words(settings, message))
        return show(*(NewMessage(chat, page) for page in pages))

    @router.callback_query(CallbackFilter(OwnDataVerb.AS_FILE))
    async def send_my_file(query: types.CallbackQuery) -> HandlerResult:
        # To the person's own chat, wherever the button stands.
        person = senders.person_address(query.from_user)
        made = await make_file.by_address(person)
        return show(NewMessage(person, my_data.data_file(made, await choose_words(settings, query))))

    return router


def _add_forgetting(router: Router, forget: ForgetCustomer, settings: ChangeSettings) -> None:
    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.FORGET))
    async def ask_to_forget(message: types.Message) -> HandlerResult:
        chat, words = senders.chat_address(message), await choose_words(settings, message)
        is_known = await forget.is_known(chat)
        reply = welcome.forget_question(words) if is_known else welcome.forget_reply(words, NOBODY)
        return show(NewMessage(chat, reply))

    @router.callback_query(CallbackFilter(ConsentVerb.FORGET))
    async def forget_customer(query: types.CallbackQuery, action: Action) -> HandlerResult:
        words = await choose_words(settings, query)  # read first: the chosen language is erased, too
        if action.number() != YES:
            return show(replace_tapped(query, welcome.forget_cancellation(words)))
        forgotten = await forget.by_address(senders.person_address(query.from_user), words.language)
        return show(replace_tapped(query, welcome.forget_reply(words, forgotten)))


def _add_stopping(router: Router, stop: StopAsking, conversations: ShowConversation, settings: ChangeSettings) -> None:
    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.STOP))
    async def stop_asking(message: types.Message) -> HandlerResult:
        chat = senders.chat_address(message)
        stopped = await stop.stop_all(chat)
        reply = NewMessage(chat, welcome.stop_reply(stopped.asking, await choose_words(settings, message)))
        response = stopped.context.response if stopped.context is not None else None
        if response is None or response.message_id is None:
            return show(reply)
        # The open question loses its buttons, so that nobody answers what has ended.
        return show(reply, conversations.step(chat, response.message_id, response.invitation_id))

    @router.callback_query(CallbackFilter(ConsentVerb.ASK_AGAIN))
    async def resume_asking(query: types.CallbackQuery) -> HandlerResult:
        change = await stop.ask_again(senders.person_address(query.from_user))
        return show(replace_tapped(query, welcome.resume_reply(change, await choose_words(settings, query))))
