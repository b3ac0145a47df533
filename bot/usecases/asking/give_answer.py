"""A customer taps: an answer, "skip", "back", "change", "that's enough", "may we contact you?"."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load
from bot.db.asking import responses
from bot.db.engine.database import Connection, Database
from bot.usecases.asking.take_turn import Act, ConversationTap, TapNotice, TurnResult, own_scene, take_turn
from bot.usecases.cases.open_case import OpenCaseFromResponse
from cjm.address import Address
from cjm.conversation import response as talks
from cjm.conversation.response import Conversation, ConversationMove, TapRefusal, TapRefusalReason
from cjm.journeys.survey import Question, QuestionKind


class GiveAnswer:
    """Each method is one tap, saved in one transaction. Questions and options are named by their places.

    A tap that cannot be taken (forged, somebody else's, too old, repeated) changes nothing and comes back with a note.
    """

    def __init__(self, db: Database, clock: Clock, expire: timedelta, open_case: OpenCaseFromResponse) -> None:
        self._db, self._clock, self._expire, self._open_case = db, clock, expire, open_case

    async def answer(self, tap: ConversationTap, place: int, value: int) -> TurnResult:
        """``value`` is a scale's raw value, or the place of an option."""

        def act(talk: Conversation, now: datetime) -> ConversationMove | TapRefusal:
            question = _question(talk, place)
            if question is None or question.kind is QuestionKind.TEXT:
                return TapRefusal(TapRefusalReason.NOT_LEGAL)
            if question.kind is not QuestionKind.CHOICE:
                return talks.answer(talk, question.key, value, now)
            if not 0 <= value < len(question.options):
                return TapRefusal(TapRefusalReason.NOT_LEGAL)
            return talks.answer(talk, question.key, question.options[value].key, now)

        return await self._take(tap, act)

    async def skip(self, tap: ConversationTap, place: int) -> TurnResult:
        return await self._take(tap, _at(place, talks.skip))

    async def change(self, tap: ConversationTap, place: int) -> TurnResult:
        return await self._take(tap, _at(place, talks.change))

    async def back(self, tap: ConversationTap) -> TurnResult:
        return await self._take(tap, talks.back)

    async def resume(self, tap: ConversationTap) -> TurnResult:
        return await self._take(tap, talks.resume)

    async def enough(self, tap: ConversationTap) -> TurnResult:
        return await self._take(tap, talks.enough)

    async def contact(self, tap: ConversationTap, wanted: bool) -> TurnResult:
        """A yes opens a case, in the same transaction."""
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            turn = take_turn(tx, tap, lambda talk, at: talks.settle_contact(talk, wanted, at), now, self._expire)
            scene = turn.scene
            if turn.note is not TapNotice.SAVED or scene is None or scene.response is None or not wanted:
                return turn
            self._open_case(tx, scene.response.id, now)
            return TurnResult(turn.note, load(tx, tap.invitation), turn.left)

        return await self._db.write(write)

    async def look(self, who: Address, invitation: int) -> ConversationContext | TapNotice:
        """The conversation as it stands, for a menu that is opened over it."""
        return await self._db.read(lambda tx: own_scene(tx, who, invitation))

    async def shown(self, scene: ConversationContext) -> None:
        """The message has been edited to what this scene says."""
        response = scene.response
        if response is not None and response.message_id is not None:
            message_id = response.message_id
            await self._db.write(
                lambda tx: responses.mark_shown(tx, response.id, response.step, message_id, response.touched_at)
            )

    async def _take(self, tap: ConversationTap, act: Act) -> TurnResult:
        now = self._clock.now()
        return await self._db.write(lambda tx: take_turn(tx, tap, act, now, self._expire))


def _question(talk: Conversation, place: int) -> Question | None:
    questions = talk.survey.questions
    return questions[place] if 0 <= place < len(questions) else None


def _at(place: int, act: Callable[[Conversation, str, datetime], ConversationMove | TapRefusal]) -> Act:
    def at_place(talk: Conversation, now: datetime) -> ConversationMove | TapRefusal:
        question = _question(talk, place)
        return act(talk, question.key, now) if question is not None else TapRefusal(TapRefusalReason.NOT_ASKED)

    return at_place
