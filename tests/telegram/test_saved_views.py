"""Saved views: kept under a name in each chat, opened by it, renamed and deleted with a way back."""

from collections.abc import AsyncIterator

import pytest

from bot.config.settings import TeamSettings
from bot.db.delivery import map_preferences, saved_views
from bot.db.engine.database import Database
from bot.messages.callbacks import pack_action
from cjm.address import Address
from cjm.drawing import LanePreset, Layout
from tests.telegram.case_house import GROUP
from tests.telegram.map_house import ANNA, BEN, SHOP, MapHouse, apply_source, at, map_house

TEAM = TeamSettings.model_validate({"key": "care", "chat": GROUP, "language": "en"})
CARE = int(GROUP.id)


@pytest.fixture
async def house(db: Database) -> AsyncIterator[MapHouse]:
    async with map_house(db, managers=(ANNA,), teams=(TEAM,)) as found:
        yield found


async def save_new_customers(house: MapHouse, chat: int = ANNA) -> None:
    await house.say(ANNA, "/map 7", chat=chat)
    await house.tap(ANNA, "Segment: everyone", chat=chat)
    await house.tap(ANNA, "New customers", chat=chat)
    await house.tap(ANNA, "★ Save this view", chat=chat)


async def test_a_view_is_saved_named_opened_and_deleted_with_a_way_back(house: MapHouse) -> None:
    await save_new_customers(house)
    assert "Saved as “New customers · 7 days”." in house.texts(ANNA)[-1]
    await house.tap(ANNA, "★ Save this view")
    assert len(await house.see(lambda tx: saved_views.list_by_owner(tx, at(ANNA)))) == 1, "the same view is kept once"
    await house.tap(ANNA, "Another name…")
    await house.say(ANNA, "  Novices ")
    assert "Saved as “Novices”." in house.texts(ANNA)[-1]
    await house.say(ANNA, "/map novices")
    assert house.texts(ANNA)[-1].startswith("★ Novices · Buying in our shop")
    assert (house.drawer.drawn[-1][0].segment, house.drawer.drawn[-1][0].period.days) == ("new", 7)
    await house.tap(ANNA, "★ Saved views")
    assert "1 saved view" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "★ Novices")
    await house.tap(ANNA, "Back to “New customers · 7 days”")
    assert "/map New customers · 7 days" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Delete")
    assert "is deleted" in house.texts(ANNA)[-1]
    await house.say(ANNA, "/map New customers · 7 days")
    assert "no journey with this key" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Undo: keep it")
    await house.say(ANNA, "/map New customers · 7 days")
    assert "New customers" in house.texts(ANNA)[-1]
    await house.say(ANNA, "What a day")
    assert "goes to nobody" in house.texts(ANNA)[-1], "no name is awaited any more"


async def test_a_teams_chat_has_views_of_its_own_and_managers_choose_one_for_the_digest(house: MapHouse) -> None:
    await save_new_customers(house, CARE)
    await house.tap(ANNA, "★ Saved views", on=None, chat=CARE)
    await house.say(ANNA, "/map New customers · 7 days")
    assert "no journey with this key" in house.texts(ANNA)[-1], "Anna's own chat has none"
    use = next(
        pack_action(button.action)
        for _, message in house.messages_in(GROUP).items()
        for row in message.buttons
        for button in row
        if button.label == "Use for the weekly digest" and button.action
    )
    notice = await house.forge(BEN, use, "3", chat=CARE)
    assert notice is not None
    assert "Only a manager" in notice
    await house.forge(ANNA, use, "3", chat=CARE)
    used = await house.see(lambda tx: saved_views.find_for_digest(tx, GROUP, "shop"))
    assert used is not None
    assert used.name == "New customers · 7 days"
    assert await house.forge(BEN, use.replace("vg", "vd").removesuffix(":1"), "3", chat=CARE) == notice
    assert await house.see(lambda tx: saved_views.find(tx, used.id, at(ANNA))) is None
    moved = Address("telegram", "-100777")
    await house.db.write(lambda tx: saved_views.readdress(tx, GROUP, moved))
    assert await house.see(lambda tx: saved_views.find_for_digest(tx, moved, "shop")) == used


async def test_a_saved_view_whose_segment_is_gone_says_so(house: MapHouse) -> None:
    await save_new_customers(house)
    await apply_source(house, SHOP.replace('key = "new"', 'key = "newcomers"'))
    await house.say(ANNA, "/map New customers · 7 days")
    assert "no longer in the journey" in house.texts(ANNA)[-1]
    assert "· New customers" not in house.texts(ANNA)[-1].split("\n", 1)[1]


async def test_files_are_chosen_with_their_lanes_and_the_chat_keeps_the_choice(house: MapHouse) -> None:
    await house.say(ANNA, "/map")
    await house.tap(ANNA, "As a file…")
    await house.tap(ANNA, "Lanes of the wall map: simple")
    await house.tap(ANNA, "funnel")
    assert "Lanes of the wall map: funnel" in house.labels(ANNA), "the files are offered again"
    assert await house.see(lambda tx: map_preferences.find_lanes(tx, at(ANNA))) == "funnel"
    for label, ending in (("Wall map, PDF", "pdf"), ("Slide, PNG", "png"), ("Figures, JSON", "json")):
        await house.tap(ANNA, label, on="1")
        upload = house.picture(ANNA)
        assert upload.name.endswith(ending)
        assert upload.as_file
    chosen = {choice.layout: choice.lanes for choice in house.drawer.choices[1:]}
    assert chosen == {Layout.WALL: LanePreset.FUNNEL, Layout.SLIDE: LanePreset.SIMPLE}, "a slide has no lanes"
    assert b'"journey": "shop"' in (house.picture(ANNA).data or b"")
    before = len(house.drawer.drawn)
    await house.tap(ANNA, "Wall map, PDF", on="1")
    assert len(house.drawer.drawn) == before
    assert house.picture(ANNA).file_id is not None, "the same file comes by its id"


async def test_kinds_of_map_are_chosen_in_place(house: MapHouse) -> None:
    await house.say(ANNA, "/map 7")
    await house.tap(ANNA, "Kind of map: as it is")
    await house.tap(ANNA, "Difference: the 7 days before")
    assert house.drawer.drawn[-1][0].contrast is not None
    await house.tap(ANNA, "Kind of map: difference")
    await house.tap(ANNA, "future")
    assert house.drawer.drawn[-1][0].kind == "future"
    assert "Kind of map: future" in house.labels(ANNA)


async def test_pages_that_only_one_kind_of_map_needs_can_be_turned(house: MapHouse) -> None:
    plan = """[[stages.touchpoints]]
        key = "plan_{n}"
        status = "planned"
        channel = "site"
        title = {{ en = "Plan {n}", ru = "План {n}", pl = "Plan {n}" }}
        """
    stages = SHOP.split("[[stages]]")
    for place in range(1, len(stages)):
        plans = "\n".join(plan.format(n=f"{place}_{n}") for n in range(4))
        stages[place] = stages[place].replace("[[stages.touchpoints]]", f"{plans}\n[[stages.touchpoints]]", 1)
    await apply_source(house, "[[stages]]".join(stages))
    await house.say(ANNA, "/map")
    assert not [label for label in house.labels(ANNA) if label.startswith("Page")]
    await house.tap(ANNA, "Kind of map: as it is")
    await house.tap(ANNA, "future")
    await house.tap(ANNA, "Page 1\u00a0of\u00a02 ▶")
    assert house.drawer.drawn[-1][2] == 1
    assert "Page 2\u00a0of\u00a02 ▶" in house.labels(ANNA)
