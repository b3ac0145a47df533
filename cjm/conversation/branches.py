"""Branches of a survey: the questions that the answers so far call for, and how many may still come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cjm.conversation.conversation import ClosingStep, Conversation
from cjm.journeys.survey import Branch, Question, Survey
from cjm.raw_answer import NOT_APPLICABLE, RawAnswer


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
    return any(scale is not None and isinstance(raw, int) and raw in scale.spec.low for scale, raw in scores)


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
    settled = replace(conversation, choosing=None if conversation.choosing == key else conversation.choosing)
    found = _possible_lengths(replace(settled, skipped=settled.skipped | {key}))
    for raw in _distinguishing_answers(settled.survey, key):
        found |= _possible_lengths(replace(settled, answers={**settled.answers, key: raw}))
    return found


def _distinguishing_answers(survey: Survey, key: str) -> list[RawAnswer]:
    """Return one answer for each set of branches that answers to this question may open."""
    question = survey.find_question(key)
    branches = [q.when for q in survey.questions if q.when is not None and q.when.of == key]
    if question is None or not branches:
        return []  # without branches every answer leads where skipping leads
    if question.several:
        answers = _distinguishing_choices(question, branches)
    elif question.kind.scale is not None:
        answers = list(question.kind.scale.spec.values)
    else:
        answers = [option.key for option in question.options] or ["words"]
    if question.not_applicable:
        answers.append(NOT_APPLICABLE)
    # Answers that open the same branches have the same key, so that one of them is left.
    return list({_list_opened(branches, raw): raw for raw in answers}.values())


def _distinguishing_choices(question: Question, branches: Sequence[Branch]) -> list[RawAnswer]:
    """Return the fewest options for each set of branches that options chosen together may open."""
    found: dict[tuple[bool, ...], RawAnswer] = {}
    chosen: list[tuple[str, ...]] = [(option.key,) for option in question.options]
    while chosen:
        keys = chosen.pop(0)
        if (opened := _list_opened(branches, keys)) not in found:
            found[opened] = keys
            chosen += [(*keys, option.key) for option in question.options if option.key not in keys]
    return list(found.values())


def _list_opened(branches: Sequence[Branch], raw: RawAnswer) -> tuple[bool, ...]:
    return tuple(when.holds(raw) for when in branches)
