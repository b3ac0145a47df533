"""Give an answer: taps on a question, from a score to "may we contact you?". Wishes to be asked less: `stop_asking`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import ConversationContext
from bot.db.engine.database import Connection, Database
from bot.usecases.asking.turn import Act, ConversationTap, TapNotice, TurnResult, find_own_context, take_turn
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from cjm.address import Address
from cjm.conversation import turns
from cjm.conversation.conversation import Conversation, ConversationMove, TapEffect, TapRefusal, TapRefusalReason
from cjm.journeys.survey import Option, Question, QuestionKind
from cjm.raw_answer import NOT_APPLICABLE


class GiveAnswer:
    """Taps on a question, each stored in one transaction. ``answer_period`` is how long an invitation stays open.

    ``place`` is a question's place in its survey, from 0. A tap that cannot be taken (forged, another person's, too
    late) changes no answer; the notice in its result says why.
    """

    def __init__(self, db: Database, clock: Clock, answer_period: timedelta, open_case: OpenCaseFromResponse) -> None:
        self._db, self._clock, self._answer_period, self._open_case = db, clock, answer_period, open_case

    async def answer(self, tap: ConversationTap, place: int, value: int) -> TurnResult:
        """Store an answer. ``value`` is a scale's raw value, or the place of an option."""

        def act(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
            question = _find_question(conversation, place)
            # Buttons can be forged: words are never taken from one, and an option must exist.
            if question is None or question.kind is QuestionKind.TEXT:
                return TapRefusal(TapRefusalReason.NOT_LEGAL)
            if question.kind is not QuestionKind.CHOICE:
                return turns.answer(conversation, question.key, value, now)
            option = _find_option(question, value)
            if option is None:
                return TapRefusal(TapRefusalReason.NOT_LEGAL)
            return turns.answer(conversation, question.key, option.key, now)

        return await self._take_turn(tap, act)

    async def choose(self, tap: ConversationTap, place: int, value: int, is_chosen: bool) -> TurnResult:
        """Add an option to several choices, or take it back. ``value`` is the place of the option."""

        def act(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
            question = _find_question(conversation, place)
            option = _find_option(question, value) if question is not None else None
            if question is None or option is None:
                return TapRefusal(TapRefusalReason.NOT_LEGAL)
            return turns.choose(conversation, question.key, option.key, is_chosen, now)

        return await self._take_turn(tap, act)

    async def confirm(self, tap: ConversationTap, place: int) -> TurnResult:
        """Go on after the last of several choices."""
        return await self._take_turn(tap, _act_on_question(place, turns.confirm))

    async def answer_not_applicable(self, tap: ConversationTap, place: int) -> TurnResult:
        """Store "does not apply" as the answer."""
        return await self._take_turn(
            tap, _act_on_question(place, lambda talk, key, now: turns.answer(talk, key, NOT_APPLICABLE, now))
        )

    async def skip(self, tap: ConversationTap, place: int) -> TurnResult:
        return await self._take_turn(tap, _act_on_question(place, turns.skip))

    async def change(self, tap: ConversationTap, place: int) -> TurnResult:
        """Show an answered question again, to be answered differently."""
        return await self._take_turn(tap, _act_on_question(place, turns.change))

    async def go_back(self, tap: ConversationTap) -> TurnResult:
        return await self._take_turn(tap, turns.go_back)

    async def resume(self, tap: ConversationTap) -> TurnResult:
        """Go on with a question that was put off, or leave a menu or a change as it was."""
        return await self._take_turn(tap, turns.go_on)

    async def finish(self, tap: ConversationTap) -> TurnResult:
        """End the conversation early: the customer has answered enough."""
        return await self._take_turn(tap, turns.stop_early)

    async def settle_contact(self, tap: ConversationTap, is_wanted: bool) -> TurnResult:
        """Store the answer to "may we contact you?". A yes opens a case in the same transaction."""
        now = self._clock.now()

        def act(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
            return turns.settle_contact(conversation, is_wanted, now)

        def write(tx: Connection) -> TurnResult:
            turn = take_turn(tx, tap, act, now, self._answer_period)
            context = turn.context
            if turn.notice is not TapNotice.SAVED or context is None or context.response is None or not is_wanted:
                return turn
            number = self._open_case.open_for(tx, context, now)
            return replace(turn, context=replace(context, case=number))

        return await self._db.write(write)

    async def look(self, tap: ConversationTap) -> TurnResult:
        """Load the conversation as it stands, for a list that is shown over its step in the tapped message.

        If another message showed it, or none is known to have arrived, the conversation moves to the tapped one.
        """
        context = await self.find_context(tap.address, tap.invitation)
        if isinstance(context, TapNotice):
            return TurnResult(context)
        if context.response is not None and context.response.message_id == tap.message_id:
            return TurnResult(TapNotice.MOVED, context)
        return await self._take_turn(tap, lambda conversation, _at: ConversationMove(conversation, TapEffect.MOVED))

    async def find_context(self, address: Address, invitation: int) -> ConversationContext | TapNotice:
        """Load the conversation as it stands."""
        return await self._db.read(lambda tx: find_own_context(tx, address, invitation))

    async def _take_turn(self, tap: ConversationTap, act: Act) -> TurnResult:
        now = self._clock.now()
        return await self._db.write(
            lambda tx: take_turn(tx, tap, act, now, self._answer_period), reads_no_counters=True
        )


def _find_question(conversation: Conversation, place: int) -> Question | None:
    questions = conversation.survey.questions
    return questions[place] if 0 <= place < len(questions) else None


def _find_option(question: Question, place: int) -> Option | None:
    return question.options[place] if 0 <= place < len(question.options) else None


def _act_on_question(place: int, act: Callable[[Conversation, str, datetime], ConversationMove | TapRefusal]) -> Act:
    """Return an act that finds the question by its place and passes its key to ``act``."""

    def act_at_place(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
        question = _find_question(conversation, place)
        return act(conversation, question.key, now) if question is not None else TapRefusal(TapRefusalReason.NOT_ASKED)

    return act_at_place
