"""List cases: a customer's own, and the unfinished ones that a team's chat looks after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.audit.audit_actions import AuditAction
from bot.db.cases import case_views, cases
from bot.db.cases.case_routing import CaseAccess, CaseReader, CaseRouting
from bot.db.cases.case_views import CaseView
from bot.db.cases.cases import CaseSelection
from bot.db.engine.database import Connection, Database
from bot.db.figures.map_sums import list_place_keys
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.outbox import case_letters
from bot.usecases.audit.record_look import RecordLook
from bot.usecases.cases.case_access import Actor, CaseStepRefused, admit_actor, record_case_action
from cjm.address import Address
from cjm.cases.case import Case, CaseRefusal, CaseRefused, CaseState
from cjm.journeys.journey import Journey, JourneyPlace

PAGE = 6
"""Cases on one page."""


# ---- a customer's own ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnCaseList:
    """Page of a customer's cases, the latest first; ``skip`` of them come before it.

    ``has_more`` is True if others follow. ``language`` and ``timezone`` are the customer's, None where not known.
    """

    language: str | None
    timezone: str | None
    views: Sequence[CaseView] = ()
    skip: int = 0
    has_more: bool = False


class ListOwnCases:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def __call__(self, address: Address, language: str | None, skip: int = 0) -> OwnCaseList:
        """Return a page of this person's cases. ``language`` is that of their phone, for strangers."""

        def read_page(tx: Connection) -> OwnCaseList:
            person = customers.find_by_address(tx, address)
            if person is None:
                return OwnCaseList(language, None)
            first, found = skip, cases.list_by_customer(tx, person.id, PAGE + 1, skip)
            if first and not found:  # a page beyond the last would say that there are no cases
                first, found = 0, cases.list_by_customer(tx, person.id, PAGE + 1)
            views = _load_views(tx, found[:PAGE])  # one more tells whether others follow
            return OwnCaseList(person.language, person.known_zone, views, first, len(found) > PAGE)

        return await self._db.read(read_page)

    async def find_one(self, address: Address, number: int) -> CaseView | None:
        """Return one of this person's cases; None for anybody else's."""
        return await self._db.read(lambda tx: _find_own(tx, address, number))

    async def await_more(self, address: Address, number: int) -> CaseView | None:
        """Await more words for a case: the customer's next message is added to it. Return None if it is not theirs."""
        now = self._clock.now()

        def await_addition(tx: Connection) -> CaseView | None:
            view = _find_own(tx, address, number)
            if view is not None:
                awaited = AwaitedText(AwaitedTextKind.ADDITION, now, number, {"album": None})
                awaited_texts.save(tx, address, awaited)
            return view

        return await self._db.write(await_addition)

    async def stop_awaiting(self, address: Address, number: int) -> CaseView | None:
        """Stop awaiting words for a case: the customer's next message is not added to it by itself."""

        def stop(tx: Connection) -> CaseView | None:
            awaited_texts.delete_awaited(tx, address, AwaitedTextKind.ADDITION, number)
            return _find_own(tx, address, number)

        return await self._db.write(stop)


def _find_own(tx: Connection, address: Address, number: int) -> CaseView | None:
    # Compared by address: a forged button can hold the number of any case.
    view = case_views.find_view(tx, number)
    return view if view is not None and view.customer.address == address else None


def _load_views(tx: Connection, found: Sequence[Case]) -> list[CaseView]:
    return [view for case in found if (view := case_views.find_view(tx, case.number))]


# ---- of a chat that looks after cases --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenCaseList:
    """Page of the unfinished cases of a chat, the oldest first; ``counts`` are over all pages.

    Personal data in the customers' words is blurred: only a case's own card shows them whole. ``place`` is the stage
    or touchpoint that all of them are about, None in the list of all.
    """

    reader: CaseReader
    now: datetime
    counts: Mapping[CaseState, int]
    views: Sequence[CaseView]
    skip: int = 0
    place: JourneyPlace | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class PlaceKeys:
    """Keys of a journey, and of a stage or touchpoint of it, whose cases are asked for."""

    journey: str
    place: str


class ListOpenCases:
    def __init__(self, db: Database, clock: Clock, routing: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._routing = routing
        self._record_look = RecordLook(db, clock)

    async def may_list(self, actor: Actor) -> bool:
        """Return whether this chat looks after cases."""
        return await self._db.read(lambda tx: self._routing.find_access(tx, actor.chat, actor.person)) is not None

    async def __call__(
        self, actor: Actor, skip: int = 0, about: PlaceKeys | None = None
    ) -> OpenCaseList | CaseStepRefused:
        """Return a page of the unfinished cases of this chat's journeys, and of those without a journey.

        With ``about``, only those about a place of a journey that the chat may see. The look stands in the audit log
        before it is shown.
        """
        now = self._clock.now()

        def read_page(tx: Connection) -> OpenCaseList | CaseStepRefused:
            access = self._routing.find_access(tx, actor.chat, actor.person)
            if access is None or (about is not None and not access.covers(about.journey)):
                return CaseStepRefused(CaseRefusal.STRANGER)
            place, selection = _find_selection(tx, access, about)
            counts = cases.count_by_state(tx, selection)
            # Cases were closed since the button was sent, or it is forged: then the last page is shown.
            first = min(skip, max(0, sum(counts.values()) - 1) // PAGE * PAGE)
            found = _load_views(tx, cases.list_unfinished(tx, selection, PAGE, first))
            views = [case_views.blur_words(tx, view) for view in found]
            return OpenCaseList(access.reader, now, counts, views, first, place)

        page = await self._db.read(read_page)
        if isinstance(page, OpenCaseList):
            writers = [view.customer.id for view in page.views]
            journey, subject = (about.journey, about.place) if about is not None else (None, None)
            await self._record_look(actor.in_audit, AuditAction.LIST_CASES, journey, writers, subject)
        return page

    async def send_card(self, actor: Actor, number: int) -> CaseStepRefused | None:
        """Send the card to this chat again. Repeated within the same minute, it is still one card."""
        now = self._clock.now()

        def post_card(tx: Connection) -> CaseStepRefused | None:
            try:
                case, access = admit_actor(tx, self._routing, actor, number)
            except CaseRefused as refused:
                return CaseStepRefused(refused.reason)
            # The minute is a part of the letter's key, so impatient taps make one card, and later ones a new card.
            case_letters.post_cards(tx, [access.reader], case, now, key_suffix=f":{now:%Y%m%d%H%M}")
            record_case_action(tx, actor, case, AuditAction.SEND_CARD, now)
            return None

        return await self._db.write(post_card)


def select_cases_at(journey: Journey, place: str) -> CaseSelection:
    """Return the cases about a stage with its touchpoints, or about a touchpoint, also under former keys."""
    return CaseSelection((journey.key,), frozenset(list_place_keys(journey, place)))


def _find_selection(
    tx: Connection, access: CaseAccess, about: PlaceKeys | None
) -> tuple[JourneyPlace | None, CaseSelection]:
    if about is None:
        return None, CaseSelection(access.journeys)
    journey = journeys.find_current(tx, about.journey)
    place = journey.find_place(about.place) if journey is not None else None
    if journey is None or place is None:  # the journey lost the place: no case is about it
        return None, CaseSelection((about.journey,), ())
    return place, select_cases_at(journey, about.place)
