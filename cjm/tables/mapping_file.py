"""Read the mapping of a table from a TOML file, or report its mistakes.

Mistakes of single settings are reported first; only a mapping without any is checked against its journey. Each comes
with the line of its key, in the order of the lines; what has no line, such as a missing key, comes at the end.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pydantic import ValidationError

from cjm.errors import FileError, Mistake
from cjm.journeys.journey import Journey
from cjm.mistake_wording import describe_error, find_similar, join_names, path_step
from cjm.tables.columns import COLUMN_KEYS, NOT_A_COLUMN
from cjm.tables.mapping import COLUMN_TAG, FIXED_TAG, TableMapping
from cjm.tables.mapping_checks import check_mapping
from cjm.toml_file import TomlError, parse_toml
from cjm.toml_lines import find_lines


class MappingError(FileError):
    """Mapping file with mistakes."""

    @classmethod
    def with_lines(cls, file: str, mistakes: Iterable[Mistake], text: str) -> "MappingError":
        """Return the error with each mistake at its line of ``text``, the mapping that was read."""
        return cls(file, _add_lines(dict.fromkeys(mistakes), text))


_TYPE_STEPS = (COLUMN_TAG, FIXED_TAG, "int", "str", "[key]")  # in pydantic's paths, but not keys of the file
_SHEET = 'must be a sheet\'s name in quotes, its number from 1, a list of these, or "*" for all sheets'


def read_mapping(text: str, file: str, journey: Journey) -> TableMapping:
    """Return the mapping that ``text`` (TOML) describes; ``file`` names the file in messages.

    Raises MappingError with every mistake of a single setting or, if there is none, every other one, each with its
    line, its key path and what would be right.
    """
    try:
        data = parse_toml(text)
    except TomlError as error:
        raise MappingError(file, [Mistake("", str(error))]) from None
    try:
        mapping = TableMapping.model_validate(data)
    except ValidationError as error:
        raise MappingError.with_lines(file, _describe_errors(error), text) from None
    mistakes = check_mapping(mapping, journey)
    if mistakes:
        raise MappingError.with_lines(file, mistakes, text)
    return mapping


def _add_lines(mistakes: Iterable[Mistake], text: str) -> list[Mistake]:
    lines: dict[str, int] = {}
    for path, line in find_lines(text).items():
        # Long keys are cut in paths, so that two of them may look alike: the first one's line is near enough.
        lines.setdefault(_path_text(path), line)

    def find_line_of(path: str) -> int:
        # A mistake may be about a key that is missing: then the line of the table that lacks it. Keys in quotes may
        # hold dots, so a path is shortened at each dot until one is known.
        while path not in lines and path:
            path = path.rpartition(".")[0]
        return lines.get(path, 0)

    placed = [replace(mistake, line=find_line_of(mistake.path)) for mistake in mistakes]
    return sorted(placed, key=lambda mistake: (mistake.line == 0, mistake.line))


def _path_text(path: Iterable[int | str]) -> str:
    return ".".join(path_step(str(step)) for step in path)


def _describe_errors(error: ValidationError) -> Iterator[Mistake]:
    for found in error.errors(include_url=False, include_input=False):
        loc = [step for step in found["loc"] if step not in _TYPE_STEPS]
        if loc[:1] == ["sheet"]:  # one mistake, and not one for each form that a sheet may have
            yield Mistake("sheet", _SHEET)
            continue
        if found["loc"][-1] in ("int", "str"):  # likewise for a value that is neither
            yield Mistake(_path_text(loc), "must be a whole number, or text in quotes")
            continue
        at = _path_text(loc)
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
    if meant:
        hint = f"; did you mean {meant}?"
    else:  # those of columns differ from place to place
        hint = "" if is_nested else f"; its keys are {join_names(known, len(known))}"
    return f"is not a key of {'a column' if is_nested else 'a mapping'}{hint}"
