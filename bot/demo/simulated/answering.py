"""Answers of simulated customers: through the production write path, at the business time of the step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from bot.conversation.context import ConversationContext, load_context
from bot.conversation.opening import open_conversation
from bot.conversation.saving import is_in_words
from bot.db.asking import invitations, responses
from bot.db.asking.invitations import Invitation
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection
from bot.demo.simulated.opinions import choose_answer, draw_mood
from bot.demo.simulated.simulated_words import SimulatedWords
from bot.demo.simulated.volunteers import find_part_words
from bot.demo.simulated.walk_plan import WalkPlan
from bot.demo.simulated.walks import SimulatedCustomer
from bot.usecases.asking.turn import ConversationTap, apply_act
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from cjm.asking.invitation_state import InvitationState
from cjm.conversation import turns
from cjm.conversation.conversation import ClosingStep, Conversation, ConversationMove, TapRefusal
from cjm.journeys.parts.diary_question import DIARY_QUESTIONS
from cjm.journeys.survey import Question, QuestionKind

ANSWERING_SHARE = 0.6  # of the customers asked
KEEPING_SHARE = 0.85  # of the messages of a diary
UNHAPPY_BONUS = 0.12  # unhappy customers answer more often
WRITING_SHARE = 0.6  # of those who are asked for words
CONTACT_SHARE = 0.3  # of the unhappy ones who want to be contacted


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedAnswers:
    """Answers of simulated customers.

    ``begin``: business time at which the demo begins; what customers feel depends on the trouble before it.
    ``may_open_case``: whether the team may get one more case.
    """

    routing: CaseRouting
    expire_after: timedelta
    plan: WalkPlan
    words: SimulatedWords
    begin: datetime
    random: Random
    may_open_case: Callable[[], bool] = lambda: True

    def answer_all(
        self, tx: Connection, people: Mapping[str, SimulatedCustomer], at: datetime
    ) -> list[ConversationContext]:
        """Answer, or leave unanswered, what these people were asked; return the conversations as they stand then."""
        conversations = []
        for invitation in invitations.list_by_states(tx, [InvitationState.RESERVED]):
            context = load_context(tx, invitation.id)
            if context is not None and (person := people.get(context.customer.external_id or "")) is not None:
                conversations.append(self._answer_or_leave(tx, context, person, at))
        return conversations

    def _answer_or_leave(
        self, tx: Connection, context: ConversationContext, person: SimulatedCustomer, at: datetime
    ) -> ConversationContext:
        invitation, address = context.invitation, context.customer.address
        random = self._find_random(invitation)
        mood = draw_mood(self.plan, person, invitation.subject, at, self.begin, random)
        share = ANSWERING_SHARE + (UNHAPPY_BONUS if mood < 0 else 0.0)
        if invitation.diary_id is not None:
            share = KEEPING_SHARE
        if random.random() > share or address is None:
            return open_conversation(tx, context, at, self.expire_after)
        tap = ConversationTap(address, str(invitation.id), invitation.id)
        for _ in range(len(context.conversation.survey.questions) + 1):
            context = self._take_turn(tx, context, tap, mood, at)
            conversation = context.conversation
            if conversation.finished_at is not None and conversation.step != ClosingStep.CONTACT:
                break
        return context

    def _take_turn(
        self, tx: Connection, context: ConversationContext, tap: ConversationTap, mood: float, at: datetime
    ) -> ConversationContext:
        """Take one turn as a tap would, but go on from the context of the turn before: loading it is half of a turn.

        All answers are given at the same moment: only their day counts on a map.
        """

        def act(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
            return self._give_next_answer(tx, conversation, now, context, mood)

        turn = apply_act(tx, context, tap, act, at, self.expire_after)
        assert turn.context is not None  # who was asked may answer
        return replace(turn.context, awaits_words=is_in_words(turn.context.conversation.question))

    def _give_next_answer(
        self, tx: Connection, conversation: Conversation, now: datetime, context: ConversationContext, mood: float
    ) -> ConversationMove | TapRefusal:
        """Take the next step of the conversation as a customer in this mood would."""
        if conversation.step == ClosingStep.CONTACT:
            return self._settle_contact(tx, conversation, now, context)
        question = conversation.question
        if question is None:
            return turns.stop_early(conversation, now)
        if question.kind is QuestionKind.TEXT:
            text = self._choose_words(conversation, question, context, now)
            return (
                turns.answer(conversation, question.key, text, now)
                if text
                else turns.skip(conversation, question.key, now)
            )
        raw = choose_answer(self.plan, question, mood, self.random)
        assert raw is not None  # only text is answered without a tap
        return turns.answer(conversation, question.key, raw, now)

    def _settle_contact(
        self, tx: Connection, conversation: Conversation, now: datetime, context: ConversationContext
    ) -> ConversationMove | TapRefusal:
        wants_contact = self.random.random() < CONTACT_SHARE and self.may_open_case()
        response = responses.find_by_invitation(tx, context.invitation.id)
        if wants_contact and response is not None:
            OpenCaseFromResponse(self.routing)(tx, response.id, now)
        return turns.settle_contact(conversation, wants_contact, now)

    def _choose_words(
        self, conversation: Conversation, question: Question, context: ConversationContext, now: datetime
    ) -> str | None:
        random = self._find_random(context.invitation, question.key)
        if random.random() >= WRITING_SHARE:
            return None
        about, tone = question.about or context.invitation.subject, _choose_tone(conversation)
        if question.key in DIARY_QUESTIONS:
            about, tone = find_part_words(question, context, now)
        return self.words.choose(about, tone, random)

    def _find_random(self, invitation: Invitation, about: str = "") -> Random:
        """Return the random numbers for an invitation; messages of diaries have their own (`volunteers`)."""
        return self.random if invitation.diary_id is None else Random(f"message {invitation.id} {about}")


def _choose_tone(conversation: Conversation) -> str:
    """Return the reason that was tapped before, else whether the last score is favourable: words agree with both."""
    tone = "bad"
    for question in conversation.survey.questions:
        value = conversation.answers.get(question.key)
        if question.kind is QuestionKind.CHOICE and isinstance(value, str):
            tone = value
        elif question.kind.scale is not None and value is not None:
            tone = "good" if value in question.kind.scale.spec.favourable else "bad"
    return tone
