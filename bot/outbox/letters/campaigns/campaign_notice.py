"""The report about a survey that was asked by hand, as /ask shows it and as a letter tells its end.

In an anonymous journey the report tells how many were asked, and nothing of who answered.
"""

from dataclasses import dataclass

from bot.db.campaigns import campaigns
from bot.db.campaigns.campaigns import Campaign
from bot.db.campaigns.progress import CampaignProgress, find_progress
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery.letters import Letter
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.messages.message import Message, Prose, bold, join_lines, plain
from bot.outbox.kinds import LetterDropped, LetterName, LetterOutcome
from bot.texts import Words, words_in
from bot.texts.asking_reasons import reason_text
from cjm.address import Address
from cjm.asking.campaign_state import CampaignState
from cjm.asking.decision import AskingReason, AskingVerdict
from cjm.journeys.journey import Journey
from cjm.text import cut_to_line

MOST_TITLE = 80  # units of a survey's first question


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """Campaign with what became of it; ``journey`` is the one in force, None if there is none any more."""

    campaign: Campaign
    progress: CampaignProgress
    journey: Journey | None

    @property
    def is_anonymous(self) -> bool:
        return self.journey is None or self.journey.anonymous


def find_report(tx: Connection, campaign_id: int) -> CampaignReport | None:
    """Return the report about a campaign; None if there is no such campaign."""
    campaign = campaigns.find_by_id(tx, campaign_id)
    if campaign is None:
        return None
    return CampaignReport(campaign, find_progress(tx, campaign_id), journeys.find_current(tx, campaign.journey))


def survey_title(journey: Journey | None, survey: str, language: str) -> str:
    """Return what people call a survey: its first question; its key where the journey has no such survey now."""
    found = journey.find_survey(survey) if journey else None
    return cut_to_line(found.questions[0].text.in_language(language), MOST_TITLE) if found else survey


def segment_title(journey: Journey | None, segment: str, words: Words) -> str:
    """Return what people call those who are asked; the key where the journey has no such segment now."""
    if not segment:
        return words("ask.everyone")
    found = journey.find_segment(segment) if journey else None
    return found.title.in_language(words.language) if found else segment


def report_text(report: CampaignReport, words: Words) -> Prose:
    """Return a report in words: the question, whom it is asked, and the numbers."""
    campaign, progress = report.campaign, report.progress
    title = survey_title(report.journey, campaign.survey, words.language)
    whom = words("ask.whom", whom=segment_title(report.journey, campaign.segment, words))
    counts = {"sent": progress.sent}
    if not report.is_anonymous:
        counts |= {"answered": progress.answered, "declined": progress.declined}
    if campaign.state is CampaignState.RUNNING:
        counts["waiting"] = progress.waiting
    lines = [words(f"ask.{name}", count=words.number(n)) for name, n in counts.items()]
    lines += [_unsent_line(reason, n, words) for reason, n in sorted(progress.unsent.items(), key=lambda one: -one[1])]
    notes = [words("ask.looking")] if campaign.is_looking else []
    notes += [words("ask.anonymous")] if report.is_anonymous else []
    state = plain(words(f"ask.state.{campaign.state}"))
    return join_lines([join_lines([bold(title), whom, state]), join_lines(lines), join_lines(notes)], "\n\n")


def _unsent_line(reason: str, n: int, words: Words) -> str:
    known = reason in set(AskingReason)
    why = reason_text(words, AskingVerdict.SKIP, AskingReason(reason)) if known else words("ask.undelivered")
    return words("ask.unsent", count=words.number(n), reason=why)


class CampaignNoticeLetter:
    """Kind of letter that tells a manager that their campaign has ended. ``data``: ``campaign`` and ``language``.

    It is dropped for somebody who may not see the journey any more.
    """

    name = LetterName.CAMPAIGN_NOTICE
    is_repeated = True

    def __init__(self, db: Database, routing: CaseRouting) -> None:
        self._db, self._routing = db, routing

    async def write(self, letter: Letter) -> Message | LetterDropped:
        report, readers = await self._db.read(lambda tx: self._find(tx, letter.data["campaign"]))
        if report is None:
            return LetterDropped("the campaign is gone")
        if letter.to not in readers:
            return LetterDropped("the manager may not see the journey any more")
        return Message(report_text(report, words_in(letter.data["language"])))

    def _find(self, tx: Connection, campaign_id: int) -> tuple[CampaignReport | None, set[Address]]:
        """Return the report, and who may read it now."""
        report = find_report(tx, campaign_id)
        readers = self._routing.list_managers(tx, report.campaign.journey) if report else []
        return report, {reader.address for reader in readers}

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        """Do nothing: /ask shows the same report."""
