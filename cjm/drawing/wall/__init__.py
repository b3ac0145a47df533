from cjm.drawing.primitives import Picture
from cjm.drawing.reading import MapReading
from cjm.drawing.theme import Theme
from cjm.drawing.typeset import Measure
from cjm.drawing.words import Words


def wall(reading: MapReading, words: Words, measure: Measure, theme: Theme) -> Picture:
    from cjm.drawing.phone import phone

    return phone(reading, words, measure, theme, 0)
