"""Theme: the colours of a picture, and the typography of each layout.

* Another theme is a difference of this one: ``dataclasses.replace(LIGHT, paper="#FFFFFF")``.
* Every pair of colours used for text has a contrast of at least 4.5:1 (WCAG AA).
* Between any two moods the colour distance ΔE is at least 15, also for people with weak red, green or blue vision; of
  greys at least 12. Even so a mood's colour comes with a figure, a place or a mouth.
"""

import functools
from dataclasses import dataclass

from cjm.drawing.lettering.typefaces import ROBOTO, Typeface
from cjm.drawing.primitives import LogoImage, Weight


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by their purpose, typeface and logo."""

    paper: str = "#FBFAF7"
    soft: str = "#F3F1EB"  # the path's lane, notes
    card: str = "#FFFFFF"
    ink: str = "#18262F"
    quiet: str = "#4C5A63"  # secondary text
    rule: str = "#DEDFDA"
    ghost: str = "#7F8B92"  # the period before
    structure: str = "#24424F"  # chevrons
    on_structure: str = "#FFFFFF"
    accent: str = "#B23A14"  # the one accent
    tint: str = "#FDF0EA"
    better: str = "#0B5C6E"
    grey: str = "#ECECE9"  # not judged
    on_grey: str = "#56626A"
    hatch: str = "#D3D6D5"
    dim: str = "#E3E5E4"  # the chevron of a stage that is not judged
    moods: tuple[str, ...] = ("#D65228", "#EE9C72", "#EFE0B6", "#86C3CB", "#2C93AA")
    mood_texts: tuple[str, ...] = ("#A33410", "#9A3D16", "#665417", "#20626E", "#0B5C6E")
    face_ink: str = "#18262F"  # eyes and mouth on a mood
    face_paper: str = "#FFFFFF"  # teeth, and between the stripes of an uncertain face
    typeface: Typeface = ROBOTO
    logo: LogoImage | None = None

    def mood_colour(self, place: float) -> str:
        """Return the colour between moods for ``place`` from 0 (worst) to 4 (best): only for a path between stages."""
        place = min(max(place, 0.0), len(self.moods) - 1.0)
        i = min(int(place), len(self.moods) - 2)
        return mix_colours(self.moods[i], self.moods[i + 1], place - i)

    def mood_rim(self, mood: int) -> str:
        """Return the colour of the rim around a mood's fill."""
        return mix_colours(self.moods[mood], self.face_ink, 0.28)


LIGHT = Theme()


@dataclass(frozen=True, slots=True)
class FontStyle:
    """Size in pixels, weight, and distance of baselines as a multiple of the size."""

    px: float
    weight: Weight = Weight.REGULAR
    leading: float = 1.3

    @property
    def line(self) -> float:
        """Distance of baselines in pixels."""
        return self.px * self.leading

    @property
    def half_capital(self) -> float:
        """Distance from the middle of a capital letter to the baseline: centres text on a mark beside it."""
        return 0.355 * self.px


@dataclass(frozen=True, slots=True)
class Typography:
    """Font styles of a layout by the text that is set in them."""

    title: FontStyle
    takeaway: FontStyle
    purpose: FontStyle
    brand: FontStyle
    stage: FontStyle
    stage_long: FontStyle
    figure: FontStyle
    lead: FontStyle
    lead_strong: FontStyle
    strong: FontStyle
    name: FontStyle
    body: FontStyle
    quote: FontStyle
    small: FontStyle
    small_strong: FontStyle


def _phone_typography() -> Typography:
    body = FontStyle(34, leading=1.3)
    medium, bold = FontStyle(34, Weight.MEDIUM, 1.3), FontStyle(34, Weight.BOLD, 1.3)
    return Typography(
        title=FontStyle(62, Weight.BOLD, 1.16),
        takeaway=FontStyle(44, Weight.BOLD, 1.2),
        purpose=FontStyle(38, leading=1.3),
        brand=bold,
        stage=FontStyle(46, Weight.BOLD, 1.18),
        stage_long=FontStyle(37, Weight.BOLD, 1.2),
        figure=FontStyle(72, Weight.BOLD),
        lead=FontStyle(38),
        lead_strong=FontStyle(38, Weight.MEDIUM),
        strong=bold,
        name=medium,
        body=body,
        quote=FontStyle(34, Weight.ITALIC, 1.28),
        small=body,
        small_strong=medium,
    )


def _wall_typography() -> Typography:
    # A wall is 1920 pixels wide and often shown at 1600: 17 pixels are 14 there.
    return Typography(
        title=FontStyle(40, Weight.BOLD, 1.16),
        takeaway=FontStyle(26, Weight.BOLD, 1.25),
        purpose=FontStyle(21, leading=1.3),
        brand=FontStyle(19, Weight.BOLD),
        stage=FontStyle(22, Weight.BOLD, 1.2),
        stage_long=FontStyle(19, Weight.BOLD, 1.2),
        figure=FontStyle(38, Weight.BOLD),
        lead=FontStyle(19),
        lead_strong=FontStyle(19, Weight.MEDIUM),
        strong=FontStyle(19, Weight.BOLD),
        name=FontStyle(17.5, Weight.MEDIUM, 1.27),
        body=FontStyle(17.5, leading=1.3),
        quote=FontStyle(17.5, Weight.ITALIC, 1.33),
        small=FontStyle(17, leading=1.27),
        small_strong=FontStyle(17, Weight.BOLD, 1.27),
    )


def _slide_typography() -> Typography:
    body, strong = FontStyle(28), FontStyle(28, Weight.BOLD)
    return Typography(
        title=FontStyle(64, Weight.BOLD),
        takeaway=FontStyle(64, Weight.BOLD),
        purpose=body,
        brand=strong,
        stage=FontStyle(34, Weight.BOLD, 1.18),
        stage_long=FontStyle(28, Weight.BOLD, 1.18),
        figure=FontStyle(64, Weight.BOLD),
        lead=FontStyle(34),
        lead_strong=FontStyle(34, Weight.MEDIUM),
        strong=FontStyle(32, Weight.MEDIUM),
        name=FontStyle(28, Weight.MEDIUM),
        body=body,
        quote=FontStyle(32, Weight.ITALIC),
        small=body,
        small_strong=strong,
    )


PHONE_TYPOGRAPHY = _phone_typography()
WALL_TYPOGRAPHY = _wall_typography()
SLIDE_TYPOGRAPHY = _slide_typography()


@functools.lru_cache(256)
def rgb(colour: str) -> tuple[int, int, int]:
    """Return #RRGGBB as three numbers from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix_colours(one: str, other: str, fraction: float) -> str:
    """Return a mix of two colours with the share ``fraction`` of the other one."""
    pairs = zip(rgb(one), rgb(other), strict=True)
    red, green, blue = [round(a * (1 - fraction) + b * fraction) for a, b in pairs]
    return f"#{red:02X}{green:02X}{blue:02X}"
