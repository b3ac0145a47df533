"""Surveys: triggers, questions, options and the branches between questions. Plain models of a journey file."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from cjm.file_model import Duration, FileModel, Flag, Key, Number, Reference, Whole
from cjm.scales import Scale
from cjm.text import LocalizedText, Paragraphs, limit_length

MOST_QUESTIONS = 5  # `cjm.conversation.branches` tries combinations of answers, more with every question
MOST_OPTIONS = 10  # buttons under one message that a person still reads
MOST_IN_AN_OPTION = 60  # characters: a longer label is cut off on a button
MOST_IN_A_SCALE_END = 40  # characters: both ends stand on one line of a message
_AGE_BEYOND_DELAY = timedelta(days=1)


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
    """Condition on an earlier answer of the same survey; without bounds and options it means "if it was answered"."""

    of: Reference
    at_most: Whole | None = None
    at_least: Whole | None = None
    is_: tuple[str, ...] = Field(default=(), alias="is", max_length=MOST_OPTIONS)  # "is" is a keyword

    def holds(self, answer: int | str | None) -> bool:
        """Return whether the earlier answer (a raw value, an option's key, words, None) meets the condition."""
        if answer is None:
            return False
        if isinstance(answer, str):
            return not self.is_ or answer in self.is_
        return (self.at_most is None or answer <= self.at_most) and (self.at_least is None or answer >= self.at_least)


class Question(FileModel):
    """Question of a survey.

    ``about`` is the key of the touchpoint or stage that the answer is counted for, by default the trigger's.
    ``low`` and ``high`` label the ends of a scale; without them the catalogue's words are used.
    """

    key: Key
    kind: QuestionKind
    text: Paragraphs
    about: Reference | None = None
    low: Annotated[LocalizedText, limit_length(MOST_IN_A_SCALE_END)] | None = None
    high: Annotated[LocalizedText, limit_length(MOST_IN_A_SCALE_END)] | None = None
    options: tuple[Option, ...] = ()
    when: Branch | None = None

    def find_option(self, key: str) -> Option | None:
        return next((o for o in self.options if o.key == key), None)


class TriggerKind(StrEnum):
    """Kind of a trigger, as journey files spell it."""

    TOUCHPOINT = "touchpoint"  # a visit to it
    ENTER = "enter"  # the first visit to a stage in a passage
    LEAVE = "leave"  # going on from a stage to a later one


class Trigger(FileModel):
    """Trigger of a survey, the key of its touchpoint or stage. Exactly one is set (`cjm.journeys.rules` checks it)."""

    touchpoint: Reference | None = None
    enter: Reference | None = None
    leave: Reference | None = None

    @property
    def kind(self) -> TriggerKind:
        if self.touchpoint:
            return TriggerKind.TOUCHPOINT
        return TriggerKind.ENTER if self.enter else TriggerKind.LEAVE

    @property
    def subject(self) -> str:
        return self.touchpoint or self.enter or self.leave or ""


def _default_greatest_age(validated: dict[str, Any]) -> timedelta:
    # pydantic passes the fields that are valid so far: without `delay`, its own mistake refuses the file.
    delay: timedelta = validated.get("delay", timedelta())
    return delay + _AGE_BEYOND_DELAY


class Survey(FileModel):
    """Questions that one customer may be asked about one visit.

    At least ``delay`` passes between the visit and the first question. A visit older than ``greatest_age`` (by default
    a day more than the delay) is not asked about. ``share`` is the sampling share: the part of the visits that may be
    asked about, decided by the survey's key and the event's id. ``contact`` offers "may we contact you?" after a low
    score.
    """

    key: Key
    on: Trigger
    delay: Duration = timedelta()
    greatest_age: Duration = Field(default_factory=_default_greatest_age)
    share: Annotated[Number, Field(gt=0, le=1)] = 1.0
    contact: Flag = True
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]

    @property
    def has_nps(self) -> bool:
        return any(q.kind is QuestionKind.NPS for q in self.questions)

    def find_question(self, key: str) -> Question | None:
        return next((q for q in self.questions if q.key == key), None)
