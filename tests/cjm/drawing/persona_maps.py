"""Maps about personas and channels to draw: a shop written by hand, and a strategy for any."""

from dataclasses import replace

from hypothesis import strategies as st

from cjm.figures.journey_map import JourneyMap, MapKind
from cjm.figures.map_parts.persona_figures import PersonaFigures, PersonaTexts
from cjm.figures.map_parts.voice import Voice
from cjm.figures.score import Score
from cjm.scales import Scale
from tests.cjm.drawing.maps import bike_shop, full_shop, journey_map, maps, score, share, stage

LONG = "Someone who compares every offer for weeks before deciding at all"
OTHER_KINDS = (MapKind.PERSONAS, MapKind.PERSONA, MapKind.CHANNELS)


def persona(key: str, title: str, values: dict[str, tuple[float, int]], part: float = 30) -> PersonaFigures:
    """Return a persona with these figures and people by stage."""
    return PersonaFigures(
        key=key,
        title=title,
        texts=PersonaTexts(
            who="34, works from home, two children",
            motives="To choose once and not to regret it",
            day="Looks for things in the evening",
            goals="Honest photos and sizes in one place",
            pains="Ten open tabs, and still a guess",
            channel="site",
        ),
        visitors=round(3.18 * part),
        share=share(part, 318),
        scores={name: share(value, n) for name, (value, n) in values.items()},
        voice=Voice("I found the size at once, but delivery was late."),
        voice_stage="After purchase",
    )


def persona_shop(kind: MapKind = MapKind.PERSONAS) -> JourneyMap:
    """The bike shop with five personas: alike figures, a gap, a withheld one, one without a rule, a fifth curve."""
    shop = bike_shop()
    names = [each.key for each in shop.stages]

    def rates(*pairs: tuple[float, int]) -> dict[str, tuple[float, int]]:
        return dict(zip(names, pairs, strict=False))

    personas = (
        persona("chooser", "Olga compares everything", rates((81, 60), (66, 80), (74, 70), (52, 90), (70, 30)), 38),
        persona("giver", "Max needs a gift", rates((78, 40), (70, 30), (8, 7), (38, 44), (60, 12)), 24),
        persona("regular", "Anna comes back", rates((92, 50), (80, 40), (88, 60), (71, 62), (95, 41)), 29),
        persona("new", "New in town", rates((70, 20), (50, 4), (60, 20), (66, 24)), 9),
        replace(PersonaFigures("dreamer", "Ida only dreams", PersonaTexts(who="She looks and leaves")), has_rule=False),
        persona("late", "Leo decides late", rates((70, 20)), 6),
    )
    return replace(shop, kind=kind, personas=personas)


def channel_shop() -> JourneyMap:
    """The full shop, about its channels."""
    return replace(full_shop(), kind=MapKind.CHANNELS)


_texts = st.sampled_from(
    ["", "Olga", LONG, "Очень требовательный постоянный покупатель", "عميلة تقارن كل شيء", "客" * 40]
)


@st.composite
def other_maps(draw: st.DrawFn) -> JourneyMap:
    """Return any map about personas or channels."""
    made = draw(maps())
    keys, spec = [each.key for each in made.stages], made.scale.spec
    least, most = spec.bounds

    def any_score() -> Score:
        value, n = draw(st.floats(least, most)), draw(st.sampled_from([0, 2, 7, 60, 5238]))
        return score(value, (most - least) / 8, n, made.scale, answers=n + 3)

    personas = tuple(
        PersonaFigures(
            key=f"p{i}",
            title=draw(_texts) or "p",
            texts=replace(
                PersonaTexts(*(draw(_texts) * draw(st.sampled_from([1, 30])) for _ in range(5))), channel="courier"
            ),
            has_rule=draw(st.sampled_from([True, True, False])),
            visitors=draw(st.sampled_from([None, 0, 120])),
            share=draw(st.sampled_from([None, share(30, 318), score(0, 0, 3, Scale.CSAT)])),
            scores={key: any_score() for key in keys if draw(st.booleans())},
            voice=draw(st.none() | _texts.map(Voice)),
            voice_stage=draw(_texts),
        )
        for i in range(draw(st.integers(1, 6)))
    )
    return replace(made, kind=draw(st.sampled_from(OTHER_KINDS)), personas=personas, contrast=None)


def bare_personas(n: int) -> JourneyMap:
    """Return a map of one persona with so many answers at the only stage."""
    shop = journey_map([stage("Pay", 70, 60)])
    return replace(shop, kind=MapKind.PERSONAS, personas=(persona("one", "Olga", {"Pay": (64, n)}),))
