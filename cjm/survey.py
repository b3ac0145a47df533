"""Survey: what is asked, when, and how the answers branch; texts in several languages."""

import re
import unicodedata
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator

from cjm.satisfaction import Scale

MOST_QUESTIONS = 5
MOST_OPTIONS = 10
A_DAY = timedelta(days=1)


class Value(BaseModel):
    """A frozen part of a journey file: unknown keys are mistakes, and errors never repeat what was typed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _clean(text: str) -> str:
    if any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in text):
        raise ValueError("control characters are not allowed in a text")
    if not text.strip():
        raise ValueError("the text is empty")
    return " ".join(text.split()) if "\n" not in text else text.strip()


class Text(RootModel[dict[str, str]]):
    """A text in one or several languages; a bare string is meant for all of them (stored under "")."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _one_for_all(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"": _clean(value)}
        if not isinstance(value, dict) or not value or not all(isinstance(v, str) for v in value.values()):
            raise ValueError('a text is "…" or a table by language, such as { en = "…", ru = "…" }')
        return {language: _clean(text) for language, text in value.items()}

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.root.items())))

    def in_(self, language: str) -> str:
        """The text in ``language``; where it is missing, the one for all, English, or the first there is."""
        texts = self.root
        return texts.get(language) or texts.get("") or texts.get("en") or next(iter(texts.values()))

    @property
    def longest(self) -> int:
        return max(len(text) for text in self.root.values())


def _limited(most: int) -> AfterValidator:
    def check(text: Text) -> Text:
        if text.longest > most:
            raise ValueError(f"the text has {text.longest} characters; {most} is the most")
        return text

    return AfterValidator(check)


def _key(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", value):
        raise ValueError("a key is small letters, digits, - and _, begins with a letter and has at most 40 of them")
    return value


def _duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d{1,5})\s*(m|min|h|d|w)", value.strip()) if isinstance(value, str) else None
    if value in (0, "0"):
        return timedelta()
    if not match:
        raise ValueError('a length of time is a number with m, h, d or w, such as "30m", "2h" or "3d"')
    unit = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}[match[2]]
    return timedelta(**{unit: int(match[1])})


def written(duration: timedelta) -> str:
    """The length of time as a journey file writes it: "30m", "2h", "3d", "1w"."""
    minutes = int(duration.total_seconds() // 60)
    for unit, size in (("w", 10_080), ("d", 1_440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m" if minutes else "0"


Title = Annotated[Text, _limited(120)]
Words = Annotated[Text, _limited(600)]
Key = Annotated[str, AfterValidator(_key)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]


class Kind(StrEnum):
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
        return None if self in (Kind.CHOICE, Kind.TEXT) else Scale(self.value)


class Option(Value):
    """A label of a choice. Its key is what is stored, so the wording may change."""

    key: Key
    title: Annotated[Text, _limited(60)]


class When(Value):
    """Ask only if an earlier answer of the same survey is so; nothing said means "if it was answered"."""

    of: Key
    at_most: int | None = None
    at_least: int | None = None
    is_: tuple[str, ...] = Field(default=(), alias="is")

    def holds(self, answer: int | str | None) -> bool:
        """Whether the raw value (a number on a scale, an option's key) of the earlier answer meets the condition."""
        if answer is None:
            return False
        if isinstance(answer, str):
            return not self.is_ or answer in self.is_
        return (self.at_most is None or answer <= self.at_most) and (self.at_least is None or answer >= self.at_least)


class Question(Value):
    """One question. ``about`` is a touchpoint's or stage's key; without it, what the survey is attached to."""

    key: Key
    kind: Kind
    text: Words
    about: Key | None = None
    low: Annotated[Text, _limited(40)] | None = None  # what the ends of the scale mean; else the catalogue's words
    high: Annotated[Text, _limited(40)] | None = None
    options: tuple[Option, ...] = ()
    when: When | None = None

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        if self.kind is Kind.CHOICE:
            if not 2 <= len(self.options) <= MOST_OPTIONS:
                raise ValueError(f"a choice needs 2 to {MOST_OPTIONS} options; here are {len(self.options)}")
            if len({o.key for o in self.options}) < len(self.options):
                raise ValueError("two options have the same key")
        elif self.options:
            raise ValueError(f'only a question of kind "choice" has options; this one is "{self.kind}"')
        return self

    def option(self, key: str) -> Option | None:
        return next((o for o in self.options if o.key == key), None)


class Trigger(Value):
    """The moment a survey belongs to: a visit to a touchpoint, entering a stage, or leaving it."""

    touchpoint: Key | None = None
    enter: Key | None = None
    leave: Key | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(x is not None for x in (self.touchpoint, self.enter, self.leave)) != 1:
            raise ValueError('one of touchpoint, enter or leave is needed, such as { touchpoint = "delivery" }')
        return self

    @property
    def kind(self) -> Literal["touchpoint", "enter", "leave"]:
        return "touchpoint" if self.touchpoint else "enter" if self.enter else "leave"

    @property
    def subject(self) -> str:
        return self.touchpoint or self.enter or self.leave or ""


class Survey(Value):
    """What one customer may be asked about one visit.

    ``delay`` passes between the visit and the question; when the visit is older than ``greatest_age`` at the time of
    sending, it is not asked any more (when nothing is said: a day after the delay). ``share`` of the visits is asked
    (decided by the visit's id, so repeating changes nothing). ``contact`` lets a low score ask "may we contact you?".
    """

    key: Key
    on: Trigger
    delay: Duration = timedelta()
    greatest_age: Duration = Field(default_factory=lambda known: known.get("delay", timedelta()) + A_DAY)
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    contact: bool = True
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.questions[0].kind is Kind.TEXT:
            raise ValueError("the first question is answered by a tap: it cannot be of kind text")
        if self.questions[0].when is not None:
            raise ValueError("the first question is always asked: it cannot have a when")
        if self.greatest_age <= self.delay:
            raise ValueError("greatest_age must be longer than delay, or nobody is ever asked")
        return self

    @property
    def has_nps(self) -> bool:
        return any(q.kind is Kind.NPS for q in self.questions)

    def question(self, key: str) -> Question | None:
        return next((q for q in self.questions if q.key == key), None)
