"""A manager sends a journey file, sees what would change, and applies it by a tap; and takes the file in force away."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.db.delivery import views
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.usecases.journeys.apply_journey import Proposal, propose
from bot.usecases.teams.recognize import Viewer, visible
from cjm.errors import JourneyError, Mistake
from cjm.journeys.journey import read_journey

VIEW, FILES = "proposal", "files"
MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Proposed:
    """What would change; ``view`` is None when nothing would."""

    proposal: Proposal
    view: int | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A file that cannot be taken, with every mistake in it."""

    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class NotYours:
    """The manager may not change this journey."""

    journey: str


@dataclass(frozen=True, slots=True)
class Applied:
    """The version in force now; ``again`` when an earlier tap did it."""

    title: str
    version: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Somebody changed the journey in between: what would change now, for another look."""

    proposed: Proposed


@dataclass(frozen=True, slots=True)
class InForce:
    key: str
    title: str
    version: int
    source: str


class Gone:
    """There is no such proposal (any more)."""


class ChangeJourney:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def propose(self, who: Viewer, source: bytes, file: str) -> Proposed | Wrong | NotYours:
        """Compare a file with what is in force and keep it, to be applied by :meth:`apply`."""
        now = self._clock.now()
        try:
            journey = read_journey(source, file)
        except JourneyError as error:
            return Wrong(error.mistakes)
        if not who.sees(journey.key):
            return NotYours(journey.key)

        def write(tx: Connection) -> Proposed | Wrong:
            try:
                found = propose(tx, journey, source.decode("utf-8-sig"), file)
            except JourneyError as error:
                return Wrong(error.mistakes)
            if found.difference.is_nothing:
                return Proposed(found, None)
            data = {"source": found.source, "file": file, "key": journey.key, "version": found.version, "applied": 0}
            return Proposed(found, views.add(tx, VIEW, who.chat, data, now))

        return await self._db.write(write)

    async def apply(self, who: Viewer, view: int) -> Applied | Meanwhile | Wrong | Gone:
        """Put it into force, unless somebody changed the journey since it was shown."""
        now = self._clock.now()
        kept = await self._db.read(lambda tx: views.find(tx, view, who.chat, VIEW))
        if kept is None or not who.sees(kept.data["key"]):
            return Gone()
        if not kept.data["source"]:
            return _over(kept)
        journey = read_journey(kept.data["source"], kept.data["file"])  # it was read before

        def write(tx: Connection) -> Applied | Meanwhile | Wrong | Gone:
            found = views.find(tx, view, who.chat, VIEW, to_change=True)
            if found is None or not found.data["source"]:
                return _over(found)
            data = found.data
            try:
                proposal = propose(tx, journey, data["source"], data["file"])
            except JourneyError as error:
                return Wrong(error.mistakes)
            if proposal.version != data["version"]:
                views.change(tx, view, {**data, "version": proposal.version}, now)
                return Meanwhile(Proposed(proposal, view))
            version = journeys.apply(tx, journey, data["source"], now=now, by=str(who.person))
            title = journey.title.in_(who.language)
            views.change(tx, view, {**data, "source": "", "applied": version, "title": title}, now)
            return Applied(title, version)

        return await self._db.write(write)

    async def discard(self, who: Viewer, view: int) -> bool:
        """Forget a proposal; False for one that was applied, or is not theirs."""
        now = self._clock.now()

        def write(tx: Connection) -> bool:
            found = views.find(tx, view, who.chat, VIEW, to_change=True)
            if found is None or found.data["applied"]:
                return False
            views.change(tx, view, {**found.data, "source": ""}, now)
            return True

        return await self._db.write(write)

    async def in_force(self, who: Viewer) -> tuple[tuple[InForce, ...], int]:
        """The journeys that the manager may see, in the order in which :meth:`file` knows them by the view returned."""
        now = self._clock.now()

        def write(tx: Connection) -> tuple[tuple[InForce, ...], int]:
            found = _in_force(tx, who)
            return found, views.add(tx, FILES, who.chat, {"keys": [each.key for each in found]}, now)

        return await self._db.write(write)

    async def file(self, who: Viewer, view: int, place: int) -> InForce | None:
        """The file in force of the journey that stood in this place."""

        def read(tx: Connection) -> InForce | None:
            found = views.find(tx, view, who.chat, FILES)
            keys = found.data["keys"] if found else []
            key = keys[place] if 0 <= place < len(keys) else None
            return next((each for each in _in_force(tx, who) if each.key == key), None)

        return await self._db.read(read)


def _in_force(tx: Connection, who: Viewer) -> tuple[InForce, ...]:
    there, versions = visible(tx, who), journeys.versions(tx)
    return tuple(
        InForce(key, journey.title.in_(who.language), versions[key].version, versions[key].source)
        for key, journey in there.items()
    )


def _over(view: views.View | None) -> Applied | Gone:
    """What became of a proposal that waits for nothing any more."""
    if view is None or not view.data["applied"]:
        return Gone()
    return Applied(view.data["title"], view.data["applied"], again=True)
