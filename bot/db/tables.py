"""All tables of the database, room by room; `metadata` is complete once this module is imported.

Each room of `bot.db` defines its own tables in its ``tables.py``, and foreign keys name tables by string, so that a
room imports no room above it. Migrations and the schema check need every table at once and import this module.
"""

import bot.db.asking.tables
import bot.db.audit.tables
import bot.db.campaigns.tables
import bot.db.cases.tables
import bot.db.changes.tables
import bot.db.counters.tables
import bot.db.delivery.tables
import bot.db.diary.tables
import bot.db.engine.tables
import bot.db.figures.tables
import bot.db.imports.tables
import bot.db.journeys.tables
import bot.db.people.tables
from bot.db.engine.columns import metadata

__all__ = ["metadata"]
ROOMS = (
    bot.db.asking.tables,
    bot.db.audit.tables,
    bot.db.campaigns.tables,
    bot.db.cases.tables,
    bot.db.changes.tables,
    bot.db.counters.tables,
    bot.db.delivery.tables,
    bot.db.diary.tables,
    bot.db.engine.tables,
    bot.db.figures.tables,
    bot.db.imports.tables,
    bot.db.journeys.tables,
    bot.db.people.tables,
)
"""Every room's tables, named so that importing them is not taken for a mistake."""
