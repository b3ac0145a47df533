"""Questions that customers of the simulated shop were asked, with all that was seen of them in their chats."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from cjm.address import Address
from tests.usecases.asking.lives.chat import ChatMessage, MessagePart
from tests.usecases.asking.lives.plan import PersonPlan, PlannedVisit
from tests.usecases.asking.lives.shop import ANSWERABLE, GREATEST_AGE, STAGES, WINDOW, choose_promises
from tests.usecases.asking.sent_checker import LiveMessage, PersonFacts, SentQuestion

FOR_EVER = timedelta(days=999)


@dataclass(eq=False)
class LivingPerson:
    """Person with their account of now, and what is true about them."""

    plan: PersonPlan
    address: Address
    facts: PersonFacts
    blocks: list[tuple[datetime, Address]] = field(default_factory=list)
    written: int = 0  # messages of their own

    def has_blocked(self, message: ChatMessage) -> bool:
        """Return whether nobody could change this message for some time."""
        return any(chat == message.chat and at >= message.sent_at for at, chat in self.blocks)


@dataclass(eq=False)
class AskedQuestion:
    """Question in a chat. ``key`` names it by what it is about, the same in each life of a seed.

    ``visit`` is what it is about, None without any. ``shown_in`` are the messages that its conversation was in, one
    after the other, each with the time since which it was.
    """

    invitation: int
    key: str
    person: LivingPerson
    survey: str
    place: str
    recommends: bool
    visit: PlannedVisit | None
    messages: list[ChatMessage] = field(default_factory=list)
    reminders: list[datetime] = field(default_factory=list)
    kept_promises: list[datetime] = field(default_factory=list)
    shown_in: list[tuple[datetime, str]] = field(default_factory=list)
    is_answered: bool = False
    ended_at: datetime | None = None

    @property
    def sent_at(self) -> datetime:
        return self.messages[0].sent_at

    @property
    def newest(self) -> ChatMessage | None:
        """Message in which its reader finds it."""
        return next((message for message in reversed(self.messages) if not message.is_lost), None)

    def arrive(self, message: ChatMessage) -> None:
        if self.messages and message.part is MessagePart.REMINDER:
            self.reminders.append(message.sent_at)
        elif self.messages and message.part is MessagePart.KEPT_PROMISE:
            self.kept_promises.append(message.sent_at)
        self.messages.append(message)
        if not message.is_doubted:
            self.shown_in.append((message.sent_at, message.number))

    def end(self, at: datetime) -> None:
        self.ended_at = self.ended_at or at

    def describe(self, reported: Sequence[PlannedVisit], until: datetime) -> SentQuestion:
        """Return what the checker reads; ``reported`` are all visits of the person that were."""
        stayed_until = self._find_end_of_walk(reported)
        went_on_at = self._find_going_on([v for v in reported if v.withdrawn_at is None], stayed_until)
        visited_at, greatest_age = self.sent_at, FOR_EVER
        if self.visit is not None and self.survey in GREATEST_AGE:
            visited_at = stayed_until + WINDOW if self.survey == "left" else self.visit.at
            greatest_age = GREATEST_AGE[self.survey]
        withdrawn_at = self.visit.withdrawn_at if self.visit is not None else None
        taken_back = [at for at in (withdrawn_at, went_on_at) if at is not None and not self.is_answered]
        ended_at = min(at for at in (self.ended_at, self.sent_at + ANSWERABLE, *taken_back) if at is not None)
        return SentQuestion(
            person=self.person.plan.name,
            place=self.place,
            visited_at=visited_at,
            greatest_age=greatest_age,
            sent_at=self.sent_at,
            recommends=self.recommends,
            withdrawn_at=withdrawn_at,
            ended_at=ended_at,
            reminders=tuple(self.reminders),
            kept_promises=tuple(self.kept_promises),
            went_on_at=went_on_at,
            messages=tuple(self._describe_messages(ended_at, until)),
            promises=choose_promises(self.survey, is_gold=self.person.plan.is_gold),
        )

    def _find_end_of_walk(self, reported: Iterable[PlannedVisit]) -> datetime:
        """Return the last visit of the walk that was asked about, as far as was known when the question left."""
        if self.visit is None:
            return self.sent_at
        last = self.visit.at
        for visit in sorted(reported, key=lambda one: one.at):
            is_known = visit.told_at <= self.sent_at and not (visit.withdrawn_at and visit.withdrawn_at <= self.sent_at)
            if is_known and last < visit.at <= last + WINDOW:
                last = visit.at
        return last

    def _find_going_on(self, visits: Collection[PlannedVisit], stayed_until: datetime) -> datetime | None:
        """Return when it was reported that a person who was asked why they stay behind does not."""
        if self.visit is None or self.survey not in ("hesitating", "left"):
            return None
        begun, stage = self.visit.at, STAGES[self.visit.touchpoint]
        if self.survey == "hesitating":
            later = [v.told_at for v in visits if v.at > begun and STAGES[v.touchpoint] > stage]
        else:
            later = [v.told_at for v in visits if v.at > stayed_until]
        return min(later, default=None)

    def _describe_messages(self, ended_at: datetime, until: datetime) -> Iterable[LiveMessage]:
        """Yield the messages that could be changed: they arrived, we knew of it in time, and their chat took it."""
        known = {number for at, number in self.shown_in if at <= ended_at}
        left: dict[str, datetime] = {}
        for (_, before), (at, number) in pairwise(self.shown_in):
            if before != number:
                left[before] = at
            left.pop(number, None)
        for message in self.messages:
            if message.number in known and not message.is_lost and not self.person.has_blocked(message):
                yield LiveMessage(message.dead_since or until, left.get(message.number))
