"""Turns of a conversation: each takes a `Conversation` and returns the next one in a move, or refuses with a reason.

Every turn is pure: ``now`` is an argument. A turn that is taken twice (a repeated tap) stores no second answer: it has
the effect SAME or MOVED the second time, or is refused. The invariants of the value are listed in
`cjm.conversation.conversation`.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from cjm.conversation.branches import asked_questions, next_step, pending_keys
from cjm.conversation.conversation import (
    CLOSED_STEPS,
    ClosingStep,
    Conversation,
    ConversationMove,
    TapEffect,
    TapRefusal,
    TapRefusalReason,
)
from cjm.journeys.survey import Question, QuestionKind, Survey
from cjm.raw_answer import NOT_APPLICABLE, RawAnswer


def begin(survey: Survey) -> Conversation:
    """Return the conversation at its first question, which is never inside a branch."""
    return Conversation(survey, survey.questions[0].key)


def is_valid_answer(question: Question, raw: RawAnswer) -> bool:
    """Return whether ``raw`` can be an answer to this question. One option's key stands for a choice of it alone."""
    if raw is NOT_APPLICABLE:
        return question.not_applicable
    scale = question.kind.scale
    if scale is not None:
        return isinstance(raw, int) and not isinstance(raw, bool) and raw in scale.spec.values
    if question.kind is QuestionKind.CHOICE:
        keys = raw if question.several and isinstance(raw, tuple) else (raw,)
        return bool(keys) and all(isinstance(key, str) and question.find_option(key) is not None for key in keys)
    return isinstance(raw, str) and bool(raw.strip())


def answer(conversation: Conversation, key: str, raw: RawAnswer, now: datetime) -> ConversationMove | TapRefusal:
    """Take an answer to the question of this step, or another answer to a question that was settled before."""
    refusal = _refusal(conversation, key, now)
    if refusal is not None:
        return refusal
    question = conversation.survey.find_question(key)
    if question is None or not is_valid_answer(question, raw):
        return TapRefusal(TapRefusalReason.NOT_LEGAL)
    if question.several and question.kind is QuestionKind.CHOICE and isinstance(raw, str | tuple):
        raw = _in_order(question, raw if isinstance(raw, tuple) else (raw,))
    answers = {**conversation.answers, key: raw}
    answered = replace(_end_choosing(conversation, key), answers=answers, skipped=conversation.skipped - {key})
    return _move_on(answered, _effect(conversation, key, raw), now)


def choose(
    conversation: Conversation, key: str, option: str, is_chosen: bool, now: datetime
) -> ConversationMove | TapRefusal:
    """Add an option to the choices of this question, or take it back; the question stays until `confirm`.

    Without any choice the question counts as left out. A branch that the choices no longer open is closed at once.
    """
    refusal = _refusal(conversation, key, now)
    if refusal is not None:
        return refusal
    question = conversation.survey.find_question(key)
    if question is None or not question.several or question.find_option(option) is None:
        return TapRefusal(TapRefusalReason.NOT_LEGAL)
    before = conversation.answers.get(key)
    chosen = set(before) if isinstance(before, tuple) else set()
    after = _in_order(question, chosen | {option} if is_chosen else chosen - {option})
    others = {name: raw for name, raw in conversation.answers.items() if name != key}
    skipped = conversation.skipped - {key} if after else conversation.skipped | {key}
    answers = {**others, key: after} if after else others
    chosen_now = replace(conversation, step=key, choosing=key, answers=answers, skipped=skipped)
    left, withdrawn = _withdraw_unasked(chosen_now)
    taken_back = frozenset() if after or before is None else frozenset({key})
    return ConversationMove(left, _effect(conversation, key, after or None), withdrawn | taken_back)


def confirm(conversation: Conversation, key: str, now: datetime) -> ConversationMove | TapRefusal:
    """Go on after the last of several choices. Without any choice there is nothing to confirm yet."""
    refusal = _refusal(conversation, key, now)
    if refusal is not None:
        return refusal
    if not conversation.is_begun(key):
        return TapRefusal(TapRefusalReason.NOT_LEGAL)
    return _move_on(_end_choosing(conversation, key), TapEffect.MOVED, now)


def skip(conversation: Conversation, key: str, now: datetime) -> ConversationMove | TapRefusal:
    """Leave a question out. A question that was answered keeps its answer: there, skipping only goes on."""
    refusal = _refusal(conversation, key, now)
    if refusal is not None:
        return refusal
    if conversation.is_begun(key):
        return _move_on(_end_choosing(conversation, key), TapEffect.MOVED, now)
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
    if conversation.finished_at is not None:  # a change of several choices is over as far as it has come
        conversation = replace(conversation, choosing=None)
    return ConversationMove(_move_to(conversation, next_step(conversation), now), TapEffect.MOVED)


def go_back(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
    """Go to the question before this one; while a finished response is being changed, to where it stood.

    A question that a change has opened is where it stands, so from there, too, the way back is the question before.
    """
    if conversation.is_closed:
        return TapRefusal(TapRefusalReason.ENDED)
    is_finished = conversation.finished_at is not None and conversation.step != ClosingStep.CONTACT
    is_opened = is_finished and conversation.step == next_step(replace(conversation, choosing=None))
    is_at_end = conversation.step == ClosingStep.DONE or not conversation.may_change(now)
    if is_at_end or (is_finished and not is_opened):
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
    unanswered = {key for key in pending_keys(conversation) if key not in conversation.answers}
    skipped = conversation.skipped | unanswered | {ClosingStep.CONTACT}
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
    is_reached = key == current or conversation.is_begun(key)
    if not is_reached or not any(q.key == key for q in asked_questions(conversation)):
        return TapRefusal(TapRefusalReason.NOT_ASKED)
    return None if conversation.may_change(now) else TapRefusal(TapRefusalReason.TOO_LATE)


def _move_on(conversation: Conversation, effect: TapEffect, now: datetime) -> ConversationMove:
    """Withdraw what was tapped at questions that are no longer asked, and go to the step that follows."""
    left, withdrawn = _withdraw_unasked(conversation)
    return ConversationMove(_move_to(left, next_step(left), now), effect, withdrawn)


def _withdraw_unasked(conversation: Conversation) -> tuple[Conversation, frozenset[str]]:
    """Return the conversation without what was tapped at questions that are no longer asked, and their keys."""
    asked = {q.key for q in asked_questions(conversation)}
    # Words stay: nobody's words are erased by a tap on a score.
    written = {q.key for q in conversation.survey.questions if q.kind is QuestionKind.TEXT}
    withdrawn = frozenset(conversation.answers.keys() - asked - written)
    left = replace(
        conversation,
        choosing=conversation.choosing if conversation.choosing in asked else None,
        answers={key: raw for key, raw in conversation.answers.items() if key not in withdrawn},
        # "enough" skips the contact question, which no survey lists: it must outlive the branches.
        skipped=conversation.skipped & (asked | {ClosingStep.CONTACT}),
    )
    return left, withdrawn


def _move_to(conversation: Conversation, step: str, now: datetime) -> Conversation:
    """Return the conversation at ``step``. It is finished once: at the contact question, the end or a closed step."""
    is_over = step in CLOSED_STEPS or step in (ClosingStep.CONTACT, ClosingStep.DONE)
    finished_at = conversation.finished_at or (now if is_over else None)
    return replace(
        conversation, step=step, choosing=None if is_over else conversation.choosing, finished_at=finished_at
    )


def _end_choosing(conversation: Conversation, key: str) -> Conversation:
    """Return the conversation in which the choices at this question, if it has several, are all."""
    return replace(conversation, choosing=None) if conversation.choosing == key else conversation


def _in_order(question: Question, keys: Collection[str]) -> tuple[str, ...]:
    return tuple(option.key for option in question.options if option.key in keys)


def _effect(conversation: Conversation, key: str, raw: RawAnswer | None) -> TapEffect:
    """Return what it changes that ``raw`` is the answer to this question from now on; None for no answer."""
    before = conversation.answers.get(key)
    if before == raw:
        return TapEffect.SAME
    return TapEffect.SAVED if before is None else TapEffect.CHANGED
