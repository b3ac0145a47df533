"""Pictures of the kinds of map that have a layout of their own: personas, their cards, channels, a day in the life."""

from cjm.drawing.channels import lay_out_channels
from cjm.drawing.choices import Layout
from cjm.drawing.day.phone import lay_out_day_phone
from cjm.drawing.day.wide import lay_out_day_slide, lay_out_day_wall
from cjm.drawing.personas.card import lay_out_card
from cjm.drawing.personas.compare_phone import lay_out_compare_phone
from cjm.drawing.personas.compare_wide import lay_out_compare_wide
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.primitives import Picture
from cjm.drawing.theme import Theme
from cjm.drawing.typeset import TextMeasure
from cjm.figures.journey_map import MapKind
from cjm.wording.words import FigureWords


def lay_out_other_kind(
    presentation: MapPresentation, words: FigureWords, measure: TextMeasure, layout: Layout, page: int, theme: Theme
) -> Picture | None:
    """Return the picture of such a kind; None for a map that the usual layouts draw.

    Cards and channels are portrait in every layout. Curves of personas are landscape on walls and slides.
    """
    kind, personas = presentation.journey_map.kind, presentation.journey_map.personas
    if kind is MapKind.DAY:
        return _lay_out_day(presentation, words, measure, layout, theme)
    if kind is MapKind.CHANNELS:
        return lay_out_channels(presentation, words, measure, theme, page)
    if kind is MapKind.PERSONA and personas:
        return lay_out_card(presentation, words, measure, theme, page)
    if kind is MapKind.PERSONAS and personas:
        lay_out = lay_out_compare_phone if Layout(layout) is Layout.PHONE else lay_out_compare_wide
        return lay_out(presentation, words, measure, theme)
    return None


def _lay_out_day(
    presentation: MapPresentation, words: FigureWords, measure: TextMeasure, layout: Layout, theme: Theme
) -> Picture:
    if Layout(layout) is Layout.PHONE:
        return lay_out_day_phone(presentation, words, measure, theme)
    lay_out = lay_out_day_slide if Layout(layout) is Layout.SLIDE else lay_out_day_wall
    return lay_out(presentation, words, measure, theme)
