"""Order of what waits for some people, and the attention that surveys had: what `cjm.asking` weighs questions by.

Invariants:

* What waits is read once for all people of a batch, and a survey once, and only if a decision needs it.
* A question that the batch has decided about competes as it was decided: asked or given up, no more.
* Of attention only numbers are read and kept, of surveys, never of people; no value of an answer is among them.
* In an anonymous journey everybody who was asked counts as an answer once their question is closed: nothing tells any
  more who answered.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, select, text

from bot.db.asking import invitations
from bot.db.asking.invitations import Invitation, WaitingQuestion
from bot.db.asking.tables import invitation_table, survey_attention_table
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.engine.upsert import Insert, Prepared
from bot.db.journeys import journeys
from cjm.asking.adaptive_sampling import PERIOD, SurveyAttention, find_target_people, find_wanted_share
from cjm.asking.decision import AskingRules, AskingVisit, Decision, Hold, is_drawn
from cjm.asking.priority import Importance, RivalQuestion, find_importance, may_meet_moment_of_truth
from cjm.journeys.journey import Journey
from cjm.journeys.survey import Survey

_Survey = tuple[str, str]  # keys of a journey and of a survey


class _SurveyRank(NamedTuple):
    importance: Importance
    may_wait: bool
    target: int


def _add_on_conflict(new: Insert) -> Insert:
    table = survey_attention_table
    sums = {name: table.c[name] + new.excluded[name] for name in ("visits", "drawn")}
    return new.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums)


_ADD = Prepared(survey_attention_table, _add_on_conflict)
_IS_MEANT = (survey_attention_table.c.journey == bindparam("journey")) & (
    survey_attention_table.c.survey == bindparam("survey")
)
_SUMS = PreparedStatement(
    select(
        func.sum(survey_attention_table.c.visits).label("visits"),
        func.sum(survey_attention_table.c.drawn).label("drawn"),
    ).where(_IS_MEANT, survey_attention_table.c.day > bindparam("before"))
)
_FORGET = PreparedStatement(
    delete(survey_attention_table).where(_IS_MEANT, survey_attention_table.c.day <= bindparam("before"))
)
# The condition stands as text, as in the index: a bound parameter would keep PostgreSQL from using it.
_WRITERS = (
    select(invitation_table.c.customer_id)
    .where(
        text("state IN ('answering', 'done', 'closed')"),
        invitation_table.c.journey == bindparam("journey"),
        invitation_table.c.survey == bindparam("survey"),
        invitation_table.c.sent_at > bindparam("since"),
    )
    .limit(bindparam("most"))
    .subquery()
)
_ANSWERED = PreparedStatement(select(func.count(_WRITERS.c.customer_id.distinct()).label("people")))
LEAST_READ = 2_000
TARGETS_READ = 4
"""So many times the target is read of a survey's answers, or `LEAST_READ`: every event that comes waits for it.

More answers than that say no more than that the target is passed by far.
"""


class AttentionFacts:
    """Attention that surveys had until ``now``, read when it is needed, and the visits of this batch."""

    def __init__(self, tx: Connection, now: datetime) -> None:
        self._tx, self._now = tx, now
        self._answered: dict[_Survey, int] = {}
        self._before: dict[_Survey, tuple[int, int]] = {}
        self._visits: Counter[_Survey] = Counter()
        self._drawn: Counter[_Survey] = Counter()

    def count_answered(self, journey: str, survey: str, target: int) -> int:
        """Return how many people answered this survey within the period; of many times the target, a part."""
        key = (journey, survey)
        if key not in self._answered:
            most = max(LEAST_READ, TARGETS_READ * target)
            names = self._name(key) | {"since": self._now - PERIOD, "most": most}
            self._answered[key] = _ANSWERED.find_row(self._tx, names).people
        return self._answered[key]

    def find(self, journey: str, survey: str, target: int) -> SurveyAttention:
        """Return the attention of this survey, with the visits of this batch so far."""
        visits, drawn = self._find_before(journey, survey)
        visits, drawn = visits + self._visits[journey, survey], drawn + self._drawn[journey, survey]
        return SurveyAttention(visits, drawn, self.count_answered(journey, survey, target))

    def note_lot(self, journey: str, survey: str, is_drawn: bool) -> None:
        """Count a visit of this batch, and whether somebody is to be asked about it."""
        self._visits[journey, survey] += 1
        self._drawn[journey, survey] += is_drawn

    def save(self) -> None:
        """Store the visits of this batch, and forget those that are older than the period."""
        day, before = self._now.date(), (self._now - PERIOD).date()
        surveys = sorted(self._visits)  # in one order: two writers never wait in a ring
        sums = [{"day": day, "visits": self._visits[key], "drawn": self._drawn[key]} for key in surveys]
        _ADD.run_many(self._tx, [self._name(key) | each for key, each in zip(surveys, sums, strict=True)])
        _FORGET.run_many(self._tx, [self._name(key) | {"before": before} for key in surveys])

    def _find_before(self, journey: str, survey: str) -> tuple[int, int]:
        key = (journey, survey)
        if key not in self._before:
            before = {"before": (self._now - PERIOD).date()}
            sums = _SUMS.find_row(self._tx, self._name(key) | before)
            self._before[key] = (sums.visits or 0, sums.drawn or 0)
        return self._before[key]

    def _name(self, key: _Survey) -> dict[str, object]:
        return {"journey": key[0], "survey": key[1]}


class QuestionOrder:
    """Order of the questions that wait for some people, for one batch of decisions at ``now``."""

    def __init__(self, tx: Connection, customer_ids: Sequence[int], rules: AskingRules, now: datetime) -> None:
        self._tx, self._people, self._rules = tx, customer_ids, rules
        self._ranks: dict[_Survey, _SurveyRank] = {}
        self.attention = AttentionFacts(tx, now)

    def list_rivals(self, customer_id: int) -> tuple[RivalQuestion, ...]:
        """Return what waits for this person, each with its importance; what no journey in force has is left out."""
        if not (theirs := self._waiting.get(customer_id)):
            return ()
        return tuple(
            RivalQuestion(importance, waiting.due_at, waiting.not_after)
            for waiting in theirs.values()
            if (importance := self._find_importance(waiting)) is not None
        )

    def find_importance(self, invitation: Invitation) -> Importance:
        """Return how important a stored question is; routine if no journey in force has it."""
        return self._find_importance(invitation) or Importance.ROUTINE

    def weigh(self, visit: AskingVisit, journey: Journey, survey: Survey) -> AskingVisit:
        """Return the visit with the importance of its question, and with whether it waits for a moment of truth.

        A question does not wait while its figure needs it for a verdict: a new place is asked about at once.
        """
        rank = self._rank(journey, survey)
        is_patient = bool(self._rules.patience) and rank.may_wait and self._is_judged(journey, survey)
        # By its fields: `replace` would take a tenth of the time of a decision.
        return AskingVisit(
            visit.event_id,
            visit.at,
            visit.withdrawn,
            visit.answerable_until,
            rank.importance,
            visit.wanted_share,
            is_patient,
        )

    def draw(self, visit: AskingVisit, journey: Journey, survey: Survey) -> AskingVisit:
        """Return a new visit with the share of such visits that is to be asked about, and count it."""
        if not self._rules.is_adaptive:
            return visit
        target = self._rank(journey, survey).target
        share = find_wanted_share(self.attention.find(journey.key, survey.key, target), target)
        self.attention.note_lot(journey.key, survey.key, is_drawn(visit.event_id, survey, share))
        return replace(visit, wanted_share=share)

    def note_decided(self, invitation: Invitation, decision: Decision) -> None:
        """Let later decisions of the batch know what was decided about a question that waited."""
        theirs = self._waiting[invitation.customer_id]
        waiting = theirs.pop(invitation.id, None)
        if waiting is not None and isinstance(decision, Hold):
            theirs[invitation.id] = replace(waiting, due_at=decision.until)

    def _is_judged(self, journey: Journey, survey: Survey) -> bool:
        target = self._rank(journey, survey).target
        return (
            self.attention.count_answered(journey.key, survey.key, max(target, journey.judge_from))
            >= journey.judge_from
        )

    def _find_importance(self, question: WaitingQuestion | Invitation) -> Importance | None:
        journey = self._in_force.get(question.journey)
        survey = journey.find_survey(question.survey) if journey else None
        return self._rank(journey, survey).importance if journey and survey else None

    def _rank(self, journey: Journey, survey: Survey) -> _SurveyRank:
        key = (journey.key, survey.key)  # a batch has one version of each journey, and hundreds of visits
        if key not in self._ranks:
            importance = find_importance(journey, survey)
            # What is asked by the calendar or by hand waits for no moment of truth.
            is_routine = importance is Importance.ROUTINE and survey.on.kind.has_visit
            may_wait = is_routine and may_meet_moment_of_truth(journey, survey)
            self._ranks[key] = _SurveyRank(importance, may_wait, find_target_people(journey, survey))
        return self._ranks[key]

    @cached_property
    def _in_force(self) -> dict[str, Journey]:
        return dict(journeys.list_current(self._tx))

    @cached_property
    def _waiting(self) -> defaultdict[int, dict[int, WaitingQuestion]]:
        found: defaultdict[int, dict[int, WaitingQuestion]] = defaultdict(dict)
        for waiting in invitations.list_waiting(self._tx, self._people):
            found[waiting.customer_id][waiting.id] = waiting
        return found
