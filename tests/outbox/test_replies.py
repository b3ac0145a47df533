"""Replies: one try each; moved groups are followed, unreachable people reported, uploads remembered."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.clock import FrozenClock
from bot.db.delivery import pictures
from bot.db.engine.database import Connection, Database
from bot.db.people.tables import team_table
from bot.messages.message import Message, Upload, plain
from bot.outbox import uploads
from bot.outbox.messenger import ChatMoved, Rejected, Throttled, Unreachable
from bot.outbox.replies import Replies
from bot.outbox.send_budget import StartKind
from cjm.address import Address
from tests.outbox.doubles import ScriptedMessenger, swift_pace

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA, GROUP = Address("telegram", "7"), Address("telegram", "-100")
HELLO = Message(plain("hello"))


class House:
    def __init__(self, db: Database) -> None:
        self.db = db
        self.messenger = ScriptedMessenger()
        self.pace = swift_pace()
        self.lost: list[Address] = []
        self.replies = Replies(self.messenger, self.pace, db, FrozenClock(NOW), on_unreachable=self._lose)

    async def _lose(self, who: Address) -> None:
        self.lost.append(who)


@pytest.fixture
def house(db: Database) -> House:
    return House(db)


async def test_chat_that_was_told_to_wait_waits_alone(house: House) -> None:
    house.messenger.will_raise(Throttled(30))
    with pytest.raises(Throttled):
        await house.replies.edit(ANNA, "1", HELLO)
    assert house.pace.seconds_paused(ANNA) > 0
    assert house.pace.seconds_paused(GROUP) == 0
    assert house.replies.seconds_to_wait(GROUP, StartKind.EDIT) == 0


async def test_person_who_cannot_be_written_to_is_reported(house: House) -> None:
    house.messenger.will_raise(Unreachable("bot was blocked by the user"))
    with pytest.raises(Unreachable):
        await house.replies.send(ANNA, HELLO)
    assert house.lost == [ANNA]


async def test_group_that_moved_gets_the_reply_once_at_its_new_place(house: House) -> None:
    new = Address("telegram", "-1009")

    def prepare(tx: Connection) -> None:
        tx.execute(team_table.insert().values(key="shop", messenger="telegram", address=GROUP.id, bound_at=NOW))

    await house.db.write(prepare)
    house.messenger.will_raise(ChatMoved(new), to=GROUP)
    await house.replies.send(GROUP, HELLO)
    assert house.messenger.sent_texts(new) == ["hello"]
    assert await house.db.read(lambda tx: tx.execute(select(team_table.c.address)).scalar()) == new.id


async def test_a_file_that_several_want_at_once_is_uploaded_once_and_by_the_next_when_that_fails(house: House) -> None:
    drawn = Message(plain("map"), upload=Upload("map.png", b"PNG", cache_key="k"))
    chats = [Address("telegram", str(number)) for number in range(1, 6)]
    house.messenger.hold = asyncio.Event()
    house.messenger.will_raise(Unreachable("bot was blocked by the user"), to=chats[0])
    sending = [asyncio.create_task(house.replies.send(chats[0], drawn))]
    await house.messenger.wait_for_calls(1)
    sending += [asyncio.create_task(house.replies.send(chat, drawn)) for chat in chats[1:]]
    await asyncio.sleep(0)
    house.messenger.hold.set()
    results = await asyncio.gather(*sending, return_exceptions=True)
    assert [isinstance(result, Unreachable) for result in results] == [True, False, False, False, False]
    ids = [message.upload.file_id for _, message in house.messenger.arrived if message.upload]
    assert ids == [None, "file-1", "file-1", "file-1"]


async def test_an_upload_that_hangs_holds_up_others_for_a_while_only(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LONGEST_SHARING", 0.0)
    drawn = Message(plain("map"), upload=Upload("map.png", b"PNG", cache_key="k"))
    house.messenger.hold = asyncio.Event()
    sending = [asyncio.create_task(house.replies.send(chat, drawn)) for chat in (ANNA, GROUP)]
    await house.messenger.wait_for_calls(2)
    house.messenger.hold.set()
    await asyncio.gather(*sending)


async def test_upload_is_remembered_and_bytes_are_sent_again_when_the_id_went_stale(house: House) -> None:
    drawn = Message(plain("map"), upload=Upload("map.png", b"PNG", cache_key="k"))
    await house.replies.send(ANNA, drawn)
    await house.replies.edit(ANNA, "1", drawn)
    shown = house.messenger.edits[0][2].upload
    assert shown is not None
    assert shown.file_id == "file-1"
    house.messenger.will_raise(Rejected("wrong file identifier"))
    await house.replies.send(ANNA, drawn)
    last = house.messenger.arrived[-1][1].upload
    assert last is not None
    assert (last.file_id, last.data) == (None, b"PNG")
    assert await house.db.read(lambda tx: pictures.find_file_id(tx, "k")) == "file-1"
