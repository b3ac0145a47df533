"""Content of an event as it is stored, and what differs when an event of the same id comes again.

Invariants:

* Equal in meaning is equal: the same instant in another offset, 3 and 3.0, a channel that is left out and the
  touchpoint's own, a key that is null and one that is missing.
* A value is called different only where the earlier one is known. A withdrawal may leave out what its event said, and
  a visit that was stored by an earlier version of Tropa does not know what its event told about the customer.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from cjm.journeys.attributes import canonical_value
from cjm.journeys.journey import Journey, JourneyPlace
from cjm.journeys.visit import Event

_DIGEST_BYTES = 8
NO_PLACE_CHANNEL = "other"
"""Channel of a visit to a stage whose event named none."""


class KnownContent(Protocol):
    """Content of an event that came before. ``attributes_digest`` is None where it was not stored."""

    @property
    def stage(self) -> str: ...
    @property
    def touchpoint(self) -> str | None: ...
    @property
    def at(self) -> datetime: ...
    @property
    def channel(self) -> str: ...
    @property
    def passage(self) -> str | None: ...
    @property
    def measures(self) -> Mapping[str, float] | None: ...
    @property
    def amount(self) -> float | None: ...
    @property
    def lost_reason(self) -> str | None: ...
    @property
    def attributes_digest(self) -> bytes | None: ...
    @property
    def withdrawn(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class EventContent:
    """Content of an event about its visit. Place and channel are as the journey resolves them."""

    stage: str
    touchpoint: str | None
    at: datetime
    channel: str
    passage: str | None
    measures: dict[str, float] | None
    amount: float | None
    lost_reason: str | None
    attributes_digest: bytes | None
    withdrawn: bool


def read_content(event: Event, journey: Journey) -> EventContent:
    """Return the content of an event of this journey in which `find_event_mistakes` has found no mistake."""
    place = journey.find_place(event.touchpoint or event.stage or "")
    assert place is not None  # find_event_mistakes() has looked
    stage, touchpoint = place
    return EventContent(
        stage=stage.key,
        touchpoint=touchpoint.key if touchpoint else None,
        at=event.at,
        channel=event.channel or _own_channel(place),
        passage=event.passage,
        measures=dict(event.measures) if event.measures else None,
        amount=event.amount,
        lost_reason=event.lost_reason,
        attributes_digest=digest_attributes(event.attributes),
        withdrawn=event.withdrawn,
    )


def find_own_channel(event: Event, journey: Journey) -> str | None:
    """Return the channel that an event without one has in this journey; None if the journey does not know its place."""
    place = journey.find_place(event.touchpoint or event.stage or "")
    return _own_channel(place) if place else None


def _own_channel(place: JourneyPlace) -> str:
    return place.touchpoint.channel if place.touchpoint else NO_PLACE_CHANNEL


def digest_attributes(attributes: Mapping[str, Any] | None) -> bytes:
    """Return a short digest of what an event tells about its customer; empty if it tells nothing."""
    if not attributes:
        return b""
    equal = {key: int(v) if isinstance(v, float) and v.is_integer() else v for key, v in attributes.items()}
    return hashlib.blake2b(canonical_value(equal).encode(), digest_size=_DIGEST_BYTES).digest()


def list_differences(event: Event, journey: Journey, before: KnownContent) -> list[str]:
    """Return the keys of the values that an event of the same id told otherwise before."""
    now, of_withdrawn = read_content(event, journey), before.withdrawn
    same_place = _same_place(now, before, journey)
    is_same = {
        "touchpoint" if event.touchpoint is not None else "stage": same_place,
        "at": now.at == before.at,
        # An event without a channel has that of its place: at another place it says nothing of the channel before.
        "channel": now.channel == before.channel
        or (event.channel is None and not same_place)
        # Of a withdrawal that named no channel, the place's own is stored.
        or (of_withdrawn and before.channel == find_own_channel(event, journey)),
        "passage": _same_value(now.passage, before.passage, of_withdrawn),
        "attributes": of_withdrawn or before.attributes_digest in (None, now.attributes_digest),
        "measures": _same_value(now.measures, before.measures, of_withdrawn),
        "amount": _same_value(now.amount, before.amount, of_withdrawn),
        "lost_reason": _same_value(now.lost_reason or None, before.lost_reason or None, of_withdrawn),
    }
    return [key for key, same in is_same.items() if not same]


def _same_place(now: EventContent, before: KnownContent, journey: Journey) -> bool:
    # A touchpoint may have moved to another stage since, and either may have another key.
    if now.touchpoint is not None or before.touchpoint is not None:
        return before.touchpoint is not None and journey.current_key(before.touchpoint) == now.touchpoint
    return journey.current_key(before.stage) == now.stage


def _same_value(now: object, before: object, of_withdrawn: bool) -> bool:
    return now == before or (of_withdrawn and before is None)
