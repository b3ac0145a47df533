"""Sample of the random mixtures of `python -m tests.storms`: seconds of one seed."""

import random

import pytest

from tests.depth import choose_depth
from tests.storms.company import open_company
from tests.storms.mixture import Mixture, count_customers

SECONDS = choose_depth(4, 120)
SEED = choose_depth(1, random.randrange(1_000_000))


@pytest.mark.timeout(600)
async def test_law_holds_after_a_random_mixture_of_storms(database_url: str) -> None:
    async with open_company(database_url, count_customers(SECONDS / 60)) as company:
        try:
            counts = await Mixture(company, SEED).run(SECONDS / 60)
        except Exception as error:
            error.add_note(f"python -m tests.storms --seed {SEED} --minutes {SECONDS / 60:.2f}")
            raise
    assert counts.events
    assert counts.faults
