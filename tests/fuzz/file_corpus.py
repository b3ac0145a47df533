"""Files to begin with: the examples of the page about imports, the shop's journey and the example of the settings."""

import functools
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cjm import templates
from tests.cli.importing_page import PAGE, read_examples, write_example

_ROOT = Path(__file__).parent.parent.parent
CONFIG = (_ROOT / "config.example.toml").read_text("utf-8")
AIRLINE = (_ROOT / "tests" / "data" / "airline-journey.toml").read_text("utf-8")
_EXAMPLES = read_examples((_ROOT / PAGE).read_text("utf-8"))
CLINIC = next(example.text for example in _EXAMPLES if example.file == "clinic.toml")
JOURNEYS = (templates.text("shop"), AIRLINE, CLINIC)
MAPPINGS = tuple(e.text for e in _EXAMPLES if e.language == "toml" and e.file not in ("clinic.toml", None))


@dataclass(frozen=True)
class TableExample:
    """Table of the page with its mapping."""

    name: str
    content: bytes
    mapping: str


@functools.cache
def list_tables() -> tuple[TableExample, ...]:
    """Return each table of the page whose mapping stands below it, the workbook among them."""
    found: dict[str, TableExample] = {}
    with tempfile.TemporaryDirectory() as folder:
        last: Path | None = None
        for example in _EXAMPLES:
            if example.file and example.language == "csv":
                last = write_example(example, Path(folder))
            elif example.file and example.language == "toml" and last is not None:
                found.setdefault(last.name, TableExample(last.name, last.read_bytes(), example.text))
    return tuple(found.values())
