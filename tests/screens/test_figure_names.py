"""One figure has one name on picture, in /stages, in the digest and by ``--describe``, and each speaks one language."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.cli.map_description import describe_map
from bot.outbox.letters.digest_words import digest_text
from bot.screens.manager.map_screens import view_in_words
from bot.texts import LANGUAGES, words_in
from bot.usecases.maps.views.load_view import ViewedMap
from cjm import templates
from cjm.drawing import Layout, lay_out_map
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_view import MapView, ViewContent
from cjm.journeys.journey_file import read_journey
from tests.cjm.drawing.maps import bike_shop, fixed_width
from tests.outbox.test_digest_words import report

SHOP = read_journey(templates.text("shop"), "shop.toml")
# What stands after a number, up to the next number or sign: the name of what is counted.
COUNTED = re.compile(r"(?<![\d.,−+–-])(\d+)(?![.,]?\d|%|[^\W\d]) ([^\W\d_]+)")


def surfaces(journey_map: JourneyMap) -> dict[str, str]:
    """Return the texts of one map wherever it is shown, with common spaces."""
    view = MapView(ViewContent.STAGES, "bike")
    viewed = ViewedMap(view, SHOP, journey_map, {"bike": "Bike"}, date(2025, 11, 22))
    words = words_in(journey_map.language)
    pictures = {
        str(layout): " | ".join(t.text for t in lay_out_map(journey_map, words, fixed_width, layout=layout).texts)
        for layout in Layout
    }
    texts = {
        "stages": str(view_in_words(viewed).text),
        "describe": "\n".join(describe_map(journey_map)),
        "digest": str(digest_text(report(journey_map))),
    }
    return {place: re.sub(r"[\u00a0\u202f\u2009]", " ", text) for place, text in (pictures | texts).items()}


def data_words(journey_map: JourneyMap) -> Iterator[str]:
    """Yield what the company and its customers have written themselves."""
    yield from (journey_map.title, journey_map.purpose or "")
    for stage in journey_map.stages:
        yield from (stage.title, stage.goal or "")
        yield from (barrier.theme for barrier in stage.barriers)
        yield from (voice.text for voice in stage.voices)
        yield from (point.title for point in stage.touchpoints)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_count_has_the_same_name_wherever_it_is_shown(language: str) -> None:
    names: dict[str, dict[str, set[str]]] = {}
    for place, text in surfaces(replace(bike_shop(), language=language)).items():
        for number, name in COUNTED.findall(text):
            if int(number) > 100:  # smaller ones are also days and sizes
                names.setdefault(number, {}).setdefault(name, set()).add(place)
    assert {number: found for number, found in names.items() if len(found) > 1} == {}
    shared = [number for number, found in names.items() for places in found.values() if len(places) > 2]
    assert {"621", "700"} <= set(shared), "answers and invitations are told nearly everywhere"


def test_a_map_is_described_in_its_own_language_alone() -> None:
    told = {}
    for language in LANGUAGES:
        journey_map = replace(bike_shop(), language=language)
        texts = surfaces(journey_map)
        text = texts["describe"] + texts["stages"] + texts["digest"]
        for words in sorted(filter(None, data_words(journey_map)), key=len, reverse=True):
            text = text.replace(words, " ")
        told[language] = set(re.findall(r"[^\W\d_]+", text.casefold()))
    assert {word for word in told["ru"] if re.search("[a-z]", word)} == set()
    assert told["pl"] & told["en"] <= {"d", "moment"}, "the sign of a day, and the moment of truth"
