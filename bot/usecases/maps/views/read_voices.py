"""Read a page of voices for a view: customers' words, narrowed as far as nobody can be recognised by it.

Invariants:
* Words are listed only of stages, and of a touchpoint, whose figure is shown; a score stands beside them only where its
  own figure is shown, and only by such scores words can be narrowed.
* A narrowed list of fewer writers than the minimum is withheld, and so is one that nobody wrote in: none and few are
  not told apart.
* The list of all words shows each score that it can be narrowed by, so by a mood it tells nothing more. It shows no
  reasons: they can be chosen while the map shows them, and only where both who chose one and those who did not are as
  many as the minimum, or none. A list narrowed further is shown only beside that one.
* In an anonymous journey words are not narrowed by what their writers answered.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.db.engine.database import Connection
from bot.db.figures import map_sums, voices
from bot.db.figures.map_sums import MapScope
from bot.db.figures.voices import VoiceFilter, VoiceRow
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_view import MapView, list_shown_scores
from cjm.figures.views.voice_filter import MoodGroup, ShownTheme, find_shown_theme
from cjm.journeys.journey import Journey

VOICES_A_PAGE = 5


@dataclass(frozen=True, slots=True)
class VoicePage:
    """Page of voices; ``has_more`` if others follow, ``is_withheld`` if there are too few writers to show any.

    ``theme`` is the reason that they are narrowed to, while the map shows it.
    """

    voices: tuple[VoiceRow, ...] = ()
    has_more: bool = False
    is_withheld: bool = False
    theme: ShownTheme | None = None


def read_voice_page(tx: Connection, view: MapView, journey: Journey, journey_map: JourneyMap) -> VoicePage:
    """Return the page of voices that a view shows; ``journey_map`` is the map of the same choice."""
    shown = list_shown_scores(journey_map)
    quotable = {place for place, _ in shown}
    # With fewer answers, words could show who wrote them.
    if view.place is not None and view.place not in quotable:
        return VoicePage()
    scope = _find_scope(tx, view, journey, journey_map)
    mood = MoodGroup(view.mood) if view.mood in set(MoodGroup) and not journey.anonymous else None
    theme = find_shown_theme(journey_map, journey, view.theme) if view.theme and not journey.anonymous else None
    stages = frozenset(quotable & journey.stages_by_key.keys())
    wanted = VoiceFilter(stages, view.place, mood, frozenset(shown), theme)
    is_theme_gone = bool(view.theme) and theme is None
    if is_theme_gone or not _has_enough_writers(tx, scope, wanted, journey_map.minimum):
        return VoicePage(is_withheld=True, theme=theme)
    found = voices.list_latest(tx, scope, wanted, VOICES_A_PAGE + 1, view.page * VOICES_A_PAGE)
    page = tuple(hide_withheld_score(voice, journey, shown) for voice in found[:VOICES_A_PAGE])
    return VoicePage(page, len(found) > VOICES_A_PAGE, theme=theme)


def _find_scope(tx: Connection, view: MapView, journey: Journey, journey_map: JourneyMap) -> MapScope:
    segment = journey.find_segment(view.segment) if view.segment else None
    cohorts = map_sums.find_cohorts(tx, journey, segment)
    return MapScope(journey, journey_map.period.first, journey_map.period.last, cohorts, view.channel)


def _has_enough_writers(tx: Connection, scope: MapScope, wanted: VoiceFilter, minimum: int) -> bool:
    if wanted.mood is None and wanted.theme is None:
        return True
    if wanted.theme is not None:
        stage = wanted.theme.key.stage
        whole = VoiceFilter(wanted.stages & {stage}, stage, theme=wanted.theme)
        counts = voices.count_writers(tx, scope, whole)
        if counts.found < minimum or 0 < counts.others < minimum:
            return False
    return voices.count_writers(tx, scope, wanted).found >= minimum


def hide_withheld_score(voice: VoiceRow, journey: Journey, shown: Collection[tuple[str, str]]) -> VoiceRow:
    """Return words without the score that was given beside them, where the figure of that score is withheld.

    Words about a touchpoint that has no figure to show are words about its stage.
    """
    subject = journey.current_key(voice.subject)
    if (subject, voice.kind) not in shown:
        voice = replace(voice, kind=None, value=None)
    return voice if any(place == subject for place, _ in shown) else replace(voice, subject=voice.stage)
