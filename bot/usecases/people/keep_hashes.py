"""Keep what must outlive a forgotten person, by keyed hashes alone: see `bot.db.people.person_hash`.

* That they are not to be asked again.
* That their consent ended, and when.
* That a team has muted them: forgetting themself would otherwise let a person who floods begin again. Who has themself
  forgotten `MANY` times in a day is muted until the day is over: each time they could write as much as is let through
  of one person (`cjm.cases.intake`), and no card would stay for long enough to mute them from it.
"""

from datetime import datetime, timedelta

from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction
from bot.db.cases import kept_mutes
from bot.db.engine.database import Connection
from bot.db.people import consent_records, customers, do_not_ask
from bot.db.people.consent_states import ConsentActor, ConsentWay
from bot.usecases.audit.forget_in_audit import hash_person

MANY, A_DAY = 3, timedelta(days=1)


def keep_hashes(tx: Connection, customer_id: int, actor: ConsentActor, now: datetime) -> None:
    """Store the hashes of a person who is about to be deleted in the same transaction.

    The audit log has it already that they are forgotten now.
    """
    person = customers.find_by_id(tx, customer_id)
    if person is None:
        return
    if person.external_id is not None:
        do_not_ask.add_person(tx, person.external_id, now)
    if person.consent_at is not None:
        consent_records.record_withdrawn(tx, person, ConsentWay.FORGOTTEN, now, actor=actor)
    if person.address is not None:
        kept_mutes.keep_mutes(tx, person.id, person.address, now)
        if audit_entries.count_entries(tx, AuditAction.FORGET_PERSON, hash_person(tx, person), now - A_DAY) >= MANY:
            kept_mutes.keep_new_mutes(tx, person.id, person.address, now, now + A_DAY)
