"""Response: what a customer says to one invitation, and what is said next.

::

    question ──► question ──► @contact ──► @done          after a low score, where the survey wants it
        │  ▲         │  ▲                    │
        ▼  │         └──┴──── change ◄───────┘            for a day
      @later                                  @declined · @stopped · @expired: nothing more is taken

A conversation is a value, and every tap makes another one of it or is refused with a reason. Three rules hold always:
what is asked is exactly what the answers so far call for; the step is a question that is asked or an end; and from
every step there is a way to an end.

When a changed answer closes a branch, the answers given on that branch are *withdrawn*: they were about a score that
the customer took back, so they leave the database and the counters. Should the branch open again, it is asked anew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cjm.figures.satisfaction import LOW, values
from cjm.journeys.survey import Question, QuestionKind, Survey

CONTACT, DONE, LATER = "@contact", "@done", "@later"  # no question's key begins with an @
DECLINED, STOPPED, EXPIRED = "@declined", "@stopped", "@expired"
CLOSED = frozenset({DECLINED, STOPPED, EXPIRED})
CHANGE_WINDOW = timedelta(hours=24)

Raw = int | str
"""A scale's raw value, an option's key, or the customer's own words."""


class TapEffect(StrEnum):
    """What a tap did."""

    SAVED = "saved"
    CHANGED = "changed"
    SAME = "same"  # a repeated tap: nothing new
    SKIPPED = "skipped"
    MOVED = "moved"  # another step is shown, no answer was touched


class TapRefusalReason(StrEnum):
    """Why a tap is not taken."""

    ENDED = "ended"
    TOO_LATE = "too_late"  # the day for changes is over
    NOT_ASKED = "not_asked"  # there is no such question on this customer's way, or not yet
    NOT_LEGAL = "not_legal"  # the value is not one of this question's


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a customer and we are in a survey. ``finished_at`` is when the last question was first settled.

    ``skipped`` holds questions' keys and, when the customer had enough, ``CONTACT``.
    """

    survey: Survey
    step: str
    answers: Mapping[str, Raw] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    contact: bool | None = None
    finished_at: datetime | None = None

    @property
    def question(self) -> Question | None:
        """The question of this step; None at a closing step."""
        return self.survey.question(self.step)

    def may_change(self, now: datetime) -> bool:
        return self.finished_at is None or now < self.finished_at + CHANGE_WINDOW


@dataclass(frozen=True, slots=True)
class ConversationMove:
    """A tap that was taken. ``withdrawn`` are the questions whose answers no longer stand."""

    conversation: Conversation
    effect: TapEffect
    withdrawn: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TapRefusal:
    reason: TapRefusalReason


@dataclass(frozen=True, slots=True)
class SurveyProgress:
    """``at`` of ``most``; ``exact`` unless a branch that is still open may make it fewer."""

    at: int
    most: int
    exact: bool


def begin(survey: Survey) -> Conversation:
    return Conversation(survey, survey.questions[0].key)


def is_legal(question: Question, raw: Raw) -> bool:
    """Whether ``raw`` answers this question."""
    scale = question.kind.scale
    if scale is not None:
        return isinstance(raw, int) and not isinstance(raw, bool) and raw in values(scale)
    if question.kind is QuestionKind.CHOICE:
        return isinstance(raw, str) and question.option(raw) is not None
    return isinstance(raw, str) and bool(raw.strip())


def asked(talk: Conversation) -> list[Question]:
    """The questions that the answers so far call for, answered or not, in order."""
    on_the_way: set[str] = set()
    found = []
    for question in talk.survey.questions:
        when = question.when
        if when is None or (when.of in on_the_way and when.holds(talk.answers.get(when.of))):
            found.append(question)
            on_the_way.add(question.key)
    return found


def _pending(talk: Conversation) -> Iterator[str]:
    return (q.key for q in asked(talk) if q.key not in talk.answers and q.key not in talk.skipped)


def is_low(talk: Conversation) -> bool:
    """Whether one of the answers that stand is bad enough to offer help."""
    scores = ((q.kind.scale, talk.answers.get(q.key)) for q in asked(talk))
    return any(scale is not None and raw in LOW[scale] for scale, raw in scores)


def following(talk: Conversation) -> str:
    """The step that comes by itself: the first question without an answer, else the contact question, else the end."""
    question = next(_pending(talk), None)
    if question is not None:
        return question
    offer = talk.survey.contact and talk.contact is None and CONTACT not in talk.skipped and is_low(talk)
    return CONTACT if offer else DONE


def progress(talk: Conversation) -> SurveyProgress | None:
    """How far a customer is; None at a closing step. ``most`` is the longest way from here."""
    known = [q.key for q in asked(talk)]
    if talk.step not in known:
        return None
    lengths, pending = _lengths(talk), list(_pending(talk))
    at = len(known) - len(pending) if talk.step in pending else known.index(talk.step)
    return SurveyProgress(at + 1, max(lengths), len(lengths) == 1)


def _lengths(talk: Conversation) -> set[int]:
    """How many questions it may come to, over all ways to answer those that are left."""
    key = next(_pending(talk), None)
    if key is None:
        return {len(asked(talk))}
    found = _lengths(replace(talk, skipped=talk.skipped | {key}))
    for raw in _telling(talk.survey, key):
        found |= _lengths(replace(talk, answers={**talk.answers, key: raw}))
    return found


def _telling(survey: Survey, key: str) -> list[Raw]:
    """One answer for each set of branches that answers to this question may open."""
    question = survey.question(key)
    branches = [q.when for q in survey.questions if q.when is not None and q.when.of == key]
    if question is None or not branches:
        return []
    scale = question.kind.scale
    options: list[Raw] = [*values(scale)] if scale is not None else [o.key for o in question.options] or ["words"]
    return list({tuple(when.holds(raw) for when in branches): raw for raw in options}.values())


def answer(talk: Conversation, key: str, raw: Raw, now: datetime) -> ConversationMove | TapRefusal:
    """Take an answer to the question of this step, or another one to a question that was settled before."""
    refusal = _refused(talk, key, now)
    if refusal is not None:
        return refusal
    question = talk.survey.question(key)
    if question is None or not is_legal(question, raw):
        return TapRefusal(TapRefusalReason.NOT_LEGAL)
    before = talk.answers.get(key)
    effect = TapEffect.SAVED if before is None else TapEffect.SAME if before == raw else TapEffect.CHANGED
    return _onward(replace(talk, answers={**talk.answers, key: raw}, skipped=talk.skipped - {key}), effect, now)


def skip(talk: Conversation, key: str, now: datetime) -> ConversationMove | TapRefusal:
    """Leave a question out. One that was answered keeps its answer: there, skipping means going on."""
    refusal = _refused(talk, key, now)
    if refusal is not None:
        return refusal
    known = key in talk.answers or key in talk.skipped
    skipped = talk.skipped if key in talk.answers else talk.skipped | {key}
    return _onward(replace(talk, skipped=skipped), TapEffect.MOVED if known else TapEffect.SKIPPED, now)


def _refused(talk: Conversation, key: str, now: datetime) -> TapRefusal | None:
    if talk.step in CLOSED:
        return TapRefusal(TapRefusalReason.ENDED)
    here = key == (following(talk) if talk.step == LATER else talk.step)
    settled = key in talk.answers or key in talk.skipped
    if not any(q.key == key for q in asked(talk)) or not (here or settled):
        return TapRefusal(TapRefusalReason.NOT_ASKED)
    return None if talk.may_change(now) else TapRefusal(TapRefusalReason.TOO_LATE)


def _onward(talk: Conversation, effect: TapEffect, now: datetime) -> ConversationMove:
    """Drop what is no longer asked and go to the step that follows."""
    stands = {q.key for q in asked(talk)} | {CONTACT}
    withdrawn = frozenset(talk.answers.keys() - stands)
    talk = replace(
        talk,
        answers={key: raw for key, raw in talk.answers.items() if key in stands},
        skipped=talk.skipped & stands,
    )
    return ConversationMove(_at(talk, following(talk), now), effect, withdrawn)


def _at(talk: Conversation, step: str, now: datetime) -> Conversation:
    """The same conversation at ``step``; without a question left, it is finished (once, even if it goes on)."""
    over = step in CLOSED or step in (CONTACT, DONE)
    return replace(talk, step=step, finished_at=talk.finished_at or (now if over else None))


def resume(talk: Conversation, now: datetime) -> ConversationMove | TapRefusal:
    """Go to the step that follows: out of a menu, out of "later", out of a change that was thought better of."""
    if talk.step in CLOSED:
        return TapRefusal(TapRefusalReason.ENDED)
    return ConversationMove(
        rest(talk, now) if not talk.may_change(now) else _at(talk, following(talk), now), TapEffect.MOVED
    )


def rest(talk: Conversation, now: datetime) -> Conversation:
    """Where a finished conversation lies when its day for changes is over."""
    return talk if talk.step in CLOSED or talk.step == CONTACT else _at(talk, DONE, now)


def back(talk: Conversation, now: datetime) -> ConversationMove | TapRefusal:
    """To the question before this one; when a finished response is being changed, to where it stood."""
    if talk.step in CLOSED:
        return TapRefusal(TapRefusalReason.ENDED)
    keys = [q.key for q in asked(talk)]
    if not talk.may_change(now) or talk.step == DONE or (talk.finished_at is not None and talk.step != CONTACT):
        return resume(talk, now)
    place = keys.index(talk.step) if talk.step in keys else len(keys)
    return ConversationMove(replace(talk, step=keys[max(0, place - 1)]), TapEffect.MOVED)


def change(talk: Conversation, key: str, now: datetime) -> ConversationMove | TapRefusal:
    """To a question that was settled before, so that it can be answered otherwise."""
    refusal = _refused(talk, key, now)
    return refusal if refusal is not None else ConversationMove(replace(talk, step=key), TapEffect.MOVED)


def later(talk: Conversation) -> ConversationMove | TapRefusal:
    """Put the conversation off; what was answered stays."""
    if talk.step in CLOSED or talk.finished_at is not None:
        return TapRefusal(TapRefusalReason.ENDED)
    return ConversationMove(replace(talk, step=LATER), TapEffect.SAME if talk.step == LATER else TapEffect.MOVED)


def enough(talk: Conversation, now: datetime) -> ConversationMove | TapRefusal:
    """The customer has had enough: what is not answered is skipped, and nothing more is asked, not even for contact."""
    if talk.step in CLOSED:
        return TapRefusal(TapRefusalReason.ENDED)
    return ConversationMove(
        _at(replace(talk, skipped=talk.skipped | {*_pending(talk), CONTACT}), DONE, now), TapEffect.MOVED
    )


def settle_contact(talk: Conversation, wanted: bool, now: datetime) -> ConversationMove | TapRefusal:
    """The answer to "may we contact you?". A yes stands: it has opened a case; a no may become a yes for a day."""
    if talk.step in CLOSED:
        return TapRefusal(TapRefusalReason.ENDED)
    if talk.contact is not None and (talk.contact == wanted or talk.contact):
        return ConversationMove(_at(talk, following(talk), now), TapEffect.SAME)
    if talk.contact is None and talk.step != CONTACT:
        return TapRefusal(TapRefusalReason.NOT_ASKED)
    if talk.contact is False and not talk.may_change(now):
        return TapRefusal(TapRefusalReason.TOO_LATE)
    settled = replace(talk, contact=wanted)
    return ConversationMove(_at(settled, following(settled), now), TapEffect.SAVED)


def close(talk: Conversation, step: str, now: datetime) -> Conversation:
    """End it where it is (``DECLINED``, ``STOPPED``, ``EXPIRED``). A finished one has ended well: it stays as it is."""
    return talk if talk.finished_at is not None or talk.step in CLOSED else _at(talk, step, now)


def reopen(talk: Conversation, now: datetime) -> ConversationMove | TapRefusal:
    """Take a "not about this" or a "stop" back, for a day."""
    if talk.step not in (DECLINED, STOPPED) or not talk.may_change(now):
        return TapRefusal(TapRefusalReason.ENDED if talk.step in CLOSED else TapRefusalReason.NOT_ASKED)
    open_again = replace(talk, step="", finished_at=None)
    return ConversationMove(_at(open_again, following(open_again), now), TapEffect.MOVED)
