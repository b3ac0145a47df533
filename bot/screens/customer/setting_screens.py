"""The settings as they are shown: one message, changed in place."""

from collections.abc import Iterable
from datetime import timedelta

from bot.messages.callbacks import Action, SettingVerb
from bot.messages.message import Button, Message, bold, italic, lines, plain
from bot.screens.customer.my_data import format_hours, language_name
from bot.texts import LANGUAGES, Words, words_in
from bot.usecases.people.change_settings import CustomerSettings, TypedSetting, TypedSettingKind
from bot.usecases.people.find_zone import offsets, place_name

QUIET = ("21:00-09:00", "22:00-08:00", "23:00-07:00", "20:00-10:00")
_IN_A_ROW = 4

Rows = tuple[tuple[Button, ...], ...]


def settings_overview(view: CustomerSettings) -> Message:
    w = words_in(view.language)
    text = bold(w("settings.head")) + "\n\n" + lines(_facts(view, w))
    rows = [
        _row(w("settings.button.language"), SettingVerb.LANGUAGE),
        _row(w("settings.button.quiet"), SettingVerb.QUIET_HOURS),
        _row(w("settings.button.zone"), SettingVerb.OFFSET),
    ]
    if view.muted:
        rows.append(_row(w("settings.button.unmute"), SettingVerb.UNMUTE))
    if view.consent:
        rows.append(
            _row(
                w("settings.button.resume" if view.stopped else "settings.button.stop"),
                SettingVerb.ASKING,
                int(view.stopped),
            )
        )
    return Message(text, tuple(rows))


def _facts(view: CustomerSettings, w: Words) -> Iterable[str]:
    yield w("settings.language", language=language_name(view.language))
    yield w("settings.quiet", hours=format_hours(view.quiet) if view.quiet else w("settings.quiet.none"))
    zone, time = place_name(view.zone.key, view.language), f"{view.now.astimezone(view.zone):%H:%M}"
    yield w("settings.zone" if view.zone_chosen else "settings.zone.assumed", zone=zone, time=time)
    asking = "none" if not view.consent else "off" if view.stopped else "on"
    yield w(f"settings.asking.{asking}")
    if view.muted:
        yield w("settings.mutes", list=w.list(list(view.muted)))


def language_choice(view: CustomerSettings) -> Message:
    w = words_in(view.language)
    rows = tuple(
        _row(_mark_chosen(language_name(each), each == view.language), SettingVerb.LANGUAGE, each) for each in LANGUAGES
    )
    return Message(bold(w("settings.language.ask")), (*rows, _back(w)))


def quiet_hours_choice(view: CustomerSettings) -> Message:
    w = words_in(view.language)
    chosen = str(view.quiet) if view.quiet else ""
    # Hours hold a colon, which a button cannot: it carries the place in the list.
    rows = [
        _row(_mark_chosen(hours.replace("-", "–"), hours == chosen), SettingVerb.QUIET_HOURS, place)
        for place, hours in enumerate(QUIET)
    ]
    rows.append(_row(_mark_chosen(w("settings.quiet.off"), not chosen), SettingVerb.QUIET_HOURS, len(QUIET)))
    return Message(
        bold(w("settings.quiet.ask")),
        (*rows, _row(w("settings.quiet.own"), SettingVerb.TYPE_VALUE, TypedSettingKind.QUIET), _back(w)),
    )


def local_time_choice(view: CustomerSettings) -> Message:
    """What time is it with you? Every time that common zones show now."""
    w = words_in(view.language)
    here = view.now.astimezone(view.zone).utcoffset() if view.zone_chosen else None
    buttons = [
        Button(
            _mark_chosen(f"{view.now + timedelta(minutes=ahead):%H:%M}", here == timedelta(minutes=ahead)),
            Action.of(SettingVerb.OFFSET, ahead),
        )
        for ahead in offsets(view.now)
    ]
    rows = tuple(tuple(buttons[n : n + _IN_A_ROW]) for n in range(0, len(buttons), _IN_A_ROW))
    return Message(
        bold(w("settings.zone.ask")),
        (*rows, _row(w("settings.zone.other"), SettingVerb.TYPE_VALUE, TypedSettingKind.ZONE), _back(w)),
    )


def zone_choice(view: CustomerSettings, ahead: int) -> Message:
    """Which of the places that are so far ahead of UTC: their clocks may part in spring."""
    w = words_in(view.language)
    zones = offsets(view.now).get(ahead)
    if not zones:
        return local_time_choice(view)
    named = sorted((place_name(zone, view.language), zone) for zone in zones)
    rows = tuple(
        _row(_mark_chosen(name, zone == view.zone.key and view.zone_chosen), SettingVerb.ZONE, zone)
        for name, zone in named
    )
    time = f"{view.now + timedelta(minutes=ahead):%H:%M}"
    asked = bold(w("settings.zone.place", time=time))
    return Message(
        asked,
        (
            *rows,
            _row(w("settings.zone.other"), SettingVerb.TYPE_VALUE, TypedSettingKind.ZONE),
            _row(w("settings.back"), SettingVerb.OFFSET),
        ),
    )


def typing_prompt(view: CustomerSettings, wanted: TypedSettingKind) -> Message:
    w = words_in(view.language)
    key = "settings.quiet.write" if wanted is TypedSettingKind.QUIET else "settings.zone.write"
    return Message(
        plain(w(key)),
        (
            _row(
                w("settings.back"), SettingVerb.QUIET_HOURS if wanted is TypedSettingKind.QUIET else SettingVerb.OFFSET
            ),
        ),
    )


def typed_setting_reply(done: TypedSetting) -> Message:
    """The settings again, or what was wrong with the text."""
    w = words_in(done.view.language)
    if done.wrong is None:
        whole = settings_overview(done.view)
        return Message(italic(w("settings.saved")) + "\n\n" + whole.text, whole.buttons)
    topic = "quiet" if done.wanted is TypedSettingKind.QUIET else "zone"
    back = _row(
        w("settings.back"), SettingVerb.QUIET_HOURS if done.wanted is TypedSettingKind.QUIET else SettingVerb.OFFSET
    )
    return Message(plain(w(f"settings.{topic}.{done.wrong}")), (back,))


def _row(label: str, verb: SettingVerb, *args: int | str) -> tuple[Button, ...]:
    return (Button(label, Action.of(verb, *args)),)


def _back(w: Words) -> tuple[Button, ...]:
    return _row(w("settings.back"), SettingVerb.SHOW_ALL)


def _mark_chosen(label: str, chosen: bool) -> str:
    return f"✓ {label}" if chosen else label
