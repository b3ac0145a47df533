"""Outcomes of taps and files that change a journey, as a screen shows them."""

from dataclasses import dataclass
from datetime import datetime

from bot.usecases.journeys.apply_journey import JourneyProposal
from bot.usecases.journeys.version_authors import VersionAuthor
from cjm.errors import Mistake
from cjm.journeys.versions.difference import JourneyChange


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """Draft that a journey has, with who keeps it and since when. ``is_this``: it is the file that is shown."""

    author: VersionAuthor
    saved_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """Proposal to show. ``view_id`` is None when it would change nothing, so that there is nothing to tap.

    ``draft`` is the draft that the journey has. ``restores`` is the earlier version whose file it is, and ``hidden``
    are the places with answers that the earlier version does not have.
    """

    proposal: JourneyProposal
    view_id: int | None
    draft: KeptDraft | None = None
    restores: int | None = None
    hidden: tuple[JourneyChange, ...] = ()

    @property
    def needs_a_look(self) -> bool:
        """True if something in it deserves a second look before it is applied."""
        return bool(self.proposal.difference.warnings or self.hidden)


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
    """Version that the proposal became. ``is_repeated`` is True when an earlier tap has applied it.

    ``view_id`` and ``before`` are of the button that goes back: None for the first version.
    """

    title: str
    version: int
    is_repeated: bool = False
    restores: int | None = None
    view_id: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class JourneyChangedMeanwhile:
    """Refusal: somebody changed the journey in between. ``latest`` is what the file would change now."""

    latest: ShownProposal


@dataclass(frozen=True, slots=True)
class JourneyDraftKept:
    """Draft that is kept now.

    ``view_id`` is of the button that applies it, ``replaced`` of the one that keeps the draft before again.
    """

    title: str
    view_id: int
    replaced: int | None = None


@dataclass(frozen=True, slots=True)
class JourneyDraftDiscarded:
    """Draft that was dropped. ``view_id`` is of the button that keeps it again."""

    title: str
    view_id: int


class ProposalGone:
    """Refusal: the proposal was discarded, is too old, or is not theirs to apply."""
