"""Addresses of PostgreSQL: a mistake is one sentence without the password, and what providers hand out is taken."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from bot.db.delivery import pictures
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseAway, DatabaseError
from tests.postgresql import Server

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


async def save(db: Database, key: str) -> None:
    await db.write(lambda tx: pictures.save(tx, key, "x", NOW))


@pytest.fixture
def server(postgresql_server: Server) -> Iterator[Server]:
    """The server of all tests; after this test it runs again with its usual settings."""
    yield postgresql_server
    postgresql_server.restart()


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("tropa@", "nobody@"), "refuses the user or the password"),
        (("/test_", "/unknown_"), "there is no database of this name"),
        (("127.0.0.1", "no-such-host.invalid"), "this host is not known"),
    ],
)
async def test_mistake_in_the_address_is_one_sentence_and_not_waited_for(
    postgresql_url: str, change: tuple[str, str], sentence: str
) -> None:
    db = Database(postgresql_url.replace(*change))
    with pytest.raises(DatabaseError, match=sentence) as caught:
        await save(db, "x")
    assert not isinstance(caught.value, DatabaseAway)
    assert "\n" not in str(caught.value)
    await db.close()


@pytest.mark.postgresql
async def test_server_without_tls_is_one_sentence_where_the_address_demands_it(postgresql_url: str) -> None:
    db = Database(f"{postgresql_url}?sslmode=require")
    with pytest.raises(DatabaseError, match="an encrypted connection is not possible") as caught:
        await save(db, "x")
    assert not isinstance(caught.value, DatabaseAway)
    await db.close()


@pytest.mark.postgresql
async def test_wrong_password_is_one_sentence_without_it(server: Server, postgresql_url: str) -> None:
    server.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    server.demand_passwords()
    try:
        db = Database(postgresql_url.replace("tropa@", "guarded:secret-wrong@"))
        with pytest.raises(DatabaseError, match="refuses the user or the password") as caught:
            await save(db, "x")
        assert "secret-wrong" not in str(caught.value)
        await db.close()
    finally:
        server.trust_everybody()
        server.execute("DROP ROLE guarded")


@pytest.mark.postgresql
async def test_user_without_rights_is_one_sentence(server: Server, postgresql_url: str) -> None:
    server.execute("CREATE ROLE guest LOGIN")
    try:
        db = Database(postgresql_url.replace("tropa@", "guest@"))
        with pytest.raises(DatabaseError, match="this user may not do that"):
            await save(db, "x")
        await db.close()
    finally:
        server.execute("DROP ROLE guest")


@pytest.mark.postgresql
@pytest.mark.parametrize("query", ["?sslmode=disable", "?ssl=disable"])
async def test_address_as_providers_hand_it_out_is_taken(postgresql_url: str, query: str) -> None:
    db = Database(postgresql_url + query)
    await save(db, "x")
    await db.close()


@pytest.mark.postgresql
async def test_socket_on_the_same_machine_is_taken(server: Server, postgresql_url: str) -> None:
    folder = server.open_socket()
    name = postgresql_url.rpartition("/")[2]
    db = Database(f"postgresql://tropa@:{server.port}/{name}?host={quote(str(folder), safe='')}")
    await save(db, "x")
    server.stop()
    with pytest.raises(DatabaseAway, match=f"the database {folder}/{name}: cannot be reached"):
        await save(db, "y")
    server.start()
    await db.close()


def test_parameter_that_is_not_taken_is_refused_by_its_name() -> None:
    with pytest.raises(DatabaseError, match=r"database\.url: channel_binding cannot be set there; remove it"):
        Database("postgresql://u:secret@h/d?channel_binding=secret")
