"""/export in the chat: choices by buttons, a document, limits, rights; a file leaves the chat with who is forgotten."""

from collections.abc import AsyncIterator

import pytest

from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction
from bot.db.audit.audit_entries import AuditFilter
from bot.db.engine.database import Database
from bot.db.figures import exports
from bot.db.people import customers
from bot.messages.callbacks import pack_action
from bot.screens.manager.export_screens import finished_text, progress_text
from bot.texts import words_in
from bot.usecases.tables import export_to_chat
from bot.usecases.tables.export_to_chat import ExportedFile
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.tables.own.columns import ExportKind
from cjm.tables.own.writers import ExportFormat
from tests.telegram.case_house import NOON
from tests.telegram.map_house import ANNA, BEN, EVE, MapHouse, at, first_manager, invited, map_house, second_journey


@pytest.fixture
def language() -> str:
    """Language of the manager."""
    return "en"


@pytest.fixture
async def house(db: Database, language: str) -> AsyncIterator[MapHouse]:
    async with map_house(db) as found:
        await first_manager(found, language)
        await found.visit(EVE, "delivery", NOON)
        yield found


async def choose(house: MapHouse, kind: str = "Visits", form: str = "CSV table", person: int = ANNA) -> None:
    await house.say(person, "/export")
    await house.tap(person, kind)
    await house.tap(person, form)


async def test_a_manager_gets_the_rows_as_a_document_that_names_who_is_in_it(house: MapHouse) -> None:
    await choose(house)
    _, message = house.last(ANNA)
    assert message.upload is not None
    assert (message.upload.name, message.upload.kind) == ("shop-visits.csv", "document")
    assert message.upload.data is not None
    assert message.upload.data.decode("utf-8-sig").startswith("event_id,customer,at,")
    eve = await house.db.read(lambda tx: customers.find_by_external_id(tx, f"c{EVE}"))
    assert eve is not None
    assert message.quotes is not None
    assert eve.id in message.quotes
    assert "shop-visits.csv is ready. Rows: " in house.texts(ANNA)[-2]
    (entry,) = await house.db.read(lambda tx: audit_entries.list_entries(tx, AuditFilter(), 1))
    assert (entry.action, entry.journey, entry.subject) == (AuditAction.EXPORT_ROWS, "shop", "visits")


@pytest.mark.parametrize("language", ["ru", "pl"])
async def test_the_way_to_the_file_is_in_the_manager_language(house: MapHouse, language: str) -> None:
    words = words_in(language)
    await house.say(ANNA, "/export", language=language)
    await house.tap(ANNA, words("export.kind.answers"))
    assert words("export.copy") in house.texts(ANNA)[-1]
    await house.tap(ANNA, words("export.format.xlsx"))
    _, message = house.last(ANNA)
    assert message.upload is not None
    assert message.upload.name == "shop-answers.xlsx"


@pytest.mark.parametrize("limit", ["MOST_BYTES", "MOST_PEOPLE"])
async def test_too_much_for_a_chat_names_the_command(
    house: MapHouse, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_to_chat, limit, 0)
    await choose(house)
    assert "tropa export shop --what visits --out shop-visits.csv" in house.texts(ANNA)[-1]
    assert house.last(ANNA)[1].upload is None


async def test_a_long_export_goes_slice_by_slice_and_says_how_far_it_is(
    house: MapHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_to_chat, "SLICE_SECONDS", 0.0)
    file = await begin_file(house, MapViewer(at(ANNA), at(ANNA), "Anna", "en"))
    assert file is not None
    await file.go_on()
    assert read_state(file) == (False, False)
    assert "Rows so far: 0" in str(progress_text(file, words_in("en")).text)
    while not file.is_ended:
        await file.go_on()
    assert read_state(file) == (True, False)
    assert b"".join(file.data).count(b"\r\n") == file.rows.row_count + 1


async def begin_file(house: MapHouse, viewer: MapViewer) -> ExportedFile | None:
    """Begin a file of the visits of the first journey."""
    export = house.export
    choice = await export.find_choice(viewer, (await export.list_journeys(viewer)).view_id, 0)
    assert choice is not None
    return export.begin(viewer, choice, ExportKind.VISITS, ExportFormat.CSV)


async def test_who_is_removed_while_a_file_is_written_does_not_get_it(
    house: MapHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_to_chat, "SLICE_SECONDS", 0.0)
    await house.say(BEN, f"/start {await invited(house)}")
    file = await begin_file(house, MapViewer(at(BEN), at(BEN), "Ben", "en"))
    assert file is not None
    await file.go_on()
    assert (file.is_ended, bool(file.data)) == (False, True)
    await house.say(ANNA, "/managers")
    await house.tap(ANNA, "Remove somebody…")
    await house.tap(ANNA, f"Remove Person{BEN}")
    await file.go_on()
    assert (file.is_ended, file.is_complete, file.data) == (True, False, [])
    assert "not open to you any more" in str(finished_text(file, words_in("en")).text)


async def test_only_so_many_files_are_written_at_once_and_one_that_is_given_up_makes_room(house: MapHouse) -> None:
    viewer = MapViewer(at(ANNA), at(ANNA), "Anna", "en")
    files = [await begin_file(house, viewer) for _ in range(export_to_chat.MOST_FILES)]
    assert None not in files
    assert await begin_file(house, viewer) is None
    del files[0]
    assert await begin_file(house, viewer) is not None


async def test_a_manager_who_must_wait_is_told_to_tap_again(house: MapHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_to_chat, "MOST_FILES", 0)
    await house.say(ANNA, "/export")
    await house.tap(ANNA, "Visits")
    assert await house.tap(ANNA, "CSV table") == "Other files are being written. Tap again in a minute."


def read_state(file: ExportedFile) -> tuple[bool, bool]:
    """Return whether a file is complete, and whether it is broken."""
    return file.is_complete, file.is_broken


async def test_a_file_that_cannot_be_finished_is_not_sent(house: MapHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **more: object) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(exports, "list_page", fail)
    await choose(house)
    assert all(message.upload is None for message in house.messages_in(at(ANNA)).values())


async def test_a_manager_exports_only_their_journeys_and_a_stranger_none(house: MapHouse) -> None:
    await second_journey(house)
    await house.say(ANNA, "/export")
    assert sorted(house.labels(ANNA)) == ["Buying in our shop", "Renting"]
    await house.tap(ANNA, "Buying in our shop")
    await house.tap(ANNA, "Visits")
    _, chosen = house.last(ANNA)
    button = chosen.buttons[0][0]
    assert button.action is not None
    payload = await invited(house, "Renting")
    await house.say(BEN, f"/start {payload}")
    await house.say(BEN, "/export shop")  # not theirs: the only journey that they may see is offered
    assert "Renting" in house.texts(BEN)[-1]
    before = len(house.texts(EVE))
    await house.say(EVE, "/export")
    assert not any("export" in text.casefold() for text in house.texts(EVE)[before:])
    await house.forge(BEN, pack_action(button.action), house.last(BEN)[0])  # of a list that was made for Anna
    assert all(message.upload is None for message in house.messages_in(at(BEN)).values())
