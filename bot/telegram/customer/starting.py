"""/start with and without a link, the consent, /help; and who blocks us or comes back."""

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.config.settings import AskingSettings as Rules
from bot.messages.callbacks import Action, ConsentVerb
from bot.outbox.replies import Replies
from bot.screens.customer import welcome
from bot.telegram import senders
from bot.telegram.callbacks import CallbackFilter
from bot.telegram.customer.showing import show
from bot.texts import words_in
from bot.usecases.asking.give_consent import GiveConsent
from bot.usecases.people.change_settings import ChangeSettings
from bot.usecases.people.note_reach import NoteReach
from bot.usecases.people.open_link import OpenLink


def make_router(
    open_link: OpenLink,
    give_consent: GiveConsent,
    note_reach: NoteReach,
    settings: ChangeSettings,
    rules: Rules,
    replies: Replies,
) -> Router:
    """``rules`` are told to a customer before the consent. A manager's links and commands go to their own routers."""
    router = Router(name="starting")

    @router.message(senders.PrivateChatFilter(), CommandStart())
    async def start(message: Message, command: CommandObject) -> None:
        opened = await open_link(senders.chat_address(message), command.args or "", senders.sender_language(message))
        await replies.send(
            senders.chat_address(message), welcome.greeting(opened.greeting, words_in(opened.language), rules)
        )

    @router.callback_query(CallbackFilter(ConsentVerb.CONSENT))
    async def consent(query: CallbackQuery, action: Action) -> None:
        person = senders.person_address(query.from_user)
        said = await give_consent(person, action.args == ("1",))
        view = await settings.view(person, senders.sender_language(query))
        await show(replies, query, welcome.consent_reply(said, words_in(view.language)))

    @router.message(senders.PrivateChatFilter(), Command("help"))
    async def help_wanted(message: Message) -> None:
        view = await settings.view(senders.chat_address(message), senders.sender_language(message))
        await replies.send(senders.chat_address(message), welcome.customer_help(words_in(view.language)))

    @router.my_chat_member()
    async def reach(event: ChatMemberUpdated) -> None:
        if event.chat.type == "private":
            await note_reach(senders.person_address(event.from_user), event.new_chat_member.status == "member")

    return router
