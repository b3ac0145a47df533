"""docs/journey.md has every key of a journey file, in the order of the models, with its limits and its default."""

import tomllib
from datetime import timedelta
from typing import Any, get_args

import pytest
from pydantic.fields import FieldInfo

from cjm.file_model import FileModel, format_duration
from cjm.journeys.diary.diary_plan import DiaryPlan
from cjm.journeys.journey import CHANNELS, Attribute, Journey, Persona, Segment, Stage, Touchpoint
from cjm.journeys.journey_file import read_journey
from cjm.journeys.parts.target import Target
from cjm.journeys.survey import AskingLimits, Branch, Option, Question, QuestionKind, Survey, Trigger
from cjm.scales import Scale
from tests.house import documents
from tests.house.documents import in_backticks, rows_below

PAGE = documents.read_document("docs/journey.md")
MODELS: dict[str, type[FileModel]] = {
    "The journey": Journey,
    "Attributes": Attribute,
    "Segments": Segment,
    "Personas": Persona,
    "Stages": Stage,
    "Touchpoints": Touchpoint,
    "Surveys": Survey,
    "Limits": AskingLimits,
    "Triggers": Trigger,
    "Questions": Question,
    "Options": Option,
    "Conditions": Branch,
    "Targets": Target,
    "The diary": DiaryPlan,
}
FIELDS = [
    (heading, field.alias or name, field)
    for heading, model in MODELS.items()
    for name, field in model.model_fields.items()
]


def find_row(heading: str, key: str) -> list[str]:
    return next(row for row in rows_below(f"## {heading}", PAGE) if in_backticks(row[0]) == [key])


def list_limits(metadata: Any, annotation: Any) -> list[float]:
    """Return the limits of a field, also those of the values of a list and of what may be None."""
    found = [
        limit
        for each in metadata
        for name in ("ge", "gt", "le", "lt", "min_length", "max_length")
        if (limit := getattr(each, name, None)) is not None
    ]
    return found + [
        limit for part in get_args(annotation) for limit in list_limits(getattr(part, "__metadata__", ()), part)
    ]


def default_text(field: FieldInfo) -> str | None:
    """Return a default as the page writes it; None for those that it tells in words."""
    match field.get_default():
        case bool(value):
            return str(value).lower()
        case int(value) | float(value):
            return f"{value:g}"
        case str(value):
            return str(value)
        case timedelta() as value:
            return format_duration(value)
        case _:
            return None


@pytest.mark.parametrize("heading", MODELS)
def test_each_table_has_the_keys_of_its_model_in_order(heading: str) -> None:
    keys = [field.alias or name for name, field in MODELS[heading].model_fields.items()]
    assert [in_backticks(row[0]) for row in rows_below(f"## {heading}", PAGE)] == [[key] for key in keys]


def test_rows_say_what_is_needed_the_default_and_every_limit() -> None:
    for heading, key, field in FIELDS:
        _, value, otherwise, _ = find_row(heading, key)
        assert (otherwise == "needed") is field.is_required(), (heading, key)
        text = None if field.is_required() or field.default_factory else default_text(field)
        assert text is None or text in otherwise, (heading, key, text)
        for limit in list_limits(field.metadata, field.annotation):
            assert limit in (0, 1) or f"{limit:g}" in value, (heading, key, limit)


def test_page_names_every_channel_kind_and_scale() -> None:
    _, _, below = PAGE.partition("\n## Channels\n")
    assert in_backticks(below.partition("\n## ")[0]) == list(CHANNELS)
    assert [in_backticks(row[0]) for row in rows_below("## Kinds of questions", PAGE)] == [[k] for k in QuestionKind]
    assert in_backticks(find_row("The journey", "scale")[1]) == list(Scale)


def test_the_first_example_is_a_journey_and_the_others_together_are_one_with_every_key() -> None:
    first, *others = documents.code_blocks(PAGE, "toml")
    assert read_journey(first, "desk.toml").key == "desk"
    together = "\n".join(others)
    assert len(read_journey(together, "clinic.toml").stages) == 3
    written = list_keys(tomllib.loads(together))
    unwritten = {key for _, key, _ in FIELDS} - written
    assert unwritten == set()


def list_keys(value: Any) -> set[str]:
    """Return the keys of all tables in a value of TOML."""
    if isinstance(value, dict):
        return set(value).union(*(list_keys(each) for each in value.values()))
    return set().union(*(list_keys(each) for each in value)) if isinstance(value, list) else set()
