"""File with everything about a person: complete by table, without secrets, and without anonymous answers."""

import json
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from bot.clock import FrozenClock
from bot.config.settings import TeamSettings
from bot.db.asking.tables import answer_file_table, answer_table
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import HTTP, AuditAction
from bot.db.audit.audit_entries import AuditFilter
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.strangers import merge_stranger
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import consent_records, customers
from bot.db.people.consent_states import ConsentWay
from bot.db.tables import metadata
from bot.db.upkeep.personal_rows import LEFT_OUT, SECTIONS
from bot.texts import words_in
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.cases.answer_case import AnswerCase
from bot.usecases.cases.case_access import Actor
from bot.usecases.cases.receive_message import CaseOpened, IncomingMessage, ReceiveMessage
from bot.usecases.cases.start_complaint import StartComplaint
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.make_person_file import NOTES, MakePersonFile
from bot.usecases.people.save_customer import SaveCustomer
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.cases.case import CaseText
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.telegram.case_house import GROUP, NOON, SHOP, shop
from tests.usecases.past import store_answers

CLOCK = FrozenClock(NOON)
ME, ANNA = Address("telegram", "7"), Actor(GROUP, Address("telegram", "5"), "Anna")
CARE = TeamSettings.model_validate({"key": "care", "chat": str(GROUP)})
ROUTING = CaseRouting([CARE], [])
PERSONAL = {"customer_id", "person", "address", "account", "owner", "chat"}
"""Names of columns that hold a person, or a chat that may be a person's."""


def test_every_table_about_people_is_in_the_file_or_left_out_with_a_reason() -> None:
    personal = {table.name for table in metadata.sorted_tables if PERSONAL & set(table.columns.keys())}
    read = {section.table.name for section in SECTIONS.values()}
    assert personal - read - set(LEFT_OUT) == set()
    assert set(LEFT_OUT) & read == set()
    assert set(LEFT_OUT) <= personal, "no reason is given for what is no longer there"


async def make_file(db: Database) -> dict[str, Any]:
    made = await MakePersonFile(db, CLOCK).by_address(ME)
    assert made is not None
    values: dict[str, Any] = json.loads(made.content)
    return values


async def live(db: Database) -> str:
    """Let a person be told about, visit, complain and be answered; return the token of their link."""
    await db.write(lambda tx: journeys.apply(tx, shop(), SHOP, now=NOON))
    link = await SaveCustomer(db, CLOCK, "a secret of sixteen")("c7", {"class": "gold"})
    visit = Event("v1", "c7", "shop", NOON - timedelta(days=1), touchpoint="delivery", passage="order-812")
    gone = Event("v2", "c7", "shop", NOON - timedelta(days=1), touchpoint="site", withdrawn=True)
    await RecordVisits(db, CLOCK, AskingRules())([visit, gone])

    def link_account(tx: Connection) -> None:
        person = customers.find_by_external_id(tx, "c7")
        assert person is not None
        merge_stranger(tx, ME, person.id)
        customers.update_customer(tx, person.id, messenger=ME.messenger, address=ME.id)

    await db.write(link_account)
    await StartComplaint(db, CLOCK).choose_place(ME, "en", "delivery")
    done = await ReceiveMessage(db, CLOCK, ROUTING)(ME, "en", IncomingMessage("m1", CaseText("text", "It came late")))
    assert isinstance(done, CaseOpened)
    await AnswerCase(db, CLOCK, ROUTING)(ANNA, done.case, "5", CaseText("text", "We are sorry"), "4")
    return link.token


async def test_file_holds_what_was_told_done_said_and_looked_at(any_db: Database) -> None:
    token = await live(any_db)
    made = await make_file(any_db)
    assert made["profile"][0]["external_id"] == "c7"
    assert [(one["key"], one["value"]) for one in made["attributes"]] == [("class", "gold")]
    assert {visit["event_id"] for visit in made["visits"]} >= {"v1"}
    assert [message["text"] for message in made["case_messages"]] == ["It came late", "We are sorry"]
    assert [message["author_name"] for message in made["case_messages"]] == [None, "Anna"]
    assert [(look["action"], look["by"]) for look in made["who_looked"]] == [("answer-case", "Anna")]
    assert made["letters_to_you"]
    content = json.dumps(made)
    assert token not in content
    assert "token" not in str(made["links"])
    assert str(ANNA.person) not in content, "staff are named, not addressed"


async def test_nobody_elses_rows_are_in_it(db: Database) -> None:
    await live(db)
    other = Address("telegram", "8")
    await StartComplaint(db, CLOCK).choose_place(other, "en", "delivery")
    await ReceiveMessage(db, CLOCK, ROUTING)(other, "en", IncomingMessage("m1", CaseText("text", "canary words")))
    assert "canary" not in json.dumps(await make_file(db))


async def test_of_an_anonymous_journey_it_says_only_that_the_person_was_asked(db: Database) -> None:
    await live(db)
    anonymous = SHOP.replace('key = "shop"', 'key = "quiet"\nanonymous = true\njudge_from = 20', 1)
    journey = read_journey(anonymous, "quiet.toml")
    assert journey.anonymous

    def store(tx: Connection) -> None:
        journeys.apply(tx, journey, anonymous, now=NOON)
        store_answers(tx, journey, "delivery", date(2026, 11, 21), ["canary words"], "why")
        (person,) = customers.list_by_external_ids(tx, ["c7"]).values()
        tx.execute(update(answer_table).values(customer_id=person.id))
        answer = tx.scalar(select(answer_table.c.id).limit(1))
        tx.execute(insert(answer_file_table).values(answer_id=answer, kind="photo", file_id="canary photo"))

    await db.write(store)
    made = await make_file(db)
    assert made["answers"] == made["files_of_answers"] == []
    assert "canary" not in json.dumps(made)


async def test_consents_are_in_it_with_the_words_that_were_read_also_from_before_forgetting(db: Database) -> None:
    wording = await db.write(lambda tx: consent_records.save_wording(tx, "pl", "Czy mogę pytać?\nTak · Nie", NOON))

    async def consent() -> None:
        def write(tx: Connection) -> None:
            person = customers.ensure_external_ids(tx, ["c7"], NOON)["c7"]
            customers.update_customer(
                tx, person.id, messenger=ME.messenger, address=ME.id, consent_at=NOON, language="pl"
            )
            consent_records.record_given(tx, person, ConsentWay.PERSONAL_LINK, NOON, wording=wording)

        await db.write(write)

    await consent()
    await ForgetCustomer(db, CLOCK, 5).by_address(ME, "pl")
    await consent()
    made = await make_file(db)
    assert [(one["event"], one["way"], one["text"]) for one in made["consents"]] == [
        ("given", "personal_link", wording.text),
        ("withdrawn", "forgotten", None),
        ("given_again", "personal_link", wording.text),
    ]
    assert made["notes"] == [words_in("pl")(f"own_data.note.{name}") for name in NOTES]
    assert made["left_out"].keys() == set(LEFT_OUT)


async def test_operator_gets_the_file_by_id_or_account_and_the_log_says_so(db: Database) -> None:
    await live(db)
    make = MakePersonFile(db, CLOCK)
    for name in ("c7", "telegram:7"):
        made = await make.by_name(name, HTTP)
        assert made is not None
        assert json.loads(made.content)["profile"][0]["external_id"] == "c7"
    assert await make.by_name("nobody", HTTP) is None
    entries = await db.read(lambda tx: audit_entries.list_entries(tx, AuditFilter(actors=["http"]), 9))
    assert [entry.action for entry in entries] == [AuditAction.EXPORT_PERSON] * 2
