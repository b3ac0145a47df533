"""Words for views of a journey: what a view shows, in a few words."""

from cjm.figures.map_view import MapView, ViewContent
from cjm.journeys.journey import Journey
from cjm.wording.words import FigureWords


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
