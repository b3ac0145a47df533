"""Values that machines post: an event, a customer.

Invariants:
* The mistakes of all keys are found at once, but not always all of those inside of attributes or measures.
* No message repeats a value or a key that was sent: it may be a customer's words.
* An object of too many entries is refused before they are looked at.
* What the checks below allow stands in the schemas of the types too, for `/v1/openapi.json`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, WithJsonSchema

from bot.texts import LANGUAGES
from cjm.errors import Mistake
from cjm.journeys.journey import CHANNELS
from cjm.journeys.visit import Event
from cjm.mistake_wording import describe_error, find_similar
from cjm.tables import cell
from cjm.text import text_problem
from cjm.time_zones import TimeZone

MOST_ATTRIBUTES = 20
_MOST_NAME = 64  # characters of the name of an attribute or a measure
_MOST_WORDS = 256  # characters of a reason or of the value of an attribute
MOST_HINTS = 3  # unknown keys of one object for which a similar one is looked up; all others are only counted
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
    if len(value) > _MOST_WORDS:
        raise ValueError(f"is too long; {_MOST_WORDS} characters is the most")
    if problem := text_problem(value):
        raise ValueError(problem)
    return value


def _check_attributes(value: dict[str, Any]) -> dict[str, Any]:
    """Accept an object of texts, numbers, true and false."""
    _check_names(value)
    for attribute in value.values():
        if isinstance(attribute, str):
            if attribute:  # an empty text takes the attribute back
                cell.read_identifier(attribute, _MOST_WORDS)
        elif not isinstance(attribute, (bool, int, float)):
            raise ValueError("holds a value that is not a text, a number, true or false")
        else:
            _check_number(attribute)
    return value


def _check_size(value: object) -> object:
    # Before the entries are checked: each wrong one would be a finding of its own.
    if isinstance(value, dict) and len(value) > MOST_ATTRIBUTES:
        raise ValueError(f"holds more than {MOST_ATTRIBUTES} entries")
    return value


def _check_names(value: Mapping[str, Any]) -> None:
    for name in value:
        if not name or len(name) > _MOST_NAME or not name.isprintable():
            raise ValueError(f"holds a name that is empty, longer than {_MOST_NAME} characters or not printable")


def _check_number(value: float) -> float:
    if not -_LARGEST <= value <= _LARGEST:  # NaN is on neither side; a whole number may be too large for a float
        raise ValueError("must be an ordinary number")
    return value


def _check_measures(value: dict[str, float]) -> dict[str, float]:
    _check_names(value)
    return value


def _check_language(value: str) -> str:
    if value not in LANGUAGES:
        raise ValueError(f"is not a language that Tropa speaks; the languages are {', '.join(LANGUAGES)}")
    return value


def _describe_text(most: int, **more: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "maxLength": most, **more})


def _describe_object(values: dict[str, Any]) -> WithJsonSchema:
    names = {"minLength": 1, "maxLength": _MOST_NAME}
    limits = {"maxProperties": MOST_ATTRIBUTES, "propertyNames": names}
    return WithJsonSchema({"type": "object", "additionalProperties": values, **limits})


def _describe_choice(values: Sequence[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(values)})


Identifier = Annotated[str, _check_identifier(128), _describe_text(128, minLength=1)]
ShortIdentifier = Annotated[str, _check_identifier(64), _describe_text(64, minLength=1)]
PostedNumber = Annotated[float, AfterValidator(_check_number)]
Attributes = Annotated[
    dict[str, Any],
    BeforeValidator(_check_size),
    AfterValidator(_check_attributes),
    _describe_object({"type": ["string", "number", "boolean"], "maxLength": _MOST_WORDS}),
]
Measures = Annotated[
    dict[str, PostedNumber],
    BeforeValidator(_check_size),
    AfterValidator(_check_measures),
    _describe_object({"type": "number"}),
]
PostedChannel = Annotated[str, AfterValidator(_check_channel), _describe_choice(CHANNELS)]
PostedLanguage = Annotated[str, AfterValidator(_check_language), _describe_choice(LANGUAGES)]


class EventPayload(Payload):
    """One event of `POST /v1/events`."""

    id: Identifier
    customer: Identifier
    journey: ShortIdentifier
    at: Annotated[datetime, BeforeValidator(_parse_time)]
    touchpoint: ShortIdentifier | None = None
    stage: ShortIdentifier | None = None
    channel: PostedChannel | None = None
    passage: Identifier | None = None
    attributes: Attributes | None = None
    measures: Measures | None = None
    amount: PostedNumber | None = None
    lost_reason: Annotated[str, AfterValidator(_check_words), _describe_text(_MOST_WORDS)] | None = None
    withdrawn: bool = False

    @property
    def event(self) -> Event:
        return Event(**vars(self))


class CustomerPayload(Payload):
    """Body of `PUT /v1/customers/{id}`; every key may be left out."""

    attributes: Attributes | None = None
    language: PostedLanguage | None = None
    timezone: TimeZone | None = None
    staff: bool | None = None


def drop_unknown_keys(posted: object, model: type[Payload]) -> object:
    """Return an object without the keys that ``model`` does not have, and anything else as it is."""
    if isinstance(posted, dict) and posted.keys() <= model.model_fields.keys():
        return posted
    return {key: posted[key] for key in model.model_fields if key in posted} if isinstance(posted, dict) else posted


def unknown_key_mistakes(posted: object, model: type[Payload]) -> list[Mistake]:
    """Return the mistakes of keys that ``model`` does not have: few sentences, however many keys there are."""
    if not isinstance(posted, dict):
        return []
    known = model.model_fields
    if posted.keys() <= known.keys():
        return []
    unknown = [key for key in posted if key not in known]
    # The key is the sender's text: it is not repeated.
    hints = (find_similar(key, known) for key in unknown[:MOST_HINTS])
    sentences = [f"has an unknown key{f'; did you mean {similar}?' if similar else ''}" for similar in hints]
    if len(unknown) > MOST_HINTS:
        sentences.append(f"has {len(unknown):,} unknown keys")
    return [Mistake("", sentence) for sentence in dict.fromkeys(sentences)]


def payload_mistakes(error: ValidationError, model: type[Payload]) -> list[Mistake]:
    """Return pydantic's findings as sentences, each at a key of ``model`` ("" for the value as a whole), none twice."""
    return list(dict.fromkeys(_iterate_mistakes(error, list(model.model_fields))))


def _iterate_mistakes(error: ValidationError, known: Sequence[str]) -> Iterator[Mistake]:
    for found in error.errors(include_url=False, include_input=False):
        yield Mistake(_known_key(found["loc"], known), _JSON_SENTENCES.get(found["type"]) or describe_error(found))


def _known_key(loc: Sequence[int | str], known: Sequence[str]) -> str:
    """Return the key of ours that a mistake stands at. Keys inside of it are the sender's own and are left out."""
    return str(loc[0]) if loc and str(loc[0]) in known else ""
