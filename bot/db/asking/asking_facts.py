"""Facts about people that decide whether they may be asked, fetched in batches; `cjm.asking` decides by them.

Invariants:

* Who plans a question and who sends a letter read the same facts, so that both decide alike.
* An invitation does not stand in its own way: when its letter leaves, it is left out of what its reader was asked.
* The rules that hold for one question are chosen here (`rules_for`), by the segments of its reader at the visit.
* A question without a visit is weighed like one about a visit at the time when its invitation was made.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.db.asking import invitations, mutes
from bot.db.asking.invitations import EarlierInvitation, Invitation
from bot.db.asking.question_order import QuestionOrder
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts, journeys, renamings, visits
from bot.db.people import customers, do_not_ask
from bot.db.people.customers import Customer
from cjm.asking.decision import MONTH, AskingRules, AskingVisit, History
from cjm.asking.limits import find_longest_wait, rules_for
from cjm.asking.quiet_hours import QuietHours
from cjm.asking.subject_names import SubjectHistory, SubjectName
from cjm.journeys.journey import Cohort, Journey, Segment
from cjm.journeys.survey import Survey


class AskingFacts:
    """Facts about some customers that decide whether they may be asked, fetched for all of them at once."""

    def __init__(self, tx: Connection, customer_ids: Iterable[int], rules: AskingRules, now: datetime) -> None:
        self._tx, people = tx, sorted(set(customer_ids))
        # Older questions are not read: only one that is still open could change a decision.
        longest = find_longest_wait(rules, journeys.list_current(tx).values() if people else ())
        self.now, self._rules = now, rules
        self._cohorts: dict[int, Cohort] = {}
        self.people: Mapping[int, Customer] = customers.list_by_ids(tx, people)
        self._earlier: defaultdict[int, list[EarlierInvitation]] = defaultdict(
            list, invitations.list_earlier(tx, people, now, longest)
        )
        self.order = QuestionOrder(tx, people, rules, now)
        self._mutes = mutes.list_by_customers(tx, people)
        named = (person.external_id for person in self.people.values())
        self._forgotten = do_not_ask.list_listed(tx, (name for name in named if name is not None))

    def rules_for(self, journey: Journey, survey: Survey, cohort_id: int) -> AskingRules:
        """Return the rules for this survey and a person of this cohort: of the visit, or of the day of asking."""
        return rules_for(self._rules, survey, self._list_limiting_segments(journey, cohort_id))

    def _list_limiting_segments(self, journey: Journey, cohort_id: int) -> list[Segment]:
        limiting = [segment for segment in journey.segments if segment.limits is not None]
        if limiting and cohort_id not in self._cohorts:
            self._cohorts[cohort_id] = cohorts.find_by_id(self._tx, cohort_id)
        return [segment for segment in limiting if segment.includes(self._cohorts[cohort_id])]

    def history(
        self, customer_id: int, subject: SubjectName, journey: Journey, leaving: Invitation | None = None
    ) -> History:
        """Return what `cjm.asking` needs to know of this customer to decide about ``subject``.

        ``journey`` is the one in force. ``leaving`` is the invitation whose letter is about to leave, if one is: see
        `_is_beside`.
        """
        person = self.people[customer_id]
        beside = [asked for asked in self._earlier[customer_id] if _is_beside(asked, leaving)]
        earlier = [asked for asked in beside if not asked.is_diary]
        return History(
            zone=ZoneInfo(person.known_zone or journey.timezone),
            has_chat=person.address is not None,
            forgotten=person.external_id in self._forgotten,
            has_consent=person.consent_at is not None,
            stopped=person.stopped_at is not None,
            unreachable=person.unreachable_at is not None,
            is_staff=person.is_staff,
            asks_less_often=person.asks_less_often,
            rivals=self.order.list_rivals(customer_id) if leaving is None else (),
            has_own_quiet_hours=person.quiet_hours is not None,
            quiet_hours=QuietHours.parse(person.quiet_hours or ""),
            last_asked=max((a.at for a in earlier), default=None),
            last_asked_here=max((a.at for a in earlier if self._is_same(a.subject, subject, journey)), default=None),
            last_nps=max((a.at for a in earlier if a.nps), default=None),
            asked_last_30_days=tuple(a.at for a in earlier if a.at > self.now - MONTH),
            has_open_survey=any(a.is_open for a in beside),
            muted=any(self._is_same(muted, subject, journey) for muted in self._mutes.get(customer_id, ())),
        )

    def reserve(self, invitation: Invitation, survey: Survey) -> None:
        """Count this survey as asked, for all later decisions of the batch."""
        name, nps, is_diary = invitation.subject_name, survey.has_nps, survey.is_diary
        asked = EarlierInvitation(name, nps, self.now, is_open=True, is_diary=is_diary)
        self._earlier[invitation.customer_id].append(asked)

    def _is_same(self, earlier: SubjectName, subject: SubjectName, journey: Journey) -> bool:
        return self._subjects.is_same(subject, earlier, journey)

    @cached_property
    def _subjects(self) -> SubjectHistory:
        return renamings.read_history(self._tx)  # only for people who were asked, or muted something


def list_asking_visits(tx: Connection, asked: Sequence[Invitation]) -> dict[int, AskingVisit]:
    """Return what these invitations are about, as `cjm.asking` weighs it, by the invitation's id."""
    visit_ids = [one.visit_id for one in asked if one.visit_id is not None]
    stored = {visit.id: visit for visit in visits.list_by_ids(tx, visit_ids)}
    about = {}
    for one in asked:
        if one.visit_id is None:
            about[one.id] = AskingVisit(one.occasion or "", one.created_at)
        elif (visit := stored.get(one.visit_id)) is not None:
            about[one.id] = AskingVisit(visit.event_id, one.trigger_at or visit.at, visit.withdrawn)
    return about


def _is_beside(asked: EarlierInvitation, leaving: Invitation | None) -> bool:
    """Return whether this question counts for another one, whose letter is leaving.

    Of a question that was sent, only the reminder still leaves: what its reader had been asked before was weighed when
    it was sent.
    """
    if leaving is None:
        return True
    is_other = asked.invitation_id != leaving.id
    return is_other and (leaving.sent_at is None or asked.at > leaving.sent_at)
