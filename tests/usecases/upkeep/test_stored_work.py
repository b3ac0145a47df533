"""What waits, got lost or was refused is told with what to do; what is mended is not told any more."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import update

from bot.clock import FrozenClock
from bot.db.delivery import inbox, letters
from bot.db.delivery.inbox import RawUpdate
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.states import LetterState
from bot.db.delivery.tables import letter_table
from bot.db.engine.database import Database
from bot.outbox.kinds import LetterName
from bot.usecases.maps.send_digests import SendDigests
from bot.usecases.upkeep.check_stored_work import check_stored_work
from bot.usecases.upkeep.findings import CheckName, Severity
from cjm.address import Address
from tests.usecases.maps.digest_team import GROUP, MONDAY, make_team
from tests.usecases.past import apply_shop

ANNA = Address("telegram", "77")
BOT = "7000000001"
LATER = timedelta(minutes=30)


async def find_warnings(db: Database, now: datetime, **team: Any) -> dict[str, str]:
    """Return the text of each warning by the name of its check; every check answers."""
    teams = [make_team(**team)]
    findings = await db.read(lambda tx: check_stored_work(tx, teams, BOT, now))
    assert {finding.check for finding in findings} == {
        CheckName.INBOX,
        CheckName.LETTERS,
        CheckName.TEAMS,
        CheckName.DIGESTS,
    }
    return {finding.check.value: finding.text for finding in findings if finding.severity is Severity.WARNING}


async def post_letter(db: Database, key: str, to: Address, now: datetime, kind: str = LetterName.NOTICE) -> None:
    letter = NewLetter(key, to, kind, LetterPriority.ALERT, now)
    await db.write(lambda tx: letters.post(tx, letter, now))


async def end_letters(db: Database, key: str, state: LetterState, **values: object) -> None:
    """Let the letters whose keys begin so end as a messenger's answer would."""
    these = update(letter_table).where(letter_table.c.key.startswith(key))
    await db.write(lambda tx: tx.execute(these.values(state=state, **values)) and None)


async def test_without_trouble_nothing_is_told(any_db: Database) -> None:
    assert await find_warnings(any_db, MONDAY) == {}


async def test_updates_that_wait_or_were_set_aside_are_told(any_db: Database) -> None:
    raw = [RawUpdate(n, "77", "{}") for n in (1, 2, 3)]
    stored = await any_db.write(lambda tx: inbox.insert_updates(tx, BOT, raw, MONDAY))
    assert await find_warnings(any_db, MONDAY + timedelta(minutes=1)) == {}
    for row in stored[:2]:
        await any_db.write(partial(inbox.set_aside, row_id=row.id, error="KeyError at x.py:1", now=MONDAY))
    warnings = await find_warnings(any_db, MONDAY + timedelta(minutes=1))
    assert warnings["inbox"].startswith("2 updates set aside")
    assert "'tropa inbox retry'" in warnings["inbox"]
    assert "an update waits since 2026-11-23" in (await find_warnings(any_db, MONDAY + LATER))["inbox"]


async def test_letters_that_wait_or_may_be_missing_are_told(any_db: Database) -> None:
    await post_letter(any_db, "waiting", ANNA, MONDAY)
    assert "a letter waits since" in (await find_warnings(any_db, MONDAY + LATER))["letters"]
    await end_letters(any_db, "waiting", LetterState.UNKNOWN, unknown_at=MONDAY)
    assert (
        "1 letter of the last 7 days may not have arrived (1 notice)"
        in ((await find_warnings(any_db, MONDAY + LATER))["letters"])
    )
    assert await find_warnings(any_db, MONDAY + timedelta(days=8)) == {}


async def test_lost_topic_and_chat_are_told_until_something_arrives_there(any_db: Database) -> None:
    await post_letter(any_db, "first", GROUP, MONDAY)
    await end_letters(any_db, "first", LetterState.REJECTED, reason="Bad Request: message thread not found")
    assert (await find_warnings(any_db, MONDAY))["teams"] == (
        "the topic of team care is gone: send /team in the topic that shall have its cards and digests"
    )
    await end_letters(any_db, "first", LetterState.REJECTED, reason="Bad Request: TOPIC_CLOSED")
    assert "topic of team care is closed: open it again" in (await find_warnings(any_db, MONDAY))["teams"]
    await end_letters(any_db, "first", LetterState.UNREACHABLE, reason="Forbidden: bot was kicked")
    assert 'cannot be written to ("Forbidden: bot was kicked")' in (await find_warnings(any_db, MONDAY))["teams"]
    # A refusal of one message says nothing about the chat.
    await end_letters(any_db, "first", LetterState.REJECTED, reason="Bad Request: message is too long")
    assert await find_warnings(any_db, MONDAY) == {}
    await end_letters(any_db, "first", LetterState.UNREACHABLE, reason="Forbidden: bot was kicked")
    await post_letter(any_db, "second", GROUP, MONDAY + LATER)
    await end_letters(any_db, "second", LetterState.SENT)
    assert await find_warnings(any_db, MONDAY + LATER) == {}


async def test_digest_that_is_due_and_not_sent_is_told(any_db: Database) -> None:
    clock = FrozenClock(MONDAY - timedelta(days=2))
    await any_db.write(lambda tx: apply_shop(tx, clock.now()))
    send_digests = SendDigests(any_db, clock, [make_team()])
    await send_digests()
    clock.set(MONDAY + LATER)
    assert "the digest of team care is due since" in (await find_warnings(any_db, clock.now()))["digests"]
    assert await send_digests() == 1
    assert "is not sent yet" in (await find_warnings(any_db, clock.now()))["digests"]
    await end_letters(any_db, "digest:", LetterState.UNKNOWN, unknown_at=MONDAY)
    assert "may not have arrived" in (await find_warnings(any_db, clock.now()))["digests"]
    await end_letters(any_db, "digest:", LetterState.REJECTED, reason="Bad Request: PHOTO_INVALID_DIMENSIONS")
    assert "was refused" in (await find_warnings(any_db, clock.now()))["digests"]
    await end_letters(any_db, "digest:", LetterState.SENT)
    assert await find_warnings(any_db, clock.now()) == {}
