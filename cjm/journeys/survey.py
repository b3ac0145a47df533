"""Surveys: triggers, questions, options and the branches between questions. Plain models of a journey file."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from cjm.file_model import Duration, FileModel, Flag, Key, Number, Reference, Whole
from cjm.scales import Scale
from cjm.text import LocalizedText, Words, limit_length

MOST_QUESTIONS = 5  # `cjm.conversation.branches` tries all ways through a survey, which five keep few
MOST_OPTIONS = 10  # buttons under one message that a person still reads
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
    title: Annotated[LocalizedText, limit_length(60)]


class Branch(FileModel):
    """Condition on an earlier answer of the same survey; without bounds and options it means "if it was answered"."""

    of: Reference
    at_most: Whole | None = None
    at_least: Whole | None = None
    is_: tuple[str, ...] = Field(default=(), alias="is")  # "is" is a keyword of Python

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
    text: Words
    about: Reference | None = None
    low: Annotated[LocalizedText, limit_length(40)] | None = None
    high: Annotated[LocalizedText, limit_length(40)] | None = None
    options: tuple[Option, ...] = ()
    when: Branch | None = None

    def option(self, key: str) -> Option | None:
        return next((o for o in self.options if o.key == key), None)


class Trigger(FileModel):
    """Trigger of a survey: a visit to a touchpoint, entering a stage, or leaving it. Exactly one is set."""

    touchpoint: Reference | None = None
    enter: Reference | None = None
    leave: Reference | None = None

    @property
    def kind(self) -> Literal["touchpoint", "enter", "leave"]:
        return "touchpoint" if self.touchpoint else "enter" if self.enter else "leave"

    @property
    def subject(self) -> str:
        return self.touchpoint or self.enter or self.leave or ""


class Survey(FileModel):
    """Questions that one customer may be asked about one visit.

    ``delay`` passes between the visit and the first question. A visit older than ``greatest_age`` (by default a day
    more than the delay) is not asked about. ``share`` is the sampling share: the part of the visits that is asked
    about, decided by the event's id. ``contact`` offers "may we contact you?" after a low score.
    """

    key: Key
    on: Trigger
    delay: Duration = timedelta()
    greatest_age: Duration = Field(default_factory=lambda known: known.get("delay", timedelta()) + _AGE_BEYOND_DELAY)
    share: Annotated[Number, Field(gt=0, le=1)] = 1.0
    contact: Flag = True
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]

    @property
    def has_nps(self) -> bool:
        return any(q.kind is QuestionKind.NPS for q in self.questions)

    def question(self, key: str) -> Question | None:
        return next((q for q in self.questions if q.key == key), None)
