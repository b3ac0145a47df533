"""Branches of a survey: the questions that the answers so far call for, and how many may still come."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cjm.conversation.conversation import ClosingStep, Conversation, RawAnswer
from cjm.journeys.survey import Question, Survey


@dataclass(frozen=True, slots=True)
class SurveyProgress:
    """Question number ``at`` (from 1) of at most ``most``; ``exact`` is False while a branch may make them fewer."""

    at: int
    most: int
    exact: bool


def asked_questions(conversation: Conversation) -> list[Question]:
    """Return the questions that the answers so far call for, answered or not, in the order of the survey."""
    on_the_way: set[str] = set()
    found = []
    for question in conversation.survey.questions:
        when = question.when
        # A branch hangs on a question that is itself asked: an answer left over from a closed branch opens nothing.
        if when is None or (when.of in on_the_way and when.holds(conversation.answers.get(when.of))):
            found.append(question)
            on_the_way.add(question.key)
    return found


def pending_keys(conversation: Conversation) -> Iterator[str]:
    """Yield the keys of the questions that are asked and not settled yet."""
    return (q.key for q in asked_questions(conversation) if not conversation.is_settled(q.key))


def has_low_score(conversation: Conversation) -> bool:
    """Return whether one of the answers is low enough on its scale to offer help."""
    scores = ((q.kind.scale, conversation.answers.get(q.key)) for q in asked_questions(conversation))
    return any(scale is not None and raw in scale.spec.low for scale, raw in scores)


def next_step(conversation: Conversation) -> str:
    """Return the step that follows by itself: the first pending question, else the contact question, else the end."""
    question = next(pending_keys(conversation), None)
    if question is not None:
        return question
    may_offer = conversation.survey.contact and conversation.contact is None
    offers = may_offer and ClosingStep.CONTACT not in conversation.skipped and has_low_score(conversation)
    return ClosingStep.CONTACT if offers else ClosingStep.DONE


def survey_progress(conversation: Conversation) -> SurveyProgress | None:
    """Return how far the customer is; None at a closing step. ``most`` counts the longest way from here."""
    asked = [q.key for q in asked_questions(conversation)]
    if conversation.step not in asked:
        return None
    lengths, pending = _possible_lengths(conversation), list(pending_keys(conversation))
    settled = len(asked) - len(pending) if conversation.step in pending else asked.index(conversation.step)
    return SurveyProgress(settled + 1, max(lengths), len(lengths) == 1)


def _possible_lengths(conversation: Conversation) -> set[int]:
    """Return how many questions it may come to in all, over all ways to settle the pending ones.

    A survey has at most five questions, and answers that open the same branches are tried once, so this stays small.
    """
    key = next(pending_keys(conversation), None)
    if key is None:
        return {len(asked_questions(conversation))}
    found = _possible_lengths(replace(conversation, skipped=conversation.skipped | {key}))
    for raw in _distinguishing_answers(conversation.survey, key):
        found |= _possible_lengths(replace(conversation, answers={**conversation.answers, key: raw}))
    return found


def _distinguishing_answers(survey: Survey, key: str) -> list[RawAnswer]:
    """Return one answer for each set of branches that answers to this question may open."""
    question = survey.question(key)
    branches = [q.when for q in survey.questions if q.when is not None and q.when.of == key]
    if question is None or not branches:
        return []
    scale = question.kind.scale
    answers: list[RawAnswer] = [option.key for option in question.options] or ["words"]
    if scale is not None:
        answers = list(scale.spec.values)
    return list({tuple(when.holds(raw) for when in branches): raw for raw in answers}.values())
