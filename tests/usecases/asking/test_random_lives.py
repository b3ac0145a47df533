"""Random journeys, events, questions, taps, withdrawals, erasures: counters equal rows, and no rule is broken."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.conversation.context import load_context
from bot.conversation.opening import open_conversation
from bot.db.asking import invitations
from bot.db.asking.invitations import Invitation
from bot.db.asking.tables import invitation_table
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys, visits
from bot.db.people import customers, do_not_ask
from bot.db.upkeep import counter_check
from bot.outbox.letters.invitation import decide_departure
from bot.usecases.asking.ask_due import ask_due_batch
from bot.usecases.asking.record_visits import record_events
from bot.usecases.asking.remind_and_expire import expire_batch
from bot.usecases.asking.turn import Act, ConversationTap, take_turn
from bot.usecases.people.forget_customer import forget_customer
from cjm.asking.decision import Ask, AskingRules, Skip
from cjm.asking.invitation_state import OPEN_STATES, UNSENT_STATES, InvitationState
from cjm.asking.quiet_hours import QuietHours
from cjm.conversation import turns
from cjm.conversation.conversation import (
    CLOSED_STEPS,
    ClosingStep,
    Conversation,
    ConversationMove,
    TapEffect,
    TapRefusal,
)
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.survey import QuestionKind
from cjm.journeys.visit import Event
from cjm.scales import Scale
from tests.depth import choose_depth
from tests.usecases.asking.sent_checker import PersonFacts, Promises, SentQuestion, find_faults

BEGIN = datetime(2026, 9, 1, 8, tzinfo=UTC)
RULES = AskingRules(
    any_survey=timedelta(days=2), same_touchpoint=timedelta(days=5), quiet_hours=QuietHours.parse("21:00-09:00")
)
PROMISES = Promises(timedelta(days=2), timedelta(days=5), timedelta(days=90), 4, time(21), time(9))
EXPIRE = timedelta(days=1)
PEOPLE = ("anna", "boris", "clara")
SEEN_STATES = [state for state in InvitationState if state not in (*UNSENT_STATES, InvitationState.DROPPED)]


def random_journey(random: Random) -> str:
    """Return a journey file with one to four stages, and a survey on most touchpoints and some stages."""
    lines = ['key = "j"', 'title = "J"', 'timezone = "Europe/Warsaw"', 'attributes = [{ key = "class", title = "C" }]']
    surveys = []
    for s in range(random.randint(1, 4)):
        lines += ["[[stages]]", f'key = "s{s}"', f'title = "Stage {s}"']
        for t in range(random.randint(1, 3)):
            lines += ["[[stages.touchpoints]]", f'key = "t{s}{t}"', 'title = "T"', f"support = {str(t == 2).lower()}"]
            if random.random() < 0.8:
                surveys.append(f'touchpoint = "t{s}{t}"')
        surveys += [f'{kind} = "s{s}"' for kind in ("enter", "leave") if random.random() < 0.4]
    for n, trigger in enumerate(surveys):
        kind = random.choice(list(Scale))
        delay = random.choice(["0", "2h", "1d"])
        lines += ["[[surveys]]", f'key = "v{n}"', f"on = {{ {trigger} }}", f'delay = "{delay}"', 'greatest_age = "3d"']
        lines += ["[[surveys.questions]]", f'key = "q{n}"', f'kind = "{kind}"', 'text = "How?"']
        lines += ["[[surveys.questions]]", f'key = "c{n}"', 'kind = "choice"', 'text = "Why?"']
        lines += ['options = [{ key = "a", title = "A" }, { key = "b", title = "B" }]', f'when = {{ of = "q{n}" }}']
        if random.random() < 0.5:
            lines += ["[[surveys.questions]]", f'key = "d{n}"', 'kind = "csat"', 'text = "And how?"']
    return "\n".join(lines)


class Life:
    """Some days of a few customers, in one transaction. Each method is one step that may happen to them."""

    people: tuple[str, ...] = PEOPLE
    rules, minimum = RULES, 5

    def __init__(self, tx: Connection, journey: Journey, random: Random) -> None:
        self.tx, self.journey, self.random = tx, journey, random
        self.now, self.number, self.chats = BEGIN, 0, 0
        self.events = [Event("none", "anna", "j", BEGIN)]
        self.withdrawn_at: dict[str, datetime] = {}
        self.facts: dict[str, PersonFacts] = {}  # by the customer's id
        self.sent: dict[int, SentQuestion] = {}  # by the invitation's id

    def happen(self) -> None:
        self.number += 1
        point = self.random.choice(list(self.journey.touchpoints))
        event = Event(
            id=f"e{self.number}",
            customer=self.random.choice(self.people),
            journey="j",
            at=self.now - timedelta(hours=self.random.choice([0, 0, 1, 30])),
            touchpoint=point,
            attributes={"class": self.random.choice(["gold", "silver"])},
        )
        self.events.append(event)
        record_events(self.tx, [event], self.rules, self.now)

    def withdraw(self) -> None:
        event = self.random.choice([*self.events, self.events[-1], self.events[-1]])
        record_events(
            self.tx,
            [Event(event.id, event.customer, "j", event.at, touchpoint=event.touchpoint, withdrawn=True)],
            self.rules,
            self.now,
        )
        self.withdrawn_at.setdefault(event.id, self.now)

    def wish(self) -> None:
        """Let somebody stop, come back, or move to another zone."""
        known = customers.list_by_external_ids(self.tx, self.people)
        if not known:
            return
        person = known[self.random.choice(sorted(known))]
        if self.random.random() < 0.5:
            zone = self.random.choice(["Europe/Warsaw", "Asia/Tokyo", "America/New_York"])
            customers.update_customer(self.tx, person.id, timezone=zone)
            self.find_facts(person.id).zones.append((self.now, zone))
        else:
            is_stopped = person.stopped_at is None
            customers.update_customer(self.tx, person.id, stopped_at=self.now if is_stopped else None)
            self.find_facts(person.id).stop.turn(self.now, is_stopped)

    def find_facts(self, customer_id: int) -> PersonFacts:
        return self.facts.setdefault(str(customer_id), PersonFacts(zones=[(BEGIN, "Europe/Warsaw")]))

    def agree(self) -> None:
        """Give everybody who is known a chat and their consent; what waited for it is due, as in the product."""
        for person in customers.list_by_external_ids(self.tx, self.people).values():
            if person.address is None:
                self.chats += 1  # a chat of its own each time: those of forgotten people are not given again
                address = {"messenger": "telegram", "address": str(self.chats)}
                customers.update_customer(self.tx, person.id, consent_at=self.now, **address)
                self.find_facts(person.id).consent.turn(self.now, True)
                assert person.external_id is not None
                do_not_ask.remove_person(self.tx, person.external_id)
                invitations.make_due(self.tx, person.id, self.now)

    def ask(self) -> None:
        earlier = {invitation.id for invitation in invitations.list_by_states(self.tx, [InvitationState.RESERVED])}
        ask_due_batch(self.tx, self.rules, self.now)
        for reserved in invitations.list_by_states(self.tx, [InvitationState.RESERVED]):
            if reserved.id not in earlier:
                context = load_context(self.tx, reserved.id)
                assert context is not None
                assert context.customer.consent_at is not None
                assert self.rules.quiet_hours is not None
                assert not self.rules.quiet_hours.covers(self.now.astimezone(context.zone))
        if self.random.random() < 0.8:  # else the letter waits for a later step
            self.deliver()

    def deliver(self) -> None:
        for reserved in invitations.list_by_states(self.tx, [InvitationState.RESERVED]):
            context = load_context(self.tx, reserved.id)
            assert context is not None
            decision = decide_departure(self.tx, context, self.rules, self.now)
            if isinstance(decision, Ask):
                open_conversation(self.tx, context, self.now, EXPIRE)
            elif isinstance(decision, Skip):
                invitations.set_state(self.tx, reserved.id, InvitationState.DROPPED, reason=decision.reason)

    def expire(self) -> None:
        """Let a time pass in which nobody taps, and close what is over."""
        self.now += self.random.choice([timedelta(), EXPIRE])
        expire_batch(self.tx, self.now)

    def tap(self) -> None:
        for asked in invitations.list_by_states(self.tx, SEEN_STATES):
            person = customers.find_by_id(self.tx, asked.customer_id)
            assert person is not None
            assert person.address is not None
            tap = ConversationTap(person.address, str(asked.id), asked.id)
            for _ in range(self.random.randint(0, 3)):
                other = invitations.find_open(self.tx, asked.customer_id)
                act = self.choose_move(may_reopen=other is None or other.id == asked.id)
                take_turn(self.tx, tap, act, self.now, EXPIRE)

    def choose_move(self, *, may_reopen: bool) -> Act:
        """Return a random tap. Like the product, it reopens a question only if no other one is open."""

        def act(conversation: Conversation, now: datetime) -> ConversationMove | TapRefusal:
            chance, question = self.random.random(), conversation.question
            if question is None or chance < 0.1:
                question = self.random.choice(conversation.survey.questions)
            if conversation.step in CLOSED_STEPS and may_reopen and chance < 0.8:
                return turns.reopen(conversation, now)
            if chance < 0.25:
                step = self.random.choice([ClosingStep.DECLINED, ClosingStep.STOPPED])
                return ConversationMove(turns.close(conversation, step, now), TapEffect.MOVED)
            if chance < 0.35:
                return self.random.choice([turns.go_back, turns.stop_early])(conversation, now)
            if chance < 0.65:
                return turns.skip(conversation, question.key, now)
            if question.kind is QuestionKind.CHOICE:
                return turns.answer(conversation, question.key, self.random.choice(["a", "b"]), now)
            scale = question.kind.scale
            assert scale is not None
            return turns.answer(conversation, question.key, self.random.choice(list(scale.spec.values)), now)

        return act

    def forget(self) -> None:
        known = customers.list_by_external_ids(self.tx, self.people)
        if known:
            person = known[self.random.choice(sorted(known))]
            forget_customer(self.tx, person.id, person.address, self.minimum, self.now)

    def live(self, most_steps: int = 50) -> None:
        steps: list[Callable[[], None]] = (
            [self.happen] * 6 + [self.ask] * 4 + [self.deliver] * 4 + [self.tap] * 6
            + [self.withdraw, self.withdraw, self.forget, self.expire, self.expire, self.wish]
        )  # fmt: skip
        for _ in range(self.random.randint(5, most_steps)):
            self.random.choice(steps)()
            self.agree()
            self.now += timedelta(hours=self.random.choice([0, 1, 5, 20]))
            self.check()
        assert list(find_faults(list(self.sent.values()), self.facts, PROMISES)) == []

    def note_sent(self) -> None:
        """Note what was sent and what is over, before somebody is forgotten with it."""
        seen = invitations.list_by_states(self.tx, SEEN_STATES)
        self.sent = {i.id: self.describe_sent(i) for i in seen if i.id not in self.sent} | self.sent
        open_now = {i.id for i in seen if i.state in OPEN_STATES}
        for number, question in self.sent.items():
            if question.ended_at is None and number not in open_now:
                self.sent[number] = replace(question, ended_at=self.now)

    def describe_sent(self, invitation: Invitation) -> SentQuestion:
        assert invitation.visit_id is not None  # every question here is about one
        (visit,) = visits.list_by_ids(self.tx, [invitation.visit_id])
        survey = self.journey.find_survey(invitation.survey)
        assert survey is not None
        assert invitation.sent_at is not None
        return SentQuestion(
            person=str(invitation.customer_id),
            place=invitation.subject,
            visited_at=visit.at,
            greatest_age=survey.greatest_age,
            sent_at=invitation.sent_at,
            recommends=invitation.nps,
            withdrawn_at=self.withdrawn_at.get(visit.event_id) if visit.withdrawn else None,
        )

    def check(self) -> None:
        assert counter_check.list_wrong_counters(self.tx, self.journey) == []
        self.note_sent()
        asked = self.tx.execute(
            select(invitation_table.c.customer_id, invitation_table.c.sent_at, invitation_table.c.state).where(
                invitation_table.c.sent_at.is_not(None)
            )
        ).all()
        for person in {a.customer_id for a in asked}:
            mine = sorted(a.sent_at for a in asked if a.customer_id == person)
            assert all(later - earlier >= self.rules.any_survey for earlier, later in pairwise(mine))
            assert sum(a.state in OPEN_STATES for a in asked if a.customer_id == person) <= 1


class Enough(Exception): ...  # noqa: N818 - it ends an example, it is no error


@settings(
    max_examples=choose_depth(15, 200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32))
async def test_whatever_happens_counters_equal_rows_and_no_rule_is_broken(db: Database, seed: int) -> None:
    random = Random(seed)
    source = random_journey(random)

    def life(tx: Connection) -> None:
        journey = read_journey(source, "random")
        journeys.apply(tx, journey, source, now=BEGIN)
        Life(tx, journey, random).live()
        raise Enough  # each example begins with an empty database again

    with pytest.raises(Enough):
        await db.write(life)
