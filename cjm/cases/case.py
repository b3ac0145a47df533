"""A case: what a customer wants the team to know, and its way to an end.

::

    open ──take──► taken ──answer──► answered ──close──► closed
      │              ▲  ◄──the customer writes──┘            │
      └──answer, close─► …        ◄──reopen, or the customer writes

Answering a case that nobody has takes it. A praise needs no work: it is closed from the start and stays so, though it
may be answered. What follows one's own step a second time changes nothing; a step that is somebody else's to take is
refused with a reason (:class:`CaseRefused`).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from cjm.errors import CaseError
from cjm.text import cut_text

MOST_CHARACTERS = 4000
"""Characters of one message that are kept: a little less than a messenger's own limit, so that a title fits above."""


class CaseKind(StrEnum):
    COMPLAINT = "complaint"
    QUESTION = "question"
    PRAISE = "praise"


class CaseOrigin(StrEnum):
    """How it came to us: by command, by a message out of the blue, or after a low score."""

    COMMAND = "command"
    MESSAGE = "message"
    SCORE = "score"


class CaseState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"


class CaseAuthor(StrEnum):
    CUSTOMER = "customer"
    TEAM = "team"


class CaseRefusal(StrEnum):
    UNKNOWN = "unknown"  # there is no such case, or not any more
    STRANGER = "stranger"  # it is neither theirs nor their team's
    TAKEN = "taken"  # a colleague has it
    CLOSED = "closed"  # it is closed: it has to be reopened first
    NOTHING_TO_DO = "nothing_to_do"  # a praise


_SENTENCES = {
    CaseRefusal.UNKNOWN: "there is no such case any more",
    CaseRefusal.STRANGER: "this case belongs to somebody else",
    CaseRefusal.TAKEN: "a colleague has taken this case",
    CaseRefusal.CLOSED: "this case is closed; reopen it first",
    CaseRefusal.NOTHING_TO_DO: "a praise needs no work",
}


class CaseRefused(CaseError):  # noqa: N818 - a refusal, told to people as it is
    """A step that cannot be taken now, with its reason; ``name`` is who has the case instead."""

    def __init__(self, reason: CaseRefusal, name: str | None = None) -> None:
        super().__init__(_SENTENCES[reason])
        self.reason = reason
        self.name = name


@dataclass(frozen=True, slots=True)
class TeamMember:
    """One of the team: where they are reached ("telegram:7"), and the name their colleagues know."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class CaseText:
    """One message in somebody's own words: text, or a photo or voice (by the messenger's lasting id) with a caption."""

    kind: str  # text | photo | voice
    text: str = ""
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """``day``, ``channel`` and ``cohort_id`` are frozen: under them the complaint is counted.

    ``team`` is the key of the team it was handed to, "" for the managers, None while there is nobody to hand it to.
    """

    number: int
    customer_id: int
    kind: CaseKind
    origin: CaseOrigin
    state: CaseState
    day: date
    channel: str
    opened_at: datetime
    response_id: int | None = None
    journey: str | None = None
    stage: str | None = None
    touchpoint: str | None = None
    cohort_id: int | None = None
    team: str | None = None
    taken_at: datetime | None = None
    taken_by: str | None = None
    taken_name: str | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def subject(self) -> str | None:
        """The touchpoint, else the stage, it is about."""
        return self.touchpoint or self.stage

    @property
    def is_over(self) -> bool:
        return self.state is CaseState.CLOSED


def take_case(case: Case, member: TeamMember, now: datetime) -> Case:
    """``by`` cares for it from now on. Raises CaseRefused: a colleague has it, it is closed, or it is a praise."""
    if case.kind is CaseKind.PRAISE:
        raise CaseRefused(CaseRefusal.NOTHING_TO_DO)
    if case.is_over:
        raise CaseRefused(CaseRefusal.CLOSED)
    if case.taken_by == member.address:
        return case
    if case.taken_by is not None:
        raise CaseRefused(CaseRefusal.TAKEN, case.taken_name)
    return replace(_with_owner(case, member, now), state=CaseState.TAKEN)


def answer_case(case: Case, member: TeamMember, now: datetime) -> Case:
    """The team has written to the customer. A closed case stays closed: a last word needs no new work."""
    if case.is_over:
        return replace(case, answered_at=now)
    return replace(_with_owner(case, member, now), state=CaseState.ANSWERED, answered_at=now)


def _with_owner(case: Case, member: TeamMember, now: datetime) -> Case:
    if case.taken_by is not None:
        return case
    return replace(case, taken_by=member.address, taken_name=member.name, taken_at=now)


def close_case(case: Case, member: TeamMember, now: datetime) -> Case:
    if case.is_over:
        return case
    return replace(_with_owner(case, member, now), state=CaseState.CLOSED, closed_at=now)


def reopen_case(case: Case) -> Case:
    """It is not over: it goes back to whoever had it. A praise has nothing to reopen."""
    if case.kind is CaseKind.PRAISE or case.state in (CaseState.OPEN, CaseState.TAKEN):
        return case
    return replace(case, state=CaseState.TAKEN if case.taken_by else CaseState.OPEN, closed_at=None)


receive_message = reopen_case
"""The customer wrote again: an answered or closed case waits for the team once more."""


def storable_text(text: str | None) -> str:
    """What somebody typed, as it can be kept: no characters a database refuses, cut after MOST_WORDS."""
    kept = "".join(c for c in text or "" if c in "\n\t" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF))
    return cut_text(kept.strip(), MOST_CHARACTERS)
