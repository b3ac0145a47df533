"""/start with and without a link, the consent, /help; and who blocks us or comes back."""

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.config import Asking as Rules
from bot.outbox.message import Action
from bot.outbox.replies import Replies
from bot.telegram import who
from bot.telegram.callbacks import Verb
from bot.telegram.customer import screens
from bot.telegram.customer.showing import show
from bot.texts import words_in
from bot.usecases.change_settings import ChangeSettings
from bot.usecases.give_consent import GiveConsent
from bot.usecases.note_reach import NoteReach
from bot.usecases.open_link import OpenLink


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

    @router.message(who.InPrivate(), CommandStart())
    async def start(message: Message, command: CommandObject) -> None:
        opened = await open_link(who.chat(message), command.args or "", who.language(message))
        await replies.send(who.chat(message), screens.greeting(opened.greeting, words_in(opened.language), rules))

    @router.callback_query(Verb("ag"))
    async def consent(query: CallbackQuery, action: Action) -> None:
        person = who.person(query.from_user)
        said = await give_consent(person, action.args == ("1",))
        view = await settings.view(person, who.language(query))
        await show(replies, query, screens.consented(said, words_in(view.language)))

    @router.message(who.InPrivate(), Command("help"))
    async def help_wanted(message: Message) -> None:
        view = await settings.view(who.chat(message), who.language(message))
        await replies.send(who.chat(message), screens.help_for_customers(words_in(view.language)))

    @router.my_chat_member()
    async def reach(event: ChatMemberUpdated) -> None:
        if event.chat.type == "private":
            await note_reach(who.person(event.from_user), event.new_chat_member.status == "member")

    return router
