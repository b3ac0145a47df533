"""Integrity of the database file, as far as the database itself can check it."""

from sqlalchemy import text

from bot.db.engine.database import Connection


def list_damage(tx: Connection) -> list[str]:
    """Return up to five lines about what SQLite finds wrong with its file; PostgreSQL looks after itself."""
    if tx.dialect.name != "sqlite":
        return []
    return [line for line in tx.scalars(text("PRAGMA quick_check(5)")) if line != "ok"]
