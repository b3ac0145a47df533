"""Colours: every text can be read, every mood can be told from the others."""

from itertools import combinations

import pytest

from cjm.drawing.theme import LIGHT, mix_colours, rgb

AA = 4.5
GRAPHIC = 3.0


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    parts = [c / 255 for c in rgb(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


GROUNDS = {"paper": LIGHT.paper, "tint": LIGHT.tint}
TEXTS = [
    *(
        (name, getattr(LIGHT, name), where, ground)
        for name in ("ink", "quiet", "on_grey")
        for where, ground in GROUNDS.items()
    ),
    *(
        (f"mood {i}", colour, where, ground)
        for i, colour in enumerate(LIGHT.mood_texts)
        for where, ground in GROUNDS.items()
    ),
    ("ink", LIGHT.ink, "soft", LIGHT.soft),
    ("ink", LIGHT.ink, "card", LIGHT.card),
    ("brand", LIGHT.accent, "paper", LIGHT.paper),
    ("on_grey", LIGHT.on_grey, "grey", LIGHT.grey),
    ("on_grey", LIGHT.on_grey, "dim", LIGHT.dim),
    ("on_grey", LIGHT.on_grey, "card", LIGHT.card),
    ("on_structure", LIGHT.on_structure, "structure", LIGHT.structure),
    ("on_structure", LIGHT.on_structure, "accent", LIGHT.accent),
    ("on_structure", LIGHT.on_structure, "better", LIGHT.better),
]


@pytest.mark.parametrize(("name", "colour", "where", "ground"), TEXTS, ids=lambda part: part if part[0] != "#" else "")
def test_text_has_contrast_aa(name: str, colour: str, where: str, ground: str) -> None:
    assert contrast(colour, ground) >= AA, f"{name} on {where}"


@pytest.mark.parametrize("mood", LIGHT.moods)
def test_a_face_s_mouth_can_be_seen_on_every_mood(mood: str) -> None:
    assert contrast(LIGHT.ink, mood) >= GRAPHIC


def test_ghost_of_the_period_before_can_be_seen() -> None:
    assert min(contrast(LIGHT.ghost, ground) for ground in (LIGHT.paper, LIGHT.soft, LIGHT.tint)) >= GRAPHIC


def test_moods_are_apart_and_the_path_between_them_passes_through_each() -> None:
    assert all(contrast(a, b) > 1.05 for a, b in combinations(LIGHT.moods, 2))
    assert [LIGHT.mood_colour(place) for place in range(5)] == list(LIGHT.moods)
    assert LIGHT.mood_colour(-3) == LIGHT.moods[0]
    assert LIGHT.mood_colour(9) == LIGHT.moods[4]
    assert LIGHT.mood_colour(0.5) == mix_colours(LIGHT.moods[0], LIGHT.moods[1], 0.5)
