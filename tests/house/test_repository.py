"""The repository: what stands at its top, what it installs, and what it never names."""

import re
import tomllib

from tests.house.source import ROOT, tracked_files

TOP = {
    "bot", "cjm", "migrations", "tests", "docs", "pyproject.toml", "config.example.toml", "README.md", "LICENSE",
    "CHANGELOG.md", "Dockerfile", "compose.yaml",
}  # fmt: skip


def test_nothing_else_stands_at_the_top() -> None:
    assert {path.parts[0] for path in tracked_files() if not path.parts[0].startswith(".")} <= TOP


def test_the_command_is_installed_under_its_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"tropa": "bot.__main__:main"}


def test_no_package_index_and_no_path_of_a_machine_is_named() -> None:
    pattern = re.compile(r"(index|registry|index-url)\"?\s*[=:]\s*\"?https?://|/(?:root|home/(?!tropa/)[a-z]+)/")
    found = [
        str(path)
        for path in tracked_files()
        if path.suffix in {".py", ".toml", ".md", ".yaml", ".yml", ".html", ".js", ".css", ".po"}
        and path.name != "test_repository.py"  # the pattern itself
        and pattern.search((ROOT / path).read_text(encoding="utf-8"))
    ]
    assert found == []
