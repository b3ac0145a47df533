"""Worlds of one customer who has consented: on SQLite, and on each engine."""

import pytest

from bot.db.engine.database import Database
from tests.usecases.asking.world import World, make_world


@pytest.fixture
async def world(db: Database) -> World:
    return await make_world(db)


@pytest.fixture
async def any_world(any_db: Database) -> World:
    return await make_world(any_db)
