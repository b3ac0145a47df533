"""Change a journey from the chat: a manager sends a file, is shown what would change, and applies it by a tap.

Invariants:
* What is applied is what was shown: when somebody changed the journey in between, the manager is shown the difference
  again and taps again.
* A second tap on the same button applies nothing twice.
"""

from dataclasses import dataclass

from bot.clock import Clock
from bot.db.delivery import views
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.usecases.journeys.apply_journey import JourneyProposal, make_proposal, put_into_force
from bot.usecases.teams.recognize_viewer import MapViewer, visible_journeys
from cjm.errors import JourneyError, Mistake
from cjm.journeys.journey_file import read_journey

MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """Proposal to show. ``view_id`` is None when it would change nothing, so that there is nothing to tap."""

    proposal: JourneyProposal
    view_id: int | None


@dataclass(frozen=True, slots=True)
class RefusedJourneyFile:
    """File that cannot be applied, with every mistake in it or, if it has none, every forbidden change."""

    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class JourneyNotAllowed:
    """Refusal: the manager may not change this journey."""

    journey: str


@dataclass(frozen=True, slots=True)
class JourneyApplied:
    """Version that the proposal became. ``is_repeated`` is True when an earlier tap has applied it."""

    title: str
    version: int
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class JourneyChangedMeanwhile:
    """Refusal: somebody changed the journey in between. ``latest`` is what the file would change now."""

    latest: ShownProposal


@dataclass(frozen=True, slots=True)
class JourneyInForce:
    """Journey with the file that is in force."""

    key: str
    title: str
    version: int
    source: str


class ProposalGone:
    """Refusal: the proposal was discarded, is too old, or is not theirs to apply."""


class ChangeJourney:
    """``propose`` shows a difference, ``apply`` and ``discard`` are its buttons; the rest sends files back."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def propose(
        self, viewer: MapViewer, content: bytes, file_name: str
    ) -> ShownProposal | RefusedJourneyFile | JourneyNotAllowed:
        """Compare a file with the version in force. If it changes anything, store it to be applied by :meth:`apply`."""
        now = self._clock.now()
        try:
            journey = read_journey(content, file_name)
        except JourneyError as error:
            return RefusedJourneyFile(error.mistakes)
        if not viewer.may_see(journey.key):
            return JourneyNotAllowed(journey.key)

        def write(tx: Connection) -> ShownProposal | RefusedJourneyFile:
            try:
                proposal = make_proposal(tx, journey, file_name)
            except JourneyError as error:
                return RefusedJourneyFile(error.mistakes)
            if proposal.difference.is_empty:
                return ShownProposal(proposal, None)
            text, version = content.decode("utf-8-sig"), proposal.version
            data = {"source": text, "file": file_name, "key": journey.key, "version": version, "applied": 0}
            return ShownProposal(proposal, views.insert_view(tx, ViewKind.PROPOSAL, viewer.chat, data, now))

        return await self._db.write(write)

    async def apply(
        self, viewer: MapViewer, view_id: int
    ) -> JourneyApplied | JourneyChangedMeanwhile | RefusedJourneyFile | ProposalGone:
        """Put a proposal into force, unless the journey has changed since it was shown or the change is forbidden."""
        now = self._clock.now()
        stored = await self._db.read(lambda tx: views.find(tx, view_id, viewer.chat, ViewKind.PROPOSAL))
        if stored is None or not viewer.may_see(stored.data["key"]):
            return ProposalGone()
        if not stored.data["source"]:
            return _settled_outcome(stored)
        journey = read_journey(stored.data["source"], stored.data["file"])  # has no mistakes: it was read before

        def write(tx: Connection) -> JourneyApplied | JourneyChangedMeanwhile | RefusedJourneyFile | ProposalGone:
            waiting = views.find(tx, view_id, viewer.chat, ViewKind.PROPOSAL, for_update=True)
            if waiting is None or not waiting.data["source"]:
                return _settled_outcome(waiting)  # another tap was faster
            data = waiting.data
            try:
                proposal = make_proposal(tx, journey, data["file"])
            except JourneyError as error:
                return RefusedJourneyFile(error.mistakes)
            if proposal.version != data["version"]:
                views.update_view(tx, view_id, {**data, "version": proposal.version}, now)
                return JourneyChangedMeanwhile(ShownProposal(proposal, view_id))
            by, actor = str(viewer.person), viewer.in_audit
            version = put_into_force(tx, journey, data["source"], now=now, applied_by=by, actor=actor)
            title = journey.title.in_language(viewer.language)
            views.update_view(tx, view_id, {**data, "source": "", "applied": version, "title": title}, now)
            return JourneyApplied(title, version)

        return await self._db.write(write)

    async def discard(self, viewer: MapViewer, view_id: int) -> bool:
        """Drop a proposal and return True, also a second time; False for one that was applied or is not theirs."""
        now = self._clock.now()

        def write(tx: Connection) -> bool:
            proposal = views.find(tx, view_id, viewer.chat, ViewKind.PROPOSAL, for_update=True)
            if proposal is None or proposal.data["applied"]:
                return False
            views.update_view(tx, view_id, {**proposal.data, "source": ""}, now)
            return True

        return await self._db.write(write)

    async def list_in_force(self, viewer: MapViewer) -> tuple[tuple[JourneyInForce, ...], int]:
        """Return the journeys that the manager may see, and the id of the view for :meth:`find_file`."""
        now = self._clock.now()

        def write(tx: Connection) -> tuple[tuple[JourneyInForce, ...], int]:
            in_force = _journeys_in_force(tx, viewer)
            data = {"keys": [journey.key for journey in in_force]}
            return in_force, views.insert_view(tx, ViewKind.FILES, viewer.chat, data, now)

        return await self._db.write(write)

    async def find_file(self, viewer: MapViewer, view_id: int, index: int) -> JourneyInForce | None:
        """Return the file in force of the journey at ``index`` of the view; None if it may not be seen."""

        def read(tx: Connection) -> JourneyInForce | None:
            view = views.find(tx, view_id, viewer.chat, ViewKind.FILES)
            keys = view.data["keys"] if view else []
            key = keys[index] if 0 <= index < len(keys) else None
            return next((journey for journey in _journeys_in_force(tx, viewer) if journey.key == key), None)

        return await self._db.read(read)


def _journeys_in_force(tx: Connection, viewer: MapViewer) -> tuple[JourneyInForce, ...]:
    visible, versions = visible_journeys(tx, viewer), journeys.list_versions_in_force(tx)
    return tuple(
        JourneyInForce(key, journey.title.in_language(viewer.language), versions[key].version, versions[key].source)
        for key, journey in visible.items()
    )


def _settled_outcome(view: views.StoredView | None) -> JourneyApplied | ProposalGone:
    """Return the outcome of a proposal that was applied or discarded before."""
    if view is None or not view.data["applied"]:
        return ProposalGone()
    return JourneyApplied(view.data["title"], view.data["applied"], is_repeated=True)
