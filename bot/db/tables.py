"""All tables of the database, room by room; `metadata` is complete once this module is imported.

Each room of `bot.db` defines its own tables in its ``tables.py``, and foreign keys name tables by string, so that a
room imports no room above it. Migrations and the schema check need every table at once and import this module.
"""

from bot.db.asking import tables as asking
from bot.db.cases import tables as cases
from bot.db.counters import tables as counters
from bot.db.delivery import tables as delivery
from bot.db.engine import tables as engine
from bot.db.engine.columns import metadata
from bot.db.figures import tables as figures
from bot.db.journeys import tables as journeys
from bot.db.people import tables as people

__all__ = ["metadata"]
ROOMS = (asking, cases, counters, delivery, engine, figures, journeys, people)
