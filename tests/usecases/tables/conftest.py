"""The café of the tests about tables."""

from pathlib import Path

import pytest

from bot.db.engine.database import Database
from tests.usecases.tables.cafe import Cafe


@pytest.fixture
async def cafe(db: Database, tmp_path: Path) -> Cafe:
    return await Cafe(db, tmp_path).open()


@pytest.fixture
async def any_cafe(any_db: Database, tmp_path: Path) -> Cafe:
    """Like ``cafe``, on SQLite and on PostgreSQL."""
    return await Cafe(any_db, tmp_path).open()
