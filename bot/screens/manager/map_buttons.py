"""The buttons under what is shown of a journey. Each carries the view's number and at most one small number more."""

from collections.abc import Iterator, Sequence

from bot.messages.message import Action, Button
from bot.texts import Words
from bot.usecases.maps.look_at_map import Seen
from cjm.cases.case import cut
from cjm.figures.map_view import FACES, MENUS, WINDOWS, Face, Menu, Step

Row = tuple[Button, ...]
MOVE = "m"  # before a step
FILE, BESIDE, CASES = "mf", "mt", "mq"
MOST_LABEL = 32
MOST_OPTIONS = 40
_TIMELESS = (Face.PERSONA, Face.DIGEST)


def step(label: str, seen: Seen, to: Step, n: int | None = None) -> Button:
    args = (seen.view,) if n is None else (seen.view, n)
    return Button(label, Action.of(MOVE + to, *args))


def rows(seen: Seen, words: Words, pages: int) -> tuple[Row, ...]:
    """The menu that is open, else what can be done with what is shown."""
    found = _options(seen, words) if seen.look.menu is not Menu.NONE else _usual(seen, words, pages)
    return tuple(row for row in found if row)


def _usual(seen: Seen, words: Words, pages: int) -> Iterator[Row]:
    look = seen.look
    if look.face not in _TIMELESS:
        yield _travel(seen, words)
        yield tuple(_window(seen, words, days) for days in WINDOWS)
        yield tuple(_narrowing(seen, words))
    yield _turning(seen, words, pages)
    yield tuple(_others(seen, words))
    if seen.several:
        yield (step(words("manager.button.journey"), seen, Step.OPEN, MENUS.index(Menu.JOURNEY)),)


def _travel(seen: Seen, words: Words) -> Row:
    earlier = step(words("manager.button.earlier"), seen, Step.EARLIER)
    if seen.look.last is None or seen.look.last >= seen.today:
        return (earlier,)
    return earlier, step(words("manager.button.later"), seen, Step.LATER)


def _window(seen: Seen, words: Words, days: int) -> Button:
    label = words("manager.button.days", n=days)
    return step(_marked(label, seen.look.days == days), seen, Step.DAYS, days)


def _narrowing(seen: Seen, words: Words) -> Iterator[Button]:
    look, journey = seen.look, seen.journey
    if journey.segments:
        segment = journey.segment(look.segment) if look.segment else None
        title = segment.title.in_(words.language) if segment else words("manager.everyone")
        yield _menu(words("manager.button.segment", title=title), seen, Menu.SEGMENT)
    if look.face is not Face.CHANNELS:
        title = words(f"map.channel.{look.channel}") if look.channel else words("manager.all_channels")
        yield _menu(words("manager.button.channel", title=title), seen, Menu.CHANNEL)
    if look.face is Face.VOICES:
        place = journey.place(look.place) if look.place else None
        title = (place[1] or place[0]).title.in_(words.language) if place else words("manager.everywhere")
        yield _menu(words("manager.button.place", title=title), seen, Menu.PLACE)


def _menu(label: str, seen: Seen, menu: Menu) -> Button:
    return step(cut(label, MOST_LABEL), seen, Step.OPEN, MENUS.index(menu))


def _turning(seen: Seen, words: Words, pages: int) -> Row:
    """One button turns a picture's pages round and round; words have two, since nobody knows where they end."""
    page = seen.look.page
    if seen.look.face is Face.VOICES:
        back = [step(words("manager.button.newer"), seen, Step.PAGE, page - 1)] if page else []
        return (*back, *([step(words("manager.button.older"), seen, Step.PAGE, page + 1)] if seen.more else []))
    if pages < 2:
        return ()
    page = min(page, pages - 1)
    return (step(words("manager.button.page", page=page + 1, pages=pages), seen, Step.PAGE, (page + 1) % pages),)


def _others(seen: Seen, words: Words) -> Iterator[Button]:
    """The same, seen otherwise."""
    face = seen.look.face
    if face is Face.MAP:
        yield Button(words("manager.button.file"), Action.of(FILE, seen.view))
    else:
        yield _beside(seen, words, Face.MAP)
    if face is not Face.STAGES:
        yield _beside(seen, words, Face.STAGES)
    if face in (Face.STAGES, Face.BARRIERS):
        yield _beside(seen, words, Face.VOICES)
    if face is Face.DIGEST:
        yield Button(words("manager.button.cases"), Action.of(CASES))


def _beside(seen: Seen, words: Words, face: Face) -> Button:
    return Button(words(f"manager.button.{face}"), Action.of(BESIDE, seen.view, FACES.index(face)))


def _options(seen: Seen, words: Words) -> Iterator[Row]:
    look = seen.look
    chosen = {Menu.SEGMENT: look.segment, Menu.CHANNEL: look.channel, Menu.PLACE: look.place}.get(look.menu)
    if look.menu is not Menu.JOURNEY:
        every = {Menu.SEGMENT: "everyone", Menu.CHANNEL: "all_channels", Menu.PLACE: "everywhere"}[look.menu]
        yield (step(_marked(words(f"manager.{every}"), chosen is None), seen, Step.CHOOSE, 0),)
    else:
        chosen = look.journey
    buttons = [
        step(_marked(cut(_title(seen, key, words), MOST_LABEL), key == chosen), seen, Step.CHOOSE, place)
        for place, key in enumerate(look.options[:MOST_OPTIONS], 1)
    ]
    yield from two_a_row(buttons)
    yield (step(words("manager.button.back"), seen, Step.BACK),)


def _title(seen: Seen, key: str, words: Words) -> str:
    match seen.look.menu:
        case Menu.SEGMENT:
            segment = seen.journey.segment(key)
            return segment.title.in_(words.language) if segment else key
        case Menu.CHANNEL:
            return words(f"map.channel.{key}")
        case Menu.JOURNEY:
            return seen.titles.get(key, key)
        case _:
            place = seen.journey.place(key)
            return (place[1] or place[0]).title.in_(words.language) if place else key


def _marked(label: str, is_chosen: bool) -> str:
    return f"• {label}" if is_chosen else label


def two_a_row(buttons: Sequence[Button]) -> Iterator[Row]:
    for start in range(0, len(buttons), 2):
        yield tuple(buttons[start : start + 2])
