"""Advice about journeys without mistakes: each rule speaks where it should, and is silent once the file is mended."""

import pytest

from cjm.journeys.advice import LONGEST_QUESTION, find_advice
from cjm.journeys.journey_file import read_journey

COMPLETE = """
key = "desk"
title = "At the desk"
purpose = "Why do people not come back?"
attributes = [{ key = "tariff", title = "Tariff" }]
segments = [{ key = "gold", title = "Gold", where = { tariff = ["gold"] } }]
targets = [{ scale = "csat", at_least = 70 }]

[[personas]]
key = "parent"
title = "Ola"
where = { tariff = ["gold"] }

[[stages]]
key = "come"
title = "Coming"
goal = "Get in"
touchpoints = [{ key = "door", title = "The door" }]

[[stages]]
key = "talk"
title = "Talking"
goal = "Get help"
touchpoints = [{ key = "desk_itself", title = "The desk", moment_of_truth = true }]

[[surveys]]
key = "talked"
on = { touchpoint = "desk_itself" }

[[surveys.questions]]
key = "desk_csat"
kind = "csat"
text = "How satisfied were you?"

[[surveys.questions]]
key = "desk_why"
kind = "text"
text = "What was missing?"
when = { of = "desk_csat", at_most = 3 }

[[surveys.questions]]
key = "door_csat"
kind = "csat"
text = "And with the way in?"
about = "come"
recalled = true

[[surveys]]
key = "gone"
on = { exit = "come" }

[[surveys.questions]]
key = "gone_why"
kind = "choice"
text = "What happened?"
options = [{ key = "late", title = "Late" }, { key = "far", title = "Far" }]
"""
MORE_QUESTIONS = """
[[surveys.questions]]
key = "q1"
kind = "text"
text = "One?"
[[surveys.questions]]
key = "q2"
kind = "text"
text = "Two?"

[[surveys]]
key = "gone\""""
MOMENTS = "".join(f'{{ key = "m{n}", title = "M", moment_of_truth = true }}, ' for n in range(4))
MENDS = [
    ("purpose", 'purpose = "Why do people not come back?"', "", "purpose: is missing"),
    ("targets", 'targets = [{ scale = "csat", at_least = 70 }]', "", "targets: there are none"),
    ("exit", "on = { exit", "on = { enter", "surveys: none asks those who do not go on"),
    ("no moment", ", moment_of_truth = true", "", "stages: no touchpoint is a moment of truth"),
    ("moments", 'points = [{ key = "door"', f'points = [{MOMENTS}{{ key = "door"', "stages: 5 of 6 touchpoints are"),
    ("attribute", 'title = "Tariff" }', 'title = "T" }, { key = "age", title = "Age" }', "attributes.age: no segment"),
    ("persona", 'title = "Ola"\nwhere = { tariff = ["gold"] }', 'title = "Ola"', "personas.parent: has no rule"),
    ("goal", 'goal = "Get in"', "", "stages.come.goal: is missing"),
    ("planned", '"The door" }', '"The door", status = "planned" }', "stages.come: none of its touchpoints is live"),
    ("grey", 'about = "come"\nrecalled = true', "", "stages.come: no question with a scale"),
    ("scale", 'key = "door_csat"\nkind = "csat"', 'key = "door_csat"\nkind = "ces"', "stages.come: no csat question"),
    ("questions", '\n[[surveys]]\nkey = "gone"', MORE_QUESTIONS, "surveys.talked: asks everybody 4 questions"),
    ("why", 'text"\ntext = "What was', 'ces"\ntext = "What was', "surveys.talked: asks how it was, and never why"),
    ("length", "What was missing", "What " * 30, "surveys.talked.questions.desk_why.text: has 151 characters"),
]  # fmt: skip


def list_sentences(content: str) -> list[str]:
    return [str(advice) for advice in find_advice(read_journey(content, "desk.toml"))]


def test_there_is_nothing_to_say_about_a_complete_journey() -> None:
    assert list_sentences(COMPLETE) == []


@pytest.mark.parametrize(
    ("complete", "lacking", "advice"), [mend[1:] for mend in MENDS], ids=[mend[0] for mend in MENDS]
)
def test_each_lack_gets_one_piece_of_advice_that_names_its_place(complete: str, lacking: str, advice: str) -> None:
    assert COMPLETE.count(complete) == 1
    sentences = list_sentences(COMPLETE.replace(complete, lacking))
    assert [sentence.startswith(advice) for sentence in sentences] == [True], sentences


def test_without_surveys_the_map_lacks_feelings_and_that_is_said_once() -> None:
    content = COMPLETE[: COMPLETE.index("[[surveys]]")]
    assert list_sentences(content) == ["surveys: there are none: the map will show visits, and no feelings"]


def test_the_place_leads_to_the_line_of_the_file() -> None:
    (advice,) = find_advice(read_journey(COMPLETE.replace("What was missing", "What " * 30), "desk.toml"))
    assert advice.loc == ("surveys", 0, "questions", 1, "text")
    assert str(LONGEST_QUESTION) in str(advice)
