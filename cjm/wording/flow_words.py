"""Words of the flow: who went on, and how long it took. Both count walks, which are no people."""

from cjm.figures.journey_map import StageFigures, StageTime
from cjm.figures.score import Score
from cjm.wording.words import FigureWords


def conversion_text(conversion: Score, words: FigureWords) -> str:
    """Return "71% go on, 95% range 66% to 76%, 320 walks"; empty while it is withheld."""
    if conversion.value is None or conversion.low is None or conversion.high is None:
        return ""
    share = words("map.flow.go_on", share=words.percent(conversion.value / 100))
    low, high = (words.percent(end / 100) for end in (conversion.low, conversion.high))
    interval = words("map.range", low=low, high=high)
    return f"{share}, {interval}, {words('map.walks', n=conversion.n)}"


def median_interval_text(time: StageTime, words: FigureWords) -> str:
    """Return "1 h 40 min to 2 h 30 min", "1 h 40 min or longer"; empty where it is not known."""
    if time.median_low_s is None:
        return ""
    low = words.short_duration(time.median_low_s)
    if time.median_high_s is None:
        return words("map.flow.or_longer", low=low)
    return words("map.flow.interval", low=low, high=words.short_duration(time.median_high_s))


def slowest_text(time: StageTime, words: FigureWords) -> str:
    """Return the time within which 90 % go on; or that more than a tenth of the walks are still at the stage.

    Empty where not even half of them went on: that says more.
    """
    if time.median_s is None:
        return ""
    if time.p90_s is None:
        return words("map.flow.waiting_tenth")
    return words("map.flow.p90", time=words.short_duration(time.p90_s))


def time_text(time: StageTime, words: FigureWords) -> str:
    """Return "half go on within 2 h (1 h 40 min to 2 h 30 min), 90% within 6 h, 320 walks"."""
    walks = words("map.walks", n=time.n) if time.n else ""
    if time.median_s is None:
        return ", ".join(filter(None, (words("map.flow.waiting"), walks)))
    median, interval = words.short_duration(time.median_s), median_interval_text(time, words)
    first = words("map.flow.median", time=f"{median} ({interval})" if interval else median)
    return ", ".join(filter(None, (first, slowest_text(time, words), walks)))


def support_text(stage: StageFigures, words: FigureWords, judge_from: int) -> str:
    """Return support contacts per 100 customers, or their number where too few customers make a rate misleading."""
    if not stage.support:
        return ""
    if stage.support_per_100 is None or stage.customers < judge_from:
        return words("map.support", n=stage.support)
    return f"{words.number(stage.support_per_100, 1)} {words('map.support_rate')}"


def complaints_text(stage: StageFigures, words: FigureWords, judge_from: int) -> str:
    """Return complaints per 100 visits, or their number where too few visits make a rate misleading."""
    if not stage.complaints:
        return ""
    if stage.visits < judge_from:
        return words("map.complaints", n=stage.complaints)
    return f"{words.number(100 * stage.complaints / stage.visits, 1)} {words('map.complaint_rate')}"
