"""Each kind of mistake in a journey file: one sentence, at its place, and all of them at once."""
# ruff: noqa: E501  a table of mistakes: a mistake a line

from collections.abc import Iterable

import pytest

from cjm.figures.score import Thresholds
from cjm.journeys.journey_file import read_journey
from cjm.journeys.survey import QuestionKind
from cjm.scales import Scale
from cjm.weekly import WEEKDAYS
from tests.cjm.journeys.files import changed, mistakes

KEY = "must begin with a small letter and hold only small letters, digits, - and _, at most 40 of them"
PLACES = "among the stages and touchpoints, former keys included; each needs its own"
QUESTIONS = "surveys.paid.questions"
MEASURES = """[[measures]]
key = "{}"
title = "Waiting"

[[measures]]
key = "{}"
title = "Waiting"
unit = "{}"

[[stages]]"""


def one_of(keys: Iterable[str]) -> str:
    """Return the keys as a message lists them."""
    *first, last = (f"'{key}'" for key in keys)
    return f"must be one of {', '.join(first)} or {last}"


ONE_CHANGE = [
    # a setting by itself
    ('key = "shop"', 'key = "My shop"', f"key: {KEY}"),
    ('key = "shop"', "key = 5", "key: must be text in quotes"),
    ('key = "shop"', "", "key: is missing"),
    ('key = "shop"', 'key = "shop"\nscale = "cast"', f"scale: {one_of(Scale)}; did you mean csat?"),
    ('key = "shop"', 'key = "shop"\ntimezone = "Moscow"', 'timezone: is not a time zone; did you mean "Europe/Moscow"?'),
    ('key = "shop"', 'key = "shop"\ntimezone = "../../etc"',
     'timezone: is not a time zone; write a name such as "Europe/Warsaw" or "UTC"'),
    ('key = "shop"', 'key = "shop"\nreview_on = 5', "review_on: must be a date without quotes, such as 2027-01-31"),
    ('key = "shop"', 'key = "shop"\nreview_on = 2027-01-31T10:00:00',
     "review_on: must be a date without quotes, such as 2027-01-31"),
    ('key = "shop"', 'key = "shop"\nanonymous = "no"', "anonymous: must be true or false"),
    ('key = "shop"', 'key = "shop"\njudge_from = 0', "judge_from: must be at least 1"),
    ('key = "shop"', 'key = "shop"\nanonymous = true\njudge_from = 19',
     "judge_from: must be at least 20 in an anonymous journey; or leave it out"),
    ('key = "shop"', 'key = "shop"\nwindow_days = 14.5', "window_days: must be a whole number"),
    ('key = "shop"', 'key = "shop"\npurpos = "x"', "purpos: is not a key of a journey; did you mean purpose?"),
    ('["en", "pl"]', "[]", "languages: has 0 entries but needs at least 1"),
    ('["en", "pl"]', '["en", "pl", "pl"]', 'languages[3]: "pl" is used twice among the languages; each needs its own'),
    ('["en", "pl"]', '["en", "polski"]', "languages[2]: must be two small letters, such as en"),
    ('key = "pay"\n', 'key = "pay"\nchannel = "phne"\n', ("stages.buy.touchpoints.pay.channel: is not a channel; "
     "did you mean phone?")),
    ('key = "pay"\n', 'key = "pay"\nfeels = 3\n', "stages.buy.touchpoints.pay.feels: must be at most 2"),
    ('key = "pay"\n', 'key = "pay"\ngoal = "x"\n', ("stages.buy.touchpoints.pay.goal: is not a key of a touchpoint; "
     "it belongs to a stage: write it above the [[tables]] inside")),
    ('key = "pay"\n', 'key = "pay"\n"a\\u0007\\u202eb" = 1\n', ('stages.buy.touchpoints.pay."a\\u0007\\u202eb": is not a '
     "key of a touchpoint; its keys are key, title, channel, support, owner, moment_of_truth, action, thinks, feels, "
     "frontstage, backstage, systems, responsible, status, target_people, was")),
    ('key = "pay"\n', 'key = "pay"\nstatus = "gone"\n', ("stages.buy.touchpoints.pay.status: must be one of 'live', "
     "'planned' or 'removed'")),
    ('delay = "2h"', 'delay = "2 days"',
     'surveys.paid.delay: must be a number with m, h, d or w in quotes, such as "30m", "2h" or "3d"'),
    ('delay = "2h"', "delay = false",
     'surveys.paid.delay: must be a number with m, h, d or w in quotes, such as "30m", "2h" or "3d"'),
    ('delay = "2h"', 'delay = "9000w"', "surveys.paid.delay: is too long; at most 365d is allowed"),
    ('delay = "2h"', "share = 0", "surveys.paid.share: must be more than 0"),
    ('delay = "2h"', "share = 30", "surveys.paid.share: must be at most 1"),
    ('delay = "2h"', "share = nan", "surveys.paid.share: must be a finite number, not nan or inf"),
    ('delay = "2h"', "share = true", "surveys.paid.share: must be a number"),
    ('delay = "2h"', 'weekdays = ["mon", "sunday"]', f"surveys.paid.weekdays[2]: {one_of(WEEKDAYS)}; did you mean sun?"),
    ('delay = "2h"', "weekdays = []", "surveys.paid.weekdays: has 0 entries but needs at least 1"),
    ('delay = "2h"', 'weekdays = "mon"', "surveys.paid.weekdays: must be a list, such as [ … ]"),
    ('delay = "2h"', "limits = { any_survey_days = -1 }", "surveys.paid.limits.any_survey_days: must be at least 0"),
    ('delay = "2h"', "limits = { nps_days = 1.5 }", "surveys.paid.limits.nps_days: must be a whole number"),
    ('delay = "2h"', "limits = { per_week = 2 }", ("surveys.paid.limits.per_week: is not a key of the limits of a survey; "
     "its keys are any_survey_days, same_touchpoint_days, nps_days, per_month")),
    ("at_least = 70", "at_least = -inf", "targets[1].at_least: must be a finite number, not nan or inf"),
    ('kind = "csat"', 'kind = "stars"', f"{QUESTIONS}.pay_csat.kind: {one_of(QuestionKind)}"),
    # texts
    ('pl = "Sklep"', 'pl = ""', "title.pl: is empty"),
    ('pl = "Sklep"', 'pl = "\\u200b"', "title.pl: is empty"),
    ('pl = "Sklep"', "pl = 5", "title.pl: must be text in quotes"),
    ('pl = "Sklep"', 'pl = "a\\u0007"', "title.pl: contains a control character (U+0007); remove it"),
    ('pl = "Sklep"', 'pl = "a\\u202e"', "title.pl: contains an invisible character (U+202E); remove it"),
    ('pl = "Sklep"', f'pl = "{"x" * 121}"', "title.pl: has 121 characters; at most 120 are allowed"),
    ('pl = "Sklep"', 'pl = "Sklep", deutsch = "Laden"', "title.deutsch: is not a language code; write two small letters, such as en"),
    ('{ en = "Shop", pl = "Sklep" }', "5", 'title: must be text in quotes, or a table by language such as { en = "…", ru = "…" }'),
    ('{ en = "Shop", pl = "Sklep" }', "{}", 'title: must be text in quotes, or a table by language such as { en = "…", ru = "…" }'),
    (', pl = "Sklep"', "", "title: has no text in pl"),
    # measures
    ("[[stages]]", MEASURES.format("wait", "wait", "min"),
     'measures[2].key: "wait" is used twice among the measures; each needs its own'),
    ("[[stages]]", MEASURES.format("wait", "Wait (min) ", "x" * 13),
     "measures[2].unit: has 13 characters; at most 12 are allowed"),
    ("[[stages]]", MEASURES.format("wait", "x" * 65, "min"),
     "measures[2].key: must be 1 to 64 characters on one line, as events write it"),
    # what parts owe to each other
    ('key = "ship"', 'key = "buy"', f'stages.buy.touchpoints.buy.key: "buy" is used twice {PLACES}'),
    ('was = ["send"]', 'was = ["pay"]', f'stages.buy.touchpoints.ship.was[1]: "pay" is used twice {PLACES}'),
    ('key = "pay_words"', 'key = "pay_csat"',
     f'{QUESTIONS}[3].key: "pay_csat" is used twice among the questions of the journey; each needs its own'),
    ('"dear"', '"slow"', f'{QUESTIONS}.pay_why.options[2].key: "slow" is used twice among the options; each needs its own'),
    ('["new", "old"]', '["new", " new "]',
     'attributes.class.values[2]: "new" is used twice among the values; each needs its own'),
    ('touchpoint = "pay"', 'touchpoint = "pai"',
     'surveys.paid.on.touchpoint: there is no touchpoint "pai"; did you mean "pay"?'),
    ('touchpoint = "pay"', 'touchpoint = "send"', 'surveys.paid.on.touchpoint: "send" is a former key; write "ship" instead'),
    ('touchpoint = "pay"', 'touchpoint = "xyz"',
     'surveys.paid.on.touchpoint: there is no touchpoint "xyz"; choose one of pay, ship'),
    ('touchpoint = "pay"', 'enter = "xyz"', 'surveys.paid.on.enter: there is no stage "xyz"; choose one of buy'),
    ('touchpoint = "pay"', "",
     'surveys.paid.on: needs one of touchpoint, enter, leave, dwell, exit, every_days and by_hand, such as { touchpoint = "delivery" }'),
    ('touchpoint = "pay"', 'enter = "buy", leave = "buy"',
     "surveys.paid.on: has enter and leave, but a survey has one trigger; keep one of them"),
    ('key = "pay"\n', 'key = "pay"\nstatus = "removed"\n',
     'surveys.paid.on.touchpoint: "pay" is removed; only a live touchpoint can be asked about'),
    ('delay = "2h"', 'delay = "2d"\ngreatest_age = "1d"',
     "surveys.paid.greatest_age: must be longer than delay, or no question is ever sent"),
    ('kind = "csat"', 'kind = "csat"\nabout = "shipping"',
     f'{QUESTIONS}.pay_csat.about: there is no stage or touchpoint "shipping"; did you mean "ship"?'),
    ('kind = "csat"', 'kind = "csat"\nwhen = { of = "pay_why" }',
     f"{QUESTIONS}.pay_csat.when: the first question is always asked; it cannot have a when"),
    ('of = "pay_csat"', 'of = "pay_words"', f'{QUESTIONS}.pay_why.when.of: "pay_words" is not asked before this question'),
    ('of = "pay_csat"', 'of = "zzz"',
     f'{QUESTIONS}.pay_why.when.of: there is no earlier question of this survey "zzz"; choose one of pay_csat'),
    ('kind = "csat"', 'kind = "csat"\nseveral = true',
     f'{QUESTIONS}.pay_csat.several: only a question of kind "choice" takes several answers; this one is "csat"'),
    ('kind = "text"', 'kind = "text"\nnot_applicable = true',
     f"{QUESTIONS}.pay_words.not_applicable: a question in words can be skipped; remove this"),
    ("at_most = 3", "not_applicable = true",
     f'{QUESTIONS}.pay_why.when.not_applicable: "pay_csat" does not offer it; write not_applicable = true there too'),
    ("at_most = 3", "at_most = 9", f"{QUESTIONS}.pay_why.when.at_most: must be from 1 to 5, the values of csat"),
    ("at_most = 3", 'is = ["slow"]', f'{QUESTIONS}.pay_why.when.is: "csat" is a scale from 1 to 5; use at_most or at_least'),
    ("at_most = 3", "at_most = 2, at_least = 4", f"{QUESTIONS}.pay_why.when: at_least is more than at_most, so the question would never be asked"),
    ('is = ["slow"]', 'is = ["slaw"]', f'{QUESTIONS}.pay_words.when.is[1]: there is no option "slaw"; did you mean "slow"?'),
    ('is = ["slow"]', "is = [" + '"slow", ' * 11 + "]", f"{QUESTIONS}.pay_words.when.is: has too many entries; at most 10 are allowed"),
    ('is = ["slow"]', "at_most = 2", f'{QUESTIONS}.pay_words.when: "pay_why" is not answered on a scale; use is = ["…"]'),
    ("options = [", 'low = "bad"\noptions = [',
     f'{QUESTIONS}.pay_why.low: only a question on a scale has words for its ends; this one is "choice"'),
    (', { key = "dear", title = "Dear" }', "", f"{QUESTIONS}.pay_why.options: a choice needs 2 to 10 options; this one has 1"),
    ('kind = "csat"', 'kind = "csat"\noptions = [{ key = "a", title = "A" }]',
     f'{QUESTIONS}.pay_csat.options: only a question of kind "choice" has options; this one is "csat"'),
    ("class = [", "clas = [", 'segments.new.where.clas: there is no attribute "clas"; did you mean "class"?'),
    ('class = ["new"]', 'class = ["news"]',
     'segments.new.where.class[1]: there is no declared value "news"; did you mean "new"?'),
    ("at_least = 70", "at_least = 700", "targets[1].at_least: must be from 0 to 100 for csat"),
    ("at_least = 70", 'at_least = 70\nstage = "by"', 'targets[1].stage: there is no stage "by"; did you mean "buy"?'),
    ("at_least = 70", 'at_least = 70\n[[targets]]\nscale = "csat"\nat_least = 3',
     "targets[2]: repeats a target above; remove one of the two"),
    ('scale = "csat"\nat_least = 70', "at_least = 70",
     'targets[1]: needs one of scale, figure and measure, such as scale = "csat"'),
    ('scale = "csat"\nat_least = 70', 'scale = "csat"\nfigure = "conversion"\nat_least = 70',
     "targets[1]: has scale and figure, but a target is about one figure; keep one of them"),
    ("at_least = 70", "at_most = 70", "targets[1].at_most: write at_least instead: more is better for csat"),
    ("at_least = 70", "", "targets[1]: needs at_least, the value of the target"),
    ("at_least = 70", "at_least = 70\nat_most = 80", "targets[1]: has at_least and at_most; keep one of them"),
    ("at_least = 70", 'at_least = "2h"',
     "targets[1].at_least: must be a number for csat; only a target of time is a length of time"),
    ('scale = "csat"\nat_least = 70', 'figure = "speed"\nat_least = 70',
     "targets[1].figure: must be one of 'conversion', 'time' or 'support'"),
    ('scale = "csat"\nat_least = 70', 'figure = "conversion"\nat_least = 101',
     "targets[1].at_least: must be from 0 to 100 for conversion"),
    ('scale = "csat"\nat_least = 70', 'figure = "conversion"\nat_least = 60\nstage = "buy"',
     'targets[1].stage: "buy" is the last stage: nobody goes on from it'),
    ('scale = "csat"\nat_least = 70', 'figure = "time"\nat_least = "2d"',
     "targets[1].at_least: write at_most instead: less is better for time"),
    ('scale = "csat"\nat_least = 70', 'figure = "time"\nat_most = 120',
     'targets[1].at_most: must be a time in quotes, such as "30m", "2h" or "3d"'),
    ('scale = "csat"\nat_least = 70', 'figure = "time"\nat_most = "soon"',
     'targets[1].at_most: must be a number, or a time such as "30m", "2h" or "3d"'),
    ('scale = "csat"\nat_least = 70', 'figure = "time"\nat_most = "0m"', "targets[1].at_most: must be longer than 0"),
    ('scale = "csat"\nat_least = 70', 'figure = "support"\nat_most = -1',
     "targets[1].at_most: must be 0 or more for support"),
    ('scale = "csat"\nat_least = 70', 'measure = "waiting"\nat_most = 5',
     'targets[1].measure: there is no measure "waiting"'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), ONE_CHANGE)
def test_one_mistake_is_one_sentence(old: str, new: str, expected: str) -> None:
    assert mistakes(changed((old, new))) == [expected]


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file() -> None:
    found = mistakes(
        changed(
            ('pl = "Sklep"', "pl = 5"),
            ("class = [", "clas = ["),
            ('title = "Pay"', 'title = ""'),
            ('touchpoint = "pay"', 'touchpoint = "pai"'),
            ("at_most = 3", "at_most = 9"),
            ('is = ["slow"]', 'is = ["slaw"]'),
            ('scale = "csat"', 'scale = "cast"'),
        )
    )
    assert [line.partition(": ")[0] for line in found] == [
        "title.pl",
        "segments.new.where.clas",
        "stages.buy.touchpoints.pay.title",
        "surveys.paid.on.touchpoint",
        f"{QUESTIONS}.pay_why.when.at_most",
        f"{QUESTIONS}.pay_words.when.is[1]",
        "targets[1].scale",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([('key = "pay"', 'key = "Pay"')], [f"stages.buy.touchpoints.Pay.key: {KEY}"]),
        ([('key = "pay"', "")], ["stages.buy.touchpoints[1].key: is missing"]),
        ([('kind = "csat"', "")], [f"{QUESTIONS}.pay_csat.kind: is missing"]),
        ([('kind = "choice"', 'kind = "chois"')], [f"{QUESTIONS}.pay_why.kind: {one_of(QuestionKind)}; did you mean choice?"]),
        ([('key = "pay_csat"', 'key = "Pay_csat"')], [f"{QUESTIONS}.Pay_csat.key: {KEY}"]),
        ([('key = "slow"', 'key = "Slow"')], [f"{QUESTIONS}.pay_why.options.Slow.key: {KEY}"]),
        ([('key = "class"', 'key = "Class"')], [f"attributes.Class.key: {KEY}"]),
        ([('delay = "2h"', 'delay = "soon"')],
         ['surveys.paid.delay: must be a number with m, h, d or w in quotes, such as "30m", "2h" or "3d"']),
        ([('languages = ["en", "pl"]', 'languages = "en"')], ["languages: must be a list, such as [ … ]"]),
    ],
)  # fmt: skip
def test_one_mistake_does_not_cause_reports_of_others(changes: list[tuple[str, str]], expected: list[str]) -> None:
    assert mistakes(changed(*changes)) == expected


def test_stored_anonymous_journey_with_a_low_limit_stays_readable() -> None:
    text = changed(('key = "shop"', 'key = "shop"\nanonymous = true\njudge_from = 5'))
    stored = read_journey(text, "shop.toml", is_stored=True)
    assert Thresholds.of_journey(stored, 5) == (20, 10)
