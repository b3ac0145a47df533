"""Numbers of measures and amounts with their unit, no longer than they are exact."""

from math import floor, log10

from cjm.wording.words import FigureWords

_MOST_DECIMALS = 6


def quantity_text(value: float, unit: str, words: FigureWords) -> str:
    """Return a number to three digits, a whole one with all, and its unit: "12.5 min". No line break divides them."""
    most = min(_MOST_DECIMALS, max(0, 2 - floor(log10(abs(value))))) if value else 0
    digits = next(digits for digits in range(most + 1) if round(value, digits) == round(value, most))
    return _with_unit(words.number(value, digits), unit)


def sum_text(value: float, unit: str, words: FigureWords) -> str:
    """Return an amount of money or of something else, to the whole: "12 300 €"."""
    return _with_unit(words.number(value), unit)


def _with_unit(number: str, unit: str) -> str:
    return f"{number}\u00a0{unit}" if unit else number
