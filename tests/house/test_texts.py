"""Texts: every language says the same, and the code asks for nothing else.

Each rule holds in the catalogues, and is shown to report a planted breach.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import get_args

import pytest

from bot.cli.demo import demo
from bot.config.settings import TeamSettings
from bot.texts import LANGUAGES, words_in
from bot.texts.catalogue import catalogue_entries
from tests.house.source import ROOT, tracked_files

Catalogue = Mapping[str, str | tuple[str, ...]]


def product_code() -> str:
    """Return the Python source of `bot` and `cjm` as git knows it."""
    return "\n".join(
        (ROOT / path).read_text(encoding="utf-8")
        for path in tracked_files()
        if path.suffix == ".py" and path.parts[0] in ("bot", "cjm")
    )


def values_in(catalogue: Catalogue) -> dict[str, set[str]]:
    """Return the names in braces of each text, over all of its plural forms."""
    return {
        key: set(re.findall(r"{(\w+)", text if isinstance(text, str) else " ".join(text)))
        for key, text in catalogue.items()
    }


def texts_with_wrong_forms(catalogue: Catalogue, forms: int) -> list[str]:
    """Return the keys of texts that are empty, or whose plural has another number of forms."""
    return [
        key
        for key, text in catalogue.items()
        if not text or (isinstance(text, tuple) and (len(text) != forms or not all(text)))
    ]


def unknown_keys(code: str, catalogue: Catalogue) -> list[str]:
    """Return the keys that the code names in full and that no text has."""
    topics = {key.split(".")[0] for key in catalogue}
    pattern = re.compile(r"[\"']((?:" + "|".join(sorted(topics)) + r")\.[a-z0-9_]+(?:\.[a-z0-9_]+)*)[\"']")
    return sorted(key for key in set(pattern.findall(code)) if key not in catalogue)


def unused_keys(code: str, catalogue: Catalogue) -> list[str]:
    """Return the keys of texts that the code does not ask for.

    A key may be put together: f"chat.why.{reason}" asks for every key that begins so, key += ".mixed" for one more.
    """
    prefixes = tuple(set(re.findall(r"[\"']([a-z_]+\.(?:[a-z0-9_]+\.)*[a-z0-9_]*){", code)))
    between = set(code.split('"')[1:-1])  # found once: looking for each key in all of the code takes seconds
    quoted = between | set(code.split("'")[1:-1])

    def is_asked_for(key: str) -> bool:
        if key in quoted or key.startswith(prefixes):
            return True
        parent, _, last = key.rpartition(".")
        return f".{last}" in between and is_asked_for(parent)

    return [key for key in catalogue if not is_asked_for(key)]


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_text_is_there_in_every_language(language: str) -> None:
    assert set(catalogue_entries(language)) == set(catalogue_entries("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fills_in_the_same_values(language: str) -> None:
    assert values_in(catalogue_entries(language)) == values_in(catalogue_entries("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_as_many_forms_as_the_language(language: str) -> None:
    assert texts_with_wrong_forms(catalogue_entries(language), 2 if language == "en" else 3) == []


def test_every_text_the_code_asks_for_is_in_the_catalogues() -> None:
    assert unknown_keys(product_code(), catalogue_entries("en")) == []


def test_no_text_is_in_the_catalogues_for_nothing() -> None:
    assert unused_keys(product_code(), catalogue_entries("en")) == []


@pytest.mark.parametrize(
    ("language", "months", "month"),
    [("en", "6 Oct – 2 Nov", "2–8 Nov"), ("ru", "6 окт – 2 нояб", "2–8 нояб"), ("pl", "6 paź – 2 lis", "2–8 lis")],
)
def test_days_are_written_alike_alone_and_in_a_range(language: str, months: str, month: str) -> None:
    words = words_in(language)
    assert words.days(date(2026, 10, 6), date(2026, 11, 2)).replace("\u2009", " ") == months
    assert words.days(date(2026, 11, 2), date(2026, 11, 8)) == month
    assert words.days(date(2026, 11, 2), date(2026, 11, 2)) == words.day(date(2026, 11, 2))
    assert months.endswith(words.day(date(2026, 11, 2)))


def test_settings_and_the_demo_offer_the_languages_of_the_catalogues() -> None:
    """Both list them by themselves: a type must be literal, and `tropa --help` should not import the catalogues."""
    choice = next(option for option in demo.params if option.name == "language").type
    assert tuple(choice.choices) == LANGUAGES  # type: ignore[attr-defined]  # click types every option's type alike
    assert get_args(TeamSettings.model_fields["language"].annotation) == LANGUAGES


def test_planted_mistakes_in_a_catalogue_are_reported() -> None:
    assert values_in({"map.n": ("{n} map", "{m} maps")}) == {"map.n": {"n", "m"}}
    planted: Catalogue = {"map.good": ("a", "b"), "map.few": ("a",), "map.gap": ("a", ""), "map.empty": ""}
    assert texts_with_wrong_forms(planted, 2) == ["map.few", "map.gap", "map.empty"]


def test_planted_keys_are_reported() -> None:
    texts = {"map.brand": "a", "map.scale.csat": "b", "map.brand.mixed": "c", "map.left_over": "d"}
    code = 'words("map.brand"); words(f"map.scale.{scale}"); key += ".mixed"; words("map.nowhere")'
    assert unknown_keys(code, texts) == ["map.nowhere"]
    assert unused_keys(code, texts) == ["map.left_over"]
