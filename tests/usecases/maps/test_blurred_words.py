"""No door that shows customers' words to others shows personal data in them; the card of a case shows them whole."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.cli.map_description import describe_map
from bot.clock import FrozenClock
from bot.db.asking import answers
from bot.db.asking.answers import NewAnswer
from bot.db.cases import case_views, cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys
from bot.db.journeys.cohorts import canonical_form
from bot.db.people import customers
from bot.outbox.letters.case_card import render_card
from bot.outbox.letters.digest_words import digest_text
from bot.screens.manager.map_screens import view_in_words
from bot.screens.team.case_list_screens import open_case_list
from bot.texts import words_in
from bot.usecases.cases.case_access import Actor, CaseStepRefused
from bot.usecases.cases.list_cases import ListOpenCases
from bot.usecases.maps.make_digest import MakeDigest
from bot.usecases.maps.make_map import MakeMap, MapRequest
from bot.usecases.maps.view_map import OpenedView, ViewMap
from bot.usecases.tables.export_rows import ExportRows
from bot.usecases.teams.recognize_viewer import RecognizeViewer
from cjm import templates
from cjm.address import Address
from cjm.blurring.span import MARK
from cjm.cases.case import CaseAuthor, CaseText
from cjm.figures.map_json import map_as_json
from cjm.figures.map_view import ViewContent
from cjm.journeys.journey_file import read_journey
from tests.usecases.past import store_answers, store_case

NOON, TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC), date(2026, 11, 22)
ANNA = Address("telegram", "7")
CANARIES = ("600 123 456", "zaneta@example.com", "Żaneta", "Wiśniewskim", "crm-4711", "Zielonka", "88123")
WORDS = (
    "Żaneta here, Wiśniewskim disappointed: 600 123 456, zaneta@example.com, order 88123, crm-4711, Mrs Zielonka. Bad."
)
STAFF = 'languages = ["en", "ru", "pl"]\nstaff = ["Jan Wiśniewski"]'


def write_past(tx: Connection) -> int:
    """Store scores of twelve people, the same words as an answer and as a complaint; return the case's number."""
    source = templates.text("shop").replace('languages = ["en", "ru", "pl"]', STAFF)
    journey = read_journey(source, "shop.toml")
    journeys.apply(tx, journey, source, now=NOON)
    store_answers(tx, journey, "delivery", TODAY, [1, 2] * 6)
    number = store_case(tx, journey, "delivery", NOON - timedelta(days=1))
    case = cases.find_by_number(tx, number)
    writer = customers.ensure_external_ids(tx, ["crm-4711"], NOON)["crm-4711"]
    assert case is not None
    cases.save(tx, case, replace(case, customer_id=writer.id))
    text = CaseText("text", WORDS, own_names="Żaneta Zielonka")
    cases.insert_message(tx, number, CaseAuthor.CUSTOMER, text, NOON)
    cohort = cohorts.ensure_cohorts(tx, journey.key, [journey.cohort({})])[canonical_form(journey.cohort({}))]
    answer = NewAnswer(
        customer_id=writer.id, journey="shop", version=1, question="why", kind="text", subject="delivery",
        stage="after_purchase", day=TODAY, channel="courier", cohort_id=cohort, at=NOON, text=WORDS,
        own_names="Żaneta Zielonka",
    )  # fmt: skip
    answers.insert_new_answers(tx, journey, [answer])
    return number


@pytest.fixture
async def past(db: Database) -> Database:
    await db.write(write_past)
    return db


def check_blurred(shown: str | Iterable[str]) -> None:
    text = shown if isinstance(shown, str) else "\n".join(shown)
    assert f"here, {MARK} disappointed" in text
    assert not [canary for canary in CANARIES if canary in text]


async def test_map_in_the_picture_in_words_and_over_http(past: Database) -> None:
    made = await MakeMap(past, FrozenClock(NOON), 5)(MapRequest("shop"))
    check_blurred(voice.text for stage in made.stages for voice in stage.voices)  # what the picture is drawn from
    check_blurred(describe_map(made))
    check_blurred(str(map_as_json(made)))


async def test_digest_and_the_list_of_voices(past: Database) -> None:
    clock = FrozenClock(NOON)
    digest = await MakeDigest(past, clock, 5)("shop")
    check_blurred(voice.text for stage in digest.map.stages for voice in stage.voices)
    assert not [canary for canary in CANARIES if canary in str(digest_text(digest))]
    viewer = await RecognizeViewer(past, CaseRouting((), (ANNA,)))(ANNA, ANNA, "Anna", "en")
    look = ViewMap(past, clock, 5)
    assert viewer is not None
    opened = await look.open(viewer, ViewContent.VOICES, "shop")
    assert isinstance(opened, OpenedView)
    viewed = await look.load(viewer, opened.id)
    check_blurred(str(view_in_words(viewed).text) if not isinstance(viewed, str) else "")


@pytest.mark.parametrize("form", ["csv", "ndjson"])
@pytest.mark.parametrize("kind", ["answers", "cases"])
async def test_words_in_exports(past: Database, kind: str, form: str) -> None:
    pieces = [piece async for piece in ExportRows(past, 5)("shop", kind, form)]
    # The columns of an export name the customer by their id in the business, which is what they are for.
    check_blurred(b"".join(pieces).decode().replace("crm-4711,", "").replace('"crm-4711"', ""))


async def test_list_of_complaints_blurs_what_the_card_shows_whole(past: Database) -> None:
    page = await ListOpenCases(past, FrozenClock(NOON), CaseRouting((), (ANNA,)))(Actor(ANNA, ANNA, "Anna"))
    assert not isinstance(page, CaseStepRefused)
    check_blurred(str(open_case_list(page).text))
    [listed] = page.views
    view = await past.read(lambda tx: case_views.find_view(tx, listed.case.number))
    assert view is not None
    assert WORDS in str(render_card(view, words_in("en"), page.reader.zone).text)
