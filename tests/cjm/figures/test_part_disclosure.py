"""Parts of everyone by segment and channel: which there are, and which may be shown beside each other."""

from collections import Counter
from collections.abc import Mapping
from random import Random

from cjm.figures.part_disclosure import SEVERAL_CHANNELS, Atom, PlaceParts

GOLD, UNKNOWN = frozenset({"gold"}), frozenset[str]()


def make_parts(live: Mapping[Atom, int], settled: Mapping[Atom, int]) -> PlaceParts:
    """Return the parts of people with one person-day each."""
    days = {atom: live.get(atom, 0) + settled.get(atom, 0) for atom in {*live, *settled}}
    return PlaceParts(days, settled, {frozenset([atom]): n for atom, n in live.items()}, days=28)


def test_answers_that_lost_their_channel_are_no_part_and_take_no_name_of_one() -> None:
    """Nobody can ask for them, and they must not stand for a segment over all channels."""
    parts = make_parts({Atom(GOLD, "site"): 9}, {Atom(UNKNOWN, ""): 6})
    assert parts.list_names() == {"gold/", "/site", "gold/site"}
    assert parts.find_shown(5) == parts.list_names()
    few_lost = make_parts({Atom(GOLD, "site"): 9}, {Atom(UNKNOWN, ""): 4})
    assert few_lost.find_shown(5) == frozenset()  # everyone without the segment are those few


def test_settled_people_at_several_channels_count_once() -> None:
    """Four of them make the site's six and the phone's five no more than six people, and are too few to be told."""
    site, phone, several = (Atom(GOLD, channel) for channel in ("site", "phone", SEVERAL_CHANNELS))
    others = {Atom(UNKNOWN, "site"): 20}
    parts = make_parts({}, {site: 6, phone: 5, several: 4, **others})
    assert parts.count_people(frozenset([site, phone, several])) == 6
    assert parts.find_shown(5) == {"/site", "gold/", "gold/site"}
    enough = make_parts({}, {site: 6, phone: 5, several: 5, **others})
    assert enough.find_shown(5) == enough.list_names()


def test_what_counters_decide_about_a_part_is_so_with_all_people() -> None:
    random, decided = Random(3), Counter[bool | None]()
    for _ in range(300):
        atoms = [Atom(segments, channel) for segments in (GOLD, UNKNOWN) for channel in ("site", "app", "shop")]
        people = [frozenset(random.sample(atoms, random.choice([1, 1, 2]))) for _ in range(random.randrange(60))]
        days = Counter(atom for of_person in people for atom in of_person for _ in range(random.choice([1, 1, 4])))
        counted, found = PlaceParts(days, {}, {}, 4), PlaceParts(days, {}, Counter(people), 4)
        for segment, channel in (("gold", None), (None, "app"), ("gold", "site")):
            is_shown = counted.decide_early(segment, channel, 3)
            decided[is_shown] += 1
            assert is_shown in (None, found.is_shown(segment, channel, 3))
    assert min(decided[True], decided[False], decided[None]) > 50, decided
