"""Texts that the team typed about the touchpoints of a stage, as they stand on a map."""

from collections.abc import Mapping
from typing import NamedTuple

from cjm.figures.map_parts.typed_texts import TypedTexts
from cjm.figures.people import CountBasis
from cjm.journeys.journey import Stage, Touchpoint
from cjm.text import LocalizedText


class VisitorCount(NamedTuple):
    """People who visited a touchpoint, and how they were counted."""

    people: int
    basis: CountBasis


def list_typed_texts(stage: Stage, language: str, visitors: Mapping[str, VisitorCount]) -> tuple[TypedTexts, ...]:
    """Return the texts of all touchpoints in the order of the file; ``visitors`` are those of removed ones, by key."""
    return tuple(_typed_texts(point, language, visitors.get(point.key)) for point in stage.touchpoints)


def _typed_texts(point: Touchpoint, language: str, visitors: VisitorCount | None) -> TypedTexts:
    def text(typed: LocalizedText | None) -> str:
        return typed.in_language(language) if typed else ""

    return TypedTexts(
        key=point.key,
        title=text(point.title),
        status=point.status,
        does=text(point.action),
        thinks=text(point.thinks),
        feels=point.feels,
        frontstage=text(point.frontstage),
        backstage=text(point.backstage),
        systems=text(point.systems),
        responsible=text(point.responsible),
        customers=visitors.people if visitors else None,
        customers_is=visitors.basis if visitors else CountBasis.EXACT,
    )
