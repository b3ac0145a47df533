"""Words of simulated customers fit what they tapped before, in every language."""

import tomllib
from importlib.resources import files

from bot.texts import LANGUAGES
from cjm import templates
from cjm.figures.day.parts import PartOfDay
from cjm.journeys.journey_file import read_journey
from cjm.journeys.parts.diary_question import DIARY_QUESTIONS
from cjm.journeys.survey import QuestionKind

ENOUGH = 4  # sentences for a question that has no list of reasons


def test_every_question_for_words_has_sentences_for_the_reasons_it_is_asked_after() -> None:
    words = tomllib.loads((files("bot.demo.shoppers") / "words.toml").read_text(encoding="utf-8"))
    assert set(words) == set(LANGUAGES)
    journey = read_journey(templates.text("shop"), "shop")
    places = {
        question.about or survey.on.subject
        for survey in journey.surveys
        for question in survey.questions
        if question.kind is QuestionKind.TEXT
    }
    reasons = {
        option.key
        for survey in journey.surveys
        for question in survey.questions
        if question.key == "delivery_barrier"
        for option in question.options
    }
    for language, by_place in words.items():
        assert set(by_place) == places | set(DIARY_QUESTIONS), language
        for key in DIARY_QUESTIONS:
            assert set(by_place[key]) == set(PartOfDay) - {PartOfDay.NIGHT}, "nobody is asked at night"
        assert reasons <= set(by_place["delivery"]), language
        texts = [text for tones in by_place.values() for sentences in tones.values() for text in sentences]
        assert len(texts) == len(set(texts)), "nothing is said about two things"
        assert all(len(tones["bad"]) >= ENOUGH for tones in by_place.values() if "bad" in tones), language
