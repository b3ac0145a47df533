"""The scales a question can be answered on: one table that every other module reads.

Invariants:
* ``Scale.spec`` has an entry for every scale; values, figures, axes, faces and buttons are derived from it.
* On every scale a greater value is better, and its values are whole numbers without a gap.
* What is stored is the raw value and the scale's key. A spec may be refined; a key and its values never change.

A new scale is an entry here, a kind of question of the same name in ``cjm.journeys.survey``, its line in
``bot.demo.simulated.opinions``, its words in the catalogues, and its name in the comments of
``cjm/templates/shop.toml``; ``tests/cjm/test_scales.py`` and ``tests/cjm/test_templates.py`` name what is still
missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cjm.errors import AnswerError


class Scale(StrEnum):
    """Key of a scale, as journey files and the database spell it."""

    EMOTION = "emotion"
    CSAT = "csat"
    CES = "ces"
    NPS = "nps"
    SUCCESS = "success"
    EXPECTATION = "expectation"

    @property
    def spec(self) -> "ScaleSpec":
        """The scale's entry in the table."""
        return _SPECS[self]


SCALES: Mapping[str, Scale] = {scale.value: scale for scale in Scale}
"""All scales by key: a measure or a kind of question is a scale if it is among them."""


class Headline(StrEnum):
    """Kind of figure that sums up the answers on a scale."""

    SHARE = "share"  # % of favourable answers, 0 … 100
    MEAN = "mean"  # mean of the raw values
    DIFFERENCE = "difference"  # % favourable − % low, −100 … 100


class ButtonLabels(StrEnum):
    """Kind of labels on the buttons of a scale, one button a value."""

    FACES = "faces"
    DIGITS = "digits"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class ButtonLayout:
    """Layout of a scale's buttons in a chat: at most ``per_row`` in a row, the best value first or last."""

    labels: ButtonLabels
    per_row: int = 8  # more than eight in a row cannot be told apart on a narrow phone
    best_first: bool = False

    @property
    def explains_ends(self) -> bool:
        """True if the message says what the lowest and the highest value mean; words speak for themselves."""
        return self.labels is not ButtonLabels.WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleSpec:
    """Everything that differs from scale to scale.

    ``values`` are the legal raw values, worst first. A ``low`` value is bad enough to offer contact; the values
    between ``low`` and ``favourable`` are neutral. ``mood_edges`` are headline figures, in the headline's unit, at
    which the next of the five moods begins. ``tick`` is the distance of the figures named along an axis.
    """

    values: range
    low: range
    favourable: range
    headline: Headline
    mood_edges: tuple[float, float, float, float]
    tick: float
    buttons: ButtonLayout

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest headline figure, in its unit."""
        match self.headline:
            case Headline.SHARE:
                return 0.0, 100.0
            case Headline.DIFFERENCE:
                return -100.0, 100.0
            case Headline.MEAN:
                return float(self.values[0]), float(self.values[-1])

    @property
    def unit_factor(self) -> float:
        """The factor from contributions to the headline's unit: 100 (per cent) for shares and differences, else 1."""
        return 1.0 if self.headline is Headline.MEAN else 100.0

    @property
    def decimals(self) -> int:
        """Decimals of a printed headline figure: a mean has one, because whole numbers would hide most changes."""
        return 1 if self.headline is Headline.MEAN else 0

    @property
    def is_percent(self) -> bool:
        """True if the headline figure is printed with a per cent sign."""
        return self.headline is Headline.SHARE

    @property
    def is_signed(self) -> bool:
        """True if the headline figure can be negative; a positive one is then printed with a plus sign."""
        return self.bounds[0] < 0


# Where a mood begins is a convention, chosen once so that pictures can be compared; every map's legend states it.
_SPECS: Mapping[Scale, ScaleSpec] = {
    Scale.EMOTION: ScaleSpec(
        values=range(-2, 3),
        low=range(-2, 0),
        favourable=range(1, 3),
        headline=Headline.MEAN,
        # The middle face is a mean close to neutral, the outer ones lie beyond "disappointed" and "pleased".
        mood_edges=(-1, -0.3, 0.3, 1),
        tick=1,
        buttons=ButtonLayout(ButtonLabels.FACES),
    ),
    Scale.CSAT: ScaleSpec(
        values=range(1, 6),
        low=range(1, 3),
        favourable=range(4, 6),
        headline=Headline.SHARE,
        mood_edges=(50, 60, 70, 80),
        tick=20,
        buttons=ButtonLayout(ButtonLabels.DIGITS),
    ),
    Scale.CES: ScaleSpec(
        values=range(1, 8),
        low=range(1, 4),
        favourable=range(5, 8),
        headline=Headline.MEAN,
        # The middle of the scale is 4, published averages lie around 5 to 5.5, and 6 is "agree".
        mood_edges=(4, 4.7, 5.3, 6),
        tick=1,
        buttons=ButtonLayout(ButtonLabels.DIGITS),
    ),
    Scale.NPS: ScaleSpec(
        values=range(11),
        low=range(7),
        favourable=range(9, 11),
        headline=Headline.DIFFERENCE,
        # Around zero promoters and detractors cancel out; 50 is commonly called excellent.
        mood_edges=(-10, 10, 30, 50),
        tick=50,
        buttons=ButtonLayout(ButtonLabels.DIGITS, per_row=6),  # 0–5 above, 6–10 and the menu below
    ),
    Scale.SUCCESS: ScaleSpec(
        values=range(3),  # no · with trouble · yes
        low=range(1),
        favourable=range(2, 3),
        headline=Headline.SHARE,
        mood_edges=(50, 60, 70, 80),
        tick=20,
        buttons=ButtonLayout(ButtonLabels.WORDS, best_first=True),  # people expect "yes" before "no"
    ),
    Scale.EXPECTATION: ScaleSpec(
        values=range(-1, 2),  # worse than expected · as expected · better
        low=range(-1, 0),
        favourable=range(1, 2),
        headline=Headline.DIFFERENCE,
        # Within five points of zero it was "as expected".
        mood_edges=(-20, -5, 5, 20),
        tick=50,
        buttons=ButtonLayout(ButtonLabels.WORDS),
    ),
}

DEFAULT_SCALE = Scale.CSAT  # the headline of a journey file that names none: the scale most teams already know


def contribution(scale: Scale, value: int) -> float:
    """Return what one answer adds to the headline: 0 or 1 to a share, −1, 0 or 1 to a difference, itself to a mean.

    Raises :class:`~cjm.errors.AnswerError` for a value that is not on the scale.
    """
    spec = scale.spec
    if value not in spec.values:
        raise AnswerError(f"{scale} goes from {spec.values[0]} to {spec.values[-1]}")
    if spec.headline is Headline.MEAN:
        return float(value)
    good = 1.0 if value in spec.favourable else 0.0
    return good if spec.headline is Headline.SHARE else good - (value in spec.low)
