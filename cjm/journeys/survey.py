"""Surveys: triggers, questions, options and the branches between questions. Plain models of a journey file."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from cjm.file_model import Duration, FileModel, Flag, Key, Number, Reference, Whole
from cjm.journeys.parts.diary_question import DIARY_SURVEY
from cjm.raw_answer import NOT_APPLICABLE, RawAnswer
from cjm.scales import Scale
from cjm.text import LocalizedText, Paragraphs, limit_length
from cjm.weekly import Weekday

MOST_QUESTIONS = 5  # `cjm.conversation.branches` tries combinations of answers, more with every question
MOST_OPTIONS = 10  # buttons under one message that a person still reads
MOST_IN_AN_OPTION = 60  # characters: a longer label is cut off on a button
MOST_IN_A_SCALE_END = 40  # characters: both ends stand on one line of a message
LEAST_PULSE, MOST_PULSE = 7, 730  # days
_AGE_BEYOND_DELAY = timedelta(days=1)
LimitDays = Annotated[Whole, Field(ge=0, le=3650)]
_PULSE_AGE = timedelta(days=14)
_BY_HAND_AGE = timedelta(days=7)


class QuestionKind(StrEnum):
    """Kind of a question: one for each scale, of the same name; a choice of options; the customer's own words."""

    EMOTION = "emotion"
    CSAT = "csat"
    CES = "ces"
    NPS = "nps"
    SUCCESS = "success"
    EXPECTATION = "expectation"
    CHOICE = "choice"
    TEXT = "text"

    @property
    def scale(self) -> Scale | None:
        """Scale of the answers; None for choices and words."""
        return None if self in (QuestionKind.CHOICE, QuestionKind.TEXT) else Scale(self.value)


class Option(FileModel):
    """Option of a choice. Its key is stored, so the wording may change."""

    key: Key
    title: Annotated[LocalizedText, limit_length(MOST_IN_AN_OPTION)]


class Branch(FileModel):
    """Condition on an earlier answer of the same survey; without bounds and options it means "if it was answered".

    Of several options, one that is named in ``is`` is enough. "Does not apply" meets only ``not_applicable``, which
    may stand alone or beside another condition; then either is enough. A skipped question opens no branch.
    """

    of: Reference
    at_most: Whole | None = None
    at_least: Whole | None = None
    is_: tuple[str, ...] = Field(default=(), alias="is", max_length=MOST_OPTIONS)  # "is" is a keyword
    not_applicable: Flag = False

    def holds(self, answer: RawAnswer | None) -> bool:
        """Return whether the earlier answer meets the condition; None is no answer."""
        if answer is None:
            return False
        if answer is NOT_APPLICABLE:
            return self.not_applicable
        if self.not_applicable and not self._has_other_condition:
            return False
        if isinstance(answer, int):
            return (self.at_most is None or answer <= self.at_most) and (
                self.at_least is None or answer >= self.at_least
            )
        chosen = answer if isinstance(answer, tuple) else (answer,)
        return not self.is_ or any(key in self.is_ for key in chosen)

    @property
    def _has_other_condition(self) -> bool:
        return bool(self.is_) or self.at_most is not None or self.at_least is not None


class Question(FileModel):
    """Question of a survey.

    ``about`` is the key of the touchpoint or stage that the answer is counted for, by default the trigger's.
    ``recalled`` says that this place lies before the trigger's: the customer answers from memory, and figures say so.
    ``low`` and ``high`` label the ends of a scale; without them the catalogue's words are used. ``several`` lets a
    customer choose more than one option. ``not_applicable`` offers "does not apply".
    """

    key: Key
    kind: QuestionKind
    text: Paragraphs
    about: Reference | None = None
    recalled: Flag = False
    low: Annotated[LocalizedText, limit_length(MOST_IN_A_SCALE_END)] | None = None
    high: Annotated[LocalizedText, limit_length(MOST_IN_A_SCALE_END)] | None = None
    options: tuple[Option, ...] = ()
    several: Flag = False
    not_applicable: Flag = False
    when: Branch | None = None

    def find_option(self, key: str) -> Option | None:
        return next((o for o in self.options if o.key == key), None)


class TriggerKind(StrEnum):
    """Kind of a trigger, as journey files spell it."""

    TOUCHPOINT = "touchpoint"  # a visit to it
    ENTER = "enter"  # the first visit to a stage in a passage
    LEAVE = "leave"  # going on from a stage to a later one
    DWELL = "dwell"  # standing on a stage longer than nine of ten walks do
    EXIT = "exit"  # the end of a walk at a stage: the journey's window passed without another visit
    PULSE = "every_days"  # no visit: each customer of the journey, once in so many days
    BY_HAND = "by_hand"  # no visit: whom a manager asks, by /ask

    @property
    def has_visit(self) -> bool:
        """Return whether it is a visit that is asked about."""
        return self not in (TriggerKind.PULSE, TriggerKind.BY_HAND)


STAY_BEHIND = (TriggerKind.DWELL, TriggerKind.EXIT)
"""Kinds of triggers of those who do not go on from a stage."""


class Trigger(FileModel):
    """Trigger of a survey, the key of its touchpoint or stage. Exactly one is set (`cjm.journeys.rules` checks it).

    ``about`` is the touchpoint or stage of ``every_days``, which has no key.
    """

    touchpoint: Reference | None = None
    enter: Reference | None = None
    leave: Reference | None = None
    dwell: Reference | None = None
    exit: Reference | None = None
    every_days: Annotated[Whole, Field(ge=LEAST_PULSE, le=MOST_PULSE)] | None = None
    about: Reference | None = None
    by_hand: Reference | None = None

    @property
    def kind(self) -> TriggerKind:
        return next((kind for kind in TriggerKind if getattr(self, kind) is not None), TriggerKind.TOUCHPOINT)

    @property
    def subject(self) -> str:
        return (
            self.touchpoint or self.enter or self.leave or self.dwell or self.exit or self.about or self.by_hand or ""
        )


def _default_greatest_age(validated: dict[str, Any]) -> timedelta:
    # pydantic passes the fields that are valid so far: without `delay`, its own mistake refuses the file.
    delay: timedelta = validated.get("delay", timedelta())
    on: Trigger | None = validated.get("on")
    if on is not None and on.every_days is not None:
        # So that one who was asked something else not long ago can be asked a little later.
        return delay + min(_PULSE_AGE, timedelta(days=on.every_days) / 2)
    if on is not None and on.by_hand is not None:
        return delay + _BY_HAND_AGE
    return delay + _AGE_BEYOND_DELAY


class AskingLimits(FileModel):
    """Limits on how often one person is asked, where a survey or a segment overrides those of the settings.

    What is left out stays as the settings have it; 0 is no limit. `cjm.asking.limits.rules_for` says which of several
    hold.
    """

    any_survey_days: LimitDays | None = None
    same_touchpoint_days: LimitDays | None = None
    nps_days: LimitDays | None = None
    per_month: Annotated[Whole, Field(ge=0, le=1000)] | None = None


class Survey(FileModel):
    """Questions that one customer may be asked about one visit.

    At least ``delay`` passes between the visit and the first question. A visit older than ``greatest_age`` (by default
    a day more than the delay) is not asked about. ``share`` is the sampling share: the part of the visits that may be
    asked about, decided by the survey's key and the event's id. ``weekdays`` are the days on which it is sent, by
    default those of the settings; ``limits`` override those of the settings for it. ``contact`` offers "may we contact
    you?" after a low score.
    """

    key: Key
    on: Trigger
    delay: Duration = timedelta()
    greatest_age: Duration = Field(default_factory=_default_greatest_age)
    share: Annotated[Number, Field(gt=0, le=1)] = 1.0
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] | None = None
    limits: AskingLimits | None = None
    contact: Flag = True
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]

    @property
    def is_diary(self) -> bool:
        """True for the messages of volunteer diaries, which people were promised apart from all other questions."""
        return self.key == DIARY_SURVEY

    @property
    def has_nps(self) -> bool:
        return any(q.kind is QuestionKind.NPS for q in self.questions)

    def find_question(self, key: str) -> Question | None:
        return next((q for q in self.questions if q.key == key), None)
