"""Advice about the texts of a journey that a map cannot draw whole."""

from cjm.drawing.lettering.undrawable_texts import find_undrawable_texts
from cjm.journeys.journey_file import read_journey

FILE = """
key = "tofu"
title = "お店"
timezone = "UTC"
[[stages]]
key = "s"
title = { en = "Delivery", ja = "配送" }
goal = "ᏣᎳᎩ ᏣᎳ"
[[stages.touchpoints]]
key = "t"
title = "التوصيل"
channel = "site"
[[surveys]]
key = "v"
on = { touchpoint = "t" }
[[surveys.questions]]
key = "q"
kind = "csat"
text = "ᏣᎳᎩ is asked in the chat, not drawn"
[[surveys.questions]]
key = "why"
kind = "choice"
text = "Why?"
options = [ { key = "a", title = { en = "Rude 😡", ru = "Ᏻ" } }, { key = "b", title = "Dirty" } ]
"""


def test_texts_with_letters_that_no_font_has_are_named_with_their_letters() -> None:
    goal, option = find_undrawable_texts(read_journey(FILE, "tofu.toml"))
    assert str(goal) == "stages.s.goal: no font has the letters ᏣᎳᎩ; maps will show “…” in their place"
    assert (option.loc, option.path, option.letters) == (
        ("surveys", 0, "questions", 1, "options", 0, "title", "ru"),
        "surveys.v.questions.why.options.a.title.ru",
        "Ᏻ",
    )
