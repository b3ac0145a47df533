"""A digest in words: what is best and weakest, what really changed, cases, replies, and one thing to do next.

Only what the digest found is said to have changed; nothing found is "no change beyond noise", and nothing tested is
"too early to tell". The words say the same under the picture, in the chat and on the command line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.messages.message import Prose, bold, join_lines, plain
from bot.texts import Words, words_in
from cjm.figures.comparisons import SignificantChange
from cjm.figures.digest import Digest
from cjm.figures.journey_map import ChangeDirection, JourneyMap, Period
from cjm.figures.next_step import NextStep, NextStepKind
from cjm.scales import Scale

MOST_CHANGES = 4
MIXED = 0.03  # of the scale


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """Complaints and questions: ``opened`` and ``closed`` in the week, ``waiting`` now, the oldest for ``oldest``."""

    opened: int
    closed: int
    waiting: int
    oldest: timedelta


@dataclass(frozen=True, slots=True)
class DigestReport:
    """One journey's digest: the map of 28 days, the week that was tested, and what was found."""

    map: JourneyMap
    week: Period
    digest: Digest
    cases: CaseFigures

    @property
    def words(self) -> Words:
        return words_in(self.map.language)


def digest_text(report: DigestReport) -> Prose:
    """The whole digest."""
    return join_lines([_head(report), *_sections(report)], "\n\n")


def _head(report: DigestReport) -> Prose:
    words, period = report.words, report.map.period
    title = words("digest.title", title=report.map.title, days=words.days(report.week.first, report.week.last))
    about = words("digest.about", days=words.days(period.first, period.last))
    return join_lines([bold(title), plain(f"{about} · {_answers_count(report)}")])


def _answers_count(report: DigestReport) -> str:
    words, totals = report.words, report.map.totals
    return words("digest.answers", n=totals.answers)


def _sections(report: DigestReport) -> Iterator[Prose | str]:
    words, found, totals = report.words, report.digest, report.map.totals
    yield join_lines(_extremes(report))
    if not (totals.visits or totals.answers):
        yield _cases_line(report) if report.cases.waiting else ""
        return  # the note above says what to do first
    yield join_lines([*_change_lines(report)])
    yield join_lines([_cases_line(report), _response_line(report)])
    yield bold(words("digest.next")) + " " + next_step_text(found.next_step, words)


def _extremes(report: DigestReport) -> Iterator[str]:
    words, scale, found = report.words, report.map.scale, report.digest
    for key, standing in (("digest.best", found.best), ("digest.worst", found.worst)):
        if standing is not None:
            people = words("digest.people", n=standing.n)
            yield words(key, title=standing.title, figure=figure_text(scale, standing.value, words), of=people)
    point = found.worst_touchpoint
    if found.worst is not None and point is not None:
        answers = words("digest.answers", n=point.n)
        yield words(
            "digest.worst_touchpoint", title=point.title, figure=figure_text(scale, point.value, words), of=answers
        )
    if found.best is None:
        yield from report.map.notes or [words("digest.not_enough")]


def figure_text(scale: Scale, value: float, words: Words) -> str:
    """A headline figure with what it is: "84% satisfied", "mood +0.4", "NPS −12"."""
    return words(f"digest.figure.{scale}", value=figure_number(scale, value, words))


def figure_number(scale: Scale, value: float, words: Words) -> str:
    spec = scale.spec
    if spec.is_percent:
        return words.percent(value / 100)
    return signed_number(value, spec.decimals, words) if spec.is_signed else words.number(value, spec.decimals)


def signed_number(value: float, digits: int, words: Words) -> str:
    text = words.number(value, digits)
    return f"+{text}" if round(value, digits) > 0 else text


def _change_lines(report: DigestReport) -> Iterator[Prose | str]:
    words, found = report.words, report.digest
    if not found.tested:
        yield plain(words("digest.too_early"))
        return
    if found.is_steady:
        yield plain(words("digest.steady", n=found.tested))
        return
    yield bold(words("digest.changed"))
    yield from (plain(change_text(each, words)) for each in found.changes[:MOST_CHANGES])
    more = len(found.changes) - MOST_CHANGES
    if more > 0:
        yield plain(words("digest.more_changes", n=more))


def change_text(found: SignificantChange, words: Words) -> str:
    """ "↓ Paying: 41% satisfied, 17 points down (between 25 and 9); 64 answers, 58% before" """
    key = "digest.change.better" if found.change.direction is ChangeDirection.BETTER else "digest.change.worse"
    if _has_mix_changed(found):
        key += ".mixed"
    low, high = found.change.low, found.change.high
    if found.change.points is None or low is None or high is None:
        raise ValueError("a found change has its points and their interval")
    digits = found.scale.spec.decimals
    return words(
        key,
        title=found.title,
        figure=figure_text(found.scale, found.now, words),
        before=figure_number(found.scale, found.before, words),
        points=points_text(found.scale, found.change.points, words),
        low=signed_number(low, digits, words),
        high=signed_number(high, digits, words),
        people=found.n,
    )


def _has_mix_changed(found: SignificantChange) -> bool:
    """Whether who was asked changed so much that the two figures alone would tell another story."""
    points = found.change.points or 0.0
    least, most = found.scale.spec.bounds
    return found.is_stage and abs(found.now - found.before - points) > MIXED * (most - least)


def points_text(scale: Scale, value: float, words: Words) -> str:
    """A difference with its sign: "−17 points"; of a mean, "−0.4"."""
    digits = scale.spec.decimals
    if digits:
        return signed_number(value, digits, words)
    unit = f"digest.points.{scale}" if words.has(f"digest.points.{scale}") else "digest.points"
    text = words(unit, n=abs(round(value)))
    return ("+" if value > 0 else "−") + text


def _cases_line(report: DigestReport) -> str:
    words, cases = report.words, report.cases
    if not (cases.opened or cases.closed or cases.waiting):
        return words("digest.cases.none")
    said = words("digest.cases", opened=cases.opened, closed=cases.closed)
    if cases.waiting:
        said += " " + words("digest.cases.waiting", n=cases.waiting, time=words.duration(cases.oldest))
    return said


def _response_line(report: DigestReport) -> str:
    words, totals = report.words, report.map.totals
    if totals.response_rate is None:  # imported answers come without invitations
        return "" if totals.answers else words("digest.response.none")
    return words("digest.response", n=totals.invitations, rate=words.percent(totals.response_rate))


def next_step_text(step: NextStep, words: Words) -> str:
    """The recommended step as a sentence."""
    values: dict[str, object] = {"title": step.title, "barrier": step.barrier}
    if step.n is not None:
        values["n"] = step.n
    if step.days is not None:
        values["time"] = words.duration(timedelta(days=step.days))
    if step.rate is not None:
        values["rate"] = words.percent(step.rate)
    if step.scale is not None and step.points is not None:
        values["points"] = points_text(step.scale, step.points, words)
    return words(f"digest.step.{step.kind}", **values)


STEPS = tuple(f"digest.step.{step}" for step in NextStepKind)
