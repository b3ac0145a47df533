"""Past of a journey: people, their answers and their complaints, stored by the product's own write path."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from sqlalchemy import insert

from bot.db.asking import answers
from bot.db.asking.answers import NewAnswer
from bot.db.asking.tables import invitation_table, response_table
from bot.db.cases import cases
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts, journeys
from bot.db.journeys.cohorts import canonical_form
from bot.db.people import customers
from cjm import templates
from cjm.asking.invitation_state import InvitationState
from cjm.cases.case import CaseKind, CaseOrigin
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey

_numbers = itertools.count(1)


def apply_shop(tx: Connection, now: datetime) -> Journey:
    """Apply the shop template and return its journey."""
    journey = read_journey(templates.text("shop"), "shop.toml")
    journeys.apply(tx, journey, templates.text("shop"), now=now)
    return journey


def store_answers(
    tx: Connection, journey: Journey, point: str, day: date, values: Sequence[int | str], kind: str = "csat"
) -> None:
    """Store an answer about a touchpoint on that day for each value, each by a person of their own.

    A string is stored as words, a number as a value of the scale ``kind``.
    """
    stage = journey.touchpoints[point].stage
    at = datetime.combine(day, time(12), UTC)
    names = [f"past-{next(_numbers)}" for _ in values]
    people = customers.ensure_external_ids(tx, names, at)
    cohort = journey.cohort({})
    met = cohorts.ensure_cohorts(tx, journey.key, [cohort])[canonical_form(cohort)]
    new = [
        NewAnswer(
            customer_id=people[name].id,
            journey=journey.key,
            version=1,
            question=f"{point}_{kind}",
            kind="text" if isinstance(value, str) else kind,
            subject=point,
            stage=stage.key,
            day=day,
            channel=journey.touchpoints[point].touchpoint.channel,
            cohort_id=met,
            at=at,
            value=None if isinstance(value, str) else value,
            text=value if isinstance(value, str) else None,
        )
        for name, value in zip(names, values, strict=True)
    ]
    answers.insert_new_answers(tx, journey, new)


def store_case(tx: Connection, journey: Journey, point: str, at: datetime, kind: CaseKind = CaseKind.COMPLAINT) -> int:
    """Store an unanswered case and return its number."""
    name = f"past-{next(_numbers)}"
    person = customers.ensure_external_ids(tx, [name], at)[name]
    stage = journey.touchpoints[point].stage.key
    new = cases.NewCase(
        person.id, kind, CaseOrigin.COMMAND, at.date(), "chat", at, journey=journey.key, stage=stage, touchpoint=point
    )
    return cases.insert_case(tx, new).number


@dataclass(frozen=True, slots=True)
class PastTalk:
    """Conversation about a touchpoint: a score, the option that was chosen after it, and words; None is no answer."""

    score: int | None = None
    option: str | None = None
    words: str | None = None


def store_talks(tx: Connection, journey: Journey, point: str, day: date, talks: Sequence[PastTalk]) -> None:
    """Store conversations, each of a person of their own, with the answers to the questions of the touchpoint."""
    stage = journey.touchpoints[point].stage
    at = datetime.combine(day, time(12), UTC)
    cohort = cohorts.ensure_cohorts(tx, journey.key, [journey.cohort({})])[canonical_form(journey.cohort({}))]
    names = [f"past-{next(_numbers)}" for _ in talks]
    people = customers.ensure_external_ids(tx, names, at)
    for name, talk in zip(names, talks, strict=True):
        person = people[name].id
        invitation = tx.scalar(
            insert(invitation_table).returning(invitation_table.c.id).values(
                customer_id=person, journey=journey.key, version=1, survey=point, subject=point, stage=stage.key,
                channel="chat", cohort_id=cohort, day=day, state=InvitationState.DONE, due_at=at, not_after=at,
                created_at=at, sent_at=at,
            )
        )  # fmt: skip
        response = tx.scalar(
            insert(response_table).returning(response_table.c.id).values(
                invitation_id=invitation, customer_id=person, step="done", skipped=[], touched_at=at
            )
        )  # fmt: skip
        asked = NewAnswer(
            customer_id=person, journey=journey.key, version=1, question="", kind="", subject=point, stage=stage.key,
            day=day, channel="chat", cohort_id=cohort, at=at, response_id=response,
        )  # fmt: skip
        given = (
            (talk.score, replace(asked, question=f"{point}_csat", kind="csat", value=talk.score)),
            (talk.option, replace(asked, question=f"{point}_barrier", kind="choice", choice=talk.option)),
            (talk.words, replace(asked, question=f"{point}_comment", kind="text", text=talk.words)),
        )
        new = [answer for told, answer in given if told is not None]
        answers.insert_new_answers(tx, journey, new)
