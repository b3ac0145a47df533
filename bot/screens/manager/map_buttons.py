"""Buttons under a view of a journey.

Invariants:

* A button carries the id of the kept view and at most one small number: what it chooses stands in the view. So it fits
  any messenger, and means the same for as long as the view is kept. Only the button of open cases carries nothing.
* Options are named by their place in the list that was shown, also after the journey got other segments or touchpoints.
"""

from collections.abc import Iterator

from bot.messages.callbacks import Action, MapVerb
from bot.messages.message import Button, ButtonRow
from bot.screens.buttons import split_into_rows
from bot.texts import Words
from bot.usecases.maps.view_map import ViewedMap
from cjm.figures.map_view import ABOUT_ASKING, CONTENTS, MENUS, PERIOD_LENGTHS, ViewContent, ViewMenu, ViewStep
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
# A persona has no period; a digest has its own, the week that it reports.
_TIMELESS = (ViewContent.PERSONA, ViewContent.DIGEST)
_OF_ALL_CHANNELS = (ViewContent.CHANNELS, ViewContent.ASKED_CHANNELS)  # they show every channel already


def step_button(label: str, viewed: ViewedMap, step: ViewStep, number: int | None = None) -> Button:
    """Return the button that takes this step from the view; ``number`` is what the step is about, such as days."""
    args = (viewed.view_id,) if number is None else (viewed.view_id, number)
    return Button(label, Action.of(_VERBS[step], *args))


def view_buttons(viewed: ViewedMap, words: Words, page_count: int) -> tuple[ButtonRow, ...]:
    """Return the options of the open menu, or without one the buttons that change and leave what is shown."""
    has_menu = viewed.view.menu is not ViewMenu.NONE
    rows = _menu_rows(viewed, words) if has_menu else _default_rows(viewed, words, page_count)
    return tuple(row for row in rows if row)


def _default_rows(viewed: ViewedMap, words: Words, page_count: int) -> Iterator[ButtonRow]:
    view = viewed.view
    if view.content not in _TIMELESS:
        yield _period_row(viewed, words)
        yield tuple(_days_button(viewed, words, days) for days in PERIOD_LENGTHS)
        yield tuple(_filter_buttons(viewed, words))
    yield _page_row(viewed, words, page_count)
    if view.content in ABOUT_ASKING:
        beside = [_beside_button(viewed, words, content) for content in ABOUT_ASKING if content is not view.content]
        yield from split_into_rows(beside, OPTIONS_PER_ROW)
    yield tuple(_content_buttons(viewed, words))
    if viewed.has_several_journeys:
        yield (step_button(words("manager.button.journey"), viewed, ViewStep.OPEN, MENUS.index(ViewMenu.JOURNEY)),)


def _period_row(viewed: ViewedMap, words: Words) -> ButtonRow:
    earlier = step_button(words("manager.button.earlier"), viewed, ViewStep.EARLIER)
    # Nothing can be later than today.
    if viewed.view.last is None or viewed.view.last >= viewed.today:
        return (earlier,)
    return earlier, step_button(words("manager.button.later"), viewed, ViewStep.LATER)


def _days_button(viewed: ViewedMap, words: Words, days: int) -> Button:
    label = words("manager.button.days", n=days)
    return step_button(_mark_current(label, viewed.view.days == days), viewed, ViewStep.DAYS, days)


def _filter_buttons(viewed: ViewedMap, words: Words) -> Iterator[Button]:
    view, journey = viewed.view, viewed.journey
    if journey.segments:
        segment = journey.find_segment(view.segment) if view.segment else None
        title = segment.title.in_language(words.language) if segment else words("manager.everyone")
        yield _menu_button(words("manager.button.segment", title=title), viewed, ViewMenu.SEGMENT)
    if view.content not in _OF_ALL_CHANNELS:
        title = words(f"map.channel.{view.channel}") if view.channel else words("manager.all_channels")
        yield _menu_button(words("manager.button.channel", title=title), viewed, ViewMenu.CHANNEL)
    if view.content is ViewContent.VOICES:
        place = journey.find_place(view.place) if view.place else None
        title = place.part.title.in_language(words.language) if place else words("manager.everywhere")
        yield _menu_button(words("manager.button.place", title=title), viewed, ViewMenu.PLACE)


def _menu_button(label: str, viewed: ViewedMap, menu: ViewMenu) -> Button:
    return step_button(cut_text(label, MOST_LABEL), viewed, ViewStep.OPEN, MENUS.index(menu))


def _page_row(viewed: ViewedMap, words: Words, page_count: int) -> ButtonRow:
    """Return one button that turns the pages of a picture in a circle, or two for voices.

    How many pages of voices there are is not known, so they cannot be turned in a circle.
    """
    page = viewed.view.page
    if viewed.view.content is ViewContent.VOICES:
        back = [step_button(words("manager.button.newer"), viewed, ViewStep.PAGE, page - 1)] if page else []
        older = step_button(words("manager.button.older"), viewed, ViewStep.PAGE, page + 1)
        return (*back, older) if viewed.has_more_voices else tuple(back)
    if page_count < 2:
        return ()
    page = min(page, page_count - 1)
    label = words("manager.button.page", page=page + 1, pages=page_count)
    return (step_button(label, viewed, ViewStep.PAGE, (page + 1) % page_count),)


def _content_buttons(viewed: ViewedMap, words: Words) -> Iterator[Button]:
    """Yield the buttons that show the same journey otherwise: as a file, with another content, or its open cases."""
    content = viewed.view.content
    if content is ViewContent.MAP:
        yield Button(words("manager.button.file"), Action.of(MapVerb.AS_FILE, viewed.view_id))
    else:
        yield _beside_button(viewed, words, ViewContent.MAP)
    if content is not ViewContent.STAGES and content not in ABOUT_ASKING:
        yield _beside_button(viewed, words, ViewContent.STAGES)
    if content in (ViewContent.STAGES, ViewContent.BARRIERS):
        yield _beside_button(viewed, words, ViewContent.VOICES)
    if content is ViewContent.DIGEST:
        yield Button(words("manager.button.cases"), Action.of(MapVerb.CASES))


def _beside_button(viewed: ViewedMap, words: Words, content: ViewContent) -> Button:
    return Button(
        words(f"manager.button.{content}"), Action.of(MapVerb.BESIDE, viewed.view_id, CONTENTS.index(content))
    )


def _menu_rows(viewed: ViewedMap, words: Words) -> Iterator[ButtonRow]:
    view = viewed.view
    chosen = {ViewMenu.SEGMENT: view.segment, ViewMenu.CHANNEL: view.channel, ViewMenu.PLACE: view.place}.get(view.menu)
    if view.menu is not ViewMenu.JOURNEY:
        every = {ViewMenu.SEGMENT: "everyone", ViewMenu.CHANNEL: "all_channels", ViewMenu.PLACE: "everywhere"}[
            view.menu
        ]
        yield (step_button(_mark_current(words(f"manager.{every}"), chosen is None), viewed, ViewStep.CHOOSE, 0),)
    else:
        chosen = view.journey
    buttons = [
        step_button(
            _mark_current(cut_text(_option_title(viewed, key, words), MOST_LABEL), key == chosen),
            viewed,
            ViewStep.CHOOSE,
            place,
        )
        for place, key in enumerate(view.options[:MOST_OPTIONS], 1)
    ]
    yield from split_into_rows(buttons, OPTIONS_PER_ROW)
    yield (step_button(words("manager.button.back"), viewed, ViewStep.BACK),)


def _option_title(viewed: ViewedMap, key: str, words: Words) -> str:
    match viewed.view.menu:
        case ViewMenu.SEGMENT:
            segment = viewed.journey.find_segment(key)
            return segment.title.in_language(words.language) if segment else key
        case ViewMenu.CHANNEL:
            return words(f"map.channel.{key}")
        case ViewMenu.JOURNEY:
            return viewed.journey_titles.get(key, key)
        case _:
            place = viewed.journey.find_place(key)
            return place.part.title.in_language(words.language) if place else key


def _mark_current(label: str, is_chosen: bool) -> str:
    # A dot and not a tick: the label names what the message shows now, not what somebody switched on.
    return f"• {label}" if is_chosen else label
