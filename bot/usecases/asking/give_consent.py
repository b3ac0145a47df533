"""Give consent: a customer allows us to ask them, or does not."""

from datetime import datetime
from enum import StrEnum

from bot.clock import Clock
from bot.db.asking import invitations
from bot.db.delivery import letters
from bot.db.engine.database import Connection, Database
from bot.db.people import consent_records, customers, do_not_ask
from bot.db.people.consent_states import ConsentWay
from bot.db.people.customers import Customer
from bot.outbox.kinds import LetterName
from bot.outbox.letters.greeting import Greeting
from cjm.address import Address


class Consent(StrEnum):
    """Result of a customer's yes or no."""

    GIVEN = "given"
    REFUSED = "refused"
    STRANGER = "stranger"  # nobody we could ask: no link was opened, or the person was forgotten meanwhile


class GiveConsent:
    """``await give_consent(address, True, message_id) -> Consent``. A yes makes all that waits for this person due.

    ``message_id`` is the message whose button was tapped: a greeting that arrived, even if nobody knew that it had.
    ``wording`` is the version of the text above the button, and ``way`` what led to it: both go into the record.
    Somebody who was forgotten is asked again from a yes on.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(
        self,
        address: Address,
        is_given: bool,
        message_id: str,
        *,
        wording: str = "",
        way: ConsentWay = ConsentWay.UNKNOWN,
    ) -> Consent:
        now = self._clock.now()

        def write(tx: Connection) -> Consent:
            greeting = {"greeting": Greeting.CONSENT}
            letters.prove_arrival(tx, address, (LetterName.GREETING,), greeting, message_id, now)
            person = customers.find_by_address(tx, address)
            # Without the business's id there will be no visits of this person, hence nothing to ask about.
            if person is None or person.external_id is None:
                return Consent.STRANGER
            return _store_wish(tx, person, is_given, wording, way, now)

        return await self._db.write(write)


def _store_wish(
    tx: Connection, person: Customer, is_given: bool, version: str, way: ConsentWay, now: datetime
) -> Consent:
    # A forged or very old button names a version that nobody was shown.
    wording = consent_records.find_wordings(tx, [version]).get(version)
    if not is_given:
        consent_records.record_withdrawn(tx, person, way, now, wording=wording)
        customers.update_customer(tx, person.id, consent_at=None)
        return Consent.REFUSED
    if person.consent_at is None or person.stopped_at is not None:
        consent_records.record_given(tx, person, way, now, wording=wording)
    if person.external_id is not None:
        do_not_ask.remove_person(tx, person.external_id)
    # A repeated yes keeps the time of the first. A yes also takes an earlier /stop back.
    customers.update_customer(tx, person.id, consent_at=person.consent_at or now, stopped_at=None, unreachable_at=None)
    invitations.make_due(tx, person.id, now)
    return Consent.GIVEN
