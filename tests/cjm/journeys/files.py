"""A small journey file for tests of mistakes: two languages, one survey with branches."""

import pytest

from cjm.errors import JourneyError
from cjm.journeys.journey_file import read_journey

SMALL = """
key = "shop"
title = { en = "Shop", pl = "Sklep" }
languages = ["en", "pl"]

[[attributes]]
key = "class"
title = "Class"
values = ["new", "old"]

[[segments]]
key = "new"
title = "New"
where = { class = ["new"] }

[[stages]]
key = "buy"
title = "Buy"

[[stages.touchpoints]]
key = "pay"
title = "Pay"

[[stages.touchpoints]]
key = "ship"
title = "Ship"
was = ["send"]

[[surveys]]
key = "paid"
on = { touchpoint = "pay" }
delay = "2h"

[[surveys.questions]]
key = "pay_csat"
kind = "csat"
text = "How satisfied were you?"

[[surveys.questions]]
key = "pay_why"
kind = "choice"
text = "Why?"
when = { of = "pay_csat", at_most = 3 }
options = [{ key = "slow", title = "Slow" }, { key = "dear", title = "Dear" }]

[[surveys.questions]]
key = "pay_words"
kind = "text"
text = "What happened?"
when = { of = "pay_why", is = ["slow"] }

[[targets]]
scale = "csat"
at_least = 70
"""


def mistakes(text: str | bytes) -> list[str]:
    """Return the mistakes that refuse the file."""
    with pytest.raises(JourneyError) as caught:
        read_journey(text, "shop.toml")
    return [str(m) for m in caught.value.mistakes]


def changed(*changes: tuple[str, str]) -> str:
    """Return the small file with the first occurrence of each old text replaced by its new one."""
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text
