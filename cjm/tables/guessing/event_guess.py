"""Guess the events of a log, and the order in which customers go through them.

An event's place is the median of its positions in the walks: of each walk (a passage, else a customer) the events are
counted in the order of their first times, from 0. Walks that left something out move single positions, and the median
little. Events with the same place share a stage.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from statistics import median_low

from cjm.tables.cell import CellError
from cjm.tables.cells.labels import fold_label
from cjm.tables.guessing.column_roles import MOST_IN_A_NAME, ColumnRoles, list_time_columns
from cjm.tables.guessing.findings import Certainty, ColumnFinding
from cjm.tables.guessing.header_words import has_short_name
from cjm.tables.guessing.table_sample import SampleColumn
from cjm.tables.guessing.time_guess import TimeGuess
from cjm.tables.headers.plain_words import plain_words, strip_decoration
from cjm.tables.times.time_format import make_form

MOST_STAGES, MOST_IN_A_STAGE = 12, 15  # of a journey
MOST_PLACES = MOST_STAGES * MOST_IN_A_STAGE
_LEAST_REPEATED = 1.5  # rows for each different event
_MOST_IN_A_TITLE = 120  # characters


@dataclass(frozen=True, slots=True)
class EventPlace:
    """Kind of event that becomes a touchpoint: its ``label`` in the table, and its median ``position`` in the walks.

    ``stage`` is what a column of stages says about it, "" without one.
    """

    label: str
    title: str
    position: int = 0
    stage: str = ""


@dataclass(slots=True)
class EventGuess:
    """Columns of events: one ``column`` of what happened (long), or a column of times for each (``time_columns``).

    ``places`` are in the order of the walks.
    """

    places: Sequence[EventPlace]
    column: SampleColumn | None = None
    stage: SampleColumn | None = None
    passage: SampleColumn | None = None
    lost_reason: SampleColumn | None = None
    time_columns: Mapping[str, tuple[SampleColumn, TimeGuess]] = field(default_factory=dict)

    def group_stages(self) -> list[tuple[str, list[EventPlace]]]:
        """Return the stages with their touchpoints: a stage's title, "" where the table says none."""
        if self.stage is not None:
            titles = dict.fromkeys(place.stage for place in self.places)
            stages = [(title, [place for place in self.places if place.stage == title]) for title in titles]
        else:
            stages = [("", list(places)) for _, places in groupby(self.places, key=lambda place: place.position)]
        parted = [
            (title, places[start : start + MOST_IN_A_STAGE])
            for title, places in stages
            for start in range(0, len(places), MOST_IN_A_STAGE)
        ]
        return parted if len(parted) <= MOST_STAGES else self._join_stages()

    def _join_stages(self) -> list[tuple[str, list[EventPlace]]]:
        size = -(-len(self.places) // MOST_STAGES)
        return [("", list(self.places[start : start + size])) for start in range(0, len(self.places), size)]


def guess_events(roles: ColumnRoles, now: datetime) -> EventGuess | None:
    """Return the events of a table, or None where it holds none. Their columns leave the rest of ``roles``."""
    if roles.customer is None:
        return None
    if roles.time is not None and (column := _find_event_column(roles)) is not None:
        return _guess_long(roles, column)
    return _guess_wide(roles, now)


def _find_event_column(roles: ColumnRoles) -> SampleColumn | None:
    named = [c for c in roles.rest if has_short_name(c.names, "event")]
    named += [c for c in roles.rest if has_short_name(c.names, "stage") and c not in named]
    return next((column for column in named if _may_name_events(column)), None)


def _may_name_events(column: SampleColumn) -> bool:
    labels = column.counts
    return (
        len(labels) >= 2
        and len(column.filled_cells) >= _LEAST_REPEATED * len(labels)
        and all(len(label) <= _MOST_IN_A_TITLE and label.isprintable() and plain_words(label) for label in labels)
    )


# ---- one event a row


def _guess_long(roles: ColumnRoles, column: SampleColumn) -> EventGuess:
    roles.take(column, "touchpoint", f"what happened: {len(column.counts)} kinds of events")
    guess = EventGuess([], column)
    guess.passage = _take_first(roles, "passage", "the walk that an event belongs to")
    guess.lost_reason = _take_first(roles, "lost_reason", "why a walk ended")
    guess.stage = next((c for c in roles.rest if has_short_name(c.names, "stage") and _may_name_events(c)), None)
    if guess.stage is not None:
        roles.take(guess.stage, "", "stages of the journey draft; events name their touchpoint")
    labels = Counter(map(fold_label, column.filled_cells))
    kept = {label for label, _ in labels.most_common(MOST_PLACES)}
    if len(kept) < len(labels):
        reason = f"{len(labels) - len(kept)} rare kinds of events have no place in a journey: they will be refused"
        roles.findings.append(ColumnFinding(column.shown_name, "touchpoint", reason, Certainty.UNSURE))
    guess.places = _order_places(roles, guess, kept)
    return guess


def _take_first(roles: ColumnRoles, role: str, reason: str) -> SampleColumn | None:
    for column in [c for c in roles.rest if has_short_name(c.names, role)]:
        if all(len(cell) <= MOST_IN_A_NAME and cell.isprintable() for cell in column.filled_cells):
            roles.take(column, role, reason, is_sure=False)
            return column
    return None


def _order_places(roles: ColumnRoles, guess: EventGuess, kept: set[str]) -> list[EventPlace]:
    assert guess.column is not None
    positions = _find_positions(_list_walks(roles, guess))
    stages, first = _find_stages(guess), dict[str, str]()
    for cell in guess.column.filled_cells:  # labels that differ only in case and white space are one event
        first.setdefault(fold_label(cell), cell)
    places = [
        EventPlace(cell, strip_decoration(cell), positions.get(label, 0), stages.get(label, ""))
        for label, cell in first.items()
        if label in kept
    ]
    ordered = sorted(places, key=lambda place: place.position)
    if guess.stage is None:
        return ordered
    number = {stage: n for n, stage in enumerate(dict.fromkeys(place.stage for place in ordered))}
    return sorted(ordered, key=lambda place: number[place.stage])


def _find_stages(guess: EventGuess) -> dict[str, str]:
    """Return the stage that most rows of an event name, by the event's label."""
    if guess.stage is None or guess.column is None:
        return {}
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for label, stage in zip(guess.column.cells, guess.stage.cells, strict=True):
        counts[fold_label(label)][stage] += 1
    return {label: stages.most_common(1)[0][0] for label, stages in counts.items()}


def _list_walks(roles: ColumnRoles, guess: EventGuess) -> Iterable[Sequence[str]]:
    """Yield the labels of each walk in the order of their first times."""
    assert roles.customer is not None
    assert guess.column is not None
    walkers = (guess.passage or roles.customer).cells
    times = _read_walls(roles)
    firsts: defaultdict[str, dict[str, tuple[datetime, int]]] = defaultdict(dict)
    for row, (walker, cell) in enumerate(zip(walkers, guess.column.cells, strict=True)):
        label = fold_label(cell)
        if walker and label and (at := times[row]) is not None:
            found = firsts[walker].setdefault(label, (at, row))
            if (at, row) < found:
                firsts[walker][label] = (at, row)
    for labels in firsts.values():
        yield sorted(labels, key=lambda label: labels[label])


def _read_walls(roles: ColumnRoles) -> list[datetime | None]:
    """Return the times of the rows as clocks show them: their order is all that counts here."""
    assert roles.time is not None
    form = make_form(roles.time.format, is_joined=len(roles.at) > 1)
    cells = [" ".join(filter(None, parts)) for parts in zip(*(column.cells for column in roles.at), strict=True)]
    walls = list[datetime | None]()
    for cell in cells:
        try:
            walls.append(form.parse(cell).wall)
        except CellError:
            walls.append(None)
    return walls


def _find_positions(walks: Iterable[Sequence[str]]) -> dict[str, int]:
    positions: defaultdict[str, list[int]] = defaultdict(list)
    for walk in walks:
        for position, label in enumerate(walk):
            positions[label].append(position)
    return {label: median_low(found) for label, found in positions.items()}


# ---- a column of times for each event


def _guess_wide(roles: ColumnRoles, now: datetime) -> EventGuess | None:
    """Return the events of a table with several columns of times, the one of `ColumnRoles.at` among them."""
    found = dict[int, tuple[SampleColumn, TimeGuess]]()
    if roles.time is not None and len(roles.at) == 1:
        found[roles.at[0].place] = (roles.at[0], roles.time)
    found |= {column.place: (column, guess) for column, guess in list_time_columns(roles, now)}
    if len(found) < 2 or len(found) > MOST_PLACES or not all(column.title for column, _ in found.values()):
        return None
    at_columns = {column.shown_name for column in roles.at}
    roles.findings = [f for f in roles.findings if not (f.taken_for == "at" and f.column in at_columns)]
    for column, _ in found.values():
        if column not in roles.rest:
            roles.rest.append(column)
        roles.take(column, "touchpoints", "times of visits")
    roles.at, roles.time = (), None
    ordered = [found[place] for place in sorted(found)]
    places = [EventPlace(column.title, column.title[:_MOST_IN_A_TITLE], n) for n, (column, _) in enumerate(ordered)]
    passage = _take_first(roles, "passage", "the walk that the visits belong to")
    return EventGuess(places, passage=passage, time_columns=dict(zip((p.label for p in places), ordered, strict=True)))
