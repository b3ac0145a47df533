"""Guesses at tables of answers and of events: what each column is taken for, what is unsure, what is left out."""

import pytest

from cjm.tables.guessing.answer_guess import AnswerGuess, NoAnswer, guess_answers
from cjm.tables.guessing.findings import Certainty
from cjm.tables.guessing.header_words import LabelFamily, list_families
from cjm.tables.guessing.key_names import make_key
from cjm.tables.guessing.table_guess import guess_table
from cjm.tables.guessing.table_sample import SampleColumn
from cjm.tables.header import Header
from tests.cjm.tables.guessing.samples import NOW, draft, guess_rows, make_sample, reasons_of


def guess_cells(title: str, *cells: str, repeated: int = 3) -> AnswerGuess | NoAnswer:
    rows = [[cell] for cell in cells * repeated]
    return guess_answers(SampleColumn(0, [title], (row[0] for row in rows), Header([[title]], rows)))


@pytest.mark.parametrize(
    ("title", "cells", "kind", "settings"),
    [
        ("CSAT", ["5", "1"], "csat", {}),
        ("Satisfaction", ["7", "1"], "csat", {"range": [1, 7]}),
        ("Satisfaction", ["10", "0"], "csat", {"range": [0, 10]}),
        ("Satisfaction", ["100", "0"], "csat", {"range": [0, 100]}),
        ("Удовлетворённость", ["4", "2"], "csat", {}),
        ("Ocena obsługi", ["5", "3"], "csat", {}),
        ("NPS", ["10", "0"], "nps", {}),
        ("Порекомендуете ли вы нас?", ["9", "6"], "nps", {}),
        ("Czy polecisz nas znajomym?", ["9", "6"], "nps", {}),
        ("How easy was it?", ["7", "2"], "ces", {}),
        ("How easy was it?", ["5", "2"], "ces", {"range": [1, 5]}),
        ("How do you feel?", ["-2", "2"], "emotion", {}),
        ("Rating", ["4/5", "2/5"], "csat", {"range": "stars"}),
        ("Rating", ["8/10", "2/10"], "csat", {"range": [1, 10]}),
        ("Rating", ["80 %", "20 %"], "csat", {"range": [0, 100]}),
        ("Rating", ["5 - great", "1 - awful"], "csat", {"values": {"5 - great": 5, "1 - awful": 1}}),
        ("Support", ["good", "bad"], "csat", {"values": {"good": 5, "bad": 1}}),
        ("Was your problem solved?", ["Yes", "No"], "success", {"values": {"Yes": 2, "No": 0}}),
    ],
)
def test_scale_is_told_by_the_header_and_the_cells(title: str, cells: list[str], kind: str, settings: object) -> None:
    guess = guess_cells(title, *cells)
    assert isinstance(guess, AnswerGuess)
    found = {key: value for key, value in guess.settings.items() if key != "values" or settings}
    if "values" in found and isinstance(settings, dict):  # words that were not seen are there, too
        found["values"] = {label: value for label, value in found["values"].items() if label in settings["values"]}
    assert (guess.kind.value, found) == (kind, settings)


WORDED = [
    (family, language)
    for family in list_families()
    for language in ("en", "ru", "pl")
    if all(language in step for step in family.steps)
]


@pytest.mark.parametrize(("family", "language"), WORDED, ids=[f"{family.name} {each}" for family, each in WORDED])
def test_words_of_a_scale_are_read_in_the_order_of_its_steps(family: LabelFamily, language: str) -> None:
    words = [step[language][0] for step in family.steps]
    guess = guess_cells("Was it solved?" if family.needs_word else "Question", *words)
    assert isinstance(guess, AnswerGuess)
    assert guess.kind.scale is not None
    scale = guess.kind.scale.spec.values
    values = [guess.settings["values"][word] for word in words]
    assert values == sorted(values)
    assert len(set(values)) == min(len(words), len(scale))
    assert (values[0], values[-1]) == (scale[0], scale[-1])


def test_cells_without_an_answer_enter_no_figure() -> None:
    guess = guess_cells("How satisfied are you?", "Very satisfied", "Dissatisfied", "Don't know")
    assert isinstance(guess, AnswerGuess)
    assert guess.settings["not_applicable"] == ["", "Don't know"]


def test_ages_are_no_scores_and_words_no_options() -> None:
    assert isinstance(guess_cells("Age", "4", "5"), NoAnswer)
    words = guess_cells("Anything else?", "The courier was late", "I liked it", "Too loud in the evening", repeated=1)
    assert isinstance(words, AnswerGuess)
    assert words.kind.value == "text"
    choice = guess_cells("Reason", "late", "damaged", "late")
    assert isinstance(choice, AnswerGuess)
    assert (choice.kind.value, choice.options) == ("choice", ("late", "damaged"))


def test_personal_columns_are_left_out_and_named() -> None:
    guess = guess_rows(
        "Имя,E-mail,Nr telefonu,IP Address,When,How satisfied are you?",
        *(f"a,b{n}@example.com,500,192.0.2.1,2026-03-0{n},5" for n in range(1, 6)),
    )
    left = reasons_of(guess, Certainty.LEFT_OUT)
    assert {name for name, reason in left.items() if "personal" in reason} == {
        "Имя",
        "E-mail",
        "Nr telefonu",
        "IP Address",
    }
    mapping, _ = draft(guess)
    assert [str(reference.column) for _, reference in mapping.references] == ["When", "How satisfied are you?"]


@pytest.mark.parametrize(
    "header",
    [
        *("Patient name", "Patient's name", "Name of patient", "Guest name", "Имя пациента", "Imię pacjenta"),
        *("Service user name", "Team member name", "Former name", "What is the name of the patient?"),
        *("Patient", "Pacjent"),
    ],
)
def test_names_of_people_are_left_out_whatever_the_business_calls_them(header: str) -> None:
    names = ("Anna Nowak", "Igor Lis", "Иван Петров", "ZOFIA KOWALSKA-LIS", "jan de vries")
    rows = (f"{name},2026-03-0{n},5" for n, name in enumerate(names, 1))
    guess = guess_rows(f"{header},When,How satisfied are you?", *rows)
    assert "personal" in reasons_of(guess, Certainty.LEFT_OUT)[header]


@pytest.mark.parametrize(
    ("header", "cell"), [("Product name", "Red Bike"), ("Patient", "p-7"), ("Customer", "acme-corp")]
)
def test_names_of_things_and_ids_are_no_names_of_people(header: str, cell: str) -> None:
    guess = guess_rows(f"{header},When,How satisfied are you?", *(f"{cell},2026-03-0{n},5" for n in range(1, 6)))
    assert "personal" not in reasons_of(guess, Certainty.LEFT_OUT).get(header, "")


def test_date_that_could_be_read_in_two_ways_is_unsure() -> None:
    """Rows in no order, and no day beyond the 12th."""
    days = ["03/04/2026", "01/02/2026", "05/06/2026", "03/01/2026", "08/07/2026"]
    guess = guess_rows("Date,Satisfaction", *(f"{day},5" for day in days))
    assert "could also be %m/%d/%Y" in reasons_of(guess, Certainty.UNSURE)["Date"]
    assert guess.roles.time is not None
    assert guess.roles.time.format == "%d/%m/%Y"


def test_order_of_the_rows_tells_which_part_of_a_date_is_the_month() -> None:
    days = ("03/04/2026", "03/09/2026", "04/02/2026", "04/05/2026", "05/01/2026")
    guess = guess_rows("Date,Satisfaction", *(f"{day},5" for day in days))
    assert guess.roles.time is not None
    assert guess.roles.time.format == "%m/%d/%Y"
    assert "Date" not in reasons_of(guess, Certainty.UNSURE)


@pytest.mark.parametrize(
    ("cells", "written", "timezone"),
    [
        (["1772458200", "1772458300"], "unix", None),
        (["1772458200000", "1772458300000"], "unix_ms", None),
        (["46083.5", "46084.25"], "excel", None),
        (["2026-03-02T14:30+01:00", "2026-03-03T14:30+01:00"], None, None),
        (["2 марта 2026", "3 марта 2026"], "%d %B %Y", None),
    ],
)
def test_times_are_told_by_their_form(cells: list[str], written: str | None, timezone: str | None) -> None:
    guess = guess_rows("Submitted at,Satisfaction", *(f"{cell},5" for cell in cells))
    assert guess.roles.time is not None
    assert (guess.roles.time.format, guess.roles.timezone) == (written, timezone)


def test_day_and_time_of_day_in_two_columns_are_read_together() -> None:
    guess = guess_rows("Date,Hour,Satisfaction", "02.03.2026,14:30,5", "13.03.2026,08:15,4")
    mapping, _ = draft(guess)
    assert mapping.at is not None
    assert [single.column for single in mapping.at.columns] == ["Date", "Hour"]
    assert mapping.at.format == "%d.%m.%Y %H:%M"


def test_table_without_dates_gets_a_day_that_is_unsure() -> None:
    guess = guess_rows("No,Satisfaction", "1,5", "2,4")
    assert guess.day == NOW.date()
    assert "day" in reasons_of(guess, Certainty.UNSURE)[""]


def test_title_above_and_total_below_are_no_rows() -> None:
    guess = guess_rows(
        "Report,,", "By the desk,,", "Day,Score,Comment", "2026-03-02,5,", "2026-03-03,4,ok", "Mean,4.5,"
    )
    mapping, _ = draft(guess)
    assert (mapping.preamble, mapping.skip_last, guess.layout.row_count) == (2, 1, 2)


def test_table_without_a_header_has_columns_by_number() -> None:
    guess = guess_rows("2026-02-28 10:00,5,1", "2026-03-01 10:00,4,2", "2026-03-02 10:00,3,3")
    assert guess.layout.settings["header_rows"] == 0
    assert [column.reference for column in guess.roles.at] == [1]


def test_rows_that_answer_one_question_each() -> None:
    rows = [
        f"{who},2026-03-0{who},{q},{a}"
        for who in (1, 2, 3)
        for q, a in (("How satisfied are you?", "5"), ("Words?", "fine"))
    ]
    mapping, journey = draft(guess_rows("Client,When,Question,Answer", *rows))
    assert (mapping.kind, mapping.shape) == ("answers", "long")
    assert mapping.question is not None
    assert set(mapping.question.values.values()) == {q.key for s in journey.surveys for q in s.questions}


def test_events_are_ordered_by_their_median_position_and_share_stages() -> None:
    walks = {"a": "xyz", "b": "xyz", "c": "xwyz", "d": "wxyz", "e": "xz"}
    rows = [
        f"{walker},2026-03-{1 + n:02} 10:0{m},{label.upper()}"
        for n, (walker, labels) in enumerate(walks.items())
        for m, label in enumerate(labels)
    ]
    guess = guess_rows("Customer,Time,Event", *reversed(rows))
    mapping, journey = draft(guess)
    assert guess.events is not None
    assert [(place.label, place.position) for place in guess.events.places] == [("X", 0), ("W", 0), ("Y", 1), ("Z", 2)]
    stages = [[point.key for point in stage.touchpoints] for stage in journey.stages]
    assert stages == [["x", "w"], ["y"], ["z"]]
    assert (mapping.kind, mapping.shape) == ("events", "long")


def test_column_of_stages_gives_the_stages_of_events() -> None:
    rows = [f"{who},2026-03-0{day},{event},{stage}" for who in (1, 2) for day, event, stage in
            ((1, "Seen", "Before"), (2, "Bought", "Buying"), (3, "Paid", "Buying"))]  # fmt: skip
    _, journey = draft(guess_rows("Customer,Time,Event,Stage", *rows))
    assert [(s.title.in_language("en"), len(s.touchpoints)) for s in journey.stages] == [("Before", 1), ("Buying", 2)]


def test_column_of_times_for_each_touchpoint() -> None:
    mapping, journey = draft(
        guess_rows(
            "Customer ID,Booked,At the desk,Left", "1,2026-03-01,2026-03-02,2026-03-03", "2,2026-03-01,,2026-03-04"
        )
    )
    assert (mapping.kind, mapping.shape) == ("events", "wide")
    assert list(mapping.touchpoints) == ["booked", "at_the_desk", "left"]
    assert [stage.touchpoints[0].key for stage in journey.stages] == ["booked", "at_the_desk", "left"]


def test_more_questions_than_a_journey_has_room_for_are_named() -> None:
    titles = [f"How satisfied are you with part {n}?" for n in range(300)]
    guess = guess_table(make_sample([titles, ["5"] * 300, ["4"] * 300]), NOW)
    mapping, journey = draft(guess)
    assert 50 < len(mapping.questions) == sum(len(survey.questions) for survey in journey.surveys) < 300
    left = [reason for reason in reasons_of(guess, Certainty.LEFT_OUT).values() if "no room" in reason]
    assert len(left) + len(mapping.questions) == 300


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("How was it?", "how_was_it"),
        ("Żółta łódź", "zolta_lodz"),
        ("Щедрый объём", "schedryy_obem"),
        ("1. Why", "option_1_why"),
        ("★", "option"),
        ("a" * 60, "a" * 32),
    ],
)
def test_keys_are_made_of_titles_in_any_language(title: str, key: str) -> None:
    taken: set[str] = set()
    assert make_key(title, taken, "option") == key
    assert make_key(title, taken, "option") == f"{key}_2"


def test_zero_in_a_block_of_ratings_is_no_answer_and_what_customers_differ_by_is_an_attribute() -> None:
    """As the airline's table has it: a 0 where a service was not used."""
    rows = [
        f"{n},{(n % 2 and 'Economy') or 'Business'},{n % 6},{n % 5 + 1},{n % 5 + 1},{300 + n}" for n in range(1, 13)
    ]
    guess = guess_rows("id,Class,Wifi,Food,Seat,Distance", *rows)
    mapping, journey = draft(guess)
    assert mapping.questions["wifi"].not_applicable == ("", "0")
    assert mapping.questions["wifi"].range is None
    assert list(mapping.attributes) == [attribute.key for attribute in journey.attributes] == ["class"]
    assert "Distance" in reasons_of(guess, Certainty.LEFT_OUT)


def test_date_of_birth_is_no_time_of_an_answer() -> None:
    rows = [f"1990-05-{n},{'' if n == 13 else f'2026-03-{n}'},{n % 5 + 1}" for n in range(13, 18)]
    guess = guess_rows("Date of birth,Submitted at,Satisfaction", *rows)
    assert [column.shown_name for column in guess.roles.at] == ["Submitted at"]
    assert "1 of 5 rows have none and will be refused" in reasons_of(guess, Certainty.UNSURE)["Submitted at"]
    assert "personal" in reasons_of(guess, Certainty.LEFT_OUT)["Date of birth"]
