"""Shop whose customers live for months: its journey, how it calls its touchpoints later, and what it promises."""

from dataclasses import replace
from datetime import time, timedelta

from bot.config.settings import AskingSettings
from tests.usecases.asking.sent_checker import Promises

DAY = timedelta(days=1)
WINDOW = 10 * DAY
ANSWERABLE = 7 * DAY

JOURNEY = """
key = "shop"
title = "Shop"
languages = ["en"]
timezone = "Europe/Warsaw"
window_days = 10
target_people = 30
attributes = [{ key = "class", title = "Class" }]
segments = [{ key = "gold", title = "Gold", where = { class = ["gold"] }, limits = { any_survey_days = 5 } }]

[[stages]]
key = "find"
title = "Finding"
touchpoints = [{ key = "page", title = "Page" }]

[[stages]]
key = "buy"
title = "Buying"
touchpoints = [{ key = "checkout", title = "Checkout" }]

[[stages]]
key = "get"
title = "Getting"
touchpoints = [{ key = "delivery", title = "Delivery", moment_of_truth = true }, { key = "box", title = "Box" }]

[[stages]]
key = "use"
title = "Using"
touchpoints = [
  { key = "help", title = "Help", support = true, moment_of_truth = true },
  { key = "order", title = "The whole order" },
]
"""


def make_survey(key: str, on: str, kind: str, timing: str = "", more: str = "") -> str:
    """Return a survey with a question on a scale, and ``more`` questions."""
    return (
        f'\n[[surveys]]\nkey = "{key}"\non = {{ {on} }}\n{timing}\n'
        f'[[surveys.questions]]\nkey = "{key}_q"\nkind = "{kind}"\ntext = "How was it?"\n{more}'
    )


WHY = """
[[surveys.questions]]
key = "why"
kind = "choice"
text = "Why?"
when = { of = "delivered_q", at_most = 0 }
options = [{ key = "late", title = "It was late" }, { key = "torn", title = "It was torn" }]

[[surveys.questions]]
key = "words"
kind = "text"
text = "What else?"
"""
SURVEYS = (
    make_survey("looked", 'touchpoint = "page"', "ces", "share = 0.6"),
    make_survey("paid", 'touchpoint = "checkout"', "csat", 'delay = "1h"\nweekdays = ["mon", "tue", "wed", "thu"]'),
    make_survey("delivered", 'touchpoint = "delivery"', "emotion", 'greatest_age = "4d"', WHY),
    make_survey("received", 'leave = "get"', "csat", 'greatest_age = "5d"'),
    make_survey("helped", 'touchpoint = "help"', "csat", 'greatest_age = "9d"\nlimits = { any_survey_days = 1 }'),
    make_survey("recommended", 'touchpoint = "order"', "nps", 'delay = "8d"\ngreatest_age = "16d"'),
    make_survey("hesitating", 'dwell = "find"', "ces", 'greatest_age = "3d"'),
    make_survey("left", 'exit = "find"', "csat", 'greatest_age = "3d"'),
    make_survey("pulse", 'every_days = 30, about = "use"', "csat"),
    make_survey("wishes", 'by_hand = "buy"', "csat"),
)
FIRST_FILE = JOURNEY + "".join(SURVEYS)
SECOND_FILE = (
    FIRST_FILE.replace('{ key = "delivery", title', '{ key = "courier", was = ["delivery"], title')
    .replace('touchpoint = "delivery"', 'touchpoint = "courier"')
    .replace('key = "get"\n', 'key = "receive"\nwas = ["get"]\n')
    .replace('leave = "get"', 'leave = "receive"')
)
THIRD_FILE = SECOND_FILE.replace('key = "courier", was = ["delivery"]', 'key = "parcel", was = ["courier"]').replace(
    'touchpoint = "courier"', 'touchpoint = "parcel"'
)
FILES = (FIRST_FILE, SECOND_FILE, THIRD_FILE)
DELIVERY_NAMES = ("delivery", "courier", "parcel")
"""What the delivery is called in each file."""

SETTINGS = AskingSettings(
    any_survey_days=2, same_touchpoint_days=15, per_month=6, weekdays=("mon", "tue", "wed", "thu", "fri", "sat")
)
PROMISES = Promises(2 * DAY, 15 * DAY, 90 * DAY, 6, time(21), time(9), weekdays=frozenset(range(6)))
GREATEST_AGE = {
    "looked": DAY,
    "paid": DAY + timedelta(hours=1),
    "delivered": 4 * DAY,
    "received": 5 * DAY,
    "helped": 9 * DAY,
    "recommended": 16 * DAY,
    "left": 3 * DAY,
}
"""Greatest age of what each survey asks about, as the journey file tells it; the others have no visit's time."""

STAGES = {"page": 0, "checkout": 1, "delivery": 2, "box": 2, "help": 3, "order": 3}
"""Place of each touchpoint's stage in the journey."""


def find_place(subject: str) -> str:
    """Return the first name of a touchpoint or stage."""
    return "delivery" if subject in DELIVERY_NAMES else "get" if subject == "receive" else subject


def choose_promises(survey: str, *, is_gold: bool) -> Promises:
    """Return what is promised about this survey to a customer of the segment, or to any other."""
    if survey == "helped":
        return replace(PROMISES, any_question=DAY)
    own = replace(PROMISES, any_question=5 * DAY) if is_gold else PROMISES
    return replace(own, weekdays=frozenset(range(4))) if survey == "paid" else own
