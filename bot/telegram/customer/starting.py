"""/start with and without a link or a poster's code, consent, /help, and the news that a customer is gone or back.

A manager's links and commands are taken by the managers' routers, which come before this one.
"""

from aiogram import Router, types
from aiogram.filters import CommandObject

from bot.db.people.consent_states import ConsentWay
from bot.db.people.posters import is_poster_code
from bot.messages import commands
from bot.messages.callbacks import YES, Action, ConsentVerb
from bot.outbox.showings import NewMessage
from bot.screens.customer import welcome
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.customer.customer_words import choose_words
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.tapped_message import replace_tapped, tapped_message_id
from bot.usecases.asking.give_consent import GiveConsent
from bot.usecases.people.change_settings import ChangeSettings
from bot.usecases.people.open_link import OpenLink
from bot.usecases.people.record_reachability import RecordReachability
from bot.usecases.walk_ins.visit_by_poster import VisitByPoster


def make_router(
    open_link: OpenLink,
    visit_by_poster: VisitByPoster,
    give_consent: GiveConsent,
    record_reachability: RecordReachability,
    change_settings: ChangeSettings,
) -> Router:
    """Return the router for /start, consent and /help."""
    router = Router(name="starting")

    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.START))
    async def greet_person(message: types.Message, command: CommandObject) -> None:
        chat, payload = senders.chat_address(message), command.args or ""
        answer = visit_by_poster if is_poster_code(payload) else open_link
        await answer(chat, str(message.message_id), payload, senders.sender_language(message))

    @router.callback_query(CallbackFilter(ConsentVerb.CONSENT))
    async def take_consent(query: types.CallbackQuery, action: Action) -> HandlerResult:
        person = senders.person_address(query.from_user)
        is_given, message_id = action.number() == YES, tapped_message_id(query)
        way = ConsentWay.parse(action.arg(2))
        consent = await give_consent(person, is_given, message_id, wording=action.arg(1), way=way)
        return show(replace_tapped(query, welcome.consent_reply(consent, await choose_words(change_settings, query))))

    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.HELP))
    async def show_help(message: types.Message) -> HandlerResult:
        words = await choose_words(change_settings, message)
        return show(NewMessage(senders.chat_address(message), welcome.customer_help(words)))

    @router.my_chat_member()
    async def note_reachability(event: types.ChatMemberUpdated) -> None:
        if event.chat.type == "private":  # groups are the business of `bot.telegram.team.binding`
            # "kicked" is how Telegram says that somebody blocked the bot, "member" that they unblocked it.
            is_member = event.new_chat_member.status == "member"
            await record_reachability(senders.person_address(event.from_user), is_member)

    return router
