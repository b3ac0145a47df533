"""Turns of a conversation: each takes a `Conversation` and returns the next one in a move, or refuses with a reason.

Every turn is pure: ``now`` is an argument. A turn that is taken twice (a repeated tap) stores no second answer: it has
the effect SAME or MOVED the second time, or is refused. The invariants of the value are listed in
`cjm.conversation.conversation`.
"""

from dataclasses import replace
from datetime import datetime

from cjm.conversation.branches import asked_questions, next_step, pending_keys
from cjm.conversation.conversation import (
    CLOSED_STEPS,
    ClosingStep,
    Conversation,
    ConversationMove,
    RawAnswer,
    TapEffect,
    TapRefusal,
    TapRefusalReason,
)
from cjm.journeys.survey import Question, QuestionKind, Survey


def begin(survey: Survey) -> Conversation:
    """Return the conversation at its first question, which is never inside a branch."""
    return Conversation(survey, survey.questions[0].key)


def is_valid_answer(question: Question, raw: RawAnswer) -> bool:
    """Return whether ``raw`` can be an answer to this question."""
    scale = question.kind.scale
    if scale is not None:
        return isinstance(raw, int) and not isinstance(raw, bool) and raw in scale.spec.values
    if question.kind is QuestionKind.CHOICE:
        return isinstance(raw, str) and question.find_option(raw) is not None
    return isinstance(raw, str) and bool(raw.strip())


def answer(conversation: Conversation, key: str, raw: RawAnswer, now: datetime) -> ConversationMove | TapRefusal:
    """Take an answer to the question of this step, or another answer to a question that was settled before."""
    refusal = _refusal(conversation, key, now)
    if refusal is not None:
        return refusal
    question = conversation.survey.find_question(key)
    if question is None or not is_valid_answer(question, raw):
        return TapRefusal(TapRefusalReason.NOT_LEGAL)
    before = conversation.answers.get(key)
    effect = TapEffect.SAVED if before is None else TapEffect.SAME if before == raw else TapEffect.CHANGED
    answers = {**conversation.answers, key: raw}
    return _move_on(replace(conversation, answers=answers, skipped=conversation.skipped - {key}), effect, now)


def skip(conversation: Conversation, key: str, now: datetime) -> ConversationMove | TapRefusal:
    """Leave a question out. A question that was answered keeps its answer: there, skipping only goes on."""
    refusal = _refusal(conversation, key, now)
    if refusal is not None:
        return refusal
    if conversation.is_settled(key):
        return _move_on(conversation, TapEffect.MOVED, now)
    return _move_on(replace(conversation, skipped=conversation.skipped | {key}), TapEffect.SKIPPED, now)


def change(conversation: Conversation, key: str, now: datetime) -> ConversationMove | TapRefusal:
    """Go to a question that was settled before, so that it can be answered differently."""
    refusal = _refusal(conversation, key, now)
    return refusal or ConversationMove(replace(conversation, step=key), TapEffect.MOVED)


def go_on(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
    """Go to the step that follows: out of a menu, out of a snooze, or out of a change that the customer gave up."""
    if conversation.is_closed:
        return TapRefusal(TapRefusalReason.ENDED)
    if not conversation.may_change(now):
        return ConversationMove(end_changes(conversation, now), TapEffect.MOVED)
    return ConversationMove(_move_to(conversation, next_step(conversation), now), TapEffect.MOVED)


def go_back(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
    """Go to the question before this one; while a finished response is being changed, to where it stood."""
    if conversation.is_closed:
        return TapRefusal(TapRefusalReason.ENDED)
    is_finished = conversation.finished_at is not None and conversation.step != ClosingStep.CONTACT
    if is_finished or conversation.step == ClosingStep.DONE or not conversation.may_change(now):
        return go_on(conversation, now)
    keys = [q.key for q in asked_questions(conversation)]
    place = keys.index(conversation.step) if conversation.step in keys else len(keys)
    return ConversationMove(replace(conversation, step=keys[max(0, place - 1)]), TapEffect.MOVED)


def snooze(conversation: Conversation) -> ConversationMove | TapRefusal:
    """Snooze the conversation ("later"); the answers given so far stay."""
    if conversation.is_closed or conversation.finished_at is not None:
        return TapRefusal(TapRefusalReason.ENDED)
    effect = TapEffect.SAME if conversation.step == ClosingStep.SNOOZED else TapEffect.MOVED
    return ConversationMove(replace(conversation, step=ClosingStep.SNOOZED), effect)


def stop_early(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
    """End after "enough": skip the pending questions and ask nothing more, not even whether to be contacted."""
    if conversation.is_closed:
        return TapRefusal(TapRefusalReason.ENDED)
    skipped = conversation.skipped | {*pending_keys(conversation), ClosingStep.CONTACT}
    return ConversationMove(_move_to(replace(conversation, skipped=skipped), ClosingStep.DONE, now), TapEffect.MOVED)


def settle_contact(conversation: Conversation, is_wanted: bool, now: datetime) -> ConversationMove | TapRefusal:
    """Take the answer to "may we contact you?".

    A yes is final, because it has opened a case. A no may become a yes within the change period. The first answer has
    no time limit: a customer who needs help may ask for it days later.
    """
    if conversation.is_closed:
        return TapRefusal(TapRefusalReason.ENDED)
    if conversation.contact is not None and (conversation.contact == is_wanted or conversation.contact):
        return ConversationMove(_move_to(conversation, next_step(conversation), now), TapEffect.SAME)
    if conversation.contact is None and conversation.step != ClosingStep.CONTACT:
        return TapRefusal(TapRefusalReason.NOT_ASKED)
    if conversation.contact is False and not conversation.may_change(now):
        return TapRefusal(TapRefusalReason.TOO_LATE)
    settled = replace(conversation, contact=is_wanted)
    return ConversationMove(_move_to(settled, next_step(settled), now), TapEffect.SAVED)


def close(conversation: Conversation, step: ClosingStep, now: datetime) -> Conversation:
    """Return the conversation ended at one of `CLOSED_STEPS`; one that is finished or closed stays as it is."""
    if conversation.finished_at is not None or conversation.is_closed:
        return conversation
    return _move_to(conversation, step, now)


def reopen(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
    """Take "not about this" or "stop" back, within the change period."""
    may_reopen = conversation.step in (ClosingStep.DECLINED, ClosingStep.STOPPED) and conversation.may_change(now)
    if not may_reopen:
        return TapRefusal(TapRefusalReason.ENDED if conversation.is_closed else TapRefusalReason.NOT_ASKED)
    unfinished = replace(conversation, step="", finished_at=None)  # close() had finished it
    return ConversationMove(_move_to(unfinished, next_step(unfinished), now), TapEffect.MOVED)


def end_changes(conversation: Conversation, now: datetime) -> Conversation:
    """Return a finished conversation at its end, also when a change was begun; for use after the change period.

    A conversation that is closed, or still offers contact, stays as it is.
    """
    if conversation.is_closed or conversation.step == ClosingStep.CONTACT:
        return conversation
    return _move_to(conversation, ClosingStep.DONE, now)


def _refusal(conversation: Conversation, key: str, now: datetime) -> TapRefusal | None:
    """Return why the question cannot be settled now, or None."""
    if conversation.is_closed:
        return TapRefusal(TapRefusalReason.ENDED)
    # A snoozed conversation takes an answer to its next question: older messages still have the buttons.
    current = next_step(conversation) if conversation.step == ClosingStep.SNOOZED else conversation.step
    is_reached = key == current or conversation.is_settled(key)
    if not is_reached or not any(q.key == key for q in asked_questions(conversation)):
        return TapRefusal(TapRefusalReason.NOT_ASKED)
    return None if conversation.may_change(now) else TapRefusal(TapRefusalReason.TOO_LATE)


def _move_on(conversation: Conversation, effect: TapEffect, now: datetime) -> ConversationMove:
    """Withdraw what was tapped at questions that are no longer asked, and go to the step that follows."""
    asked = {q.key for q in asked_questions(conversation)}
    # Words stay: nobody's words are erased by a tap on a score.
    written = {q.key for q in conversation.survey.questions if q.kind is QuestionKind.TEXT}
    withdrawn = frozenset(conversation.answers.keys() - asked - written)
    conversation = replace(
        conversation,
        answers={key: raw for key, raw in conversation.answers.items() if key not in withdrawn},
        # "enough" skips the contact question, which no survey lists: it must outlive the branches.
        skipped=conversation.skipped & (asked | {ClosingStep.CONTACT}),
    )
    return ConversationMove(_move_to(conversation, next_step(conversation), now), effect, withdrawn)


def _move_to(conversation: Conversation, step: str, now: datetime) -> Conversation:
    """Return the conversation at ``step``. It is finished once: at the contact question, the end or a closed step."""
    is_over = step in CLOSED_STEPS or step in (ClosingStep.CONTACT, ClosingStep.DONE)
    return replace(conversation, step=step, finished_at=conversation.finished_at or (now if is_over else None))
