"""Channels of a stage: those that its touchpoints declare and those that visits used.

* A score respects the minimum like any other, and is withheld too where the other channels would tell the figure of a
  few people by it.
* Conversion counts walks by the channel at which they entered; it tells no answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from cjm.figures.map_parts.stage_facts import ChannelUse
from cjm.figures.people import PeopleSums
from cjm.figures.score import RecallShare, Score, Thresholds, Verdict, score_of_people, withhold_score
from cjm.figures.walks.stage_flow import conversion_score
from cjm.journeys.journey import Stage
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.scales import Scale


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """Facts about a channel of a stage in the period.

    ``people`` gave ``answers`` on the headline scale, ``recalled`` of them from memory; ``is_hidden`` withholds their
    score. Of the walks that entered here, ``over`` have no more time to go on, and ``went_on`` of these did so.
    """

    visits: int = 0
    complaints: int = 0
    people: PeopleSums | None = None
    answers: int = 0
    recalled: int = 0
    is_hidden: bool = False
    over: int = 0
    went_on: int = 0


NOT_USED = ChannelFigures()


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """Headline scale, thresholds, the channel that the map is narrowed to, and whether walks can go on from a stage."""

    scale: Scale
    thresholds: Thresholds
    channel: str | None
    has_next: bool


def list_channel_uses(stage: Stage, found: Mapping[str, ChannelFigures], rules: ChannelRules) -> tuple[ChannelUse, ...]:
    """Return the channels of a stage, the most used first; one that is declared and was not used has no visits.

    One that only complaints name is left out: the stage's own count has them.
    """
    declared = set(_list_declared(stage, rules.channel))
    uses = [_channel_use(key, found.get(key, NOT_USED), rules) for key in declared | found.keys()]
    shown = [use for use in uses if use.is_used or use.channel in declared]
    return tuple(sorted(shown, key=lambda use: (-use.visits, use.score is None, use.channel)))


def _list_declared(stage: Stage, channel: str | None) -> Iterator[str]:
    """Yield the channels of live touchpoints; on a map of one channel nothing is known of the others.

    A touchpoint without a channel is at "other", which nobody can fail to use.
    """
    for point in stage.touchpoints:
        is_named = point.status is TouchpointStatus.LIVE and point.channel != "other"
        if is_named and channel in (None, point.channel):
            yield point.channel


def _channel_use(key: str, found: ChannelFigures, rules: ChannelRules) -> ChannelUse:
    conversion = None
    if rules.has_next and found.over:
        conversion = conversion_score(found.over, found.went_on, **rules.thresholds._asdict())
    return ChannelUse(key, found.visits, found.complaints, _channel_score(found, rules), conversion)


def _channel_score(found: ChannelFigures, rules: ChannelRules) -> Score | None:
    if found.people is None or found.people.sums.n <= 0:
        return None
    answers = max(found.answers, found.people.sums.n)
    score = score_of_people(rules.scale, found.people, answers, None, **rules.thresholds._asdict())
    if found.is_hidden:
        return withhold_score(score)
    if score.verdict is Verdict.WITHHELD or found.recalled <= 0:
        return score
    return replace(score, recalled=RecallShare.ALL if found.recalled >= answers else RecallShare.PARTLY)
