"""The buttons under what is shown of a journey. Each carries the view's number and at most one small number more."""

from collections.abc import Iterator, Sequence

from bot.messages.callbacks import Action, MapVerb
from bot.messages.message import Button
from bot.texts import Words
from bot.usecases.maps.view_map import ViewedMap
from cjm.figures.map_view import CONTENTS, MENUS, PERIOD_LENGTHS, ViewContent, ViewMenu, ViewStep
from cjm.text import cut_text

Row = tuple[Button, ...]
MOST_LABEL = 32
MOST_OPTIONS = 40
_VERBS = {
    ViewStep.EARLIER: MapVerb.EARLIER,
    ViewStep.LATER: MapVerb.LATER,
    ViewStep.DAYS: MapVerb.DAYS,
    ViewStep.PAGE: MapVerb.PAGE,
    ViewStep.OPEN: MapVerb.OPEN,
    ViewStep.CHOOSE: MapVerb.CHOOSE,
    ViewStep.BACK: MapVerb.BACK,
}
_TIMELESS = (ViewContent.PERSONA, ViewContent.DIGEST)


def step_button(label: str, seen: ViewedMap, to: ViewStep, n: int | None = None) -> Button:
    args = (seen.view_id,) if n is None else (seen.view_id, n)
    return Button(label, Action.of(_VERBS[to], *args))


def view_buttons(seen: ViewedMap, words: Words, pages: int) -> tuple[Row, ...]:
    """The menu that is open, else what can be done with what is shown."""
    found = _options(seen, words) if seen.view.menu is not ViewMenu.NONE else _usual(seen, words, pages)
    return tuple(row for row in found if row)


def _usual(seen: ViewedMap, words: Words, pages: int) -> Iterator[Row]:
    look = seen.view
    if look.content not in _TIMELESS:
        yield _travel(seen, words)
        yield tuple(_window(seen, words, days) for days in PERIOD_LENGTHS)
        yield tuple(_narrowing(seen, words))
    yield _turning(seen, words, pages)
    yield tuple(_others(seen, words))
    if seen.has_several_journeys:
        yield (step_button(words("manager.button.journey"), seen, ViewStep.OPEN, MENUS.index(ViewMenu.JOURNEY)),)


def _travel(seen: ViewedMap, words: Words) -> Row:
    earlier = step_button(words("manager.button.earlier"), seen, ViewStep.EARLIER)
    if seen.view.last is None or seen.view.last >= seen.today:
        return (earlier,)
    return earlier, step_button(words("manager.button.later"), seen, ViewStep.LATER)


def _window(seen: ViewedMap, words: Words, days: int) -> Button:
    label = words("manager.button.days", n=days)
    return step_button(_mark_chosen(label, seen.view.days == days), seen, ViewStep.DAYS, days)


def _narrowing(seen: ViewedMap, words: Words) -> Iterator[Button]:
    look, journey = seen.view, seen.journey
    if journey.segments:
        segment = journey.segment(look.segment) if look.segment else None
        title = segment.title.in_language(words.language) if segment else words("manager.everyone")
        yield _menu(words("manager.button.segment", title=title), seen, ViewMenu.SEGMENT)
    if look.content is not ViewContent.CHANNELS:
        title = words(f"map.channel.{look.channel}") if look.channel else words("manager.all_channels")
        yield _menu(words("manager.button.channel", title=title), seen, ViewMenu.CHANNEL)
    if look.content is ViewContent.VOICES:
        place = journey.place(look.place) if look.place else None
        title = (place[1] or place[0]).title.in_language(words.language) if place else words("manager.everywhere")
        yield _menu(words("manager.button.place", title=title), seen, ViewMenu.PLACE)


def _menu(label: str, seen: ViewedMap, menu: ViewMenu) -> Button:
    return step_button(cut_text(label, MOST_LABEL), seen, ViewStep.OPEN, MENUS.index(menu))


def _turning(seen: ViewedMap, words: Words, pages: int) -> Row:
    """One button turns a picture's pages round and round; words have two, since nobody knows where they end."""
    page = seen.view.page
    if seen.view.content is ViewContent.VOICES:
        back = [step_button(words("manager.button.newer"), seen, ViewStep.PAGE, page - 1)] if page else []
        return (
            *back,
            *(
                [step_button(words("manager.button.older"), seen, ViewStep.PAGE, page + 1)]
                if seen.has_more_voices
                else []
            ),
        )
    if pages < 2:
        return ()
    page = min(page, pages - 1)
    return (
        step_button(words("manager.button.page", page=page + 1, pages=pages), seen, ViewStep.PAGE, (page + 1) % pages),
    )


def _others(seen: ViewedMap, words: Words) -> Iterator[Button]:
    """The same, seen otherwise."""
    face = seen.view.content
    if face is ViewContent.MAP:
        yield Button(words("manager.button.file"), Action.of(MapVerb.AS_FILE, seen.view_id))
    else:
        yield _beside(seen, words, ViewContent.MAP)
    if face is not ViewContent.STAGES:
        yield _beside(seen, words, ViewContent.STAGES)
    if face in (ViewContent.STAGES, ViewContent.BARRIERS):
        yield _beside(seen, words, ViewContent.VOICES)
    if face is ViewContent.DIGEST:
        yield Button(words("manager.button.cases"), Action.of(MapVerb.CASES))


def _beside(seen: ViewedMap, words: Words, face: ViewContent) -> Button:
    return Button(words(f"manager.button.{face}"), Action.of(MapVerb.BESIDE, seen.view_id, CONTENTS.index(face)))


def _options(seen: ViewedMap, words: Words) -> Iterator[Row]:
    look = seen.view
    chosen = {ViewMenu.SEGMENT: look.segment, ViewMenu.CHANNEL: look.channel, ViewMenu.PLACE: look.place}.get(look.menu)
    if look.menu is not ViewMenu.JOURNEY:
        every = {ViewMenu.SEGMENT: "everyone", ViewMenu.CHANNEL: "all_channels", ViewMenu.PLACE: "everywhere"}[
            look.menu
        ]
        yield (step_button(_mark_chosen(words(f"manager.{every}"), chosen is None), seen, ViewStep.CHOOSE, 0),)
    else:
        chosen = look.journey
    buttons = [
        step_button(
            _mark_chosen(cut_text(_title(seen, key, words), MOST_LABEL), key == chosen), seen, ViewStep.CHOOSE, place
        )
        for place, key in enumerate(look.options[:MOST_OPTIONS], 1)
    ]
    yield from rows_of_two(buttons)
    yield (step_button(words("manager.button.back"), seen, ViewStep.BACK),)


def _title(seen: ViewedMap, key: str, words: Words) -> str:
    match seen.view.menu:
        case ViewMenu.SEGMENT:
            segment = seen.journey.segment(key)
            return segment.title.in_language(words.language) if segment else key
        case ViewMenu.CHANNEL:
            return words(f"map.channel.{key}")
        case ViewMenu.JOURNEY:
            return seen.journey_titles.get(key, key)
        case _:
            place = seen.journey.place(key)
            return (place[1] or place[0]).title.in_language(words.language) if place else key


def _mark_chosen(label: str, is_chosen: bool) -> str:
    return f"• {label}" if is_chosen else label


def rows_of_two(buttons: Sequence[Button]) -> Iterator[Row]:
    for start in range(0, len(buttons), 2):
        yield tuple(buttons[start : start + 2])
