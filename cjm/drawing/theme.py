"""Tokens: the colours, and the type of each layout. Another theme is a difference of this one:
``dataclasses.replace(LIGHT, paper="#FFFFFF")``.

Every pair used for text is AA (at least 4.5:1), and between any two mood steps the distance ΔE is at least 15 also for
people who see red, green or blue weakly. Even so the mood's colour always comes with a figure, a place or a mouth.
"""

from dataclasses import dataclass

from cjm.drawing.primitives import Weight


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by what they are for."""

    paper: str = "#FBFAF7"
    soft: str = "#F3F1EB"  # the path's lane, notes
    card: str = "#FFFFFF"
    ink: str = "#18262F"
    quiet: str = "#4C5A63"  # second text
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

    def along(self, place: float) -> str:
        """The colour between the steps, for ``place`` from 0 (worst) to 4 (best): only for the path between points."""
        place = min(max(place, 0.0), len(self.moods) - 1.0)
        i = min(int(place), len(self.moods) - 2)
        return mix(self.moods[i], self.moods[i + 1], place - i)

    def edge(self, mood: int) -> str:
        """The rim of a mood's fill."""
        return mix(self.moods[mood], self.ink, 0.28)


LIGHT = Theme()


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """A size in pixels, a weight, and the distance of baselines in sizes."""

    px: float
    weight: Weight = Weight.REGULAR
    leading: float = 1.3

    @property
    def line(self) -> float:
        return self.px * self.leading


@dataclass(frozen=True, slots=True)
class TypeScale:
    """The type of a layout by what is set in it."""

    title: TypeStyle
    purpose: TypeStyle
    brand: TypeStyle
    stage: TypeStyle
    stage_long: TypeStyle
    figure: TypeStyle
    lead: TypeStyle
    lead_strong: TypeStyle
    strong: TypeStyle
    name: TypeStyle
    body: TypeStyle
    quote: TypeStyle
    small: TypeStyle
    small_strong: TypeStyle


def _phone() -> TypeScale:
    body = TypeStyle(34, leading=1.38)
    medium, bold = TypeStyle(34, Weight.MEDIUM, 1.38), TypeStyle(34, Weight.BOLD, 1.38)
    return TypeScale(
        title=TypeStyle(62, Weight.BOLD, 1.16),
        purpose=TypeStyle(38, leading=1.3),
        brand=bold,
        stage=TypeStyle(46, Weight.BOLD, 1.18),
        stage_long=TypeStyle(40, Weight.BOLD, 1.2),
        figure=TypeStyle(72, Weight.BOLD),
        lead=TypeStyle(38),
        lead_strong=TypeStyle(38, Weight.MEDIUM),
        strong=bold,
        name=medium,
        body=body,
        quote=TypeStyle(34, Weight.ITALIC, 1.34),
        small=body,
        small_strong=medium,
    )


def _wall() -> TypeScale:
    return TypeScale(
        title=TypeStyle(38, Weight.BOLD, 1.16),
        purpose=TypeStyle(20, leading=1.3),
        brand=TypeStyle(18, Weight.BOLD),
        stage=TypeStyle(21, Weight.BOLD, 1.2),
        stage_long=TypeStyle(18, Weight.BOLD, 1.2),
        figure=TypeStyle(36, Weight.BOLD),
        lead=TypeStyle(18),
        lead_strong=TypeStyle(18, Weight.MEDIUM),
        strong=TypeStyle(18, Weight.BOLD),
        name=TypeStyle(16.5, Weight.MEDIUM, 1.27),
        body=TypeStyle(16.5, leading=1.3),
        quote=TypeStyle(16.5, Weight.ITALIC, 1.35),
        small=TypeStyle(15, leading=1.3),
        small_strong=TypeStyle(15, Weight.BOLD, 1.3),
    )


PHONE_TYPE = _phone()
WALL_TYPE = _wall()


def channels(colour: str) -> tuple[int, int, int]:
    """#RRGGBB → three numbers from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(one: str, other: str, share: float) -> str:
    """``share`` of the other colour in the one."""
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a * (1 - share) + b * share):02X}" for a, b in pairs)
