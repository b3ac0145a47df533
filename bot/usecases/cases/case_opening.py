"""Open a case from a customer's words or from a low score, and add to it.

Helpers for several use cases, also of the asking; each runs in its caller's transaction, so that the message, tap or
answer that caused the case is stored together with it.

Invariants:

* A response opens at most one case, however often its customer asks to be contacted.
* The customer's words are stored before anybody is told of the case.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.db.asking import answers, invitations, responses
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.cases import NewCase
from bot.db.engine.database import Connection
from bot.db.journeys import journeys
from bot.db.people.customers import Customer
from bot.outbox import case_letters
from bot.outbox.case_letters import ReceiptCause
from bot.usecases.cases.case_places import CasePlace, find_case_place
from bot.usecases.people.customer_defaults import guess_journey
from cjm.cases.case import Case, CaseAuthor, CaseKind, CaseOrigin, CaseText, receive_message, storable_text
from cjm.scales import Scale


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
) -> Case:
    """Open a case with the customer's words, hand it over to its readers, and post its number to the customer.

    Without ``journey`` (a key) it is about the one that `guess_journey` finds.
    """
    about = journeys.find_current(tx, journey) if journey else guess_journey(tx, person)
    place = find_case_place(tx, person, about, subject, now)
    case = cases.insert_case(tx, _new_case(person.id, kind, origin, place, now))
    for text in texts:
        cases.insert_message(tx, case.number, CaseAuthor.CUSTOMER, text, now)
    case_letters.post_receipt(tx, case, ReceiptCause.OPENED, str(case.number), now)
    return case_letters.hand_over_case(tx, routing, case, now)


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
    )


def add_to_case(tx: Connection, routing: CaseRouting, case: Case, text: CaseText, now: datetime) -> Case:
    """Add the customer's words to a case and tell its readers.

    An answered or closed case, except a praise, waits for the team again.
    """
    # Read again under a lock: a team member may have closed it since the caller read it.
    case = cases.find_for_update(tx, case.number) or case
    case = cases.save(tx, case, receive_message(case))
    message_id = cases.insert_message(tx, case.number, CaseAuthor.CUSTOMER, text, now)
    case_letters.post_addition(tx, routing, case, message_id, now)
    return case


# ---- after a low score -----------------------------------------------------------------------------------------------


class OpenCaseFromResponse:
    """Opener of a case after a low score, in the transaction of the customer's yes to "may we contact you?"."""

    def __init__(self, routing: CaseRouting) -> None:
        self._routing = routing

    def __call__(self, tx: Connection, response_id: int, now: datetime) -> int:
        """Return the number of the case of this response, opening it the first time.

        Words answered so far become its first messages. Scores and reasons are read from the answers whenever the
        card is drawn, because the customer may still change them. Raise KeyError when there is no such response.
        """
        opened = cases.find_by_response(tx, response_id)
        if opened is not None:
            return opened.number
        customer_id, place = _find_response_place(tx, response_id)
        new = _new_case(customer_id, CaseKind.COMPLAINT, CaseOrigin.SCORE, place, now, response_id)
        case = cases.insert_case(tx, new)
        for answer in answers.list_by_response(tx, response_id):
            if answer.text:
                text = CaseText("text", storable_text(answer.text))
                cases.insert_message(tx, case.number, CaseAuthor.CUSTOMER, text, answer.at)
        # No receipt is posted: the conversation's own message tells the customer the number.
        case_letters.hand_over_case(tx, self._routing, case, now)
        return case.number

    def add_text(self, tx: Connection, response_id: int, words: str, now: datetime) -> int | None:
        """Add words that were answered after the case was opened; return its number, None if there is no case.

        Words that the case already has are not added again.
        """
        case = cases.find_by_response(tx, response_id)
        text = CaseText("text", storable_text(words))
        if case is None or any(message.text == text for message in cases.list_messages(tx, case.number)):
            return case.number if case else None
        return add_to_case(tx, self._routing, case, text, now).number


def _find_response_place(tx: Connection, response_id: int) -> tuple[int, CasePlace]:
    """Return the customer's id and the place of the first low score; without one, the place of the survey."""
    response = responses.find_by_id(tx, response_id)
    invitation = invitations.find_by_id(tx, response.invitation_id) if response else None
    if invitation is None:
        raise KeyError(response_id)
    stored = answers.list_by_response(tx, response_id)
    low = next((a for a in stored if a.value is not None and a.value in Scale(a.kind).spec.low), None)
    about = low or invitation
    # The subject of a survey or a question may be a stage; then no touchpoint is complained about.
    touchpoint = about.subject if about.subject != about.stage else None
    place = CasePlace(about.journey, about.stage, touchpoint, about.day, about.channel, about.cohort_id)
    return invitation.customer_id, place
