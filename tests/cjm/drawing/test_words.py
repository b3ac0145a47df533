"""The words of a map: all of them in every language, and none that no picture uses."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

import cjm.drawing
import cjm.wording
from bot.texts import LANGUAGES, words_in
from bot.texts.catalogue import catalogue_entries
from cjm.figures.findings.takeaway import TakeawayKind
from cjm.figures.journey_map import MapKind, MixSubject
from cjm.figures.map_parts.changes import ChangeVerdict
from cjm.figures.map_parts.targets import TargetOutcome
from cjm.figures.score import RecallShare
from cjm.journeys.journey import CHANNELS
from cjm.scales import Headline, Scale

FOLDERS = [*cjm.drawing.__path__, *cjm.wording.__path__]
SOURCES = "\n".join(file.read_text("utf-8") for folder in FOLDERS for file in Path(folder).rglob("*.py"))
WAYS = ("more", "fewer")
NAMED = set(re.findall(r"""["'](map\.[a-z0-9_.]+)["']""", SOURCES))
MADE = (
    {f"map.{part}.{scale.value}" for part in ("scale", "unit", "meaning") for scale in Scale}
    | {f"map.figure.{scale.value}" for scale in Scale if scale.spec.headline is not Headline.DIFFERENCE}
    | {
        f"map.figure.{scale.value}.{way}"
        for scale in Scale
        if scale.spec.headline is Headline.DIFFERENCE
        for way in ("more", "fewer", "even")
    }
    | {f"map.change.{way}" for way in ("higher", "lower", "between.higher", "between.lower", "better", "worse")}
    | {f"map.change.note.{subject.value}" for subject in MixSubject}
    | {f"map.mix.{s.value}.{way}.{level}" for s in MixSubject for way in WAYS for level in ("lower", "higher")}
    | {f"map.recalled.{share.value}" for share in RecallShare if share is not RecallShare.NONE}
    | {f"map.people.{basis}" for basis in ("about", "at_most")}
    | {f"map.channel.{channel}" for channel in CHANNELS}
    | {f"map.{part}{goal.value}" for part in ("targets.some_", "legend.target.") for goal in TargetOutcome}
    | {f"map.lane.target.{side}" for side in ("least", "most")}
    | {f"map.lane.changes.{verdict.value}" for verdict in ChangeVerdict}
    | {f"map.lane.group.{group}" for group in ("customer", "figures", "causes", "behind")}
    | {f"map.legend.{mark}" for mark in ("counts.people", "counts.answers", "planned", "removed")}
    | {f"map.contrast.{way}" for way in ("higher", "lower")}
    | {f"map.contrast.mix.{subject.value}" for subject in MixSubject}
    | {f"map.kind.{kind.value}" for kind in MapKind}
    | {f"map.takeaway.{kind.value}" for kind in TakeawayKind}
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_and_no_idle_one(language: str) -> None:
    texts = "".join(
        file.read_text("utf-8") for file in (files("bot.texts") / language).iterdir() if file.name.endswith(".po")
    )
    assert set(re.findall(r'^msgid "(map\..+)"', texts, re.MULTILINE)) == NAMED | MADE


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
