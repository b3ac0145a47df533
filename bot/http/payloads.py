"""What machines post, as it must be: an event, a customer. Every mistake is told at once, and no value is repeated."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.texts import LANGUAGES
from cjm.errors import Mistake
from cjm.journeys.journey import CHANNELS, TimeZone
from cjm.journeys.visit import Event
from cjm.mistake_sentences import near, sentence
from cjm.tables import cell
from cjm.text import unfit

MOST_ATTRIBUTES = 20
_LARGEST = 1e15
_SAID = {
    "string_type": "must be a text",
    "dict_type": 'must be an object, such as {"key": "value"}',
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}


class Payload(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def _at(value: object) -> datetime:
    try:
        if not isinstance(value, str):
            raise ValueError
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a time as RFC 3339 writes it, such as 2026-11-22T10:00:00Z") from None
    if found.tzinfo is None:
        raise ValueError("needs its offset, such as Z or +02:00, at the end")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("is a time that no calendar here reaches") from None


def _id(most: int) -> AfterValidator:
    return AfterValidator(lambda value: cell.identifier(value, most))


def _channel(value: str) -> str:
    if value not in CHANNELS:
        raise ValueError(f"is not a channel; one of {', '.join(CHANNELS)}")
    return value


def _words(value: str) -> str:
    if len(value) > 256:
        raise ValueError("is too long; 256 characters is the most")
    if said := unfit(value):
        raise ValueError(said)
    return value


def _flat(value: dict[str, Any]) -> dict[str, Any]:
    """Names to texts, numbers, true and false."""
    _few(value)
    for said in value.values():
        if isinstance(said, str):
            if said:
                cell.identifier(said, 256)
        elif not isinstance(said, (bool, int, float)):
            raise ValueError("holds a value that is no text, number, true or false")
        else:
            _finite(said)
    return value


def _few(value: Mapping[str, Any]) -> None:
    if len(value) > MOST_ATTRIBUTES:
        raise ValueError(f"holds more than {MOST_ATTRIBUTES} entries")
    for name in value:
        if not name or len(name) > 64 or not name.isprintable():
            raise ValueError("holds a name that is empty, longer than 64 characters or not printable")


def _finite(value: float) -> float:
    if not -_LARGEST <= value <= _LARGEST:  # NaN is on neither side; a whole number may be too large for a float
        raise ValueError("must be an ordinary number")
    return value


def _measured(value: dict[str, float]) -> dict[str, float]:
    _few(value)
    return value


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise ValueError(f"is not a language we speak; one of {', '.join(LANGUAGES)}")
    return value


Identifier = Annotated[str, _id(128)]
Name = Annotated[str, _id(64)]
Number = Annotated[float, AfterValidator(_finite)]
Flat = Annotated[dict[str, Any], AfterValidator(_flat)]


class EventPayload(Payload):
    """One event of `POST /v1/events`."""

    id: Identifier
    customer: Identifier
    journey: Name
    at: Annotated[datetime, BeforeValidator(_at)]
    touchpoint: Name | None = None
    stage: Name | None = None
    channel: Annotated[str, AfterValidator(_channel)] | None = None
    passage: Identifier | None = None
    attributes: Flat | None = None
    measures: Annotated[dict[str, Number], AfterValidator(_measured)] | None = None
    amount: Number | None = None
    lost_reason: Annotated[str, AfterValidator(_words)] | None = None
    withdrawn: bool = False

    @property
    def event(self) -> Event:
        return Event(**{name: getattr(self, name) for name in type(self).model_fields})


class CustomerPayload(Payload):
    """What `PUT /v1/customers/{id}` takes; all of it may be left out."""

    attributes: Flat | None = None
    language: Annotated[str, AfterValidator(_language)] | None = None
    timezone: TimeZone | None = None


def mistakes(error: ValidationError, at: str, model: type[Payload]) -> list[Mistake]:
    """Pydantic's findings as sentences; ``at`` is where the value stands ("events[3]", or "" when it is alone)."""
    return list(dict.fromkeys(_mistakes(error, at, list(model.model_fields))))


def _mistakes(error: ValidationError, at: str, known: Sequence[str]) -> Iterator[Mistake]:
    for found in error.errors(include_url=False, include_input=False):
        loc, kind = found["loc"], found["type"]
        if kind == "extra_forbidden":
            meant = near(str(loc[-1]), known)
            unknown = "holds a key that is not known" + (f"; did you mean {meant}?" if meant else "")
            yield Mistake(at, unknown)  # the key itself is what somebody typed: it is not repeated
        else:
            yield Mistake(_path(at, loc, known), _SAID.get(kind) or sentence(found))


def _path(at: str, loc: Sequence[int | str], known: Sequence[str]) -> str:
    """The place of a mistake; names inside of a table of the sender's own are left out."""
    name = str(loc[0]) if loc and str(loc[0]) in known else ""
    return ".".join(part for part in (at, name) if part)
