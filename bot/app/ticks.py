"""Jobs that run at intervals. What is due stands in the database, so a job that runs late or twice loses nothing."""

from datetime import timedelta

from bot.app.parts import Parts
from bot.scheduler import Tick
from bot.usecases.asking.ask_due import AskDue
from bot.usecases.asking.remind_and_expire import RemindAndExpire
from bot.usecases.asking.repair_messages import RepairMessages
from bot.usecases.cases.hand_over_cases import HandOverCases
from bot.usecases.cases.mute_writer import EndMutes
from bot.usecases.upkeep.prune_rows import PruneRows
from bot.usecases.upkeep.retire_rows import RetireRows


def make_ticks(parts: Parts) -> dict[str, tuple[timedelta, Tick]]:
    """Return each tick by its name, with its interval."""
    db, clock, asking = parts.db, parts.clock, parts.settings.asking
    return {
        # Two seconds: a customer who was just served should be asked soon.
        "ask": (timedelta(seconds=2), AskDue(db, clock, asking.rules)),
        "remind": (timedelta(seconds=30), RemindAndExpire(db, clock, parts.remind_after, asking.quiet_hours)),
        "hand over": (timedelta(seconds=10), HandOverCases(db, clock, parts.routing)),
        "end mutes": (timedelta(seconds=30), EndMutes(db, clock, parts.routing)),
        "digests": (timedelta(seconds=20), parts.send_digests),
        "repair": (timedelta(seconds=30), RepairMessages(db, clock, parts.display)),
        "prune": (timedelta(hours=1), PruneRows(db, clock)),
        # Rare and heavy: it may delete many rows.
        "retire": (timedelta(hours=6), RetireRows(db, clock, parts.retention, parts.settings.privacy.minimum_answers)),
    }
