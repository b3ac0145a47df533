"""The answer to /why, as managers read it in each language: steps in order, pages, and what fits one message."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.screens.manager import why_screens
from bot.texts import LANGUAGES, words_in
from bot.usecases.asking.explain_asking import (
    AskingExplanation,
    AskingOccasion,
    AskingStory,
    ManagerExplanation,
    SurveyStory,
)
from cjm.asking.decision import LIMIT_REASONS, AskingReason
from cjm.conversation.asking_story import StoryStep, StoryStepKind
from cjm.journeys.journey_file import read_journey
from tests.journeys import SMALL

FRIDAY = datetime(2026, 11, 20, 11, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
SATURDAY = FRIDAY.replace(day=21, hour=8, minute=0)
_K = StoryStepKind
STEPS = (
    StoryStep(_K.HELD, FRIDAY, FRIDAY.replace(hour=21, minute=0), AskingReason.DELAY),
    StoryStep(_K.HELD, FRIDAY.replace(hour=21, minute=0), SATURDAY, AskingReason.QUIET_HOURS),
    StoryStep(_K.SENT, SATURDAY),
    StoryStep(_K.REMINDED, SATURDAY + 48 * HOUR),
    StoryStep(_K.ANSWERED, SATURDAY + 240 * HOUR),
)
EVERY_STEP = (
    *(StoryStep(kind, FRIDAY, SATURDAY) for kind in StoryStepKind),
    *(
        StoryStep(kind, FRIDAY, SATURDAY, reason, is_open_ended)
        for kind in (_K.HELD, _K.WAITING)
        for reason in AskingReason
        for is_open_ended in (False, True)
    ),
    *(StoryStep(kind, FRIDAY, None, reason) for kind in (_K.SKIPPED, _K.GIVEN_UP) for reason in AskingReason),
)
JOURNEY = read_journey(SMALL, "small.toml")


def make_explanation(*stories: AskingStory, skip: int = 0) -> ManagerExplanation:
    facts = AskingExplanation(7, "77", True, None, None, None, False, stories)
    return ManagerExplanation(facts, {"small": JOURNEY}, ZoneInfo("Europe/Warsaw"), skip)


def make_story(
    steps: tuple[StoryStep, ...] = STEPS, at: datetime = FRIDAY, occasion: AskingOccasion = AskingOccasion.VISIT
) -> AskingStory:
    return AskingStory("small", "pay", at, occasion, (SurveyStory("payment", steps),))


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            [
                "Pay · 20 Nov, 12:04",
                "Fri 12:04 – put off until 22:00: it is sent some time after the visit",
                "Fri 22:00 – put off until Sat 09:00: these are the customer's quiet hours",
                "Sat 09:00 – asked",
                "Mon 09:00 – reminded",
                "1 Dec, 09:00 – answered",
            ],
        ),
        (
            "ru",
            [
                "Pay · 20 нояб, 12:04",
                "пт 12:04 — отложен до 22:00: его задают через некоторое время после визита",
                "пт 22:00 — отложен до сб 09:00: у клиента тихие часы",
                "сб 09:00 — вопрос задан",
                "пн 09:00 — отправлено напоминание",
                "1 дек, 09:00 — ответ получен",
            ],
        ),
        (
            "pl",
            [
                "Pay · 20 lis, 12:04",
                "pt 12:04 – odłożone do 22:00: zadajemy je jakiś czas po wizycie",
                "pt 22:00 – odłożone do sob 09:00: u klienta trwają godziny ciszy",
                "sob 09:00 – zapytano",
                "pon 09:00 – wysłano przypomnienie",
                "1 gru, 09:00 – jest odpowiedź",
            ],
        ),
    ],
)
def test_story_of_a_visit_is_told_by_the_manager_clock(language: str, lines: list[str]) -> None:
    message = why_screens.why_answer(make_explanation(make_story()), words_in(language))
    assert str(message.text).split("\n\n")[1].splitlines() == lines
    assert not message.buttons


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_and_reason_has_words(language: str) -> None:
    words = words_in(language)
    for step in EVERY_STEP:
        told = str(why_screens.why_answer(make_explanation(make_story((step,))), words).text)
        assert "…" not in told or step.until is None
        assert "{" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_asked_without_a_visit_says_so(language: str) -> None:
    heads = {
        str(why_screens.why_answer(make_explanation(make_story(occasion=one)), words_in(language)).text).split("\n\n")[
            1
        ]
        for one in AskingOccasion
    }
    assert len(heads) == len(AskingOccasion)


def test_page_of_long_stories_fits_one_message() -> None:
    long = make_story(tuple(StoryStep(_K.SKIPPED, FRIDAY, None, reason) for reason in LIMIT_REASONS) * 5)
    message = why_screens.why_answer(make_explanation(*[long] * 12, skip=4), words_in("ru"))
    assert len(str(message.text)) < 4096
    told = str(message.text).split("\n\n")[1].splitlines()
    assert (len(told), told[2]) == (8, "…"), "the first step and the last ones"
    assert [button.action.args for row in message.buttons for button in row] == [("7", "0"), ("7", "8")]  # type: ignore[union-attr]  # they have one


def test_page_beyond_the_last_one_says_that_there_are_no_more() -> None:
    """The visits of a page may be erased before its button is tapped."""
    message = why_screens.why_answer(make_explanation(make_story(), skip=10), words_in("en"))
    assert str(message.text).endswith("There are no more visits.")
    assert len(message.buttons[0]) == 1
