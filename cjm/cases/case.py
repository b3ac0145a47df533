"""Case: something that a customer wants the team to know, and the steps that the team takes about it.

::

    open ──take──► taken ──answer──► answered ──close──► closed

    open ──answer──► answered                                        without being taken before
    open | taken ──close──► closed                                   without an answer
    answered | closed ──reopen, or the customer writes──► taken      or open, if no member has it

Invariants:

* Answering or closing an open case also takes it.
* A praise needs no work: it is closed from the start and stays closed, though it may be answered.
* Taking, closing or reopening a case twice changes nothing; each answer moves ``answered_at``.
* Of the steps here only taking is refused, with a reason (`CaseRefused`). Colleagues may answer, close and
  reopen a case that another member has taken; it stays that member's.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from cjm.errors import CaseError
from cjm.text import cut_text

MOST_CHARACTERS = 4000
"""UTF-16 units of one message that are kept: a little below a messenger's limit, so that a title fits above it."""


class CaseKind(StrEnum):
    """Kind of a case, as the customer chose it."""

    COMPLAINT = "complaint"
    QUESTION = "question"
    PRAISE = "praise"


class CaseOrigin(StrEnum):
    """Way in which a case was opened: by command, by an unexpected message, or after a low score."""

    COMMAND = "command"
    MESSAGE = "message"
    SCORE = "score"


class CaseState(StrEnum):
    """State of a case; the drawing above shows the steps between them."""

    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"


class CaseAuthor(StrEnum):
    """Side that wrote a message of a case."""

    CUSTOMER = "customer"
    TEAM = "team"


class CaseRefusal(StrEnum):
    """Reason why a step of a case is refused."""

    UNKNOWN = "unknown"  # there is no such case, or no such place
    ERASED = "erased"  # its customer was forgotten, or its time is over: the message about it is taken away
    STRANGER = "stranger"  # it belongs to neither this customer nor this team
    TAKEN = "taken"  # a colleague has it
    CLOSED = "closed"  # it must be reopened first
    NOTHING_TO_DO = "nothing_to_do"  # a praise
    UNANSWERED = "unanswered"  # nobody has answered its customer, and it was not said that this is meant


_SENTENCES = {
    CaseRefusal.UNKNOWN: "there is no case with this number any more",
    CaseRefusal.ERASED: "this case is erased",
    CaseRefusal.STRANGER: "this case belongs to somebody else",
    CaseRefusal.TAKEN: "a colleague has taken this case",
    CaseRefusal.CLOSED: "this case is closed; reopen it first",
    CaseRefusal.NOTHING_TO_DO: "a praise needs no work",
    CaseRefusal.UNANSWERED: "nobody has answered the customer yet",
}


class CaseRefused(CaseError):  # noqa: N818 - a refusal is an answer, not an accident
    """Refusal of a step. ``holder_name`` is the name of the colleague who has the case, where that is the reason."""

    def __init__(self, reason: CaseRefusal, holder_name: str | None = None) -> None:
        super().__init__(_SENTENCES[reason])
        self.reason = reason
        self.holder_name = holder_name


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Member of a team: their address ("telegram:7"), and the name that their colleagues know."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class CaseText:
    """Message in somebody's own words: text, or a photo or voice message with ``text`` as its caption.

    ``file_id`` is the messenger's lasting id of the file; the file itself is not stored. ``own_names`` are the words of
    the writer's own names that stand in the text, with spaces between them: others read it without them.
    """

    kind: str  # text | photo | voice
    text: str = ""
    file_id: str | None = None
    own_names: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """One case with its owner and its times (aware).

    ``day``, its ``part``, ``channel`` and ``cohort_id`` are frozen: the complaint is counted under them. ``team`` is
    the key of the team that the case was handed to, "" for the managers, None while no team can take it. ``taken_by``
    is an address such as "telegram:7", ``taken_name`` its holder's name.
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
    part: str | None = None  # of the day: a PartOfDay

    @property
    def subject(self) -> str | None:
        """Key of the touchpoint, else of the stage, that the case is about."""
        return self.touchpoint or self.stage

    @property
    def is_closed(self) -> bool:
        return self.state is CaseState.CLOSED


def take_case(case: Case, member: TeamMember, now: datetime) -> Case:
    """Return the case taken by ``member``. Raises CaseRefused: a colleague has it, it is closed, or it is a praise."""
    if case.kind is CaseKind.PRAISE:
        raise CaseRefused(CaseRefusal.NOTHING_TO_DO)
    if case.is_closed:
        raise CaseRefused(CaseRefusal.CLOSED)
    if case.taken_by == member.address:
        return case
    if case.taken_by is not None:
        raise CaseRefused(CaseRefusal.TAKEN, case.taken_name)
    return replace(_with_owner(case, member, now), state=CaseState.TAKEN)


def answer_case(case: Case, member: TeamMember, now: datetime) -> Case:
    """Return the case answered at ``now``. A closed case stays closed: a last word needs no new work."""
    if case.is_closed:
        return replace(case, answered_at=now)
    return replace(_with_owner(case, member, now), state=CaseState.ANSWERED, answered_at=now)


def _with_owner(case: Case, member: TeamMember, now: datetime) -> Case:
    if case.taken_by is not None:
        return case
    return replace(case, taken_by=member.address, taken_name=member.name, taken_at=now)


def close_case(case: Case, member: TeamMember, now: datetime, *, may_be_unanswered: bool = True) -> Case:
    """Return the case closed; one that is open is taken by ``member`` first.

    Raises CaseRefused: nobody has answered the customer, and the case may not be closed like that.
    """
    if case.is_closed:
        return case
    if case.answered_at is None and not may_be_unanswered:
        raise CaseRefused(CaseRefusal.UNANSWERED)
    return replace(_with_owner(case, member, now), state=CaseState.CLOSED, closed_at=now)


def reopen_case(case: Case) -> Case:
    """Return the case to the member who had it, else to the team. A praise, or a case at work, stays as it is."""
    if case.kind is CaseKind.PRAISE or case.state in (CaseState.OPEN, CaseState.TAKEN):
        return case
    # Without a new owner: the member who had it knows it, and colleagues can still take it when it is open.
    return replace(case, state=CaseState.TAKEN if case.taken_by else CaseState.OPEN, closed_at=None)


receive_message = reopen_case
"""Note that the customer wrote again: an answered or closed case, except a praise, waits for the team once more."""


def storable_text(text: str | None) -> str:
    """Return typed text without control characters and lone surrogates, stripped and cut to MOST_CHARACTERS."""
    # PostgreSQL refuses NUL, and UTF-8 has no lone surrogates; the other control characters cannot be shown.
    kept = "".join(c for c in text or "" if c in "\n\t" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF))
    return cut_text(kept.strip(), MOST_CHARACTERS)
