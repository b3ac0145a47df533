"""docs/security.md: every threat has its tests, every door is fuzzed, and what it says of the code is true."""

import pytest

from tests.fuzz.doors import DOORS
from tests.house import documents
from tests.house.documents import in_backticks, items_below, rows_below
from tests.house.test_running_page import unknown_tests

PAGE = documents.read_document("docs/security.md")


def test_every_threat_names_tests_that_are_there() -> None:
    threats = items_below("## Threats", PAGE)
    assert len(threats) > 20
    for threat, (source, *proofs) in threats:
        assert ": " in threat, "what stands against it follows the threat"
        assert source.startswith("Asked for by "), threat
        assert any(word in source for word in ("ASVS", "Telegram", "GDPR")), threat
        assert proofs, f"no test for: {threat}"
        assert unknown_tests([name for proof in proofs for name in in_backticks(proof)]) == [], threat


def test_page_names_the_doors_that_are_fuzzed() -> None:
    _, _, below = PAGE.partition("The doors are ")
    assert in_backticks(below.partition(". ")[0]) == list(DOORS)


@pytest.mark.parametrize("path", ["/telegram/webhook", "/v1/events", "/v1/customers/{id}", "/healthz", "/metrics"])
def test_addresses_of_doors_stand_on_the_page(path: str) -> None:
    assert any(path in door for row in rows_below("## Doors", PAGE) for door in in_backticks(row[0]))
