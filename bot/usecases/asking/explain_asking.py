"""Explain why a customer was asked or not: the story of each visit, and what stands in the way now."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.db.asking import decisions
from bot.db.asking.decisions import DecisionRecord
from bot.db.conversation import invitation_fates
from bot.db.conversation.invitation_fates import FateKey
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.outbox.kinds import LetterName
from bot.usecases.teams.recognize_viewer import MapViewer, assumed_zone, visible_journeys
from cjm.address import Address
from cjm.asking.decision import Ask, AskingVerdict, Decision, Hold, Skip
from cjm.conversation.asking_story import InvitationFate, StoryStep, TimedDecision, tell_story
from cjm.journeys.journey import Journey
from cjm.journeys.parts.diary_question import DIARY_SURVEY

MOST_DECISIONS = 500  # the last ones of a customer; what is older is not told


class AskingOccasion(StrEnum):
    """Beginning of a story; the value is part of the key of its words."""

    VISIT = "visit"
    PULSE = "pulse"
    BY_HAND = "by_hand"
    DIARY = "diary"


@dataclass(frozen=True, slots=True)
class SurveyStory:
    """Steps of one survey's question about a visit, in the order of time."""

    survey: str
    steps: tuple[StoryStep, ...]


@dataclass(frozen=True, slots=True)
class AskingStory:
    """Decisions about one visit, of each survey that asks about it, and what became of its questions.

    ``subject`` is the key of the visit's place. ``at`` is its time; without a visit, that of the decision to ask.
    """

    journey: str
    subject: str
    at: datetime
    occasion: AskingOccasion
    surveys: tuple[SurveyStory, ...]


@dataclass(frozen=True, slots=True)
class AskingExplanation:
    """Facts about a customer that allow or forbid asking, and the stories of their visits, the newest first."""

    customer_id: int
    name: str
    has_chat: bool
    consent_at: datetime | None
    stopped_at: datetime | None
    unreachable_at: datetime | None
    is_staff: bool
    stories: tuple[AskingStory, ...]


class ExplainAsking:
    """``await explain_asking(customer) -> AskingExplanation``, or None for an unknown customer.

    ``customer`` is the business's id of the person, or their address ("telegram:123").
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, customer: str) -> AskingExplanation | None:
        return await self._db.read(lambda tx: explain_asking(tx, customer))


@dataclass(frozen=True, slots=True)
class ManagerExplanation:
    """Explanation for a manager: stories of the journeys that they see, by the clock of the first of these.

    ``skip`` newer stories were passed over.
    """

    facts: AskingExplanation
    journeys: Mapping[str, Journey]
    zone: ZoneInfo
    skip: int = 0

    def find_title(self, story: AskingStory, language: str) -> str:
        """Return the title of the place of a visit; its key where the journey has no such place now."""
        place = self.journeys[story.journey].find_place(story.subject)
        return place.part.title.in_language(language) if place else story.subject


class ExplainToManager:
    """``await explain_to_manager(viewer, customer) -> ManagerExplanation``; None for whom they do not see.

    ``turn_page`` explains a customer again by the id of their row, which is in a button.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, viewer: MapViewer, customer: str) -> ManagerExplanation | None:
        return await self._db.read(lambda tx: _explain_to(tx, viewer, _find_customer(tx, customer), 0))

    async def turn_page(self, viewer: MapViewer, customer_id: int, skip: int) -> ManagerExplanation | None:
        return await self._db.read(lambda tx: _explain_to(tx, viewer, customers.find_by_id(tx, customer_id), skip))


def _explain_to(tx: Connection, viewer: MapViewer, person: Customer | None, skip: int) -> ManagerExplanation | None:
    if person is None:
        return None
    found, seen = _explain(tx, person), visible_journeys(tx, viewer)
    shown = tuple(each for each in found.stories if each.journey in seen)
    # Who sees some journeys only learns nothing of people who were never on them.
    if not shown and not viewer.may_see_all:
        return None
    return ManagerExplanation(replace(found, stories=shown), seen, assumed_zone(tx, viewer), skip)


def explain_asking(tx: Connection, customer: str) -> AskingExplanation | None:
    person = _find_customer(tx, customer)
    return None if person is None else _explain(tx, person)


def _find_customer(tx: Connection, customer: str) -> Customer | None:
    return customers.find_by_external_id(tx, customer) or _find_by_address(tx, customer)


def _find_by_address(tx: Connection, text: str) -> Customer | None:
    try:
        return customers.find_by_address(tx, Address.parse(text))
    except ValueError:
        return None


def _explain(tx: Connection, person: Customer) -> AskingExplanation:
    recorded = decisions.list_by_customer(tx, person.id, MOST_DECISIONS)
    fates = invitation_fates.list_fates(tx, person.id, LetterName.REMINDER, MOST_DECISIONS)
    anonymous = {key for key, journey in journeys.list_current(tx).items() if journey.anonymous}
    return AskingExplanation(
        customer_id=person.id,
        name=person.external_id or str(person.address),
        has_chat=person.address is not None,
        consent_at=person.consent_at,
        stopped_at=person.stopped_at,
        unreachable_at=person.unreachable_at,
        is_staff=person.is_staff,
        stories=tuple(_tell_stories(recorded, fates, anonymous)),
    )


def _tell_stories(
    recorded: Sequence[DecisionRecord], fates: Mapping[FateKey, InvitationFate], anonymous: Container[str]
) -> list[AskingStory]:
    """Return the stories, the newest first; ``recorded`` are in this order, too."""
    by_occasion: dict[tuple[int | None, int | None], dict[str, list[DecisionRecord]]] = {}
    for record in reversed(recorded):
        surveys = by_occasion.setdefault((record.visit_id, record.invitation_id), {})
        surveys.setdefault(record.survey, []).append(record)
    stories = [_tell_occasion(surveys, fates, anonymous) for surveys in by_occasion.values()]
    return sorted(stories, key=lambda story: story.at, reverse=True)


def _tell_occasion(
    surveys: Mapping[str, Sequence[DecisionRecord]], fates: Mapping[FateKey, InvitationFate], anonymous: Container[str]
) -> AskingStory:
    first = next(iter(surveys.values()))[0]
    told = _tell_surveys(surveys, fates, is_anonymous=first.journey in anonymous)
    return AskingStory(first.journey, first.subject, first.visited_at, _find_occasion(first), tuple(told))


def _tell_surveys(
    surveys: Mapping[str, Sequence[DecisionRecord]], fates: Mapping[FateKey, InvitationFate], *, is_anonymous: bool
) -> Iterator[SurveyStory]:
    for survey, records in surveys.items():
        fate = fates.get(FateKey(records[0].visit_id, records[0].invitation_id, survey))
        if fate is not None and is_anonymous:
            fate = replace(fate, is_anonymous=True)
        decided = [TimedDecision(record.at, _decision_of(record)) for record in records]
        yield SurveyStory(survey, tell_story(decided, fate))


def _decision_of(record: DecisionRecord) -> Decision:
    if record.verdict is AskingVerdict.HOLD:
        return Hold(record.until or record.at, record.reason)
    return Ask(record.reason) if record.verdict is AskingVerdict.ASK else Skip(record.reason)


def _find_occasion(record: DecisionRecord) -> AskingOccasion:
    if record.is_visit:
        return AskingOccasion.VISIT
    if record.survey == DIARY_SURVEY:
        return AskingOccasion.DIARY
    return AskingOccasion.PULSE if record.campaign_id is None else AskingOccasion.BY_HAND
