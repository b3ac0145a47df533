"""Values that machines post: an event, a customer.

Invariants:
* The mistakes of all keys are found at once, but not always all of those inside of attributes or measures.
* No message repeats a value or a key that was sent: it may be a customer's words.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.texts import LANGUAGES
from cjm.errors import Mistake
from cjm.journeys.journey import CHANNELS
from cjm.journeys.visit import Event
from cjm.mistake_wording import describe_error, find_similar
from cjm.tables import cell
from cjm.text import text_problem
from cjm.time_zones import TimeZone

MOST_ATTRIBUTES = 20
_LARGEST = 1e15  # floats hold every whole number up to here exactly
# The shared sentences speak of TOML, where an object is a table; who sends JSON knows objects.
_JSON_SENTENCES = {
    "string_type": "must be a text",
    "dict_type": 'must be an object, such as {"key": "value"}',
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}


class Payload(BaseModel):
    """Base of all bodies: no unknown keys, no silent conversion, no value in an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def _parse_time(value: object) -> datetime:
    try:
        if not isinstance(value, str):
            raise ValueError
        time = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a time as RFC 3339 writes it, such as 2026-11-22T10:00:00Z") from None
    if time.tzinfo is None:
        raise ValueError("needs its offset, such as Z or +02:00, at the end")
    try:
        return time.astimezone(UTC)
    except OverflowError:  # the first and last hours of the calendar, moved by their offset
        raise ValueError("is outside of the calendar, which has the years 1 to 9999") from None


def _check_identifier(most: int) -> AfterValidator:
    return AfterValidator(lambda value: cell.read_identifier(value, most))


def _check_channel(value: str) -> str:
    if value not in CHANNELS:
        raise ValueError(f"is not a channel; the channels are {', '.join(CHANNELS)}")
    return value


def _check_words(value: str) -> str:
    if len(value) > 256:
        raise ValueError("is too long; 256 characters is the most")
    if problem := text_problem(value):
        raise ValueError(problem)
    return value


def _check_attributes(value: dict[str, Any]) -> dict[str, Any]:
    """Accept an object of texts, numbers, true and false."""
    _check_entries(value)
    for attribute in value.values():
        if isinstance(attribute, str):
            if attribute:  # an empty text takes the attribute back
                cell.read_identifier(attribute, 256)
        elif not isinstance(attribute, (bool, int, float)):
            raise ValueError("holds a value that is not a text, a number, true or false")
        else:
            _check_number(attribute)
    return value


def _check_entries(value: Mapping[str, Any]) -> None:
    if len(value) > MOST_ATTRIBUTES:
        raise ValueError(f"holds more than {MOST_ATTRIBUTES} entries")
    for name in value:
        if not name or len(name) > 64 or not name.isprintable():
            raise ValueError("holds a name that is empty, longer than 64 characters or not printable")


def _check_number(value: float) -> float:
    if not -_LARGEST <= value <= _LARGEST:  # NaN is on neither side; a whole number may be too large for a float
        raise ValueError("must be an ordinary number")
    return value


def _check_measures(value: dict[str, float]) -> dict[str, float]:
    _check_entries(value)
    return value


def _check_language(value: str) -> str:
    if value not in LANGUAGES:
        raise ValueError(f"is not a language that Tropa speaks; the languages are {', '.join(LANGUAGES)}")
    return value


Identifier = Annotated[str, _check_identifier(128)]
ShortIdentifier = Annotated[str, _check_identifier(64)]
PostedNumber = Annotated[float, AfterValidator(_check_number)]
Attributes = Annotated[dict[str, Any], AfterValidator(_check_attributes)]


class EventPayload(Payload):
    """One event of `POST /v1/events`."""

    id: Identifier
    customer: Identifier
    journey: ShortIdentifier
    at: Annotated[datetime, BeforeValidator(_parse_time)]
    touchpoint: ShortIdentifier | None = None
    stage: ShortIdentifier | None = None
    channel: Annotated[str, AfterValidator(_check_channel)] | None = None
    passage: Identifier | None = None
    attributes: Attributes | None = None
    measures: Annotated[dict[str, PostedNumber], AfterValidator(_check_measures)] | None = None
    amount: PostedNumber | None = None
    lost_reason: Annotated[str, AfterValidator(_check_words)] | None = None
    withdrawn: bool = False

    @property
    def event(self) -> Event:
        return Event(**{name: getattr(self, name) for name in type(self).model_fields})


class CustomerPayload(Payload):
    """Body of `PUT /v1/customers/{id}`; every key may be left out."""

    attributes: Attributes | None = None
    language: Annotated[str, AfterValidator(_check_language)] | None = None
    timezone: TimeZone | None = None


def payload_mistakes(error: ValidationError, model: type[Payload]) -> list[Mistake]:
    """Return pydantic's findings as sentences, each at a key of ``model`` ("" for the value as a whole), none twice."""
    return list(dict.fromkeys(_iterate_mistakes(error, list(model.model_fields))))


def _iterate_mistakes(error: ValidationError, known: Sequence[str]) -> Iterator[Mistake]:
    for found in error.errors(include_url=False, include_input=False):
        loc, kind = found["loc"], found["type"]
        if kind == "extra_forbidden":
            similar = find_similar(str(loc[-1]), known)
            hint = f"; did you mean {similar}?" if similar else ""
            yield Mistake("", f"has an unknown key{hint}")  # the key is the sender's text: it is not repeated
        else:
            yield Mistake(_known_key(loc, known), _JSON_SENTENCES.get(kind) or describe_error(found))


def _known_key(loc: Sequence[int | str], known: Sequence[str]) -> str:
    """Return the key of ours that a mistake stands at. Keys inside of it are the sender's own and are left out."""
    return str(loc[0]) if loc and str(loc[0]) in known else ""
