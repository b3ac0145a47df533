"""The map in words: who cannot see the picture learns all that it shows."""

import re
from dataclasses import replace

import pytest

from bot.cli.map_description import describe_map
from bot.texts import words_in
from cjm.drawing import LanePreset, Layout, lay_out_map
from cjm.drawing.ink.reading_order import group_texts
from cjm.drawing.primitives import Weight
from cjm.figures.map_parts.voice import Voice
from tests.cjm.drawing.maps import full_shop

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_OF_AN_AXIS = re.compile(r"\d+[\s%]*")


def measure(text: str, px: float, weight: Weight) -> float:
    return 0.5 * px * len(text)


def numbers_in(text: str) -> set[str]:
    # The thousands of a number are divided by thin spaces.
    return set(_NUMBER.findall(re.sub(r"(?<=\d)[\u2009\u202f\u00a0](?=\d{3})", "", text)))


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
@pytest.mark.parametrize("layout", [Layout.PHONE, Layout.WALL])
def test_every_figure_of_the_picture_is_told(layout: Layout, language: str) -> None:
    """But for those of the axis and of the legend, which say what places and colours mean."""
    shop = replace(full_shop(), language=language)
    told = numbers_in("\n".join(describe_map(shop)))
    picture = lay_out_map(shop, words_in(language), measure, layout=layout, lanes=LanePreset.FULL)
    *groups, _legend = group_texts(picture)
    shown = [line.text for _, lines in groups for line in lines if not _OF_AN_AXIS.fullmatch(line.text)]
    assert len(shown) > 40
    assert [text for text in shown if not numbers_in(text) <= told] == []


def test_quotes_neither_command_the_terminal_nor_make_lines_of_their_own() -> None:
    shop = full_shop()
    voice = Voice("Kanarek\x1b]0;x\x07\n9. Invented: all satisfied\u202e", 0)
    hostile = replace(shop, stages=(replace(shop.stages[0], voices=(voice,)), *shop.stages[1:]))
    [line] = (line for line in describe_map(hostile) if "Kanarek" in line)
    assert "Kanarek]0;x 9. Invented: all satisfied" in line
    assert line.isprintable()


def test_what_the_team_typed_and_changes_is_told_too() -> None:
    described = "\n".join(describe_map(full_shop()))
    for part in (
        "assumed by the team: does: Pays on the phone",
        "What we change: Tracking link, Pavel D.",
        "Next step",
    ):
        assert part in described
