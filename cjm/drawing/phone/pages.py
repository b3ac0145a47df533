"""Pages of a phone map: which stages stand on which, before any text is measured.

A messenger shrinks a picture that is much higher than a screen until its texts cannot be read, so a page holds fewer
stages where their texts are long. Letters are counted, not measured: who asks for the number of pages has no font.
"""

import math
from collections.abc import Sequence

from cjm.figures.journey_map import MapKind, StageFigures
from cjm.figures.map_parts.targets import TargetOutcome
from cjm.journeys.parts.touchpoint_status import TouchpointStatus

STAGES_A_PAGE = 6
HIGHEST = 3_700  # pixels of a page with titles of up to 60 letters
AROUND_ROWS = 1_230  # head, axis and legend
BARE_ROW = 190  # title, figure and evidence
LINE = 45
MISSED_LINES = 1  # that name the targets which are not met
GAP_LINES = 2  # of a target with its gap on a future map
PLAN_LINES = 1.4  # of a touchpoint that is planned or is to go: its name has a frame
OTHER_SIDE_LINES = 2  # of a difference: the other figure, and what was compared
TITLE_LETTERS, CAUSE_LETTERS = 33, 32  # in a line of a row


def split_into_pages(stages: Sequence[StageFigures], kind: MapKind = MapKind.CURRENT) -> list[range]:
    """Return the places of the stages on each page: spread evenly, so that the last page is not left with one."""
    heights = [_estimate_row(stage) + LINE * _count_kind_lines(stage, kind) for stage in stages]
    count = max(1, math.ceil(len(stages) / STAGES_A_PAGE))
    while count < len(stages) and any(
        AROUND_ROWS + sum(heights[page.start : page.stop]) > HIGHEST for page in _divide_evenly(len(stages), count)
    ):
        count += 1
    return _divide_evenly(len(stages), count)


def _divide_evenly(stages: int, pages: int) -> list[range]:
    return [range(stages * i // pages, stages * (i + 1) // pages) for i in range(pages)]


def _count_kind_lines(stage: StageFigures, kind: MapKind) -> float:
    """Return the lines that the kind of the map adds to a row."""
    if kind is MapKind.DIFFERENCE:
        return OTHER_SIDE_LINES
    if kind is not MapKind.FUTURE:
        return 0
    plans = sum(typed.status is not TouchpointStatus.LIVE for typed in stage.typed)
    return GAP_LINES * len(stage.targets) + PLAN_LINES * plans


def _estimate_row(stage: StageFigures) -> int:
    title = math.ceil(len(stage.title) / TITLE_LETTERS) - 1
    names = [max((len(touchpoint.title) for touchpoint in stage.touchpoints), default=0)]
    names += [max((len(barrier.theme) for barrier in stage.barriers), default=0)]
    causes = sum(math.ceil(letters / CAUSE_LETTERS) for letters in names)
    quote = max((len(voice.text) for voice in stage.voices), default=0)
    missed = MISSED_LINES if any(target.outcome is TargetOutcome.MISSED for target in stage.targets) else 0
    lines = min(title, 3) + min(causes, 6) + min(math.ceil(quote / CAUSE_LETTERS), 2) + missed
    return BARE_ROW + LINE * lines
