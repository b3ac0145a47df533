"""Reports about the asking to draw: a bike shop written by hand."""

from dataclasses import replace

from cjm.figures.asking.asking_outcome import AskingOutcome
from cjm.figures.asking.reach import HeardReport, Reach, UnlikeShare
from cjm.figures.findings.asking.report import AskedPart, AskingReport, AskingTally
from tests.cjm.drawing.maps import bike_shop

_O = AskingOutcome


def tally(answered: int, silent: int, refused: int = 0, snoozed: int = 0, young: int = 0) -> AskingTally:
    """Return a tally with the outcomes that are not zero."""
    counts = {
        _O.ANSWERED: answered - answered // 8,
        _O.PARTLY: answered // 8,
        _O.SNOOZED: snoozed,
        _O.DECLINED: refused - refused // 3,
        _O.STOPPED: refused // 3,
        _O.SILENT: silent,
        _O.OPEN: young,
    }
    return AskingTally({outcome: n for outcome, n in counts.items() if n}, young)


HOURS = {
    9: (40, 30),
    10: (34, 29),
    11: (25, 20),
    12: (20, 20),
    13: (19, 17),
    14: (12, 10),
    17: (48, 38),
    18: (82, 12),
}
VISITORS = HeardReport(
    {
        Reach.HEARD: 166,
        Reach.SILENT: 71,
        Reach.NO_CHAT: 40,
        Reach.NO_CONSENT: 12,
        Reach.COOLDOWN: 20,
        Reach.OTHER: 9,
    },
    unlike=(UnlikeShare("new", "New customers", 0.62, 0.31, is_more=False),),
)


def bike_shop_asking(language: str = "en") -> AskingReport:
    """Five surveys, a best hour, and new customers who answer less than regulars."""
    surveys = (
        AskedPart("delivered", "Delivery day", tally(138, 96, 9, 5, 22)),
        AskedPart("paid", "Pay by link", tally(96, 31, 2, 1, 9)),
        AskedPart("advised", "Size adviser", tally(61, 74, 6, 3, 4)),
        AskedPart("returned", "Handing back a bike that did not fit, or asking for another one", tally(22, 30, 5)),
        AskedPart("club", "Club e-mail", tally(3, 1)),
    )
    shop = bike_shop()
    total = AskingTally(
        {o: sum(part.tally.count(o) for part in surveys) for o in AskingOutcome}, sum(p.tally.young for p in surveys)
    )
    return AskingReport(
        journey=shop.journey,
        title=shop.title,
        language=language,
        period=shop.period,
        as_of=shop.as_of,
        segment_title=None,
        channel=None,
        is_anonymous=False,
        total=total,
        response_rate=total.response_rate,
        surveys=surveys,
        channels=(AskedPart("courier", "courier", surveys[0].tally), AskedPart("site", "site", surveys[1].tally)),
        hours={hour: tally(*counts) for hour, counts in HOURS.items()},
        heard=VISITORS,
    )


def anonymous_asking() -> AskingReport:
    """The same shop where nobody is known: only that people were asked is told."""
    report = bike_shop_asking()
    surveys = tuple(replace(part, tally=AskingTally({_O.UNTOLD: part.tally.question_count})) for part in report.surveys)
    return replace(
        report,
        is_anonymous=True,
        total=AskingTally({_O.UNTOLD: report.total.question_count}),
        response_rate=0.5,
        surveys=surveys,
        hours={},
        heard=HeardReport({Reach.ASKED: 237, Reach.NO_CHAT: 61}),
    )
