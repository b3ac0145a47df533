"""A survey's first question as a customer would read it, for somebody who looks at it before it is asked."""

from datetime import datetime

from bot.conversation.context import ConversationContext
from bot.db.asking.invitations import Invitation
from bot.db.people.customers import Customer
from bot.messages.callbacks import Action, Verb
from bot.messages.message import Button, Message, italic
from bot.outbox.letters.question import render_step
from bot.outbox.letters.steps.answer_lines import join_sections
from bot.texts import words_in
from cjm.asking.invitation_state import InvitationState
from cjm.conversation import turns
from cjm.journeys.journey import Journey
from cjm.journeys.survey import Survey


def render_preview(journey: Journey, survey: Survey, language: str, verb: Verb, now: datetime) -> Message:
    """Return the message with all its buttons, each with this ``verb``: they belong to no conversation."""
    shown = render_step(_make_context(journey, survey, language, now), now)
    note = italic(words_in(language)("ask.preview"))
    rows = tuple(tuple(Button(button.label, Action.of(verb)) for button in row) for row in shown.buttons)
    return Message(join_sections(shown.text, note), rows)


def _make_context(journey: Journey, survey: Survey, language: str, now: datetime) -> ConversationContext:
    invitation = Invitation(
        id=0,
        customer_id=0,
        visit_id=None,
        journey=journey.key,
        version=0,
        survey=survey.key,
        subject=survey.on.subject,
        stage="",
        channel="",
        cohort_id=0,
        day=now.date(),
        nps=survey.has_nps,
        due_at=now,
        not_after=now,
        created_at=now,
        state=InvitationState.OPEN,
        language=None,
        sent_at=None,
        expires_at=None,
        reminded_at=None,
    )
    return ConversationContext(
        invitation=invitation,
        journey=journey,
        current_journey=journey,
        customer=_make_reader(language),
        conversation=turns.begin(survey),
        response=None,
        day_answers=(),
        case=None,
        has_doubted_letters=False,
        awaits_words=False,
    )


def _make_reader(language: str) -> Customer:
    """Return a customer of whom nothing is known."""
    return Customer(
        id=0,
        external_id=None,
        address=None,
        language=language,
        timezone=None,
        quiet_hours=None,
        consent_at=None,
        stopped_at=None,
        unreachable_at=None,
    )
