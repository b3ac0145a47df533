"""End a campaign: drop what was not sent, and tell the manager who started it.

Helper for the use cases of this room; it runs in its caller's transaction.
"""

from datetime import datetime

from bot.db.campaigns import campaigns, progress
from bot.db.campaigns.campaigns import Campaign
from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Connection
from bot.db.people import managers
from bot.outbox.kinds import LetterName
from bot.texts import words_in
from cjm.asking.campaign_state import CampaignState
from cjm.asking.decision import AskingReason


def end_campaign(tx: Connection, campaign: Campaign, state: CampaignState, now: datetime, *, is_told: bool) -> None:
    """End a running campaign; ``is_told`` posts a letter with its report to the manager who started it."""
    campaigns.end(tx, campaign.id, state, now)
    progress.drop_unsent(tx, campaign.id, AskingReason.CAMPAIGN_STOPPED, now)
    if is_told:
        manager = managers.find_by_address(tx, campaign.address)
        language = words_in(manager.language if manager else None).language
        data = {"campaign": campaign.id, "language": language}
        key, kind = f"campaign:{campaign.id}", LetterName.CAMPAIGN_NOTICE
        letters.post(tx, NewLetter(key, campaign.address, kind, LetterPriority.DIGEST, now, data), now)
