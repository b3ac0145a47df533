"""Doors of files that people write: journeys, mappings, tables and settings."""

import json
import zipfile
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from bot.clock import FrozenClock
from bot.config.reader import read_settings
from bot.db.engine.database import Database
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.tables.import_source import open_table
from bot.usecases.tables.import_table import ImportTable
from cjm.asking.decision import AskingRules
from cjm.errors import TropaError
from cjm.journeys.journey_file import read_journey, read_journey_text
from cjm.tables.mapping_file import read_mapping
from cjm.tables.table_file import BadRow
from tests.fuzz.checks import assert_sound, open_database
from tests.fuzz.door import Door
from tests.fuzz.file_corpus import CLINIC, CONFIG, JOURNEYS, MAPPINGS, TableExample, list_tables
from tests.fuzz.mutation import CANARY, ODD_TEXTS, mutate_bytes, mutate_lines, mutate_text
from tests.http.conftest import NOW

KEPT_SECRET = "s3cret-7ac1"  # stands in secrets and cells only; a name that was changed at random never holds it
LONGEST_MESSAGE = 2_000  # characters of one line that a person reads


def assert_readable(error: TropaError, hidden: str | None = None) -> None:
    """Assert that a person can read the error, that it cannot steer their terminal, and does not hold ``hidden``."""
    lines = str(error).splitlines()
    assert lines, "an error without words"
    for line in lines:
        assert len(line) <= LONGEST_MESSAGE, line
        assert line.isprintable(), line
        assert hidden is None or hidden not in line, line


class FileDoor(Door):
    """Base of the doors: a folder, and a database for what can be applied."""

    async def open(self, folder: Path) -> None:
        self.folder, self.clock = folder, FrozenClock(NOW)
        self.db: Database = await open_database(folder)

    async def close(self) -> None:
        await self.db.close()

    async def check(self) -> None:
        await assert_sound(self.db)


class JourneyDoor(FileDoor):
    """Journey files, on disk and applied."""

    name = "journey"

    async def knock(self, random: Random) -> None:
        text = mutate_lines(random, random.choice(JOURNEYS), random.choice(JOURNEYS).splitlines(keepends=True))
        content = text.encode("utf-8", "surrogatepass")
        if random.random() < 0.15:
            content = mutate_bytes(random, content)
        self.last = content
        path = self.folder / "journey.toml"
        path.write_bytes(content)
        self.begin_to_watch()
        try:
            source = read_journey_text(path)
            read_journey(source, str(path))
            await ApplyJourney(self.db, self.clock).apply(source, str(path))
        except TropaError as error:
            assert_readable(error)
            self.outcomes["refused"] += 1
        else:
            self.outcomes["applied"] += 1


class MappingDoor(FileDoor):
    """Mappings of tables."""

    name = "mapping"
    knocks_per_life = 20_000
    journey = read_journey(CLINIC, "clinic.toml")

    async def knock(self, random: Random) -> None:
        self.last = text = mutate_lines(random, random.choice(MAPPINGS), random.choice(MAPPINGS).splitlines(True))
        self.begin_to_watch()
        try:
            read_mapping(text, "mapping.toml", self.journey)
        except TropaError as error:
            assert_readable(error)
            self.outcomes["refused"] += 1
        else:
            self.outcomes["read"] += 1


class TableDoor(FileDoor):
    """CSV files and workbooks, read and imported."""

    name = "table"
    knocks_per_life = 1_000
    journey = read_journey(CLINIC, "clinic.toml")

    async def open(self, folder: Path) -> None:
        await super().open(folder)
        await ApplyJourney(self.db, self.clock).apply(CLINIC, "clinic.toml")

    async def knock(self, random: Random) -> None:
        example = random.choice(list_tables())
        mapping = mutate_lines(random, example.mapping) if random.random() < 0.15 else example.mapping
        content, has_canary = _change_table(random, example)
        path = self.folder / f"table{Path(example.name).suffix}"
        path.write_bytes(content)
        self.last = (mapping, content)
        self.begin_to_watch()
        try:
            await self._read(path, mapping, has_canary, is_imported=random.random() < 0.2)
        except TropaError as error:
            assert_readable(error, KEPT_SECRET if has_canary else None)
            self.outcomes["refused"] += 1

    async def _read(self, path: Path, mapping: str, has_canary: bool, *, is_imported: bool) -> None:
        source = open_table(path, self.journey, mapping, "mapping.toml", "fuzz")
        for row in source.read_rows(NOW):
            self.outcomes[type(row).__name__] += 1
            if isinstance(row, BadRow):
                assert not has_canary or KEPT_SECRET not in str(row), row
                assert str(row).isprintable(), row
        if is_imported:
            report = await ImportTable(self.db, self.clock, AskingRules())(source)
            self.outcomes["imported"] += 1
            for reason in report.refusals.reasons:
                assert not has_canary or KEPT_SECRET not in str(reason), reason


def _change_table(random: Random, example: TableExample) -> tuple[bytes, bool]:
    """Return a changed table, and whether a word that no message may repeat stands in a cell below its header."""
    if example.name.endswith(".xlsx"):
        return _change_workbook(random, example.content), False
    if random.random() < 0.3:
        return mutate_bytes(random, example.content), False
    lines = example.content.decode("cp1251" if example.name == "old.csv" else "utf-8").splitlines(keepends=True)
    above, below = lines[:4], lines[4:]
    row = random.choice(lines).rstrip("\r\n")
    for separator in (",", ";", "\t"):
        cells = row.split(separator)
        odd = random.choice((KEPT_SECRET, f'"{KEPT_SECRET}\n{KEPT_SECRET}"', *ODD_TEXTS))
        cells[random.randrange(len(cells))] = odd
        below.insert(random.randrange(len(below) + 1), f"{separator.join(cells)}\n")
    below = mutate_lines(random, "".join(below)).splitlines(keepends=True)
    return "".join([*above, *below]).encode("utf-8", "surrogatepass"), len(above) == 4


def _change_workbook(random: Random, content: bytes) -> bytes:
    """Return a workbook with a changed part, or with other bytes as a whole."""
    if random.random() < 0.2:
        return mutate_bytes(random, content)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = random.choice(sorted(parts))
    if random.random() < 0.6:
        changed = "xl/worksheets/sheet1.xml"
    parts[changed] = mutate_bytes(random, parts[changed])
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


class ConfigDoor(FileDoor):
    """Settings, from a file and the environment."""

    name = "config"
    knocks_per_life = 20_000
    variables = (
        "TROPA_TELEGRAM__TOKEN", "TROPA_TELEGRAM__TOKEN_FILE", "TROPA_HTTP__TOKENS", "TROPA_HTTP__PORT", "TROPA_TEAMS",
        "TROPA_DATABASE__URL", "TROPA_ASKING__QUIET_HOURS", "TROPA_ACCESS__MANAGERS", "TROPA_HTTP__TRUSTED_PROXIES",
        "TROPA_NOTHING__SUCH", "TROPA_", "TROPA_JOURNEYS__PATHS", "TROPA_TELEGRAM__WEBHOOK_SECRET",
    )  # fmt: skip
    secret_keys = ("token", "webhook_secret", "url", "tokens", "metrics_token", "link_secret")

    async def knock(self, random: Random) -> None:
        text = self._add_secrets(random, CONFIG.replace("# chat =", "chat =").replace("# thread =", "thread ="))
        content = mutate_lines(random, text).encode("utf-8", "surrogatepass")
        if random.random() < 0.1:
            content = mutate_bytes(random, content)
        environ = {
            name: self._make_variable(random) for name in random.sample(self.variables, random.choice((0, 0, 1, 3)))
        }
        self.last = (content, environ)
        path = self.folder / "config.toml"
        path.write_bytes(content)
        self.begin_to_watch()
        try:
            settings = read_settings(path, environ)
        except TropaError as error:
            assert_readable(error, KEPT_SECRET)
            self.outcomes["refused"] += 1
        else:
            assert KEPT_SECRET not in repr(settings), "a repr that shows a secret"
            self.outcomes["read"] += 1

    def _add_secrets(self, random: Random, text: str) -> str:
        key = random.choice(self.secret_keys)
        secret = f"{KEPT_SECRET}-of-sixteen-characters"
        value: Any = [secret] if key == "tokens" else secret
        if key == "url":
            value = f"postgresql://tropa:{KEPT_SECRET}@db/tropa"
        lines = text.splitlines(keepends=True)
        lines = [f"{key} = {json.dumps(value)}\n" if line.startswith(f"{key} =") else line for line in lines]
        return "".join(lines)

    def _make_variable(self, random: Random) -> str:
        value = random.choice((CANARY, f'["{CANARY}"]', "1", "", "[]", "{}", *ODD_TEXTS)).replace("\x00", "")
        return mutate_text(random, value).replace("\x00", "") if random.random() < 0.3 else value
