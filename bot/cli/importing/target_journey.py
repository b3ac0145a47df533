"""Journey that rows are imported into."""

from typing import TYPE_CHECKING

from bot.cli.runtime.command_context import find_journey
from bot.cli.runtime.program import CommandFailure

if TYPE_CHECKING:
    from bot.db.engine.database import Database
    from cjm.journeys.journey import Journey


async def find_target_journey(db: "Database", key: str) -> "Journey":
    """Return the journey in force. Raises CommandFailure for an unknown one, and for an archived one: it rests."""
    from bot.db.journeys import journeys

    journey = await find_journey(db, key)
    if await db.read(lambda tx: journeys.is_archived(tx, key)):
        raise CommandFailure(f"{key}: is archived and takes no rows; `tropa journey unarchive` brings it back")
    return journey
