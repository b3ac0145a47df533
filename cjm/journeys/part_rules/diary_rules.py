"""Rules about the volunteer diary: after what people are invited, and that its journey names who answers.

Like `cjm.journeys.rules`, they check what could be read and are silent about the rest.
"""

from collections.abc import Iterator

from cjm.journeys.outline import KnownKeys, Loc, Outline
from cjm.journeys.part_rules.reference_rules import find_broken_reference


def find_broken_diary(outline: Outline) -> Iterator[tuple[Loc, str]]:
    """Yield a broken rule, its path and its sentence, about the table ``diary`` of a journey."""
    diary = outline.root.table("diary")
    if diary is None:
        return
    if outline.root.data.get("anonymous") is True:
        # Several messages to the same few people in the same days would tell whose words they are.
        yield diary.loc, "is not allowed in an anonymous journey: the few who keep a diary could be recognized"
    after, at = diary.text("invite_after"), (*diary.loc, "invite_after")
    if after is None:
        return
    known = KnownKeys.of(outline.root, "surveys") + outline.known_touchpoints
    yield from find_broken_reference(at, after, "survey or touchpoint", known, outline.former)
    is_survey = any(survey.key == after for survey in outline.surveys)
    is_asked = any(after in on.data.values() for survey in outline.surveys if (on := survey.table("on")) is not None)
    if after in outline.known_touchpoints.valid and not is_survey and not is_asked:
        yield at, f'"{after}" has no survey, so nobody would be invited; name a survey, or a touchpoint that has one'
