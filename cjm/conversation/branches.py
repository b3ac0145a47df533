"""Branches of a survey: the questions that the answers so far call for, and how many may still come."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cjm.conversation.conversation import ClosingStep, Conversation, RawAnswer
from cjm.journeys.survey import Question, Survey


@dataclass(frozen=True, slots=True)
class SurveyProgress:
    """Question number ``position`` (from 1) of ``total``; without ``is_exact`` a branch may make the total smaller."""

    position: int
    total: int
    is_exact: bool


def asked_questions(conversation: Conversation) -> list[Question]:
    """Return the questions that the answers so far call for, answered or not, in the order of the survey."""
    asked_keys: set[str] = set()
    found = []
    for question in conversation.survey.questions:
        when = question.when
        # A branch hangs on a question that is itself asked: an answer left over from a closed branch opens nothing.
        if when is None or (when.of in asked_keys and when.holds(conversation.answers.get(when.of))):
            found.append(question)
            asked_keys.add(question.key)
    return found


def pending_keys(conversation: Conversation) -> Iterator[str]:
    """Yield the keys of the questions that are asked and not settled yet."""
    return (q.key for q in asked_questions(conversation) if not conversation.is_settled(q.key))


def has_low_score(conversation: Conversation) -> bool:
    """Return whether one of the answers is low enough on its scale to offer help."""
    scores = ((q.kind.scale, conversation.answers.get(q.key)) for q in asked_questions(conversation))
    return any(scale is not None and raw in scale.spec.low for scale, raw in scores)


def next_step(conversation: Conversation) -> str:
    """Return the step after the answers so far: the first pending question, else the contact question, else the end."""
    question = next(pending_keys(conversation), None)
    if question is not None:
        return question
    is_settled = conversation.contact is not None or ClosingStep.CONTACT in conversation.skipped
    offers_contact = conversation.survey.contact and not is_settled and has_low_score(conversation)
    return ClosingStep.CONTACT if offers_contact else ClosingStep.DONE


def survey_progress(conversation: Conversation) -> SurveyProgress | None:
    """Return how far the customer is; None unless the step is a question that the answers so far call for.

    ``total`` counts the questions of the longest way from here.
    """
    asked = [q.key for q in asked_questions(conversation)]
    if conversation.step not in asked:
        return None
    lengths, pending = _possible_lengths(conversation), list(pending_keys(conversation))
    # A settled question that is shown again keeps its own number.
    settled = len(asked) - len(pending) if conversation.step in pending else asked.index(conversation.step)
    return SurveyProgress(settled + 1, max(lengths), len(lengths) == 1)


def _possible_lengths(conversation: Conversation) -> set[int]:
    """Return every total number of questions that the remaining answers can lead to.

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
    question = survey.find_question(key)
    branches = [q.when for q in survey.questions if q.when is not None and q.when.of == key]
    if question is None or not branches:
        return []  # without branches every answer leads where skipping leads
    scale = question.kind.scale
    answers: list[RawAnswer] = [option.key for option in question.options] or ["words"]
    if scale is not None:
        answers = list(scale.spec.values)
    # Answers that open the same branches have the same key, so that one of them is left.
    return list({tuple(when.holds(raw) for when in branches): raw for raw in answers}.values())
