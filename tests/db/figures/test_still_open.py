"""Invitations that are still open: neither answered nor over, and young."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.db.asking import invitations, responses
from bot.db.asking.invitations import NewInvitation
from bot.db.engine.database import Connection, Database
from bot.db.figures.map_sums import MapScope
from bot.db.figures.still_open import count_still_open
from bot.db.journeys import visits
from bot.db.journeys.visits import Visit
from cjm.asking.invitation_state import InvitationState
from cjm.journeys.journey import Journey
from cjm.scales import Scale
from tests.db.figures.returning_rows import NOW, Fact, apply_journey, store_facts

OPEN, DECLINED, EXPIRED = InvitationState.OPEN, InvitationState.DECLINED, InvitationState.EXPIRED
# Hours since it was sent, its state, whether it was answered; the first three are still open.
SENT = [
    (1, OPEN, False),
    (10, OPEN, False),
    (71, OPEN, False),
    (73, OPEN, False),
    (1, OPEN, True),
    (1, DECLINED, False),
]


async def test_young_invitations_without_an_answer_are_still_open(any_db: Database) -> None:
    def write(tx: Connection) -> Journey:
        journey = apply_journey(tx)
        days = [(NOW - timedelta(hours=ago)).date() for ago, _, _ in SENT]
        store_facts(tx, journey, [Fact(n, day, "pay", "buy", Scale.CSAT, 5, 0, "site") for n, day in enumerate(days)])
        visited = visits.list_by_event_ids(tx, [f"e{number}" for number in range(len(SENT))])
        for number, (ago, state, is_answered) in enumerate(SENT):
            store_invitation(tx, visited[f"e{number}"], NOW - timedelta(hours=ago), state, is_answered=is_answered)
        return journey

    journey = await any_db.write(write)
    scope = MapScope(journey, NOW.date() - timedelta(days=27), NOW.date())

    async def count(scope: MapScope, remind_after: timedelta = timedelta(hours=48)) -> int:
        return await any_db.read(lambda tx: count_still_open(tx, scope, remind_after, NOW))

    assert await count(scope) == 3
    assert await count(scope, timedelta(hours=50)) == 4
    assert await count(replace(scope, channel="app")) == 0
    assert await count(replace(scope, cohorts=())) == 0
    assert await count(replace(scope, last=scope.last - timedelta(days=5))) == 0


def store_invitation(
    tx: Connection, visit: Visit, sent_at: datetime, state: InvitationState, *, is_answered: bool
) -> None:
    """Store an invitation that was sent, and what became of it."""
    new = NewInvitation(
        customer_id=visit.customer_id,
        visit_id=visit.id,
        journey=visit.journey,
        version=1,
        survey="payment",
        subject=visit.subject,
        stage=visit.stage,
        channel=visit.channel,
        cohort_id=visit.cohort_id,
        day=visit.day,
        nps=False,
        due_at=sent_at,
        not_after=sent_at,
        created_at=sent_at,
        state=InvitationState.RESERVED,
    )
    invitations.insert_invitations(tx, [new])
    (stored,) = invitations.list_by_visits(tx, [visit.id], [InvitationState.RESERVED])
    invitations.set_state(tx, stored.id, OPEN, sent_at=sent_at)
    if is_answered:
        made = responses.make_response(stored.id, visit.customer_id, "pay_why", sent_at)
        responses.save(tx, replace(made, started_at=sent_at))
    invitations.set_state(tx, stored.id, state)
