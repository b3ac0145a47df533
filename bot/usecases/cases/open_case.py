"""A case is opened: by a customer's first words, from a draft, or because somebody wants to be contacted."""

from collections.abc import Sequence
from datetime import datetime

from bot.db.asking import invitations, responses
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.cases import NewCase
from bot.db.engine.database import Connection
from bot.db.figures import answers
from bot.db.journeys import journeys
from bot.db.people.customers import Customer
from bot.outbox import case_letters
from bot.usecases.cases.place_case import CasePlace, find_case_place
from bot.usecases.people.guess_journey import guess_journey
from cjm.cases.case import Case, CaseAuthor, CaseKind, CaseOrigin, CaseText, cleaned, hear
from cjm.scales import Scale


def open_case(
    tx: Connection,
    desk: CaseRouting,
    person: Customer,
    kind: CaseKind,
    origin: CaseOrigin,
    said: Sequence[CaseText],
    now: datetime,
    *,
    journey: str | None = None,
    subject: str | None = None,
) -> Case:
    """Open it with the customer's words, hand it over, and tell the customer its number."""
    about = journeys.get(tx, journey) if journey else guess_journey(tx, person)
    where = find_case_place(tx, person, about, subject, now)
    case = cases.add(tx, _new(person.id, kind, origin, where, now))
    for one in said:
        cases.add_message(tx, case.number, CaseAuthor.CUSTOMER, one, now)
    case_letters.confirm(tx, case, "opened", str(case.number), now)
    return case_letters.hand_over(tx, desk, case, now)


def _new(
    customer_id: int,
    kind: CaseKind,
    origin: CaseOrigin,
    where: CasePlace,
    now: datetime,
    response_id: int | None = None,
) -> NewCase:
    return NewCase(
        customer_id=customer_id,
        kind=kind,
        origin=origin,
        day=where.day,
        channel=where.channel,
        opened_at=now,
        response_id=response_id,
        journey=where.journey,
        stage=where.stage,
        touchpoint=where.touchpoint,
        cohort_id=where.cohort_id,
    )


def add_to_case(tx: Connection, desk: CaseRouting, case: Case, said: CaseText, now: datetime) -> Case:
    """The customer says more: the case waits for the team again, and they are told."""
    case = cases.get_to_change(tx, case.number) or case
    case = cases.save(tx, case, hear(case))
    kept = cases.add_message(tx, case.number, CaseAuthor.CUSTOMER, said, now)
    case_letters.tell_said(tx, desk, case, kept, now)
    return case


# ---- after a low score -----------------------------------------------------------------------------------------------


class OpenCaseFromResponse:
    """Somebody who gave a low score wants to be contacted. Called within the transaction of the conversation."""

    def __init__(self, desk: CaseRouting) -> None:
        self._desk = desk

    def __call__(self, tx: Connection, response_id: int, now: datetime) -> int:
        """The number of the case of this response; it is opened the first time.

        Scores and reasons are read from the answers when the card is drawn; words given so far become its first
        message. Raises KeyError when there is no such response.
        """
        known = cases.by_response(tx, response_id)
        if known is not None:
            return known.number
        customer_id, where = _of_response(tx, response_id)
        case = cases.add(tx, _new(customer_id, CaseKind.COMPLAINT, CaseOrigin.SCORE, where, now, response_id))
        for answer in answers.of_response(tx, response_id):
            if answer.text:
                cases.add_message(
                    tx, case.number, CaseAuthor.CUSTOMER, CaseText("text", cleaned(answer.text)), answer.at
                )
        case_letters.hand_over(tx, self._desk, case, now)
        return case.number

    def add_text(self, tx: Connection, response_id: int, text: str, now: datetime) -> int | None:
        """Words that came later belong to the case too; None when this response has none."""
        case = cases.by_response(tx, response_id)
        said = CaseText("text", cleaned(text))
        if case is None or any(m.said == said for m in cases.messages(tx, case.number)):
            return case.number if case else None
        return add_to_case(tx, self._desk, case, said, now).number


def _of_response(tx: Connection, response_id: int) -> tuple[int, CasePlace]:
    """Whose it is, and what the lowest answer of it is about; without one, what the survey was about."""
    response = responses.by_id(tx, response_id)
    invitation = invitations.by_id(tx, response.invitation_id) if response else None
    if invitation is None:
        raise KeyError(response_id)
    given = answers.of_response(tx, response_id)
    low = next((a for a in given if a.value is not None and a.value in Scale(a.kind).spec.low), None)
    about = low or invitation
    touchpoint = about.subject if about.subject != about.stage else None
    where = CasePlace(about.journey, about.stage, touchpoint, about.day, about.channel, about.cohort_id)
    return invitation.customer_id, where
