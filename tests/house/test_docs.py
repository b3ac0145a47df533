"""README, docs and glossary: links lead somewhere, commands exist, modules and names are those of the code."""

import ast
import re
from pathlib import Path

import pytest

from tests.house import layers
from tests.house.source import ROOT, docstrings, product_modules, tracked_files

DOCUMENTS = (
    "README.md",
    "CHANGELOG.md",
    "cjm/GLOSSARY.md",
    *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").glob("*.md")),
)
DOTTED = re.compile(r"`~?((?:bot|cjm|migrations|tests)(?:\.\w+)+)`")


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text_of(document))
    assert [link for link in links if not (ROOT / Path(document).parent / link).exists()] == []


def test_the_readmes_commands_exist() -> None:
    from bot.cli import tropa

    commands = set(re.findall(r"`tropa ([a-z]+)", text_of("README.md"))) | set(
        re.findall(r"^\s*(?:uv run )?tropa ([a-z]+)", text_of("README.md"), re.M)
    )
    assert commands == set(tropa.commands)


@pytest.mark.parametrize("document", [each for each in DOCUMENTS if each != "CHANGELOG.md"])
def test_modules_and_names_in_documents_exist(document: str) -> None:
    assert [name for name in DOTTED.findall(text_of(document)) if not is_there(name)] == []


def test_modules_and_names_in_docstrings_exist() -> None:
    named = [(str(place), name) for place in docstrings() for name in DOTTED.findall(place.doc or "")]
    assert [(place, name) for place, name in named if not is_there(name)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_documents_name_exist(document: str) -> None:
    named = re.findall(r"`((?:bot|cjm|migrations|tests|docs)/[\w./-]+\.\w+)`", text_of(document))
    assert [name for name in named if not (ROOT / name).exists()] == []


def is_there(name: str) -> bool:
    """Tell whether a dotted name is a module of ours, a folder, or something that one of them defines."""
    path = name.replace(".", "/")
    if (ROOT / path).is_dir() or (ROOT / f"{path}.py").exists():
        return True
    owner, _, attribute = name.rpartition(".")
    return "." in owner and attribute in names_in(owner)


def names_in(module: str) -> set[str]:
    """Return what a module defines: functions with their parameters, classes with their members, constants."""
    path = module.replace(".", "/")
    parsed = product_modules().get(f"{path}.py") or product_modules().get(f"{path}/__init__.py")
    if parsed is None:
        return names_of_class(*module.rsplit(".", 1))
    found = {
        node.name
        for node in ast.walk(parsed)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    stored = {node.id for node in ast.walk(parsed) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return found | stored | {node.arg for node in ast.walk(parsed) if isinstance(node, ast.arg)}


def names_of_class(module: str, name: str) -> set[str]:
    """Return what a module defines, when it defines the class ``name``."""
    return names_in(module) if "." in module and name in names_in(module) else set()


def glossary_rows() -> list[list[str]]:
    """Return the cells of each row of the glossary: you say, we say, meaning, where."""
    lines = [line for line in text_of("cjm/GLOSSARY.md").splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in rows if row[0] != "you say" and not set("".join(row)) <= set("-| ")]


def test_every_row_of_the_glossary_names_what_is_in_the_code() -> None:
    """Our word stands in bold, its name in code behind it, and the last cell says which module has it."""
    wrong = []
    for row in glossary_rows():
        modules = re.findall(r"`([\w.]+)`", row[3])
        in_code = re.findall(r"`(\w+)`", row[1])
        known = set().union(*(names_in_place(module) for module in modules))
        if not modules or not in_code or not set(in_code) <= known:
            wrong.append((row[1], sorted(set(in_code) - known), row[3]))
    assert wrong == []


def names_in_place(place: str) -> set[str]:
    """Return what a module defines; for a folder, what its modules define, and their names."""
    path = ROOT / place.replace(".", "/")
    if not path.is_dir():
        return names_in(place)
    modules = [file for file in tracked_files() if file.suffix == ".py" and file.is_relative_to(path.relative_to(ROOT))]
    names = {file.stem for file in modules} | {part for file in modules for part in file.parts}
    return names.union(*(names_in(str(file.with_suffix("")).replace("/", ".")) for file in modules))


def test_the_picture_of_the_layers_is_that_of_the_contracts() -> None:
    """``uv run python -m tests.house.layers`` draws it again."""
    assert layers.PICTURE.read_text(encoding="utf-8") == layers.draw_layers()


@pytest.mark.parametrize("room", [room for layer in layers.layers("The direction of the house") for room in layer])
def test_every_room_says_in_one_line_what_it_is_for(room: str) -> None:
    assert 10 <= len(layers.first_sentence("bot", room)) <= 120
