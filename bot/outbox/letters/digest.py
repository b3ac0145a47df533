"""The weekly digest of one journey: the map as a picture with the digest under it, rendered when it leaves.

Invariants:

* A digest is two letters. What does not fit under the picture follows in the second, which is dropped when nothing is
  left to say, or when the first one surely did not arrive.
* Picture, caption and second letter are cut from one report. The second letter makes its own only after a restart, or
  after `MOST_REPORTS` other digests.
* A picture that cannot be drawn stops no words.
* A digest that may not have arrived is never sent again by itself: its team gets a notice with a button. One that
  could not be delivered is reported to the managers.
"""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.db.cases.case_routing import CaseReader, CaseRouting
from bot.db.delivery import letters, saved_views
from bot.db.delivery.letters import Letter, LetterPriority, NewLetter
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.messages.callbacks import Action, DigestVerb, MapVerb
from bot.messages.limits import MessengerLimits
from bot.messages.message import Button, Message, Upload
from bot.outbox.kinds import LetterDropped, LetterName, LetterOutcome
from bot.outbox.letters.digest_words import DigestReport, digest_text, list_writers
from bot.outbox.letters.notice import DIGEST_LOST, DIGEST_UNSURE
from cjm.errors import TropaError
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_view import MapView, drop_missing_choices
from cjm.journeys.journey import Journey

log = logging.getLogger(__name__)
FIRST_PART, REST_PART = "first", "rest"  # the picture with its caption; what did not fit under it
ARRIVED = (LetterState.SENT, LetterState.UNKNOWN)
MOST_REPORTS = 64  # in memory, between the two letters of a digest


class DigestMaker(Protocol):
    """Port to the use case that composes a digest; ``last`` is the last day of its week."""

    async def __call__(
        self,
        key: str,
        language: str | None = None,
        *,
        last: date | None = None,
        now: datetime | None = None,
        segment: str | None = None,
        channel: str | None = None,
    ) -> DigestReport: ...


class DigestLetter:
    """Kind of letter.

    ``data``: ``team``, ``journey``, ``language``, ``at`` (when it fell due), ``part`` (`FIRST_PART` or `REST_PART`),
    ``first`` (the first part's key) and ``view`` (the id of the kept view that its buttons open).
    """

    name = LetterName.DIGEST
    is_repeated = False  # its team decides, by a button

    def __init__(
        self,
        db: Database,
        make: DigestMaker,
        draw: Callable[[JourneyMap], Awaitable[Upload]],
        routing: CaseRouting,
        limits: MessengerLimits,
    ) -> None:
        self._db, self._make, self._draw, self._routing, self._limits = db, make, draw, routing, limits
        self._reports: OrderedDict[str, DigestReport] = OrderedDict()  # by the first letter's key

    async def write(self, letter: Letter) -> Message | LetterDropped:
        journey, first = await self._db.read(lambda tx: _read_facts(tx, letter))
        if journey is None:
            return LetterDropped("the journey is gone")
        if letter.data["part"] != FIRST_PART and (first is None or first.state not in ARRIVED):
            return LetterDropped("the first part did not arrive")
        report = await self._find_report(letter, journey)
        if letter.data["part"] == FIRST_PART:
            return await self._render_first_part(letter, report)
        _, rest = digest_text(report).split_to_fit(self._limits.caption_units)
        if not len(rest):
            return LetterDropped("all was said in the first")
        return Message(rest, thread=letter.thread, silent=True)

    async def _find_report(self, letter: Letter, journey: Journey) -> DigestReport:
        """Return the report of both letters, so that the second goes on where the caption of the first ends."""
        key = letter.data["first"]
        if letter.data["part"] == FIRST_PART or key not in self._reports:
            at, language = datetime.fromisoformat(letter.data["at"]), letter.data["language"]
            self._reports[key] = await self._make_report(letter, journey, at, language)
            if len(self._reports) > MOST_REPORTS:
                self._reports.popitem(last=False)
        return self._reports[key]

    async def _make_report(self, letter: Letter, journey: Journey, at: datetime, language: str) -> DigestReport:
        """Make the digest, with the view that the team saved for it if it has one."""
        last = last_whole_day(at, journey)
        used = await self._db.read(lambda tx: saved_views.find_for_digest(tx, letter.to, journey.key))
        if used is None:
            return await self._make(journey.key, language, last=last, now=at)
        view = MapView.of(used.data)
        kept = drop_missing_choices(view, journey)
        narrowed = {"segment": kept.segment, "channel": kept.channel}
        report = await self._make(journey.key, language, last=last, now=at, **narrowed)
        return replace(report, view_name=used.name, lost_segment=view.segment != kept.segment)

    async def _render_first_part(self, letter: Letter, report: DigestReport) -> Message:
        caption, _ = digest_text(report).split_to_fit(self._limits.caption_units)
        buttons = digest_buttons(report, letter.data["view"])
        picture = await self._draw_map(report.map)
        quotes = list_writers(report.map) if picture is not None else None
        return Message(caption, buttons, picture, thread=letter.thread, quotes=quotes)

    async def _draw_map(self, journey_map: JourneyMap) -> Upload | None:
        """Return the map's picture, or None: without it the words still go."""
        try:
            return await self._draw(journey_map)
        except TropaError as error:
            log.warning("digest without its picture", extra={"error": str(error)})
            return None

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        if letter.data["part"] != FIRST_PART:
            return
        if outcome.state is LetterState.UNKNOWN:
            # The chat that may have seen the digest decides whether it wants it once more.
            here = CaseReader("", letter.to, letter.thread, letter.data["language"], "UTC")
            _post_notice(tx, letter, here, DIGEST_UNSURE, outcome.at)
        elif outcome.state in (LetterState.UNREACHABLE, LetterState.REJECTED):
            for reader in self._routing.list_managers(tx, letter.data["journey"]):
                _post_notice(tx, letter, reader, DIGEST_LOST, outcome.at)


def last_whole_day(at: datetime, journey: Journey) -> date:
    """Return the last whole day before a digest falls due, in the journey's zone."""
    return at.astimezone(journey.zone).date() - timedelta(days=1)


def digest_buttons(report: DigestReport, view: int) -> tuple[tuple[Button, ...], ...]:
    """Return a way to the map, and to the open cases where there are any."""
    words, waiting = report.words, report.cases.waiting
    buttons = [Button(words("digest.button.map"), Action.of(DigestVerb.OPEN_MAP, view))]
    if waiting:
        buttons.append(Button(words("digest.button.cases", n=waiting), Action.of(MapVerb.CASES, view)))
    return (tuple(buttons),)


def _read_facts(tx: Connection, letter: Letter) -> tuple[Journey | None, Letter | None]:
    return journeys.find_current(tx, letter.data["journey"]), letters.find_by_key(tx, letter.data["first"])


def _post_notice(tx: Connection, letter: Letter, reader: CaseReader, what: str, now: datetime) -> None:
    data = {key: letter.data[key] for key in ("team", "journey", "view")}
    new = NewLetter(
        key=f"{what}:{letter.key}:{letter.attempts}:{reader.address}",
        to=reader.address,
        kind=LetterName.NOTICE,
        priority=LetterPriority.ALERT,
        due_at=now,
        data=data | {"what": what, "language": reader.language},
        thread=reader.thread,
    )
    letters.post(tx, new, now)
