"""Retention takes messages away, too: cards of cases that are deleted, and lists and pictures with old words."""

from datetime import timedelta

from bot.clock import FrozenClock
from bot.db.cases.tables import case_table
from bot.db.delivery import message_subjects, quoted_messages, recalls
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import ErasureCause, MessageCarrier
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.upkeep.retire_rows import RetireRows
from cjm.address import Address
from cjm.cases.case import CaseKind, CaseOrigin, CaseState
from tests.journeys import SMALL
from tests.usecases.upkeep.random_past import LAST, NOW

KEEP, GROUP, ME = timedelta(days=30), Address("telegram", "-1001"), Address("telegram", "7")
LONG_AGO = NOW - timedelta(days=40)


async def test_cards_of_retired_cases_and_old_lists_are_taken_away_once(any_db: Database) -> None:
    await ApplyJourney(any_db, FrozenClock(NOW)).apply(SMALL, "small.toml")

    def store(tx: Connection) -> None:
        person = customers.ensure_external_ids(tx, ["77"], NOW)["77"]
        customers.update_customer(tx, person.id, messenger=ME.messenger, address=ME.id)
        day = LAST - timedelta(days=40)
        case = {"customer_id": person.id, "kind": CaseKind.COMPLAINT, "origin": CaseOrigin.COMMAND, "journey": "small"}
        case |= {"day": day, "channel": "other", "opened_at": LONG_AGO, "team": "care"}
        for number, state in ((1, CaseState.CLOSED), (2, CaseState.OPEN)):
            tx.execute(case_table.insert().values(case | {"id": number, "state": state}))
            card = MessageSubject(SubjectKind.CARD, number)
            message_subjects.save(tx, GROUP, f"card {number}", card, LONG_AGO)
        shown = [(GROUP, f"card {n}", LONG_AGO) for n in (1, 2)] + [(GROUP, "list", LONG_AGO), (ME, "own", LONG_AGO)]
        for to, message_id, at in [*shown, (GROUP, "new list", NOW)]:
            quoted_messages.record_quotes(tx, to, message_id, {person.id}, MessageCarrier.TEXT, at)

    await any_db.write(store)
    for _ in range(2):
        await RetireRows(any_db, FrozenClock(NOW), KEEP, 5)()
    due = await any_db.read(lambda tx: recalls.list_due(tx, NOW, of_chat=9, limit=9))
    assert sorted((each.to, each.message_id, each.case_number) for each in due) == [
        (GROUP, "card 1", 1),
        (GROUP, "list", None),
    ]
    erasures = await any_db.read(lambda tx: {recalls.find_erasure(tx, each.erasure_id) for each in due})
    assert [(each.cause, each.to) for each in erasures if each] == [(ErasureCause.AGE, None)], "one, for one list"
