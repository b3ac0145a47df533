"""Notes of a day in landscape: when people answer, and what figures and marks mean."""

from collections.abc import Sequence

from cjm.drawing.captions import grey_text
from cjm.drawing.day.sheet import DaySheet
from cjm.drawing.presentation import FigureStatus
from cjm.wording.day.day_words import hour_texts


def has_best_hour(sheet: DaySheet) -> bool:
    day = sheet.presentation.journey_map.day
    return day is not None and day.best_hour is not None


def list_hour_notes(sheet: DaySheet) -> list[str]:
    """Return when people answer, and from how many questions, as one note."""
    day = sheet.presentation.journey_map.day
    texts = hour_texts(day, sheet.words) if day is not None else []
    if not texts:
        return []
    first, *rest = (text.removesuffix(".") for text in texts)
    return [first + "".join(f" ({text})" for text in rest)]


def join_notes(texts: Sequence[str]) -> str:
    """Return notes in one paragraph, in which no line begins with the dot between two of them."""
    return "\u00a0\u00a0·  ".join(text.removesuffix(".") for text in texts)


def draw_notes(sheet: DaySheet, y: float, notes: Sequence[str]) -> float:
    """Draw notes and what the marks mean below a line; return the last baseline."""
    canvas, style, room = sheet.canvas, sheet.typography.small, sheet.right - sheet.margin
    texts = [*notes, *list_meanings(sheet)]
    if not texts:
        return y
    canvas.rule(sheet.margin, sheet.right, y - 14, 1.5)
    lines = canvas.wrap(join_notes(texts), style, room, 6)
    canvas.lines(sheet.margin, y + style.px, lines, style, sheet.theme.quiet)
    return y + style.px + (len(lines) - 1) * style.line


def list_meanings(sheet: DaySheet) -> list[str]:
    """Return what the main figure, grey, stripes and locks mean, as far as they stand there."""
    words, gauge, figures = sheet.words, sheet.presentation.gauge, [part.figure for part in sheet.parts]
    texts = []
    if any(figure.is_visible for figure in figures):
        texts += [words(f"map.meaning.{gauge.scale}"), words("day.note.range")]
    if any(figure.is_judged and not figure.is_certain(gauge) for figure in figures):
        texts.append(words("map.legend.striped"))
    if any(figure.status is FigureStatus.GREY for figure in figures):
        texts.append(grey_text(sheet.presentation, words))
    if any(figure.status is FigureStatus.WITHHELD for figure in figures):
        texts.append(words("map.legend.withheld", n=sheet.presentation.journey_map.minimum))
    return texts
