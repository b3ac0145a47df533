"""Run the import contracts of pyproject.toml, over this checkout or over a copy with planted violations."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.source import PRODUCT, ROOT

# Imports that an engineer in a hurry might write, each where one of the contracts forbids it: (file, imported module).
PLANTED = (
    ("cjm/figures/planted_carrier.py", "bot.clock"),
    ("cjm/journeys/planted_figures.py", "cjm.figures.score"),
    ("bot/db/people/planted_cases.py", "bot.db.cases.cases"),
    ("bot/usecases/maps/planted_telegram.py", "bot.telegram.connection"),
    ("bot/demo/planted_telegram.py", "bot.telegram.connection"),
    ("bot/telegram/team/planted_audience.py", "bot.telegram.customer.leaving"),
    ("bot/sandbox/planted_domain.py", "cjm.scales"),
    ("bot/app/planted_sandbox.py", "bot.sandbox.server"),
    ("bot/usecases/maps/planted_http.py", "aiohttp"),
    ("bot/app/planted_command.py", "click"),
    ("cjm/figures/planted.py", "matplotlib"),
    ("cjm/drawing/planted_shaping.py", "uharfbuzz"),
    ("bot/usecases/tables/planted_workbook.py", "openpyxl"),
    ("bot/db/figures/planted_numbers.py", "phonenumbers"),
    ("cjm/planted_network.py", "aiohttp"),
    ("cjm/planted_loop.py", "asyncio"),
    ("bot/config/planted_sql.py", "sqlalchemy"),
    ("bot/config/planted_jobs.py", "apscheduler"),
    ("bot/faults.py", "sqlalchemy"),
    ("bot/faults.py", "aiogram"),
)
RING = ("cjm/scales.py", "cjm.journeys.survey")  # the survey imports the scales; a ring is reported without its imports


def read_contract_names() -> list[str]:
    """Return the names of the contracts in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["name"] for contract in project["tool"]["importlinter"]["contracts"]]


def lint_imports(folder: Path) -> tuple[bool, str]:
    """Run import-linter in a folder; return whether all contracts are kept, and what it printed."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    linted = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return linted.returncode == 0, linted.stdout + linted.stderr


def plant(folder: Path) -> None:
    """Copy the product into an empty folder and write every planted import into the copy."""
    for room in PRODUCT:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for file, module in (*PLANTED, RING):
        with (folder / file).open("a", encoding="utf-8") as target:
            target.write(f"\nimport {module}\n")


def list_caught(printed: str) -> list[tuple[str, str]]:
    """Return the planted imports that import-linter has named, in its ``importer -> imported`` lines."""
    return [
        (file, module)
        for file, module in PLANTED
        if re.search(re.escape(file.removesuffix(".py").replace("/", ".")) + rf" -> {module}\b", printed)
    ]
