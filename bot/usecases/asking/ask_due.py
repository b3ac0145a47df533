"""What was held is looked at again when its time has come: asked now, held on, or dropped with a reason."""

from datetime import datetime

from bot.clock import Clock
from bot.db.asking import invitations
from bot.db.asking.invitations import Invitation, NewDecision, WaitingUpdate
from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys, visits
from bot.usecases.asking.decide_asking import AskingFacts, recorded
from cjm.asking.decision import Ask, AskingReason, AskingRules, AskingVisit, Decision, Hold, Skip, decide
from cjm.journeys.journey import Journey
from cjm.journeys.survey import Survey

BATCH = 200


class AskDue:
    """A tick: ``await ask_due() -> how many are on their way now``. Two ticks at once ask nobody twice."""

    def __init__(self, db: Database, clock: Clock, rules: AskingRules) -> None:
        self._db, self._clock, self._rules = db, clock, rules

    async def __call__(self) -> int:
        asked = 0
        while True:
            now = self._clock.now()
            looked_at, on_their_way = await self._db.write(lambda tx: ask_due(tx, self._rules, now))  # noqa: B023
            asked += on_their_way
            if looked_at < BATCH:
                return asked


def ask_due(tx: Connection, rules: AskingRules, now: datetime) -> tuple[int, int]:
    """Decide again about a batch of due invitations; how many were looked at, and how many are asked."""
    due = invitations.due(tx, now, BATCH)
    facts = AskingFacts(tx, (i.customer_id for i in due), rules, now)
    stored = {v.id: v for v in visits.by_ids(tx, [i.visit_id for i in due])}
    in_force = journeys.current(tx) if due else {}
    decisions: list[NewDecision] = []
    verdicts: list[WaitingUpdate] = []
    leaving: list[NewLetter] = []
    for invitation in due:
        visit, journey = stored[invitation.visit_id], in_force.get(invitation.journey)
        survey = journey.survey(invitation.survey) if journey else None
        decision: Decision = Skip(AskingReason.WITHDRAWN)  # the journey's author took the survey away
        if journey is not None and survey is not None:
            moment = AskingVisit(visit.event_id, visit.at, visit.withdrawn)
            decision = _decide(facts, invitation, moment, journey, survey, rules, now)
        if not (isinstance(decision, Hold) and decision.reason == invitation.reason):  # held on: nothing new to tell
            decisions.append(recorded(decision, invitation.visit_id, invitation.customer_id, invitation.survey, now))
        verdicts.append(_verdict(invitation, decision, now))
        if isinstance(decision, Ask):
            leaving.append(_letter(invitation, facts, survey, now))
    invitations.insert_decisions(tx, decisions)
    invitations.carry_out(tx, verdicts)
    letters.post(tx, leaving, now)
    return len(due), len(leaving)


def _decide(
    facts: AskingFacts,
    invitation: Invitation,
    visit: AskingVisit,
    journey: Journey,
    survey: Survey,
    rules: AskingRules,
    now: datetime,
) -> Decision:
    if now >= invitation.not_after:
        return Skip(AskingReason.TOO_LATE)
    return decide(visit, survey, facts.history(invitation.customer_id, invitation.subject, journey), rules, now)


def _verdict(invitation: Invitation, decision: Decision, now: datetime) -> WaitingUpdate:
    if isinstance(decision, Hold):
        return WaitingUpdate(invitation.id, "waiting", decision.reason.value, max(decision.until, now))
    if isinstance(decision, Skip):
        return WaitingUpdate(invitation.id, "dropped", decision.reason.value, invitation.due_at)
    return WaitingUpdate(invitation.id, "reserved", None, invitation.due_at)


def _letter(invitation: Invitation, facts: AskingFacts, survey: Survey | None, now: datetime) -> NewLetter:
    """The letter that asks; from here on the person has a question open."""
    address = facts.people[invitation.customer_id].address
    assert address is not None  # decide() has looked
    assert survey is not None
    facts.reserve(invitation.customer_id, survey)
    return NewLetter(
        key=f"invitation:{invitation.id}",
        to=address,
        kind="invitation",
        priority=LetterPriority.INVITATION,
        data={"invitation": invitation.id},
        due_at=now,
        not_after=invitation.not_after,
    )
