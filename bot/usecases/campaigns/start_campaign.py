"""Start a campaign: store that a survey is asked by hand; the tick `PlanCampaigns` looks at its people."""

from datetime import datetime

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction
from bot.db.campaigns import campaigns, participants
from bot.db.campaigns.campaigns import NewCampaign
from bot.db.engine.database import Connection, Database
from bot.outbox.letters.campaigns.campaign_notice import CampaignReport, find_report
from bot.usecases.campaigns.prepare_campaign import CampaignChoice, find_choice
from bot.usecases.teams.recognize_viewer import MapViewer


class StartCampaign:
    """``await start_campaign(viewer, list, survey, segment) -> CampaignReport``; None for what is gone or not theirs.

    While a campaign of the same survey is running, started by them or by another manager, the report is about that
    one: a second tap, or a second manager, asks nobody again.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, viewer: MapViewer, view_id: int, place: int, segment_place: int) -> CampaignReport | None:
        now = self._clock.now()

        def write(tx: Connection) -> CampaignReport | None:
            choice = find_choice(tx, viewer, view_id, place, segment_place)
            return _start(tx, viewer, choice, now) if choice is not None else None

        return await self._db.write(write)


def _start(tx: Connection, viewer: MapViewer, choice: CampaignChoice, now: datetime) -> CampaignReport | None:
    journey, survey = choice.askable.version.key, choice.askable.survey.key
    new = NewCampaign(
        journey=journey,
        survey=survey,
        segment=choice.segment,
        messenger=viewer.chat.messenger,
        address=viewer.chat.id,
        last_id=participants.find_last_id(tx),
        started_at=now,
    )
    number = campaigns.start(tx, new)
    if number is None:
        running = campaigns.find_running(tx, journey, survey)
        return find_report(tx, running.id) if running is not None else None
    subject = survey + (f" segment {choice.segment}" if choice.segment else "")
    action = AuditAction.START_CAMPAIGN
    audit_entries.record_entry(tx, now, viewer.in_audit, action, journey=journey, subject=subject)
    return find_report(tx, number)
