"""The audit of dependencies believes no service that knows nothing, and says what it could not ask."""

from collections.abc import Iterable

import pytest

from tests.audit import KNOWN_WEAK, NoAdvisories, Report, audit, list_installed

WEAKNESS = {"id": "PYSEC-1", "fix_versions": ["2.0"]}
OLD: Report = [{"name": "jinja2", "version": "2.4.1", "vulns": [WEAKNESS]}]


def test_service_that_cannot_be_reached_is_one_sentence() -> None:
    def ask(requirements: Iterable[str]) -> Report:
        raise NoAdvisories("the advisory service cannot be asked: no such host")

    code, lines = audit(ask)
    assert code == 2
    assert lines[0] == "the advisory service cannot be asked: no such host"


def test_service_that_knows_no_old_weakness_proves_nothing() -> None:
    code, lines = audit(lambda requirements: [])
    assert code == 2
    assert "proves nothing" in lines[0]


@pytest.mark.parametrize(
    ("found", "code", "says"),
    [
        ([{"name": "aiohttp", "version": "3.11", "vulns": []}], 0, "1 packages, 0 known weaknesses"),
        ([{"name": "aiohttp", "version": "1", "vulns": [WEAKNESS]}], 1, "aiohttp 1: PYSEC-1, mended in 2.0"),
        ([{"name": "odd", "skip_reason": "is not there"}], 0, "odd was not audited: is not there"),
    ],
)
def test_installed_packages_are_asked_about(found: Report, code: int, says: str) -> None:
    asked: list[list[str]] = []

    def ask(requirements: Iterable[str]) -> Report:
        asked.append(list(requirements))
        return OLD if asked == [[KNOWN_WEAK]] else found

    assert audit(ask)[0] == code
    assert says in audit(lambda requirements: OLD if list(requirements) == [KNOWN_WEAK] else found)[1]
    assert asked[1] == list_installed()
    assert any(each.startswith("aiohttp==") for each in asked[1])
    assert not any(each.startswith("tropa==") for each in asked[1])
