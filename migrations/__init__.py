"""The database's schema, step by step. Alembic's configuration is built in code: it must work from a wheel."""

from alembic.config import Config


def config() -> Config:
    """Alembic's configuration; the caller puts its connection into ``attributes["connection"]``."""
    made = Config()
    made.set_main_option("script_location", "migrations:")
    made.set_main_option("path_separator", "os")
    return made
