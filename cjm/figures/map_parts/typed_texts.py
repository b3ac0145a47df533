"""Texts that the team typed about a touchpoint: assumed, not measured."""

from dataclasses import dataclass

from cjm.figures.people import CountBasis
from cjm.journeys.parts.touchpoint_status import TouchpointStatus


@dataclass(frozen=True, slots=True)
class TypedTexts:
    """Texts of a touchpoint from the journey file, in the map's language; empty where nothing was typed.

    ``feels`` is from -2 to 2. ``customers`` are the people who visited a touchpoint that is to be removed, counted
    as ``customers_is`` says; None of any other.
    """

    key: str
    title: str
    status: TouchpointStatus = TouchpointStatus.LIVE
    does: str = ""
    thinks: str = ""
    feels: int | None = None
    frontstage: str = ""
    backstage: str = ""
    systems: str = ""
    responsible: str = ""
    customers: int | None = None
    customers_is: CountBasis = CountBasis.EXACT
