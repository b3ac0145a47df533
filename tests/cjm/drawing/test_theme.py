"""Colours: in each theme every text can be read, and every mood can be told from the others by everybody."""

from itertools import combinations

import numpy as np
import pytest

from cjm.drawing.choices import ThemeName
from cjm.drawing.theme import LIGHT, Theme, mix_colours, rgb
from cjm.drawing.themes import DARK, PRINT, Themes
from cjm.drawing.themes.brand import make_brand_theme
from cjm.drawing.themes.contrast import find_contrast, find_luminance, list_text_pairs

GRAPHIC = 3.0
COMPANY = make_brand_theme(ThemeName.LIGHT, accent="#1A5FB4", structure="#4A2560")
THEMES = {"light": LIGHT, "dark": DARK, "print": PRINT, "company": COMPANY}
each_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)

# Linear RGB as people without one kind of cone see it (Machado, Oliveira and Fernandes 2009, severity 1).
SIGHTS = {
    "usual": np.eye(3),
    "protan": np.array(
        ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
    ),
    "deutan": np.array(
        ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
    ),
    "tritan": np.array(
        ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900))
    ),
}
_TO_XYZ = np.array(
    ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
)
_WHITE = _TO_XYZ @ np.ones(3)


def seen(colour: str, sight: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return CIELAB of a colour as it is seen."""
    parts = np.array(rgb(colour)) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(_TO_XYZ @ np.clip(SIGHTS[sight] @ linear, 0, 1) / _WHITE)
    return np.array((116 * y - 16, 500 * (x - y), 200 * (y - z)))


@each_theme
def test_text_has_contrast_aa(theme: Theme) -> None:
    assert [str(pair) for pair in list_text_pairs(theme) if not pair.is_readable] == []


@each_theme
@pytest.mark.parametrize("sight", SIGHTS)
def test_moods_can_be_told_apart_by_everybody(theme: Theme, sight: str) -> None:
    least = 12 if theme is PRINT else 15
    distances = {
        pair: float(np.linalg.norm(seen(pair[0], sight) - seen(pair[1], sight)))
        for pair in combinations(theme.moods, 2)
    }
    assert {pair: distance for pair, distance in distances.items() if distance < least} == {}


def test_print_needs_no_colours_and_its_moods_grow_lighter() -> None:
    colours = [
        getattr(PRINT, name) for name in ("paper", "ink", "quiet", "accent", "tint", "structure", "better", "ghost")
    ]
    assert all(len(set(rgb(colour))) == 1 for colour in (*colours, *PRINT.moods, *PRINT.mood_texts))
    lights = [find_luminance(mood) for mood in PRINT.moods]
    assert lights == sorted(lights)


@each_theme
def test_marks_can_be_seen(theme: Theme) -> None:
    """A mouth on each mood, and the period before on each ground."""
    assert min(find_contrast(theme.face_ink, mood) for mood in theme.moods) >= GRAPHIC
    assert min(find_contrast(theme.ghost, ground) for ground in (theme.paper, theme.soft, theme.tint)) >= GRAPHIC


def test_themes_are_found_by_name_and_a_company_s_is_the_usual_one() -> None:
    assert [Themes(COMPANY).find(name) for name in ThemeName] == [COMPANY, LIGHT, DARK, PRINT]
    assert Themes().find(ThemeName.BRAND) is LIGHT
    assert (COMPANY.paper, COMPANY.accent) == (LIGHT.paper, "#1A5FB4")


def test_the_path_between_moods_passes_through_each() -> None:
    assert [LIGHT.mood_colour(place) for place in range(5)] == list(LIGHT.moods)
    assert LIGHT.mood_colour(-3) == LIGHT.moods[0]
    assert LIGHT.mood_colour(9) == LIGHT.moods[4]
    assert LIGHT.mood_colour(0.5) == mix_colours(LIGHT.moods[0], LIGHT.moods[1], 0.5)
