"""Names of saved views: what a view shows in a few words, and what people typed, made fit for a list and a command."""

from collections.abc import Collection

from cjm.figures.map_view import MapView, ViewContent
from cjm.journeys.journey import Journey
from cjm.text import cut_text
from cjm.wording.words import FigureWords

MOST_NAME = 40  # characters: a button shows hardly more


def describe_view(view: MapView, journey: Journey, words: FigureWords) -> str:
    """Return what a view shows: "New customers · website · 7 days"; the journey is named where nothing narrows it."""
    segment = journey.find_segment(view.segment) if view.segment else None
    place = journey.find_place(view.place) if view.place else None
    parts = [
        words(f"manager.button.{view.content}") if view.content is not ViewContent.MAP else "",
        words(f"manager.kind.{view.kind}") if view.kind else "",
        segment.title.in_language(words.language) if segment else "",
        words(f"map.channel.{view.channel}") if view.channel else "",
        place.part.title.in_language(words.language) if place else "",
        words(f"manager.mood.{view.mood}") if view.mood else "",
    ]
    named = [part for part in parts if part] or [journey.title.in_language(words.language)]
    return " · ".join([*named, words("manager.button.days", n=view.days)])


def fit_name(text: str, taken: Collection[str] = ()) -> str:
    """Return a name in one line of `MOST_NAME` characters at most, unlike those that are ``taken`` (in small letters).

    Empty where the text holds nothing but white space.
    """
    name = cut_text(" ".join(text.split()), MOST_NAME)
    tried = (cut_text(name, MOST_NAME - len(ending)) + ending for n in range(2, 1000) if (ending := f" {n}"))
    return name if name.casefold() not in taken else next(each for each in tried if each.casefold() not in taken)
