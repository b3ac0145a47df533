"""A customer allows us to ask, or does not."""

from enum import StrEnum

from bot.clock import Clock
from bot.db.asking import invitations
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from cjm.address import Address


class Consent(StrEnum):
    GIVEN = "given"
    REFUSED = "refused"
    STRANGER = "stranger"  # nobody we could ask: no link was opened, or the person was forgotten meanwhile


class GiveConsent:
    """``await give_consent(who, True) -> Consent``. What waited for a yes is looked at again at once."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, who: Address, given: bool) -> Consent:
        now = self._clock.now()

        def write(tx: Connection) -> Consent:
            person = customers.by_address(tx, who)
            if person is None or person.external_id is None:
                return Consent.STRANGER
            if not given:
                customers.update(tx, person.id, consent_at=None)
                return Consent.REFUSED
            customers.update(tx, person.id, consent_at=person.consent_at or now, stopped_at=None, unreachable_at=None)
            invitations.wake(tx, person.id, now)
            return Consent.GIVEN

        return await self._db.write(write)
