"""Changes of a team with their verdicts, and what a week brought to them."""

from dataclasses import dataclass

from cjm.cases.team_change import TeamChange
from cjm.figures.findings.comparisons import SignificantChange
from cjm.figures.journey_map import Comparison
from cjm.figures.map_parts.changes import PROVEN, ChangeVerdict, StageChange
from cjm.journeys.journey import JourneyPlace

_NOT_KNOWN = (ChangeVerdict.PLANNED, ChangeVerdict.OVERDUE, ChangeVerdict.TOO_EARLY)


@dataclass(frozen=True, slots=True)
class JudgedChange:
    """Change with its verdict on a day.

    ``place`` is None where the journey no longer has it. ``window`` are the days that the verdict compares, and
    ``result`` what the test found where there was one. ``has_overlap``: another change was made there in these days.
    """

    change: TeamChange
    place: JourneyPlace | None
    verdict: ChangeVerdict
    window: Comparison | None = None
    result: SignificantChange | None = None
    has_overlap: bool = False

    @property
    def is_known(self) -> bool:
        """True once there is a verdict. A place that the journey no longer has gets none."""
        return self.place is not None and self.verdict not in _NOT_KNOWN

    @property
    def for_map(self) -> StageChange:
        """The change as a stage of a map shows it."""
        found = self.result.change if self.result is not None and self.verdict in PROVEN else None
        return StageChange(
            title=self.change.title,
            owner=self.change.owner,
            due=self.change.due,
            verdict=self.verdict,
            points=found.points if found else None,
            low=found.low if found else None,
            high=found.high if found else None,
            place=self.place.part.key if self.place else "",
            made_on=self.change.made_on,
            has_overlap=self.has_overlap,
            is_small=found.is_small if found else False,
        )


@dataclass(frozen=True, slots=True)
class ChangeNews:
    """News of a week about the changes of a journey: verdicts that became known, and all that are overdue now."""

    known: tuple[JudgedChange, ...] = ()
    overdue: tuple[JudgedChange, ...] = ()


NO_NEWS = ChangeNews()
