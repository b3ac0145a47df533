"""Rules for names and docstrings, as functions of modules that return what breaks them; empty: the rule holds."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePath

from tests.house.source import OURS, Modules, Place, docstrings, function_lengths, functions, list_nodes, public_types

IRREGULAR = {
    "begun", "bound", "bought", "broken", "brought", "built", "caught", "chosen", "done", "drawn", "driven",
    "fallen", "felt", "forgotten", "found", "frozen", "given", "gone", "grown", "heard", "held", "hidden",
    "kept", "known", "led", "lost", "made", "meant", "met", "paid", "proven", "ridden", "risen", "said", "seen",
    "sent", "shaken", "shown", "sold", "sought", "spent", "spoken", "spread", "stood", "struck", "sung", "sunk",
    "sworn", "taken", "taught", "thought", "thrown", "told", "torn", "understood", "woken", "won", "worn",
    "woven", "written",
}  # fmt: skip
BASE_FORMS = {"embed", "exceed", "feed", "need", "proceed", "seed", "shed", "shred", "speed", "succeed"}  # verbs in -ed
OPENERS = re.compile(r"(What|Who|Whom|Whose|How|Whether|Where|When|Which|That|Whoever|Whatever)\b")
RIDDLES = re.compile(r"\b(anew|whoever|whatever|of which|nobody knows|what is none)\b", re.IGNORECASE)
IGNORES = re.compile(r"#\s*(?:(?:ruff: )?noqa(?::[\sA-Z0-9,]+)?|type: ignore(?:\[[\w,\s-]+\])?)[\s.:;,(-]*$")
ODDS_AND_ENDS = {"util", "utils", "helper", "helpers", "service", "services", "base", "misc", "common"}
MOST_MODULES = 15  # in one folder; the sandbox mirrors the Bot API, method by method
MOST_LINES = 40  # of a function


def is_bare_participle(name: str) -> bool:
    """Tell whether a name is one past participle and nothing else: ``told``, ``_recorded``."""
    word = name.strip("_")
    return word in IRREGULAR or (re.fullmatch(r"[a-z]{2,}ed", word) is not None and word not in BASE_FORMS)


def shared_type_names(modules: Modules) -> dict[str, list[str]]:
    """Return public names of classes and type aliases that two places use, with the places."""
    places: dict[str, list[str]] = defaultdict(list)
    for place in public_types(modules):
        places[place.name].append(place.file)
    return {name: files for name, files in places.items() if len(files) > 1}


def bare_participles(modules: Modules) -> list[Place]:
    """Return functions named by a bare participle."""
    return [place for place in functions(modules) if is_bare_participle(place.name)]


def puzzling_openers(modules: Modules) -> list[Place]:
    """Return docstrings that open with a question word instead of a verb or a noun."""
    return [place for place in docstrings(modules) if place.doc and OPENERS.match(place.doc)]


def riddles(modules: Modules) -> list[Place]:
    """Return docstrings with words that the style rules out because readers must decode them."""
    return [place for place in docstrings(modules) if place.doc and RIDDLES.search(place.doc)]


def renamed_imports(modules: Modules) -> list[Place]:
    """Return imports of our own modules, or of names in them, under another name."""
    return [
        Place(file, node.lineno, f"{alias.name} as {alias.asname}")
        for file, module in modules.items()
        for node in list_nodes(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.asname is not None and _is_ours(node, alias)
    ]


def _is_ours(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
    """Tell whether an import is of our own module; a relative import always is."""
    module = alias.name if isinstance(node, ast.Import) else node.module or ""
    return (isinstance(node, ast.ImportFrom) and node.level > 0) or module.split(".")[0] in OURS


def long_functions(modules: Modules) -> list[tuple[int, Place]]:
    """Return functions of more than MOST_LINES lines. Migrations may be long: they are lists of tables."""
    lengths = [(lines, place) for lines, place in function_lengths(modules) if not place.file.startswith("migrations/")]
    return [(lines, place) for lines, place in lengths if lines > MOST_LINES]


def crowded_folders(files: Iterable[PurePath]) -> dict[str, int]:
    """Return folders of `bot` and `cjm` with more than MOST_MODULES modules, besides the sandbox."""
    modules = Counter(
        str(file.parent)
        for file in files
        if file.suffix == ".py" and file.parts[0] in ("bot", "cjm") and file.name != "__init__.py"
    )
    return {folder: n for folder, n in modules.items() if n > MOST_MODULES and folder != "bot/sandbox"}


def rooms_for_odds_and_ends(files: Iterable[PurePath]) -> set[str]:
    """Return names of folders and modules that say nothing about what is in them."""
    return {part.removesuffix(".py") for file in files if file.suffix == ".py" for part in file.parts} & ODDS_AND_ENDS


def ignores_without_reason(texts: Mapping[str, str]) -> list[str]:
    """Return the places of ``noqa`` and ``type: ignore`` in these files that have no reason behind them."""
    return [
        f"{file}:{number}"
        for file, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if IGNORES.search(line)
    ]
