"""Independent reading of what was sent: it finds each message that a rule of asking forbids.

It is written from the promises to customers and shares no code with `cjm.asking`: the facts of the world come with
their times, as they happened, and the messages as they arrived. Times are aware. The promises that hold for a question
are its own, if it has some: a survey or a segment may have other limits.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Fault(StrEnum):
    """Kind of a message that should not have been sent."""

    NIGHT = "night"
    NO_CONSENT = "consent missing"
    STOPPED = "stopped"
    MUTED = "muted"
    WITHDRAWN = "withdrawn"
    TOO_SOON = "too soon"
    TOO_MANY = "too many"
    TWO_OPEN = "two open"
    TOO_OLD = "too old"
    SECOND_REMINDER = "second reminder"
    STAFF = "staff asked"
    WEEKDAY = "forbidden weekday"
    WENT_ON = "went on"
    OVER = "reminder of a question that is over"
    LEFT_LIVE = "message left live"


@dataclass(frozen=True)
class Promises:
    """Promises to customers; a shortest time of zero and a greatest number of zero promise nothing.

    ``weekdays`` are days on which questions may come, 0 for Monday. ``less_often`` is the shortest time between two
    questions for those who wish to be asked less. ``closing`` is how long a message may keep its buttons once they do
    nothing.
    """

    any_question: timedelta
    same_place: timedelta
    recommendation: timedelta
    per_month: int
    quiet_from: time
    quiet_until: time
    weekdays: Set[int] = frozenset(range(7))
    less_often: timedelta = timedelta(days=30)
    closing: timedelta = timedelta(days=1)


@dataclass
class Switch:
    """Fact about a person that is on or off, with the times at which it changed."""

    changes: list[tuple[datetime, bool]] = field(default_factory=list)

    def turn(self, at: datetime, is_on: bool) -> None:
        self.changes.append((at, is_on))

    def is_on(self, at: datetime) -> bool:
        return next((is_on for changed, is_on in reversed(self.changes) if changed <= at), False)


@dataclass
class PersonFacts:
    """Facts about one person: what they allowed when, and by which clock they lived since when.

    ``quiet_hours`` are their own, each with the time since which they hold, from and until.
    """

    consent: Switch = field(default_factory=Switch)
    stop: Switch = field(default_factory=Switch)
    staff: Switch = field(default_factory=Switch)
    less_often: Switch = field(default_factory=Switch)
    mutes: dict[str, Switch] = field(default_factory=dict)
    zones: list[tuple[datetime, str]] = field(default_factory=list)
    quiet_hours: list[tuple[datetime, time, time]] = field(default_factory=list)

    def zone(self, at: datetime) -> ZoneInfo:
        return ZoneInfo(next(zone for since, zone in reversed(self.zones) if since <= at))

    def find_quiet_hours(self, at: datetime, promises: Promises) -> tuple[time, time]:
        """Return from when until when nothing may come."""
        own = ((start, end) for since, start, end in reversed(self.quiet_hours) if since <= at)
        return next(own, (promises.quiet_from, promises.quiet_until))


@dataclass(frozen=True)
class LiveMessage:
    """Message that asked: until when it had buttons that answer, or was last seen with them.

    ``left_at`` is when its conversation went on in another message; None if it did not.
    """

    live_until: datetime
    left_at: datetime | None = None


@dataclass(frozen=True)
class SentQuestion:
    """Question that arrived, what it was about, and when it was over.

    ``withdrawn_at``, ``went_on_at`` and ``ended_at`` are None while that has not happened. Of a question to somebody
    who stays behind, ``went_on_at`` is when it became known that they do not. ``reminders`` are the times of the
    reminders that came unasked, ``kept_promises`` of those that the person had asked for. ``promises`` replace those
    that hold for all questions.
    """

    person: str
    place: str
    visited_at: datetime
    greatest_age: timedelta
    sent_at: datetime
    recommends: bool = False
    withdrawn_at: datetime | None = None
    ended_at: datetime | None = None
    reminders: tuple[datetime, ...] = ()
    kept_promises: tuple[datetime, ...] = ()
    went_on_at: datetime | None = None
    messages: tuple[LiveMessage, ...] = ()
    promises: Promises | None = None


def find_faults(
    questions: Sequence[SentQuestion], lives: dict[str, PersonFacts], promises: Promises
) -> Iterator[tuple[Fault, SentQuestion]]:
    """Yield each fault with the question whose message it is."""
    by_person: defaultdict[str, list[SentQuestion]] = defaultdict(list)
    for question in sorted(questions, key=lambda q: q.sent_at):
        by_person[question.person].append(question)
    for person, theirs in by_person.items():
        for question in theirs:
            yield from (
                (fault, question) for fault in _faults_of(question, lives[person], question.promises or promises)
            )
        yield from _faults_among(theirs, lives[person], promises)


def _faults_of(question: SentQuestion, life: PersonFacts, promises: Promises) -> Iterator[Fault]:
    """Yield what is wrong about a question by itself."""
    for at in (question.sent_at, *question.reminders, *question.kept_promises):
        yield from _faults_of_message(question, life, promises, at)
    for at in (question.sent_at, *question.reminders):  # a promise is kept on any day
        if at.astimezone(life.zone(at)).weekday() not in promises.weekdays:
            yield Fault.WEEKDAY
    if question.sent_at - question.visited_at > question.greatest_age:
        yield Fault.TOO_OLD
    if len(question.reminders) > 1:
        yield Fault.SECOND_REMINDER
    ended_at = question.ended_at
    if ended_at is not None and any(at > ended_at for at in (*question.reminders, *question.kept_promises)):
        yield Fault.OVER
    for message in question.messages:
        ends = [at for at in (message.left_at, ended_at) if at is not None]
        if ends and message.live_until > min(ends) + promises.closing:
            yield Fault.LEFT_LIVE


def _faults_of_message(question: SentQuestion, life: PersonFacts, promises: Promises, at: datetime) -> Iterator[Fault]:
    clock = at.astimezone(life.zone(at)).time()
    evening, morning = life.find_quiet_hours(at, promises)
    is_within_day = evening <= clock < morning
    if is_within_day if evening < morning else (clock >= evening or clock < morning):
        yield Fault.NIGHT
    if not life.consent.is_on(at):
        yield Fault.NO_CONSENT
    if life.stop.is_on(at):
        yield Fault.STOPPED
    if life.staff.is_on(at):
        yield Fault.STAFF
    if question.place in life.mutes and life.mutes[question.place].is_on(at):
        yield Fault.MUTED
    if question.withdrawn_at is not None and question.withdrawn_at <= at:
        yield Fault.WITHDRAWN
    if question.went_on_at is not None and question.went_on_at <= at:
        yield Fault.WENT_ON


def _faults_among(
    theirs: Sequence[SentQuestion], life: PersonFacts, promises: Promises
) -> Iterator[tuple[Fault, SentQuestion]]:
    """Yield what is wrong about a question because of others to the same person; ``theirs`` are in order of time."""
    for number, question in enumerate(theirs):
        own, earlier = question.promises or promises, theirs[:number]
        if _is_too_soon(question, earlier, life, own):
            yield Fault.TOO_SOON, question
        if any(q.ended_at is None or q.ended_at > question.sent_at for q in earlier[-1:]):
            yield Fault.TWO_OPEN, question
        month = [q for q in earlier if question.sent_at - q.sent_at < timedelta(days=30)]
        if own.per_month and len(month) >= own.per_month:
            yield Fault.TOO_MANY, question


def _is_too_soon(
    question: SentQuestion, earlier: Sequence[SentQuestion], life: PersonFacts, promises: Promises
) -> bool:
    """Return whether less time than was promised has passed since an earlier question of the same sort."""
    less_often = promises.less_often if life.less_often.is_on(question.sent_at) else timedelta()
    series = [
        (max(promises.any_question, less_often), earlier),
        (promises.same_place, [q for q in earlier if q.place == question.place]),
        (promises.recommendation, [q for q in earlier if q.recommends and question.recommends]),
    ]
    return any(before and question.sent_at - before[-1].sent_at < shortest for shortest, before in series)
