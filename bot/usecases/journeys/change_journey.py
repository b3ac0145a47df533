"""A manager sends a journey file, sees what would change, and applies it by a tap; and takes the file in force away."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.db.delivery import views
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.usecases.journeys.apply_journey import JourneyProposal, propose_journey
from bot.usecases.teams.recognize_viewer import MapViewer, visible_journeys
from cjm.errors import JourneyError, Mistake
from cjm.journeys.journey_file import read_journey

VIEW, FILES = "proposal", "files"
MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """What would change; ``view`` is None when nothing would."""

    proposal: JourneyProposal
    view_id: int | None


@dataclass(frozen=True, slots=True)
class RefusedJourneyFile:
    """A file that cannot be taken, with every mistake in it."""

    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class JourneyNotAllowed:
    """The manager may not change this journey."""

    journey: str


@dataclass(frozen=True, slots=True)
class JourneyApplied:
    """The version in force now; ``again`` when an earlier tap did it."""

    title: str
    version: int
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class JourneyChangedMeanwhile:
    """Somebody changed the journey in between: what would change now, for another look."""

    latest: ShownProposal


@dataclass(frozen=True, slots=True)
class JourneyInForce:
    key: str
    title: str
    version: int
    source: str


class ProposalGone:
    """There is no such proposal (any more)."""


class ChangeJourney:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def propose(
        self, who: MapViewer, source: bytes, file: str
    ) -> ShownProposal | RefusedJourneyFile | JourneyNotAllowed:
        """Compare a file with what is in force and keep it, to be applied by :meth:`apply`."""
        now = self._clock.now()
        try:
            journey = read_journey(source, file)
        except JourneyError as error:
            return RefusedJourneyFile(error.mistakes)
        if not who.may_see(journey.key):
            return JourneyNotAllowed(journey.key)

        def write(tx: Connection) -> ShownProposal | RefusedJourneyFile:
            try:
                found = propose_journey(tx, journey, source.decode("utf-8-sig"), file)
            except JourneyError as error:
                return RefusedJourneyFile(error.mistakes)
            if found.difference.is_empty:
                return ShownProposal(found, None)
            data = {"source": found.source, "file": file, "key": journey.key, "version": found.version, "applied": 0}
            return ShownProposal(found, views.insert_view(tx, VIEW, who.chat, data, now))

        return await self._db.write(write)

    async def apply(
        self, who: MapViewer, view: int
    ) -> JourneyApplied | JourneyChangedMeanwhile | RefusedJourneyFile | ProposalGone:
        """Put it into force, unless somebody changed the journey since it was shown."""
        now = self._clock.now()
        kept = await self._db.read(lambda tx: views.find(tx, view, who.chat, VIEW))
        if kept is None or not who.may_see(kept.data["key"]):
            return ProposalGone()
        if not kept.data["source"]:
            return _settled_outcome(kept)
        journey = read_journey(kept.data["source"], kept.data["file"])  # it was read before

        def write(tx: Connection) -> JourneyApplied | JourneyChangedMeanwhile | RefusedJourneyFile | ProposalGone:
            found = views.find(tx, view, who.chat, VIEW, for_update=True)
            if found is None or not found.data["source"]:
                return _settled_outcome(found)
            data = found.data
            try:
                proposal = propose_journey(tx, journey, data["source"], data["file"])
            except JourneyError as error:
                return RefusedJourneyFile(error.mistakes)
            if proposal.version != data["version"]:
                views.update_view(tx, view, {**data, "version": proposal.version}, now)
                return JourneyChangedMeanwhile(ShownProposal(proposal, view))
            version = journeys.apply(tx, journey, data["source"], now=now, by=str(who.person))
            title = journey.title.in_language(who.language)
            views.update_view(tx, view, {**data, "source": "", "applied": version, "title": title}, now)
            return JourneyApplied(title, version)

        return await self._db.write(write)

    async def discard(self, who: MapViewer, view: int) -> bool:
        """Forget a proposal; False for one that was applied, or is not theirs."""
        now = self._clock.now()

        def write(tx: Connection) -> bool:
            found = views.find(tx, view, who.chat, VIEW, for_update=True)
            if found is None or found.data["applied"]:
                return False
            views.update_view(tx, view, {**found.data, "source": ""}, now)
            return True

        return await self._db.write(write)

    async def list_in_force(self, who: MapViewer) -> tuple[tuple[JourneyInForce, ...], int]:
        """The journeys that the manager may see, in the order in which :meth:`file` knows them by the view returned."""
        now = self._clock.now()

        def write(tx: Connection) -> tuple[tuple[JourneyInForce, ...], int]:
            found = _journeys_in_force(tx, who)
            return found, views.insert_view(tx, FILES, who.chat, {"keys": [each.key for each in found]}, now)

        return await self._db.write(write)

    async def find_file(self, who: MapViewer, view: int, place: int) -> JourneyInForce | None:
        """The file in force of the journey that stood in this place."""

        def read(tx: Connection) -> JourneyInForce | None:
            found = views.find(tx, view, who.chat, FILES)
            keys = found.data["keys"] if found else []
            key = keys[place] if 0 <= place < len(keys) else None
            return next((each for each in _journeys_in_force(tx, who) if each.key == key), None)

        return await self._db.read(read)


def _journeys_in_force(tx: Connection, who: MapViewer) -> tuple[JourneyInForce, ...]:
    there, versions = visible_journeys(tx, who), journeys.list_versions(tx)
    return tuple(
        JourneyInForce(key, journey.title.in_language(who.language), versions[key].version, versions[key].source)
        for key, journey in there.items()
    )


def _settled_outcome(view: views.StoredView | None) -> JourneyApplied | ProposalGone:
    """What became of a proposal that waits for nothing any more."""
    if view is None or not view.data["applied"]:
        return ProposalGone()
    return JourneyApplied(view.data["title"], view.data["applied"], is_repeated=True)
