"""Pages of a phone map: which stages stand on which, before any text is measured.

A messenger shrinks a picture that is much higher than a screen until its texts cannot be read, so a page holds fewer
stages where their texts are long. Letters are counted, not measured: who asks for the number of pages has no font.
"""

import math
from collections.abc import Sequence

from cjm.figures.journey_map import StageFigures
from cjm.figures.map_parts.targets import TargetOutcome

STAGES_A_PAGE = 6
HIGHEST = 3_700  # pixels of a page with titles of up to 60 letters
AROUND_ROWS = 1_230  # head, axis and legend
BARE_ROW = 190  # title, figure and evidence
LINE = 45
MISSED_LINES = 1  # that name the targets which are not met
TITLE_LETTERS, CAUSE_LETTERS = 33, 32  # in a line of a row


def split_into_pages(stages: Sequence[StageFigures]) -> list[range]:
    """Return the places of the stages on each page: spread evenly, so that the last page is not left with one."""
    count = max(1, math.ceil(len(stages) / STAGES_A_PAGE))
    while count < len(stages) and any(
        _estimate_height(stages, page) > HIGHEST for page in _divide_evenly(len(stages), count)
    ):
        count += 1
    return _divide_evenly(len(stages), count)


def _divide_evenly(stages: int, pages: int) -> list[range]:
    return [range(stages * i // pages, stages * (i + 1) // pages) for i in range(pages)]


def _estimate_height(stages: Sequence[StageFigures], page: range) -> int:
    return AROUND_ROWS + sum(_estimate_row(stages[place]) for place in page)


def _estimate_row(stage: StageFigures) -> int:
    title = math.ceil(len(stage.title) / TITLE_LETTERS) - 1
    names = [max((len(touchpoint.title) for touchpoint in stage.touchpoints), default=0)]
    names += [max((len(barrier.theme) for barrier in stage.barriers), default=0)]
    causes = sum(math.ceil(letters / CAUSE_LETTERS) for letters in names)
    quote = max((len(voice.text) for voice in stage.voices), default=0)
    missed = MISSED_LINES if any(target.outcome is TargetOutcome.MISSED for target in stage.targets) else 0
    lines = min(title, 3) + min(causes, 6) + min(math.ceil(quote / CAUSE_LETTERS), 2) + missed
    return BARE_ROW + LINE * lines
