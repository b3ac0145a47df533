"""The words of a map: all of them in every language, and none that no picture uses."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

import cjm.drawing
from bot.texts import LANGUAGES, words_in
from bot.texts.catalogue import catalogue_entries
from cjm.drawing.presentation import TargetOutcome
from cjm.journeys.journey import CHANNELS
from cjm.scales import Scale

SOURCES = "\n".join(file.read_text("utf-8") for file in Path(cjm.drawing.__path__[0]).rglob("*.py"))
NAMED = set(re.findall(r"""["'](map\.[a-z0-9_.]+)["']""", SOURCES))
MADE = (
    {f"map.{part}.{scale.value}" for part in ("scale", "short", "unit") for scale in Scale}
    | {f"map.channel.{channel}" for channel in CHANNELS}
    | {f"map.targets.some_{goal.value}" for goal in TargetOutcome}
    | {"map.points.share"}
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_and_no_idle_one(language: str) -> None:
    file = files("bot.texts") / language / "map.po"
    assert set(re.findall(r'^msgid "(.+)"', file.read_text("utf-8"), re.MULTILINE)) == NAMED | MADE


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_a_text_are_the_same_in_every_language(language: str) -> None:
    def holes(text: str | tuple[str, ...]) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text if isinstance(text, str) else "".join(text)))

    english = catalogue_entries("en")
    assert {key: holes(text) for key, text in catalogue_entries(language).items() if key.startswith("map.")} == {
        key: holes(text) for key, text in english.items() if key.startswith("map.")
    }


@pytest.mark.parametrize(
    ("language", "n", "text"),
    [
        ("en", 1, "1 person"),
        ("en", 2, "2 people"),
        ("ru", 1, "1 человек"),
        ("ru", 3, "3 человека"),
        ("ru", 11, "11 человек"),
        ("ru", 22, "22 человека"),
        ("pl", 1, "1 osoba"),
        ("pl", 3, "3 osoby"),
        ("pl", 12, "12 osób"),
        ("pl", 21, "21 osób"),
        ("pl", 22, "22 osoby"),
    ],
)
def test_people_are_counted_as_the_language_counts(language: str, n: int, text: str) -> None:
    assert words_in(language)("map.people", n=n) == text
