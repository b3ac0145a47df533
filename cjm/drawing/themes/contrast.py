"""Contrast: whether every text of a theme can be read on its ground (WCAG 2.2, level AA)."""

from collections.abc import Iterator
from dataclasses import dataclass

from cjm.drawing.theme import Theme, rgb

AA = 4.5
_GROUNDS_OF_TEXTS = {
    "paper": ("ink", "quiet", "on_grey", "accent", "better", "structure"),
    "tint": ("ink", "quiet", "on_grey", "accent"),
    "soft": ("ink", "quiet"),
    "card": ("ink", "on_grey"),
    "grey": ("on_grey",),
    "dim": ("on_grey",),
    "structure": ("on_structure",),
    "accent": ("on_structure",),
    "better": ("on_structure",),
}


@dataclass(frozen=True, slots=True)
class ContrastPair:
    """Text and ground by their names in a theme, and the ratio of their contrast."""

    text: str
    ground: str
    ratio: float

    @property
    def is_readable(self) -> bool:
        return self.ratio >= AA

    def __str__(self) -> str:
        text = "text" if self.text == "on_structure" else self.text
        return f"{text} on {self.ground} has a contrast of {self.ratio:.1f}:1, and needs {AA}:1 to be read"


def list_text_pairs(theme: Theme) -> Iterator[ContrastPair]:
    """Yield every pair in which the theme's colours are used for text."""
    for ground, texts in _GROUNDS_OF_TEXTS.items():
        for text in texts:
            yield ContrastPair(text, ground, find_contrast(getattr(theme, text), getattr(theme, ground)))
    for ground in ("paper", "tint"):
        for i, colour in enumerate(theme.mood_texts):
            yield ContrastPair(f"mood {i}", ground, find_contrast(colour, getattr(theme, ground)))


def find_contrast(one: str, other: str) -> float:
    """Return the ratio of the contrast of two colours, from 1 to 21."""
    dark, light = sorted((find_luminance(one), find_luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def find_luminance(colour: str) -> float:
    """Return the relative luminance of a colour from 0 to 1."""
    parts = [part / 255 for part in rgb(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
