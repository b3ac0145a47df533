"""What could be left of words after forgetting and sealing, and who could use that against others."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from bot.clock import FrozenClock
from bot.db.asking.tables import answer_table
from bot.db.delivery import letters, message_subjects, pictures, quoted_messages
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import MessageCarrier
from bot.db.delivery.tables import picture_table, quoted_message_table, recall_table
from bot.db.engine.database import Connection, Database
from bot.db.figures import voices
from bot.db.figures.map_sums import MapScope
from bot.db.journeys import journeys
from bot.db.journeys.tables import journey_version_table
from bot.db.people import customers
from bot.messages.message import Message, Upload, plain
from bot.outbox.kinds import LetterName
from bot.outbox.messenger import SentMessage
from bot.outbox.uploads import Uploads
from bot.usecases.cases.case_access import Actor, CaseStepRefused, take_step
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.make_person_file import MakePersonFile
from bot.usecases.sealing.seal_conversations import seal_batch
from bot.usecases.tables.export_rows import ExportRows
from cjm.cases.case import CaseRefusal
from cjm.conversation.conversation import ANONYMOUS_CHANGE_PERIOD
from cjm.journeys.journey_file import read_journey
from tests.telegram.case_house import GROUP, NOON, SHOP, shop
from tests.usecases.asking.test_sealing import MINIMUM, make_anonymous_world
from tests.usecases.asking.world import ALICE, FELT, JOURNEY
from tests.usecases.cases.test_cases import ANNA, ME, OTHER, Office, office
from tests.usecases.past import store_answers

__all__ = ["office"]
CANARY = "kanarek"


async def test_closed_question_that_still_shows_answers_tells_nobody_and_goes_with_its_person(any_db: Database) -> None:
    """A chat that cannot be reached keeps the message for a day: only of somebody who answered, it would quote them."""
    world = await make_anonymous_world(any_db)
    invitation = await world.visit()
    await world.answer(invitation, FELT, 2)
    await world.give.finish(world.make_tap(invitation))
    world.clock.advance(ANONYMOUS_CHANGE_PERIOD)
    writer = (await world.customer()).id

    def show_words(tx: Connection) -> None:
        quoted_messages.record_quotes(tx, ALICE, world.last, {writer}, MessageCarrier.TEXT, world.clock.now())

    await any_db.write(show_words)
    await any_db.write(lambda tx: seal_batch(tx, world.clock.now(), MINIMUM))
    assert await any_db.read(lambda tx: tx.execute(select(quoted_message_table)).all()) == []
    await ForgetCustomer(any_db, world.clock, MINIMUM).by_address(ALICE, "en")
    recalled = await any_db.read(lambda tx: tx.execute(select(recall_table)).all())
    assert [(row.address, row.message_id, row.is_own) for row in recalled] == [(ALICE.id, world.last, True)]


async def test_words_given_anonymously_are_shown_with_no_name_after_the_journey_became_named(db: Database) -> None:
    world = await make_anonymous_world(db)
    await world.answer_until_words()
    await world.write(CANARY)
    now, named = world.clock.now(), read_journey(JOURNEY, "shop.toml")
    await db.write(lambda tx: journeys.apply(tx, named, JOURNEY, now=now))
    made = await MakePersonFile(db, world.clock).by_address(ALICE)
    assert made is not None
    assert CANARY.encode() not in made.content
    assert b'"state": "answering"' not in made.content
    assert CANARY.encode() not in b"".join([p async for p in ExportRows(db, MINIMUM)("shop", "answers", "ndjson")])
    scope = MapScope(named, now.date() - timedelta(days=30), now.date() + timedelta(days=1))
    assert await db.read(lambda tx: voices.list_quotes(tx, scope)) == []


async def test_picture_with_a_forgotten_persons_words_has_no_id_any_more(db: Database) -> None:
    """Whoever has the id of a picture and the bot's token gets the picture from the messenger."""
    journey, clock = shop(), FrozenClock(NOON)

    def store(tx: Connection) -> int:
        journeys.apply(tx, journey, SHOP, now=NOON)
        store_answers(tx, journey, "delivery", NOON.date(), [CANARY], "why")
        writer = tx.scalars(select(answer_table.c.customer_id)).one()
        customers.update_customer(tx, writer, messenger=ME.messenger, address=ME.id)
        pictures.save(tx, "a map with words", "file-1", NOON)
        return int(writer)

    writer = await db.write(store)
    await ForgetCustomer(db, clock, MINIMUM).by_address(ME, "en")
    upload = Upload("map.png", b"png", cache_key="a map that was on its way")
    showing = Message(plain("Map"), upload=upload, quotes=frozenset({writer}))
    await Uploads(db, clock).save_file_id(showing, SentMessage("5", file_id="file-2"))
    assert await db.read(lambda tx: tx.execute(select(picture_table)).all()) == []
    await Uploads(db, clock).save_file_id(replace(showing, quotes=frozenset()), SentMessage("6", file_id="file-3"))
    assert await db.read(lambda tx: pictures.find_file_id(tx, "a map that was on its way")) == "file-3"


async def test_long_words_full_of_numbers_do_not_make_a_map_slow(db: Database) -> None:
    """200 of them took 12 s to blur, in which nobody else was answered."""
    journey, words = shop(), ("tel 123 456 " * 340)[:4000]

    def store(tx: Connection) -> list[object]:
        journeys.apply(tx, journey, SHOP, now=NOON)
        store_answers(tx, journey, "delivery", NOON.date(), [words] * 12, "why")
        return [*voices.list_quotes(tx, MapScope(journey, NOON.date(), NOON.date()))]

    assert len(await db.write(store)) == voices.MOST_CHARACTERS / len(words)


async def test_manager_who_is_forgotten_as_a_customer_keeps_the_cards_of_others(office: Office) -> None:
    """A complaint whose card waits for one manager must not be lost because they tried the bot as a customer."""
    await office.complain(who=ME)
    number = await office.complain("Broken", who=OTHER)

    def plant(tx: Connection) -> None:
        card = NewLetter("card", ME, LetterName.CASE_CARD, LetterPriority.CARD, NOON, {"case": number})
        own = NewLetter("own", ME, LetterName.CASE_RECEIPT, LetterPriority.CONFIRMATION, NOON, {"case": 1})
        letters.post(tx, [card, own], NOON)
        message_subjects.save(tx, ME, "55", MessageSubject(SubjectKind.CARD, number), NOON)
        message_subjects.save(tx, ME, "56", MessageSubject(SubjectKind.CUSTOMER_MESSAGE, 1), NOON)

    await office.db.write(plant)
    await ForgetCustomer(office.db, office.clock, MINIMUM).by_address(ME, "en")
    kept = await office.db.read(lambda tx: [letters.find_by_key(tx, key) is not None for key in ("card", "own")])
    assert kept == [True, False]
    about = await office.db.read(lambda tx: [message_subjects.find(tx, ME, number) for number in ("55", "56")])
    assert about == [MessageSubject(SubjectKind.CARD, number), None]


async def test_account_that_applied_a_journey_is_a_hash_once_it_is_forgotten(office: Office) -> None:
    await office.complain(who=ME)
    applied = update(journey_version_table).values(applied_by=str(ME))
    await office.db.write(lambda tx: tx.execute(applied))
    await ForgetCustomer(office.db, office.clock, MINIMUM).by_address(ME, "en")
    by = await office.db.read(lambda tx: tx.scalars(select(journey_version_table.c.applied_by)).all())
    assert by
    assert {len(each or "") for each in by} == {64}


async def test_forged_button_about_a_case_that_never_was_takes_away_no_words_of_others(office: Office) -> None:
    """Somebody in the team names any case by a button of their own making, on a list or a map."""
    await office.complain(who=ME)

    def forge(tx: Connection) -> object:
        person = customers.find_by_address(tx, ME)
        assert person is not None
        quoted_messages.record_quotes(tx, GROUP, "list", {person.id}, MessageCarrier.TEXT, NOON)
        actor = Actor(GROUP, ANNA.person, "Anna", "list")
        return take_step(tx, office.routing, actor, 99_999, NOON, lambda case: case)

    assert await office.db.write(forge) == CaseStepRefused(CaseRefusal.ERASED)
    assert await office.db.read(lambda tx: tx.execute(select(recall_table)).all()) == []
