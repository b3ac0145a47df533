"""Rules about targets: one figure, one bound that fits it, and a place where the figure exists.

Like `cjm.journeys.rules`, they check what could be read and are silent about the rest.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from cjm.file_model import parse_duration
from cjm.journeys.outline import KnownKeys, Loc, Outline, OutlineNode
from cjm.journeys.part_rules.reference_rules import find_broken_reference
from cjm.journeys.parts.target import TargetedFigure
from cjm.mistake_wording import quote_name
from cjm.scales import Scale

_SUBJECTS, _BOUNDS = ("scale", "figure", "measure"), ("at_least", "at_most")
_RIGHT_BOUND: Mapping[str, str] = {
    **dict.fromkeys(Scale, "at_least"),
    TargetedFigure.CONVERSION: "at_least",
    TargetedFigure.TIME: "at_most",
    TargetedFigure.SUPPORT: "at_most",
}
_LEAVING = (TargetedFigure.CONVERSION, TargetedFigure.TIME)


def find_broken_targets(outline: Outline) -> Iterator[tuple[Loc, str]]:
    """Yield a broken rule, its path and its sentence, for each target."""
    measures = KnownKeys.of(outline.root, "measures")
    seen: Counter[tuple[str, str, str | None]] = Counter()
    for target in outline.root.tables("targets"):
        subject, stage = _find_subject(target), target.text("stage")
        yield from _check_keys(target)
        if stage is not None:
            yield from find_broken_reference(
                (*target.loc, "stage"), stage, "stage", outline.known_stages, outline.former
            )
        if subject is None:
            continue
        yield from _check_subject(outline, target, subject, measures)
        seen[*subject, stage] += 1
        if seen[*subject, stage] == 2:
            yield target.loc, "repeats a target above; remove one of the two"


def _find_subject(target: OutlineNode) -> tuple[str, str] | None:
    """Return the key that says which figure is meant, with its value; None unless there is exactly one that is valid.

    pydantic reports an unknown scale or figure.
    """
    named = [name for name in _SUBJECTS if name in target.data]
    value = target.text(named[0]) if len(named) == 1 else None
    if value is None or (named[0] != "measure" and value not in _RIGHT_BOUND):
        return None
    return named[0], value


def _check_keys(target: OutlineNode) -> Iterator[tuple[Loc, str]]:
    """Find a target without figure or bound, or with several."""
    named = [name for name in _SUBJECTS if name in target.data]
    if not named:
        yield target.loc, 'needs one of scale, figure and measure, such as scale = "csat"'
    if len(named) > 1:
        yield target.loc, f"has {' and '.join(named)}, but a target is about one figure; keep one of them"
    bounds = [name for name in _BOUNDS if name in target.data]
    if not bounds:
        subject = _find_subject(target)
        right = _RIGHT_BOUND.get(subject[1]) if subject and subject[0] != "measure" else None
        yield target.loc, f"needs {right or 'at_least or at_most'}, the value of the target"
    if len(bounds) > 1:
        yield target.loc, "has at_least and at_most; keep one of them"


def _check_subject(
    outline: Outline, target: OutlineNode, subject: tuple[str, str], measures: KnownKeys
) -> Iterator[tuple[Loc, str]]:
    kind, name = subject
    if kind == "measure":
        yield from find_broken_reference((*target.loc, "measure"), name, "measure", measures, {})
    last = outline.stages[-1].key if outline.stages else None
    if kind == "figure" and name in _LEAVING and last is not None and target.text("stage") == last:
        yield (*target.loc, "stage"), f"{quote_name(last)} is the last stage: nobody goes on from it"
    bounds = [each for each in _BOUNDS if each in target.data]
    if len(bounds) == 1:
        yield from _check_bound(target, bounds[0], subject)


def _check_bound(target: OutlineNode, bound: str, subject: tuple[str, str]) -> Iterator[tuple[Loc, str]]:
    kind, name = subject
    at = (*target.loc, bound)
    right = bound if kind == "measure" else _RIGHT_BOUND[name]
    if bound != right:
        yield at, f"write {right} instead: {'more' if right == 'at_least' else 'less'} is better for {name}"
    elif kind == "figure" and name == TargetedFigure.TIME:
        yield from _check_time(target, at)
    elif target.text(bound) is not None and _is_time(target.data[bound]):
        yield at, f"must be a number for {name}; only a target of time is a length of time"
    else:
        yield from _check_range(target.number(bound), at, subject)


def _check_time(target: OutlineNode, at: Loc) -> Iterator[tuple[Loc, str]]:
    """Find a time that is a bare number, or none at all; pydantic reports a text that it cannot read."""
    value = target.data["at_most"]
    if target.number("at_most") is not None:
        yield at, 'must be a time in quotes, such as "30m", "2h" or "3d"'
    elif _is_time(value) and not parse_duration(value):
        yield at, "must be longer than 0"


def _check_range(value: float | None, at: Loc, subject: tuple[str, str]) -> Iterator[tuple[Loc, str]]:
    kind, name = subject
    if value is None:
        return
    if kind == "scale" or name == TargetedFigure.CONVERSION:
        low, high = Scale(name).spec.bounds if kind == "scale" else (0.0, 100.0)
        if not low <= value <= high:
            yield at, f"must be from {low:g} to {high:g} for {name}"
    elif value < 0:
        yield at, f"must be 0 or more for {name}"


def _is_time(value: object) -> bool:
    try:
        parse_duration(value)
    except ValueError:
        return False
    return True
