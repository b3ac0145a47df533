"""Sources of events that Tropa listens to. A new source adds its module to this package and its line here."""

from bot.http.sources import generic
from bot.http.sources.source import EventSource

SOURCES: tuple[EventSource, ...] = (generic.SOURCE,)
