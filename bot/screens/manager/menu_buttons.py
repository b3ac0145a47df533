"""Menus under a view: the options of one choice, with a dot before the present one."""

from collections.abc import Iterator, Mapping

from bot.messages.callbacks import Action, MapVerb
from bot.messages.message import Button, ButtonRow
from bot.screens.buttons import split_into_rows
from bot.texts import Words
from bot.usecases.maps.view_files import FILES
from bot.usecases.maps.views.load_view import ViewedMap
from cjm.figures.contrasts.requested_side import SEGMENT_PREFIX
from cjm.figures.journey_map import OF_STAGES, MapKind
from cjm.figures.map_view import MENUS, ViewMenu
from cjm.figures.views.view_steps import ViewStep
from cjm.text import cut_text

MOST_LABEL = 32
MOST_OPTIONS, OPTIONS_PER_ROW = 40, 2
_VERBS = {
    ViewStep.EARLIER: MapVerb.EARLIER,
    ViewStep.LATER: MapVerb.LATER,
    ViewStep.DAYS: MapVerb.DAYS,
    ViewStep.PAGE: MapVerb.PAGE,
    ViewStep.OPEN: MapVerb.OPEN,
    ViewStep.CHOOSE: MapVerb.CHOOSE,
    ViewStep.BACK: MapVerb.BACK,
}
_TAKE_BACK = {
    ViewMenu.SEGMENT: "manager.everyone",
    ViewMenu.CHANNEL: "manager.all_channels",
    ViewMenu.PLACE: "manager.everywhere",
    ViewMenu.MOOD: "manager.mood.any",
}
"""Words of the option that takes a choice back; other menus have none."""


def step_button(label: str, viewed: ViewedMap, step: ViewStep, number: int | None = None) -> Button:
    """Return the button that takes this step from the view; ``number`` is what the step is about, such as days."""
    args = (viewed.view_id,) if number is None else (viewed.view_id, number)
    return Button(label, Action.of(_VERBS[step], *args))


def menu_rows(viewed: ViewedMap, words: Words) -> Iterator[ButtonRow]:
    """Yield the options of the open menu, and the way back."""
    menu = viewed.view.menu
    if menu is ViewMenu.FILE:
        yield from _file_rows(viewed, words)
    elif menu is ViewMenu.THEME:
        yield from _theme_rows(viewed, words)
    else:
        yield from _option_rows(viewed, words)
    yield (step_button(words("manager.button.back"), viewed, ViewStep.BACK),)


def _option_rows(viewed: ViewedMap, words: Words) -> Iterator[ButtonRow]:
    view, chosen = viewed.view, _find_chosen(viewed)
    if view.menu in _TAKE_BACK:
        label = mark_current(words(_TAKE_BACK[view.menu]), chosen is None)
        yield (step_button(label, viewed, ViewStep.CHOOSE, 0),)
    titles = [cut_text(_option_title(viewed, key, words), MOST_LABEL) for key in view.options[:MOST_OPTIONS]]
    buttons = [
        step_button(mark_current(title, key == chosen), viewed, ViewStep.CHOOSE, place)
        for place, (title, key) in enumerate(zip(titles, view.options, strict=False), 1)
    ]
    yield from split_into_rows(buttons, OPTIONS_PER_ROW)


def _find_chosen(viewed: ViewedMap) -> str | None:
    view = viewed.view
    chosen: Mapping[ViewMenu, str | None] = {
        ViewMenu.SEGMENT: view.segment,
        ViewMenu.CHANNEL: view.channel,
        ViewMenu.PLACE: view.place,
        ViewMenu.MOOD: view.mood,
        ViewMenu.JOURNEY: view.journey,
        ViewMenu.LANES: view.lanes or "simple",
        ViewMenu.KIND: view.kind or view.compare or MapKind.CURRENT,
    }
    return chosen.get(view.menu)


def _option_title(viewed: ViewedMap, key: str, words: Words) -> str:
    match viewed.view.menu:
        case ViewMenu.SEGMENT:
            return _segment_title(viewed, key, words)
        case ViewMenu.CHANNEL:
            return words(f"map.channel.{key}")
        case ViewMenu.JOURNEY:
            return viewed.journey_titles.get(key, key)
        case ViewMenu.MOOD | ViewMenu.LANES:
            return words(f"manager.{viewed.view.menu}.{key}")
        case ViewMenu.KIND:
            return _kind_title(viewed, key, words)
    place = viewed.journey.find_place(key)
    return place.part.title.in_language(words.language) if place else key


def _segment_title(viewed: ViewedMap, key: str, words: Words) -> str:
    segment = viewed.journey.find_segment(key)
    return segment.title.in_language(words.language) if segment else key


def _kind_title(viewed: ViewedMap, key: str, words: Words) -> str:
    if key.startswith(SEGMENT_PREFIX):
        title = _segment_title(viewed, key.removeprefix(SEGMENT_PREFIX), words)
        return words("manager.kind.segment", title=title)
    return words("manager.kind.before", n=viewed.view.days) if key == "before" else words(f"manager.kind.{key}")


def _theme_rows(viewed: ViewedMap, words: Words) -> Iterator[ButtonRow]:
    chosen, view_id = viewed.view.theme, viewed.view_id
    yield (Button(mark_current(words("manager.theme.any"), chosen is None), Action.of(MapVerb.THEME, view_id)),)
    for theme in viewed.themes[:MOST_OPTIONS]:
        label = cut_text(words("manager.theme.option", theme=theme.title, n=words.number(theme.n)), MOST_LABEL)
        is_chosen = chosen == str(theme.key)
        yield (Button(mark_current(label, is_chosen), Action.of(MapVerb.THEME, view_id, theme.key.code)),)


def _file_rows(viewed: ViewedMap, words: Words) -> Iterator[ButtonRow]:
    buttons = [
        Button(words(f"manager.file.{name}"), Action.of(MapVerb.AS_FILE, viewed.view_id, place))
        for place, name in enumerate(FILES)
    ]
    yield from split_into_rows(buttons, OPTIONS_PER_ROW)
    if viewed.map.kind in OF_STAGES:  # a day has no lanes to choose
        lanes = words("manager.button.lanes", title=words(f"manager.lanes.{viewed.view.lanes or 'simple'}"))
        yield (step_button(lanes, viewed, ViewStep.OPEN, MENUS.index(ViewMenu.LANES)),)


def mark_current(label: str, is_chosen: bool) -> str:
    """Put a dot before what the message shows now; a tick would say that somebody switched it on."""
    return f"• {label}" if is_chosen else label
