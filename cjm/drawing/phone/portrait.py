"""Portrait pictures about something else than a map's rows: their head, sections, and bars of single figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from cjm.drawing.canvas import Align, Canvas
from cjm.drawing.captions import audience_text, grey_text, kind_text, missing_answers_text
from cjm.drawing.gauge import Gauge
from cjm.drawing.legend_entries import LegendEntry, draw_legend_entries, face_symbol, interval_symbol
from cjm.drawing.phone.page import MARGIN, RIGHT, WIDTH
from cjm.drawing.presentation import FigurePresentation, FigureStatus, MapPresentation
from cjm.drawing.primitives import Box, Picture, Stroke
from cjm.drawing.theme import PHONE_TYPOGRAPHY, FontStyle, Theme, Typography
from cjm.wording.words import FigureWords

ROOM = RIGHT - MARGIN
BAR_HEIGHT = 26
KEY = 46  # width of a legend's symbol
LEGEND_LINE = 48
BOTTOM = 46  # from the last baseline to the edge


@dataclass(frozen=True, slots=True)
class PortraitPage:
    """Page being laid out, 1080 pixels wide; it is as high as its content."""

    canvas: Canvas
    presentation: MapPresentation
    words: FigureWords
    typography: Typography = PHONE_TYPOGRAPHY

    @property
    def theme(self) -> Theme:
        return self.canvas.theme

    @property
    def gauge(self) -> Gauge:
        return self.presentation.gauge

    def to_picture(self, y: float) -> Picture:
        """Return the picture that ends below the baseline ``y``."""
        return self.canvas.to_picture(WIDTH, y + BOTTOM)

    def draw_head(self, title: str, facts: Sequence[str]) -> float:
        """Draw brand, day, kind and title, and the facts below; return the last baseline."""
        canvas, type_, theme, words = self.canvas, self.typography, self.theme, self.words
        canvas.icon("trail", 60, 64, 46, theme.accent, weight=3.4)
        brand = canvas.text(92, 76, words("map.brand"), type_.brand, theme.accent, max_width=300)
        as_of = words("map.as_of", moment=words.moment(self.presentation.journey_map.as_of))
        canvas.text(RIGHT, 76, as_of, type_.body, theme.quiet, max_width=RIGHT - 132 - brand, align=Align.RIGHT)
        kind = kind_text(self.presentation, words)
        canvas.text(MARGIN, 136, kind, type_.lead_strong, theme.structure, max_width=ROOM)
        lines = canvas.wrap_title(title, type_.title, ROOM)
        canvas.lines(MARGIN - 2, 214, lines, type_.title, theme.ink)
        y = 214 + (len(lines) - 1) * type_.title.line
        return self.draw_facts(y + 56, facts)

    def draw_facts(self, y: float, facts: Sequence[str]) -> float:
        """Draw facts beside each other from the baseline ``y`` on; return the last one. Lines break between facts."""
        style, line = self.typography.body, ""
        for fact in filter(None, facts):
            longer = f"{line}  ·  {fact}" if line else fact
            if line and self.canvas.text_width(longer, style) > ROOM:
                self.canvas.text(MARGIN, y, line, style, self.theme.quiet, max_width=ROOM)
                y, longer = y + style.line, fact
            line = longer
        self.canvas.text(MARGIN, y, line, style, self.theme.quiet, max_width=ROOM)
        return y

    def draw_heading(self, y: float, text: str) -> float:
        """Draw the heading of a section below a thin line; return its last baseline."""
        style = self.typography.stage_long
        self.canvas.rule(MARGIN, RIGHT, y + 36, 2)
        return self.draw_text(y + 92 - style.line, text, style, self.theme.ink)

    def draw_text(
        self, y: float, text: str, style: FontStyle, colour: str, *, most: int = 4, indent: float = 0
    ) -> float:
        """Draw a paragraph below the baseline ``y``; return its last one. Nothing is drawn for an empty text."""
        if not text:
            return y
        lines = self.canvas.wrap(text, style, ROOM - indent, most)
        self.canvas.lines(MARGIN + indent, y + style.line, lines, style, colour)
        return y + len(lines) * style.line

    def describe_days(self) -> str:
        """Return the days that the picture is about."""
        journey_map = self.presentation.journey_map
        return self.words.days(journey_map.period.first, journey_map.period.last, now=journey_map.as_of.date())

    def describe_audience(self, figure: FigurePresentation) -> str:
        """Return how many people a figure comes from; of one that is not judged, also what is missing."""
        if figure.is_judged:
            return audience_text(self.presentation, figure, self.words)[0]
        return ", ".join(filter(None, missing_answers_text(self.presentation, figure, self.words)))

    def draw_bar(self, left: float, middle: float, width: float, figure: FigurePresentation) -> None:
        """Draw the whole scale as a track with the interval and the figure on it; only the track without a figure."""
        canvas, theme, (least, most) = self.canvas, self.theme, self.gauge.spec.bounds
        top = middle - BAR_HEIGHT / 2

        def place(value: float) -> float:
            return left + min(max((value - least) / (most - least), 0.0), 1.0) * width

        canvas.box(Box(left, middle - 4, width, 8), 4, theme.rule)
        if not figure.is_visible:
            return
        start = min(place(figure.low), left + width - BAR_HEIGHT)
        bar = Box(start, top, max(place(figure.high) - start, BAR_HEIGHT), BAR_HEIGHT)
        mood = figure.mood(self.gauge)
        if mood is None:
            canvas.hatch(bar, BAR_HEIGHT / 2, 13, 2.6)
        fill = None if mood is None else theme.moods[mood]
        rim = theme.ghost if mood is None else theme.mood_rim(mood)
        canvas.box(bar, BAR_HEIGHT / 2, fill, Stroke(rim, 1.5))
        dot = theme.ink if figure.is_judged else theme.on_grey
        canvas.circle(place(figure.value), middle, 8.5, dot, Stroke(theme.card, 2.6))

    def draw_foot(self, y: float, figures: Sequence[FigurePresentation], extra: Sequence[LegendEntry] = ()) -> float:
        """Explain the marks of these figures below a thin line; return the last baseline."""
        canvas, style = self.canvas, self.typography.body
        entries = [*extra, *self._list_entries(figures)]
        if not entries:
            return y
        canvas.rule(MARGIN, RIGHT, y + 36, 2)
        y = draw_legend_entries(canvas, entries, Box(MARGIN, y + 90, ROOM, 0), style, gap=40, line=LEGEND_LINE)
        if any(figure.is_visible for figure in figures):
            y = self.draw_text(y, self.words(f"map.meaning.{self.gauge.scale}"), style, self.theme.quiet)
        return y

    def _list_entries(self, figures: Sequence[FigurePresentation]) -> list[LegendEntry]:
        canvas, words, entries = self.canvas, self.words, []
        if any(figure.is_visible for figure in figures):
            entries.append(LegendEntry(KEY, interval_symbol(canvas, KEY), words("map.legend.interval")))
        if canvas.has_striped_face():
            striped = face_symbol(canvas, 21, 2, KEY, is_certain=False)
            entries.append(LegendEntry(KEY, striped, words("map.legend.striped")))
        if any(figure.status is FigureStatus.GREY for figure in figures):
            text = grey_text(self.presentation, words)
            entries.append(LegendEntry(KEY, face_symbol(canvas, 21, None, KEY), text))
        if "lock" in canvas.icon_names():
            text = words("map.legend.withheld", n=self.presentation.journey_map.minimum)
            entries.append(LegendEntry(KEY, lambda x, y: canvas.icon("lock", x + 23, y, 34, self.theme.on_grey), text))
        return entries
