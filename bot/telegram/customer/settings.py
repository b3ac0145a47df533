"""/settings: language, quiet hours, time zone and asking, in one message that taps change in place.

A button without an argument opens a list or the overview; `UNMUTE` alone changes a setting. A button with an argument
changes the setting and returns to the overview, with two exceptions: a local time leads to the list of its cities, and
`TYPE_VALUE` asks to type hours or a place. What is typed is answered by a new message.
"""

from dataclasses import replace
from typing import Any

from aiogram import Router, types
from aiogram.filters import Filter

from bot.db.asking.awaited_texts import AwaitedTextKind
from bot.messages import commands
from bot.messages.callbacks import YES, Action, SettingVerb
from bot.outbox.showings import NewMessage
from bot.screens.customer import setting_screens
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.incoming import is_command
from bot.telegram.menus import Menus
from bot.telegram.tapped_message import replace_tapped, tapped_message_id
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.diary.keep_diary import KeepDiary
from bot.usecases.people.change_settings import ChangeSettings, CustomerSettings
from bot.usecases.teams.recognize_viewer import RecognizeViewer

_LISTS = (SettingVerb.SHOW_ALL, SettingVerb.LANGUAGE, SettingVerb.QUIET_HOURS, SettingVerb.OFFSET)


class ArgumentFilter(CallbackFilter):
    """Let taps on buttons of these verbs through if they carry an argument."""

    async def __call__(self, query: types.CallbackQuery) -> bool | dict[str, Action]:
        found = await super().__call__(query)
        return found if isinstance(found, dict) and found["action"].args else False


class QuietHoursFilter(CallbackFilter):
    """Let taps on offered quiet hours through; the handler may take the ``hours``. Any other tap opens the list."""

    async def __call__(self, query: types.CallbackQuery) -> bool | dict[str, Any]:
        found = await super().__call__(query)
        hours = setting_screens.offered_hours(found["action"].numbers) if isinstance(found, dict) else None
        return False if hours is None else {"hours": hours}


class TypedSettingFilter(Filter):
    """Let texts through that are awaited for a setting."""

    def __init__(self, change: ChangeSettings) -> None:
        self._change = change

    async def __call__(self, message: types.Message) -> bool:
        # A reply is about the message it replies to, such as a question or a case.
        if not message.text or is_command(message) or message.reply_to_message is not None:
            return False
        return await self._change.is_awaiting_text(senders.chat_address(message))


def make_router(
    change: ChangeSettings, stop: StopAsking, keep_diary: KeepDiary, recognize: RecognizeViewer, menus: Menus
) -> Router:
    """Return the router of /settings; ``menus`` follow the language that a customer chooses."""
    router = Router(name="settings")
    # Buttons with an argument come first: what they do not take opens a list.
    _add_changes(router, change, recognize, menus)
    _add_asking(router, change, stop, keep_diary)
    _add_lists(router, change)
    _add_typing(router, change)
    return router


def _add_changes(router: Router, change: ChangeSettings, recognize: RecognizeViewer, menus: Menus) -> None:
    @router.callback_query(ArgumentFilter(SettingVerb.LANGUAGE))
    async def choose_language(query: types.CallbackQuery, action: Action) -> HandlerResult:
        person, language = senders.person_address(query.from_user), senders.sender_language(query)
        current = await change.set_language(person, language, action.arg())
        # A manager may be a customer, too: their chat keeps the manager's menu.
        manager = await recognize(person, person, "", language)
        if manager is not None:
            menus.change_for_manager(replace(manager, language=current.language))
        else:
            menus.change_for_customer(person, current.language)
        return _show_saved(query, current)

    @router.callback_query(QuietHoursFilter(SettingVerb.QUIET_HOURS))
    async def set_quiet_hours(query: types.CallbackQuery, hours: str) -> HandlerResult:
        person, language = senders.person_address(query.from_user), senders.sender_language(query)
        return _show_saved(query, await change.set_quiet_hours(person, language, hours))

    @router.callback_query(ArgumentFilter(SettingVerb.ZONE))
    async def set_zone(query: types.CallbackQuery, action: Action) -> HandlerResult:
        person, language = senders.person_address(query.from_user), senders.sender_language(query)
        return _show_saved(query, await change.set_zone(person, language, action.arg()))

    @router.callback_query(CallbackFilter(SettingVerb.UNMUTE))
    async def unmute_everything(query: types.CallbackQuery) -> HandlerResult:
        person, language = senders.person_address(query.from_user), senders.sender_language(query)
        return _show_saved(query, await change.unmute_everything(person, language))


def _show_saved(query: types.CallbackQuery, current: CustomerSettings) -> HandlerResult:
    overview = replace_tapped(query, setting_screens.settings_overview(current))
    return show(overview, notice=setting_screens.saved_notice(current))


def _add_asking(router: Router, change: ChangeSettings, stop: StopAsking, keep_diary: KeepDiary) -> None:
    @router.callback_query(CallbackFilter(SettingVerb.LEAVE_DIARY))
    async def leave_diary(query: types.CallbackQuery) -> HandlerResult:
        person, language = senders.person_address(query.from_user), senders.sender_language(query)
        await keep_diary.leave(person)
        return _show_saved(query, await change.read_settings(person, language))

    @router.callback_query(CallbackFilter(SettingVerb.ASKING))
    async def switch_asking(query: types.CallbackQuery, action: Action) -> HandlerResult:
        person, language = senders.person_address(query.from_user), senders.sender_language(query)
        await (stop.ask_again(person) if action.number() == YES else stop.stop_all(person))
        return _show_saved(query, await change.read_settings(person, language))

    @router.callback_query(ArgumentFilter(SettingVerb.LESS_OFTEN))
    async def set_less_often(query: types.CallbackQuery, action: Action) -> HandlerResult:
        person, language = senders.person_address(query.from_user), senders.sender_language(query)
        await stop.set_less_often(person, action.number() == YES)
        return _show_saved(query, await change.read_settings(person, language))


def _add_lists(router: Router, change: ChangeSettings) -> None:
    @router.callback_query(ArgumentFilter(SettingVerb.OFFSET))
    async def list_zones(query: types.CallbackQuery, action: Action) -> HandlerResult:
        current = await change.read_settings(senders.person_address(query.from_user), senders.sender_language(query))
        minutes = (action.numbers or (0,))[0]  # negative west of Greenwich
        return show(replace_tapped(query, setting_screens.zone_choice(current, minutes)))

    @router.callback_query(CallbackFilter(*_LISTS, SettingVerb.ZONE))
    async def open_list(query: types.CallbackQuery, action: Action) -> HandlerResult:
        current = await change.read_settings(senders.person_address(query.from_user), senders.sender_language(query))
        return show(replace_tapped(query, setting_screens.setting_list(action.verb, current)))

    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.SETTINGS))
    async def show_settings(message: types.Message) -> HandlerResult:
        current = await change.read_settings(senders.chat_address(message), senders.sender_language(message))
        return show(NewMessage(senders.chat_address(message), setting_screens.settings_overview(current)))


def _add_typing(router: Router, change: ChangeSettings) -> None:
    @router.callback_query(CallbackFilter(SettingVerb.TYPE_VALUE))
    async def await_text(query: types.CallbackQuery, action: Action) -> HandlerResult:
        person, language = senders.person_address(query.from_user), senders.sender_language(query)
        kind = AwaitedTextKind.QUIET_HOURS if action.arg() == AwaitedTextKind.QUIET_HOURS else AwaitedTextKind.TIME_ZONE
        current = await change.await_text(person, language, kind, tapped_message_id(query))
        return show(replace_tapped(query, setting_screens.typing_prompt(current, kind)))

    @router.message(senders.PrivateChatFilter(), TypedSettingFilter(change))
    async def take_text(message: types.Message) -> HandlerResult:
        chat, language = senders.chat_address(message), senders.sender_language(message)
        typed = await change.take_text(chat, language, message.text or "")
        return show() if typed is None else show(NewMessage(chat, setting_screens.typed_setting_reply(typed)))
