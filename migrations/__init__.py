"""Migrations of the database's schema, one file a step.

Alembic's configuration is built in code, because an installed wheel has no ``alembic.ini``. A step that was released is
never edited: databases exist that it has made.
"""

from alembic.config import Config


def config() -> Config:
    """Return Alembic's configuration; the caller puts its connection into ``attributes["connection"]``."""
    alembic_config = Config()
    alembic_config.set_main_option("script_location", "migrations:")  # a package, wherever it is installed
    alembic_config.set_main_option("path_separator", "os")
    return alembic_config
