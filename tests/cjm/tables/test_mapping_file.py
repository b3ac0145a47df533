"""Mistakes of a mapping: each one is reported, at its key, with what would be right."""

from collections.abc import Sequence

import pytest

from cjm.tables.header import Header
from cjm.tables.mapping_file import MappingError, read_mapping
from tests.journeys import small_journey

JOURNEY = small_journey()


def mistakes(mapping: str) -> list[str]:
    with pytest.raises(MappingError) as caught:
        read_mapping(mapping, "m", JOURNEY)
    assert caught.value.file == "m"
    return [str(mistake) for mistake in caught.value.mistakes]


ANSWERS = 'day = 2026-10-01\n[questions]\npay_csat = "x"'


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ("kind = [", ["is not valid TOML: "]),
        ("", ['questions: is needed with kind = "answers" and shape = "wide"', "at: write either at"]),
        ('kind = "answer"', ["kind: must be one of"]),
        ('encoding = "utf-99"', ["encoding: is not an encoding"]),
        ('encoding = "rot13"', ["encoding: is not an encoding"]),
        ('delimiter = ", "', ["delimiter: must be one character"]),
        ("customer = 0", ["customer.column: must be a number from 1 to 2000; the first column is 1"]),
        ('custmer = "x"', ["custmer: is not a key of a mapping; did you mean customer?"]),
        ('person = "x"', ["person: is not a key of a mapping; its keys are encoding, "]),
        ('at = { column = "x", formt = "%Y" }', ["at.formt: is not a key of a column; did you mean format?"]),
        ("channel = { column = true }", ["channel.column: must be a column's name in quotes, or its number from 1"]),
        ('at = { column = "x", timezone = "Warsaw" }', ["at.timezone: is not a time zone"]),
        ('at = "x"\n' + ANSWERS, ["at: write either at"]),
        ('day = 1026-10-01\n[questions]\npay_csat = "x"', ["day: must be a day of the years 2000 to 2999"]),
        ('value = "x"\n' + ANSWERS, ['value: is not allowed with kind = "answers" and shape = "wide"']),
        (
            'day = 2026-10-01\nchannel = "pigeon"\n[attributes]\nclas = "x"\n[questions]\npay_cast = "x"',
            [
                "channel: must be a channel or",
                'attributes.clas: the journey has no declared attribute with this key; did you mean "class"?',
                'questions.pay_cast: the journey has no question with this key; did you mean "pay_csat"?',
            ],
        ),
        (
            'day = 2026-10-01\n[questions.pay_csat]\ncolumn = "x"\nvalues = { good = 6, bad = "no" }',
            [
                "questions.pay_csat.values.good: must be a whole number from 1 to 5 (csat)",
                "questions.pay_csat.values.bad: must be a whole number from 1 to 5 (csat)",
            ],
        ),
        (
            'day = 2026-10-01\n[questions.pay_why]\ncolumn = "x"\nvalues = { langsam = "slo" }',
            ["questions.pay_why.values.langsam: must be one of the options slow, dear"],
        ),
        ('shape = "long"\nday = 2026-10-01\nvalue = "x"', ["question: write either question or touchpoint"]),
        ("sheet = 0\n" + ANSWERS, ["sheet: must be a sheet's name in quotes, its number from 1"]),
        ('name = "a\\u0000b"\n' + ANSWERS, ["name: must be 1 to 64 visible characters"]),
        ("row = { columns = [] }\n" + ANSWERS, ["row: write either column = "]),
        ("row = { column = 2, nth = 1 }\n" + ANSWERS, ["row: nth goes with one column that is given by its name"]),
        ('row = { columns = ["x", true] }\n' + ANSWERS, ["row.columns.1: must be a column's name in quotes"]),
        ('row = { column = " " }\n' + ANSWERS, ["row.column: is empty; a column without a name"]),
        ("channel = true\n" + ANSWERS, ["channel: must be a column's name in quotes"]),
        (
            ("day = 2026-10-01\n[questions]\npay_csat = { column = 1, range = [3, 3] }\n"
            "box_felt = { chosen = { slow = 1 }, column = 2 }\npay_why = { column = 3, yes = ['x'] }"),
            [
                "questions.pay_csat.range: must have two different ends",
                "questions.box_felt: chosen names the columns of single options; column does not go with it",
                "questions.pay_why: yes goes with chosen",
            ],
        ),
        (
            ("day = 2026-10-01\nvalues = { good = 5, odd = 77, why = 'slow' }\n[questions]\n"
            "pay_csat = { column = 1, separator = ';' }\npay_why = { column = 2, range = 'stars' }\n"
            "pay_words = { column = 3, values = { a = 'b' } }\nbox_felt = { chosen = { slow = 4 } }"),
            [
                "values.odd: is not a value of any question that the table answers",
                "questions.pay_csat.separator: is for questions of the kind choice; this one is csat",
                "questions.pay_why.range: is for questions on a scale; this one is of the kind choice",
                "questions.pay_words.values: is not for questions of the kind text",
                "questions.box_felt.chosen: is for questions of the kind choice; this one is emotion",
            ],
        ),
        (
            "not_applicable = ['n/p']\nvalues = { 'N/P' = 1, ' Good' = 4, good = 5 }\n" + ANSWERS,
            [
                'values.good: differs from " Good" only by case or white space, but not by its meaning',
                'values."N/P": is in not_applicable, too',
            ],
        ),
        ("day = 2026-10-01\nquestions.pay_why = { chosen = { slwo = 1 } }",
            ["questions.pay_why.chosen.slwo: must be one of the options slow, dear"]),
        (
            ("kind = 'events'\nshape = 'long'\ncustomer = 1\nat = 2\nrow = 3\nevent = 4\n"
            "touchpoint = { column = 5, values = { till = 'PAY', web = 'seerch' } }\n"
            "channel = { column = 6, values = { web = 'sight' } }"),
            [
                "event: write either row (names in this import) or event",
                'touchpoint.values.web: its meaning is not a touchpoint of the journey; did you mean "search"?',
                "channel.values.web: its meaning is not a channel; channels are",
            ],
        ),
        ('kind = "events"\nshape = "long"', ["at: is needed", "customer: is needed", "touchpoint: write"]),
        (
            'kind = "events"\ncustomer = "x"\n[touchpoints]\nbar = "x"',
            ["touchpoints.bar: the journey has no touchpoint or stage with this key; choose one of"],
        ),
    ],
)  # fmt: skip
def test_every_mistake_of_a_mapping_is_reported(mapping: str, expected: Sequence[str]) -> None:
    found = mistakes(mapping)
    assert len(found) == len(expected), found
    for line, beginning in zip(found, expected, strict=True):
        assert line.startswith(beginning)


def test_each_mistake_of_a_mapping_has_the_line_of_its_key_and_a_missing_key_comes_last() -> None:
    mapping = (
        'kind = "answers"\n\n# the times\ncustmer = "Who"\n[attributes]\n"a.b" = "x"\n'
        '[questions.pay_csat]\ncolumn = "Score"\nvalues = { "so.so" = 4.5 }\n'
    )
    with pytest.raises(MappingError) as caught:
        read_mapping(mapping, "m.toml", JOURNEY)
    places = [(mistake.line, mistake.path) for mistake in caught.value.mistakes]
    assert places == [(4, "custmer"), (6, 'attributes."a.b"'), (9, 'questions.pay_csat.values."so.so"')]
    with pytest.raises(MappingError) as caught:
        read_mapping('kind = "events"\nshape = "long"\nevent = 1\nrow = 2\n', "m.toml", JOURNEY)
    assert [(mistake.line, mistake.path) for mistake in caught.value.mistakes] == [
        (3, "event"), (0, "at"), (0, "customer"), (0, "touchpoint")
    ]  # fmt: skip


def test_a_missing_or_repeated_column_is_reported_at_its_key() -> None:
    mapping = read_mapping('at = "When"\ncustomer = "Who"\n[questions]\npay_csat = "Score"', "m", JOURNEY)
    missing = mapping.find_missing_columns(Header([["Wenn", "Score", "Score", "Who"]]))
    assert [mistake.path for mistake in missing] == ["at", "questions.pay_csat"]
