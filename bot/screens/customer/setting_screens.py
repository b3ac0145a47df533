"""Screens of /settings: an overview with its buttons, and lists of languages, quiet hours, local times and cities."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from bot.db.asking.awaited_texts import AwaitedTextKind
from bot.messages.callbacks import NO, YES, Action, SettingVerb, Verb
from bot.messages.message import Button, ButtonRow, Message, bold, italic, join_lines, plain
from bot.messages.notice import Notice
from bot.screens.buttons import button_row, mark_chosen, split_into_rows
from bot.screens.customer.my_data import format_hours, language_name
from bot.texts import LANGUAGES, Words, words_in
from bot.usecases.people.change_settings import CustomerSettings, TypedSetting
from bot.usecases.people.time_zones import city_name, zones_by_offset
from cjm.asking.decision import LESS_OFTEN

QUIET_HOURS = ("21:00-09:00", "22:00-08:00", "23:00-07:00", "20:00-10:00", "")  # the last one is: none
_TIMES_PER_ROW = 4
_LIST_OF_KIND = {AwaitedTextKind.QUIET_HOURS: SettingVerb.QUIET_HOURS, AwaitedTextKind.TIME_ZONE: SettingVerb.OFFSET}


def settings_overview(current: CustomerSettings) -> Message:
    """Show all settings as they count now, with the buttons that change them."""
    words = words_in(current.language)
    text = bold(words("settings.head")) + "\n\n" + join_lines(_facts(current, words))
    rows = [
        button_row(words("settings.button.language"), SettingVerb.LANGUAGE),
        button_row(words("settings.button.quiet"), SettingVerb.QUIET_HOURS),
        button_row(words("settings.button.zone"), SettingVerb.OFFSET),
    ]
    if current.muted_titles:
        rows.append(button_row(words("settings.button.unmute"), SettingVerb.UNMUTE))
    if current.diary_messages is not None:
        rows.append(button_row(words("diaries.leave"), SettingVerb.LEAVE_DIARY))
    if current.has_consented:  # without a consent nobody is asked, so there is nothing to switch
        label = words("settings.button.resume" if current.has_stopped else "settings.button.stop")
        rows.append(button_row(label, SettingVerb.ASKING, YES if current.has_stopped else NO))
    if current.has_consented and not current.has_stopped:
        label = words("settings.button.as_before" if current.asks_less_often else "settings.button.less_often")
        rows.append(button_row(label, SettingVerb.LESS_OFTEN, NO if current.asks_less_often else YES))
    return Message(text, tuple(rows))


def _facts(current: CustomerSettings, words: Words) -> Iterable[str]:
    yield words("settings.language", language=language_name(current.language))
    hours = format_hours(current.quiet_hours) if current.quiet_hours else words("settings.quiet.none")
    yield words("settings.quiet", hours=hours)
    zone, time = city_name(current.zone.key, current.language), f"{current.now.astimezone(current.zone):%H:%M}"
    yield words("settings.zone" if current.has_chosen_zone else "settings.zone.assumed", zone=zone, time=time)
    yield words(f"settings.asking.{_asking_state(current)}")
    if current.asks_less_often and current.has_consented and not current.has_stopped:
        yield words("settings.less_often", n=LESS_OFTEN.days)
    if current.diary_messages is not None:
        yield words("diaries.setting", n=current.diary_messages)
    if current.muted_titles:
        yield words("settings.mutes", list=words.list(list(current.muted_titles)))


def _asking_state(current: CustomerSettings) -> str:
    if not current.has_consented:
        return "none" if current.is_linked else "stranger"
    return "off" if current.has_stopped else "on"


def saved_notice(current: CustomerSettings) -> Notice:
    return Notice(words_in(current.language)("settings.saved"))


def setting_list(verb: Verb, current: CustomerSettings) -> Message:
    """Return the list that a button without an argument opens; the overview for all other buttons."""
    lists: dict[Verb, Callable[[CustomerSettings], Message]] = {
        SettingVerb.LANGUAGE: language_choice,
        SettingVerb.QUIET_HOURS: quiet_hours_choice,
        SettingVerb.OFFSET: local_time_choice,
    }
    return lists.get(verb, settings_overview)(current)


def language_choice(current: CustomerSettings) -> Message:
    words = words_in(current.language)
    rows = tuple(
        button_row(mark_chosen(language_name(each), each == current.language), SettingVerb.LANGUAGE, each)
        for each in LANGUAGES
    )
    return Message(bold(words("settings.language.ask")), (*rows, _overview_row(words)))


def quiet_hours_choice(current: CustomerSettings) -> Message:
    """Offer common hours, none, and hours that the customer types."""
    words = words_in(current.language)
    chosen = str(current.quiet_hours) if current.quiet_hours else ""
    # Hours hold a colon, which separates the arguments of a button: it carries the place in the list instead.
    rows = [
        button_row(
            mark_chosen(hours.replace("-", "–") or words("settings.quiet.off"), hours == chosen),
            SettingVerb.QUIET_HOURS,
            place,
        )
        for place, hours in enumerate(QUIET_HOURS)
    ]
    rows.append(button_row(words("settings.quiet.own"), SettingVerb.TYPE_VALUE, AwaitedTextKind.QUIET_HOURS))
    return Message(bold(words("settings.quiet.ask")), (*rows, _overview_row(words)))


def offered_hours(places: tuple[int, ...] | None) -> str | None:
    """Return the hours that a button offers, "" for no quiet hours; None for a button that the list does not have."""
    place = places[0] if places else -1
    return QUIET_HOURS[place] if 0 <= place < len(QUIET_HOURS) else None


def local_time_choice(current: CustomerSettings) -> Message:
    """Ask what the customer's clock shows, and offer each time that clocks of common zones show now.

    People know the time where they are, but seldom the name of their zone.
    """
    words = words_in(current.language)
    here = current.now.astimezone(current.zone).utcoffset() if current.has_chosen_zone else None
    buttons = [
        Button(
            mark_chosen(f"{current.now + timedelta(minutes=minutes):%H:%M}", here == timedelta(minutes=minutes)),
            Action.of(SettingVerb.OFFSET, minutes),
        )
        for minutes in zones_by_offset(current.now)
    ]
    other = button_row(words("settings.zone.other"), SettingVerb.TYPE_VALUE, AwaitedTextKind.TIME_ZONE)
    rows = (*split_into_rows(buttons, _TIMES_PER_ROW), other, _overview_row(words))
    return Message(bold(words("settings.zone.ask")), rows)


def zone_choice(current: CustomerSettings, minutes: int) -> Message:
    """Ask for the city among those whose clocks are ``minutes`` ahead of UTC now.

    The offset alone is not enough: these clocks can differ again after the next change to summer time.
    """
    words = words_in(current.language)
    zones = zones_by_offset(current.now).get(minutes)
    if not zones:
        return local_time_choice(current)
    named = sorted((city_name(zone, current.language), zone) for zone in zones)
    rows = tuple(
        button_row(mark_chosen(name, zone == current.zone.key and current.has_chosen_zone), SettingVerb.ZONE, zone)
        for name, zone in named
    )
    time = f"{current.now + timedelta(minutes=minutes):%H:%M}"
    other = button_row(words("settings.zone.other"), SettingVerb.TYPE_VALUE, AwaitedTextKind.TIME_ZONE)
    back = button_row(words("settings.back"), SettingVerb.OFFSET)
    return Message(bold(words("settings.zone.place", time=time)), (*rows, other, back))


def typing_prompt(current: CustomerSettings, kind: AwaitedTextKind) -> Message:
    """Ask to type quiet hours or a place."""
    words = words_in(current.language)
    key = "settings.quiet.write" if kind is AwaitedTextKind.QUIET_HOURS else "settings.zone.write"
    return Message(plain(words(key)), (button_row(words("settings.back"), _LIST_OF_KIND[kind]),))


def typed_setting_reply(typed: TypedSetting) -> Message:
    """Show the settings with what was typed, or say why it cannot be taken."""
    words = words_in(typed.settings.language)
    if typed.mistake is None:
        overview = settings_overview(typed.settings)
        return Message(italic(words("settings.saved")) + "\n\n" + overview.text, overview.buttons)
    topic = "quiet" if typed.kind is AwaitedTextKind.QUIET_HOURS else "zone"
    back = button_row(words("settings.back"), _LIST_OF_KIND[typed.kind])
    if typed.similar_zone is not None:
        city = city_name(typed.similar_zone, words.language)
        choose = button_row(city, SettingVerb.ZONE, typed.similar_zone)
        return Message(plain(words("settings.zone.similar", city=city)), (choose, back))
    return Message(plain(words(f"settings.{topic}.{typed.mistake}")), (back,))


def _overview_row(words: Words) -> ButtonRow:
    return button_row(words("settings.back"), SettingVerb.SHOW_ALL)
