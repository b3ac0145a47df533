"""/settings: language, quiet hours, time zone, asking; one message, changed in place. Hours and places may be typed."""

from collections.abc import Callable

from aiogram import Router
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Message

from bot.messages.callbacks import Action, SettingVerb, Verb
from bot.messages.message import Message as Said
from bot.outbox.replies import Replies
from bot.screens.customer import setting_screens as screens
from bot.telegram import senders
from bot.telegram.callbacks import CallbackFilter
from bot.telegram.customer.showing import show
from bot.telegram.menus import Menus
from bot.texts import words_in
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.people.change_settings import ChangeSettings, CustomerSettings, TypedSettingKind
from cjm.address import Address

_SHOWING_OR_CHOOSING = (
    SettingVerb.SHOW_ALL,
    SettingVerb.LANGUAGE,
    SettingVerb.QUIET_HOURS,
    SettingVerb.OFFSET,
    SettingVerb.ZONE,
    SettingVerb.UNMUTE,
    SettingVerb.ASKING,
)


class TypedSettingFilter(Filter):
    """Texts that are awaited for a setting."""

    def __init__(self, change: ChangeSettings) -> None:
        self._change = change

    async def __call__(self, message: Message) -> bool:
        if not message.text or message.text.startswith("/") or message.reply_to_message is not None:
            return False
        return await self._change.awaited(senders.chat_address(message))


def make_router(change: ChangeSettings, stop: StopAsking, menus: Menus, replies: Replies) -> Router:
    router = Router(name="settings")

    @router.message(senders.PrivateChatFilter(), Command("settings"))
    async def settings(message: Message) -> None:
        view = await change.view(senders.chat_address(message), senders.sender_language(message))
        await replies.send(senders.chat_address(message), screens.settings_overview(view))

    @router.callback_query(CallbackFilter(*_SHOWING_OR_CHOOSING))
    async def tapped(query: CallbackQuery, action: Action) -> str | None:
        person, spoken = senders.person_address(query.from_user), senders.sender_language(query)
        message, saved = await _take(change, stop, action, person, spoken)
        await show(replies, query, message)
        if action.verb is SettingVerb.LANGUAGE and saved is not None:
            await menus.set_for_customer(person, saved.language)
        return words_in(saved.language)("settings.saved") if saved is not None else None

    @router.callback_query(CallbackFilter(SettingVerb.TYPE_VALUE))
    async def write(query: CallbackQuery, action: Action) -> None:
        person, spoken = senders.person_address(query.from_user), senders.sender_language(query)
        wanted = TypedSettingKind.QUIET if action.args == (TypedSettingKind.QUIET,) else TypedSettingKind.ZONE
        message_id = str(query.message.message_id) if query.message is not None else ""
        view = await change.await_text(person, spoken, wanted, message_id)
        await show(replies, query, screens.typing_prompt(view, wanted))

    @router.message(senders.PrivateChatFilter(), TypedSettingFilter(change))
    async def typed(message: Message) -> None:
        done = await change.typed(senders.chat_address(message), senders.sender_language(message), message.text or "")
        if done is not None:
            await replies.send(senders.chat_address(message), screens.typed_setting_reply(done))

    return router


async def _take(
    change: ChangeSettings, stop: StopAsking, action: Action, person: Address, spoken: str | None
) -> tuple[Said, CustomerSettings | None]:
    """What to show, and the settings when something was changed. A button without an argument only opens a list."""
    first = action.args[0] if action.args else None
    number = int(first) if first is not None and first.removeprefix("-").isdecimal() and len(first) < 6 else None
    changed: CustomerSettings | None = None
    if action.verb is SettingVerb.LANGUAGE and first is not None:
        changed = await change.language(person, spoken, first)
    elif action.verb is SettingVerb.QUIET_HOURS and number is not None and 0 <= number <= len(screens.QUIET):
        changed = await change.quiet_hours(person, spoken, (*screens.QUIET, "")[number])
    elif action.verb is SettingVerb.ZONE and first is not None:
        changed = await change.zone(person, spoken, first)
    elif action.verb is SettingVerb.UNMUTE:
        changed = await change.ask_about_everything(person, spoken)
    elif action.verb is SettingVerb.ASKING:
        await (stop.ask_again(person) if number == 1 else stop.stop_all(person))
        changed = await change.view(person, spoken)
    if changed is not None:
        return screens.settings_overview(changed), changed
    view = await change.view(person, spoken)
    if action.verb is SettingVerb.OFFSET and number is not None:
        return screens.zone_choice(view, number), None
    lists: dict[Verb, Callable[[CustomerSettings], Said]] = {
        SettingVerb.LANGUAGE: screens.language_choice,
        SettingVerb.QUIET_HOURS: screens.quiet_hours_choice,
        SettingVerb.OFFSET: screens.local_time_choice,
    }
    return lists.get(action.verb, screens.settings_overview)(view), None
