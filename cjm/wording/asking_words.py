"""Words about the asking: outcomes, hours, who was heard. The same in the chat, on the picture and for `--describe`."""

from collections.abc import Iterator

from cjm.figures.asking.asking_outcome import AskingOutcome
from cjm.figures.asking.reach import HeardReport, Reach, UnlikeShare
from cjm.figures.findings.asking.report import AskingReport, AskingTally
from cjm.figures.journey_map import Silence
from cjm.wording.count_words import round_estimate
from cjm.wording.words import FigureWords


def tally_text(tally: AskingTally, rate: float | None, words: FigureWords) -> str:
    """Return "120 asked, 64% answered, 5 still open"; ``rate`` is the share that answered, None for none to tell."""
    parts = [words("map.invitations", n=tally.question_count)]
    if rate is not None:
        parts.append(words("map.response", share=words.percent(rate)))
    if tally.young:
        parts.append(words("map.still_open", count=words.number(tally.young)))
    return ", ".join(parts)


def outcome_texts(tally: AskingTally, words: FigureWords) -> list[str]:
    """Return ["answered: 68", "no answer: 31"] for each outcome that occurred."""
    found = [(outcome, tally.count(outcome)) for outcome in AskingOutcome]
    return [f"{words(f'asked.outcome.{outcome}')}: {words.number(n)}" for outcome, n in found if n]


def hour_text(hour: int) -> str:
    """Return an hour of the clock: "18:00"."""
    return f"{hour:02d}:00"


def best_hour_text(report: AskingReport, words: FigureWords) -> str:
    """Return at which hour people answer most often, or that no hour is clearly better; empty without any hours."""
    if not any(tally.over for tally in report.hours.values()):
        return ""
    best = report.best_hour
    if best is None:
        return words("asked.best_hour.none")
    rest = [tally for hour, tally in report.hours.items() if hour != best]
    others = sum(tally.replies for tally in rest) / sum(tally.over for tally in rest)
    share = words.percent(report.hours[best].response_rate or 0.0)
    span = {"first": hour_text(best), "last": hour_text((best + 1) % 24)}
    return words("asked.best_hour", **span, share=share, others=words.percent(others))


def heard_text(heard: HeardReport, words: FigureWords) -> str:
    """Return how many of the visitors answered, were asked and did not, or were not asked; empty without visitors."""
    if not heard.visitors:
        return ""
    count = words.number(heard.visitors)
    visitors = words("asked.heard.sample" if heard.is_sample else "asked.heard.visitors", count=count)
    if heard.groups.get(Reach.ASKED):
        asked = words("asked.heard.asked", share=words.percent(heard.share(Reach.ASKED)))
        return f"{visitors} {asked}"
    shares = {name: heard.share(reach) for name, reach in (("heard", Reach.HEARD), ("silent", Reach.SILENT))}
    others = 1.0 - sum(shares.values())
    texts = {name: words.percent(share) for name, share in (shares | {"others": others}).items()}
    return f"{visitors} {words('asked.heard.shares', **texts)}"


def reach_texts(heard: HeardReport, words: FigureWords) -> Iterator[str]:
    """Yield "has no chat with the bot: 12% (38)" for each group of visitors, in the order of `Reach`."""
    for reach in Reach:
        if n := heard.groups.get(reach, 0):
            count = words.number(round_estimate(n) if heard.is_sample else n)
            yield f"{words(f'asked.reach.{reach}')}: {words.percent(heard.share(reach))} ({count})"


def list_reasons(heard: HeardReport, words: FigureWords) -> list[str]:
    """Return why visitors were not asked, the most frequent reason first: "no chat with the bot: 12%"."""
    asked = (Reach.HEARD, Reach.SILENT, Reach.ASKED)
    groups = sorted((-n, reach) for reach, n in heard.groups.items() if n and reach not in asked)
    return [f"{words(f'asked.reach.{reach}')}: {words.percent(heard.share(reach))}" for _, reach in groups]


def unlike_text(unlike: UnlikeShare, words: FigureWords) -> str:
    """Return a warning: "New customers: 62% of the visitors, 31% of those who answered. The figures say less …"."""
    side = "more" if unlike.is_more else "less"
    there = words.percent(unlike.of_visitors)
    if unlike.of_heard is None:
        return words(f"asked.unlike.{side}.few", title=unlike.title, there=there)
    heard = words.percent(unlike.of_heard)
    return words(f"asked.unlike.{side}", title=unlike.title, there=there, heard=heard)


def silence_text(silence: Silence, words: FigureWords) -> str:
    """Return "Asked: 41 · answered: 25 · declined: 3 · no answer: 9" of a stage; empty if nobody was asked."""
    if not silence.delivered:
        return ""
    parts = {
        "delivered": silence.delivered,
        "answered": silence.answered,
        "declined": silence.declined,
        "expired": silence.expired,
    }
    return " · ".join(
        f"{words(f'asked.silence.{name}')}: {words.number(n)}"
        for name, n in parts.items()
        if n is not None and (n or name == "delivered")
    )
