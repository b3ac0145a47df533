"""Blur words about a journey: with the names of its staff, and the phone numbers of where its customers live."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from cjm.blurring.blur import blur_with_names
from cjm.blurring.names import NameForms, make_name_forms
from cjm.blurring.phones import list_phone_regions
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True)
class JourneyBlur:
    """Blur of all words about one journey: the names of its staff, and the regions of its phone numbers."""

    staff: NameForms
    regions: tuple[str, ...]

    @classmethod
    def of_journey(cls, journey: Journey | None) -> Self:
        """Return the blur of a journey; without one, names of staff and local phone numbers are not known."""
        if journey is None:
            return cls(make_name_forms(()), ())
        return cls(make_name_forms(journey.staff), list_phone_regions(journey.languages, journey.timezone))

    def blur(self, text: str, own_names: Iterable[str] = ()) -> str:
        """Return the words without personal data; ``own_names`` are what their writer is called."""
        return blur_with_names(text, (self.staff, make_name_forms(own_names)), self.regions)
