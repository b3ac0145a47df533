"""Plan campaigns: look at the next customers of each running one, and end those that are over. A tick calls it.

Invariants:

* Each call looks at one page of customers for each campaign, in the order of ids, and stores how far it came with the
  questions of the page: after a crash nobody is asked twice or left out.
* A campaign whose survey, segment or journey is gone, or whose journey is archived, is stopped.
* It is done once everybody was looked at and none of its questions waits to be sent.
"""

from datetime import datetime

from bot.clock import Clock
from bot.db.campaigns import campaigns, progress
from bot.db.campaigns.campaigns import Campaign
from bot.db.engine.database import Connection, Database
from bot.usecases.campaigns.askable_surveys import AskableSurvey, find_askable, list_people
from bot.usecases.campaigns.end_campaign import end_campaign
from bot.usecases.campaigns.visitless_questions import list_in_segment, plan_questions
from cjm.asking.campaign_state import CampaignState
from cjm.asking.decision import AskingRules

PAGE = 200  # people: taps wait meanwhile on SQLite


class PlanCampaigns:
    """``await plan_campaigns()``. Two processes at the same time ask nobody twice."""

    def __init__(self, db: Database, clock: Clock, rules: AskingRules) -> None:
        self._db, self._clock, self._rules = db, clock, rules

    async def __call__(self) -> None:
        for campaign in await self._db.read(campaigns.list_running):
            now = self._clock.now()
            await self._db.write(
                lambda tx: plan_page(tx, campaign.id, self._rules, now)  # noqa: B023 - awaited before they change
            )


def plan_page(tx: Connection, campaign_id: int, rules: AskingRules, now: datetime) -> None:
    """Store the questions to the next customers of a running campaign, or end it."""
    campaign = campaigns.find_by_id(tx, campaign_id, for_update=True)
    if campaign is None or campaign.state is not CampaignState.RUNNING:  # stopped meanwhile
        return
    askable = find_askable(tx, campaign.journey, campaign.survey)
    if askable is None or not askable.has_segment(campaign.segment):
        end_campaign(tx, campaign, CampaignState.STOPPED, now, is_told=True)
    elif campaign.is_looking:
        _plan_next(tx, campaign, askable, rules, now)
    elif not progress.has_unsent(tx, campaign.id):
        end_campaign(tx, campaign, CampaignState.DONE, now, is_told=True)


def _plan_next(tx: Connection, campaign: Campaign, askable: AskableSurvey, rules: AskingRules, now: datetime) -> None:
    people = list_people(tx, campaign.journey, campaign.started_at, campaign.reached_id, campaign.last_id, PAGE)
    questions = askable.make_questions(campaign.id, people)
    if (segment := askable.version.journey.find_segment(campaign.segment)) is not None:  # without one it is everyone
        questions = list_in_segment(tx, questions, segment, now)
    plan_questions(tx, questions, rules, now)
    campaigns.save_reached(tx, campaign.id, people[-1] if len(people) == PAGE else campaign.last_id)
