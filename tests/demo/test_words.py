"""Words of simulated customers fit what they tapped before, for each template and in every language."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from random import Random

import pytest

from bot.demo.simulated.simulated_words import ANYTHING, GENERAL, SimulatedWords
from bot.demo.simulated.walk_plan import read_plan
from bot.texts import LANGUAGES
from cjm import templates
from cjm.figures.day.parts import PartOfDay
from cjm.journeys.journey_file import read_journey
from cjm.journeys.parts.diary_question import DIARY_QUESTIONS
from cjm.journeys.survey import Question, QuestionKind, Survey

ENOUGH = 4  # sentences after a score, which nobody explains by a reason
ENOUGH_FOR_A_REASON = 3
FILES = files("bot.demo.simulated") / "words"
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_template = pytest.mark.parametrize("template", templates.names())
each_file = pytest.mark.parametrize("name", sorted(file.name for file in FILES.iterdir()))


def read_words(template: str, language: str) -> SimulatedWords:
    return SimulatedWords(template, read_plan(template), language)


def list_reasons(survey: Survey, asked: Question) -> set[str]:
    """Return the reasons that somebody may have tapped before they are asked this question in words."""
    before = survey.questions[: survey.questions.index(asked)]
    choices = [question for question in before if question.kind is QuestionKind.CHOICE]
    if not choices:
        return {"bad"}
    named = asked.when.is_ if asked.when is not None and asked.when.of == choices[-1].key else ()
    return set(named) or {option.key for option in choices[-1].options}


def list_questions_in_words(template: str) -> Iterator[tuple[str, str]]:
    """Yield what each question in words is about, with each reason that it is asked after."""
    for survey in read_journey(templates.text(template), template).surveys:
        for question in survey.questions:
            if question.kind is QuestionKind.TEXT:
                for reason in list_reasons(survey, question):
                    yield question.about or survey.on.subject, reason


@each_language
@each_template
def test_every_question_for_words_has_sentences_for_the_reasons_it_is_asked_after(template: str, language: str) -> None:
    words = read_words(template, language)
    few = {
        (about, reason): choices
        for about, reason in list_questions_in_words(template)
        if len(choices := words.list_choices(about, reason)) < (ENOUGH if reason == "bad" else ENOUGH_FOR_A_REASON - 1)
    }
    assert few == {}


@each_language
@each_template
def test_the_recommendation_is_explained_by_those_who_would_and_by_those_who_would_not(
    template: str, language: str
) -> None:
    words = read_words(template, language)
    for survey in read_journey(templates.text(template), template).surveys:
        nps = {question.key for question in survey.questions if question.kind is QuestionKind.NPS}
        for question in survey.questions:
            if question.kind is QuestionKind.TEXT and question.when is not None and question.when.of in nps:
                about = question.about or survey.on.subject
                for tone in ("good", "bad"):
                    assert len(words.list_choices(about, tone)) >= ENOUGH, (about, tone)


@each_file
def test_a_file_says_the_same_things_in_each_language_and_nothing_about_two_things(name: str) -> None:
    words = tomllib.loads((FILES / name).read_text(encoding="utf-8"))
    assert set(words) == set(LANGUAGES)
    shapes = [
        {about: {tone: len(sentences) for tone, sentences in tones.items()} for about, tones in by_place.items()}
        for by_place in words.values()
    ]
    assert shapes[0] == shapes[1] == shapes[2]
    for by_place in words.values():
        texts = [text for tones in by_place.values() for sentences in tones.values() for text in sentences]
        assert len(texts) == len(set(texts))


@each_file
def test_a_file_speaks_of_places_of_its_journey_only(name: str) -> None:
    words = tomllib.loads((FILES / name).read_text(encoding="utf-8"))
    template = name.removesuffix(".toml")
    places = {ANYTHING} if template == GENERAL else {about for about, _ in list_questions_in_words(template)}
    assert set(words["en"]) <= places | set(DIARY_QUESTIONS)


@each_language
def test_volunteers_have_words_for_each_part_of_the_day_but_the_night(language: str) -> None:
    general = tomllib.loads((FILES / f"{GENERAL}.toml").read_text(encoding="utf-8"))[language]
    for key in DIARY_QUESTIONS:
        assert set(general[key]) == set(PartOfDay) - {PartOfDay.NIGHT}, "nobody is asked at night"


def test_customers_say_everything_else_before_they_repeat_something() -> None:
    words, random = read_words("shop", "en"), Random(5)
    texts = [words.choose("delivery", "late", random) for _ in range(20)]
    assert set(Counter(texts).values()) == {2}


def test_a_template_says_its_own_things_before_general_ones_and_both_in_a_diary() -> None:
    words = read_words("saas", "en")
    assert words.choose("daily_work", "slow", Random(1)) is not None
    assert words.list_choices("daily_work", "nothing like this") == []
    general = tomllib.loads((FILES / f"{GENERAL}.toml").read_text(encoding="utf-8"))["en"]
    assert words.list_choices("daily_work", "other") == general[ANYTHING]["other"]
    morning = words.list_choices("diary:doing", "morning")
    assert set(general["diary:doing"]["morning"]) < set(morning)
