"""Whether a database is whole, as far as the database itself can tell."""

from sqlalchemy import text

from bot.db.engine.database import Connection


def list_damage(tx: Connection) -> list[str]:
    """What SQLite finds wrong with its file; PostgreSQL looks after itself."""
    if tx.dialect.name != "sqlite":
        return []
    found = [str(row[0]) for row in tx.execute(text("PRAGMA quick_check(5)"))]
    return [line for line in found if line != "ok"]
