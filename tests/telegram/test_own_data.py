"""/mydata in the chat: its last message offers everything as a file, which comes to the person who taps alone."""

import json

from bot.db.engine.database import Database
from tests.telegram.talk_house import ANNA, BORIS, opened_talk


async def test_the_button_brings_everything_as_a_file_to_the_person_whose_it_is(db: Database) -> None:
    async with opened_talk(db) as house:
        await house.welcome(ANNA)
        await house.say(ANNA, "/mydata")
        assert "who looked at your words" in house.screen(ANNA)
        await house.tap(ANNA, "As a file")
        upload = house.last(ANNA)[1].upload
        assert upload is not None
        assert upload.data is not None
        assert (upload.name, upload.kind) == ("my-data.json", "document")
        assert json.loads(upload.data)["profile"][0]["external_id"] == "77"


async def test_a_stranger_who_forges_the_button_gets_nothing(db: Database) -> None:
    async with opened_talk(db) as house:
        await house.welcome(ANNA)
        await house.say(ANNA, "/mydata")
        await house.forge(BORIS, "ad")
        assert house.screen(BORIS).startswith("We know nothing about you")
