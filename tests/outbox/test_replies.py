"""Replies: at once, idempotent ones again, never an error for the handler."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.clock import FrozenClock
from bot.db.delivery import inbox, pictures
from bot.db.delivery.inbox import RawUpdate, UpdateHandling
from bot.db.delivery.tables import inbox_table
from bot.db.engine.database import Connection, Database
from bot.db.engine.joined_write import next_write_also
from bot.db.people.tables import team_table
from bot.messages.message import Message, Upload, plain
from bot.outbox.messenger import ChatMoved, DeliveryError, NeverLeft, Rejected, Throttled, Uncertain, Unreachable
from bot.outbox.replies import Replies
from cjm.address import Address
from tests.outbox.doubles import ScriptedMessenger, swift_pace

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA, GROUP = Address("telegram", "7"), Address("telegram", "-100")
HELLO = Message(plain("hello"))


class House:
    def __init__(self, db: Database) -> None:
        self.db = db
        self.messenger = ScriptedMessenger()
        self.lost: list[Address] = []
        self.replies = Replies(
            self.messenger,
            swift_pace(),
            db,
            FrozenClock(NOW),
            on_unreachable=self._lose,
            waits=(0.0, 0.0),
        )

    async def _lose(self, who: Address) -> None:
        self.lost.append(who)


@pytest.fixture
def house(db: Database) -> House:
    return House(db)


@pytest.mark.parametrize("error", [NeverLeft("refused"), Throttled(0.001)])
async def test_a_reply_that_did_not_leave_is_sent_again(house: House, error: DeliveryError) -> None:
    house.messenger.will_raise(error, error)
    assert await house.replies.send(ANNA, HELLO) is not None
    assert house.messenger.sent_texts() == ["hello"]


async def test_a_reply_that_may_have_arrived_is_not_sent_again_but_edits_and_deletions_are(house: House) -> None:
    house.messenger.will_raise(Uncertain("reset"))
    assert await house.replies.send(ANNA, HELLO) is None
    assert house.messenger.calls["send"] == 1
    house.messenger.will_raise(Uncertain("reset"), NeverLeft("no"))
    assert await house.replies.edit(ANNA, "5", HELLO) is not None
    assert house.messenger.calls["edit"] == 3
    house.messenger.will_raise(Uncertain("reset"))
    await house.replies.delete(ANNA, "5")
    assert house.messenger.calls["delete"] == 2


@pytest.mark.parametrize(
    "error", [Rejected("empty"), Uncertain("reset"), Throttled(3000), NeverLeft("no"), Unreachable("blocked")]
)
async def test_no_failure_reaches_the_handler(
    house: House, error: DeliveryError, caplog: pytest.LogCaptureFixture
) -> None:
    for action in (house.replies.send(ANNA, HELLO), house.replies.edit(ANNA, "5", HELLO)):
        house.messenger.will_raise(*[error] * 9)
        house.replies._pace.budget.paused_until = 0.0  # the action before has left a pause
        assert await action is None
    assert "hello" not in caplog.text
    assert house.messenger.arrived == []


async def test_a_person_who_cannot_be_written_to_is_reported(house: House) -> None:
    house.messenger.will_raise(Unreachable("bot was blocked by the user"))
    assert await house.replies.send(ANNA, HELLO) is None
    assert house.lost == [ANNA]


async def test_a_group_that_moved_gets_the_reply_once_at_its_new_place(house: House) -> None:
    new = Address("telegram", "-1009")

    def prepare(tx: Connection) -> None:
        tx.execute(team_table.insert().values(key="shop", messenger="telegram", address=GROUP.id, bound_at=NOW))

    await house.db.write(prepare)
    house.messenger.will_raise(ChatMoved(new), to=GROUP)
    assert await house.replies.send(GROUP, HELLO) is not None
    assert house.messenger.sent_texts(new) == ["hello"]
    assert await house.db.read(lambda tx: tx.execute(select(team_table.c.address)).scalar()) == new.id


async def test_an_upload_is_remembered_and_bytes_are_sent_again_when_the_id_went_stale(house: House) -> None:
    drawn = Message(plain("map"), upload=Upload("map.png", b"PNG", cache_key="k"))
    await house.replies.send(ANNA, drawn)
    await house.replies.edit(ANNA, "1", drawn)
    shown = house.messenger.edits[0][2].upload
    assert shown is not None
    assert shown.file_id == "file-1"
    house.messenger.will_raise(Rejected("wrong file identifier"))
    assert await house.replies.send(ANNA, drawn) is not None
    last = house.messenger.arrived[-1][1].upload
    assert last is not None
    assert (last.file_id, last.data) == (None, b"PNG")
    assert await house.db.read(lambda tx: pictures.find_file_id(tx, "k")) == "file-1"


async def test_a_write_of_replies_never_marks_an_update_as_done(house: House) -> None:
    await house.db.write(lambda tx: inbox.insert_updates(tx, "1", [RawUpdate(1, "7", "{}")], NOW))
    handling = UpdateHandling(1, lambda: NOW)
    with next_write_also(handling.mark_done, then=handling.confirm):
        await house.replies.send(ANNA, Message(plain("map"), upload=Upload("map.png", b"PNG", cache_key="k")))
    assert await house.db.read(lambda tx: pictures.find_file_id(tx, "k")) == "file-1"
    assert await house.db.read(lambda tx: tx.execute(select(inbox_table.c.state)).scalar()) == "new"
