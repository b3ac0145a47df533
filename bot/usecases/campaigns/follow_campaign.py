"""Follow a campaign: what became of it until now, and stopping it."""

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction
from bot.db.campaigns import campaigns
from bot.db.engine.database import Connection, Database
from bot.outbox.letters.campaigns.campaign_notice import CampaignReport, find_report
from bot.usecases.campaigns.end_campaign import end_campaign
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.asking.campaign_state import CampaignState


class FollowCampaign:
    """Every method returns None for a campaign of a journey that the manager does not see."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def report(self, viewer: MapViewer, campaign_id: int) -> CampaignReport | None:
        return await self._db.read(lambda tx: _find_visible(tx, viewer, campaign_id))

    async def stop(self, viewer: MapViewer, campaign_id: int) -> CampaignReport | None:
        """Stop a running campaign, and return its report; one that is over stays as it is.

        What was sent can still be answered, and what is just being sent still arrives.
        """
        now = self._clock.now()

        def write(tx: Connection) -> CampaignReport | None:
            report = _find_visible(tx, viewer, campaign_id)
            campaign = campaigns.find_by_id(tx, campaign_id, for_update=True) if report is not None else None
            if campaign is None or campaign.state is not CampaignState.RUNNING:
                return report
            is_told = campaign.address != viewer.chat
            end_campaign(tx, campaign, CampaignState.STOPPED, now, is_told=is_told)
            journey, subject = campaign.journey, campaign.survey
            action = AuditAction.STOP_CAMPAIGN
            audit_entries.record_entry(tx, now, viewer.in_audit, action, journey=journey, subject=subject)
            return find_report(tx, campaign_id)

        return await self._db.write(write)


def _find_visible(tx: Connection, viewer: MapViewer, campaign_id: int) -> CampaignReport | None:
    report = find_report(tx, campaign_id) if viewer.is_manager else None
    return report if report is not None and viewer.may_see(report.campaign.journey) else None
