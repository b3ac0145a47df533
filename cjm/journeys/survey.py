"""Survey: what is asked, when, and how the answers branch; texts in several languages."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from cjm.file_model import Duration, FileModel, Flag, Key, Number, Reference, Whole
from cjm.scales import Scale
from cjm.text import LocalizedText, Words, limit_length

MOST_QUESTIONS = 5
MOST_OPTIONS = 10
A_DAY = timedelta(days=1)


class QuestionKind(StrEnum):
    """Kinds of question: the six scales, a choice of labels, and the customer's own words."""

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
        return None if self in (QuestionKind.CHOICE, QuestionKind.TEXT) else Scale(self.value)


class Option(FileModel):
    """A label of a choice. Its key is what is stored, so the wording may change."""

    key: Key
    title: Annotated[LocalizedText, limit_length(60)]


class Branch(FileModel):
    """Ask only if an earlier answer of the same survey is so; nothing said means "if it was answered"."""

    of: Reference
    at_most: Whole | None = None
    at_least: Whole | None = None
    is_: tuple[str, ...] = Field(default=(), alias="is")

    def holds(self, answer: int | str | None) -> bool:
        """Whether the raw value (a number on a scale, an option's key) of the earlier answer meets the condition."""
        if answer is None:
            return False
        if isinstance(answer, str):
            return not self.is_ or answer in self.is_
        return (self.at_most is None or answer <= self.at_most) and (self.at_least is None or answer >= self.at_least)


class Question(FileModel):
    """One question. ``about`` is a touchpoint's or stage's key; without it, what the survey is attached to."""

    key: Key
    kind: QuestionKind
    text: Words
    about: Reference | None = None
    low: Annotated[LocalizedText, limit_length(40)] | None = (
        None  # what the ends of the scale mean; else the catalogue's words
    )
    high: Annotated[LocalizedText, limit_length(40)] | None = None
    options: tuple[Option, ...] = ()
    when: Branch | None = None

    def option(self, key: str) -> Option | None:
        return next((o for o in self.options if o.key == key), None)


class Trigger(FileModel):
    """The moment a survey belongs to: a visit to a touchpoint, entering a stage, or leaving it."""

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
    """What one customer may be asked about one visit.

    ``delay`` passes between the visit and the question; when the visit is older than ``greatest_age`` at the time of
    sending, it is not asked any more (when nothing is said: a day after the delay). ``share`` of the visits is asked
    (decided by the visit's id, so repeating changes nothing). ``contact`` lets a low score ask "may we contact you?".
    """

    key: Key
    on: Trigger
    delay: Duration = timedelta()
    greatest_age: Duration = Field(default_factory=lambda known: known.get("delay", timedelta()) + A_DAY)
    share: Annotated[Number, Field(gt=0, le=1)] = 1.0
    contact: Flag = True
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]

    @property
    def has_nps(self) -> bool:
        return any(q.kind is QuestionKind.NPS for q in self.questions)

    def question(self, key: str) -> Question | None:
        return next((q for q in self.questions if q.key == key), None)
