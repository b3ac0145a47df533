"""Pieces that both layouts use: pills, range bars, footprints, legends, and what is said of a figure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cjm.drawing.canvas import Canvas
from cjm.drawing.curves import circle, ellipse, rounded
from cjm.drawing.mood import Gauge
from cjm.drawing.primitives import Box, Layer, Point, Shape, Stroke
from cjm.drawing.reading import FigureReading, MapReading, StageReading, TargetOutcome
from cjm.drawing.theme import TypeStyle
from cjm.drawing.words import DrawingWords
from cjm.figures.journey_map import ChangeDirection, FigureChange
from cjm.scales import Scale

# ---------------------------------------------------------------------- shapes


def pill_width(sheet: Canvas, text: str, style: TypeStyle, icon: str | None = None) -> float:
    return sheet.width(text, style) + style.px * (1.95 if icon else 1.0)


def pill(sheet: Canvas, end: Point, text: str, style: TypeStyle, *, fill: str, icon: str | None = None) -> float:
    """A solid pill whose right end lies at ``end``; gives its width."""
    px = style.px
    width = pill_width(sheet, text, style, icon)
    left, middle = end[0] - width, end[1]
    sheet.box(Box(left, middle - 0.75 * px, width, 1.5 * px), px, fill)
    if icon:
        sheet.icon(icon, left + 0.9 * px, middle, 0.92 * px, sheet.theme.on_structure, weight=3.0)
    sheet.text(left + (1.45 if icon else 0.5) * px, middle + 0.355 * px, text, style, sheet.theme.on_structure)
    return width


def range_bar(sheet: Canvas, box: Box, gauge: Gauge, stage: StageReading) -> None:
    """The whole scale as a track: interval, figure, the period before below it, the target dashed above it."""
    theme, figure, h = sheet.theme, stage.figure, box.height
    middle = box.y + h / 2

    least, most = gauge.spec.bounds

    def place(value: float) -> float:
        share = (value - least) / (most - least)
        return box.x + min(max(share, 0.0), 1.0) * box.width

    sheet.box(Box(box.x, middle - 0.16 * h, box.width, 0.32 * h), h, theme.rule)
    if stage.look.target is not None:
        x = place(stage.look.target)
        dashed = Stroke(theme.ink, max(1.6, 0.13 * h), (0.26 * h, 0.22 * h), round=False)
        sheet.line(((x, middle - 1.25 * h), (x, middle + 0.95 * h)), dashed)
    left = min(place(figure.low), box.right - h)
    _interval(sheet, Box(left, box.y, max(place(figure.high) - left, h), h), figure.mood(gauge))
    if stage.before is not None:
        x = place(stage.before)
        sheet.line(((x, middle + 0.62 * h), (x, middle + 1.3 * h)), Stroke(theme.ghost, 0.26 * h))
    dot = theme.ink if figure.judged else theme.on_grey
    sheet.circle(place(figure.value), middle, 0.33 * h, dot, Stroke(theme.card, max(1.0, 0.1 * h)))


def _interval(sheet: Canvas, bar: Box, mood: int | None) -> None:
    theme, h = sheet.theme, bar.height
    if mood is None:
        sheet.hatch(bar, h / 2, max(5.0, 0.5 * h), max(1.2, 0.1 * h))
        sheet.box(bar, h / 2, None, Stroke(theme.ghost, max(1.0, 0.06 * h)))
    else:
        sheet.box(bar, h / 2, theme.moods[mood], Stroke(theme.edge(mood), max(1.0, 0.05 * h)))


def footprints(
    sheet: Canvas,
    places: Sequence[tuple[float, float, float]],
    size: float,
    clear: Sequence[tuple[float, float, float]] = (),
) -> None:
    """Left, right, left along the way; none inside the circles ``clear`` (x, y, radius)."""
    for i, (x, y, turn) in enumerate(places):
        if any(math.hypot(x - cx, y - cy) < r for cx, cy, r in clear):
            continue
        side = 0.42 * size * (1 if i % 2 else -1)
        foot = ellipse(x - side * math.sin(turn), y + side * math.cos(turn), size, 0.54 * size, turn)
        sheet.put(Shape(foot, sheet.theme.ink), layer=Layer.PATH)


def bridge(sheet: Canvas, points: Sequence[Point], width: float, gap: float) -> None:
    """A dotted way where nothing was measured."""
    sheet.line(points, Stroke(sheet.theme.ghost, width, (0.1, gap)), Layer.PATH)


# ---------------------------------------------------------------------- legend


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A symbol, its width, and what it means. ``sketch(x, y)`` draws it from ``x`` on around the height ``y``."""

    width: float
    sketch: Callable[[float, float], None]
    text: str


def length(sheet: Canvas, entries: Sequence[LegendEntry], style: TypeStyle, gap: float) -> float:
    """The width of entries beside each other."""
    between = 0.6 * style.px + gap
    return sum(entry.width + between + sheet.width(entry.text, style) for entry in entries) - gap


def flow(
    sheet: Canvas, entries: Sequence[LegendEntry], box: Box, style: TypeStyle, *, gap: float, line: float
) -> float:
    """Entries beside each other, going on in the next line when there is no room; gives the last baseline.

    ``box.y`` is the first baseline. A text too long for a whole line is wrapped under itself.
    """
    x, y = box.x, box.y
    between = 0.6 * style.px
    for entry in entries:
        width = entry.width + between + sheet.width(entry.text, style)
        if x > box.x and x + width > box.right:
            x, y = box.x, y + line
        entry.sketch(x, y - 0.355 * style.px)
        room = box.right - x - entry.width - between
        lines = sheet.paragraph(x + entry.width + between, y, entry.text, style, sheet.theme.quiet, room=room)
        y += (lines - 1) * style.line
        x = x + width + gap if lines == 1 else box.right
    return y


def interval_key(sheet: Canvas, size: float) -> Callable[[float, float], None]:
    theme = sheet.theme

    def sketch(x: float, y: float) -> None:
        sheet.put(
            Shape(
                rounded(x, y - size / 4, size, size / 2, size / 4),
                theme.moods[2],
                Stroke(theme.edge(2), max(1.0, size / 40)),
            )
        )
        sheet.put(Shape(circle(x + size / 2, y, size / 6), theme.ink, Stroke(theme.card, size / 20)))

    return sketch


def face_key(
    sheet: Canvas, r: float, mood: int | None, width: float = 0.0, *, sure: bool = True
) -> Callable[[float, float], None]:
    return lambda x, y: sheet.face(x + (width or 2 * r) / 2, y, r, mood, sure=sure)


# ---------------------------------------------------------------------- words


def change_words(change: FigureChange, scale: Scale, gauge: Gauge, words: DrawingWords) -> str:
    """ "11 points", or the bare difference for a mean."""
    size = abs(change.points or 0.0)
    if gauge.spec.decimals:
        return words.number(size, gauge.spec.decimals)
    kind = "share" if gauge.spec.is_percent else scale.value
    return words(f"map.points.{kind}" if words.has(f"map.points.{kind}") else "map.points", n=round(size))


def quiet_change(stage: StageReading, words: DrawingWords) -> str:
    """What is said where no pill may stand."""
    if stage.look.change.direction is ChangeDirection.SAME:
        return words("map.change.same")
    if stage.look.change.direction is ChangeDirection.UNKNOWN and stage.before is not None:
        return words("map.change.unknown")
    return ""


def real_change(stage: StageReading) -> bool:
    """Whether a pill may stand: a change beyond noise whose size is known."""
    return (
        stage.look.change.direction in (ChangeDirection.BETTER, ChangeDirection.WORSE)
        and stage.look.change.points is not None
    )


def missing_words(reading: MapReading, figure: FigureReading, words: DrawingWords) -> tuple[str, str]:
    """How many answered, and how many more are needed to judge."""
    if not figure.n:
        return words("map.none"), ""
    missing = reading.look.judge_from - figure.n
    return words("map.answers", n=figure.n), words("map.missing", n=missing) if missing > 0 else ""


def audience_words(figure: FigureReading, words: DrawingWords) -> tuple[str, str]:
    """ "120 people" and, when they answered more than once, "214 answers"."""
    answers = words("map.answers", n=figure.answers) if figure.answers != figure.n else ""
    return words("map.people", n=figure.n), answers


def target_words(reading: MapReading, words: DrawingWords) -> str:
    """Whether the journey's targets are met, in one line; empty when it has none."""
    goals = [stage.goal for stage in reading.stages if stage.goal is not None]
    if not goals:
        return ""
    if all(goal is TargetOutcome.OPEN for goal in goals):
        return words("map.targets.open")
    if all(goal is TargetOutcome.MET for goal in goals):
        return words("map.targets.met")
    parts = [
        words(f"map.targets.some_{kind.value}", count=goals.count(kind)) for kind in TargetOutcome if kind in goals
    ]
    return words("map.targets.some", parts=" · ".join(parts))


def filter_words(reading: MapReading, words: DrawingWords) -> str:
    """Which people and channel the map is about; empty when it is about all."""
    channel = reading.look.channel
    parts = [reading.look.segment_title or ""]
    if channel:
        key = f"map.channel.{channel}"
        parts.append(words(key) if words.has(key) else channel)
    return " · ".join(part for part in parts if part)


def quoted(text: str, words: DrawingWords) -> str:
    return words("map.quote", text=text)
