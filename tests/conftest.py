"""Fixtures for every test: migrated databases (SQLite, PostgreSQL) and the airline's real data."""

import asyncio
import functools
import gc
import itertools
import os
import shutil
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import execnet
import pytest
from hypothesis import settings

from bot.db.engine.database import Database
from bot.db.upkeep.schema import migrate
from tests.compiled_statements import share_compiled_statements
from tests.depth import choose_depth
from tests.loading.shared import fork_workers
from tests.postgresql import Server, find_binaries, make_cluster
from tests.remembered_handlers import remember_handlers
from tests.remembered_journeys import remember_journeys
from tests.shared_files import make_once

ROOT = Path(__file__).parent.parent
AIRLINE = ROOT.parent / "shared" / "data" / "airline" / "passengers.csv"


# Each bot reads the certificates of all authorities, which takes as long as ten short tests; no test changes a context.
ssl.create_default_context = functools.cache(ssl.create_default_context)  # type: ignore[assignment] # same calls
share_compiled_statements()
remember_journeys()
remember_handlers()
# For properties that name no number of examples; everything else stays as Hypothesis sets it, here or in CI.
settings.register_profile("tropa", settings.default, max_examples=choose_depth(40, 1000))
settings.load_profile("tropa")
gc.disable()  # until all is collected: imports make millions of objects that stay


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: Sequence[execnet.XSpec]) -> None:
    fork_workers(config, specs)


def pytest_collection_finish() -> None:
    """Keep what was imported out of every later garbage collection, which would look through all of it in vain.

    Collections are rarer than Python's own pace, too: that alone spares a fourteenth of the time of all tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a migrated, empty SQLite file to copy: migrating for every test would be its slowest part."""

    async def make(path: Path) -> None:
        db = Database(f"sqlite:///{path}")
        await migrate(db)
        await db.close()

    return make_once(tmp_path_factory, "template.db", lambda path: asyncio.run(make(path)))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "tropa.db")
    return f"sqlite:///{tmp_path / 'tropa.db'}"


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a PostgreSQL server on a free loopback port, with a migrated template database."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("there is no PostgreSQL server here (initdb was not found)")
    cluster = make_once(tmp_path_factory, "postgresql", lambda path: make_cluster(binaries, path))
    with Server(binaries, cluster) as server:
        yield server


_numbers = itertools.count(1)


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    yield postgresql_server.create(name)
    postgresql_server.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database; a test that takes it runs on both engines."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def db(sqlite_url: str) -> AsyncIterator[Database]:
    database = Database(sqlite_url)
    yield database
    await database.close()


@pytest.fixture
async def any_db(database_url: str) -> AsyncIterator[Database]:
    """Like ``db``, on SQLite and on PostgreSQL."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def airline_csv() -> Path:
    if not AIRLINE.exists():
        pytest.skip("the airline data is not here")
    return AIRLINE
