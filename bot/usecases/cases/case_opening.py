"""Open a case from a customer's words or from a low score, and add to it.

Helpers for several use cases, also of the asking; each runs in its caller's transaction, so that the message, tap or
answer that caused the case is stored together with it.

Invariants:

* A response opens at most one case, however often its customer asks to be contacted.
* The customer's words are stored before anybody is told of the case.
* Words of a customer who writes more than `CaseLimits` allow, or is muted, are kept in a case (`cjm.cases.intake`): the
  customer is told that they are, and the team gets no letter about each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.conversation.context import ConversationContext, load_context
from bot.db.asking import responses
from bot.db.asking.answers import Answer
from bot.db.asking.invitations import Invitation
from bot.db.cases import cases, writer_mutes
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.cases import NewCase
from bot.db.conversation import answer_files
from bot.db.engine.database import Connection
from bot.db.journeys import journeys
from bot.db.people.customers import Customer
from bot.outbox import case_letters
from bot.outbox.case_letters import ReceiptCause
from bot.usecases.cases.case_places import CasePlace, find_case_place
from bot.usecases.people.customer_defaults import guess_journey
from cjm.cases.case import Case, CaseAuthor, CaseKind, CaseOrigin, CaseText, receive_message, storable_text
from cjm.cases.intake import CaseLimits, KeptReason, WriterLoad, decide_keeping, gets_own_case
from cjm.scales import Scale


@dataclass(frozen=True, slots=True)
class FiledWords:
    """Case in which words are now. ``is_new``: it was opened for them; ``is_kept``: the team is told later."""

    case: Case
    is_new: bool
    is_kept: bool


def open_case(
    tx: Connection,
    routing: CaseRouting,
    person: Customer,
    kind: CaseKind,
    origin: CaseOrigin,
    texts: Sequence[CaseText],
    now: datetime,
    *,
    journey: str | None = None,
    subject: str | None = None,
    limits: CaseLimits,
) -> FiledWords:
    """Open a case with the customer's words, hand it over to its readers, and post its number to the customer.

    Without ``journey`` (a key) it is about the one that `guess_journey` finds. Who has as many cases as ``limits``
    allow gets no other: the words are added to the latest.
    """
    about = journeys.find_current(tx, journey) if journey else guess_journey(tx, person)
    place = find_case_place(tx, person, about, subject, now)
    load = writer_mutes.find_load(tx, person.id, place.journey, now)
    keeping = decide_keeping(load, limits, now)
    latest = cases.find_latest_about(tx, person.id, place.journey)
    if latest is not None and not gets_own_case(load, limits, kind, keeping):
        return _add_to_latest(tx, routing, latest, texts, load, now, limits)
    new = _new_case(person.id, kind, origin, place, now)
    case = _insert_and_hand_over(tx, routing, new, [(text, now) for text in texts], now, limits)
    case_letters.post_receipt(tx, case, ReceiptCause.OPENED, str(case.number), now)
    if keeping is not None and keeping.reason is KeptReason.MUTED:
        case_letters.post_kept_receipt(tx, case, keeping, now)
    return FiledWords(case, is_new=True, is_kept=keeping is not None)


def _add_to_latest(
    tx: Connection,
    routing: CaseRouting,
    case: Case,
    texts: Sequence[CaseText],
    load: WriterLoad,
    now: datetime,
    limits: CaseLimits,
) -> FiledWords:
    """Add words to a case instead of opening another one, and tell the customer why."""
    filed = FiledWords(case, is_new=False, is_kept=False)
    for text in texts:
        filed = add_to_case(tx, routing, filed.case, text, now, limits)
    if not filed.is_kept:  # else they were told that
        case_letters.post_joined_receipt(tx, filed.case, load.open_cases, now)
    return filed


def _insert_and_hand_over(
    tx: Connection,
    routing: CaseRouting,
    new: NewCase,
    texts: Sequence[tuple[CaseText, datetime]],
    now: datetime,
    limits: CaseLimits,
) -> Case:
    """Store a case with its customer's words and their times, and post its cards; no cards if the customer is muted."""
    load = writer_mutes.find_load(tx, new.customer_id, new.journey, now)
    keeping = decide_keeping(load, limits, now)
    readers = routing.list_readers(tx, new.journey)
    case = cases.insert_case(tx, replace(new, team=readers[0].team if readers else None))
    messages = cases.insert_messages(tx, case.number, CaseAuthor.CUSTOMER, texts)
    if keeping is not None and keeping.reason is KeptReason.MUTED:
        cases.mark_kept(tx, [message.id for message in messages], is_kept=True)
        return case
    # The card itself is always posted; what stands below it counts for the day's share.
    share = max(1, limits.most_messages_a_day - load.messages) if limits.most_messages_a_day else len(messages)
    cases.mark_kept(tx, [message.id for message in messages[share:]], is_kept=True)
    return case_letters.post_cards(tx, readers, case, now, messages=messages[:share])


def _new_case(
    customer_id: int,
    kind: CaseKind,
    origin: CaseOrigin,
    place: CasePlace,
    now: datetime,
    response_id: int | None = None,
) -> NewCase:
    return NewCase(
        customer_id=customer_id,
        kind=kind,
        origin=origin,
        day=place.day,
        channel=place.channel,
        opened_at=now,
        response_id=response_id,
        journey=place.journey,
        stage=place.stage,
        touchpoint=place.touchpoint,
        cohort_id=place.cohort_id,
        part=place.part,
    )


def add_to_case(
    tx: Connection, routing: CaseRouting, case: Case, text: CaseText, now: datetime, limits: CaseLimits
) -> FiledWords:
    """Add the customer's words to a case and tell its readers, or keep the words there and tell the customer so.

    An answered or closed case, except a praise, waits for the team again.
    """
    # Read again under a lock: a team member may have closed it since the caller read it.
    case = cases.find_for_update(tx, case.number) or case
    keeping = decide_keeping(writer_mutes.find_load(tx, case.customer_id, case.journey, now), limits, now)
    case = cases.save(tx, case, receive_message(case))
    is_kept = keeping is not None
    message_id = cases.insert_message(tx, case.number, CaseAuthor.CUSTOMER, text, now, is_kept=is_kept)
    if keeping is None:
        case_letters.post_addition(tx, routing, case, message_id, now)
    else:
        if keeping.reason is KeptReason.MANY:
            case_letters.post_card_later(tx, routing, case, keeping.until, now)
        case_letters.post_kept_receipt(tx, case, keeping, now)
    return FiledWords(case, is_new=False, is_kept=is_kept)


# ---- after a low score -----------------------------------------------------------------------------------------------


class OpenCaseFromResponse:
    """Opener of a case after a low score, in the transaction of the customer's yes to "may we contact you?"."""

    def __init__(self, routing: CaseRouting, limits: CaseLimits | None = None) -> None:
        self._routing, self._limits = routing, limits or CaseLimits()

    def __call__(self, tx: Connection, response_id: int, now: datetime) -> int:
        """Return the number of the case of this response, opening it the first time.

        Raise KeyError when there is no such response.
        """
        response = responses.find_by_id(tx, response_id)
        context = load_context(tx, response.invitation_id, lock=True) if response is not None else None
        if context is None:
            raise KeyError(response_id)
        return self.open_for(tx, context, now)

    def open_for(self, tx: Connection, context: ConversationContext, now: datetime) -> int:
        """Return the number of the conversation's case, opening it the first time. Load the context with a lock.

        Words answered so far become its first messages. Scores and reasons are read from the answers whenever the
        card is drawn, because the customer may still change them.
        """
        if context.case is not None:
            return context.case
        assert context.response is not None  # a conversation with answers has been opened
        stored = list(context.answers.values())
        place, customer = _find_answered_place(context.invitation, stored), context.invitation.customer_id
        new = _new_case(customer, CaseKind.COMPLAINT, CaseOrigin.SCORE, place, now, context.response.id)
        texts = [text for answer in stored for text in _list_case_texts(tx, answer)]
        # No receipt is posted: the conversation's own message tells the customer the number.
        return _insert_and_hand_over(tx, self._routing, new, texts, now, self._limits).number

    def add_text(
        self, tx: Connection, response_id: int, words: str, now: datetime, own_names: str | None = None
    ) -> int | None:
        """Add words that were answered after the case was opened; return its number, None if there is no case.

        Words that the case already has are not added again.
        """
        return self.add_words(tx, response_id, CaseText("text", storable_text(words), own_names=own_names), now)

    def add_words(self, tx: Connection, response_id: int, text: CaseText, now: datetime) -> int | None:
        """Do what `add_text` does, for words that may have come with a photo or as a voice message."""
        case = cases.find_by_response(tx, response_id)
        if case is None or any(message.text == text for message in cases.list_messages(tx, case.number)):
            return case.number if case else None
        return add_to_case(tx, self._routing, case, text, now, self._limits).case.number


def _list_case_texts(tx: Connection, answer: Answer) -> list[tuple[CaseText, datetime]]:
    """Return an answer's words and files as messages of a case."""
    if not answer.text:
        return []
    files = answer_files.list_files(tx, [answer.id]).get(answer.id, [])
    texts = [CaseText(file.kind, "", file.file_id) for file in files]
    words = CaseText("text", storable_text(answer.text), own_names=answer.own_names)
    return [(text, answer.at) for text in (words, *texts)]


def _find_answered_place(invitation: Invitation, stored: Sequence[Answer]) -> CasePlace:
    """Return the place of the first low score; without one, the place of the survey."""
    low = next((a for a in stored if a.value is not None and a.value in Scale(a.kind).spec.low), None)
    about = low or invitation
    # The subject of a survey or a question may be a stage; then no touchpoint is complained about.
    touchpoint = about.subject if about.subject != about.stage else None
    return CasePlace(about.journey, about.stage, touchpoint, about.day, about.channel, about.cohort_id, about.part)
