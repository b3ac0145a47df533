"""The table of scales is whole: each scale has a spec, words in every language, and no second place to be known in."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import String

import bot
import cjm
from bot.db.asking.tables import answer_table
from bot.demo.simulated import opinions
from bot.outbox.letters.steps.answer_lines import FACES
from bot.texts import LANGUAGES
from bot.texts.catalogue import catalogue_entries
from cjm.errors import AnswerError
from cjm.journeys.survey import QuestionKind
from cjm.scales import ButtonLabels, Headline, Scale, contribution

NAMED_ELSEWHERE = {
    "cjm/scales.py": "the table",
    "cjm/journeys/survey.py": "a question's kind is a scale, a choice or text; the setting nps_days is about NPS alone",
    "cjm/conversation/understanding/answers_in_words.py": "negated words of task success mean its opposite",
    "cjm/conversation/understanding/marks.py": "stars are five",
    "cjm/conversation/understanding/scale_words.py": "the table of words for the values of each scale, by language",
    "bot/screens/manager/stage_screens.py": "the eleven values of NPS are shown as its three groups",
    "cjm/wording/kinds/gap_words.py": "shares are measured in percentage points, as CSAT is",
    "cjm/wording/plan_words.py": "what a team assumes that people feel is typed in the values of emotion",
    "cjm/tables/guessing/answer_guess.py": "words of a header and a range of numbers hint at a scale",
    "bot/demo/simulated/opinions.py": "the answers of simulated customers are no property of a scale",
}


def keys_of(scale: Scale) -> set[str]:
    """The keys of all texts that are about one scale."""
    labels = scale.spec.buttons.labels
    found = {f"map.scale.{scale}", f"map.unit.{scale}", f"map.meaning.{scale}"}
    is_difference = scale.spec.headline is Headline.DIFFERENCE
    ways = (".more", ".fewer", ".even") if is_difference else ("",)
    found |= {f"map.figure.{scale}{way}" for way in ways}
    if scale.spec.buttons.explains_ends:
        found |= {f"chat.low.{scale}", f"chat.high.{scale}"}
    if labels is not ButtonLabels.DIGITS:
        found |= {f"chat.{scale}.{value}" for value in scale.spec.values}
    return found


@pytest.mark.parametrize("scale", Scale)
def test_values_low_ones_and_favourable_ones_are_in_order(scale: Scale) -> None:
    spec = scale.spec
    assert spec.low[0] == spec.values[0]
    assert spec.favourable[-1] == spec.values[-1]
    assert spec.low[-1] < spec.favourable[0]
    assert {*spec.low, *spec.favourable} <= set(spec.values)


@pytest.mark.parametrize("scale", Scale)
def test_moods_begin_inside_the_bounds_and_rise(scale: Scale) -> None:
    least, most = scale.spec.bounds
    assert all(one < next_ for one, next_ in pairwise((least, *scale.spec.mood_edges, most)))
    assert 0 < scale.spec.tick <= (most - least) / 2


@pytest.mark.parametrize("scale", Scale)
def test_a_greater_value_never_contributes_less(scale: Scale) -> None:
    contributions = [contribution(scale, value) for value in scale.spec.values]
    assert contributions == sorted(contributions)
    with pytest.raises(AnswerError, match=f"{scale} goes from"):
        contribution(scale, scale.spec.values[-1] + 1)


@pytest.mark.parametrize("scale", Scale)
def test_key_of_a_scale_fits_its_column(scale: Scale) -> None:
    """PostgreSQL refuses a longer key, SQLite stores it."""
    column_type = answer_table.c.kind.type
    assert isinstance(column_type, String)
    assert column_type.length is not None
    assert len(scale) <= column_type.length


@pytest.mark.parametrize("scale", [scale for scale in Scale if scale.spec.buttons.labels is ButtonLabels.FACES])
def test_a_scale_with_faces_has_a_face_for_each_value(scale: Scale) -> None:
    assert len(scale.spec.values) == len(FACES)


@pytest.mark.parametrize("scale", Scale)
def test_each_scale_is_a_kind_of_question_and_is_answered_in_the_demo(scale: Scale) -> None:
    assert QuestionKind(scale.value).scale is scale
    assert scale in opinions._ANSWERS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scale", Scale)
def test_each_scale_has_its_words_in_every_language(scale: Scale, language: str) -> None:
    assert keys_of(scale) <= set(catalogue_entries(language))


def test_no_other_module_names_a_single_scale() -> None:
    """Whatever differs from scale to scale belongs into the table, or a new scale would be forgotten somewhere."""
    names = "|".join(scale.name for scale in Scale)
    member = re.compile(rf"\b(?:Scale|QuestionKind)\.(?:{names})\b")
    root = Path(cjm.__path__[0]).parent
    files = [file for package in (bot, cjm) for file in Path(package.__path__[0]).rglob("*.py")]
    naming = {file.relative_to(root).as_posix() for file in files if member.search(file.read_text("utf-8"))}
    assert naming == set(NAMED_ELSEWHERE)
