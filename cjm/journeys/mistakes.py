"""Check a journey file: find all its mistakes at once, with sentences by which its author can mend them.

Two checks are put together: pydantic checks each setting, and `cjm.journeys.rules` checks the parts against each other.

Invariants:

* Mistakes come in the order of the file, at paths that use the items' own keys where they have any, with their lines.
* Texts that lack a language come last, as one mistake for each language: they would hide the others.
* A mistake that only follows from another is left out, and so is a repeated one.
* No message repeats what was typed, except keys and other short names, which are quoted and cut.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cjm.errors import Mistake
from cjm.file_model import FileModel
from cjm.journeys.diary.diary_plan import DiaryPlan
from cjm.journeys.journey import Attribute, Journey, Measure, Persona, Segment, Stage, Touchpoint
from cjm.journeys.outline import Loc, Outline
from cjm.journeys.parts.target import Target
from cjm.journeys.rules import find_broken_rules, find_missing_languages
from cjm.journeys.survey import AskingLimits, Branch, Option, Question, Survey, Trigger
from cjm.mistake_wording import describe_error, find_similar, join_names, path_step
from cjm.text import TextError
from cjm.time_zones import STORED
from cjm.toml_lines import find_line, find_lines

MOST_MISTAKES = 200  # more would flood a terminal; the rest is counted

_PARTS: Mapping[tuple[str, ...], tuple[type[FileModel], str]] = {
    (): (Journey, "a journey"),
    ("attributes",): (Attribute, "an attribute"),
    ("segments",): (Segment, "a segment"),
    ("segments", "limits"): (AskingLimits, "the limits of a segment"),
    ("measures",): (Measure, "a measure"),
    ("personas",): (Persona, "a persona"),
    ("stages",): (Stage, "a stage"),
    ("stages", "touchpoints"): (Touchpoint, "a touchpoint"),
    ("surveys",): (Survey, "a survey"),
    ("surveys", "limits"): (AskingLimits, "the limits of a survey"),
    ("surveys", "on"): (Trigger, "the trigger of a survey"),
    ("surveys", "questions"): (Question, "a question"),
    ("surveys", "questions", "options"): (Option, "an option"),
    ("surveys", "questions", "when"): (Branch, "a condition"),
    ("targets",): (Target, "a target"),
    ("diary",): (DiaryPlan, "the diary"),
}


def check_journey(
    data: Mapping[str, Any], text: str = "", *, is_stored: bool = False
) -> tuple[Journey | None, list[Mistake]]:
    """Return the journey that ``data`` (TOML's tables) describes, or None, and its mistakes: exactly one of the two.

    Mistakes have the lines of ``text``, the file that ``data`` was read from. After MOST_MISTAKES the last entry counts
    the rest. ``is_stored`` is explained at `read_journey`.
    """
    journey: Journey | None = None
    errors: list[ErrorDetails] = []
    try:
        journey = Journey.model_validate(data, context={STORED: is_stored})
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
    found: list[tuple[Loc, str | ErrorDetails]] = [(e["loc"], e) for e in errors if not _is_echo(e, errors)]
    # Also when pydantic found errors: all mistakes are reported at once.
    outline = Outline(data)
    found += find_broken_rules(outline, is_stored=is_stored)
    numbers = _number_paths(data) if found else {}
    found.sort(key=lambda finding: _find_number(finding[0], numbers))
    found += find_missing_languages(outline)
    if not found:
        return journey, []
    return None, _list_mistakes(found, data, find_lines(text))


def _list_mistakes(
    found: Sequence[tuple[Loc, str | ErrorDetails]], data: Mapping[str, Any], lines: Mapping[Loc, int]
) -> list[Mistake]:
    mistakes: dict[Mistake, None] = {}  # a dict, as a set that keeps the order of the file
    more = 0
    for loc, finding in found:
        if len(mistakes) < MOST_MISTAKES:
            line = find_line(loc, lines)
            described = islice(_describe_finding(loc, finding, data), MOST_MISTAKES)
            mistakes |= dict.fromkeys(replace(mistake, line=line) for mistake in described)
        else:
            more += 1
    if more:
        mistakes[Mistake("", f"and {more} more mistakes")] = None
    return list(mistakes)


def _is_echo(error: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """Return whether the error only follows from another: a list too short because its items are wrong, for one."""
    loc = error["loc"]
    if error["type"] == "default_factory_not_called":  # greatest_age is derived from a delay that is wrong itself
        return True
    return error["type"] == "too_short" and any(
        e["loc"][: len(loc)] == loc and len(e["loc"]) > len(loc) for e in errors
    )


def _describe_finding(loc: Loc, finding: str | ErrorDetails, data: Mapping[str, Any]) -> Iterator[Mistake]:
    if isinstance(finding, str):
        yield Mistake(_key_path(loc, data), finding)
        return
    problem = finding.get("ctx", {}).get("error")
    if isinstance(problem, TextError):
        for language, sentence in problem.problems:
            yield Mistake(_key_path((*loc, language) if language else loc, data), sentence)
    elif finding["type"] == "extra_forbidden":
        yield Mistake(_key_path(loc, data), _describe_unknown_key(loc))
    else:
        yield Mistake(_key_path(loc, data), describe_error(finding) + _suggest_choice(loc, finding, data))


def _suggest_choice(loc: Loc, error: ErrorDetails, data: Mapping[str, Any]) -> str:
    """Return "; did you mean …?" for a misspelt choice, else ""."""
    typed = _find_value(loc, data)
    if error["type"] != "enum" or not isinstance(typed, str):
        return ""
    meant = find_similar(
        typed, [word for word in error["ctx"]["expected"].split("'") if word.isalpha() and word != "or"]
    )
    return f"; did you mean {meant}?" if meant else ""


def _describe_unknown_key(loc: Loc) -> str:
    """Describe a key that is not allowed where it is.

    In TOML a key is easily written below the header of a nested table, so the tables around are searched for it.
    """
    name, here = str(loc[-1]), tuple(s for s in loc[:-1] if isinstance(s, str))
    model, noun = _PARTS.get(here, (Journey, "a journey"))
    for end in range(len(here) - 1, -1, -1):
        owner, its_noun = _PARTS.get(here[:end], (FileModel, ""))
        if name in owner.model_fields and name not in model.model_fields:
            return f"is not a key of {noun}; it belongs to {its_noun}: write it above the [[tables]] inside"
    own = [field.alias or key for key, field in model.model_fields.items()]
    if meant := find_similar(name, own):
        return f"is not a key of {noun}; did you mean {meant}?"
    return f"is not a key of {noun}; its keys are {join_names(own, len(own))}"


# --- paths


def _find_value(loc: Loc, data: object) -> object:
    for part in loc:
        if isinstance(part, int):
            data = data[part] if isinstance(data, list) and part < len(data) else None
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data


def _number_paths(data: object, loc: Loc = (), numbers: dict[Loc, int] | None = None) -> dict[Loc, int]:
    """Number every path of the file in its order, as deep as a journey goes."""
    numbers = {} if numbers is None else numbers
    numbers[loc] = len(numbers)
    if len(loc) < 10:  # a journey is never so deep; rubbish may be, and is reported as a whole
        items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
        for name, item in items:
            _number_paths(item, (*loc, name), numbers)
    return numbers


def _find_number(loc: Loc, numbers: Mapping[Loc, int]) -> int:
    """Return the number of a path; something missing has the number of the table that should contain it."""
    return next(numbers[loc[:end]] for end in range(len(loc), -1, -1) if loc[:end] in numbers)


def _key_path(loc: Loc, data: object) -> str:
    """Return a path for people: ("stages", 2, "title") is "stages.delivery.title".

    It is "stages[3].title" where the third stage has no plain key, or shares its key with another.
    """
    path = ""
    for end, part in enumerate(loc):
        if isinstance(part, str):
            path += f".{path_step(part)}"
            continue
        items = _find_value(loc[:end], data)
        keys = [i.get("key") if isinstance(i, dict) else None for i in items] if isinstance(items, list) else []
        key = keys[part] if part < len(keys) else None
        has_own_key = isinstance(key, str) and path_step(key) == key and keys.count(key) == 1
        path += f".{key}" if has_own_key else f"[{part + 1}]"
    return path.removeprefix(".")
