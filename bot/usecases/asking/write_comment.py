"""A customer answers a question in words: the next text, or a reply to the question's message.

People often say one thing in two messages: what follows within some minutes is added to it. Words that are changed in
the messenger are changed here too. The conversation goes on in a new message below the words, sent as a letter.
"""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load
from bot.db.asking import awaited_texts, responses
from bot.db.asking.awaited_texts import AwaitedText
from bot.db.asking.invitations import lock_person
from bot.db.delivery import letters, message_refs
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.message_refs import MessageSubject
from bot.db.engine.database import Connection, Database
from bot.db.figures import answers
from bot.db.figures.answers import Answer
from bot.db.people import customers
from bot.usecases.asking.take_turn import COMMENT, TapNotice, TurnResult, keep, own_scene
from bot.usecases.cases.open_case import OpenCaseFromResponse
from cjm.address import Address
from cjm.cases.case import cleaned
from cjm.conversation import response as talks
from cjm.conversation.response import Conversation, TapRefusal
from cjm.journeys.survey import QuestionKind

AWAITED = timedelta(hours=24)  # later, a text out of the blue is about something else
ADDED = timedelta(minutes=10)
MOST = 4000
JOINED = "comment-joined"


class WriteComment:
    def __init__(self, db: Database, clock: Clock, open_case: OpenCaseFromResponse) -> None:
        self._db, self._clock, self._open_case = db, clock, open_case

    async def awaited(self, who: Address, reply_to: str | None) -> int | None:
        """The invitation that a text from this person belongs to; None when it is about something else."""
        now = self._clock.now()
        return await self._db.read(lambda tx: _awaited(tx, who, reply_to, now))

    async def __call__(self, who: Address, text: str, message_id: str, invitation: int) -> TurnResult:
        """Keep the words. ``scene`` and ``left`` say what to make of the message that asked."""
        now = self._clock.now()
        return await self._db.write(lambda tx: self._take(tx, who, cleaned(text), message_id, invitation, now))

    async def changed(self, who: Address, text: str, message_id: str) -> TurnResult:
        """The customer has changed a message that was taken as an answer."""
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            found = _answer_of(tx, who, message_id)
            if found is not None:
                lock_person(tx, found[1].invitation.id)
                found = _answer_of(tx, who, message_id)  # as it is now that nobody else writes about this person
            if found is None:
                return TurnResult(TapNotice.GONE)
            answer, scene = found
            move = talks.answer(scene.talk, answer.question, cleaned(text)[:MOST], now)
            if isinstance(move, TapRefusal):
                return TurnResult(TapNotice(move.reason.value))
            return TurnResult(TapNotice(move.effect.value), keep(tx, scene, move, now))

        return await self._db.write(write)

    def _take(
        self, tx: Connection, who: Address, text: str, message_id: str, invitation: int, now: datetime
    ) -> TurnResult:
        lock_person(tx, invitation)
        scene = own_scene(tx, who, invitation)
        if isinstance(scene, TapNotice) or scene.response is None:
            return TurnResult(scene if isinstance(scene, TapNotice) else TapNotice.GONE)
        waiting = awaited_texts.current(tx, who)
        key, before = _meant(scene.talk, waiting, now)
        if key is None:
            return TurnResult(TapNotice.NOT_ASKED)
        said = f"{before}\n{text}" if before else text
        move = talks.answer(scene.talk, key, said[:MOST], now)
        if isinstance(move, TapRefusal):
            return TurnResult(TapNotice(move.reason.value))
        kept = keep(tx, scene, move, now)
        first = str(waiting.data.get("message")) if waiting is not None and before is not None else None
        _remember(tx, who, kept, key, message_id, first, now)
        _go_on_below(tx, who, kept, message_id, now)
        if kept.case is not None:
            self._open_case.add(tx, scene.response.id, text, now)
        return TurnResult(TapNotice(move.effect.value), kept, scene.response.message_id)


def _awaited(tx: Connection, who: Address, reply_to: str | None, now: datetime) -> int | None:
    if reply_to is not None:
        about = message_refs.find(tx, who, reply_to)
        response = responses.by_id(tx, about.ref) if about is not None and about.kind == "response" else None
        scene = load(tx, response.invitation_id) if response is not None else None
        question = scene.talk.question if scene is not None else None
        return (
            response.invitation_id if response and question is not None and question.kind is QuestionKind.TEXT else None
        )
    waiting = awaited_texts.current(tx, who)
    if waiting is None or waiting.kind != COMMENT:
        return None
    return waiting.ref if now - waiting.at < (ADDED if waiting.data.get("question") else AWAITED) else None


def _meant(talk: Conversation, waiting: AwaitedText | None, now: datetime) -> tuple[str | None, str | None]:
    """The question that words answer now, and what was said to it a moment ago, when this goes on with it."""
    if talk.question is not None and talk.question.kind is QuestionKind.TEXT:
        return talk.question.key, None
    if waiting is None or waiting.kind != COMMENT or now - waiting.at >= ADDED:
        return None, None
    key = str(waiting.data.get("question"))
    return (key, str(talk.answers[key])) if key in talk.answers else (None, None)


def _remember(
    tx: Connection,
    who: Address,
    scene: ConversationContext,
    key: str,
    message_id: str,
    first: str | None,
    now: datetime,
) -> None:
    """Which message the words came in, to follow its changes; words from several messages are followed no more."""
    kind = COMMENT if first is None else JOINED
    message_refs.remember(tx, who, first or message_id, MessageSubject(kind, scene.given[key].id), now)
    question = scene.talk.question
    if question is None or question.kind is not QuestionKind.TEXT:
        data = {"question": key, "message": first or message_id}
        awaited_texts.put(tx, who, AwaitedText(COMMENT, now, scene.invitation.id, data))


def _go_on_below(tx: Connection, who: Address, scene: ConversationContext, message_id: str, now: datetime) -> None:
    assert scene.response is not None  # words were kept in it
    data = {"invitation": scene.invitation.id, "touched": scene.response.touched_at.isoformat()}
    key = f"step:{scene.invitation.id}:{message_id}"
    letters.post(tx, NewLetter(key, who, "step", LetterPriority.CONFIRMATION, now, data), now)


def _answer_of(tx: Connection, who: Address, message_id: str) -> tuple[Answer, ConversationContext] | None:
    about = message_refs.find(tx, who, message_id)
    person = customers.by_address(tx, who)
    if about is None or about.kind != COMMENT or person is None:
        return None
    answer = next((a for a in answers.of_customer(tx, person.id) if a.id == about.ref), None)
    response = responses.by_id(tx, answer.response_id) if answer is not None and answer.response_id else None
    scene = load(tx, response.invitation_id) if response is not None else None
    return (answer, scene) if answer is not None and scene is not None else None
