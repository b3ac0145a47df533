"""Change a journey from the chat: a manager sends a file, is shown what would change, and applies it by a tap.

Invariants:
* What is applied is what was shown: when somebody changed the journey in between, the manager is shown the difference
  again and taps again.
* A second tap on the same button applies nothing twice.
* Right after a version was applied, one tap puts the one before into force again. It asks first where somebody changed
  the journey since, or where something deserves a second look.
* Keeping a draft replaces another one only if that was shown; what was replaced or discarded can be kept again.
"""

from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.db.delivery import views
from bot.db.delivery.views import StoredView, ViewKind
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journey_drafts, journeys
from bot.db.journeys.journeys import parse_version
from bot.usecases.journeys.apply_journey import JourneyProposal, make_proposal, put_into_force
from bot.usecases.journeys.change_outcomes import (
    JourneyApplied,
    JourneyChangedMeanwhile,
    JourneyDraftDiscarded,
    JourneyDraftKept,
    JourneyNotAllowed,
    KeptDraft,
    ProposalGone,
    RefusedJourneyFile,
    ShownProposal,
)
from bot.usecases.journeys.draft_journey import discard_draft, keep_draft
from bot.usecases.journeys.roll_back_journey import RollBack, make_roll_back
from bot.usecases.journeys.version_authors import find_authors
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.errors import JourneyError
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey

MOST_BYTES = 200_000


class ChangeJourney:
    """``propose`` shows a difference; ``apply``, ``keep``, ``discard`` and ``roll_back`` are its buttons."""

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
        source = content.decode("utf-8-sig")

        def write(tx: Connection) -> ShownProposal | RefusedJourneyFile:
            try:
                return show_file(tx, viewer, journey, source, file_name, now)
            except JourneyError as error:
                return RefusedJourneyFile(error.mistakes)

        return await self._db.write(write)

    async def apply(
        self, viewer: MapViewer, view_id: int
    ) -> JourneyApplied | JourneyChangedMeanwhile | RefusedJourneyFile | ProposalGone:
        """Put a proposal into force, unless the journey has changed since it was shown or the change is forbidden."""
        now = self._clock.now()

        def write(tx: Connection) -> JourneyApplied | JourneyChangedMeanwhile | RefusedJourneyFile | ProposalGone:
            stored = _find_proposal(tx, viewer, view_id)
            if stored is None or not stored.data["source"]:
                return _settled_outcome(stored)  # also when another tap was faster
            try:
                return _apply(tx, viewer, stored, now)
            except JourneyError as error:
                return RefusedJourneyFile(error.mistakes)

        return await self._db.write(write)

    async def discard(self, viewer: MapViewer, view_id: int) -> bool:
        """Drop a proposal and return True, also a second time; False for one that was applied or is not theirs."""
        now = self._clock.now()

        def write(tx: Connection) -> bool:
            proposal = _find_proposal(tx, viewer, view_id)
            if proposal is None or proposal.data["applied"]:
                return False
            views.update_view(tx, view_id, {**proposal.data, "source": ""}, now)
            return True

        return await self._db.write(write)

    async def keep(
        self, viewer: MapViewer, view_id: int
    ) -> JourneyDraftKept | JourneyChangedMeanwhile | RefusedJourneyFile | ProposalGone:
        """Keep a proposal as the draft of its journey, unless its draft is another one than was shown."""
        now = self._clock.now()

        def write(tx: Connection) -> JourneyDraftKept | JourneyChangedMeanwhile | RefusedJourneyFile | ProposalGone:
            stored = _find_proposal(tx, viewer, view_id)
            if stored is None or not stored.data["source"]:
                return ProposalGone()
            try:
                return _keep(tx, viewer, stored, now)
            except JourneyError as error:
                return RefusedJourneyFile(error.mistakes)

        return await self._db.write(write)

    async def discard_draft(self, viewer: MapViewer, view_id: int) -> JourneyDraftDiscarded | ProposalGone:
        """Drop the draft that was shown, if its journey has it still."""
        now = self._clock.now()

        def write(tx: Connection) -> JourneyDraftDiscarded | ProposalGone:
            stored = _find_proposal(tx, viewer, view_id)
            draft = journey_drafts.find_by_key(tx, stored.data["key"]) if stored is not None else None
            if stored is None or draft is None or draft.source != stored.data["source"]:
                return ProposalGone()
            journey = _read_proposed(stored)
            discard_draft(tx, journey.key, viewer.in_audit, now)
            return JourneyDraftDiscarded(journey.title.in_language(viewer.language), view_id)

        return await self._db.write(write)

    async def roll_back(
        self, viewer: MapViewer, view_id: int
    ) -> JourneyApplied | ShownProposal | RefusedJourneyFile | ProposalGone:
        """Put the version into force again that was in force before this proposal was applied.

        It is shown first where another version came into force since, or where something deserves a second look.
        """
        now = self._clock.now()

        def write(tx: Connection) -> JourneyApplied | ShownProposal | RefusedJourneyFile | ProposalGone:
            stored = _find_proposal(tx, viewer, view_id)
            if stored is None or not stored.data["applied"]:
                return ProposalGone()
            if stored.data.get("rolled_back"):
                return _settled_outcome(views.find(tx, stored.data["rolled_back"], viewer.chat, ViewKind.PROPOSAL))
            try:
                return _roll_back(tx, viewer, stored, now)
            except JourneyError as error:
                return RefusedJourneyFile(error.mistakes)

        return await self._db.write(write)


# ---- showing ---------------------------------------------------------------------------------------------------------


def show_file(
    tx: Connection, viewer: MapViewer, journey: Journey, source: str, file_name: str, now: datetime
) -> ShownProposal:
    """Compare a file, and store it for its buttons unless it changes nothing and is no draft. Raises JourneyError."""
    proposal, draft = make_proposal(tx, journey, file_name), _find_draft(tx, journey.key, source)
    if proposal.difference.is_empty and (draft is None or not draft.is_this):
        return ShownProposal(proposal, None)
    data = _proposal_data(proposal, source, file_name, draft)
    return ShownProposal(proposal, views.insert_view(tx, ViewKind.PROPOSAL, viewer.chat, data, now), draft)


def show_roll_back(tx: Connection, viewer: MapViewer, found: RollBack, now: datetime) -> ShownProposal:
    """Store an earlier version for the buttons that put it into force again."""
    proposal = found.proposal
    if proposal.difference.is_empty:
        return ShownProposal(proposal, None, restores=found.version)
    name = f"{proposal.journey.key} (version {found.version})"
    data = _proposal_data(proposal, found.source, name, None) | {"restores": found.version}
    view_id = views.insert_view(tx, ViewKind.PROPOSAL, viewer.chat, data, now)
    return ShownProposal(proposal, view_id, None, found.version, found.hidden)


def _proposal_data(proposal: JourneyProposal, source: str, file_name: str, draft: KeptDraft | None) -> dict[str, Any]:
    return {
        "source": source,
        "file": file_name,
        "key": proposal.journey.key,
        "version": proposal.version,
        "draft": draft.saved_at.isoformat() if draft is not None else "",
        "applied": 0,
    }


def _find_draft(tx: Connection, key: str, source: str) -> KeptDraft | None:
    draft = journey_drafts.find_by_key(tx, key)
    if draft is None:
        return None
    author = find_authors(tx, [draft.saved_by])[draft.saved_by]
    return KeptDraft(author, draft.saved_at, draft.source == source)


def _find_proposal(tx: Connection, viewer: MapViewer, view_id: int) -> StoredView | None:
    """Return a proposal and lock it; None for one of another chat, or of a journey that is not theirs any more."""
    stored = views.find(tx, view_id, viewer.chat, ViewKind.PROPOSAL, for_update=True)
    return stored if stored is not None and viewer.may_see(stored.data["key"]) else None


def _read_proposed(stored: StoredView) -> Journey:
    """Read the file of a proposal; it has no mistakes, as it was read before."""
    data = stored.data
    if restores := data.get("restores"):  # a version of before may be one that a new file could not be
        return parse_version(data["key"], restores, data["source"])
    return read_journey(data["source"], data["file"])


# ---- buttons ---------------------------------------------------------------------------------------------------------


def _apply(
    tx: Connection, viewer: MapViewer, stored: StoredView, now: datetime
) -> JourneyApplied | JourneyChangedMeanwhile:
    data, journey = stored.data, _read_proposed(stored)
    journeys.lock(tx, journey.key)
    proposal, restores = make_proposal(tx, journey, data["file"]), data.get("restores")
    if proposal.version != data["version"]:
        views.update_view(tx, stored.id, {**data, "version": proposal.version}, now)
        draft = None if restores else _find_draft(tx, journey.key, data["source"])
        return JourneyChangedMeanwhile(ShownProposal(proposal, stored.id, draft, restores))
    actor, source = viewer.in_audit, data["source"]
    version = put_into_force(tx, journey, source, now=now, actor=actor, restores=restores)
    title = journey.title.in_language(viewer.language)
    applied = {**data, "source": "", "applied": version, "before": proposal.version, "title": title}
    views.update_view(tx, stored.id, applied, now)
    return JourneyApplied(title, version, False, restores, stored.id, proposal.version or None)


def _settled_outcome(view: StoredView | None) -> JourneyApplied | ProposalGone:
    """Return the outcome of a proposal that was applied or discarded before."""
    if view is None or not view.data["applied"]:
        return ProposalGone()
    data = view.data
    before = data.get("before") or None  # proposals of an earlier Tropa do not know it
    return JourneyApplied(data["title"], data["applied"], True, data.get("restores"), view.id, before)


def _keep(
    tx: Connection, viewer: MapViewer, stored: StoredView, now: datetime
) -> JourneyDraftKept | JourneyChangedMeanwhile:
    data, journey = stored.data, _read_proposed(stored)
    journeys.lock(tx, journey.key)
    proposal, draft = make_proposal(tx, journey, data["file"]), _find_draft(tx, journey.key, data["source"])
    shown_at = draft.saved_at.isoformat() if draft is not None else ""
    if draft is not None and not draft.is_this and shown_at != data.get("draft"):
        views.update_view(tx, stored.id, {**data, "draft": shown_at}, now)
        return JourneyChangedMeanwhile(ShownProposal(proposal, stored.id, draft))
    before = keep_draft(tx, journey, data["source"], viewer.in_audit, now)
    replaced = None
    if before is not None:
        other = read_journey(before.source, data["file"], is_stored=True)
        replaced = show_file(tx, viewer, other, before.source, data["file"], now).view_id
    return JourneyDraftKept(journey.title.in_language(viewer.language), stored.id, replaced)


def _roll_back(
    tx: Connection, viewer: MapViewer, stored: StoredView, now: datetime
) -> JourneyApplied | ShownProposal | ProposalGone:
    key, applied = stored.data["key"], stored.data["applied"]
    journeys.lock(tx, key)
    found = make_roll_back(tx, key, stored.data.get("before", 0))
    if found is None:
        return ProposalGone()
    shown = show_roll_back(tx, viewer, found, now)
    if shown.view_id is None or shown.needs_a_look or found.proposal.version != applied:
        return shown
    new = views.find(tx, shown.view_id, viewer.chat, ViewKind.PROPOSAL)
    assert new is not None  # it was stored just now
    outcome = _apply(tx, viewer, new, now)
    assert isinstance(outcome, JourneyApplied)  # nobody changes the journey before the end of this transaction
    views.update_view(tx, stored.id, {**stored.data, "rolled_back": new.id}, now)
    return outcome
