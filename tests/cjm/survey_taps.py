"""How many taps the surveys of the templates take: every way through each of them is walked by the rules themselves.

``uv run python -m tests.cjm.survey_taps`` prints the table of docs/journey.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cjm import templates
from cjm.conversation import turns
from cjm.conversation.conversation import ClosingStep, Conversation, ConversationMove
from cjm.journeys.journey_file import read_journey
from cjm.journeys.survey import Question, QuestionKind, Survey
from cjm.raw_answer import NOT_APPLICABLE, RawAnswer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SurveyWay:
    """One way through a survey to its end, by someone who skips nothing."""

    taps: int
    texts: int
    is_content: bool  # every answer on a scale is favourable
    is_unhappy: bool  # one of them is low
    offers_contact: bool


def list_ways(survey: Survey) -> list[SurveyWay]:
    return [_measure(each) for each in _walk(turns.begin(survey))]


def _walk(conversation: Conversation) -> Iterator[Conversation]:
    question = conversation.question
    if question is None:
        yield conversation
        return
    for raw in _list_answers(question):
        move = turns.answer(conversation, question.key, raw, NOW)
        assert isinstance(move, ConversationMove)
        yield from _walk(move.conversation)


def _list_answers(question: Question) -> list[RawAnswer]:
    scale = question.kind.scale
    answers: list[RawAnswer] = list(scale.spec.values) if scale is not None else []
    answers += [option.key for option in question.options]
    if question.kind is QuestionKind.TEXT:
        answers.append("words")
    return [*answers, NOT_APPLICABLE] if question.not_applicable else answers


def _measure(conversation: Conversation) -> SurveyWay:
    answered = [q for q in conversation.survey.questions if q.key in conversation.answers]
    texts = sum(q.kind is QuestionKind.TEXT for q in answered)
    scores = [(q.kind.scale.spec, conversation.answers[q.key]) for q in answered if q.kind.scale is not None]
    confirmations = sum(q.several for q in answered)  # the tap on "Done"
    return SurveyWay(
        len(answered) - texts + confirmations,
        texts,
        all(isinstance(raw, int) and raw in spec.favourable for spec, raw in scores),
        any(isinstance(raw, int) and raw in spec.low for spec, raw in scores),
        conversation.step == ClosingStep.CONTACT,
    )


def list_surveys(template: str) -> tuple[Survey, ...]:
    return read_journey(templates.text(template), template).surveys


def make_table() -> str:
    """Return the table of the docs: of each survey the longest ways of content and of unhappy customers."""
    lines = [
        "| survey | a content customer: one tap, then offered | an unhappy one, at most | then offered |",
        "| --- | --- | --- | --- |",
    ]
    for template in templates.names():
        lines += [f"| {template}: `{survey.key}` | {_describe(survey)} |" for survey in list_surveys(template)]
    return "\n".join(lines)


def _describe(survey: Survey) -> str:
    ways = list_ways(survey)
    content, unhappy = ([way for way in ways if way.is_content], [way for way in ways if way.is_unhappy])
    more = max((way.taps + way.texts - 1 for way in content), default=0)
    offered = "–" if not more else "1 question" if more == 1 else f"{more} questions"
    longest = max(unhappy, key=lambda way: (way.taps, way.texts), default=None)
    if longest is None:
        return f"{offered} | – | –"
    taps = "1 tap" if longest.taps == 1 else f"{longest.taps} taps"
    words = " and a text" if longest.texts else ""
    contact = "to be contacted" if any(way.offers_contact for way in unhappy) else "–"
    return f"{offered} | {taps}{words} | {contact}"


if __name__ == "__main__":
    print(make_table())  # noqa: T201 - the table is the output of this program
