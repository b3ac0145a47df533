"""Jobs that run at intervals. What is due stands in the database, so a job that runs late or twice loses nothing."""

from datetime import timedelta

from bot.app.parts import Parts
from bot.scheduler import Tick
from bot.usecases.asking.ask_due import AskDue
from bot.usecases.asking.remind_and_expire import RemindAndExpire
from bot.usecases.asking.repair_messages import RepairMessages
from bot.usecases.asking.staying.ask_staying import AskStaying
from bot.usecases.campaigns.plan_campaigns import PlanCampaigns
from bot.usecases.campaigns.plan_pulses import PlanPulses
from bot.usecases.cases.hand_over_cases import HandOverCases
from bot.usecases.cases.mute_writer import EndMutes
from bot.usecases.diary.plan_diaries import PlanDiaries
from bot.usecases.people.recall_messages import RecallMessages
from bot.usecases.sealing.seal_conversations import SealConversations
from bot.usecases.upkeep.clear_traces import ClearTraces
from bot.usecases.upkeep.prune_rows import PruneRows
from bot.usecases.upkeep.retire_rows import RetireRows


def make_ticks(parts: Parts) -> dict[str, tuple[timedelta, Tick]]:
    """Return each tick by its name, with its interval."""
    db, clock, asking = parts.db, parts.clock, parts.settings.asking
    return {
        # A message of a diary may be some minutes late, and is given up only after 90.
        "plan diaries": (timedelta(seconds=30), PlanDiaries(db, clock, asking.rules)),
        # Two seconds: a customer who was just served should be asked soon.
        "ask": (timedelta(seconds=2), AskDue(db, clock, asking.rules)),
        # Rare: it reads how long people stay on a stage, and most stays are counted in days.
        "ask staying": (timedelta(hours=1), AskStaying(db, clock, asking.rules)),
        "plan campaigns": (timedelta(seconds=5), PlanCampaigns(db, clock, asking.rules)),
        # Each looks at one page of people: a hundred thousand are seen within half an hour.
        "plan pulses": (timedelta(seconds=30), PlanPulses(db, clock, asking.rules)),
        "remind": (timedelta(seconds=30), RemindAndExpire(db, clock, parts.remind_after, asking.quiet_hours)),
        # Often, because what was promised to be gone by then is there until it runs.
        "seal": (
            timedelta(seconds=30),
            SealConversations(db, clock, parts.display, parts.settings.privacy.minimum_answers),
        ),
        "hand over": (timedelta(seconds=10), HandOverCases(db, clock, parts.routing)),
        "end mutes": (timedelta(seconds=30), EndMutes(db, clock, parts.routing)),
        "digests": (timedelta(seconds=20), parts.send_digests),
        "repair": (timedelta(seconds=30), RepairMessages(db, clock, parts.display)),
        "prune": (timedelta(hours=1), PruneRows(db, clock, timedelta(days=parts.settings.privacy.audit_days))),
        # Rare and heavy: it may delete many rows.
        "retire": (timedelta(hours=6), RetireRows(db, clock, parts.retention, parts.settings.privacy.minimum_answers)),
        # Two seconds: who asks to be forgotten looks at the chats at once. After retiring, which asks for recalls too.
        "recall": (timedelta(seconds=2), RecallMessages(db, clock, parts.display, parts.routing)),
        "clear traces": (timedelta(minutes=1), ClearTraces(db, clock)),
    }
