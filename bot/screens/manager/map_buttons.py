"""Buttons under a view of a journey.

Invariants:

* A button carries the id of the kept view, and at most a small number, the key of a place or the code of a theme: what
  it chooses stands in the view. So it fits any messenger, and means the same for as long as the view is kept.
* Options are named by their place in the list that was shown, also after the journey got other segments or touchpoints.
* Rows stand in the same order under every view: stages, what a place leads to, period, length, filters, pages, other
  contents, files and kinds, saved views, another journey.
"""

from collections.abc import Iterator

from bot.messages.callbacks import Action, MapVerb, SavedViewVerb
from bot.messages.message import Button, ButtonRow
from bot.screens.buttons import split_into_rows
from bot.screens.manager.menu_buttons import OPTIONS_PER_ROW, mark_current, menu_rows, step_button
from bot.screens.manager.place_buttons import list_place_rows, list_stage_rows
from bot.texts import Words
from bot.usecases.maps.views.load_view import ViewedMap
from cjm.figures.map_view import (
    ABOUT_ASKING,
    CONTENTS,
    MENUS,
    OF_EVERYONE,
    PERIOD_LENGTHS,
    WITH_STAGES,
    ViewContent,
    ViewMenu,
)
from cjm.figures.views.view_steps import DAY, WEEK, ViewStep
from cjm.figures.views.voice_filter import find_shown_theme
from cjm.text import cut_text

MOST_LABEL = 32
_OF_ALL_CHANNELS = (ViewContent.CHANNELS, ViewContent.ASKED_CHANNELS)  # they show every channel already
_UNSAVED = (ViewContent.STAGE, ViewContent.DIGEST, *OF_EVERYONE)


def view_buttons(viewed: ViewedMap, words: Words, page_count: int) -> tuple[ButtonRow, ...]:
    """Return the options of the open menu, or without one the buttons that change and leave what is shown."""
    has_menu = viewed.view.menu is not ViewMenu.NONE
    rows = menu_rows(viewed, words) if has_menu else _default_rows(viewed, words, page_count)
    return tuple(row for row in rows if row)


def _default_rows(viewed: ViewedMap, words: Words, page_count: int) -> Iterator[ButtonRow]:
    content = viewed.view.content
    if content in WITH_STAGES:
        yield from list_stage_rows(viewed)
    yield from list_place_rows(viewed, words)
    yield tuple(_period_buttons(viewed, words))
    if content is not ViewContent.DIGEST:  # its weeks cannot be chosen
        yield tuple(_days_button(viewed, words, days) for days in PERIOD_LENGTHS)
    if content not in (ViewContent.DIGEST, *OF_EVERYONE):
        yield from split_into_rows([*_filter_buttons(viewed, words)], OPTIONS_PER_ROW)
    yield _page_row(viewed, words, page_count)
    yield from split_into_rows([*_content_buttons(viewed, words)], OPTIONS_PER_ROW)
    if content is ViewContent.MAP:
        yield _menu_button(words("manager.button.file"), viewed, ViewMenu.FILE), _kind_button(viewed, words)
    yield _saved_row(viewed, words)
    if viewed.has_several_journeys and content is not ViewContent.STAGE:
        yield (_menu_button(words("manager.button.journey"), viewed, ViewMenu.JOURNEY),)


def _period_buttons(viewed: ViewedMap, words: Words) -> Iterator[Button]:
    """Yield the steps to earlier days, by the whole period and by a day; to later days where there are any."""
    is_digest = viewed.view.content is ViewContent.DIGEST
    lengths = (WEEK,) if is_digest else (viewed.view.days, DAY)
    is_latest = viewed.view.last is None or viewed.view.last >= viewed.today
    for days in lengths:
        label = words("manager.button.earlier", n=days)
        if is_latest and days == lengths[-1]:
            label = words("manager.button.last_week" if is_digest else "manager.button.yesterday")
        yield step_button(label, viewed, ViewStep.EARLIER, days)
    for days in () if is_latest else reversed(lengths):
        yield step_button(words("manager.button.later", n=days), viewed, ViewStep.LATER, days)


def _days_button(viewed: ViewedMap, words: Words, days: int) -> Button:
    label = words("manager.button.days", n=days)
    return step_button(mark_current(label, viewed.view.days == days), viewed, ViewStep.DAYS, days)


def _filter_buttons(viewed: ViewedMap, words: Words) -> Iterator[Button]:
    """Yield a button for each thing that can be narrowed, with the present choice."""
    view, journey = viewed.view, viewed.journey
    if journey.segments:
        segment = journey.find_segment(view.segment) if view.segment else None
        title = segment.title.in_language(words.language) if segment else words("manager.everyone")
        yield _menu_button(words("manager.button.segment", title=title), viewed, ViewMenu.SEGMENT)
    if view.content not in _OF_ALL_CHANNELS:
        title = words(f"map.channel.{view.channel}") if view.channel else words("manager.any_channel")
        yield _menu_button(words("manager.button.channel", title=title), viewed, ViewMenu.CHANNEL)
    if view.content is ViewContent.VOICES:
        yield from _voice_filters(viewed, words)


def _voice_filters(viewed: ViewedMap, words: Words) -> Iterator[Button]:
    view, journey = viewed.view, viewed.journey
    place = journey.find_place(view.place) if view.place else None
    title = place.part.title.in_language(words.language) if place else words("manager.everywhere")
    yield _menu_button(words("manager.button.place", title=title), viewed, ViewMenu.PLACE)
    if journey.anonymous:  # what anonymous people answered does not lead to their words
        return
    mood = words(f"manager.mood.{view.mood or 'any'}")
    yield _menu_button(words("manager.button.mood", title=mood), viewed, ViewMenu.MOOD)
    if viewed.themes or view.theme:
        theme = find_shown_theme(viewed.map, journey, view.theme) if view.theme else None
        title = theme.title if theme else words("manager.theme.none" if view.theme else "manager.theme.any")
        yield _menu_button(words("manager.button.theme", title=title), viewed, ViewMenu.THEME)


def _menu_button(label: str, viewed: ViewedMap, menu: ViewMenu) -> Button:
    return step_button(cut_text(label, MOST_LABEL), viewed, ViewStep.OPEN, MENUS.index(menu))


def _kind_button(viewed: ViewedMap, words: Words) -> Button:
    view = viewed.view
    kind = view.kind or ("difference" if view.compare else "current")
    return _menu_button(words("manager.button.kind", title=words(f"manager.kind.{kind}")), viewed, ViewMenu.KIND)


def _page_row(viewed: ViewedMap, words: Words, page_count: int) -> ButtonRow:
    """Return one button that turns the pages of a picture in a circle, or two for voices.

    How many pages of voices there are is not known, so they cannot be turned in a circle.
    """
    page = viewed.view.page
    if viewed.view.content is ViewContent.VOICES:
        back = [step_button(words("manager.button.newer"), viewed, ViewStep.PAGE, page - 1)] if page else []
        older = step_button(words("manager.button.older"), viewed, ViewStep.PAGE, page + 1)
        return (*back, older) if viewed.voice_page.has_more else tuple(back)
    if page_count < 2:
        return ()
    page = min(page, page_count - 1)
    label = words("manager.button.page", page=page + 1, pages=page_count)
    return (step_button(label, viewed, ViewStep.PAGE, (page + 1) % page_count),)


def _content_buttons(viewed: ViewedMap, words: Words) -> Iterator[Button]:
    """Yield the buttons that show the same journey otherwise, each in a message of its own, or its open cases."""
    content = viewed.view.content
    if content is ViewContent.STAGE:
        return
    others = ABOUT_ASKING if content in ABOUT_ASKING else (ViewContent.STAGES, ViewContent.VOICES)
    if content in OF_EVERYONE:
        has_rules = any(persona.has_rule for persona in viewed.map.personas)
        others = (ViewContent.PERSONA, *((ViewContent.PERSONAS,) if has_rules else ()))
    for other in (ViewContent.MAP, *others):
        if other is not content:
            yield _beside_button(viewed, words, other)
    if content is ViewContent.DIGEST:
        yield Button(words("manager.button.cases"), Action.of(MapVerb.CASES))


def _beside_button(viewed: ViewedMap, words: Words, content: ViewContent) -> Button:
    return Button(
        words(f"manager.button.{content}"), Action.of(MapVerb.BESIDE, viewed.view_id, CONTENTS.index(content))
    )


def _saved_row(viewed: ViewedMap, words: Words) -> ButtonRow:
    if viewed.view.content in _UNSAVED:
        return ()
    return (
        Button(words("views.button.save"), Action.of(SavedViewVerb.SAVE, viewed.view_id)),
        Button(words("views.button.list"), Action.of(SavedViewVerb.LIST)),
    )
