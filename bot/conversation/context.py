"""Context of a conversation: everything its messages are rendered from, loaded in two queries.

Invariants:

* A context is a value. It is not refreshed: load it again after a write that did not return a new one.
* A context has no response until the invitation has arrived, may have arrived, or was tapped; see
  `bot.conversation.opening`.
* The language is fixed when the invitation is sent: a conversation changes it only if its customer chooses another one
  in the settings, and then whole, from its next step on.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.db.asking.answers import Answer, raw_answer
from bot.db.asking.invitations import Invitation
from bot.db.asking.responses import Response
from bot.db.conversation import conversation_rows
from bot.db.conversation.conversation_rows import ConversationRows
from bot.db.diary import diaries
from bot.db.diary.diaries import Diary
from bot.db.engine.database import Connection
from bot.db.people.customers import Customer
from bot.texts import LANGUAGES, Words, words_in
from cjm.asking.quiet_hours import QuietHours
from cjm.conversation import turns
from cjm.conversation.conversation import ANONYMOUS_CHANGE_PERIOD, CHANGE_PERIOD, Conversation
from cjm.journeys.journey import Journey
from cjm.journeys.survey import Survey


@dataclass(frozen=True, slots=True)
class ConversationContext:
    """One customer, one visit, one survey, and the progress of their conversation.

    ``journey`` is as it was worded when they were asked, ``current_journey`` the version in force: answers count by it.
    ``day_answers`` are all stored answers of the customer about the day of the visit, those of other conversations too:
    they count together. ``case`` is the number of the case that a yes to "may we contact you?" opened, None without
    one. ``has_doubted_letters``: a letter to the customer's chat may have arrived although its call broke.
    ``awaits_words``: the customer's next text may be taken for words of this conversation. ``diary`` is the volunteer
    diary that it is a message of, or that it has invited to.
    """

    invitation: Invitation
    journey: Journey
    current_journey: Journey
    customer: Customer
    conversation: Conversation
    response: Response | None
    day_answers: tuple[Answer, ...]
    case: int | None
    has_doubted_letters: bool
    awaits_words: bool
    diary: Diary | None = None

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Stored answers of this conversation, by question key; of several choices, one."""
        return {key: given[-1] for key, given in self.answer_rows.items()}

    @property
    def answer_rows(self) -> Mapping[str, Sequence[Answer]]:
        """Stored answers of this conversation, by question key: several choices are several answers."""
        return _answers_by_question(self.response, self.day_answers)

    @property
    def language(self) -> str:
        """Language fixed when the invitation was sent, or chosen by the customer since; before that, the customer's."""
        return self.invitation.language or choose_language(self.customer, self.journey)

    @property
    def words(self) -> Words:
        return words_in(self.language)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.customer.known_zone or self.journey.timezone)

    @property
    def is_anonymous(self) -> bool:
        """True if the customer was promised that they answer anonymously, or the journey in force promises it."""
        return self.journey.anonymous or self.current_journey.anonymous

    @property
    def title(self) -> str:
        """Title of the touchpoint or stage that the survey is about, in the conversation's language."""
        place = self.journey.find_place(self.invitation.subject)
        if place is None:
            return self.journey.title.in_language(self.language)
        return place.part.title.in_language(self.language)


def choose_language(customer: Customer, journey: Journey) -> str:
    """Return the customer's language if the journey is written in it, else the journey's first supported language.

    Without any supported language in the journey it is the customer's, else English.
    """
    preferred = words_in(customer.language).language if customer.language else None
    if preferred in journey.languages:
        return preferred
    supported = [language for language in journey.languages if language in LANGUAGES]
    return supported[0] if supported else preferred or LANGUAGES[0]


def load_context(tx: Connection, invitation_id: int, *, lock: bool = False) -> ConversationContext | None:
    """Load the context of an invitation.

    Return None when the invitation is gone (its customer was forgotten), or its journey version has no such survey.
    With ``lock``, other writers about this customer who lock them too wait until the end of ``tx``: lock what you
    will change.
    """
    rows = conversation_rows.find_by_invitation(tx, invitation_id, lock=lock)
    survey = rows.journey.find_survey(rows.invitation.survey) if rows else None
    if rows is None or survey is None:
        return None
    has_diary = rows.journey.diary is not None or rows.current_journey.diary is not None
    return ConversationContext(
        rows.invitation,
        rows.journey,
        rows.current_journey,
        rows.customer,
        _restore_conversation(survey, rows),
        rows.response,
        rows.day_answers,
        rows.case,
        rows.has_doubted_letters,
        rows.awaits_words,
        diaries.find_of_invitation(tx, rows.invitation) if has_diary else None,
    )


def _answers_by_question(response: Response | None, day_answers: Sequence[Answer]) -> Mapping[str, Sequence[Answer]]:
    found: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in day_answers:
        if response is not None and answer.response_id == response.id:
            found[answer.question].append(answer)
    return found


def _restore_conversation(survey: Survey, rows: ConversationRows) -> Conversation:
    response = rows.response
    is_anonymous = rows.journey.anonymous or rows.current_journey.anonymous
    change_period = ANONYMOUS_CHANGE_PERIOD if is_anonymous else CHANGE_PERIOD
    if response is None:
        return replace(turns.begin(survey), change_period=change_period)
    stored = _answers_by_question(response, rows.day_answers)
    return Conversation(
        survey=survey,
        step=response.step,
        answers={key: raw_answer(given, survey.find_question(key)) for key, given in stored.items()},
        skipped=response.skipped,
        choosing=response.choosing,
        contact=response.contact,
        finished_at=response.finished_at,
        change_period=change_period,
    )


def effective_quiet_hours(customer: Customer | None, default: QuietHours | None) -> QuietHours | None:
    """Return the quiet hours that the customer chose, else the default; None for none."""
    chosen = customer.quiet_hours if customer is not None else None
    # An empty string is a choice too ("no quiet hours"); only None falls back to the default.
    return default if chosen is None else QuietHours.parse(chosen)


def outside_quiet_hours(at: datetime, context: ConversationContext, default: QuietHours | None) -> datetime:
    """Return the first time from ``at`` on that lies outside the customer's quiet hours, in UTC.

    ``default`` holds for customers who chose no quiet hours of their own.
    """
    quiet_hours = effective_quiet_hours(context.customer, default)
    return quiet_hours.end_after(at.astimezone(context.zone)).astimezone(UTC) if quiet_hours is not None else at


def local_time_text(at: datetime, context: ConversationContext) -> str:
    """Return ``at`` by the customer's own clock, in the conversation's language."""
    return context.words.moment(at.astimezone(context.zone))
