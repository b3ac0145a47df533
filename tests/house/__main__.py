"""``python -m tests.house``: measure the house, so that two states of it can be compared."""

import tempfile
from pathlib import Path
from statistics import median

from tests.house import names, source
from tests.house.imports import PLANTED, lint_imports, list_caught, plant


def count_caught() -> int:
    """Return how many planted violations of the import contracts are reported."""
    with tempfile.TemporaryDirectory() as folder:
        plant(Path(folder))
        return len(list_caught(lint_imports(Path(folder))[1]))


def share_text(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})"


def measure_house() -> dict[str, str]:
    """Return each measure with its figure, in words for people."""
    product = source.product_modules()
    types, functions, docs = source.public_types(product), source.functions(product), source.docstrings(product)
    shared = sum(len(places) for places in names.shared_type_names(product).values())
    lengths = [lines for lines, place in source.function_lengths(product) if not place.file.startswith("migrations/")]
    return {
        "public classes and type aliases that share their name with another module": share_text(shared, len(types)),
        "functions named by one bare participle": share_text(len(names.bare_participles(product)), len(functions)),
        "docstrings that open with What, Who, How …": share_text(len(names.puzzling_openers(product)), len(docs)),
        "docstrings with a word to decode": share_text(len(names.riddles(product)), len(docs)),
        "lines with a comment": f"{source.comment_share():.1%}",
        "lines of a function, its docstring included: median, longest": f"{median(lengths):.0f}, {max(lengths)}",
        "planted violations that the import contracts catch": f"{count_caught()} of {len(PLANTED)}",
    }


if __name__ == "__main__":
    width = max(map(len, measures := measure_house()))
    print("\n".join(f"{name:<{width}}  {figure}" for name, figure in measures.items()))  # noqa: T201 - the table is printed
