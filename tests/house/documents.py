"""Rules for README, docs and glossary, as functions of a text that return what breaks them; empty: the rule holds."""

import ast
import re
from functools import cache
from pathlib import Path

from tests.house.source import ROOT, list_nodes, product_modules, tracked_files

DOTTED = re.compile(r"`~?((?:bot|cjm|migrations|tests)(?:\.\w+)+)(?:\(\))?`")


def read_document(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def broken_links(document: str, text: str) -> list[str]:
    """Return the relative links of a document that lead to no file, or to no heading of it."""
    links = re.findall(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?", text)
    return [
        f"{file}#{heading}" if heading else file
        for file, heading in links
        if not _leads_somewhere(ROOT / Path(document).parent / file if file else None, heading, text)
    ]


def _leads_somewhere(file: Path | None, heading: str, text: str) -> bool:
    if file is not None and not file.exists():
        return False
    return not heading or heading in _list_anchors(file.read_text(encoding="utf-8") if file else text)


def _list_anchors(text: str) -> set[str]:
    """Return the names that headings have in addresses: small letters, no marks, hyphens for spaces."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", re.sub(r"\]\([^)]*\)", "]", prose), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def first_paragraph(text: str) -> str:
    """Return what stands below the title of a document, in one line."""
    return text.split("\n\n")[1].replace("\n", " ")


def code_blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a document that are marked with this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def rows_below(heading: str, text: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without its first row."""
    _, _, below = text.partition(f"\n{heading}\n")
    table = re.search(r"(?:^\|.*\n)+", below, re.M)
    assert table, f"there is no table below {heading}"
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table[0].splitlines()]
    return [row for row in rows[1:] if not set("".join(row)) <= set("-| ")]


def items_below(heading: str, text: str) -> list[tuple[str, list[str]]]:
    """Return the items of the list below a heading, each with the items below it; up to the next heading."""
    below = text.partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    items: list[tuple[str, list[str]]] = []
    for line in below[below.index("\n- ") :].splitlines():
        if line.startswith("- "):
            items.append((line[2:], []))
        elif line.startswith("  - "):
            items[-1][1].append(line[4:])
        elif line.startswith("  ") and not items[-1][1]:
            items[-1] = (f"{items[-1][0]} {line.strip()}", [])
        elif line:
            break  # the list has ended
    return items


def in_backticks(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def commands_in(text: str) -> set[str]:
    """Return the commands of `tropa` that a document names, in the text and in its examples."""
    return set(re.findall(r"`tropa ([a-z]+)", text)) | set(re.findall(r"^\s*(?:uv run )?tropa ([a-z]+)", text, re.M))


def unknown_names(text: str) -> list[str]:
    """Return the dotted names in a text that are no module, folder or definition of ours."""
    return [name for name in DOTTED.findall(text) if not _exists(name)]


def missing_files(text: str) -> list[str]:
    """Return the files that a text names and that are not there."""
    named = re.findall(r"`((?:bot|cjm|migrations|tests|docs)/[\w./-]+\.\w+)`", text)
    return [name for name in named if not (ROOT / name).exists()]


def wrong_glossary_rows(text: str) -> list[tuple[str, list[str], str]]:
    """Return the rows of a glossary whose name in code is not in the module that the row gives.

    Each with our word, the names that were not found, and the cell with the modules.
    """
    wrong = []
    for row in _table_rows(text):
        modules = re.findall(r"`([\w.]+)`", row[3])
        in_code = re.findall(r"`(\w+)`", row[1])
        defined = set().union(*(_names_in_place(module) for module in modules))
        if not modules or not in_code or not set(in_code) <= defined:
            wrong.append((row[1], sorted(set(in_code) - defined), row[3]))
    return wrong


def _table_rows(text: str) -> list[list[str]]:
    """Return the cells of each row: you say, we say, meaning, where."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in rows if row[0] != "you say" and not set("".join(row)) <= set("-| ")]


def _exists(name: str) -> bool:
    path = name.replace(".", "/")
    if (ROOT / path).is_dir() or (ROOT / f"{path}.py").exists():
        return True
    owner, _, attribute = name.rpartition(".")
    return "." in owner and attribute in _names_in(owner)


def _names_in(owner: str) -> frozenset[str]:
    """Return what a module or a class of it defines: functions with their parameters, classes, attributes."""
    path = owner.replace(".", "/")
    module = product_modules().get(f"{path}.py") or product_modules().get(f"{path}/__init__.py")
    if module is not None:
        return _defined_names(module)
    file, _, name = owner.rpartition(".")
    module = product_modules().get(f"{file.replace('.', '/')}.py")
    classes = (
        [node for node in list_nodes(module) if isinstance(node, ast.ClassDef) and node.name == name] if module else []
    )
    return frozenset().union(*(_defined_names(node) for node in classes))


@cache
def _defined_names(tree: ast.AST) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.id if isinstance(node, ast.Name) else node.attr)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
    return frozenset(names)


def _names_in_place(place: str) -> frozenset[str]:
    """Return what a module defines; for a folder, what its modules define, and their names."""
    path = ROOT / place.replace(".", "/")
    if not path.is_dir():
        return _names_in(place)
    modules = [file for file in tracked_files() if file.suffix == ".py" and file.is_relative_to(path.relative_to(ROOT))]
    names = frozenset(file.stem for file in modules) | {part for file in modules for part in file.parts}
    return names.union(*(_names_in(str(file.with_suffix("")).replace("/", ".")) for file in modules))
