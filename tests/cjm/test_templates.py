"""The journeys to start from are whole, in every language, and fit where they are drawn and tapped."""

import re
import tomllib
from pathlib import Path

import pytest

from cjm import templates
from cjm.file_model import FileModel
from cjm.journeys.diary.diary_plan import DiaryPlan
from cjm.journeys.journey import Attribute, Journey, Measure, Persona, Segment, Stage, Touchpoint
from cjm.journeys.journey_file import read_journey, read_journey_file
from cjm.journeys.parts.target import Target
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.journeys.survey import Branch, Option, Question, QuestionKind, Survey, Trigger, TriggerKind
from cjm.scales import Scale
from cjm.text import LocalizedText

AIRLINE = Path(__file__).parent.parent / "data" / "airline-journey.toml"
SHOP = read_journey(templates.text("shop"), "shop.toml")
WHOLE = [read_journey(templates.text(name), name) for name in templates.names() if name != templates.FIRST]
each_whole_template = pytest.mark.parametrize("journey", WHOLE, ids=[journey.key for journey in WHOLE])
NUMBER_OF_STAGES = {"appointment": 5, "b2b": 10, "callcentre": 5, "saas": 5, "shop": 5, "smallshop": 4}


def texts(value: object) -> list[LocalizedText]:
    if isinstance(value, LocalizedText):
        return [value]
    if isinstance(value, FileModel):
        return [t for name in type(value).model_fields for t in texts(getattr(value, name))]
    return [t for item in value for t in texts(item)] if isinstance(value, tuple) else []


def list_keys(value: object) -> object:
    """Return the tables of a file with their keys, and its texts left out."""
    if isinstance(value, dict):
        return {name: item if name == "key" else list_keys(item) for name, item in value.items()}
    return [list_keys(item) for item in value] if isinstance(value, list) else type(value)


def test_templates_have_the_stages_of_their_kind_of_business() -> None:
    assert {journey.key: len(journey.stages) for journey in WHOLE} == NUMBER_OF_STAGES
    with pytest.raises(KeyError):
        templates.text("../shop")


@each_whole_template
def test_each_larger_template_speaks_three_languages(journey: Journey) -> None:
    assert set(journey.languages) == {"en", "ru", "pl"}
    assert all(set(text.root) == {"en", "ru", "pl"} for text in texts(journey))


@each_whole_template
def test_each_larger_template_asks_back_and_asks_those_who_do_not_go_on(journey: Journey) -> None:
    """A walk is known from its beginning to its end: by memory where events are rare, by reasons where it ended."""
    assert journey.recalled_questions
    lost = [survey for survey in journey.surveys if survey.on.kind is TriggerKind.EXIT]
    assert lost
    for survey in lost:
        assert survey.questions[0].kind is QuestionKind.CHOICE
        assert not survey.contact, "who has left is not offered to be contacted"


@each_whole_template
def test_each_larger_template_has_people_targets_and_a_moment_of_truth(journey: Journey) -> None:
    assert journey.personas
    assert journey.targets
    assert any(place.touchpoint.moment_of_truth for place in journey.touchpoints.values())
    assert all(place.touchpoint.thinks and place.touchpoint.action for place in journey.touchpoints.values())


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
@each_whole_template
def test_each_larger_template_can_be_cut_down_to_one_language(journey: Journey, language: str) -> None:
    text = templates.text(journey.key).replace('languages = ["en", "ru", "pl"]', f'languages = ["{language}"]')
    assert read_journey(text, journey.key).language == language


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
@pytest.mark.parametrize("name", templates.names())
def test_templates_begin_with_the_language_that_was_asked_for(name: str, language: str) -> None:
    assert read_journey(templates.text(name, language), name).language == language


def test_the_first_journey_is_the_same_in_each_language_and_fits_two_screens() -> None:
    files = [templates.text(templates.FIRST, language) for language in ("en", "ru", "pl")]
    outlines = [list_keys(tomllib.loads(file)) for file in files]
    assert outlines[0] == outlines[1] == outlines[2]
    for file in files:
        assert len(file.splitlines()) <= 80  # of which a screen shows some forty
        assert max(map(len, file.splitlines())) <= 120
        journey = read_journey(file, "first.toml")
        assert (len(journey.stages), len(journey.languages)) == (3, 1)
        assert all(set(text.root) == {""} for text in texts(journey))


@each_whole_template
def test_stages_fit_the_picture_and_options_fit_buttons(journey: Journey) -> None:
    assert max(stage.title.longest for stage in journey.stages) < 32
    options = [o for s in journey.surveys for q in s.questions for o in q.options]
    assert max(option.title.longest for option in options) <= 28
    assert max(survey_text.longest for s in journey.surveys for survey_text in texts(s.questions)) <= 120


def test_the_shop_walks_from_awareness_to_loyalty_and_measures_every_stage() -> None:
    assert [s.key for s in SHOP.stages] == ["awareness", "consideration", "purchase", "after_purchase", "loyalty"]
    for scale in (QuestionKind.CSAT, QuestionKind.EMOTION):
        asked = {
            SHOP.find_place(question.about or survey.on.subject)
            for survey in SHOP.surveys
            for question in survey.questions
            if question.kind is scale
        }
        assert {place.stage.key for place in asked if place} == {s.key for s in SHOP.stages}, scale


def test_the_shop_asks_at_once_and_after_hours_and_days() -> None:
    delays = sorted(survey.delay.total_seconds() / 3600 for survey in SHOP.surveys)
    assert delays[0] == 0
    assert any(1 <= hours <= 24 for hours in delays)
    assert delays[-1] > 24
    assert {s.on.kind for s in SHOP.surveys} == set(TriggerKind)


def test_the_shop_names_every_kind_of_question_in_its_comments() -> None:
    comments = " ".join(line for line in templates.text("shop").splitlines() if line.startswith("#"))
    _, _, kinds = comments.partition("Kinds: ")
    assert [kind for kind in QuestionKind if not re.search(rf"\b{kind}\b", kinds.partition("when: ")[0])] == []


def test_the_shop_shows_every_key_of_the_format() -> None:
    """The template documents the format: it names the keys that it does not use in comments."""
    text = templates.text("shop")
    models = (
        Journey,
        Stage,
        Touchpoint,
        Persona,
        Attribute,
        Segment,
        Measure,
        Target,
        Survey,
        Trigger,
        Question,
        Option,
        Branch,
        DiaryPlan,
    )
    for model in models:
        for name, field in model.model_fields.items():
            assert (field.alias or name) in text, f"{model.__name__}.{name}"
    assert {p.status for _, p in SHOP.touchpoints.values()} == {TouchpointStatus.LIVE, TouchpointStatus.PLANNED}
    assert '"removed"' in text


def test_the_airline_has_its_fourteen_touchpoints_and_all_crossings() -> None:
    journey = read_journey_file(AIRLINE)
    assert (journey.key, journey.scale) == ("airline", Scale.CSAT)
    assert {s.key: len(s.touchpoints) for s in journey.stages} == {"book": 2, "gate": 3, "fly": 8, "arrive": 1}
    assert len(journey.surveys) == 14
    for survey in journey.surveys:
        (question,) = survey.questions
        assert (question.key, question.kind) == (f"{survey.on.subject}_csat", QuestionKind.CSAT)
    assert [len(a.values) for a in journey.attributes] == [3, 2, 2]
    sizes = [len(s.where) for s in journey.segments]
    assert (sizes.count(1), sizes.count(2), sizes.count(3)) == (7, 16, 12)
    assert journey.find_segment("business-business_travel-loyal") is not None


@pytest.mark.parametrize("name", templates.names())
def test_the_key_of_a_template_is_its_name(name: str) -> None:
    assert tomllib.loads(templates.text(name))["key"] == name
