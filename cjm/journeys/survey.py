"""Survey: what is asked, when, and how the answers branch; texts in several languages."""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from cjm.scales import Scale
from cjm.text import LocalizedText, Title, Words, limited

MOST_QUESTIONS = 5
MOST_OPTIONS = 10
A_DAY = timedelta(days=1)
LONGEST = timedelta(days=365)


class FileModel(BaseModel):
    """A frozen part of a journey file: unknown keys are mistakes, and errors never repeat what was typed.

    A value alone sees to its own settings only. What parts owe to each other is in ``cjm.journeys.rules``, which
    :func:`cjm.journeys.journey.read_journey` applies: a journey that was read is whole.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def is_key(text: str) -> bool:
    """Whether something in a journey can be called so."""
    return re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", text) is not None


def _key(value: str) -> str:
    if not is_key(value):
        raise ValueError("a key is small letters, digits, - and _, begins with a letter and has at most 40 of them")
    return value


def duration(value: Any) -> timedelta:
    """The length of time that "30m", "2h", "3d" or "1w" writes; 0 is none. Raises ValueError with a sentence."""
    if isinstance(value, timedelta):
        return value
    if value == "0" or (isinstance(value, int) and value is not False and value == 0):
        return timedelta()
    found = re.fullmatch(r"([0-9]{1,6})\s*(m|min|h|d|w)", value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a number with m, h, d or w in quotes, such as "30m", "2h" or "3d"')
    unit = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}[found[2]]
    length = timedelta(**{unit: int(found[1])})
    if length > LONGEST:
        raise ValueError(f"is too long; {LONGEST.days}d is the most")
    return length


def written(duration: timedelta) -> str:
    """The length of time as a journey file writes it: "30m", "2h", "3d", "1w"."""
    minutes = int(duration.total_seconds() // 60)
    for unit, size in (("w", 10_080), ("d", 1_440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m" if minutes else "0"


Key = Annotated[str, AfterValidator(_key)]
Reference = str  # a key that stands elsewhere in the file; whether it does is seen when the parts are held together
Whole = Annotated[int, Field(strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Flag = Annotated[bool, Field(strict=True)]
Duration = Annotated[timedelta, BeforeValidator(duration)]


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
    title: Annotated[LocalizedText, limited(60)]


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
    low: Annotated[LocalizedText, limited(40)] | None = (
        None  # what the ends of the scale mean; else the catalogue's words
    )
    high: Annotated[LocalizedText, limited(40)] | None = None
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


__all__ = [
    "LONGEST",
    "MOST_OPTIONS",
    "MOST_QUESTIONS",
    "Branch",
    "Duration",
    "FileModel",
    "Flag",
    "Key",
    "LocalizedText",
    "Number",
    "Option",
    "Question",
    "QuestionKind",
    "Reference",
    "Survey",
    "Title",
    "Trigger",
    "Whole",
    "Words",
    "duration",
    "is_key",
    "written",
]
