"""Visit by a poster: somebody scans the code that hangs at a touchpoint, and presses Start.

Invariants:
* A scan is a visit to the touchpoint of the poster, with a channel of its own, at the moment of the scan. An account
  has one visit a touchpoint and day, by the journey's clock, however often it scans or sends the code again. A
  walk-in who was forgotten has no further visit on that day: which visits their account had is not stored any more.
* A touchpoint takes so many visits by posters a day; what comes above is greeted, and is no visit. So a code that was
  passed on costs a day at most, not the figures of a month.
* Nothing is asked before consent, as of everybody; the question then comes by the rules of asking.
* An account that is no customer's becomes a walk-in. A personal link makes the walk-in the customer whom it was made
  for, with all that they did before (`bot.usecases.people.open_link`).
* A code that opens nothing is answered as a link that does not work.
"""

import hashlib
import logging
from datetime import datetime, time

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys, visits
from bot.db.journeys.poster_visits import count_poster_visits
from bot.db.people import customers
from bot.db.people.consent_states import ConsentWay
from bot.db.people.customers import Customer
from bot.db.people.person_hash import hash_address
from bot.db.people.posters import PosterPlace, find_poster_place
from bot.db.people.walk_in_names import make_walk_in_name
from bot.outbox.letters.greeting import Greeting, post_greeting
from bot.texts import supported_language
from bot.usecases.asking.record_visits import record_events
from bot.usecases.people.customer_defaults import choose_chat_language
from bot.usecases.people.open_link import LinkOpened, greet_customer
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.journeys.journey import POSTER_CHANNEL
from cjm.journeys.visit import Event
from cjm.wall_clock import wall_to_utc

log = logging.getLogger(__name__)


class VisitByPoster:
    """``await visit_by_poster(address, message_id, code, "pl") -> LinkOpened``: answer the Start of a poster's code.

    ``most_a_day`` is how many visits by posters a touchpoint takes in a day; 0 is no limit.
    """

    def __init__(self, db: Database, clock: Clock, secret: str, rules: AskingRules, most_a_day: int) -> None:
        self._db, self._clock, self._secret = db, clock, secret
        self._rules, self._most_a_day = rules, most_a_day

    async def __call__(
        self, address: Address, message_id: str, code: str, phone_language: str | None = None
    ) -> LinkOpened:
        now = self._clock.now()

        def write(tx: Connection) -> LinkOpened:
            place = find_poster_place(tx, code, journeys.list_current(tx).values(), self._secret, now)
            if place is None:
                person = customers.find_by_address(tx, address)
                opened = LinkOpened(Greeting.REFUSED, choose_chat_language(tx, person, phone_language))
            else:
                self._record_visit(tx, _ensure_customer(tx, address, phone_language, now), place, now)
                opened = greet_customer(tx, address, phone_language, now)
            post_greeting(tx, address, message_id, opened.greeting, opened.language, ConsentWay.START, now)
            return opened

        return await self._db.write(write)

    def _record_visit(self, tx: Connection, person: Customer, place: PosterPlace, now: datetime) -> None:
        """Store the visit, unless the touchpoint has had its number of them today."""
        assert person.external_id is not None  # a walk-in has one, too
        day = now.astimezone(place.journey.zone).date()
        midnight = wall_to_utc(datetime.combine(day, time()), place.journey.zone)
        if person.address is not None and _was_forgotten(tx, person.address, midnight):
            log.info("visit by poster not counted", extra={"touchpoint": place.touchpoint, "reason": "forgotten today"})
            return
        count = count_poster_visits(tx, place.journey.key, place.touchpoint, day)
        if self._most_a_day and count >= self._most_a_day:
            log.warning("visit by poster not counted", extra={"touchpoint": place.touchpoint, "reason": "daily cap"})
            return
        name = f"{place.journey.key} {place.touchpoint} {person.id} {day}"
        event = Event(
            id=f"poster-{hashlib.sha256(name.encode()).hexdigest()[:32]}",
            customer=person.external_id,
            journey=place.journey.key,
            at=now,
            touchpoint=place.touchpoint,
            channel=POSTER_CHANNEL,
        )
        if not visits.list_by_event_ids(tx, [event.id]):  # a second scan of the day is no second visit
            record_events(tx, [event], self._rules, now)


def _was_forgotten(tx: Connection, account: Address, since: datetime) -> bool:
    """Return whether a stranger or walk-in of this account had themself forgotten since a time."""
    return audit_entries.count_entries(tx, AuditAction.FORGET_PERSON, hash_address(tx, account), since) > 0


def _ensure_customer(tx: Connection, address: Address, phone_language: str | None, now: datetime) -> Customer:
    """Return the customer of this account; one that is no customer's becomes a walk-in."""
    person = customers.ensure_address(tx, address, supported_language(phone_language), now)
    if person.external_id is None:
        customers.update_customer(tx, person.id, external_id=make_walk_in_name())
    known = customers.find_by_id(tx, person.id)
    assert known is not None  # just made
    return known
