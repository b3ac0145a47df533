"""README, docs and glossary: links lead somewhere, commands exist, modules and names are those of the code.

Each rule holds in the documents, and is shown to report a planted breach.
"""

import pytest

from tests.house import documents, layers
from tests.house.source import ROOT, docstrings, product_modules

pytestmark = pytest.mark.xdist_group("source")  # one worker parses the source, once
MOST_LINES_OF_README = 140
DOCUMENTS = (
    "README.md",
    "CHANGELOG.md",
    "cjm/GLOSSARY.md",
    *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").glob("*.md")),
)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    assert documents.broken_links(document, documents.read_document(document)) == []


@pytest.mark.parametrize("document", [each for each in DOCUMENTS if each.startswith("docs/")])
def test_page_begins_with_who_reads_it_and_what_for(document: str) -> None:
    assert documents.first_paragraph(documents.read_document(document)).startswith("For ")


def test_readme_is_short() -> None:
    assert len(documents.read_document("README.md").splitlines()) <= MOST_LINES_OF_README


def test_readme_names_every_command_and_no_other() -> None:
    from bot.cli import tropa

    assert documents.commands_in(documents.read_document("README.md")) == set(tropa.commands)


@pytest.mark.parametrize("document", [each for each in DOCUMENTS if each != "CHANGELOG.md"])
def test_modules_and_names_in_documents_exist(document: str) -> None:
    assert documents.unknown_names(documents.read_document(document)) == []


def test_modules_and_names_in_docstrings_exist() -> None:
    wrong = {str(place): documents.unknown_names(place.doc or "") for place in docstrings(product_modules())}
    assert {place: names for place, names in wrong.items() if names} == {}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_documents_name_exist(document: str) -> None:
    assert documents.missing_files(documents.read_document(document)) == []


def test_every_row_of_the_glossary_names_what_is_in_the_code() -> None:
    """Our word stands in bold, its name in code behind it, and the last cell says which module has it."""
    assert documents.wrong_glossary_rows(documents.read_document("cjm/GLOSSARY.md")) == []


def test_planted_link_and_file_that_do_not_exist_are_reported() -> None:
    planted = "# A `b` title\n[a](extending.md#a-scale) [b](nowhere.md) [c](#a-b-title) [d](#x) [e](extending.md#x)"
    assert documents.broken_links("docs/planted.md", planted) == ["nowhere.md", "#x", "extending.md#x"]
    assert documents.missing_files("`cjm/errors.py` and `cjm/nowhere.py`") == ["cjm/nowhere.py"]


def test_commands_are_found_in_text_and_in_examples() -> None:
    assert documents.commands_in("`tropa fly` it\n\n    uv run tropa swim --far\n") == {"fly", "swim"}


@pytest.mark.parametrize(
    "name",
    ["cjm.nowhere", "cjm.errors.NowhereError", "cjm.errors.nowhere()", "cjm.errors.JourneyError.nowhere",
     "bot.clock.FrozenClock.wall_now", "tests.nowhere"],
)  # fmt: skip
def test_planted_name_that_does_not_exist_is_reported(name: str) -> None:
    assert len(documents.unknown_names(f"See `{name}` and `cjm.errors.JourneyError`.")) == 1


@pytest.mark.parametrize(
    "row",
    [
        "| ticket | **case** `Ticket` | what a customer wants | `cjm.cases.case` |",
        "| ticket | **case** `Case` | what a customer wants | `cjm.scales` |",
        "| ticket | **case** | what a customer wants | `cjm.cases.case` |",
        "| ticket | **case** `Case` | what a customer wants | somewhere |",
    ],
)
def test_planted_row_of_the_glossary_is_reported(row: str) -> None:
    right = "| ticket | **case** `Case` | what a customer wants | `cjm.cases.case` |"
    table = f"| you say | we say | meaning | where |\n| --- | --- | --- | --- |\n{right}\n"
    assert documents.wrong_glossary_rows(table) == []
    assert len(documents.wrong_glossary_rows(table + row)) == 1


def test_the_picture_of_the_layers_is_that_of_the_contracts() -> None:
    """``uv run python -m tests.house.layers`` draws it again."""
    assert layers.PICTURE.read_text(encoding="utf-8") == layers.draw_layers()


@pytest.mark.parametrize(
    ("package", "room"),
    [
        (package, room)
        for package, contract in layers.CONTRACTS.items()
        for layer in layers.read_layers(contract)
        for room in layer
    ],
)
def test_every_room_says_in_one_line_what_it_is_for(package: str, room: str) -> None:
    assert 10 <= len(layers.first_line(package, room)) <= 120
