"""What the team typed about a touchpoint: assumed, not measured."""

from dataclasses import dataclass

from cjm.journeys.journey import TouchpointStatus


@dataclass(frozen=True, slots=True)
class TypedTexts:
    """Texts of a touchpoint from the journey file, in the map's language; empty where nothing was typed.

    ``feels`` is from -2 to 2. ``customers`` are the people who visited a touchpoint that is to be removed.
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
