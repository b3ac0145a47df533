"""Small journey for tests: a few stages and surveys of every trigger, kind and delay."""

from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey

SMALL = """
key = "small"
title = "A small journey"
timezone = "Europe/Warsaw"
scale = "csat"
window_days = 14
attributes = [{ key = "class", title = "Class" }]
segments = [{ key = "gold", title = "Gold", where = { class = ["gold"] } }]
measures = [{ key = "wait", title = "Waiting", unit = "min" }]
amount_unit = "€"

[[stages]]
key = "find"
title = "Find"
touchpoints = [
  { key = "search", title = "Search", channel = "search" },
  { key = "advert", title = "Advert", channel = "ad" },
]

[[stages]]
key = "buy"
title = "Buy"
touchpoints = [
  { key = "pay", title = "Pay", channel = "site" },
  { key = "call", title = "Call", channel = "phone", support = true },
]

[[stages]]
key = "use"
title = "Use"
touchpoints = [{ key = "open", title = "Open the box", channel = "other" }]

[[surveys]]
key = "payment"
on = { touchpoint = "pay" }

[[surveys.questions]]
key = "pay_csat"
kind = "csat"
text = "How satisfied were you with paying?"

[[surveys.questions]]
key = "pay_why"
kind = "choice"
text = "What went wrong?"
options = [{ key = "slow", title = "It was slow" }, { key = "dear", title = "It was dear" }]
when = { of = "pay_csat", at_most = 3 }

[[surveys.questions]]
key = "pay_words"
kind = "text"
text = "Anything to add?"
when = { of = "pay_csat" }

[[surveys]]
key = "box"
on = { touchpoint = "open" }
delay = "2h"
greatest_age = "2d"

[[surveys.questions]]
key = "box_felt"
kind = "emotion"
text = "How did you feel?"

[[surveys]]
key = "left"
on = { leave = "find" }

[[surveys.questions]]
key = "find_ces"
kind = "ces"
text = "It was easy to find what I needed."
"""


def small_journey() -> Journey:
    return read_journey(SMALL, "small.toml")
