"""Read the mapping of a table from a TOML file, or report its mistakes.

Mistakes of single settings are reported first; only a mapping without any is checked against its journey.
"""

from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from cjm.errors import FileError, Mistake
from cjm.journeys.journey import Journey
from cjm.mistake_wording import describe_error, find_similar, path_step
from cjm.tables.columns import COLUMN_KEYS, NOT_A_COLUMN
from cjm.tables.mapping import COLUMN_TAG, FIXED_TAG, TableMapping
from cjm.tables.mapping_checks import check_mapping
from cjm.toml_file import TomlError, parse_toml


class MappingError(FileError):
    """Mapping file with mistakes."""


_TYPE_STEPS = (COLUMN_TAG, FIXED_TAG, "int", "str", "[key]")  # in pydantic's paths, but not keys of the file
_SHEET = 'must be a sheet\'s name in quotes, its number from 1, a list of these, or "*" for all sheets'


def read_mapping(text: str, file: str, journey: Journey) -> TableMapping:
    """Return the mapping that ``text`` (TOML) describes; ``file`` names the file in messages.

    Raises MappingError with every mistake of a single setting or, if there is none, every other one, each with its key
    path and what would be right.
    """
    try:
        data = parse_toml(text)
    except TomlError as error:
        raise MappingError(file, [Mistake("", str(error))]) from None
    try:
        mapping = TableMapping.model_validate(data)
    except ValidationError as error:
        raise MappingError(file, list(dict.fromkeys(_describe_errors(error)))) from None
    mistakes = check_mapping(mapping, journey)
    if mistakes:
        raise MappingError(file, mistakes)
    return mapping


def _describe_errors(error: ValidationError) -> Iterator[Mistake]:
    for found in error.errors(include_url=False, include_input=False):
        loc = [step for step in found["loc"] if step not in _TYPE_STEPS]
        if loc[:1] == ["sheet"]:  # one mistake, and not one for each form that a sheet may have
            yield Mistake("sheet", _SHEET)
            continue
        at = ".".join(path_step(str(step)) for step in loc)
        if found["type"] == "extra_forbidden":
            yield Mistake(at, _describe_unknown_key(loc))
        elif found["type"] == "model_type":
            yield Mistake(at, NOT_A_COLUMN)
        else:
            yield Mistake(at, describe_error(found))


def _describe_unknown_key(loc: Sequence[int | str]) -> str:
    is_nested = len(loc) > 1
    known = COLUMN_KEYS if is_nested else TableMapping.model_fields
    meant = find_similar(str(loc[-1]), known)
    hint = f"; did you mean {meant}?" if meant else ""
    return f"is not a key of {'a column' if is_nested else 'a mapping'}{hint}"
