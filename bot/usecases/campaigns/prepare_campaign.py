"""Prepare a campaign: choose a survey and whom to ask, see how many would be asked and why others would not.

Invariants:

* Each method checks again what the manager may see, and that survey and segment are still in the journey.
* Nothing is asked here, and nothing is stored but the list that the buttons refer to.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.clock import Clock
from bot.db.campaigns import campaigns, participants
from bot.db.delivery import views
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.outbox.letters.campaigns.campaign_notice import CampaignReport, find_report
from bot.usecases.campaigns.askable_surveys import EVERYONE, AskableSurvey, find_askable, list_askable, list_people
from bot.usecases.campaigns.visitless_questions import UNREACHED, DecidedQuestion, decide_questions
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.asking.decision import AskingReason, AskingRules, Skip

PAGE = 500  # people that are counted at a time: others are served in between
MOST_COUNTED = 10_000  # people: a few seconds, for which a manager waits
Outcomes = Counter[tuple[bool, AskingReason]]
"""Numbers of people by whether they are asked, and the reason."""


@dataclass(frozen=True, slots=True)
class CampaignMenu:
    """Surveys that a manager can ask by hand, and reports about those that are running. ``view_id`` keeps the list."""

    view_id: int
    surveys: Sequence[AskableSurvey]
    running: Sequence[CampaignReport]


@dataclass(frozen=True, slots=True)
class CampaignChoice:
    """Survey that was chosen from a list, by its ``place`` there, and whom to ask: everyone, or a segment's people.

    ``segment_place`` is 0 for everyone, else the segment's place in the list, from 1 on.
    """

    view_id: int
    place: int
    askable: AskableSurvey
    segments: Sequence[str]
    segment_place: int = 0

    @property
    def segment(self) -> str:
        return self.segments[self.segment_place - 1] if self.segment_place else EVERYONE


@dataclass(frozen=True, slots=True)
class CampaignCount:
    """Numbers of people: who would be asked at once, later (when limits or quiet hours allow), and not, by reason.

    ``is_partial``: there are more people than `MOST_COUNTED`, and the others are not among the numbers.
    """

    choice: CampaignChoice
    at_once: int = 0
    later: int = 0
    not_asked: Mapping[AskingReason, int] = field(default_factory=dict)
    is_partial: bool = False

    @property
    def to_ask(self) -> int:
        return self.at_once + self.later


class PrepareCampaign:
    """``list_surveys`` begins; ``find_choice`` and ``count`` return None for what is gone or not the manager's."""

    def __init__(self, db: Database, clock: Clock, rules: AskingRules) -> None:
        self._db, self._clock, self._rules = db, clock, rules

    async def list_surveys(self, viewer: MapViewer) -> CampaignMenu:
        now = self._clock.now()
        return await self._db.write(lambda tx: _make_menu(tx, viewer, now))

    async def find_choice(
        self, viewer: MapViewer, view_id: int, place: int, segment_place: int = 0
    ) -> CampaignChoice | None:
        return await self._db.read(lambda tx: find_choice(tx, viewer, view_id, place, segment_place))

    async def count(self, viewer: MapViewer, view_id: int, place: int, segment_place: int) -> CampaignCount | None:
        """Count who would be asked now, page by page, at most `MOST_COUNTED` people."""
        choice = await self.find_choice(viewer, view_id, place, segment_place)
        if choice is None:
            return None
        now, after, looked_at, outcomes = self._clock.now(), 0, 0, Outcomes()
        while True:
            people, counted = await self._db.read(
                lambda tx: _count_page(tx, choice, self._rules, after, now)  # noqa: B023 - awaited before it changes
            )
            outcomes += counted
            looked_at += len(people)
            if len(people) < PAGE or looked_at >= MOST_COUNTED:
                return _make_count(choice, outcomes, is_partial=len(people) == PAGE)
            after = people[-1]


def find_choice(
    tx: Connection, viewer: MapViewer, view_id: int, place: int, segment_place: int
) -> CampaignChoice | None:
    """Return what a button of a list stands for, if it is still there and the viewer may see it."""
    view = views.find(tx, view_id, viewer.chat, ViewKind.CAMPAIGN)
    listed = view.data["surveys"] if view else []
    if not viewer.is_manager or not 0 <= place < len(listed):
        return None
    entry = listed[place]
    askable = find_askable(tx, entry["journey"], entry["survey"]) if viewer.may_see(entry["journey"]) else None
    segments = entry["segments"]
    if askable is None or not 0 <= segment_place <= len(segments):
        return None
    choice = CampaignChoice(view_id, place, askable, segments, segment_place)
    return choice if askable.has_segment(choice.segment) else None


def _make_menu(tx: Connection, viewer: MapViewer, now: datetime) -> CampaignMenu:
    askable = [each for each in list_askable(tx) if viewer.may_see(each.version.key)]
    data = {
        "surveys": [
            {
                "journey": each.version.key,
                "survey": each.survey.key,
                "segments": [segment.key for segment in each.version.journey.segments],
            }
            for each in askable
        ]
    }
    running = [find_report(tx, one.id) for one in campaigns.list_running(tx) if viewer.may_see(one.journey)]
    view_id = views.insert_view(tx, ViewKind.CAMPAIGN, viewer.chat, data, now)
    return CampaignMenu(view_id, askable, [report for report in running if report is not None])


def _count_page(
    tx: Connection, choice: CampaignChoice, rules: AskingRules, after: int, now: datetime
) -> tuple[list[int], Outcomes]:
    """Count the decisions about the next people."""
    askable = choice.askable
    segment = askable.version.journey.find_segment(choice.segment)  # None for everyone
    people = list_people(tx, askable.version.key, now, after, participants.find_last_id(tx), PAGE)
    decided = decide_questions(tx, askable.make_questions(0, people), rules, now)
    meant = (one for one in decided if segment is None or segment.includes(one.cohort))
    return people, Outcomes((_is_asked(one), one.decision.reason) for one in meant)


def _is_asked(one: DecidedQuestion) -> bool:
    return not isinstance(one.decision, Skip) and one.decision.reason not in UNREACHED


def _make_count(choice: CampaignChoice, outcomes: Outcomes, *, is_partial: bool) -> CampaignCount:
    asked = sum(n for (is_asked, _), n in outcomes.items() if is_asked)
    at_once = outcomes[True, AskingReason.FINE]
    not_asked = {why: n for (is_asked, why), n in outcomes.items() if not is_asked}
    return CampaignCount(choice, at_once, asked - at_once, not_asked, is_partial)
