"""A scene: everything the messages of one conversation are made from, read from the database in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.db.asking import conversation_rows
from bot.db.asking.invitations import Invitation
from bot.db.asking.responses import Response
from bot.db.engine.database import Connection
from bot.db.figures import answers
from bot.db.figures.answers import Answer
from bot.db.people.customers import Customer
from bot.texts import LANGUAGES, Words, words_in
from cjm.asking.quiet_hours import QuietHours
from cjm.conversation import response as talks
from cjm.conversation.response import Conversation, Raw
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True)
class ConversationContext:
    """One customer, one visit, one survey, and how far they came. Before it is sent there is no response yet."""

    invitation: Invitation
    journey: Journey
    customer: Customer
    talk: Conversation
    response: Response | None
    given: Mapping[str, Answer]  # the stored answers by question
    case: int | None  # the number of the case that a yes to contact opened

    @property
    def language(self) -> str:
        """Fixed when the invitation is sent; until then, the customer's."""
        return self.invitation.language or language_for(self.customer, self.journey)

    @property
    def words(self) -> Words:
        return words_in(self.language)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.customer.timezone or self.journey.timezone)

    @property
    def title(self) -> str:
        """What the survey is about, as a customer reads it."""
        place = self.journey.place(self.invitation.subject)
        if place is None:
            return self.journey.title.in_(self.language)
        return (place[1] or place[0]).title.in_(self.language)


def language_for(customer: Customer, journey: Journey) -> str:
    """The customer's language where the journey speaks it, else the journey's own."""
    wanted = words_in(customer.language).language if customer.language else None
    if wanted in journey.languages:
        return wanted
    spoken = [language for language in journey.languages if language in LANGUAGES]
    return spoken[0] if spoken else wanted or LANGUAGES[0]


def load(tx: Connection, invitation_id: int) -> ConversationContext | None:
    """The scene of an invitation; None when it is gone (its customer was forgotten), or its survey cannot be read."""
    found = conversation_rows.find(tx, invitation_id)
    survey = found.journey.survey(found.invitation.survey) if found else None
    if found is None or survey is None:
        return None
    response, given = found.response, {}
    talk = talks.begin(survey)
    if response is not None:
        if response.started_at is not None:  # set with the first answer
            given = {a.question: a for a in answers.of_response(tx, response.id)}
        talk = Conversation(
            survey=survey,
            step=response.step,
            answers={key: raw_of(a) for key, a in given.items()},
            skipped=response.skipped,
            contact=response.contact,
            finished_at=response.finished_at,
        )
    return ConversationContext(found.invitation, found.journey, found.customer, talk, response, given, found.case)


def raw_of(answer: Answer) -> Raw:
    """A stored answer as the conversation knows it."""
    if answer.value is not None:
        return answer.value
    return answer.choice if answer.choice is not None else answer.text or ""


def decent(moment: datetime, scene: ConversationContext, house: QuietHours | None) -> datetime:
    """The first time from ``moment`` on at which this customer may be written to."""
    own = scene.customer.quiet_hours
    quiet = house if own is None else QuietHours.parse(own)
    return quiet.end_after(moment.astimezone(scene.zone)).astimezone(UTC) if quiet is not None else moment


def until(moment: datetime, scene: ConversationContext) -> str:
    """A moment as the customer's own clock shows it."""
    return scene.words.moment(moment.astimezone(scene.zone))
