"""``python -m tests.house``: measure the house, so that two states of it can be compared."""

import tempfile
from pathlib import Path
from statistics import median

from tests.house import names, source
from tests.house.imports import PLANTED, caught, lint_imports, plant


def planted_and_caught() -> int:
    """Return how many planted violations of the import contracts are reported."""
    with tempfile.TemporaryDirectory() as folder:
        plant(Path(folder))
        return len(caught(lint_imports(Path(folder))[1]))


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})"


def measures() -> dict[str, str]:
    """Return each measure with its figure, in words for people."""
    classes, functions, docs = source.public_classes(), source.functions(), source.docstrings()
    shared = sum(len(places) for places in names.shared_class_names().values())
    lengths = [lines for lines, place in source.function_lengths() if not place.file.startswith("migrations/")]
    return {
        "public classes that share their name with another module": share(shared, len(classes)),
        "functions named by one bare participle": share(len(names.bare_participles()), len(functions)),
        "docstrings that open with What, Who, How …": share(len(names.puzzling_openers()), len(docs)),
        "docstrings with a word to decode": share(len(names.riddles()), len(docs)),
        "lines with a comment": f"{source.comment_share():.1%}",
        "lines of a function, its docstring included: median, longest": f"{median(lengths):.0f}, {max(lengths)}",
        "planted violations that the import contracts catch": f"{planted_and_caught()} of {len(PLANTED)}",
    }


if __name__ == "__main__":
    width = max(map(len, found := measures()))
    print("\n".join(f"{name:<{width}}  {figure}" for name, figure in found.items()))  # noqa: T201 - the table is printed
