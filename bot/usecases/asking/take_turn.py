"""One turn of a conversation: whose it is, what the tap does, what is kept. The rules are `cjm.conversation`'s.

A tap is saved in one transaction: the answers with their counters, where the conversation stands, what became of the
invitation. ``shown`` is emptied with it and filled when the message has been edited, so a crash in between is mended.
The message that was tapped is the one the conversation is in from then on.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.conversation.context import ConversationContext, load
from bot.db.asking import awaited_texts, invitations, responses
from bot.db.asking.awaited_texts import AwaitedText
from bot.db.asking.invitations import CountedInvitation, Invitation, lock_person
from bot.db.asking.responses import Response
from bot.db.delivery import letters, message_refs
from bot.db.delivery.message_refs import MessageSubject
from bot.db.engine.database import Connection
from bot.db.figures import answers
from bot.db.figures.answers import Answer, NewAnswer
from bot.db.people import customers
from bot.outbox.letters.invitation import open_conversation
from cjm.address import Address
from cjm.conversation import response as talks
from cjm.conversation.response import (
    DECLINED,
    EXPIRED,
    STOPPED,
    Conversation,
    ConversationMove,
    Raw,
    TapEffect,
    TapRefusal,
    TapRefusalReason,
)
from cjm.journeys.survey import Question, QuestionKind

COMMENT = "comment"  # the prompt of a question that is answered in words; its ref is the invitation


class TapNotice(StrEnum):
    """What is said to a tap, shortly; the first five and the next four are `cjm.conversation`'s."""

    SAVED = TapEffect.SAVED.value
    CHANGED = TapEffect.CHANGED.value
    SAME = TapEffect.SAME.value
    SKIPPED = TapEffect.SKIPPED.value
    MOVED = TapEffect.MOVED.value
    ENDED = TapRefusalReason.ENDED.value
    TOO_LATE = TapRefusalReason.TOO_LATE.value
    NOT_ASKED = TapRefusalReason.NOT_ASKED.value
    NOT_LEGAL = TapRefusalReason.NOT_LEGAL.value
    NOT_YOURS = "not_yours"
    GONE = "gone"  # the customer was forgotten, or there never was such a question


@dataclass(frozen=True, slots=True)
class ConversationTap:
    """Who tapped, on which message, and the invitation its button names."""

    who: Address
    message_id: str
    invitation: int


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What a tap came to. ``scene`` is to be shown in the tapped message; ``left`` is one that showed it before."""

    note: TapNotice
    scene: ConversationContext | None = None
    left: str | None = None


Act = Callable[[Conversation, datetime], ConversationMove | TapRefusal]


def take_turn(tx: Connection, tap: ConversationTap, act: Act, now: datetime, expire: timedelta) -> TurnResult:
    """Do what a tap asks for, if it may. ``expire`` is how long an invitation stays open."""
    lock_person(tx, tap.invitation)
    scene = own_scene(tx, tap.who, tap.invitation)
    if isinstance(scene, TapNotice):
        return TurnResult(scene)
    if scene.invitation.state in ("waiting", "dropped"):  # the visit was withdrawn, or the id is forged
        return TurnResult(TapNotice.GONE)
    scene, left = _arrived(tx, scene, tap, now, expire)
    move = act(scene.talk, now)
    if isinstance(move, TapRefusal):
        talk = talks.rest(scene.talk, now) if move.reason is TapRefusalReason.TOO_LATE else scene.talk
        return TurnResult(
            TapNotice(move.reason.value), keep(tx, scene, ConversationMove(talk, TapEffect.MOVED), now), left
        )
    return TurnResult(TapNotice(move.effect.value), keep(tx, scene, move, now), left)


def own_scene(tx: Connection, who: Address, invitation_id: int) -> ConversationContext | TapNotice:
    """The scene, if it is this person's."""
    scene = load(tx, invitation_id)
    if scene is None:
        return TapNotice.GONE
    return scene if scene.customer.address == who else TapNotice.NOT_YOURS


def _arrived(
    tx: Connection, scene: ConversationContext, tap: ConversationTap, now: datetime, expire: timedelta
) -> tuple[ConversationContext, str | None]:
    """A tap proves that its message arrived, also when nobody knew; from now on the conversation is in this one."""
    if scene.response is None or scene.invitation.state == "reserved":
        scene = open_conversation(tx, scene, now, expire)
    response = scene.response
    assert response is not None  # open_conversation() has seen to it
    if response.message_id is None:
        letters.prove(tx, f"invitation:{scene.invitation.id}", tap.message_id, now)
    customer = scene.customer
    if customer.unreachable_at is not None:
        customers.update(tx, customer.id, unreachable_at=None)
        customer = replace(customer, unreachable_at=None)
    left = response.message_id if response.message_id not in (None, tap.message_id) else None
    if response.message_id != tap.message_id:
        message_refs.remember(tx, tap.who, tap.message_id, MessageSubject("response", response.id), now)
    here = replace(response, address=tap.who, message_id=tap.message_id)
    return replace(scene, customer=customer, response=here), left


# ---- what is kept ----------------------------------------------------------------------------------------------------


def keep(tx: Connection, scene: ConversationContext, move: ConversationMove, now: datetime) -> ConversationContext:
    """Store a conversation's next state with all that follows from it; the scene as it is then."""
    response = scene.response
    assert response is not None  # a conversation that moves has begun
    given = _keep_answers(tx, scene, response, move, now)
    talk = move.conversation
    after = replace(
        response,
        step=talk.step,
        shown=None,
        skipped=talk.skipped,
        contact=talk.contact,
        started_at=response.started_at or (now if talk.answers else None),
        finished_at=talk.finished_at,
        touched_at=now,
    )
    responses.save(tx, after)
    invitation = _moved_on(scene.invitation, talk)
    before = CountedInvitation(scene.invitation, response.started_at is not None)
    invitations.save(tx, before, CountedInvitation(invitation, after.started_at is not None))
    _keep_prompt(tx, scene, after, talk, now)
    return replace(scene, invitation=invitation, talk=talk, response=after, given=given)


def _keep_answers(
    tx: Connection, scene: ConversationContext, response: Response, move: ConversationMove, now: datetime
) -> dict[str, Answer]:
    """Store what is new or changed and delete what was withdrawn; the answers as they stand then."""
    answers.take_back(tx, [scene.given[key].id for key in sorted(move.withdrawn) if key in scene.given])
    given = {key: answer for key, answer in scene.given.items() if key not in move.withdrawn}
    before = scene.talk.answers
    for key, raw in move.conversation.answers.items():
        question = scene.talk.survey.question(key)
        if question is None or before.get(key) == raw:
            continue
        if key in given:
            given[key] = answers.change_answer(tx, given[key].id, **_columns(question, raw), at=now) or given[key]
        else:
            given[key] = answers.write_answer(tx, _answer(scene, response, question, raw, now))
    return given


def _columns(question: Question, raw: Raw) -> dict[str, Any]:
    if isinstance(raw, int):
        return {"value": raw}
    return {"text": raw} if question.kind is QuestionKind.TEXT else {"choice": raw}


def _answer(scene: ConversationContext, response: Response, question: Question, raw: Raw, now: datetime) -> NewAnswer:
    """An answer with all that it counts under: what the question is about, on the visit's day."""
    invitation = scene.invitation
    subject = question.about or invitation.subject
    place = scene.journey.place(subject)
    return NewAnswer(
        response_id=response.id,
        visit_id=invitation.visit_id,
        customer_id=invitation.customer_id,
        journey=invitation.journey,
        version=invitation.version,
        question=question.key,
        kind=question.kind.value,
        subject=subject,
        stage=place[0].key if place else invitation.stage,
        day=invitation.day,
        channel=invitation.channel,
        cohort_id=invitation.cohort_id,
        at=now,
        **_columns(question, raw),
    )


def _moved_on(invitation: Invitation, talk: Conversation) -> Invitation:
    state, reason = _state(talk)
    return invitation if state == invitation.state else replace(invitation, state=state, reason=reason)


def _state(talk: Conversation) -> tuple[str, str | None]:
    """What the conversation makes of its invitation. Whoever answered something has answered; the rest is silence."""
    ends = {DECLINED: "declined", STOPPED: "declined", EXPIRED: "expired"}
    if talk.step in ends:
        return ("done" if talk.answers else ends[talk.step]), talk.step.removeprefix("@")
    if talk.finished_at is not None:
        return "done", None
    return ("answering" if talk.answers or talk.skipped else "open"), None


def _keep_prompt(
    tx: Connection, scene: ConversationContext, response: Response, talk: Conversation, now: datetime
) -> None:
    """Await words where the step asks for them; else stop awaiting those of this conversation, if any were."""
    if response.address is None:
        return
    if _in_words(talk.question):
        awaited_texts.put(tx, response.address, AwaitedText(COMMENT, now, scene.invitation.id, {}))
    elif _in_words(scene.talk.question) or any(a.text is not None for a in scene.given.values()):
        awaited_texts.clear(tx, response.address, COMMENT, scene.invitation.id)


def _in_words(question: Question | None) -> bool:
    return question is not None and question.kind is QuestionKind.TEXT
