"""Values of one scale on another: from 1–10, per cent or stars to the scale of a question.

The rule is the linear stretch, by which surveys on scales of different length are commonly compared (de Jonge,
Veenhoven and Arends, "Homogenizing responses to different survey questions on the same topic", Social Indicators
Research 117, 2014, call it so and name its limits): the ends go to the ends, and the others keep their distance in
proportion. A question's scale has whole values only, so the result is rounded to the nearest one.

Invariants:

* The first end of the range is the worst value of the question, the last one the best: [10, 1] turns a scale round.
* A better value never becomes a worse one, and turning a range round mirrors the result. So a value halfway between
  two goes to the one that is further from the middle of the question's scale.
* Values outside of the range are refused; on a range that is the question's own scale, whole values stay.
"""

import math
import re
from collections.abc import Sequence
from fractions import Fraction

from cjm.tables.cell import CellError
from cjm.tables.cells.numbers import MOST_IN_A_NUMBER, TWO_READINGS, list_readings
from cjm.tables.columns import DecimalSign

STARS = "stars"
_STAR_RANGE = (1, 5)
_GLYPHS = re.compile(r"([★⭐🌟]+)(½?)([☆✩]*)")
_WORDS = re.compile(r"(\S+?)\s*(?:stars?|★|⭐)", re.IGNORECASE)
_OUT_OF = re.compile(r"(\S+?)\s*(?:/|out\s+of|of|из|z)\s*(\d{1,7})(?:\s*(?:stars?|★|⭐))?", re.IGNORECASE)
_PERCENT = re.compile(r"(\S.*?)\s*%")


class Rescaling:
    """Rule from the ``ends`` of a table's scale, or "stars", to the whole ``values`` of a question's scale.

    ``decimal`` is the decimal sign of numbers that could be read in two ways, such as "1,234".
    """

    def __init__(
        self, ends: tuple[float, float] | str, values: Sequence[int], decimal: DecimalSign | None = None
    ) -> None:
        self._has_stars = ends == STARS
        first, last = _STAR_RANGE if isinstance(ends, str) else ends
        # By way of their text, so that 0.1 is a tenth and not the binary number next to it.
        self._first, self._last = Fraction(str(first)), Fraction(str(last))
        self._values, self._decimal = values, decimal
        self._name = "stars" if self._has_stars else f"{first:g} to {last:g}"

    def read(self, text: str) -> int:
        """Return the value on the question's scale for a cell. Raises CellError."""
        readings = self._list_readings(text)
        if not readings:
            right = "a number of stars, such as 4, 4/5 or ★★★★☆" if self._has_stars else "a number"
            raise CellError(f"is not {right}; name words in values, and cells without a value in not_applicable")
        least, greatest = sorted((self._first, self._last))
        fitting = [value for value in readings if least <= value <= greatest]
        if not fitting:
            raise CellError(f"is outside of the range ({self._name})" if not self._has_stars else "is not 1 to 5 stars")
        if len(fitting) > 1:
            raise CellError(TWO_READINGS)
        return self.rescale(fitting[0])

    def rescale(self, value: Fraction) -> int:
        """Return the question's value for a value of the range."""
        low, high = self._values[0], self._values[-1]
        exact = low + (value - self._first) / (self._last - self._first) * (high - low)
        # Halves go away from the middle: rounding them up would favour the better half of the scale. Every scale has an
        # odd number of values, so the middle is one of them and never a half.
        half = Fraction(1, 2)
        return math.floor(exact + half) if 2 * exact >= low + high else math.ceil(exact - half)

    def _list_readings(self, text: str) -> Sequence[Fraction]:
        """Return the values of the range that a cell may mean."""
        if len(text) > MOST_IN_A_NUMBER:
            return ()
        if self._has_stars and (glyphs := _GLYPHS.fullmatch(text.replace("\ufe0f", "").replace(" ", ""))):
            return _count_stars(*glyphs.groups())
        if percent := _PERCENT.fullmatch(text):
            return self._list_percents(percent[1])
        if rating := _OUT_OF.fullmatch(text):
            is_of_this_scale = int(rating[2]) == max(self._first, self._last)
            return list_readings(rating[1], self._decimal) if is_of_this_scale else ()
        if self._has_stars and (words := _WORDS.fullmatch(text)):
            text = words[1]
        return list_readings(text, self._decimal)

    def _list_percents(self, text: str) -> Sequence[Fraction]:
        """Return the value of "85 %": 85 in a range up to 100, 0.85 in a range up to 1; none in any other range."""
        whole = max(abs(self._first), abs(self._last))
        return [value * whole / 100 for value in list_readings(text, self._decimal)] if whole in (1, 100) else ()


def _count_stars(full: str, half: str, empty: str) -> Sequence[Fraction]:
    shown = len(full) + len(half) + len(empty)
    # Empty stars complete the five; a row of another length is another scale.
    if shown > _STAR_RANGE[1] or (empty and shown != _STAR_RANGE[1]):
        return ()
    return (Fraction(len(full)) + Fraction(len(half), 2),)
