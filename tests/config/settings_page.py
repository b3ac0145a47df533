"""Every setting with its words in config.example.toml, for docs/settings.md.

``uv run python -m tests.config.settings_page`` writes them into the page.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.conftest import ROOT
from tests.house import documents

PAGE = "docs/settings.md"
_KEY = re.compile(r"^(?:# )?([a-z_]+) = ((?:\"[^\"]*\"|\[[^]]*\]|[^#\s])*)\s*(?:# (.*))?$")


class DescribedKey(NamedTuple):
    """Key of a section, its value in the example, "" where it has none by itself, and what the comments say of it."""

    section: str
    key: str
    value: str
    text: str


def read_keys(example: str) -> Iterator[DescribedKey]:
    """Yield the keys of the example in order; comments above a key belong to it, those above a section to its keys."""
    section, above = "", ""
    for line in example.splitlines():
        if header := re.fullmatch(r"\[+([a-z]+)\]+", line):
            section, above = header[1], ""
        elif section and (found := _KEY.match(line)):
            value = "" if line.startswith("#") else found[2]
            yield DescribedKey(section, found[1], value, _join_sentences(above, found[3] or ""))
            above = ""
        elif line.startswith("# "):
            above = f"{above} {line[2:]}".strip()
        else:
            above = ""


def _join_sentences(*texts: str) -> str:
    return " ".join(f"{text[0].upper()}{text[1:].removesuffix('.')}." for text in texts if text)


def make_tables() -> str:
    """Return the page's tables, a section each."""
    keys = list(read_keys(documents.read_document("config.example.toml")))
    parts = []
    for section in dict.fromkeys(each.section for each in keys):
        rows = [
            f"| `{each.key}` | {f'`{each.value}`' if each.value else ''} | {_cell(each.text)} |"
            for each in keys
            if each.section == section
        ]
        head = [f"## {heading_of(section)}", "", "| key | in the example | means |", "| --- | --- | --- |"]
        parts.append("\n".join([*head, *rows, ""]))
    return "\n".join(parts)


def heading_of(section: str) -> str:
    """Return a section as the file writes it; of teams there may be several."""
    return f"[[{section}]]" if section == "teams" else f"[{section}]"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def read_tables() -> str:
    """Return the tables as the page has them."""
    return "## " + documents.read_document(PAGE).partition("\n## ")[2]


if __name__ == "__main__":
    (ROOT / PAGE).write_text(documents.read_document(PAGE).replace(read_tables(), make_tables()), "utf-8")
